/* The profile in force at a place on a day: response, level, numbers with their sources, listed areas. */
#include "domain/response/response_plan.h"

#include "core/memo.h"
#include "domain/place/place.h"
#include "domain/response/response.h"
#include "store/values.h"

/* Which member a number fills. Tenths as stored, or whole numbers. The needed ones: without them nothing can be proposed. */
struct number { const char *name; bool needed, tenths; size_t offset; };

#define TENTHS(name, member) { name, true, true, offsetof(struct profile, member) }
#define WHOLE(name, member, needed) { name, needed, false, offsetof(struct profile, member) }

static const struct number numbers[] = {
    TENTHS("fever_threshold", fever_threshold), TENTHS("valid_low", valid_low), TENTHS("valid_high", valid_high),
    TENTHS("low_reading", low_reading), TENTHS("cold_ambient", cold_ambient),
    WHOLE("handover_minutes", handover_minutes, true), WHOLE("turned_back_hours", turned_back_hours, true),
    WHOLE("observation_days_listed", observation_days, true), WHOLE("observation_days_other", observation_days_other, true),
    WHOLE("rest_minutes", rest_minutes, false), WHOLE("readings_a_day", readings_a_day, false),
    WHOLE("retention_days", retention_days, false),
};
#define NUMBERS (sizeof numbers / sizeof numbers[0])

static const struct number *number_named(struct str name)
{
    for (size_t i = 0; i < NUMBERS; i++)
        if (str_is(name, numbers[i].name))
            return &numbers[i];
    return NULL;
}

/* Values are stored in tenths; whole numbers lose theirs. */
static void set_number(struct profile *p, const struct number *n, int64_t tenths)
{
    void *member = (char *)p + n->offset;
    if (n->tenths)
        ((struct tenths *)member)->v = (int32_t)tenths;
    else
        *(int64_t *)member = tenths == INT_ABSENT ? INT_ABSENT : tenths / 10;
}

static void clear_numbers(struct profile *p)
{
    for (size_t i = 0; i < NUMBERS; i++)
        set_number(p, &numbers[i], numbers[i].tenths ? INT32_MIN : INT_ABSENT);
}

static bool complete(const struct profile *p)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        const void *member = (const char *)p + numbers[i].offset;
        bool absent = numbers[i].tenths ? tenths_absent(*(const struct tenths *)member) : *(const int64_t *)member == INT_ABSENT;
        if (numbers[i].needed && absent)
            return false;
    }
    return true;
}

static int load_numbers(struct ctx *ctx, struct date day, struct profile *out)
{
    const struct value args[] = { value_of_id(&out->response_id), value_int(day.days) };
    struct db_stmt *st = store_query(ctx->db, "response_numbers_at", args, 2);
    int more;
    while ((more = store_next(st)) == 1) {
        const struct number *n = number_named(db_column(st, 0).s);
        if (n)
            set_number(out, n, db_column(st, 1).i);
    }
    return more;
}

/* Areas listed now, and those lifted so lately that a stay in them still counts. */
static int load_listed(struct ctx *ctx, struct date day, struct arena *a, struct profile *out)
{
    int64_t window = out->observation_days > out->observation_days_other ? out->observation_days : out->observation_days_other;
    const struct value args[] = { value_of_id(&out->response_id), value_int(day.days), value_int(day.days - window) };
    struct db_stmt *st = store_query(ctx->db, "response_listed", args, 3);
    size_t cap = 0;
    int more;
    while ((more = store_next(st)) == 1) {
        if (out->n_listed == cap) {
            struct listed *grown = ARENA_ARRAY(a, struct listed, cap = cap ? cap * 2 : 16);
            if (out->n_listed)
                memcpy(grown, out->listed, out->n_listed * sizeof *grown);
            out->listed = grown;
        }
        out->listed[out->n_listed++] = (struct listed){
            str_dup(a, db_column(st, 0).s), str_dup(a, db_column(st, 1).s), { str_dup(a, db_column(st, 2).s) },
            date_of_value(db_column(st, 3)), date_of_value(db_column(st, 4)),
        };
    }
    return more;
}

/* 1 found, 0 none, negative. */
static int find_response(struct ctx *ctx, struct str path, struct date day, struct arena *a, struct profile *out)
{
    const struct value args[] = { value_text(path), value_int(day.days) };
    struct db_stmt *st = store_query(ctx->db, "response_at", args, 2);
    int found = store_next(st);
    if (found != 1)
        return found;
    out->response_id = id_of_value(db_column(st, 0));
    out->name = str_dup(a, db_column(st, 1).s);
    out->area = str_dup(a, db_column(st, 2).s);
    db_reset(st);
    return 1;
}

