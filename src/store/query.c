/* Reading: one row, a module's named statements, lists by key. */
#include <string.h>

#include "store/internal.h"
#include "store/schema.h"
#include "store/sql.h"

struct reader *reader_open(struct store *s, bool writer, char why[WHY])
{
    struct reader *r = mem_zalloc(sizeof(*r));
    r->store = s;
    if (db_open(s->address, writer, &r->db, why) == 0)
        return r;
    mem_free(r);
    return NULL;
}

struct reader *store_reader(struct store *s) { return reader_open(s, false, NULL); }
void reader_begin(struct reader *r) { db_away_forget(r->db); }
bool reader_away(const struct reader *r) { return db_was_away(r->db); }

void reader_close(struct reader *r)
{
    if (!r)
        return;
    db_close(r->db);
    mem_free(r);
}

struct reader *store_writer(struct store *s) { return s->writers[0].reader; }
struct db *reader_db(struct reader *r) { return r->db; }

/* ---- named statements ---- */

static const struct sql_statement *statement(const char *name)
{
    size_t low = 0, high = sql_statements_n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int c = strcmp(sql_statements[mid].name, name);
        if (c == 0)
            return &sql_statements[mid];
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* {{columns x}} becomes the entity's columns with the alias x; all columns when only the text is to be checked. */
static struct str expand(struct str sql, const struct entity *e, struct arena *a)
{
    struct buf b;
    size_t at;
    buf_init(&b, a);
    while (str_find(sql, S("{{columns "), &at)) {
        struct str rest = str_sub(sql, at + 10, sql.n), alias = str_cut(&rest, '}');
        buf_str(&b, str_sub(sql, 0, at));
        if (e)
            sql_columns(&b, e, str_c(a, str_trim(alias)));
        else
            buf_printf(&b, "%.*s.*", STR_ARG(str_trim(alias)));
        sql = str_sub(rest, 1, rest.n);
    }
    buf_str(&b, sql);
    return buf_view(&b);
}

static struct db_stmt *named(struct reader *r, const char *name, const struct entity *e)
{
    size_t i = hash_fast(&name, sizeof(name)) & 255;
    for (size_t k = 0; k < 256 && r->cache[i].name; k++, i = (i + 1) & 255)
        if (r->cache[i].name == name && r->cache[i].entity == e)
            return r->cache[i].stmt;
    const struct sql_statement *s = statement(name);
    struct arena a;
    if (!s)
        return NULL;
    arena_init(&a, 8192);
    struct db_stmt *st = db_prepare(r->db, expand(s->sql, e, &a));
    arena_free(&a);
    if (st && !r->cache[i].name) /* in a transaction that has failed nothing can be prepared: later it can */
        r->cache[i] = (struct cached){ name, e, st };
    return st;
}

struct db_stmt *store_query(struct reader *r, const char *name, const struct value *v, int n)
{
    struct db_stmt *st = named(r, name, NULL);
    for (int i = 0; st && i < n; i++)
        db_bind(st, i + 1, v[i]);
    return st;
}

void store_ahead(struct reader *r, const struct entity *e, const char *name, const struct value *v, int n)
{
    struct db_stmt *st = named(r, name, e);
    for (int i = 0; st && i < n; i++)
        db_bind(st, i + 1, v[i]);
    if (st)
        db_ahead(st);
}

int store_next(struct db_stmt *st) { return st ? db_step(st) : -ERR_INTERNAL; }

static int take_one(struct db_stmt *st, const struct entity *e, struct arena *a, void *row)
{
    int more = st ? db_step(st) : -ERR_INTERNAL;
    if (more == 1) {
        row_load(e, st, a, row);
        db_reset(st);
    }
    return more;
}

int store_find(struct reader *r, const struct entity *e, const char *name, const struct value *v, int n, struct arena *a, void *row)
{
    struct db_stmt *st = named(r, name, e);
    for (int i = 0; st && i < n; i++)
        db_bind(st, i + 1, v[i]);
    int more = take_one(st, e, a, row);
    if (more == 1)
        store_unseal_fields(r->store, &e->shape, row, a);
    return more;
}

/* ---- one row ---- */

static struct buf select_columns(const struct entity *e, struct arena *a)
{
    struct buf b;
    buf_init(&b, a);
    buf_cstr(&b, "SELECT ");
    sql_columns(&b, e, "t");
    return b;
}

static struct str sql_get(const struct entity *e, struct arena *a)
{
    struct buf b = select_columns(e, a);
    buf_printf(&b, " FROM \"%s\" t WHERE t.lane = $1 AND t.id = $2", e->name);
    return buf_view(&b);
}

static struct str sql_get_anywhere(const struct entity *e, struct arena *a)
{
    struct buf b = select_columns(e, a);
    /* CROSS JOIN: a planner without statistics would walk the large table and look up its lanes */
    buf_printf(&b, " FROM lane_head l CROSS JOIN \"%s\" t WHERE t.lane = l.lane AND t.id = $1 LIMIT 1", e->name);
    return buf_view(&b);
}

static struct db_stmt *get_statement(struct reader *r, const struct entity *e)
{
    size_t i = hash_fast(&e, sizeof(e)) & 255;
    for (size_t k = 0; k < 256 && r->cache[i].name; k++, i = (i + 1) & 255)
        if (r->cache[i].name == e->name && r->cache[i].entity == e)
            return r->cache[i].stmt;
    struct arena a;
    arena_init(&a, 8192);
    struct db_stmt *st = db_prepare(r->db, sql_get(e, &a));
    arena_free(&a);
    if (st && !r->cache[i].name)
        r->cache[i] = (struct cached){ e->name, e, st };
    return st;
}

static int get_in_lane(struct reader *r, const struct entity *e, int64_t lane, struct id id, struct arena *a, void *row)
{
    struct db_stmt *st = get_statement(r, e);
    if (!st)
        return -ERR_INTERNAL;
    db_bind(st, 1, value_int(lane));
    db_bind(st, 2, value_blob(id.b, sizeof(id.b)));
    return take_one(st, e, a, row);
}

/* One probe of the primary key for each lane. */
static int get_anywhere(struct reader *r, const struct entity *e, struct id id, struct arena *a, void *row)
{
    struct db_stmt *st = db_prepare(r->db, sql_get_anywhere(e, a));
    if (!st)
        return -ERR_INTERNAL;
    db_bind(st, 1, value_blob(id.b, sizeof(id.b)));
    return take_one(st, e, a, row);
}

int store_get(struct reader *r, const struct entity *e, int64_t lane, struct id id, struct arena *a, void *row)
{
    int found = 0, told = id_lane(id);
    if (!e->lane_scoped)
        found = get_in_lane(r, e, 0, id, a, row);
    else if (lane >= 0)
        found = get_in_lane(r, e, lane, id, a, row);
    else if (told > 0)
        found = get_in_lane(r, e, told, id, a, row);
    if (found == 0 && e->lane_scoped && lane < 0)
        found = get_anywhere(r, e, id, a, row);
    if (found < 0)
        return found;
    if (found == 0)
        return -ERR_NOT_FOUND;
    store_unseal_fields(r->store, &e->shape, row, a);
    return 0;
}

/* ---- by natural key ---- */

static struct value key_value(const struct entity *e, const void *row, struct str column, struct arena *a)
{
    const struct field *f = shape_field(&e->shape, column, NULL);
    if (!f)
        return value_blob(CROW(row)->place_id.b, 16);
    const struct type *t = type_of(f->type);
    return t->absent(field_in(f, row)) ? value_null() : value_of(t->store(field_in(f, row), a));
}

/* The columns of the key, in the order of the parameters, go to columns[8]. */
static struct str sql_by_key(const struct entity *e, struct arena *a, struct str *columns, int *n)
{
    struct buf b = select_columns(e, a);
    struct str rest = str_of(e->key_sql);
    buf_printf(&b, " FROM \"%s\" t WHERE t.lane = 0", e->name);
    for (*n = 0; rest.p && *n < 8; ++*n) {
        columns[*n] = str_trim(str_cut(&rest, ','));
        buf_printf(&b, " AND t.\"%.*s\" = $%d", STR_ARG(columns[*n]), *n + 1);
    }
    return buf_view(&b);
}

int store_find_key(struct reader *r, const struct entity *e, const void *row, struct arena *a, void *out)
{
    struct value v[8];
    struct str columns[8];
    int n;
    struct db_stmt *st = db_prepare(r->db, sql_by_key(e, a, columns, &n));
    for (int i = 0; i < n; i++)
        v[i] = key_value(e, row, columns[i], a);
    for (int i = 0; st && i < n; i++)
        db_bind(st, i + 1, v[i]);
    int found = take_one(st, e, a, out);
    return found == 1 ? 0 : found < 0 ? found : -ERR_NOT_FOUND;
}

static struct str sql_by_text(const struct entity *e, struct arena *a)
{
    for (size_t i = 0; i < e->shape.n; i++)
        if ((e->shape.fields[i].flags & F_KEY) && e->shape.fields[i].type == TYPE_TEXT)
            return str_fmt(a, "SELECT id FROM \"%s\" WHERE lane = 0 AND \"%s\" = $1 LIMIT 1", e->name, e->shape.fields[i].name);
    return STR_ABSENT;
}

int store_find_text(struct reader *r, const struct entity *e, struct str key, struct arena *a, struct id *id)
{
    struct str sql = sql_by_text(e, a);
    if (!sql.p)
        return -ERR_NOT_FOUND;
    struct db_stmt *st = db_prepare(r->db, sql);
    if (!st)
        return -ERR_INTERNAL;
    db_bind(st, 1, value_text(key));
    int more = db_step(st);
    if (more != 1)
        return more < 0 ? more : -ERR_NOT_FOUND;
    memcpy(id->b, db_column(st, 0).s.p, 16);
    db_reset(st);
    return 0;
}

/* ---- scope ---- */

bool scope_has(const struct scope *sc, struct str path)
{
    for (size_t i = 0; !sc->everything && i < sc->n; i++)
        if (path_within(path, sc->paths[i]))
            return true;
    return sc->everything;
}

/* What a list may show: the scope's paths cut with the part of the tree asked for. */
static size_t bounds(const struct list_query *q, struct arena *a, struct str **out)
{
    struct str *b = ARENA_ARRAY(a, struct str, q->scope.n + 1);
    size_t n = 0;
    if (q->scope.everything) {
        if (q->under.p)
            b[n++] = q->under;
        *out = b;
        return n;
    }
    for (size_t i = 0; i < q->scope.n; i++) {
        struct str p = q->scope.paths[i];
        if (!q->under.p || path_within(p, q->under))
            b[n++] = p;
        else if (path_within(q->under, p))
            b[n++] = q->under;
    }
    *out = b;
    return n;
}

/* ---- lists ---- */

#define LIST_LANES 400 /* parts of one statement: below SQLite's limit of 500 */
#define LIST_VALUES 8192

struct sql { struct buf text; struct value *v; int n; struct arena *a; };

static int arg(struct sql *q, struct value v)
{
    if (q->n == LIST_VALUES)
        return q->n;
    q->v[q->n++] = v;
    return q->n;
}

/* The first string after all that begin with the path: its last '/' becomes '0'. */
static struct str path_end(struct str path, struct arena *a)
{
    char *c = str_c(a, path);
    if (path.n)
        c[path.n - 1] = '0';
    return (struct str){ c, path.n };
}

static void bound_by_path(struct sql *q, const struct entity *e, const struct str *paths, size_t n)
{
    buf_cstr(&q->text, " AND (");
    for (size_t i = 0; i < n; i++) {
        int low = arg(q, value_text(paths[i])), high = arg(q, value_text(path_end(paths[i], q->a)));
        if (e->place == PLACE_SELF)
            buf_printf(&q->text, "%s(t.path >= $%d AND t.path < $%d)", i ? " OR " : "", low, high);
        else
            buf_printf(&q->text, "%st.place_id IN (SELECT p.id FROM place p WHERE p.path >= $%d AND p.path < $%d)", i ? " OR " : "",
                       low, high);
    }
    buf_cstr(&q->text, ")");
}

static void add_filter(struct sql *q, const struct list_filter *f)
{
    static const char *const ops[] = { "=", ">=", "<" };
    buf_printf(&q->text, " AND t.\"%s%s\" %s $%d", f->field->name, f->by_hash ? "_hash" : "", ops[f->op], arg(q, value_of(f->value)));
}

static bool searched(const struct field *f) { return (f->flags & F_SEARCH) || ((f->flags & F_KEY) && f->type == TYPE_TEXT); }

/* Search over the fields that say F_SEARCH, and the natural key. For small tables; big ones have none. */
static void add_search(struct sql *q, const struct entity *e, struct str text)
{
    struct buf like;
    bool some = false;
    for (size_t i = 0; i < e->shape.n; i++)
        some |= searched(&e->shape.fields[i]);
    if (!some) { /* without a parameter: PostgreSQL cannot know the type of one that is nowhere used */
        buf_cstr(&q->text, " AND 0 = 1");
        return;
    }
    some = false;
    buf_init(&like, q->a);
    buf_char(&like, '%');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '%' || text.p[i] == '_' || text.p[i] == '\\')
            buf_char(&like, '\\');
        buf_char(&like, text.p[i]);
    }
    buf_char(&like, '%');
    int at = arg(q, value_text(buf_view(&like)));
    buf_cstr(&q->text, " AND (");
    for (size_t i = 0; i < e->shape.n; i++) {
        const struct field *f = &e->shape.fields[i];
        if (searched(f)) {
            buf_printf(&q->text, "%slower(t.\"%s\") LIKE lower($%d) ESCAPE '\\'", some ? " OR " : "", f->name, at);
            some = true;
        }
    }
    buf_char(&q->text, ')');
}

