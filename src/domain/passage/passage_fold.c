/* Retention: passages that were let pass go after their days, their hourly counts stay; with them go persons of whom
 * nothing is left, and travellers' own forms whose day is over. Source: domain §5.2, PIPL 19 and 47. */
#include "domain/passage/passage.h"
#include "domain/passage/passage_plan.h"
#include "domain/person/person.h"
#include "domain/place/place.h"
#include "store/values.h"

/* One call holds the writer for a moment only: what is left is said in the answer (`more`), and the call repeated. A command
 * may touch 16 lanes. */
#define FOLD_ROWS 4000
#define FOLD_LANES 12

struct fold {
    struct ctx *ctx;
    struct changes *out;
    struct date before;
    struct instant start;         /* its first millisecond */
    int64_t room;                 /* rows that may still go */
    int64_t passages, persons, declarations;
    int lanes;                    /* touched so far */
    bool more;
};

/* Deletes what a statement with the columns id, version, seq, place_id gives. The rows need no more than their head. How
 * many, or negative. */
static int64_t delete_found(struct fold *f, const struct entity *e, int64_t lane, struct db_stmt *st)
{
    int64_t n = 0;
    int more;
    while ((more = store_next(st)) == 1) {
        struct row *row = row_new(e, f->out->arena);
        row->lane = lane;
        row->id = id_of_value(db_column(st, 0));
        row->version = db_column(st, 1).i;
        row->seq = db_column(st, 2).i;
        row->place_id = id_of_value(db_column(st, 3));
        change_delete(f->out, e, row);
        n++;
    }
    f->room -= n;
    return more < 0 ? more : n;
}

static int fold_passages(struct fold *f, int64_t lane)
{
    const struct value args[] = { value_int(lane), value_int(f->start.ms), value_int(f->room) };
    int64_t room = f->room, n = delete_found(f, &passage_entity, lane, store_query(f->ctx->db, "passage_foldable", args, 3));
    f->passages += n > 0 ? n : 0;
    f->more |= n == room;
    return n < 0 ? (int)n : 0;
}

/* Only after the last of the lane's passages: a person must not go before what refers to it. */
static int fold_persons(struct fold *f, int64_t lane)
{
    const struct value args[] = { value_int(lane), value_int(f->before.days), value_int(f->start.ms), value_int(f->room) };
    if (f->more)
        return 0;
    int64_t room = f->room, n = delete_found(f, &person_entity, lane, store_query(f->ctx->db, "passage_foldable_persons", args, 4));
    f->persons += n > 0 ? n : 0;
    f->more |= n == room;
    return n < 0 ? (int)n : 0;
}

static int fold_declarations(struct fold *f, int64_t lane)
{
    const struct value args[] = { value_int(lane), value_int(f->ctx->now.ms), value_int(f->room) };
    if (f->more)
        return 0;
    int64_t room = f->room, n = delete_found(f, &declaration_entity, lane, store_query(f->ctx->db, "declaration_expired", args, 3));
    f->declarations += n > 0 ? n : 0;
    f->more |= n == room;
    return n < 0 ? (int)n : 0;
}

static int fold_lane(struct fold *f, int64_t lane)
{
    int64_t had = f->room;
    if (f->lanes == FOLD_LANES) {
        f->more = true;
        return 0;
    }
    int err = fold_passages(f, lane);
    if (!err)
        err = fold_persons(f, lane);
    if (!err)
        err = fold_declarations(f, lane);
    f->lanes += f->room != had;
    return err;
}

/* Lanes that open at or below the place; 4,095 at most. */
static size_t lanes_of(struct fold *f, struct str path, int64_t *lanes, size_t max)
{
    const struct value args[] = { value_text(path), value_text(place_path_end(path, f->ctx->arena)) };
    struct db_stmt *st = store_query(f->ctx->db, "passage_lanes", args, 2);
    size_t n = 0;
    while (store_next(st) == 1)
        if (n < max)
            lanes[n++] = db_column(st, 0).i;
    return n;
}

static int fold_place(struct fold *f, const struct place_node *place)
{
    enum { MAX = 4096 };
    int64_t *lanes = ARENA_ARRAY(f->ctx->arena, int64_t, MAX);
    size_t n = lanes_of(f, place->path, lanes, MAX);
    int err = 0;
    for (size_t i = 0; !err && i < n; i++)
        err = fold_lane(f, lanes[i]);
    return err;
}

/* Earlier than the retention nothing goes: contacts are still being traced with it. */
static int take_day(struct ctx *ctx, const struct fold_in *given, struct fold *f)
{
    int32_t latest = date_of(ctx->now, ctx->offset_min).days - passage_entity.retention_days;
    f->before.days = date_absent(given->before) ? latest : given->before.days;
    f->start = date_start(f->before, ctx->offset_min);
    if (f->before.days > latest)
        return problems_detail(ctx->problems, ERR_OUT_OF_RANGE, "before", "%d days are kept", passage_entity.retention_days);
    return 0;
}

int passage_plan_fold(struct ctx *ctx, void *in, struct changes *out)
{
    struct fold f = { .ctx = ctx, .out = out, .room = FOLD_ROWS };
    const struct place_node **places;
    size_t n;
    int err = take_day(ctx, in, &f);
    if (!err)
        err = place_bounds(ctx, "passage.fold", ID_ABSENT, &places, &n);
    for (size_t i = 0; !err && i < n; i++)
        err = fold_place(&f, places[i]);
    if (err)
        return err;
    jw_kint(ctx->answer, "folded", f.passages);
    jw_kint(ctx->answer, "persons", f.persons);
    jw_kint(ctx->answer, "declarations", f.declarations);
    jw_kbool(ctx->answer, "more", f.more);
    return 0;
}
