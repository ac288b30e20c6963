/* Lists, single rows, history. Every list is bounded by the actor's scope and pages by key. */
#include "app/app.h"

#include <string.h>

#include "store/internal.h"
#include "store/journal.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX 1000
#define FILTERS_MAX 16

static int unknown(struct ctx *ctx, enum err code, struct str name) { return problems_name(ctx->problems, code, name); }

/* "passed_at.from" -> field passed_at, OP_FROM. NULL when there is no such filter. */
static const struct field *filter_field(const struct entity *e, struct str name, struct list_filter *f, bool body)
{
    struct str rest = name, head = str_cut(&rest, '.');
    const struct field *field = shape_field(&e->shape, head, NULL);
    f->op = OP_EQ;
    if (rest.p)
        f->op = str_is(rest, "from") ? OP_FROM : OP_TO;
    if (rest.p && !str_is(rest, "from") && !str_is(rest, "to"))
        return NULL;
    bool hashed = field && body && (field->flags & F_FIND);
    bool plain = field && ((field->flags & F_FILTER) || (body && field->type == TYPE_TEXT && (field->flags & F_PERSONAL)));
    return hashed || plain ? field : NULL;
}

/* Reads one filter's value by the field's type; ranges only where values have an order. */
static int filter_value(struct ctx *ctx, struct list_filter *f, struct str text)
{
    const struct type *t = type_of(f->field->type);
    void *m = arena_zalloc(ctx->arena, 128);
    bool ordered = f->field->type == TYPE_INTEGER || f->field->type == TYPE_DATE || f->field->type == TYPE_INSTANT ||
                   f->field->type == TYPE_TENTHS;
    if (f->op != OP_EQ && !ordered)
        return problems_add(ctx->problems, ERR_BAD_FILTER, f->field->name);
    t->clear(m);
    int err = t->from_text(f->field, text, ctx->offset_min, ctx->arena, m);
    if (err)
        return problems_add(ctx->problems, -err, f->field->name);
    f->by_hash = f->field->type == TYPE_SEALED;
    if (f->by_hash) {
        struct str plain = ((struct sealed *)m)->plain;
        struct digest *d = ARENA_NEW(ctx->arena, struct digest);
        *d = store_hash(ctx->store, f->field->name, str_upper(ctx->arena, plain));
        f->value = (struct stored){ .kind = STORED_BLOB, .s = { (const char *)d->b, sizeof(d->b) } };
        return 0;
    }
    f->value = t->store(m, ctx->arena);
    return 0;
}

static int add_filter(struct ctx *ctx, struct list_query *q, struct str name, struct str value, bool body)
{
    struct list_filter *f = &((struct list_filter *)q->filters)[q->n_filters];
    f->field = filter_field(q->entity, name, f, body);
    if (!f->field || q->n_filters == FILTERS_MAX)
        return unknown(ctx, ERR_BAD_FILTER, name);
    int err = filter_value(ctx, f, value);
    q->n_filters += err == 0;
    return err;
}

static int set_under(struct ctx *ctx, struct list_query *q, struct str value)
{
    struct id id;
    if (id_parse(value, &id))
        return problems_add(ctx->problems, ERR_BAD_ID, "under");
    const struct place_node *place = store_place(ctx->store, id);
    if (!place)
        return problems_add(ctx->problems, ERR_UNKNOWN_REF, "under");
    q->under = place->path;
    return 0;
}

static int set_sort(struct ctx *ctx, struct list_query *q, struct str value)
{
    bool down = value.n && value.p[0] == '-';
    struct str name = down ? str_sub(value, 1, value.n) : value;
    const struct field *f = shape_field(&q->entity->shape, name, NULL);
    q->descending = down;
    q->sort = f;
    if (str_is(name, "id")) {
        q->sort = NULL;
        return 0;
    }
    return f && (f->flags & F_SORT) ? 0 : problems_add(ctx->problems, ERR_BAD_SORT, "sort");
}