static const char *sort_column(const struct list_query *q) { return q->sort ? q->sort->name : "id"; }

/* A cursor is the sort value and the id of the last row, in hexadecimal: "i<number>" or "t<text>", '.', id. */
static struct str cursor_make(const struct list_query *q, const void *row, struct arena *a)
{
    struct buf b;
    struct stored v = { .kind = STORED_NULL };
    char id[33];
    hash_hex(CROW(row)->id.b, 16, id);
    if (q->sort)
        v = type_of(q->sort->type)->store(field_in(q->sort, row), a);
    buf_init(&b, a);
    if (v.kind == STORED_INT)
        buf_printf(&b, "i%lld", (long long)v.i);
    else if (v.kind == STORED_TEXT) {
        char *hex = arena_alloc(a, v.s.n * 2 + 1);
        hash_hex(v.s.p, v.s.n, hex);
        buf_printf(&b, "t%s", hex);
    }
    buf_printf(&b, ".%s", id);
    return buf_view(&b);
}

static int cursor_read(const struct list_query *q, struct arena *a, struct value *sort, struct id *id)
{
    struct str rest = q->after, head = str_cut(&rest, '.');
    int64_t i;
    if (!rest.p || hash_unhex(rest, id->b, 16))
        return -ERR_BAD_CURSOR;
    *sort = value_null();
    if (!q->sort)
        return head.n == 0 ? 0 : -ERR_BAD_CURSOR;
    if (head.n < 1)
        return -ERR_BAD_CURSOR;
    struct str body = str_sub(head, 1, head.n);
    if (head.p[0] == 'i' && str_to_i64(body, &i) == 0) {
        *sort = value_int(i);
        return 0;
    }
    char *text = arena_alloc(a, body.n / 2 + 1);
    if (head.p[0] != 't' || hash_unhex(body, text, body.n / 2) || body.n % 2)
        return -ERR_BAD_CURSOR;
    *sort = value_text((struct str){ text, body.n / 2 });
    return 0;
}

