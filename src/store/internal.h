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
/* The same for rows that another process has changed: read again from the store. */
int places_load_one(struct places *p, struct db *d, struct id id);
int places_load(struct places *p, struct db *d);
/* After a place row was written: makes it known at once. */
void places_put(struct places *p, const void *place_row, const struct entity *e);
void places_free(struct places *p);
const struct place_node *places_lane(const struct places *p, int64_t lane); /* the place that opens a lane; NULL */

/* ---- reader ---- */
/* A connection of its own; NULL with the engine's words in why (may be NULL). */
struct reader *reader_open(struct store *s, bool writer, char why[WHY]);
struct cached { const char *name; const struct entity *entity; struct db_stmt *stmt; };
struct reader {
    struct store *store;
    struct db *db;
    bool away;
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

struct write_sql { struct db_table table; struct str update, del; };

/* ---- lanes.c ---- */
struct lane_head { int64_t seq; struct sha256 hash; };
/* A lane that a transaction holds: its head moves on with each entry and is written once, before the commit. */
struct lane_state { int64_t lane, from; struct lane_head head; struct lane_state *next; };
/* Holds the lane and knows its head. NULL with tx->failed when that cannot be had. */
struct lane_state *tx_lane(struct tx *tx, int64_t lane);
int lanes_flush(struct tx *tx);
/* The next lane with a head after this one. 1, 0 none, negative. */
int lane_next(struct db *d, int64_t after, int64_t *lane, int64_t *seq);
/* The next lane with entries after this one, by the journal itself. 1, 0 none, negative. */
int lane_in_journal(struct db *d, int64_t after, int64_t *lane);

/* ---- follow.c: what other processes commit ---- */
struct follow;
int follow_start(struct store *s);
void follow_stop(struct store *s);
/* Entries that this process is about to commit: others are told, itself it need not follow. */
void follow_own(struct store *s, const struct tx *tx);
void follow_not_own(struct store *s, const struct tx *tx); /* it could not commit them after all */
/* Takes in what others changed in reference tables; the reader may be inside a transaction. */
int reference_refresh(struct store *s, struct reader *r);

/* ---- tally.c ---- */
struct tally_key { struct id place_id, subject; int64_t lane, hour; char measure[32]; };
struct tally_item { struct tally_key key; int64_t n; struct tally_item *next; };
struct tallies { struct arena *arena; struct tally_item *slots[1024]; };

/* One writing thread with its queue. */
struct writer {
    struct store *store;
    int number;
    struct reader *reader;
    struct arena arena;           /* of one batch */
    int64_t undone;               /* batches rolled back since the start */
    _Atomic(struct job *) queue;
    _Atomic size_t queued;
    _Atomic bool sleeping;
    int wake_fd;
    pthread_t thread;
};

struct store {
    struct store_config config;
    char data[512], address[600], shown[600];
    bool shared;                  /* other processes may write too */
    int lock_fd;
    struct places *places;
    uint8_t seal_key[32], hash_key[32];
    struct arena arena;           /* statements */
    struct write_sql *write_sql;  /* by entity position */
    _Atomic int64_t reference_seq;
    pthread_mutex_t reference_lock;
    int64_t reference_known;      /* entry of lane 0 up to which the tree of places is right */
    _Atomic int64_t known[LANES]; /* last entry of a lane that this process knows of */
    struct live_listener listener;
    struct follow *follow;
    struct writer writers[WRITERS_MAX];
    int n_writers;
    _Atomic bool stopping;
    bool threaded;
};

struct tx {
    struct store *store;
    struct writer *writer;
    struct reader *reader;
    bool careful;
    int failed;                   /* a write failed in a way that spoils the batch */
    struct arena *arena;          /* of the batch */
    struct lane_state *lanes;
    struct tallies tallies;
    struct live_change *live;
    size_t n_live, cap_live;
    bool reference_changed;
    struct id proof;              /* a command of this batch, by which the outcome of a broken commit is found out */
    int64_t proof_lane;
};

/* ---- tally.c ---- */
void tallies_init(struct tallies *t, struct arena *a);
void tallies_add(struct tallies *t, const struct tally_key *key, int64_t n);
int tallies_flush(struct tallies *t, struct db *d);

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
void journal_row_read(struct db_stmt *st, struct arena *a, struct journal_row *j);
#define JOURNAL_COLUMNS \
    "lane, seq, command_id, command, actor_id, place_id, device, reason, at_device, received, payload, status, " \
    "answer_private, hash, changes, personal, answer, target_id"
#define JOURNAL_COLUMNS_OF_J \
    "j.lane, j.seq, j.command_id, j.command, j.actor_id, j.place_id, j.device, j.reason, j.at_device, j.received, j.payload, " \
    "j.status, j.answer_private, j.hash, j.changes, j.personal, j.answer, j.target_id"
extern const struct db_table journal_table;

struct value value_of(struct stored v);
struct stored stored_of(struct value v);

int store_key(struct store *s, bool fresh, char why[WHY]);
int store_migrate(struct store *s, struct db *d, char why[WHY]);
/* Do unlike programs write to this store at the moment? 0, or -ERR_STORE_LOCKED with a line. */
int store_others(struct store *s, struct db *d, char why[WHY]);
/* One line from a database's words about why it cannot be used, with what to do. */
void store_why(const struct store *s, const char *words, char why[WHY]);
#define INSTALLATION_SINCE 3 /* the migration that made the table installation */
/* Number of the newest migration in the store; 0: it is empty; negative. */
int store_version(struct db *d);
/* Is the key the one of this store? 0, or negative with a line. */
int store_key_check(struct store *s, struct db *d, char why[WHY]);
size_t entity_position(const struct store *s, const struct entity *e);

#endif
