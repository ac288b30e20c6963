/* A whole installation from one store to another, of either engine: every table in key order, inside one state of the
 * source, then read again on the other side and compared. Also what backup and restore are made of. */
#ifndef STORE_COPY_H
#define STORE_COPY_H

#include "store/store.h"
#include "store/table.h"

#define COPY_TABLES 128

/* Where each lane's journal ends: [lane], seq 0 for none. */
struct heads { struct { int64_t seq; struct sha256 hash; } lane[4096]; };
/* By the journal itself. 0 or negative. */
int heads_read(struct db *db, struct heads *h);
/* By a table of the columns lane, seq, hash. */
int heads_from(struct db *db, const char *table, struct heads *h);
/* Up to when: the newest entry by the time it was received. */
struct moment { int64_t lanes, entries, lane, seq; struct instant received; };
int moment_read(struct db *db, const struct heads *h, struct moment *m);

/* Refuses a store that is only half there: 0, or -ERR_STORE_UNREADABLE with a line. Called at every opening of a store. */
int store_copying(struct db *db, char why[WHY]);

enum copy_mode { COPY_FRESH, COPY_RESUME, COPY_AGAIN };

struct copy_progress {
    const char *zh, *en;            /* what is done now */
    int64_t done, total;            /* rows */
};

struct copied { struct str name; struct table_sum sum; };

struct copy {
    const struct entity *const *entities;
    size_t n_entities;
    struct db *from, *to;           /* a reader and a writer */
    enum copy_mode mode;
    bool sealed;                    /* keep the mark at the end: more is to be written before anybody may use it */
    void (*progress)(void *arg, const struct copy_progress *p);
    void *arg;
    /* out */
    struct arena *arena;            /* of the names */
    struct copied tables[COPY_TABLES];
    size_t n_tables;
    struct moment moment;           /* of what was copied */
    bool marked;                    /* the target was ours to write */
};
/* 0, or negative with one line for the user. The source is not changed. When it fails after it has begun, the target keeps
 * the mark and what was written. */
int store_copy(struct copy *c, char why[WHY]);
/* Brings an empty target to the program's tables. 0, or negative with a line. */
int copy_migrate(struct db *to, char why[WHY]);
/* Takes the mark away: the store may be used. */
int copy_release(struct db *to);
/* Empties a target that is marked; the mark stays. */
int copy_clear(struct copy *c);

/* One line for an error of an engine: "what: our words: the engine's". Gives err. */
int copy_fail(char why[WHY], int err, const char *what, struct db *db);

/* Is the folder's key the one that the store was sealed with? 0, or negative with a line. */
int key_fits(const char *folder, struct db *db, char why[WHY]);

#endif
