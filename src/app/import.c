/* Tables in: row by row, in chunks of commands. A row finds its entity's row by natural key and changes it, or creates
 * one. Bad rows stay in the inbox with all their problems; the same table again changes nothing. */
#include "app/app.h"

#include <string.h>
#include <unistd.h>

#include "domain/place/place.h"
#include "io/table/csv.h"
#include "io/table/geojson.h"

#define CHUNK 500
#define COLUMNS_LIMIT 256
#define REPORTED 1000

enum column_kind { COLUMN_NONE, COLUMN_FIELD, COLUMN_ID, COLUMN_PLACE, COLUMN_VERSION };
struct column_map { enum column_kind kind; const struct field *field; size_t index; };

/* begins with its call: an array of these is an array of calls */
struct row_call { struct call call; bool change; };

struct importer {
    const struct import *im;
    struct import_report *report;
    const struct command *create, *change;
    struct column_map columns[COLUMNS_LIMIT];
    size_t n_columns;
    struct arena arena;         /* of the chunk */
    struct arena keep;          /* of the report and header */
    struct row_call *calls[CHUNK];
    size_t n_calls;
    enum err spoiled;           /* the store takes no more: the rest is not tried */
};

/* ---- the header ---- */

static struct column_map map_column(struct importer *t, struct str name)
{
    const struct shape *s = t->create->in;
    name = str_trim(name);
    bool head = t->create->in == &t->create->entity->shape;
    if (str_is(name, "id"))
        return (struct column_map){ .kind = COLUMN_ID };
    if (str_is(name, "version"))
        return (struct column_map){ .kind = COLUMN_VERSION };
    if (head && t->im->entity->place == PLACE_GIVEN && (str_is(name, "place_id") || str_is(name, "place") || str_is(name, "地区")))
        return (struct column_map){ .kind = COLUMN_PLACE };
    for (size_t i = 0; t->im->entity == &place_entity && i < place_import_aliases_n; i++)
        if (str_is(name, place_import_aliases[i].column))
            name = str_of(place_import_aliases[i].field);
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        if (str_is(name, f->name) || str_is(name, f->zh) || str_is(name, f->en))
            return (struct column_map){ f->flags & (F_HIDDEN | F_READONLY) ? COLUMN_VERSION : COLUMN_FIELD, f, i };
    }
    return (struct column_map){ .kind = COLUMN_NONE };
}

static int read_header(struct importer *t, const struct str *cells, size_t n)
{
    struct problems *ps = &t->report->problems;
    t->n_columns = n < COLUMNS_LIMIT ? n : COLUMNS_LIMIT;
    for (size_t i = 0; i < t->n_columns; i++) {
        t->columns[i] = map_column(t, cells[i]);
        if (t->columns[i].kind == COLUMN_NONE)
            problems_name(ps, ERR_BAD_COLUMN, str_dup(&t->keep, cells[i]));
    }
    for (size_t k = 0; k < t->create->in->n; k++) {
        const struct field *f = &t->create->in->fields[k];
        bool there = !(f->flags & F_REQUIRED) || (f->flags & F_READONLY);
        for (size_t i = 0; i < t->n_columns && !there; i++)
            there = t->columns[i].field == f;
        if (!there)
            problems_add(ps, ERR_BAD_COLUMN, f->name);
    }
    return ps->n ? -ERR_BAD_COLUMN : 0;
}

/* ---- waiting for a chunk ---- */

static void count(struct importer *t, struct row_call *r)
{
    struct import_report *rep = t->report;
    const struct call *c = &r->call;
    if (c->status < 400 && c->replied_from_journal)
        rep->unchanged++;
    else if (c->status < 400 && r->change)
        rep->changed++;
    else if (c->status < 400)
        rep->created++;
    else
        rep->bad++;
    rep->held += c->status >= 400 && c->holding;
}

static void keep_problems(struct importer *t, const struct problems *ps, int64_t line)
{
    struct problems *all = &t->report->problems;
    for (size_t i = 0; i < ps->n && all->n < REPORTED; i++) {
        const struct problem *p = &ps->items[i];
        all->row = line;
        all->entity = p->entity;
        if (p->name.p)
            problems_name(all, p->code, str_dup(&t->keep, p->name));
        else
            problems_detail(all, p->code, p->field, "%.*s", STR_ARG(p->detail));
        all->row = 0;
    }
}

/* Gives the chunk to the writer, waits, counts. */
static void flush(struct importer *t)
{
    call_many((struct call **)t->calls, t->n_calls);
    for (size_t i = 0; i < t->n_calls; i++) {
        int status = t->calls[i]->call.status;
        if (status == 507 || status == 503)
            t->spoiled = problems_worst(&t->calls[i]->call.problems);
        count(t, t->calls[i]);
        if (t->calls[i]->call.status >= 400)
            keep_problems(t, &t->calls[i]->call.problems, t->calls[i]->call.hold_line);
    }
    t->n_calls = 0;
    arena_reset(&t->arena);
    if (t->im->progress)
        t->im->progress(t->im->progress_arg, t->report);
}

