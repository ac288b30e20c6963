/* The one writer: takes everything queued, runs each job inside one transaction, commits once, then tells all of
 * them. What `done` hears as 0 is on disk. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/store.h"

struct tx;

struct job {
    struct job *next;
    /* In the writer thread, inside the batch's transaction. May run twice (after a rolled-back attempt), so it starts
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
int writer_start(struct store *s);
void writer_stop(struct store *s); /* finishes what is queued */
/* Does a writer thread run? Then nobody else may write. */
bool store_has_writer(const struct store *s);
size_t writer_queued(const struct store *s);

/* ---- inside a job ---- */
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

/* A command already in the journal. 1 found (status, payload digest, actor, answer in the arena), 0 not, negative. */
struct repeated { int status; struct digest payload; struct id actor_id; struct str answer; int64_t lane, seq; };
int journal_find(struct reader *r, struct id command_id, struct arena *a, struct repeated *out);

/* Live events: told after each commit, in the writer thread. */
struct live_change {
    const struct entity *entity;
    const struct row *row;     /* of the new version; of the old one for deletions */
    bool created, deleted;
};
void store_on_commit(struct store *s, void (*told)(void *arg, const struct live_change *changes, size_t n), void *arg);

#endif
