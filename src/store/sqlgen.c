/* SQL text from entity tables: nothing here is written by hand per entity. */
#include <string.h>

#include "store/internal.h"
#include "store/schema.h"
#include "store/values.h"

struct value value_of(struct stored v)
{
    switch (v.kind) {
    case STORED_INT: return value_int(v.i);
    case STORED_TEXT: return value_text(v.s);
    case STORED_BLOB: return value_blob(v.s.p, v.s.n);
    case STORED_NULL: break;
    }
    return value_null();
}

struct stored stored_of(struct value v)
{
    switch (v.kind) {
    case VALUE_INT: return (struct stored){ .kind = STORED_INT, .i = v.i };
    case VALUE_TEXT: return (struct stored){ .kind = STORED_TEXT, .s = v.s };
    case VALUE_BLOB: return (struct stored){ .kind = STORED_BLOB, .s = v.s };
    case VALUE_NULL: break;
    }
    return (struct stored){ .kind = STORED_NULL };
}

bool entity_has_place_column(const struct entity *e) { return e->place != PLACE_NONE; }

static void column(struct column *out, size_t *n, struct str name, const struct field *f, bool hash)
{
    out[(*n)++] = (struct column){ name, f, hash };
}

size_t entity_columns(const struct entity *e, struct arena *a, struct column **out)
{
    struct column *c = ARENA_ARRAY(a, struct column, COLUMNS_MAX);
    size_t n = 0;
    column(c, &n, S("lane"), NULL, false);
    column(c, &n, S("id"), NULL, false);
    column(c, &n, S("version"), NULL, false);
    column(c, &n, S("seq"), NULL, false);
    if (entity_has_place_column(e))
        column(c, &n, S("place_id"), NULL, false);
    for (size_t i = 0; i < e->shape.n; i++) {
        const struct field *f = &e->shape.fields[i];
        column(c, &n, str_of(f->name), f, false);
        if (f->type == TYPE_SEALED && (f->flags & F_FIND))
            column(c, &n, str_fmt(a, "%s_hash", f->name), f, true);
    }
    *out = c;
    return n;
}

void sql_table(struct buf *out, const struct entity *e) { buf_printf(out, "\"%s\"", e->name); }

void sql_columns(struct buf *out, const struct entity *e, const char *alias)
{
    struct arena a;
    struct column *c;
    arena_init(&a, 8192);
    size_t n = entity_columns(e, &a, &c);
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s%s.\"%.*s\"", i ? ", " : "", alias, STR_ARG(c[i].name));
    arena_free(&a);
}

struct str sql_insert(const struct entity *e, struct arena *a)
{
    struct buf b;
    struct column *c;
    buf_init(&b, a);
    size_t n = entity_columns(e, a, &c);
    buf_printf(&b, "INSERT INTO \"%s\" (", e->name);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s\"%.*s\"", i ? ", " : "", STR_ARG(c[i].name));
    buf_cstr(&b, ") VALUES (");
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s$%zu", i ? ", " : "", i + 1);
    buf_cstr(&b, ")");
    return buf_view(&b);
}

/* $1 lane, $2 id, $3 version as in row_values; the version before stands in $<n+1>. */
struct str sql_update(const struct entity *e, struct arena *a)
{
    struct buf b;
    struct column *c;
    buf_init(&b, a);
    size_t n = entity_columns(e, a, &c);
    buf_printf(&b, "UPDATE \"%s\" SET ", e->name);
    for (size_t i = 2; i < n; i++)
        buf_printf(&b, "%s\"%.*s\" = $%zu", i > 2 ? ", " : "", STR_ARG(c[i].name), i + 1);
    buf_printf(&b, " WHERE lane = $1 AND id = $2 AND version = $%zu", n + 1);
    return buf_view(&b);
}

struct str sql_delete(const struct entity *e, struct arena *a)
{
    return str_fmt(a, "DELETE FROM \"%s\" WHERE lane = $1 AND id = $2 AND version = $3", e->name);
}

static struct value head_value(const struct entity *e, const struct row *r, size_t i)
{
    (void)e;
    switch (i) {
    case 0: return value_int(r->lane);
    case 1: return value_blob(r->id.b, sizeof(r->id.b));
    case 2: return value_int(r->version);
    case 3: return value_int(r->seq);
    default: return value_of_id(&r->place_id);
    }
}

