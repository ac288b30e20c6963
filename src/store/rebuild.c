/* Rebuild: the journal replayed into an empty store must give the same tables. Erased personal values are left out of
 * the comparison where the row is gone; rows that live have theirs. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/internal.h"
#include "store/journal.h"

struct rebuild {
    struct store *target;
    struct reader *to;
    struct arena *a;
    int64_t changes;
    const char *problem;
    int offset_min;
    int64_t lane;
    struct tallies tallies;
    struct arena tally_arena;
};

static struct value value_from(const json_t *v, const char *column, struct arena *a)
{
    struct str s = json_text(v);
    if (json_is_integer(v))
        return value_int(json_integer_value(v));
    if (!s.p)
        return value_null();
    if (strcmp(column, "BLOB") != 0)
        return value_text(str_dup(a, s));
    char *bytes = arena_alloc(a, s.n / 2 + 1);
    hash_unhex(s, bytes, s.n / 2);
    return value_blob(bytes, s.n / 2);
}

/* Puts what a change sets into a row. */
static void set_fields(const struct entity *e, const json_t *set, struct arena *a, void *row)
{
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)set, key, v) {
        struct str name = str_of(key);
        const struct field *f = shape_field(&e->shape, name, NULL);
        bool hash = !f && str_ends(name, S("_hash"));
        if (hash)
            f = shape_field(&e->shape, str_sub(name, 0, name.n - 5), NULL);
        if (!f)
            continue;
        void *m = hash ? (void *)&((struct sealed *)field_at(f, row))->hash : field_at(f, row);
        const struct type *t = type_of(hash ? TYPE_DIGEST : f->type);
        struct digest kept = f->type == TYPE_SEALED && !hash ? ((struct sealed *)m)->hash : (struct digest){ 0 };
        struct value value = value_from(v, t->column, a);
        t->clear(m);
        if (value.kind != VALUE_NULL)
            t->load(stored_of(value), a, m);
        if (f->type == TYPE_SEALED && !hash)
            ((struct sealed *)m)->hash = kept;
    }
}

static void tally_add(struct tally_sink *sink, struct id place_id, struct id subject, int64_t hour, const char *measure, int64_t n);
struct rebuild_sink { struct tally_sink sink; struct rebuild *rebuild; };

static void tally_add(struct tally_sink *sink, struct id place_id, struct id subject, int64_t hour, const char *measure, int64_t n)
{
    struct rebuild *b = ((struct rebuild_sink *)sink)->rebuild;
    struct tally_key k;
    memset(&k, 0, sizeof(k));
    const struct place_node *place = store_place(b->target, place_id);
    if (!place)
        return;
    k.place_id = place_id;
    k.subject = subject;
    k.lane = place->lane;
    k.hour = hour;
    memcpy(k.measure, measure, strnlen(measure, sizeof(k.measure) - 1));
    tallies_add(&b->tallies, &k, n);
}

static int write_change(struct rebuild *b, const struct entity *e, void *before, void *after)
{
    struct store *s = b->target;
    const struct write_sql *sql = &s->write_sql[entity_position(s, e)];
    struct rebuild_sink sink = { { tally_add, b->offset_min }, b };
    struct row *row = after ? after : before;
    struct value v[COLUMNS_MAX + 1];
    if (e->place == PLACE_SELF && after)
        places_put(s->places, after, e);
    if (e->derive)
        e->derive(before, after, &sink.sink);
    if (!after) {
        struct value at[] = { value_int(row->lane), value_blob(row->id.b, 16), value_int(row->version) };
        return db_run(b->to->db, sql->del, at, 3);
    }
    size_t n = row_values(e, after, b->a, v);
    if (!before)
        return db_insert(b->to->db, &sql->table, v);
    v[n] = value_int(CROW(before)->version);
    return db_run(b->to->db, sql->update, v, (int)n + 1);
}

static int replay_one(struct rebuild *b, const struct journal_row *j, const json_t *c, const json_t *personal)
{
    const struct entity *e = store_entity(b->target, json_text(json_object_get(c, "e")));
    struct id id;
    if (!e || id_parse(json_text(json_object_get(c, "id")), &id))
        return -ERR_STORE_UNREADABLE;
    void *before = arena_zalloc(b->a, e->shape.size), *after;
    int found = store_get(b->to, e, j->lane, id, b->a, before);
    if (found && found != -ERR_NOT_FOUND)
        return found;
    b->changes++;
    if (json_is_true(json_object_get(c, "del")))
        return write_change(b, e, before, NULL);
    after = found ? row_new(e, b->a) : row_copy(e, before, b->a);
    ROW(after)->id = id;
    ROW(after)->lane = j->lane;
    ROW(after)->seq = j->seq;
    ROW(after)->version = json_integer_value(json_object_get(c, "v"));
    if (json_object_get(c, "place"))
        id_parse(json_text(json_object_get(c, "place")), &ROW(after)->place_id);
    set_fields(e, json_object_get(c, "set"), b->a, after);
    set_fields(e, json_object_get(personal, "set"), b->a, after);
    return write_change(b, e, found ? NULL : before, after);
}

