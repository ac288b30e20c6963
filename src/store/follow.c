/* What other processes commit to the same PostgreSQL store: notices "lane:from-to" after each commit, and a look at lane_head
 * every second in case one was lost. Reference tables are taken in, live listeners are told. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "store/internal.h"
#include "store/journal.h"

#define LOOK_MS 1000
#define OWN_MAX 4096     /* commits of this process not yet passed */
#define RELOAD_FROM 2000 /* entries from which the tree of places is read as a whole */

struct range { int64_t lane, from, to; };

struct follow {
    struct store *store;
    struct reader *reader;
    pthread_t thread;
    _Atomic bool stopping;
    struct arena arena;
    int64_t seen[LANES];
    pthread_mutex_t lock; /* of own */
    struct range own[OWN_MAX];
    size_t n_own;
};

/* ---- own commits ---- */

void follow_own(struct store *s, const struct tx *tx, bool committed_or_about)
{
    struct follow *f = s->follow;
    char text[80];
    for (const struct lane_state *l = tx->lanes; s->shared && l; l = l->next) {
        if (l->head.seq == l->from)
            continue;
        if (committed_or_about) {
            int n = snprintf(text, sizeof(text), "%lld:%lld", (long long)l->lane, (long long)l->head.seq);
            db_notify(tx->reader->db, (struct str){ text, (size_t)n });
        }
        if (!f)
            continue;
        pthread_mutex_lock(&f->lock);
        if (committed_or_about && f->n_own < OWN_MAX)
            f->own[f->n_own++] = (struct range){ l->lane, l->from + 1, l->head.seq };
        for (size_t i = f->n_own; !committed_or_about && i-- > 0;)
            if (f->own[i].lane == l->lane && f->own[i].from == l->from + 1)
                f->own[i] = f->own[--f->n_own];
        pthread_mutex_unlock(&f->lock);
    }
}

static bool is_own(struct follow *f, int64_t lane, int64_t seq)
{
    bool own = false;
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; !own && i < f->n_own; i++)
        own = f->own[i].lane == lane && f->own[i].from <= seq && seq <= f->own[i].to;
    pthread_mutex_unlock(&f->lock);
    return own;
}

/* Steps over own commits that come next; forgets those that are passed. */
static void pass_own(struct follow *f, int64_t lane)
{
    bool moved = true;
    pthread_mutex_lock(&f->lock);
    while (moved) {
        moved = false;
        for (size_t i = 0; i < f->n_own;) {
            struct range r = f->own[i];
            if (r.lane == lane && r.from <= f->seen[lane] + 1) {
                f->seen[lane] = r.to > f->seen[lane] ? r.to : f->seen[lane];
                f->own[i] = f->own[--f->n_own];
                moved = true;
            } else {
                i++;
            }
        }
    }
    pthread_mutex_unlock(&f->lock);
}

/* ---- reference tables ---- */

struct refresh { struct store *store; struct reader *reader; int64_t seq; int entries; };

static int take_places(void *arg, const struct journal_row *j)
{
    struct refresh *x = arg;
    json_t *changes = j->changes.p ? json_loadb(j->changes.p, j->changes.n, 0, NULL) : NULL;
    int err = 0;
    for (size_t i = 0; !err && i < json_array_size(changes); i++) {
        const json_t *c = json_array_get(changes, i);
        struct id id;
        if (str_is(json_text(json_object_get(c, "e")), "place") && id_parse(json_text(json_object_get(c, "id")), &id) == 0)
            err = places_load_one(x->store->places, x->reader->db, id);
    }
    json_decref(changes);
    x->seq = j->seq;
    return err ? err : ++x->entries > RELOAD_FROM ? 1 : 0;
}

int reference_refresh(struct store *s, struct reader *r)
{
    struct arena a;
    arena_init(&a, 64 * 1024);
    pthread_mutex_lock(&s->reference_lock);
    struct refresh x = { s, r, s->reference_known, 0 };
    int err = journal_each(r, 0, s->reference_known, &a, take_places, &x);
    if (err == 1) { /* so much is new that all is read again */
        int64_t lane, seq = 0;
        err = lane_next(r->db, -1, &lane, &seq) < 0 ? -ERR_STORE_AWAY : places_load(s->places, r->db);
        x.seq = err ? x.seq : seq;
    }
    if (!err && x.seq > s->reference_known) {
        s->reference_known = x.seq;
        atomic_fetch_add(&s->reference_seq, 1);
    }
    pthread_mutex_unlock(&s->reference_lock);
    arena_free(&a);
    return err;
}

/* ---- live events ---- */

struct telling { struct follow *follow; struct live_change *live; size_t n, cap; struct arena arena; };