size_t row_values(const struct entity *e, const void *row, struct arena *a, struct value out[COLUMNS_MAX])
{
    size_t n = 0, head = entity_has_place_column(e) ? 5 : 4;
    for (; n < head; n++)
        out[n] = head_value(e, row, n);
    for (size_t i = 0; i < e->shape.n; i++) {
        const struct field *f = &e->shape.fields[i];
        const struct type *t = type_of(f->type);
        const void *m = field_in(f, row);
        out[n++] = t->absent(m) ? value_null() : value_of(t->store(m, a));
        if (f->type == TYPE_SEALED && (f->flags & F_FIND)) {
            const struct digest *d = &((const struct sealed *)m)->hash;
            out[n++] = d->present ? value_blob(d->b, sizeof(d->b)) : value_null();
        }
    }
    return n;
}

void row_load(const struct entity *e, struct db_stmt *st, struct arena *a, void *row)
{
    struct row *r = row;
    int at = 4;
    memset(row, 0, e->shape.size);
    shape_clear(&e->shape, row);
    r->lane = db_column(st, 0).i;
    r->id = id_of_value(db_column(st, 1));
    r->version = db_column(st, 2).i;
    r->seq = db_column(st, 3).i;
    if (entity_has_place_column(e))
        r->place_id = id_of_value(db_column(st, at++));
    for (size_t i = 0; i < e->shape.n; i++) {
        const struct field *f = &e->shape.fields[i];
        struct value v = db_column(st, at++);
        if (v.kind != VALUE_NULL)
            type_of(f->type)->load(stored_of(v), a, field_at(f, row));
        if (f->type == TYPE_SEALED && (f->flags & F_FIND)) {
            struct digest *d = &((struct sealed *)field_at(f, row))->hash;
            type_of(TYPE_DIGEST)->load(stored_of(db_column(st, at++)), a, d);
        }
    }
}

/* ---- DDL, for the first migration and to compare a store with the tables of today ---- */

static const char *column_type(const struct column *c)
{
    if (c->is_hash)
        return "BLOB";
    if (c->field)
        return type_of(c->field->type)->column;
    return str_is(c->name, "id") || str_is(c->name, "place_id") ? "BLOB" : "INTEGER";
}

/* What may be erased later is checked by the door, not by the engine: a replay must be able to do without it. */
static bool erasable(const struct field *f)
{
    return (f->flags & F_PERSONAL) || f->type == TYPE_SEALED || f->type == TYPE_SECRET || f->type == TYPE_DIGEST;
}

static bool required(const struct column *c)
{
    bool head = !c->field && !str_is(c->name, "place_id");
    return head || (c->field && !c->is_hash && (c->field->flags & F_REQUIRED) && !erasable(c->field));
}

void schema_entity(struct buf *out, const struct entity *e)
{
    struct arena a;
    struct column *c;
    arena_init(&a, 8192);
    size_t n = entity_columns(e, &a, &c);
    buf_printf(out, "CREATE TABLE \"%s\" (\n", e->name);
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "    \"%.*s\" %s%s,\n", STR_ARG(c[i].name), column_type(&c[i]), required(&c[i]) ? " NOT NULL" : "");
    buf_cstr(out, "    PRIMARY KEY (lane, id)\n) STRICT;\n");
    if (e->key_sql)
        buf_printf(out, "CREATE UNIQUE INDEX %s_key ON \"%s\" (lane, %s);\n", e->name, e->name, e->key_sql);
    for (size_t i = 0; i < e->n_indexes; i++) {
        const struct index *x = &e->indexes[i];
        buf_printf(out, "CREATE %sINDEX %s_%s ON \"%s\" (%s)%s%s;\n", x->unique ? "UNIQUE " : "", e->name, x->name, e->name,
                   x->columns, x->where ? " WHERE " : "", x->where ? x->where : "");
    }
    arena_free(&a);
}

int schema_compare(struct db *d, const struct entity *e, struct buf *report)
{
    struct arena a;
    struct column *c;
    size_t same = 0;
    arena_init(&a, 8192);
    size_t n = entity_columns(e, &a, &c);
    struct db_stmt *st = db_prepare(d, str_fmt(&a, "SELECT * FROM \"%s\" LIMIT 0", e->name));
    size_t have = st ? (size_t)db_columns(st) : 0;
    for (size_t i = 0; st && i < n && i < have; i++)
        same += str_is(c[i].name, db_column_name(st, (int)i));
    if (st)
        db_reset(st);
    if (same != n || have != n)
        buf_printf(report, "%s: table and fields differ (%zu fields, %zu columns, %zu alike)\n", e->name, n, have, same);
    arena_free(&a);
    return same == n && have == n ? 0 : -ERR_STORE_UNREADABLE;
}
