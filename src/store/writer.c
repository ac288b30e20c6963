/* The writer thread: everything queued goes into one transaction, cap 4,096, no timer (lingering only costs).
 * First try without savepoints, for commands check everything before they write; when a write collides all the same
 * (a repeated command, a natural key taken), the batch is rolled back and run again carefully, a savepoint each. */
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "store/internal.h"

#define BATCH_MAX 4096  /* jobs in one transaction */
#define QUEUE_MAX 32768 /* jobs waiting: more than all connections and their batches can bring; see STORE_BUSY */

bool tx_careful(const struct tx *tx) { return tx->careful; }
struct reader *tx_reader(struct tx *tx) { return tx->reader; }

void store_on_commit(struct store *s, void (*told)(void *arg, const struct live_change *changes, size_t n), void *arg)
{
    s->told = told;
    s->told_arg = arg;
}

static void tx_begin(struct store *s, struct tx *tx, bool careful)
{
    memset(tx, 0, sizeof(*tx));
    arena_reset(&s->batch_arena);
    *tx = (struct tx){ .store = s, .reader = s->writer, .careful = careful, .arena = &s->batch_arena };
    tallies_init(&tx->tallies, tx->arena);
}

/* Memory that ran ahead of the store goes back to what is on disk. */
static void tx_undo(struct tx *tx)
{
    db_rollback(tx->reader->db);
    tx->store->undone++;
    for (size_t i = 0; i < tx->n_touched; i++)
        tx->store->heads[tx->touched[i].lane] = tx->touched[i].was;
    if (tx->reference_changed)
        places_load(tx->store->places, tx->reader->db);
}

static int run_one(struct tx *tx, struct job *job)
{
    struct db *d = tx->reader->db;
    if (!tx->careful)
        return job->run(job, tx);
    int err = db_savepoint(d);
    if (err)
        return err;
    err = job->run(job, tx);
    if (err)
        db_rollback_to(d);
    else
        err = db_release(d);
    return err;
}

static bool spoils(int err) { return err == -ERR_STORE_FULL || err == -ERR_STORE_UNREADABLE; }

/* Runs all jobs and commits. 0, or what spoiled the batch. results by position. */
static int attempt(struct store *s, struct job **jobs, int *results, size_t n, bool careful, struct tx *tx)
{
    tx_begin(s, tx, careful);
    int err = db_begin(s->writer->db);
    for (size_t i = 0; !err && i < n; i++) {
        results[i] = run_one(tx, jobs[i]);
        err = tx->failed ? tx->failed : spoils(results[i]) ? results[i] : 0;
    }
    if (!err)
        err = tallies_flush(&tx->tallies, s, s->writer->db);
    if (!err)
        err = db_commit(s->writer->db);
    if (err)
        tx_undo(tx);
    return err;
}

static void batch(struct store *s, struct job **jobs, int *results, size_t n)
{
    struct tx tx;
    int err = attempt(s, jobs, results, n, false, &tx);
    if (err && err != -ERR_STORE_FULL)
        err = attempt(s, jobs, results, n, true, &tx);
    if (err)
        log_error("batch of %zu not written: %s: %s", n, err_info(err)->code, db_error(s->writer->db));
    if (!err && tx.reference_changed)
        atomic_fetch_add(&s->reference_seq, 1);
    if (!err && s->told && tx.n_live)
        s->told(s->told_arg, tx.live, tx.n_live);
    for (size_t i = 0; i < n; i++)
        jobs[i]->done(jobs[i], err ? err : results[i]);
}

/* ---- the queue: a lock-free stack, turned round by the writer ---- */

size_t writer_queued(const struct store *s) { return atomic_load(&s->queued); }

int store_submit(struct store *s, struct job *job)
{
    if (atomic_fetch_add(&s->queued, 1) >= QUEUE_MAX || atomic_load(&s->stopping)) {
        atomic_fetch_sub(&s->queued, 1);
        return -ERR_BUSY;
    }
    struct job *head = atomic_load(&s->queue);
    do
        job->next = head;
    while (!atomic_compare_exchange_weak(&s->queue, &head, job));
    if (atomic_exchange(&s->sleeping, false)) {
        uint64_t one = 1;
        if (write(s->wake_fd, &one, sizeof(one)) < 0)
            log_warn("writer not woken");
    }
    return 0;
}

/* Takes all that waits, oldest first. */
static size_t take(struct store *s, struct job **jobs)
{
    struct job *j = atomic_exchange(&s->queue, NULL);
    size_t n = 0;
    for (; j && n < QUEUE_MAX; j = j->next)
        jobs[n++] = j;
    for (size_t i = 0; i < n / 2; i++) {
        struct job *t = jobs[i];
        jobs[i] = jobs[n - 1 - i];
        jobs[n - 1 - i] = t;
    }
    atomic_fetch_sub(&s->queued, n);
    return n;
}

static void sleep_until_woken(struct store *s)
{
    uint64_t count;
    atomic_store(&s->sleeping, true);
    if (atomic_load(&s->queue) || atomic_load(&s->stopping)) {
        atomic_store(&s->sleeping, false);
        return;
    }
    if (read(s->wake_fd, &count, sizeof(count)) < 0)
        log_warn("writer could not sleep");
}

static void *writer_main(void *arg)
{
    struct store *s = arg;
    struct job **jobs = mem_alloc(QUEUE_MAX * sizeof(*jobs));
    int *results = mem_alloc(QUEUE_MAX * sizeof(*results));
    for (;;) {
        size_t n = take(s, jobs);
        for (size_t at = 0; at < n; at += BATCH_MAX)
            batch(s, jobs + at, results + at, n - at < BATCH_MAX ? n - at : BATCH_MAX);
        if (n)
            continue;
        if (atomic_load(&s->stopping))
            break;
        sleep_until_woken(s);
    }
    mem_free(jobs);
    mem_free(results);
    return NULL;
}

void store_run(struct store *s, struct job *job)
{
    int result = 0;
    batch(s, &job, &result, 1);
}

bool store_has_writer(const struct store *s) { return s->threaded; }

int writer_start(struct store *s)
{
    s->wake_fd = eventfd(0, EFD_CLOEXEC);
    if (s->wake_fd < 0 || pthread_create(&s->thread, NULL, writer_main, s))
        return -ERR_INTERNAL;
    s->threaded = true;
    return 0;
}

void writer_stop(struct store *s)
{
    uint64_t one = 1;
    if (!s->threaded)
        return;
    atomic_store(&s->stopping, true);
    if (write(s->wake_fd, &one, sizeof(one)) < 0)
        log_warn("writer not woken");
    pthread_join(s->thread, NULL);
    close(s->wake_fd);
    s->threaded = false;
}