static int set_one(struct ctx *ctx, struct list_query *q, struct str name, struct str value, bool body)
{
    int64_t n;
    if (str_is(name, "limit")) {
        if (str_to_i64(value, &n) || n < 1 || n > LIMIT_MAX)
            return problems_detail(ctx->problems, ERR_OUT_OF_RANGE, "limit", "1 - %d", LIMIT_MAX);
        q->limit = (int)n;
        return 0;
    }
    if (str_is(name, "after")) {
        q->after = value;
        return 0;
    }
    if (str_is(name, "under"))
        return set_under(ctx, q, value);
    if (str_is(name, "sort"))
        return set_sort(ctx, q, value);
    if (str_is(name, "q")) {
        q->q = str_trim(value);
        return q->q.n <= 100 ? 0 : problems_add(ctx->problems, ERR_TOO_LONG, "q");
    }
    return add_filter(ctx, q, name, value, body);
}

static void list_query_init(struct ctx *ctx, const struct entity *e, struct list_query *q)
{
    *q = (struct list_query){ .entity = e, .limit = LIMIT_DEFAULT, .scope = access_scope(ctx, right_of(ctx, e, "read")) };
    q->filters = ARENA_ARRAY(ctx->arena, struct list_filter, FILTERS_MAX + 1);
    if (e->sort)
        set_sort(ctx, q, str_of(e->sort));
}

int list_query_parse(struct ctx *ctx, const struct entity *e, struct str query, struct list_query *q)
{
    struct str name, value;
    int more;
    list_query_init(ctx, e, q);
    while ((more = http_query_next(&query, ctx->arena, &name, &value)) == 1)
        set_one(ctx, q, name, value, false);
    if (more < 0)
        problems_add(ctx->problems, ERR_BAD_REQUEST, NULL);
    if (!q->scope.everything && q->scope.n == 0)
        problems_add(ctx->problems, ERR_FORBIDDEN, NULL);
    return ctx->problems->n ? -(int)problems_worst(ctx->problems) : 0;
}

/* ---- answering ---- */

struct listing { struct ctx *ctx; const struct entity *e; struct jw w; };

static int put_row(void *arg, const void *row)
{
    struct listing *l = arg;
    jw_object(&l->w);
    call_write_row(l->e, row, l->ctx->offset_min, false, &l->w);
    jw_end_object(&l->w);
    return 0;
}

static void answer_list(struct http_request *rq, struct ctx *ctx, const struct list_query *q)
{
    struct listing l = { .ctx = ctx, .e = q->entity };
    struct buf out;
    struct str next;
    buf_init(&out, rq->arena);
    jw_init(&l.w, &out);
    jw_object(&l.w);
    jw_key(&l.w, "items");
    jw_array(&l.w);
    int err = store_list(ctx->db, q, rq->arena, put_row, &l, &next);
    if (err) {
        problems_add(ctx->problems, -err, err == -ERR_BAD_CURSOR ? "after" : NULL);
        reply_problems(rq, ctx->problems);
        return;
    }
    jw_end_array(&l.w);
    jw_kstr(&l.w, "next", next);
    jw_end_object(&l.w);
    reply_json(rq, 200, buf_view(&out));
}

void api_list(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e)
{
    struct list_query q;
    (void)app;
    if (list_query_parse(ctx, e, rq->query, &q))
        reply_problems(rq, ctx->problems);
    else
        answer_list(rq, ctx, &q);
}

static struct str body_value(struct ctx *ctx, const json_t *v)
{
    return json_is_string(v) ? json_text(v) : json_print(v, ctx->arena);
}

void api_search(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e)
{
    struct list_query q;
    const char *key;
    json_t *v, *body = json_read(rq->body, ctx->problems);
    (void)app;
    list_query_init(ctx, e, &q);
    json_object_foreach(body, key, v)
        set_one(ctx, &q, str_dup(ctx->arena, str_of(key)), body_value(ctx, v), true);
    if (!q.scope.everything && q.scope.n == 0)
        problems_add(ctx->problems, ERR_FORBIDDEN, NULL);
    if (ctx->problems->n)
        reply_problems(rq, ctx->problems);
    else
        answer_list(rq, ctx, &q);
    json_decref(body);
}