static int add_cursor(struct sql *s, const struct list_query *q)
{
    struct value sort;
    struct id *id = ARENA_NEW(s->a, struct id);
    int err = cursor_read(q, s->a, &sort, id);
    const char *op = q->descending ? "<" : ">";
    if (err)
        return err;
    struct value idv = value_blob(id->b, sizeof(id->b));
    if (!q->sort) {
        buf_printf(&s->text, " AND t.id %s $%d", op, arg(s, idv));
        return 0;
    }
    int v = arg(s, sort), i = arg(s, idv);
    buf_printf(&s->text, " AND (t.\"%s\", t.id) %s ($%d, $%d)", q->sort->name, op, v, i);
    return 0;
}

/* One lane's part (or all of a reference table): bounded, filtered, in order, at most limit + 1 rows. */
static int add_part(struct sql *s, const struct list_query *q, int64_t lane, const struct str *paths, size_t n_paths)
{
    const struct entity *e = q->entity;
    buf_cstr(&s->text, "SELECT ");
    sql_columns(&s->text, e, "t");
    buf_printf(&s->text, " FROM \"%s\" t WHERE t.lane = $%d", e->name, arg(s, value_int(lane)));
    if (n_paths)
        bound_by_path(s, e, paths, n_paths);
    for (size_t i = 0; i < q->n_filters; i++)
        add_filter(s, &q->filters[i]);
    if (q->q.n)
        add_search(s, e, q->q);
    int err = q->after.n ? add_cursor(s, q) : 0;
    const char *way = q->descending ? "DESC" : "ASC";
    if (q->sort)
        buf_printf(&s->text, " ORDER BY t.\"%s\" %s, t.id %s", q->sort->name, way, way);
    else
        buf_printf(&s->text, " ORDER BY t.id %s", way);
    buf_printf(&s->text, " LIMIT %d", q->limit + 1);
    return err;
}

