/* GET /live: today's counts for the live screen, from the counters: no passage is read, so it costs the same with three
 * million of them as with thirty thousand. */
#include "domain/passage/passage.h"
#include "domain/passage/passage_plan.h"
#include "domain/place/place.h"
#include "io/http/http.h"
#include "store/values.h"

enum { PASSAGE, FLOW, FEVER, PASS, TURN_BACK, FEVER_CLINIC, COMMUNITY, HOLD, MEASURES };

static const char *const measures[MEASURES] = {
    "passage", "flow", "fever", "decision.pass", "decision.turn_back", "decision.fever_clinic", "decision.community", "decision.hold",
};

struct counts { int64_t n[MEASURES]; };

/* What the screen shows by post and by place: a table by id, open addressing. */
struct slot { struct id id; struct counts counts; bool used; };
struct by_id { struct slot *slots; size_t cap, n; };

struct live {
    struct ctx *ctx;
    struct date day;
    int64_t from_hour, to_hour;     /* of the day; to is exclusive */
    const struct place_node **bounds;
    size_t n_bounds;
    const struct place_node *under; /* the one part that is shown; NULL for several */
    struct counts total, hours[24];
    struct by_id posts, places;
    int64_t waiting, overdue, inbox;
};

/* ---- the question ---- */

static int take_hour(struct ctx *ctx, struct str text, const char *name, int64_t min, int64_t max, int64_t *out)
{
    if (str_to_i64(text, out))
        return ctx_problem(ctx, ERR_WRONG_TYPE, name);
    return *out < min || *out > max ? ctx_problem(ctx, ERR_OUT_OF_RANGE, name) : 0;
}

/* One parameter. Empty ones count as left out, as forms send them. */
static int take(struct live *l, struct str name, struct str value, struct id *under)
{
    if (value.n == 0)
        return 0;
    if (str_is(name, "under"))
        return id_parse(value, under) ? ctx_problem(l->ctx, ERR_BAD_ID, "under") : 0;
    if (str_is(name, "day"))
        return date_parse(value, &l->day) ? ctx_problem(l->ctx, ERR_BAD_DATE, "day") : 0;
    if (str_is(name, "from_hour"))
        return take_hour(l->ctx, value, "from_hour", 0, 23, &l->from_hour);
    if (str_is(name, "to_hour"))
        return take_hour(l->ctx, value, "to_hour", 1, 24, &l->to_hour);
    return problems_name(l->ctx->problems, ERR_UNKNOWN_KEY, name);
}

static int take_query(struct live *l, struct str query)
{
    struct id under = ID_ABSENT;
    struct str name, value;
    int more;
    while ((more = http_query_next(&query, l->ctx->arena, &name, &value)) == 1)
        take(l, name, value, &under);
    if (more < 0)
        ctx_problem(l->ctx, ERR_BAD_REQUEST, NULL);
    if (l->to_hour <= l->from_hour)
        ctx_problem(l->ctx, ERR_BAD_ORDER, "to_hour");
    if (l->ctx->problems->n)
        return -problems_worst(l->ctx->problems);
    int err = place_bounds(l->ctx, "passage.read", under, &l->bounds, &l->n_bounds);
    l->under = l->n_bounds == 1 ? l->bounds[0] : NULL;
    return err;
}

/* ---- counting ---- */

static int measure_of(struct str name)
{
    for (int i = 0; i < MEASURES; i++)
        if (str_is(name, measures[i]))
            return i;
    return -1;
}

static struct slot *slot_of(const struct by_id *t, struct id id)
{
    size_t i = hash_fast(id.b, sizeof id.b) & (t->cap - 1);
    while (t->slots[i].used && !id_eq(t->slots[i].id, id))
        i = (i + 1) & (t->cap - 1);
    return &t->slots[i];
}

static void grow(struct by_id *t, struct arena *a)
{
    struct by_id old = *t;
    t->cap = old.cap ? old.cap * 2 : 64;
    t->slots = ARENA_ARRAY(a, struct slot, t->cap);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].used)
            *slot_of(t, old.slots[i].id) = old.slots[i];
}

static struct counts *counts_of(struct by_id *t, struct id id, struct arena *a)
{
    if ((t->n + 1) * 2 > t->cap)
        grow(t, a);
    struct slot *s = slot_of(t, id);
    if (!s->used) {
        *s = (struct slot){ .id = id, .used = true };
        t->n++;
    }
    return &s->counts;
}

/* The child of `under` that the place lies in; of several parts, the part. NULL for `under` itself. */
static const struct place_node *shown_place(const struct live *l, struct id id)
{
    const struct place_node *at = store_place(l->ctx->store, id);
    for (size_t i = 0; !l->under && at && i < l->n_bounds; i++)
        if (path_within(at->path, l->bounds[i]->path))
            return l->bounds[i];
    while (l->under && at && !id_eq(at->parent, l->under->id))
        at = store_place(l->ctx->store, at->parent);
    return at;
}

/* Columns: hour place_id subject measure n. Only counters of places within the part of the tree count. */
static void add_row(struct live *l, struct db_stmt *st, int64_t first_hour, struct str path)
{
    int m = measure_of(db_column(st, 3).s);
    int64_t hour = db_column(st, 0).i - first_hour, n = db_column(st, 4).i;
    struct id place_id = id_of_value(db_column(st, 1)), post_id = id_of_value(db_column(st, 2));
    const struct place_node *at = store_place(l->ctx->store, place_id), *place = shown_place(l, place_id);
    if (m < 0 || hour < 0 || hour > 23 || !at || !path_within(at->path, path))
        return;
    l->total.n[m] += n;
    l->hours[hour].n[m] += n;
    counts_of(&l->posts, post_id, l->ctx->arena)->n[m] += n;
    if (place)
        counts_of(&l->places, place->id, l->ctx->arena)->n[m] += n;
}

