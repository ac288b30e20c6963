/* The writing threads: everything queued goes into one transaction, cap 4,096, no timer (lingering only costs).
 * First try without savepoints, for commands check everything before they write; when a write collides all the same
 * (a repeated command, a natural key taken, another process), the batch is rolled back and run again carefully, a
 * savepoint each. */
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "store/internal.h"
#include "store/values.h"

#define BATCH_MAX 4096   /* jobs in one transaction */
#define QUEUE_MAX 32768 /* jobs waiting for one writer: more than all connections and their batches can bring; see STORE_BUSY */
#define WAVE_KEYS 8192
#define PASS_OVER 64    /* jobs left out of a wave before it is closed */
#define GUESSES 64
#define WRITERS_SHARED 2 /* threads where several may write: beyond two they only wait for the same disk (measured) */
#define OUTCOME_TRIES 12 /* of 300 ms each: how long the outcome of a broken commit is looked for */

bool tx_careful(const struct tx *tx) { return tx->careful; }
struct reader *tx_reader(struct tx *tx) { return tx->reader; }
int tx_writer(const struct tx *tx) { return tx->writer->number; }

int64_t tx_reference_seq(const struct tx *tx)
{
    int64_t own = 0;
    for (const struct lane_state *l = tx->lanes; l; l = l->next)
        if (l->lane == 0)
            own = l->head.seq - l->from;
    return atomic_load(&tx->store->reference_seq) + (own << 20) + (tx->writer->undone << 40);
}

void store_on_commit(struct store *s, struct live_listener listener) { s->listener = listener; }

static void tx_begin(struct writer *w, struct tx *tx, bool careful)
{
    memset(tx, 0, sizeof(*tx));
    arena_reset(&w->arena);
    *tx = (struct tx){ .store = w->store, .writer = w, .reader = w->reader, .careful = careful, .arena = &w->arena };
    tallies_init(&tx->tallies, tx->arena);
    reader_begin(w->reader);
}

/* Memory that ran ahead of the store goes back to what is on disk. */
static void tx_undo(struct tx *tx)
{
    db_rollback(tx->reader->db);
    tx->writer->undone++;
    if (tx->reference_changed)
        places_load(tx->store->places, tx->reader->db);
}

static int run_one(struct tx *tx, struct job *job)
{
    struct db *d = tx->reader->db;
    struct lane_state *held = tx->lanes;
    if (!tx->careful)
        return job->run(job, tx);
    int err = db_savepoint(d);
    if (err)
        return err;
    err = job->run(job, tx);
    if (!err)
        return db_release(d);
    db_rollback_to(d);
    tx->lanes = held; /* what was locked since the savepoint is free again */
    return err;
}

static bool spoils(int err) { return err == -ERR_STORE_FULL || err == -ERR_STORE_UNREADABLE || err == -ERR_STORE_AWAY; }

static int run_and_judge(struct tx *tx, struct job *job, int *result)
{
    *result = run_one(tx, job);
    if (reader_away(tx->reader))
        return -ERR_STORE_AWAY;
    int err = tx->failed ? tx->failed : spoils(*result) ? *result : 0;
    if (tx->careful && !spoils(err))
        err = tx->failed = 0; /* undone by its savepoint; its own answer tells */
    return err;
}

/* ---- holding lanes ---- */

struct guess { int64_t lane, known; };

static void add_guess(struct store *s, struct guess *g, size_t *n, int64_t lane)
{
    size_t at = 0;
    while (at < *n && g[at].lane < lane)
        at++;
    if ((at < *n && g[at].lane == lane) || *n == GUESSES)
        return;
    memmove(&g[at + 1], &g[at], (*n - at) * sizeof(*g));
    g[at] = (struct guess){ lane, atomic_load(&s->known[lane]) };
    ++*n;
}

/* Lanes that the jobs are expected to write, in order of number: two writers never wait for each other in a circle. */
static size_t guess_lanes(struct store *s, struct job **jobs, size_t n, struct guess *g)
{
    size_t count = 0;
    for (size_t i = 0; s->shared && i < n; i++) {
        if (jobs[i]->reference)
            add_guess(s, g, &count, 0);
        if (jobs[i]->lane > 0 && jobs[i]->lane < LANES)
            add_guess(s, g, &count, jobs[i]->lane);
    }
    return count;
}