struct part { int64_t lane; struct str paths[16]; size_t n; };

/* Lanes a set of bounds touches: whole where the lane's root is inside a bound, else narrowed by path. */
static size_t lane_parts(struct store *s, const struct str *b, size_t n, bool everything, struct arena *a, struct part **out)
{
    struct part *parts = ARENA_ARRAY(a, struct part, LIST_LANES);
    size_t count = 0;
    for (int64_t l = 1; l < LANES && count < LIST_LANES; l++) {
        const struct place_node *root = places_lane(s->places, l);
        struct part p = { .lane = l };
        bool whole = everything, some = everything;
        for (size_t i = 0; root && !whole && i < n; i++) {
            const struct place_node *at = path_within(b[i], root->path) ? store_place_by_path(s, b[i]) : NULL;
            whole = path_within(root->path, b[i]);
            if (!whole && at && at->lane == l && p.n < 16)
                p.paths[p.n++] = b[i];
            some |= whole || p.n > 0;
        }
        if (!root || !some)
            continue;
        if (whole)
            p.n = 0;
        parts[count++] = p;
    }
    *out = parts;
    return count;
}

static int add_parts(struct sql *s, const struct list_query *q, const struct part *parts, size_t count)
{
    int err = 0;
    if (count == 1)
        return add_part(s, q, parts[0].lane, parts[0].paths, parts[0].n);
    for (size_t i = 0; !err && i < count; i++) {
        buf_cstr(&s->text, i ? " UNION ALL SELECT * FROM (" : "SELECT * FROM (");
        err = add_part(s, q, parts[i].lane, parts[i].paths, parts[i].n);
        buf_printf(&s->text, ") l%zu", i);
    }
    if (count)
        buf_printf(&s->text, " ORDER BY \"%s\" %s, id %s LIMIT %d", sort_column(q), q->descending ? "DESC" : "ASC",
                   q->descending ? "DESC" : "ASC", q->limit + 1);
    return err;
}