static int get(struct http_request *rq, struct ctx *ctx, const struct entity *e, struct id id, void *row)
{
    int err = access_get(ctx, e, right_of(ctx, e, "read"), id, row);
    if (err)
        reply_error(rq, err);
    return err;
}

void api_get(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e, struct id id)
{
    struct buf out;
    struct jw w;
    void *row = row_new(e, rq->arena);
    (void)app;
    if (get(rq, ctx, e, id, row))
        return;
    buf_init(&out, rq->arena);
    jw_init(&w, &out);
    jw_object(&w);
    call_write_row(e, row, ctx->offset_min, false, &w);
    jw_end_object(&w);
    reply_json(rq, 200, buf_view(&out));
}

/* ---- history: what each entry set, personal fields masked as in the row itself ---- */

struct history { struct ctx *ctx; const struct entity *e; struct jw w; void *row; };

static void put_id(struct jw *w, const char *key, struct id id)
{
    char text[ID_TEXT];
    id_format(id, text);
    jw_kstr(w, key, id_absent(id) ? STR_ABSENT : str_of(text));
}

static void load_member(struct history *h, const struct field *f, const json_t *v)
{
    const struct type *t = type_of(f->type);
    struct str s = json_text(v);
    struct stored stored = { .kind = STORED_NULL };
    if (json_is_integer(v))
        stored = (struct stored){ .kind = STORED_INT, .i = json_integer_value(v) };
    else if (s.p && strcmp(t->column, "BLOB") != 0)
        stored = (struct stored){ .kind = STORED_TEXT, .s = s };
    else if (s.p) {
        char *bytes = arena_alloc(h->ctx->arena, s.n / 2 + 1);
        if (hash_unhex(s, bytes, s.n / 2) == 0)
            stored = (struct stored){ .kind = STORED_BLOB, .s = { bytes, s.n / 2 } };
    }
    t->clear(field_at(f, h->row));
    if (stored.kind != STORED_NULL)
        t->load(stored, h->ctx->arena, field_at(f, h->row));
}

static void put_set(struct history *h, const json_t *set)
{
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)set, key, v) {
        const struct field *f = shape_field(&h->e->shape, str_of(key), NULL);
        if (!f || (f->flags & F_HIDDEN))
            continue;
        load_member(h, f, v);
        store_unseal_fields(h->ctx->store, &h->e->shape, h->row, h->ctx->arena);
        jw_key(&h->w, f->name);
        field_to_json(f, h->row, h->ctx->offset_min, false, &h->w);
    }
}

static int put_entry(void *arg, const struct journal_row *j, const json_t *change, const json_t *personal)
{
    struct history *h = arg;
    char at[INSTANT_TEXT];
    jw_object(&h->w);
    jw_kint(&h->w, "version", json_integer_value(json_object_get(change, "v")));
    jw_kint(&h->w, "seq", j->seq);
    instant_format(j->received, h->ctx->offset_min, at);
    jw_kcstr(&h->w, "at", at);
    put_id(&h->w, "actor_id", j->actor_id);
    jw_kstr(&h->w, "command", j->command);
    jw_kstr(&h->w, "reason", j->reason);
    jw_key(&h->w, "fields");
    jw_object(&h->w);
    put_set(h, json_object_get(change, "set"));
    put_set(h, personal);
    jw_end_object(&h->w);
    jw_end_object(&h->w);
    return 0;
}

void api_history(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e, struct id id)
{
    struct buf out;
    struct history h = { .ctx = ctx, .e = e, .row = row_new(e, rq->arena) };
    void *row = row_new(e, rq->arena);
    (void)app;
    if (get(rq, ctx, e, id, row))
        return;
    buf_init(&out, rq->arena);
    jw_init(&h.w, &out);
    jw_object(&h.w);
    jw_key(&h.w, "items");
    jw_array(&h.w);
    journal_history(ctx->db, e, row, rq->arena, put_entry, &h);
    jw_end_array(&h.w);
    jw_end_object(&h.w);
    reply_json(rq, 200, buf_view(&out));
}
