/* Command handlers and reads of the place module. */
#include "domain/place/place_plan.h"

#include "domain/place/place.h"
#include "io/http/http.h"
#include "store/values.h"

/* ---- creation ---- */

/* A root is for who may do everything; all others build below their own places (the door checks the parent's scope). */
static const struct place_node *parent_of(struct ctx *ctx, const struct place *p)
{
    const struct place_node *parent = store_place(ctx->store, p->parent_id);
    if (id_absent(p->parent_id) && !access_scope(ctx, "place.create").everything)
        ctx_problem(ctx, ERR_REQUIRED, "parent_id");
    if (!id_absent(p->parent_id) && !parent)
        ctx_problem(ctx, ERR_UNKNOWN_REF, "parent_id");
    return parent;
}

/* Cities, counties and the root open a lane: what belongs to them is numbered, chained and written on its own. A city's own lane
 * is for what belongs to no county. */
static int64_t lane_for(struct ctx *ctx, const struct place *p)
{
    bool root = id_absent(p->parent_id);
    if (!root && !code_is(p->kind, "city") && !code_is(p->kind, "county"))
        return INT_ABSENT;
    int64_t lane = store_lane_free(ctx->store);
    if (lane == 0)
        ctx_problem(ctx, ERR_WRONG_STATE, "kind"); /* all 4,095 are taken */
    return lane;
}

/* The place that stands for the installation before it knows its divisions (`redoubt init`): the first that comes without
 * a parent goes below it, so that the administrator who stands there sees it. */
static void below_the_installation(struct ctx *ctx, struct place *p)
{
    const struct place_node *root = store_place(ctx->store, store_root(ctx->store));
    if (id_absent(p->parent_id) && root && str_is(root->code, PLACE_INSTALLATION))
        p->parent_id = root->id;
}

int place_plan_create(struct ctx *ctx, void *in, struct changes *out)
{
    struct place *p = row_copy(&place_entity, in, out->arena);
    below_the_installation(ctx, p);
    const struct place_node *parent = parent_of(ctx, p);
    p->row.id = ctx->command_id;
    if (store_place_by_code(ctx->store, p->code))
        ctx_problem(ctx, ERR_DUPLICATE, "code");
    if (!place_kind_below(p->kind.s, parent ? parent->kind : STR_ABSENT))
        ctx_problem(ctx, ERR_OUT_OF_RANGE, "kind");
    if (!p->code_kind.s.p)
        p->code_kind = code_of(place_code_kind(p->code));
    p->path = str_fmt(out->arena, "%.*s%.*s/", STR_ARG(parent ? parent->path : S("/")), STR_ARG(p->code));
    p->lane_no = lane_for(ctx, p);
    if (ctx->problems->n)
        return -problems_worst(ctx->problems);
    change_create(out, &place_entity, p);
    return 0;
}

/* ---- what a read covers ---- */

struct str place_path_end(struct str path, struct arena *a)
{
    char *c = str_c(a, path);
    if (path.n)
        c[path.n - 1] = '0'; /* the character after '/' */
    return (struct str){ c, path.n };
}

int place_query_id(struct ctx *ctx, struct str query, const char *name, struct id *out)
{
    struct str key, value;
    int more;
    *out = ID_ABSENT;
    while ((more = http_query_next(&query, ctx->arena, &key, &value)) == 1)
        if (str_is(key, name) && value.n && id_parse(value, out))
            return ctx_problem(ctx, ERR_BAD_ID, name);
    return more < 0 ? ctx_problem(ctx, ERR_BAD_REQUEST, name) : 0;
}

struct bounds { const struct place_node **items; size_t n; };

/* Adds a place unless it lies within one that is there; takes away those that lie within it. */
static void add_bound(struct bounds *b, const struct place_node *node)
{
    size_t kept = 0;
    for (size_t i = 0; i < b->n; i++)
        if (path_within(node->path, b->items[i]->path))
            return;
    for (size_t i = 0; i < b->n; i++)
        if (!path_within(b->items[i]->path, node->path))
            b->items[kept++] = b->items[i];
    b->items[kept++] = node;
    b->n = kept;
}