static int replay_row(void *arg, const struct journal_row *j)
{
    struct rebuild *b = arg;
    json_t *changes = json_loadb(j->changes.p, j->changes.n, 0, NULL);
    json_t *apart = j->personal.p ? json_loadb(j->personal.p, j->personal.n, 0, NULL) : NULL;
    int err = 0;
    for (size_t i = 0; !err && i < json_array_size(changes); i++) {
        struct str side = json_text(json_array_get(apart, i));
        json_t *personal = side.p ? json_loadb(side.p, side.n, 0, NULL) : NULL;
        err = replay_one(b, j, json_array_get(changes, i), personal);
        json_decref(personal);
    }
    json_decref(changes);
    json_decref(apart);
    return err;
}

/* All rows of a table in key order, both stores side by side. NULL columns that were erased in the journal cannot
 * differ: a row that was deleted is in neither. */
static int64_t compare_table(struct db *x, struct db *y, struct str sql, int64_t *rows)
{
    struct db_stmt *sx = db_prepare(x, sql), *sy = db_prepare(y, sql);
    int64_t different = 0;
    int mx, my;
    if (!sx || !sy)
        return 1;
    while ((mx = db_step(sx)) == 1 && (my = db_step(sy)) == 1) {
        bool same = true;
        for (int i = 0; i < db_columns(sx); i++) {
            struct value vx = db_column(sx, i), vy = db_column(sy, i);
            same &= vx.kind == vy.kind && (vx.kind == VALUE_INT ? vx.i == vy.i : vx.kind == VALUE_NULL || str_eq(vx.s, vy.s));
        }
        different += !same;
        ++*rows;
    }
    if (mx == 1)
        different++;
    else if (db_step(sy) == 1)
        different++;
    db_reset(sx);
    db_reset(sy);
    return different;
}

static int compare(struct rebuild *b, struct reader *r, struct buf *report)
{
    int64_t different = 0, rows = 0;
    for (size_t i = 0; i < store_entities(r->store); i++) {
        const struct entity *e = store_entity_at(r->store, i);
        int64_t d = compare_table(r->db, b->to->db, str_fmt(b->a, "SELECT * FROM \"%s\" ORDER BY lane, id", e->name), &rows);
        if (d)
            buf_printf(report, "%s: %lld rows differ\n", e->name, (long long)d);
        different += d;
    }
    int64_t d = compare_table(r->db, b->to->db, S("SELECT * FROM tally WHERE n <> 0 ORDER BY lane, hour, place_id, subject, measure"), &rows);
    if (d)
        buf_printf(report, "tally: %lld rows differ\n", (long long)d);
    buf_printf(report, "%lld changes replayed, %lld rows compared, %lld differ\n", (long long)b->changes, (long long)rows,
               (long long)(different + d));
    return different + d ? -ERR_STORE_UNREADABLE : 0;
}

static int replay_lane(struct rebuild *b, struct reader *r, int64_t lane)
{
    struct arena chunk;
    arena_init(&chunk, 256 * 1024);
    b->a = &chunk;
    b->lane = lane;
    int err = db_begin(b->to->db);
    if (!err)
        err = journal_each(r, lane, 0, &chunk, replay_row, b);
    if (!err)
        err = tallies_flush(&b->tallies, b->to->db);
    if (!err)
        err = db_commit(b->to->db);
    arena_reset(&b->tally_arena);
    tallies_init(&b->tallies, &b->tally_arena);
    arena_free(&chunk);
    return err;
}

int rebuild_check(struct store *s, struct reader *r, const char *folder, struct buf *report)
{
    struct store_config config = s->config;
    struct rebuild b = { .offset_min = s->config.offset_min };
    char why[256];
    config.data = folder;
    config.address = NULL;
    config.write = true;
    int err = store_open(&config, &b.target, why);
    if (err) {
        buf_printf(report, "%s\n", why);
        return err;
    }
    arena_init(&b.tally_arena, 64 * 1024);
    tallies_init(&b.tallies, &b.tally_arena);
    b.to = b.target->writers[0].reader;
    /* lane 0 first: it holds the places that the others refer to */
    int64_t lane = -1, seq;
    int more = 0;
    while (!err && (more = lane_next(r->db, lane, &lane, &seq)) == 1)
        err = replay_lane(&b, r, lane);
    err = err ? err : more;
    struct arena a;
    arena_init(&a, 16384);
    b.a = &a;
    err = err ? err : compare(&b, r, report);
    arena_free(&a);
    arena_free(&b.tally_arena);
    store_close(b.target);
    return err;
}