/* ---- one row ---- */

/* A reference may be an id or the natural key's text: a place's code, a post's code, a login. */
static int find_ref(struct importer *t, const struct field *f, struct str text, struct id *id)
{
    struct ctx *ctx = t->im->ctx;
    const struct entity *target = registry_entity(ctx->registry, str_of(f->target));
    if (id_parse(text, id) == 0)
        return 0;
    if (target->place == PLACE_SELF) {
        const struct place_node *p = store_place_by_code(ctx->store, text);
        if (p)
            *id = p->id;
        return p ? 0 : -ERR_UNKNOWN_REF;
    }
    return store_find_text(ctx->db, target, text, &t->arena, id) ? -ERR_UNKNOWN_REF : 0;
}

static struct str cell_value(struct str cell) { return str_trim(csv_unguard(cell)); }

static int read_cell(struct importer *t, struct row_call *r, const struct column_map *m, struct str text)
{
    struct call *c = &r->call;
    if (m->kind == COLUMN_ID)
        return id_parse(text, &c->ctx.command_id) ? -ERR_BAD_ID : 0;
    if (m->kind == COLUMN_PLACE) {
        const struct field place = { .name = "place_id", .target = "place" };
        c->ctx.given_place = true;
        return find_ref(t, &place, text, &ROW(c->in)->place_id);
    }
    if (m->kind != COLUMN_FIELD)
        return 0;
    c->ctx.given |= (field_set)1 << m->index;
    if (m->field->type == TYPE_ID && m->field->target)
        return find_ref(t, m->field, text, field_at(m->field, c->in));
    const struct type *type = type_of(m->field->type);
    return type->from_text(m->field, text, c->ctx.offset_min, c->ctx.arena, field_at(m->field, c->in));
}

/* References to rows of the same chunk are not there yet: write what waits, then look again. */
static bool missing_ref(struct importer *t, const struct str *cells, size_t n)
{
    for (size_t i = 0; i < n && i < t->n_columns; i++) {
        const struct column_map *m = &t->columns[i];
        struct str text = cell_value(cells[i]);
        struct id id;
        bool ref = m->kind == COLUMN_PLACE || (m->kind == COLUMN_FIELD && m->field->type == TYPE_ID && m->field->target);
        const struct field place = { .name = "place_id", .target = "place" };
        if (ref && text.n && find_ref(t, m->field ? m->field : &place, text, &id))
            return true;
    }
    return false;
}

/* The row as the JSON input of its command, for the inbox: what could not be read stands as the text it was. */
static struct str row_json(struct importer *t, struct row_call *r, const struct str *cells, size_t n)
{
    struct call *c = &r->call;
    struct buf b;
    struct jw w;
    buf_init(&b, c->ctx.arena);
    jw_init(&w, &b);
    jw_object(&w);
    for (size_t i = 0; i < n && i < t->n_columns; i++) {
        const struct column_map *m = &t->columns[i];
        struct str text = cell_value(cells[i]);
        if ((m->kind != COLUMN_FIELD && m->kind != COLUMN_PLACE) || !text.n)
            continue;
        jw_key(&w, m->kind == COLUMN_PLACE ? "place_id" : m->field->name);
        const struct type *type = m->field ? type_of(m->field->type) : NULL;
        if (type && !type->absent(field_in(m->field, c->in)))
            type->to_json(m->field, field_in(m->field, c->in), c->ctx.offset_min, &w);
        else if (m->kind == COLUMN_PLACE && !id_absent(CROW(c->in)->place_id))
            type_of(TYPE_ID)->to_json(NULL, &CROW(c->in)->place_id, 0, &w);
        else
            jw_str(&w, text);
    }
    jw_end_object(&w);
    return buf_view(&b);
}

static struct instant first_instant(const struct call *c)
{
    for (size_t i = 0; i < c->command->in->n; i++) {
        const struct field *f = &c->command->in->fields[i];
        if (f->type == TYPE_INSTANT && !type_of(f->type)->absent(field_in(f, c->in)))
            return *(const struct instant *)field_in(f, c->in);
    }
    return (struct instant){ 0 };
}