static int build(struct reader *r, struct sql *s, const struct list_query *q)
{
    struct str *b;
    struct part *parts;
    bool global = q->entity->place == PLACE_NONE;
    size_t n = bounds(q, s->a, &b);
    bool everything = q->scope.everything && !q->under.p;
    if (n == 0 && !everything && !global)
        return 0;
    if (!q->entity->lane_scoped)
        return add_part(s, q, 0, b, global || everything ? 0 : n);
    size_t count = lane_parts(r->store, b, n, everything, s->a, &parts);
    return add_parts(s, q, parts, count);
}

int store_list(struct reader *r, const struct list_query *q, struct arena *a, int (*each)(void *arg, const void *row), void *arg_,
               struct str *next)
{
    struct sql s = { .a = a, .v = arena_alloc(a, LIST_VALUES * sizeof(struct value)) };
    void *row = arena_alloc(a, q->entity->shape.size);
    int n = 0, more = 1;
    *next = STR_ABSENT;
    buf_init(&s.text, a);
    int err = build(r, &s, q);
    if (err || s.text.n == 0)
        return err;
    struct db_stmt *st = db_prepare(r->db, buf_view(&s.text));
    if (!st)
        return -ERR_INTERNAL;
    for (int i = 0; i < s.n; i++)
        db_bind(st, i + 1, s.v[i]);
    while (!err && n < q->limit && (more = db_step(st)) == 1) {
        row_load(q->entity, st, a, row);
        store_unseal_fields(r->store, &q->entity->shape, row, a);
        err = each(arg_, row);
        n++;
    }
    if (!err && more == 1 && n == q->limit && db_step(st) == 1)
        *next = cursor_make(q, row, a);
    db_reset(st);
    return err ? err : more < 0 ? more : 0;
}