static int count_part(struct live *l, struct str path)
{
    int64_t first = (int64_t)l->day.days * 24; /* hours since 1970 at the place */
    const struct value args[] = { value_text(path), value_text(place_path_end(path, l->ctx->arena)), value_int(first + l->from_hour),
                                  value_int(first + l->to_hour) };
    struct db_stmt *st = store_query(l->ctx->db, "live_tally", args, 4);
    int more;
    while ((more = store_next(st)) == 1)
        add_row(l, st, first, path);
    return more;
}

/* Sums of one row; the columns are added to *a and *b. */
static int add_sums(struct live *l, const char *statement, const struct value *args, int n, int64_t *a, int64_t *b)
{
    struct db_stmt *st = store_query(l->ctx->db, statement, args, n);
    int more = store_next(st);
    if (more != 1)
        return more;
    *a += db_column(st, 0).i;
    if (b)
        *b += db_column(st, 1).i;
    db_reset(st);
    return 0;
}

static int count_open(struct live *l, struct str path)
{
    const struct value args[] = { value_text(path), value_text(place_path_end(path, l->ctx->arena)), value_int(l->ctx->now.ms) };
    int err = add_sums(l, "live_handovers", args, 3, &l->waiting, &l->overdue);
    return err ? err : add_sums(l, "live_inbox", args, 2, &l->inbox, NULL);
}

/* ---- the answer ---- */

static void put_id(struct jw *w, const char *key, struct id id)
{
    char text[ID_TEXT];
    jw_kstr(w, key, (struct str){ text, id_format(id, text) });
}

static void put_date(struct jw *w, const char *key, struct date d)
{
    char text[DATE_TEXT];
    jw_kstr(w, key, (struct str){ text, date_format(d, text) });
}

static void put_decisions(struct jw *w, const struct counts *c)
{
    jw_key(w, "decision");
    jw_object(w);
    for (int m = PASS; m < MEASURES; m++)
        jw_kint(w, measures[m] + sizeof "decision." - 1, c->n[m]);
    jw_end_object(w);
}

static void put_totals(struct jw *w, const struct counts *c)
{
    jw_key(w, "totals");
    jw_object(w);
    jw_kint(w, "passage", c->n[PASSAGE]);
    jw_kint(w, "flow", c->n[FLOW]);
    jw_kint(w, "fever", c->n[FEVER]);
    put_decisions(w, c);
    jw_end_object(w);
}

static void put_hours(struct jw *w, const struct live *l)
{
    jw_key(w, "hours");
    jw_array(w);
    for (int64_t h = l->from_hour; h < l->to_hour; h++) {
        jw_object(w);
        jw_kint(w, "hour", h);
        jw_kint(w, "passage", l->hours[h].n[PASSAGE]);
        jw_kint(w, "fever", l->hours[h].n[FEVER]);
        put_decisions(w, &l->hours[h]);
        jw_end_object(w);
    }
    jw_end_array(w);
}

static void put_table(struct jw *w, const char *key, const char *id_key, const struct by_id *t)
{
    jw_key(w, key);
    jw_array(w);
    for (size_t i = 0; i < t->cap; i++) {
        if (!t->slots[i].used)
            continue;
        jw_object(w);
        put_id(w, id_key, t->slots[i].id);
        jw_kint(w, "passage", t->slots[i].counts.n[PASSAGE]);
        jw_kint(w, "fever", t->slots[i].counts.n[FEVER]);
        jw_kint(w, "turn_back", t->slots[i].counts.n[TURN_BACK]);
        jw_end_object(w);
    }
    jw_end_array(w);
}

/* The response level at the part that is shown; of several parts, at the first. */
static void put_level(struct live *l, struct jw *w)
{
    struct profile p;
    bool known = l->n_bounds && response_profile(l->ctx, l->bounds[0]->id, l->day, &p) == 0 && p.level.s.p;
    jw_key(w, "level");
    if (!known) {
        jw_null(w);
        return;
    }
    jw_object(w);
    jw_kstr(w, "level", p.level.s);
    jw_kstr(w, "name", p.name);
    put_date(w, "from_on", p.level_from);
    jw_end_object(w);
}

static void put_answer(struct live *l, struct buf *out)
{
    struct jw w;
    jw_init(&w, out);
    jw_object(&w);
    put_date(&w, "day", l->day);
    if (l->under)
        put_id(&w, "under", l->under->id);
    else
        jw_kstr(&w, "under", STR_ABSENT);
    put_totals(&w, &l->total);
    put_hours(&w, l);
    put_table(&w, "posts", "post_id", &l->posts);
    put_table(&w, "places", "place_id", &l->places);
    jw_key(&w, "handover");
    jw_object(&w);
    jw_kint(&w, "waiting", l->waiting);
    jw_kint(&w, "overdue", l->overdue);
    jw_end_object(&w);
    jw_kint(&w, "inbox", l->inbox);
    put_level(l, &w);
    jw_end_object(&w);
}

int passage_read_live(struct ctx *ctx, struct str query, struct buf *out, const char **content_type)
{
    struct live l = { .ctx = ctx, .day = date_of(ctx->now, ctx->offset_min), .to_hour = 24 };
    (void)content_type;
    int err = take_query(&l, query);
    for (size_t i = 0; !err && i < l.n_bounds; i++) {
        err = count_part(&l, l.bounds[i]->path);
        if (!err)
            err = count_open(&l, l.bounds[i]->path);
    }
    if (!err)
        put_answer(&l, out);
    return err;
}