/* Turns a row that exists already into a change of what differs. false: nothing differs. */
static bool becomes_change(struct importer *t, struct row_call *r)
{
    struct call *c = &r->call;
    const struct entity *e = t->im->entity;
    void *have = row_new(e, c->ctx.arena);
    if (!e->key_sql || c->command->in != &e->shape || !t->change || store_find_key(c->ctx.db, e, c->in, c->ctx.arena, have))
        return true;
    field_set differs = shape_diff(&e->shape, have, c->in) & c->ctx.given;
    for (size_t i = 0; i < e->shape.n; i++)
        if (e->shape.fields[i].flags & (F_ONCE | F_READONLY))
            differs &= ~((field_set)1 << i);
    if (!differs)
        return false;
    r->change = true;
    c->command = c->ctx.command = t->change;
    c->ctx.given = differs;
    c->ctx.given_place = false;
    c->ctx.target = CROW(have)->id;
    c->ctx.base_version = CROW(have)->version;
    return true;
}

static void read_row(struct importer *t, const struct str *cells, size_t n, int64_t line)
{
    if (t->n_calls == CHUNK || (t->n_calls && missing_ref(t, cells, n)))
        flush(t);
    struct row_call *r = ARENA_NEW(&t->arena, struct row_call);
    struct call *c = &r->call;
    call_init(c, t->create, t->im->ctx, &t->arena);
    c->in = arena_zalloc(&t->arena, t->create->in->size);
    shape_clear(t->create->in, c->in);
    c->hold_line = line;
    c->hold_source = S("import");
    for (size_t i = 0; i < n && i < t->n_columns; i++) {
        struct str text = cell_value(cells[i]);
        const struct column_map *m = &t->columns[i];
        int err = text.n ? read_cell(t, r, m, text) : 0;
        bool own = t->im->dry_run && err == -ERR_UNKNOWN_REF && m->field && m->field->target && str_is(str_of(m->field->target), t->im->entity->name);
        if (err && !own)
            problems_add(&c->problems, -err, m->kind == COLUMN_PLACE ? "place_id" : m->kind == COLUMN_ID ? "id" : m->field->name);
    }
    bool write = c->problems.n || becomes_change(t, r);
    c->hold_content = row_json(t, r, cells, n);
    call_check(c);
    if (call_allow(c))
        problems_add(&c->problems, ERR_FORBIDDEN, NULL);
    c->decoded = c->problems.n == 0;
    if (id_absent(c->ctx.command_id))
        c->ctx.command_id = call_content_id(c, first_instant(c));
    t->report->rows++;
    if (!write) {
        t->report->unchanged++;
    } else if (t->im->dry_run) {
        if (c->decoded)
            call_try(c);
        c->status = c->problems.n ? 422 : 200;
        count(t, r);
        keep_problems(t, &c->problems, line);
        arena_reset(&t->arena);
    } else {
        t->calls[t->n_calls++] = r;
    }
}

static void begin(struct importer *t, const struct import *im, struct import_report *report)
{
    memset(t, 0, sizeof(*t));
    memset(report, 0, sizeof(*report));
    t->im = im;
    t->report = report;
    arena_init(&t->arena, 64 * 1024);
    arena_init(&t->keep, 16 * 1024);
    problems_init(&report->problems, im->ctx->arena);
    t->create = registry_creates(im->ctx->registry, im->entity);
    t->change = registry_command(im->ctx->registry, str_fmt(im->ctx->arena, "%s/change", im->entity->name));
}

static void end(struct importer *t)
{
    /* names in the report point into keep: copy them over */
    for (size_t i = 0; i < t->report->problems.n; i++)
        t->report->problems.items[i].name = str_dup(t->im->ctx->arena, t->report->problems.items[i].name);
    arena_free(&t->arena);
    arena_free(&t->keep);
}

/* One problem for the whole table: what was written before stays, and the table can be imported again. */
static int spoiled(struct importer *t, int err)
{
    if (!t->spoiled)
        return err;
    t->report->problems.n = 0;
    return problems_add(&t->report->problems, t->spoiled, NULL);
}

static void bad_record(struct importer *t, int64_t line, int why)
{
    struct problems *ps = &t->report->problems;
    t->report->rows++;
    t->report->bad++;
    ps->row = line;
    if (ps->n < REPORTED)
        problems_add(ps, why < 0 ? -why : why, NULL);
    ps->row = 0;
}

int import_table(const struct import *im, const struct csv_source *source, struct import_report *report)
{
    struct importer *t = mem_zalloc(sizeof(*t));
    struct csv *csv = csv_open(*source);
    struct arena record;
    struct str *cells;
    size_t n;
    int why = 0, err;
    enum csv_result got;
    arena_init(&record, 64 * 1024);
    begin(t, im, report);
    got = t->create ? csv_next(csv, &record, &cells, &n, &why) : CSV_END;
    err = got == CSV_RECORD ? read_header(t, cells, n) : problems_add(&report->problems, ERR_BAD_COLUMN, NULL);
    while (!err && !t->spoiled && (arena_reset(&record), got = csv_next(csv, &record, &cells, &n, &why)) != CSV_END) {
        if (got == CSV_RECORD)
            read_row(t, cells, n, csv_line(csv));
        else
            bad_record(t, csv_line(csv), why);
    }
    if (!err)
        flush(t);
    err = spoiled(t, err);
    end(t);
    csv_close(csv);
    arena_free(&record);
    mem_free(t);
    return err;
}

