/* Tables over HTTP: export streams page by page, import runs on the worker thread. */
#include "app/app.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/table/csv.h"

#define EXPORT_PAGE 500

/* ---- out ---- */

struct ref_cache { struct id id; struct str text; };

struct export {
    struct ctx ctx;             /* with its own problems and actor, in `arena` */
    struct problems problems;
    struct list_query query;
    struct arena arena;         /* of the export */
    struct arena page;
    struct ref_cache refs[SHAPE_MAX_FIELDS];
    struct buf *out;
    struct store *store;
    struct reader *db;
    bool begun, over;
    char cursor[1024];
};

/* A reference is written as the natural key of what it points to, where that has one: people read codes, not ids. */
static struct str ref_text(struct export *x, size_t i, const struct field *f, struct id id)
{
    const struct entity *target = registry_entity(x->ctx.registry, str_of(f->target));
    struct ref_cache *c = &x->refs[i];
    if (id_eq(c->id, id) && c->text.p)
        return c->text;
    void *row = row_new(target, &x->page);
    char text[ID_TEXT];
    struct str key = STR_ABSENT;
    bool small = !target->lane_scoped && target->key_sql;
    if (small && store_get(x->db, target, 0, id, &x->page, row) == 0)
        for (size_t k = 0; k < target->shape.n && !key.p; k++)
            if ((target->shape.fields[k].flags & F_KEY) && target->shape.fields[k].type == TYPE_TEXT)
                key = *(const struct str *)field_in(&target->shape.fields[k], row);
    id_format(id, text);
    c->id = id;
    c->text = str_dup(&x->arena, key.p ? key : str_of(text));
    return c->text;
}

static void put_head(struct export *x)
{
    const struct entity *e = x->query.entity;
    buf_cstr(x->out, CSV_BOM);
    csv_put_cell(x->out, S("id"), true);
    csv_put_cell(x->out, S("version"), false);
    if (e->place != PLACE_NONE && e->place != PLACE_SELF)
        csv_put_cell(x->out, S("place"), false);
    for (size_t i = 0; i < e->shape.n; i++)
        if (!(e->shape.fields[i].flags & F_HIDDEN))
            csv_put_cell(x->out, str_of(e->shape.fields[i].name), false);
    csv_end_record(x->out);
}

static int put_row(void *arg, const void *row)
{
    struct export *x = arg;
    const struct entity *e = x->query.entity;
    const struct place_node *place = store_place(x->store, CROW(row)->place_id);
    char text[ID_TEXT];
    id_format(CROW(row)->id, text);
    csv_put_cell(x->out, str_of(text), true);
    csv_put_cell(x->out, str_fmt(&x->page, "%lld", (long long)CROW(row)->version), false);
    if (e->place != PLACE_NONE && e->place != PLACE_SELF)
        csv_put_cell(x->out, place ? place->code : S(""), false);
    for (size_t i = 0; i < e->shape.n; i++) {
        const struct field *f = &e->shape.fields[i];
        struct buf cell;
        if (f->flags & F_HIDDEN)
            continue;
        buf_init(&cell, &x->page);
        bool ref = f->type == TYPE_ID && f->target && !id_absent(*(const struct id *)field_in(f, row));
        if (ref)
            buf_str(&cell, ref_text(x, i, f, *(const struct id *)field_in(f, row)));
        else
            field_to_text(f, row, x->ctx.offset_min, false, &cell);
        csv_put_cell(x->out, cell.n ? buf_view(&cell) : S(""), false);
    }
    csv_end_record(x->out);
    return 0;
}

static int fill(void *arg, struct buf *out)
{
    struct export *x = arg;
    struct str next;
    x->out = out;
    if (!x->begun)
        put_head(x);
    x->begun = true;
    arena_reset(&x->page);
    int err = store_list(x->db, &x->query, &x->page, put_row, x, &next);
    if (err)
        return err;
    x->over = !next.p;
    /* the cursor must outlive the page it came from */
    if (!x->over && next.n < sizeof(x->cursor)) {
        memcpy(x->cursor, next.p, next.n);
        x->query.after = (struct str){ x->cursor, next.n };
    }
    return x->over ? 0 : next.n < sizeof(x->cursor) ? 1 : -ERR_INTERNAL;
}

static void release(void *arg)
{
    struct export *x = arg;
    arena_free(&x->page);
    arena_free(&x->arena);
    mem_free(x);
}

/* Only where both rights are held. */
static struct scope scope_within(struct scope read, struct scope may, struct arena *a)
{
    struct str *paths = ARENA_ARRAY(a, struct str, read.n + may.n);
    struct scope both = { .paths = paths };
    if (read.everything || may.everything)
        return read.everything ? may : read;
    for (size_t i = 0; i < read.n; i++)
        if (scope_has(&may, read.paths[i]))
            paths[both.n++] = read.paths[i];
    for (size_t i = 0; i < may.n; i++)
        if (scope_has(&read, may.paths[i]) && !scope_has(&both, may.paths[i]))
            paths[both.n++] = may.paths[i];
    return both;
}