/* A grant's place cut with `under`: the narrower of the two, if one lies within the other. */
static void add_cut(struct bounds *b, const struct place_node *granted, const struct place_node *under)
{
    if (!granted)
        return;
    if (!under || path_within(granted->path, under->path))
        add_bound(b, granted);
    else if (path_within(under->path, granted->path))
        add_bound(b, under);
}

int place_bounds(struct ctx *ctx, const char *right, struct id under_id, const struct place_node ***out, size_t *n)
{
    struct scope sc = access_scope(ctx, right);
    const struct place_node *under = store_place(ctx->store, under_id);
    struct bounds b = { ARENA_ARRAY(ctx->arena, const struct place_node *, sc.n + 1), 0 };
    if (!id_absent(under_id) && !under)
        return ctx_problem(ctx, ERR_NOT_FOUND, "under");
    if (sc.everything)
        add_cut(&b, store_place(ctx->store, store_root(ctx->store)), under);
    for (size_t i = 0; !sc.everything && i < sc.n; i++)
        add_cut(&b, store_place_by_path(ctx->store, sc.paths[i]), under);
    if (under && b.n == 0 && sc.everything)
        add_bound(&b, under); /* below another root */
    *out = b.items;
    *n = b.n;
    return under && b.n == 0 ? ctx_problem(ctx, ERR_NOT_FOUND, "under") : 0;
}

/* ---- the map ---- */

static void put_degrees(struct jw *w, const char *key, struct value v)
{
    jw_key(w, key);
    if (v.kind == VALUE_INT)
        jw_scaled(w, v.i, 6);
    else
        jw_null(w);
}

/* Columns: id, code, name, kind, lng, lat, geometry. */
static void put_feature(struct jw *w, struct db_stmt *st)
{
    char text[ID_TEXT];
    size_t n = id_format(id_of_value(db_column(st, 0)), text);
    jw_object(w);
    jw_kcstr(w, "type", "Feature");
    jw_key(w, "properties");
    jw_object(w);
    jw_kstr(w, "id", (struct str){ text, n });
    jw_kstr(w, "code", db_column(st, 1).s);
    jw_kstr(w, "name", db_column(st, 2).s);
    jw_kstr(w, "kind", db_column(st, 3).s);
    put_degrees(w, "lng", db_column(st, 4));
    put_degrees(w, "lat", db_column(st, 5));
    jw_end_object(w);
    jw_key(w, "geometry");
    jw_raw(w, db_column(st, 6).s);
    jw_end_object(w);
}

static int put_features(struct ctx *ctx, struct jw *w, struct str path)
{
    const struct value args[] = { value_text(path), value_text(place_path_end(path, ctx->arena)) };
    struct db_stmt *st = store_query(ctx->db, "place_boundaries", args, 2);
    int more;
    while ((more = store_next(st)) == 1)
        put_feature(w, st);
    return more;
}

int place_read_map(struct ctx *ctx, struct str query, struct buf *out, const char **content_type)
{
    const struct place_node **bounds;
    struct id under;
    struct jw w;
    size_t n;
    int err = place_query_id(ctx, query, "under", &under);
    if (!err)
        err = place_bounds(ctx, "place.read", under, &bounds, &n);
    if (err)
        return err;
    jw_init(&w, out);
    jw_object(&w);
    jw_kcstr(&w, "type", "FeatureCollection");
    jw_key(&w, "features");
    jw_array(&w);
    for (size_t i = 0; !err && i < n; i++)
        err = put_features(ctx, &w, bounds[i]->path);
    jw_end_array(&w);
    jw_end_object(&w);
    *content_type = "application/geo+json";
    return err;
}
