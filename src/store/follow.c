/* What other processes commit to the same PostgreSQL store: notices "lane:seq" after each commit, and a look at lane_head
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

static void add_own(struct follow *f, const struct lane_state *l)
{
    pthread_mutex_lock(&f->lock);
    if (f->n_own < OWN_MAX)
        f->own[f->n_own++] = (struct range){ l->lane, l->from + 1, l->head.seq };
    pthread_mutex_unlock(&f->lock);
}

static void drop_own(struct follow *f, const struct lane_state *l)
{
    pthread_mutex_lock(&f->lock);
    for (size_t i = f->n_own; i-- > 0;)
        if (f->own[i].lane == l->lane && f->own[i].from == l->from + 1)
            f->own[i] = f->own[--f->n_own];
    pthread_mutex_unlock(&f->lock);
}

void follow_own(struct store *s, const struct tx *tx)
{
    char text[80];
    for (const struct lane_state *l = tx->lanes; s->shared && l; l = l->next) {
        if (l->head.seq == l->from)
            continue;
        int n = snprintf(text, sizeof(text), "%lld:%lld", (long long)l->lane, (long long)l->head.seq);
        db_notify(tx->reader->db, (struct str){ text, (size_t)n });
        if (s->follow)
            add_own(s->follow, l);
    }
}

void follow_not_own(struct store *s, const struct tx *tx)
{
    for (const struct lane_state *l = tx->lanes; s->follow && l; l = l->next)
        drop_own(s->follow, l);
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

/* So many changes at a time: however far behind this thread is, its memory does not grow. */
struct telling { struct follow *follow; struct live_change live[256]; size_t n; int64_t seq; struct arena arena; };

static void tell(struct telling *t)
{
    const struct live_listener *l = &t->follow->store->listener;
    if (t->n)
        l->told(l->arg, t->live, t->n);
    t->n = 0;
    arena_reset(&t->arena);
}

static void add_live(struct telling *t, const struct entity *e, const struct row *row, const json_t *c)
{
    t->live[t->n++] = (struct live_change){ e, row, json_integer_value(json_object_get(c, "v")) == 1, json_is_true(json_object_get(c, "del")), true };
}

static int take_live(void *arg, const struct journal_row *j)
{
    struct telling *t = arg;
    struct follow *f = t->follow;
    t->seq = j->seq;
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
        if (t->n == sizeof(t->live) / sizeof(t->live[0]))
            tell(t);
    }
    json_decref(changes);
    return 0;
}

/* Never back: a writer of ours may know of more. */
static void note_known(struct store *s, int64_t lane, int64_t seq)
{
    int64_t had = atomic_load(&s->known[lane]);
    while (had < seq && !atomic_compare_exchange_weak(&s->known[lane], &had, seq))
        ;
}

/* Entries of a lane that this thread has not seen, at least up to `to`. */
static int catch_up(struct follow *f, int64_t lane, int64_t to)
{
    struct store *s = f->store;
    struct telling t = { .follow = f, .seq = to };
    int err = 0;
    pass_own(f, lane);
    if (f->seen[lane] >= to)
        return 0;
    if (lane == 0)
        err = reference_refresh(s, f->reader);
    if (!err && s->listener.told && (lane == 0 || s->listener.wanted(s->listener.arg))) {
        arena_init(&t.arena, 64 * 1024);
        err = journal_each(f->reader, lane, f->seen[lane], &f->arena, take_live, &t);
        tell(&t);
        arena_free(&t.arena);
    }
    if (!err) {
        f->seen[lane] = t.seq > to ? t.seq : to;
        note_known(s, lane, f->seen[lane]);
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
    f->store = s;
    pthread_mutex_init(&f->lock, NULL);
    arena_init(&f->arena, 256 * 1024);
    f->reader = reader_open(s, false, NULL);
    for (int64_t lane = 0; lane < LANES; lane++) /* as when the store was opened: what came since is taken in */
        f->seen[lane] = atomic_load(&s->known[lane]);
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
