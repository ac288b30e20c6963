/* Writers: each takes everything queued for it, runs the jobs inside one transaction, commits once, then tells all of them.
 * What `done` hears as 0 is on disk. SQLite has one writer; PostgreSQL several, in several processes: there a lane's head
 * (table lane_head) is locked from before its commands are planned to the commit. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/store.h"

struct tx;
struct ahead;

struct job {
    struct job *next;
    int64_t home;              /* lane of the sender: what one sender sends goes through one writer, in order */
    int64_t lane;              /* lane it is expected to write: held before it runs. 0: none known */
    bool reference;            /* writes reference tables: lane 0 is held before it runs */
    /* May be NULL. Tells what run is going to read (store_ahead) and its keys (ahead_key): where reading costs a round trip,
     * jobs without a common key are read for together. A job without it runs alone, after all before it. */
    void (*ahead)(struct job *job, struct tx *tx, struct ahead *ahead);
    /* In a writer thread, inside the batch's transaction. May run twice (after a rolled-back attempt), so it starts
     * from its inputs each time. 0 or a negative error; on an error what it wrote is undone. */
    int (*run)(struct job *job, struct tx *tx);
    /* In the writer thread, after the commit. err: what run gave, or why the commit failed. */
    void (*done)(struct job *job, int err);
};

/* Beyond this many waiting jobs a server answers 503 instead of taking more. */
#define STORE_BUSY 4096
/* 0, or -ERR_BUSY when the queue is full. From any thread. */
int store_submit(struct store *s, struct job *job);
/* Runs one job now, with a transaction of its own, in the caller's thread: the command line, before a server runs. */
void store_run(struct store *s, struct job *job);
#define WRITERS_MAX 4
int writer_start(struct store *s);
void writer_stop(struct store *s); /* finishes what is queued */
/* Does a writer thread run? Then nobody else in this process may write. */
bool store_has_writer(const struct store *s);
size_t writer_queued(const struct store *s);

/* ---- inside a job ---- */
/* Jobs with a key in common are not read for together: the later one must see what the earlier one wrote. */
void ahead_key(struct ahead *ahead, struct str what, struct str value);
/* The lane that the job is going to write, where its input tells. */
void ahead_lane(struct ahead *ahead, int64_t lane);
/* One journal entry: who did what. Filled by core/command.c. */
struct entry {
    struct id command_id;
    const char *command;
    struct id actor_id, place_id;
    struct id target_id;       /* the row it was called on: a reveal changes nothing, but says whom it showed */
    struct str device, reason;
    struct instant at_device, received;
    struct digest payload;     /* of the input, to tell a repeated command from a reused id */
    int64_t lane;              /* where to journal when there are no changes */
    int status;
    struct str answer;         /* stored for repeats */
    bool answer_private;       /* seal it */
    int offset_min;
    /* Called when the rows have their versions and places, before anything is written; sets answer. May be NULL. */
    void (*finish)(struct entry *e, const struct changes *changes);
    void *finish_arg;
};
/* The only function that writes rows: versions, journal with hash chain, tallies, live events. 0, or negative with
 * problems. -ERR_DUPLICATE: some unique constraint; the writer then runs the batch again, careful (see tx_careful). */
int store_commit(struct tx *tx, struct entry *entry, struct changes *changes, struct problems *ps);
/* Careful: the batch is run again because something collided; look for repeated commands before planning. */
bool tx_careful(const struct tx *tx);
struct reader *tx_reader(struct tx *tx);
int tx_writer(const struct tx *tx); /* number of the writer, from 0 below WRITERS_MAX */
/* State of the reference tables as this job sees them, with what is not committed yet; never the same after a rollback. */
int64_t tx_reference_seq(const struct tx *tx);
/* Holds the lanes that the changes lie in. 0; 1: some were not held before and others may have written there: plan again;
 * negative. */
int tx_hold(struct tx *tx, const struct changes *changes);

/* A command already in the journal. 1 found (status, payload digest, actor, answer in the arena), 0 not, negative. */
struct repeated { int status; struct digest payload; struct id actor_id; struct str answer; int64_t lane, seq; };
int journal_find(struct reader *r, struct id command_id, struct arena *a, struct repeated *out);

/* Live events: told after each commit, in a writer's thread; commits of other processes in a thread of their own. */
struct live_change {
    const struct entity *entity;
    const struct row *row;     /* of the new version; of the old one for deletions */
    bool created, deleted;
    bool elsewhere;            /* of another process; of a deleted row only its id is known */
};
struct live_listener {
    void (*told)(void *arg, const struct live_change *changes, size_t n);
    bool (*wanted)(void *arg); /* does anybody look at present? Asked before rows of other processes are read */
    void *arg;
};
void store_on_commit(struct store *s, struct live_listener listener);

#endif
