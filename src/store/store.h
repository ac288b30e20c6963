/* The store: rows by entity table, one door for writes, the journal, the tree of places, sealing, tallies.
 * Every write goes through store_commit (see commit.c); reads are bounded by scope (see scope.c). */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "io/db/db.h"
#include "model/entity.h"

#define WHY 400 /* bytes of a line that says to the user why something cannot be done */

/* ---- the folder: lock and key; negative errors with one line for the user in why ---- */
int folder_make(const char *folder, char why[WHY]);
/* One program at a time on a folder. The descriptor that holds the lock until it is closed, or -ERR_STORE_LOCKED,
 * -ERR_STORE_FULL, -ERR_STORE_UNREADABLE. */
int folder_lock(const char *folder, char why[WHY]);
/* The key beside a store, FOLDER/redoubt.key. 0 read, 1 there is none (no line), or -ERR_STORE_UNREADABLE. */
int key_read(const char *folder, uint8_t key[32], char why[WHY]);
/* Writes a key file that was not there; makes the folder if need be. 0 or -ERR_STORE_UNREADABLE. */
int key_write(const char *folder, const uint8_t key[32], char why[WHY]);

struct store;
struct reader; /* one thread's read connection with its prepared statements */
struct ctx;

/* ---- opening ---- */
struct store_config {
    const char *data;                  /* folder: the key, and what is kept while it is worked on */
    const char *address;               /* the store's file, or postgresql://…; NULL: data/redoubt.db */
    const char *build;                 /* which program this is: only like ones write to one PostgreSQL store; may be NULL */
    const struct entity *const *entities; /* the registry */
    size_t n_entities;
    bool write;                        /* takes the lock, migrates, starts with a writer */
    int offset_min;
};
/* 0 with *out, or a negative error with one line for the user in why. */
int store_open(const struct store_config *config, struct store **out, char why[WHY]);
void store_close(struct store *s);
struct reader *store_reader(struct store *s);  /* a new reader for this thread; close with reader_close */
void reader_close(struct reader *r);
struct db *reader_db(struct reader *r);
struct reader *store_writer(struct store *s);  /* the first writer's connection seen as a reader: its thread only */
/* Did a read of this reader fail because the database is away? Since the last reader_begin. */
void reader_begin(struct reader *r);
bool reader_away(const struct reader *r);
const struct entity *store_entity(const struct store *s, struct str name);
const struct entity *store_entity_at(const struct store *s, size_t i);
size_t store_entities(const struct store *s);
const char *store_shown(const struct store *s); /* the address for people, without a password */
const char *store_folder(const struct store *s);
int64_t store_reference_seq(const struct store *s); /* rises when any lane-0 row changes: for caches */

/* ---- places: the tree, in memory, kept by the door ---- */
struct place_node {
    struct id id, parent;
    struct str path;     /* "/410600/410611/": belongs to the tree; stays valid for the process */
    struct str code, name, kind;
    int64_t lane;
};
/* NULL when unknown. */
const struct place_node *store_place(const struct store *s, struct id id);
const struct place_node *store_place_by_code(const struct store *s, struct str code);
/* The place without a parent (the first, if several); absent when there are no places. */
struct id store_root(const struct store *s);
/* The place that opens a lane; NULL when none does. */
const struct place_node *store_place_of_lane(const struct store *s, int64_t lane);
const struct place_node *store_place_by_path(const struct store *s, struct str path);
/* The lowest number that no place uses as its lane; 0 when all are taken. Only while lane 0 is held. */
int64_t store_lane_free(const struct store *s);
/* Is the place of `path` at or below `above`? */
bool path_within(struct str path, struct str above);

/* ---- scope: which places an actor may see or touch with a right ---- */
struct scope { const struct str *paths; size_t n; bool everything; };
bool scope_has(const struct scope *sc, struct str path);

/* ---- reading ---- */
/* Reads one row into memory of entity->shape.size bytes. 0, -ERR_NOT_FOUND, other negative. lane < 0: found by the
 * lane in the id, else by all lanes. Not scoped: the caller decides what may be shown. */
int store_get(struct reader *r, const struct entity *e, int64_t lane, struct id id, struct arena *a, void *row);
/* A named statement of a module's .sql file (e.g. "passage_turned_back"). Binds positional values. Steps with
 * store_next: 1 row, 0 end. Columns by position. */
struct db_stmt *store_query(struct reader *r, const char *name, const struct value *v, int n);
int store_next(struct db_stmt *st);
/* The same execution will be asked for soon, by store_query (entity NULL) or store_find: see db_ahead. */
void store_ahead(struct reader *r, const struct entity *e, const char *name, const struct value *v, int n);
/* First row matching a condition written in a module's .sql: reads rows of an entity by a named statement whose
 * columns are `SELECT {{columns x}}`. 1 row filled, 0 none, negative error. */
int store_find(struct reader *r, const struct entity *e, const char *name, const struct value *v, int n, struct arena *a,
               void *row);

/* The row of a reference table with the same natural key (entity->key_sql). 0, -ERR_NOT_FOUND. */
int store_find_key(struct reader *r, const struct entity *e, const void *row, struct arena *a, void *out);
/* The id of a row by the text of its natural key's first text field (a place's code, a post's code, a login). */
int store_find_text(struct reader *r, const struct entity *e, struct str key, struct arena *a, struct id *id);

struct list_filter { const struct field *field; enum { OP_EQ, OP_FROM, OP_TO } op; struct stored value; bool by_hash; };
struct list_query {
    const struct entity *entity;
    struct scope scope;
    struct str under;              /* path: only rows of this part of the tree; absent for all */
    struct str q;                  /* search text; absent none */
    const struct list_filter *filters;
    size_t n_filters;
    const struct field *sort;      /* NULL: by id */
    bool descending;
    struct str after;              /* cursor */
    int limit;                     /* 1-1000 */
};
/* Calls `each` for every row, in order, then gives the cursor for the next page (absent at the end). */
int store_list(struct reader *r, const struct list_query *q, struct arena *a,
               int (*each)(void *arg, const void *row), void *arg, struct str *next);

/* ---- sealing ---- */
struct digest store_hash(const struct store *s, const char *what, struct str plain); /* keyed; what: "doc_no", "phone", "plate" */
struct str store_seal(const struct store *s, struct str plain, struct str bound_to, struct arena *a);
int store_unseal(const struct store *s, struct str cipher, struct str bound_to, struct arena *a, struct str *plain);
void store_seal_fields(const struct store *s, const struct shape *shape, void *row, struct arena *a); /* fills cipher and hash */
/* Opens sealed fields of a row read from the store. */
int store_unseal_fields(const struct store *s, const struct shape *shape, void *row, struct arena *a);

/* ---- writing: plans append changes, the door applies them ---- */
struct change {
    const struct entity *entity;
    void *before, *after; /* NULL: created, deleted */
};
struct changes {
    struct arena *arena;
    struct change *items;
    size_t n, cap;
};
/* The row must live in the changes' arena until the commit. lane and place are checked by the door. */
void change_put(struct changes *c, const struct entity *e, void *before, void *after);
void change_create(struct changes *c, const struct entity *e, void *after);
void change_update(struct changes *c, const struct entity *e, void *before, void *after);
void change_delete(struct changes *c, const struct entity *e, void *before);
/* A zeroed and cleared row in the arena. */
void *row_new(const struct entity *e, struct arena *a);
void *row_copy(const struct entity *e, const void *row, struct arena *a);

#endif