/* ---- all of it, for the checks ---- */

static struct str list_text(const struct list_query *q, const struct part *parts, size_t n, struct arena *a)
{
    struct sql s = { .a = a, .v = arena_alloc(a, LIST_VALUES * sizeof(struct value)) };
    buf_init(&s.text, a);
    if (q->entity->lane_scoped)
        add_parts(&s, q, parts, n);
    else
        add_part(&s, q, 0, parts[0].paths, q->entity->place == PLACE_NONE ? 0 : 1);
    return buf_view(&s.text);
}

/* Lists of one lane and of two, one of them narrowed by place: by each sorting, after a row, with every filter and a search. */
static void each_list(const struct entity *e, struct arena *a, statement_each each, void *arg_)
{
    struct part parts[2] = { { .lane = 1, .paths = { S("/a/") }, .n = 1 }, { .lane = 2 } };
    struct list_filter *filters = ARENA_ARRAY(a, struct list_filter, e->shape.n * 3 + 1);
    struct list_query q = { .entity = e, .q = S("x"), .filters = filters, .limit = 100 };
    for (size_t i = 0; i < e->shape.n; i++)
        for (int op = OP_EQ; (e->shape.fields[i].flags & F_FILTER) && op <= OP_TO; op++)
            filters[q.n_filters++] = (struct list_filter){ .field = &e->shape.fields[i], .op = op,
                                                           .by_hash = e->shape.fields[i].type == TYPE_SEALED };
    for (size_t i = 0; i <= e->shape.n; i++) {
        q.sort = i ? &e->shape.fields[i - 1] : NULL;
        if (i && !(q.sort->flags & F_SORT))
            continue;
        q.after = i ? S("i0.00000000000000000000000000000000") : S(".00000000000000000000000000000000");
        q.descending = i % 2;
        each(arg_, str_fmt(a, "list %s %s", e->name, i ? q.sort->name : "id"), list_text(&q, parts, 1, a));
        if (e->lane_scoped)
            each(arg_, str_fmt(a, "list of lanes %s %s", e->name, i ? q.sort->name : "id"), list_text(&q, parts, 2, a));
    }
}

void statements_of_entity(const struct entity *e, struct arena *a, statement_each each, void *arg_)
{
    struct str columns[8], by_text = sql_by_text(e, a);
    int n;
    each(arg_, str_fmt(a, "get %s", e->name), sql_get(e, a));
    if (e->lane_scoped)
        each(arg_, str_fmt(a, "get anywhere %s (across lanes: an id that does not tell its lane)", e->name), sql_get_anywhere(e, a));
    if (e->key_sql)
        each(arg_, str_fmt(a, "by key %s", e->name), sql_by_key(e, a, columns, &n));
    if (by_text.p)
        each(arg_, str_fmt(a, "by text %s", e->name), by_text);
    each(arg_, str_fmt(a, "insert %s", e->name), sql_insert(e, a));
    each(arg_, str_fmt(a, "update %s", e->name), sql_update(e, a));
    each(arg_, str_fmt(a, "delete %s", e->name), sql_delete(e, a));
    each_list(e, a, each, arg_);
}

void statements_named(struct arena *a, statement_each each, void *arg_)
{
    for (size_t i = 0; i < sql_statements_n; i++)
        each(arg_, str_of(sql_statements[i].name), expand(sql_statements[i].sql, NULL, a));
}