/* ---- boundaries ---- */

#define BOUNDARIES_MAX ((size_t)64 << 20)

int import_read_all(int fd, struct arena *a, struct str *out)
{
    struct buf b;
    char chunk[65536];
    ssize_t n;
    buf_init(&b, a);
    while ((n = read(fd, chunk, sizeof(chunk))) > 0 && b.n < BOUNDARIES_MAX)
        buf_put(&b, chunk, (size_t)n);
    *out = b.n ? buf_view(&b) : S("");
    return n == 0 ? 0 : -1;
}


static json_t *text_json(struct str s) { return json_stringn(s.p, s.n); }

/* One command with JSON input, done through the same chunk machinery. */
static void queue_json(struct importer *t, const struct command *k, struct id target, int64_t version, json_t *data, int64_t line)
{
    struct row_call *r = ARENA_NEW(&t->arena, struct row_call);
    struct call *c = &r->call;
    r->change = (k->flags & CMD_ON_ROW) != 0;
    call_init(c, k, t->im->ctx, &t->arena);
    c->ctx.target = target;
    c->ctx.base_version = version;
    c->hold_line = line;
    call_decode(c, data);
    if (call_allow(c))
        problems_add(&c->problems, ERR_FORBIDDEN, NULL);
    c->decoded = c->problems.n == 0;
    c->ctx.command_id = call_content_id(c, (struct instant){ 0 });
    json_decref(data);
    t->report->rows++;
    if (c->decoded && !t->im->dry_run) {
        t->calls[t->n_calls++] = r;
        return;
    }
    c->status = c->problems.n ? 422 : 200;
    count(t, r);
    keep_problems(t, &c->problems, line);
}

static void put_centre(struct importer *t, struct ctx *ctx, const struct place_node *node, const struct geo_feature *f, int64_t line)
{
    struct place *p = row_new(&place_entity, &t->arena);
    char id[ID_TEXT];
    if (store_get(ctx->db, &place_entity, 0, node->id, &t->arena, p) || p->lng.e6 != INT32_MIN)
        return;
    id_format(node->id, id);
    queue_json(t, registry_command(ctx->registry, S("place/change")), node->id, p->row.version,
               json_pack("{s:f, s:f}", "lng", f->lng, "lat", f->lat), line);
}

static void put_boundary(struct importer *t, struct ctx *ctx, const struct geo_feature *f, struct str source, int64_t line)
{
    const struct place_node *node = store_place_by_code(ctx->store, f->code);
    struct boundary *key = row_new(&boundary_entity, &t->arena), *have = row_new(&boundary_entity, &t->arena);
    char id[ID_TEXT];
    if (!node) {
        t->report->rows++;
        bad_record(t, line, ERR_UNKNOWN_REF);
        return;
    }
    key->row.place_id = node->id;
    id_format(node->id, id);
    json_t *geometry = json_loadb(f->geometry.p, f->geometry.n, 0, NULL);
    bool known = store_find_key(ctx->db, &boundary_entity, key, &t->arena, have) == 0;
    if (known && str_eq(have->geometry.json, json_print(geometry, &t->arena))) {
        t->report->rows++;
        t->report->unchanged++;
        json_decref(geometry);
        return;
    }
    json_t *data = json_object();
    json_object_set_new(data, "geometry", geometry);
    json_object_set_new(data, "source", text_json(source));
    if (!known)
        json_object_set_new(data, "place_id", json_string(id));
    queue_json(t, registry_command(ctx->registry, known ? S("boundary/change") : S("boundary/create")), known ? have->row.id : ID_ABSENT,
               known ? have->row.version : 0, data, line);
    put_centre(t, ctx, node, f, line);
}

int import_boundaries(const struct import *im, struct str geojson, struct str source, struct import_report *report)
{
    struct importer *t = mem_zalloc(sizeof(*t));
    struct geo_feature *features;
    size_t n = 0;
    begin(t, im, report);
    int err = geojson_read(geojson, im->ctx->arena, &report->problems, &features, &n);
    for (size_t i = 0; !err && !t->spoiled && i < n; i++) {
        if (t->n_calls + 2 > CHUNK)
            flush(t);
        put_boundary(t, im->ctx, &features[i], source, (int64_t)i + 1);
    }
    flush(t);
    err = spoiled(t, err);
    end(t);
    mem_free(t);
    return err;
}