/* 0; 1: another process wrote in one of them since they were read ahead; negative. */
static int hold(struct tx *tx, const struct guess *g, size_t n)
{
    int moved = 0;
    for (size_t i = 0; i < n; i++) {
        struct lane_state *l = tx_lane(tx, g[i].lane);
        if (!l)
            return tx->failed;
        moved |= l->from != g[i].known;
    }
    return moved;
}

/* ---- waves: jobs that can be read for together ---- */

struct ahead {
    struct job *job;      /* that is asked */
    uint64_t *keys;       /* of the wave and of what has to wait for it; open addressing */
    bool common;
    uint64_t mine[16];
    size_t n_mine, n;
};

void ahead_key(struct ahead *a, struct str what, struct str value)
{
    uint64_t key = (hash_fast(value.p, value.n) ^ hash_fast(what.p, what.n) * 31) | 1;
    size_t i = key & (WAVE_KEYS - 1);
    while (a->keys[i] && a->keys[i] != key)
        i = (i + 1) & (WAVE_KEYS - 1);
    a->common |= a->keys[i] == key;
    if (a->n_mine < sizeof(a->mine) / sizeof(a->mine[0]))
        a->mine[a->n_mine++] = key;
}

void ahead_lane(struct ahead *a, int64_t lane) { a->job->lane = lane; }

static void keep_keys(struct ahead *a)
{
    for (size_t k = 0; k < a->n_mine; k++) {
        size_t i = a->mine[k] & (WAVE_KEYS - 1);
        while (a->keys[i] && a->keys[i] != a->mine[k])
            i = (i + 1) & (WAVE_KEYS - 1);
        a->n += a->keys[i] == 0;
        a->keys[i] = a->mine[k];
    }
}

/* Marks the jobs of the next wave, from a job on that has none before it: in order, leaving out those that share a key with
 * one before, up to the first that must run alone. */
static void gather(struct tx *tx, struct ahead *a, struct job **jobs, size_t n, size_t from, int *taken, int wave)
{
    int passed_over = 0;
    memset(a->keys, 0, WAVE_KEYS * sizeof(*a->keys));
    a->n = 0;
    for (size_t i = from; i < n && a->n < WAVE_KEYS / 2 && passed_over < PASS_OVER; i++) {
        if (taken[i])
            continue;
        if (!jobs[i]->ahead)
            break;
        a->job = jobs[i];
        a->common = false;
        a->n_mine = 0;
        jobs[i]->ahead(jobs[i], tx, a);
        keep_keys(a);
        if (a->common)
            passed_over++;
        else
            taken[i] = wave;
    }
}

static int run_wave(struct tx *tx, struct job **jobs, int *results, size_t n, size_t from, const int *taken, int wave)
{
    int err = 0;
    for (size_t i = from; !err && i < n; i++)
        if (taken[i] == wave)
            err = run_and_judge(tx, jobs[i], &results[i]);
    db_ahead_end(tx->reader->db);
    return err;
}

/* The first wave is read for before its lanes are held, and once more when another process wrote there meanwhile. */
static int first_hold(struct tx *tx, struct ahead *a, struct job **jobs, size_t n, int *taken)
{
    struct guess g[GUESSES];
    gather(tx, a, jobs, n, 0, taken, 1);
    size_t guesses = guess_lanes(tx->store, jobs, n, g); /* with what is known before the reads */
    int err = db_ahead_run(tx->reader->db);
    err = err ? err : hold(tx, g, guesses);
    if (err == 1 && taken[0]) {
        db_ahead_end(tx->reader->db);
        memset(taken, 0, n * sizeof(*taken));
        gather(tx, a, jobs, n, 0, taken, 1);
        err = db_ahead_run(tx->reader->db);
    }
    return err < 0 ? err : 0;
}

static int run_in_waves(struct tx *tx, struct job **jobs, int *results, size_t n)
{
    struct ahead a = { .keys = arena_alloc(tx->arena, WAVE_KEYS * sizeof(*a.keys)) };
    int *taken = arena_zalloc(tx->arena, n * sizeof(*taken)), wave = 1;
    int err = first_hold(tx, &a, jobs, n, taken);
    if (!err)
        err = run_wave(tx, jobs, results, n, 0, taken, wave);
    for (size_t i = 0; !err && i < n; i++) {
        if (taken[i])
            continue;
        if (jobs[i]->ahead) {
            gather(tx, &a, jobs, n, i, taken, ++wave);
            err = db_ahead_run(tx->reader->db);
            err = err ? err : run_wave(tx, jobs, results, n, i, taken, wave);
        } else {
            err = run_and_judge(tx, jobs[i], &results[i]);
        }
    }
    db_ahead_end(tx->reader->db);
    return err;
}