void api_export(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e)
{
    struct http_header h[SECURITY_HEADERS_MAX + 3];
    size_t n = security_headers(h, true);
    struct scope may = access_scope(ctx, "export");
    if (!may.everything && !may.n) {
        reply_error(rq, -ERR_FORBIDDEN);
        return;
    }
    struct export *x = mem_zalloc(sizeof(*x));
    x->ctx = *ctx;
    if (list_query_parse(ctx, e, rq->query, &x->query)) {
        mem_free(x);
        reply_problems(rq, ctx->problems);
        return;
    }
    x->query.scope = scope_within(x->query.scope, may, rq->arena);
    /* the request's arena lives until the answer has been sent, so the query may stay in it */
    x->query.limit = EXPORT_PAGE;
    x->store = app->store;
    x->db = ctx->db;
    arena_init(&x->arena, 4096);
    arena_init(&x->page, 256 * 1024);
    h[n++] = (struct http_header){ "Content-Type", S("text/csv; charset=utf-8") };
    h[n++] = (struct http_header){ "Content-Disposition", str_fmt(rq->arena, "attachment; filename=\"%s.csv\"", e->name) };
    h[n++] = (struct http_header){ "Cache-Control", S("no-store") };
    http_pull(rq, h, n, fill, release, x);
}

int export_table(struct app *app, const struct entity *e, FILE *to)
{
    struct export *x = mem_zalloc(sizeof(*x));
    struct buf out;
    int more;
    x->ctx = (struct ctx){ .registry = &app->registry, .store = app->store, .offset_min = app->offset_min };
    x->query = (struct list_query){ .entity = e, .limit = EXPORT_PAGE, .scope = { .everything = true } };
    x->store = app->store;
    x->db = store_writer(app->store);
    arena_init(&x->arena, 4096);
    arena_init(&x->page, 256 * 1024);
    buf_init(&out, NULL);
    do {
        buf_clear(&out);
        more = fill(x, &out);
        if (more >= 0 && fwrite(out.p, 1, out.n, to) != out.n)
            more = -ERR_STORE_FULL;
    } while (more == 1);
    buf_free(&out);
    release(x);
    return more;
}

void api_template(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e)
{
    const struct command *k = registry_creates(&app->registry, e);
    struct buf out;
    (void)ctx;
    if (!k || e->no_import) {
        reply_error(rq, -ERR_NOT_FOUND);
        return;
    }
    buf_init(&out, rq->arena);
    buf_cstr(&out, CSV_BOM);
    bool first = true;
    if (k->in == &e->shape && e->place == PLACE_GIVEN) {
        csv_put_cell(&out, S("place_id"), true);
        first = false;
    }
    for (size_t i = 0; i < k->in->n; i++) {
        if (k->in->fields[i].flags & (F_HIDDEN | F_READONLY))
            continue;
        csv_put_cell(&out, str_of(k->in->fields[i].name), first);
        first = false;
    }
    csv_end_record(&out);
    reply_with(rq, 200, "text/csv; charset=utf-8", buf_view(&out));
}

/* ---- in ---- */

struct upload { struct app *app; struct http_request *rq; struct ctx *ctx; const struct entity *entity; bool dry_run; };

static void answer_report(struct http_request *rq, const struct import_report *r)
{
    struct buf out;
    struct jw w;
    buf_init(&out, rq->arena);
    jw_init(&w, &out);
    jw_object(&w);
    jw_kint(&w, "rows", r->rows);
    jw_kint(&w, "created", r->created);
    jw_kint(&w, "changed", r->changed);
    jw_kint(&w, "unchanged", r->unchanged);
    jw_kint(&w, "bad", r->bad);
    jw_kint(&w, "held", r->held);
    jw_key(&w, "problems");
    problems_write_list(&r->problems, &w);
    jw_end_object(&w);
    reply_json(rq, 200, buf_view(&out));
}

static void upload_work(void *arg)
{
    struct upload *u = arg;
    struct import im = { .app = u->app, .entity = u->entity, .ctx = u->ctx, .dry_run = u->dry_run };
    struct import_report *report = ARENA_NEW(u->rq->arena, struct import_report);
    struct str rest = u->rq->body;
    int fd = u->rq->body_fd;
    struct csv_source source = fd >= 0 ? csv_from_fd(&fd) : csv_from_str(&rest);
    bool geo = str_starts(u->rq->content_type, S("application/geo+json"));
    u->ctx->db = u->app->serving[u->app->threads + 1].db;
    u->ctx->memo = NULL; /* belongs to the serving thread */
    struct str text = u->rq->body;
    if (geo && fd >= 0)
        import_read_all(fd, u->rq->arena, &text);
    int err = geo ? import_boundaries(&im, text, S("upload"), report) : import_table(&im, &source, report);
    if (err)
        reply_problems(u->rq, &report->problems);
    else
        answer_report(u->rq, report);
}

void api_import(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e)
{
    struct str rest = rq->query, name, value;
    struct upload *u = ARENA_NEW(rq->arena, struct upload);
    const struct command *k = registry_creates(&app->registry, e);
    *u = (struct upload){ .app = app, .rq = rq, .ctx = ctx, .entity = e };
    while (http_query_next(&rest, rq->arena, &name, &value) == 1)
        u->dry_run |= str_is(name, "dry_run") && str_is(value, "1");
    /* where whole tables are more than single rows, there is a right of its own */
    const char *own = right_of(ctx, e, "import");
    struct scope may = k ? access_scope(ctx, access_right_known(own) ? own : k->right) : (struct scope){ 0 };
    ctx->handling = false; /* the worker answers */
    if (!may.everything && !may.n)
        reply_error(rq, -ERR_FORBIDDEN);
    else if (slow_put(app->slow, upload_work, u))
        reply_error(rq, -ERR_BUSY);
}