static void add_live(struct telling *t, const struct entity *e, const struct row *row, const json_t *c)
{
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 256;
        struct live_change *more = ARENA_ARRAY(&t->arena, struct live_change, cap);
        if (t->n)
            memcpy(more, t->live, t->n * sizeof(*more));
        t->live = more;
        t->cap = cap;
    }
    t->live[t->n++] = (struct live_change){ e, row, json_integer_value(json_object_get(c, "v")) == 1, json_is_true(json_object_get(c, "del")), true };
}

static int take_live(void *arg, const struct journal_row *j)
{
    struct telling *t = arg;
    struct follow *f = t->follow;
    if (is_own(f, j->lane, j->seq))
        return 0;
    json_t *changes = j->changes.p ? json_loadb(j->changes.p, j->changes.n, 0, NULL) : NULL;
    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *c = json_array_get(changes, i);
        const struct entity *e = store_entity(f->store, json_text(json_object_get(c, "e")));
        struct id id;
        if (!e || id_parse(json_text(json_object_get(c, "id")), &id))
            continue;
        struct row *row = row_new(e, &t->arena);
        if (!json_is_true(json_object_get(c, "del")) && store_get(f->reader, e, j->lane, id, &t->arena, row))
            continue;
        row->id = id;
        add_live(t, e, row, c);
    }
    json_decref(changes);
    return 0;
}

/* Entries of a lane up to `to` that this thread has not seen. */
static int catch_up(struct follow *f, int64_t lane, int64_t to)
{
    struct store *s = f->store;
    struct telling t = { .follow = f };
    int err = 0;
    pass_own(f, lane);
    if (f->seen[lane] >= to)
        return 0;
    if (lane == 0)
        err = reference_refresh(s, f->reader);
    if (!err && s->listener.told && (lane == 0 || s->listener.wanted(s->listener.arg))) {
        arena_init(&t.arena, 64 * 1024);
        err = journal_each(f->reader, lane, f->seen[lane], &f->arena, take_live, &t);
        if (!err && t.n)
            s->listener.told(s->listener.arg, t.live, t.n);
        arena_free(&t.arena);
    }
    if (!err) {
        f->seen[lane] = to;
        atomic_store(&s->known[lane], to);
    }
    return err;
}

static void on_notice(void *arg, struct str text)
{
    struct follow *f = arg;
    while (text.n) {
        struct str one = str_cut(&text, ' '), lane = str_cut(&one, ':');
        int64_t l, to;
        if (str_to_i64(lane, &l) == 0 && str_to_i64(one, &to) == 0 && l >= 0 && l < LANES)
            catch_up(f, l, to);
    }
}

static int look(struct follow *f)
{
    int64_t lane = -1, seq = 0;
    int more;
    while ((more = lane_next(f->reader->db, lane, &lane, &seq)) == 1 && lane < LANES)
        if (seq > f->seen[lane])
            catch_up(f, lane, seq);
    return more;
}

static void *follow_main(void *arg)
{
    struct follow *f = arg;
    bool away = false;
    int64_t looked = 0;
    while (!atomic_load(&f->stopping)) {
        int n = db_wait(f->reader->db, LOOK_MS, on_notice, f);
        if (n <= 0 || clock_mono_us() - looked > LOOK_MS * 1000) {
            n = n < 0 ? n : look(f);
            looked = clock_mono_us();
        }
        if (away != (n < 0))
            n < 0 ? log_error("the database is away: %s", db_error(f->reader->db)) : log_info("the database is back");
        away = n < 0;
    }
    return NULL;
}

int follow_start(struct store *s)
{
    struct follow *f = mem_zalloc(sizeof(*f));
    int64_t lane = -1, seq;
    int more;
    f->store = s;
    pthread_mutex_init(&f->lock, NULL);
    arena_init(&f->arena, 256 * 1024);
    f->reader = reader_open(s, false, NULL);
    while (f->reader && (more = lane_next(f->reader->db, lane, &lane, &seq)) == 1 && lane < LANES)
        f->seen[lane] = seq;
    s->follow = f;
    if (f->reader && pthread_create(&f->thread, NULL, follow_main, f) == 0)
        return 0;
    reader_close(f->reader);
    arena_free(&f->arena);
    mem_free(f);
    s->follow = NULL;
    return -ERR_STORE_AWAY;
}

void follow_stop(struct store *s)
{
    struct follow *f = s->follow;
    if (!f)
        return;
    atomic_store(&f->stopping, true);
    pthread_join(f->thread, NULL);
    s->follow = NULL;
    reader_close(f->reader);
    arena_free(&f->arena);
    mem_free(f);
}