static int run_in_order(struct tx *tx, struct job **jobs, int *results, size_t n)
{
    struct guess g[GUESSES];
    int err = hold(tx, g, guess_lanes(tx->store, jobs, n, g));
    err = err < 0 ? err : 0;
    for (size_t i = 0; !err && i < n; i++)
        err = run_and_judge(tx, jobs[i], &results[i]);
    return err;
}

/* ---- a batch ---- */

/* The connection broke during the commit: a command of the batch is in the journal, or none is. The lane is held first: then
 * the server has ended the broken transaction one way or the other. The look ends with a commit of its own, which a standby
 * has to confirm as it would have confirmed the first. */
static bool was_committed(struct tx *tx)
{
    struct db *d = tx->reader->db;
    bool found = false;
    int err = -ERR_STORE_AWAY;
    for (int i = 0; err && i < OUTCOME_TRIES && !id_absent(tx->proof); i++) {
        if (i)
            usleep(300000);
        struct value v[] = { value_int(tx->proof_lane), value_of_id(&tx->proof) };
        err = db_begin(d);
        err = err ? err : db_run(d, S("UPDATE lane_head SET seq = seq WHERE lane = $1"), v, 1);
        struct db_stmt *st = err ? NULL : db_prepare(d, S("SELECT 1 FROM journal WHERE lane = $1 AND command_id = $2"));
        for (int k = 0; st && k < 2; k++)
            db_bind(st, k + 1, v[k]);
        int more = st ? db_step(st) : -ERR_STORE_AWAY;
        found = more == 1;
        if (found)
            db_reset(st);
        err = err ? err : more < 0 ? more : db_commit(d);
        db_rollback(d);
    }
    log_warn("a commit was broken off: %s", err ? "its outcome is not known" : found ? "it had been carried out" : "it was not carried out");
    return !err && found;
}

/* Runs all jobs and commits. 0, or what spoiled the batch. results by position. */
static int attempt(struct writer *w, struct job **jobs, int *results, size_t n, bool careful, struct tx *tx)
{
    struct db *d = w->reader->db;
    tx_begin(w, tx, careful);
    int err = db_begin(d);
    if (!err && w->store->shared && !careful)
        err = run_in_waves(tx, jobs, results, n);
    else if (!err)
        err = run_in_order(tx, jobs, results, n);
    if (!err)
        err = tallies_flush(&tx->tallies, d);
    if (!err)
        err = lanes_flush(tx);
    if (!err) {
        follow_own(w->store, tx);
        err = db_commit(d);
        if (err == -ERR_STORE_AWAY && was_committed(tx))
            err = 0;
        if (err)
            follow_not_own(w->store, tx);
    }
    if (err)
        tx_undo(tx);
    return err;
}

/* What this process knows now of the lanes it wrote. */
static void note_heads(struct tx *tx)
{
    struct store *s = tx->store;
    for (const struct lane_state *l = tx->lanes; l; l = l->next) {
        if (l->head.seq == l->from)
            continue;
        atomic_store(&s->known[l->lane], l->head.seq);
        if (l->lane != 0)
            continue;
        pthread_mutex_lock(&s->reference_lock);
        s->reference_known = l->head.seq > s->reference_known ? l->head.seq : s->reference_known;
        pthread_mutex_unlock(&s->reference_lock);
        atomic_fetch_add(&s->reference_seq, 1);
    }
}

static bool worth_again(int err) { return err && err != -ERR_STORE_FULL && err != -ERR_STORE_AWAY; }

static void batch(struct writer *w, struct job **jobs, int *results, size_t n)
{
    struct store *s = w->store;
    struct tx tx;
    int err = attempt(w, jobs, results, n, false, &tx);
    for (int again = 0; worth_again(err) && again < (err == -ERR_BUSY ? 3 : 1); again++)
        err = attempt(w, jobs, results, n, true, &tx);
    if (err)
        log_error("batch of %zu not written: %s: %s", n, err_info(err)->code, db_error(w->reader->db));
    else
        note_heads(&tx);
    if (!err && s->listener.told && tx.n_live)
        s->listener.told(s->listener.arg, tx.live, tx.n_live);
    for (size_t i = 0; i < n; i++)
        jobs[i]->done(jobs[i], err ? err : results[i]);
}

