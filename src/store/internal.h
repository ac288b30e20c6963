/* What the files of store/ share; for store/ alone. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/store.h"
#include "store/writer.h"

#define LANES 4096 /* 12 bits of an id */
#define COLUMNS_MAX 80

/* ---- places.c ---- */
struct places;
struct places *places_new(void);
int places_load(struct places *p, struct db *d);
/* After a place row was written: makes it known at once. */
void places_put(struct places *p, const void *place_row, const struct entity *e);
void places_free(struct places *p);
const struct place_node *places_lane(const struct places *p, int64_t lane); /* the place that opens a lane; NULL */

/* ---- reader ---- */
struct cached { const char *name; const struct entity *entity; struct db_stmt *stmt; };
struct reader {
    struct store *store;
    struct db *db;
    struct cached cache[256]; /* open addressing by the address of the name */
};

/* ---- sqlgen.c ---- */
struct column { struct str name; const struct field *field; bool is_hash; };
/* Columns of an entity in table order: lane, id, version, seq, [place_id], fields with their hashes. */
size_t entity_columns(const struct entity *e, struct arena *a, struct column **out);
bool entity_has_place_column(const struct entity *e);
void sql_columns(struct buf *out, const struct entity *e, const char *alias);
void sql_table(struct buf *out, const struct entity *e);
struct str sql_insert(const struct entity *e, struct arena *a);
struct str sql_update(const struct entity *e, struct arena *a);
struct str sql_delete(const struct entity *e, struct arena *a);
/* Values of a row in column order; memory from the arena. */
size_t row_values(const struct entity *e, const void *row, struct arena *a, struct value out[COLUMNS_MAX]);
void row_load(const struct entity *e, struct db_stmt *st, struct arena *a, void *row);

struct write_sql { struct str insert, update, del; };

/* ---- lanes ---- */
struct lane_head { int64_t seq; struct sha256 hash; };

/* ---- tally.c ---- */
struct tally_key { struct id place_id, subject; int64_t lane, hour; char measure[32]; };
struct tally_item { struct tally_key key; int64_t n; struct tally_item *next; };
struct tallies { struct arena *arena; struct tally_item *slots[1024]; };

struct store {
    struct store_config config;
    char data[512], file[512];
    int lock_fd;
    struct places *places;
    uint8_t seal_key[32], hash_key[32];
    struct reader *writer;
    struct write_sql *write_sql;  /* by entity position */
    _Atomic int64_t reference_seq;
    struct lane_head heads[LANES];
    int64_t undone;               /* batches rolled back since the start */
    void (*told)(void *arg, const struct live_change *changes, size_t n);
    void *told_arg;
    /* queue */
    _Atomic(struct job *) queue;
    _Atomic size_t queued;
    _Atomic bool sleeping, stopping;
    int wake_fd;
    pthread_t thread;
    bool threaded;
    struct arena batch_arena;
};

struct touched { int64_t lane; struct lane_head was; };
struct tx {
    struct store *store;
    struct reader *reader;
    bool careful;
    int failed;                   /* a write failed in a way that spoils the batch */
    struct arena *arena;          /* of the batch */
    struct touched *touched;      /* lanes and their heads before the batch */
    size_t n_touched, cap_touched;
    struct tallies tallies;
    struct live_change *live;
    size_t n_live, cap_live;
    bool reference_changed;
};

/* ---- tally.c ---- */
void tallies_init(struct tallies *t, struct arena *a);
void tallies_add(struct tallies *t, const struct tally_key *key, int64_t n);
int tallies_flush(struct tallies *t, struct store *s, struct db *d);

/* ---- journal.c ---- */
struct journal_row {
    int64_t lane, seq;
    struct id command_id, actor_id, place_id, target_id;
    struct str command, device, reason, changes, personal, answer;
    struct instant at_device, received;
    struct digest payload;
    int64_t status;
    bool answer_private;
    struct sha256 hash;
};
struct sha256 journal_hash(const struct journal_row *j, const struct sha256 *before);
void journal_encode(struct store *s, const struct change *c, int64_t lane, bool first, struct buf *changes, struct buf *personal,
                    struct arena *a);
int journal_insert(struct db *d, const struct journal_row *j);
int journal_load_heads(struct store *s);
void journal_row_read(struct db_stmt *st, struct arena *a, struct journal_row *j);
#define JOURNAL_COLUMNS \
    "lane, seq, command_id, command, actor_id, place_id, device, reason, at_device, received, payload, status, " \
    "answer_private, hash, changes, personal, answer, target_id"

struct value value_of(struct stored v);
struct stored stored_of(struct value v);

int store_key(struct store *s, char why[256]);
int store_migrate(struct store *s, char why[256]);
size_t entity_position(const struct store *s, const struct entity *e);

#endif