static int find_level(struct ctx *ctx, struct str path, struct date day, struct arena *a, struct profile *out)
{
    const struct value args[] = { value_text(path), value_int(day.days), value_of_id(&out->response_id) };
    struct db_stmt *st = store_query(ctx->db, "response_level_at", args, 3);
    int found = store_next(st);
    if (found != 1)
        return found;
    out->level.s = str_dup(a, db_column(st, 0).s);
    out->level_from = date_of_value(db_column(st, 1));
    db_reset(st);
    return 1;
}

static int load(struct ctx *ctx, struct str path, struct date day, struct arena *a, struct profile *out)
{
    *out = (struct profile){ .offset_min = ctx->offset_min, .level_from = DATE_ABSENT };
    clear_numbers(out);
    int err = find_response(ctx, path, day, a, out);
    if (err <= 0)
        return err < 0 ? err : -ERR_NO_RESPONSE;
    if ((err = find_level(ctx, path, day, a, out)) < 0 || (err = load_numbers(ctx, day, out)) < 0)
        return err;
    if (!complete(out))
        return -ERR_NO_RESPONSE;
    return load_listed(ctx, day, a, out);
}

static const char profile_memo[] = "profile";

int response_profile(struct ctx *ctx, struct id place_id, struct date day, struct profile *out)
{
    const struct place_node *place = store_place(ctx->store, place_id);
    const struct profile *kept = memo_get(ctx->memo, profile_memo, place_id, day.days);
    if (kept) {
        *out = *kept;
        return 0;
    }
    if (!place)
        return -ERR_NO_RESPONSE;
    struct arena *a = ctx->memo ? memo_arena(ctx->memo) : ctx->arena;
    int err = load(ctx, place->path, day, a, out);
    if (err || !ctx->memo)
        return err;
    struct profile *copy = ARENA_NEW(a, struct profile);
    *copy = *out;
    memo_put(ctx->memo, profile_memo, place_id, day.days, copy);
    return 0;
}

/* ---- GET /response/profile?place= ---- */

static void put_id(struct jw *w, const char *key, struct id id)
{
    char text[ID_TEXT];
    size_t n = id_format(id, text);
    jw_kstr(w, key, (struct str){ text, n });
}

static void put_date(struct jw *w, const char *key, struct date d)
{
    char text[DATE_TEXT];
    size_t n = date_absent(d) ? 0 : date_format(d, text);
    jw_kstr(w, key, n ? (struct str){ text, n } : STR_ABSENT);
}

static int put_numbers(struct ctx *ctx, struct jw *w, const struct profile *p, struct date day)
{
    const struct value args[] = { value_of_id(&p->response_id), value_int(day.days) };
    struct db_stmt *st = store_query(ctx->db, "response_numbers_at", args, 2);
    int more;
    jw_key(w, "numbers");
    jw_object(w);
    while ((more = store_next(st)) == 1) {
        jw_key_str(w, db_column(st, 0).s);
        jw_object(w);
        jw_key(w, "value");
        jw_scaled(w, db_column(st, 1).i, 1);
        jw_kstr(w, "source", db_column(st, 2).s);
        put_date(w, "from_on", date_of_value(db_column(st, 3)));
        jw_end_object(w);
    }
    jw_end_object(w);
    return more;
}

static void put_listed(struct jw *w, const struct profile *p)
{
    jw_key(w, "listed");
    jw_array(w);
    for (size_t i = 0; i < p->n_listed; i++) {
        const struct listed *l = &p->listed[i];
        jw_object(w);
        jw_kstr(w, "division", l->division);
        jw_kstr(w, "name", l->name);
        jw_kstr(w, "kind", l->kind.s);
        put_date(w, "from_on", l->from_on);
        put_date(w, "to_on", l->to_on);
        jw_end_object(w);
    }
    jw_end_array(w);
}

int response_read_profile(struct ctx *ctx, struct str query, struct buf *out, const char **content_type)
{
    (void)content_type;
    struct id place_id;
    struct profile p;
    struct jw w;
    struct date day = date_of(ctx->now, ctx->offset_min);
    int err = place_query_id(ctx, query, "place", &place_id);
    if (err)
        return err;
    if (id_absent(place_id))
        place_id = id_absent(ctx->actor.place_id) ? store_root(ctx->store) : ctx->actor.place_id;
    if (!store_place(ctx->store, place_id))
        return ctx_problem(ctx, ERR_NOT_FOUND, "place");
    err = response_profile(ctx, place_id, day, &p);
    if (err)
        return ctx_problem(ctx, (enum err)-err, "place");
    jw_init(&w, out);
    jw_object(&w);
    put_id(&w, "response_id", p.response_id);
    jw_kstr(&w, "name", p.name);
    jw_kstr(&w, "level", p.level.s);
    put_date(&w, "from_on", p.level_from);
    jw_kstr(&w, "area", p.area);
    err = put_numbers(ctx, &w, &p, day);
    put_listed(&w, &p);
    jw_end_object(&w);
    return err;
}