/* ---- the queue: a lock-free stack, turned round by the writer ---- */

size_t writer_queued(const struct store *s)
{
    size_t n = 0;
    for (int i = 0; i < s->n_writers; i++)
        n += atomic_load(&s->writers[i].queued);
    return n;
}

static void wake(struct writer *w)
{
    uint64_t one = 1;
    if (write(w->wake_fd, &one, sizeof(one)) < 0)
        log_warn("writer not woken");
}

int store_submit(struct store *s, struct job *job)
{
    struct writer *w = &s->writers[(job->home > 0 ? job->home : 0) % s->n_writers];
    if (atomic_fetch_add(&w->queued, 1) >= QUEUE_MAX || atomic_load(&s->stopping)) {
        atomic_fetch_sub(&w->queued, 1);
        return -ERR_BUSY;
    }
    struct job *head = atomic_load(&w->queue);
    do
        job->next = head;
    while (!atomic_compare_exchange_weak(&w->queue, &head, job));
    if (atomic_exchange(&w->sleeping, false))
        wake(w);
    return 0;
}

/* Takes all that waits, oldest first. */
static size_t take(struct writer *w, struct job **jobs)
{
    struct job *j = atomic_exchange(&w->queue, NULL);
    size_t n = 0;
    for (; j && n < QUEUE_MAX; j = j->next)
        jobs[n++] = j;
    for (size_t i = 0; i < n / 2; i++) {
        struct job *t = jobs[i];
        jobs[i] = jobs[n - 1 - i];
        jobs[n - 1 - i] = t;
    }
    atomic_fetch_sub(&w->queued, n);
    return n;
}

static void sleep_until_woken(struct writer *w)
{
    uint64_t count;
    atomic_store(&w->sleeping, true);
    if (atomic_load(&w->queue) || atomic_load(&w->store->stopping)) {
        atomic_store(&w->sleeping, false);
        return;
    }
    if (read(w->wake_fd, &count, sizeof(count)) < 0)
        log_warn("writer could not sleep");
}

static void *writer_main(void *arg)
{
    struct writer *w = arg;
    struct job **jobs = mem_alloc(QUEUE_MAX * sizeof(*jobs));
    int *results = mem_alloc(QUEUE_MAX * sizeof(*results));
    for (;;) {
        size_t n = take(w, jobs);
        for (size_t at = 0; at < n; at += BATCH_MAX)
            batch(w, jobs + at, results + at, n - at < BATCH_MAX ? n - at : BATCH_MAX);
        if (n)
            continue;
        if (atomic_load(&w->store->stopping))
            break;
        sleep_until_woken(w);
    }
    mem_free(jobs);
    mem_free(results);
    return NULL;
}

void store_run(struct store *s, struct job *job)
{
    int result = 0;
    batch(&s->writers[0], &job, &result, 1);
}

bool store_has_writer(const struct store *s) { return s->threaded; }

static int start_one(struct store *s, int number)
{
    struct writer *w = &s->writers[number];
    w->store = s;
    w->number = number;
    if (!w->reader && !(w->reader = reader_open(s, true, NULL)))
        return -ERR_STORE_AWAY;
    w->wake_fd = eventfd(0, EFD_CLOEXEC);
    return w->wake_fd < 0 || pthread_create(&w->thread, NULL, writer_main, w) ? -ERR_INTERNAL : 0;
}

int writer_start(struct store *s)
{
    int wanted = s->shared ? WRITERS_SHARED : 1, err = 0;
    for (int i = 0; !err && i < wanted; i++) {
        err = start_one(s, i);
        s->threaded |= !err;
        s->n_writers = err || i == 0 ? s->n_writers : i + 1;
    }
    return err ? err : s->shared ? follow_start(s) : 0;
}

void writer_stop(struct store *s)
{
    if (!s->threaded)
        return;
    atomic_store(&s->stopping, true);
    for (int i = 0; i < s->n_writers; i++) {
        wake(&s->writers[i]);
        pthread_join(s->writers[i].thread, NULL);
        close(s->writers[i].wake_fd);
    }
    follow_stop(s);
    s->threaded = false;
}
