/* The journal played again. Personal values that were erased are left out: their rows are gone by the end. */
#include "store/replay.h"

#include <jansson.h>
#include <string.h>

#include "store/journal.h"

void replay_init(struct replay *p, struct store *target, struct reader *to, int offset_min, bool keep)
{
    size_t n = store_entities(target);
    memset(p, 0, sizeof(*p));
    *p = (struct replay){ .store = target, .to = to, .offset_min = offset_min, .keep = keep };
    arena_init(&p->tally_arena, 64 * 1024);
    arena_init(&p->row, 64 * 1024);
    arena_init(&p->text, 64 * 1024);
    tallies_init(&p->tallies, &p->tally_arena);
    store_tables(target->config.entities, n, &p->text, &p->tables);
    p->sql = ARENA_ARRAY(&p->text, struct write_sql, n);
    for (size_t i = 0; i < n; i++) {
        p->sql[i].update = sql_update(target->config.entities[i], &p->text);
        p->sql[i].del = sql_delete(target->config.entities[i], &p->text);
    }
}

void replay_free(struct replay *p)
{
    arena_free(&p->tally_arena);
    arena_free(&p->row);
    arena_free(&p->text);
}

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

struct replay_sink { struct tally_sink sink; struct replay *replay; };

static void tally_add(struct tally_sink *sink, struct id place_id, struct id subject, int64_t hour, const char *measure, int64_t n)
{
    struct replay *p = ((struct replay_sink *)sink)->replay;
    struct tally_key k;
    memset(&k, 0, sizeof(k));
    const struct place_node *place = store_place(p->store, place_id);
    if (!place)
        return;
    k.place_id = place_id;
    k.subject = subject;
    k.lane = place->lane;
    k.hour = hour;
    memcpy(k.measure, measure, strnlen(measure, sizeof(k.measure) - 1));
    tallies_add(&p->tallies, &k, n);
}

static int delete_row(struct replay *p, const struct entity *e, const struct row *row)
{
    struct value at[] = { value_int(row->lane), value_blob(row->id.b, 16), value_int(row->version) };
    int err = p->keep ? journal_redact(p->to->db, row->lane, row->seq, row->id) : 0;
    return err ? err : db_run(p->to->db, p->sql[entity_position(p->store, e)].del, at, 3);
}

static int write_change(struct replay *p, const struct entity *e, void *before, void *after)
{
    struct replay_sink sink = { { tally_add, p->offset_min }, p };
    struct value v[COLUMNS_MAX + 1];
    if (e->place == PLACE_SELF && after)
        places_put(p->store->places, after, e);
    if (e->derive)
        e->derive(before, after, &sink.sink);
    if (!after)
        return delete_row(p, e, before);
    size_t at = entity_position(p->store, e), n = row_values(e, after, &p->row, v);
    if (!before)
        return db_insert(p->to->db, p->tables[at].t, v);
    v[n] = value_int(CROW(before)->version);
    return db_run(p->to->db, p->sql[at].update, v, (int)n + 1);
}

static int replay_change(struct replay *p, const struct journal_row *j, const json_t *c, const json_t *personal)
{
    const struct entity *e = store_entity(p->store, json_text(json_object_get(c, "e")));
    struct id id;
    if (!e || id_parse(json_text(json_object_get(c, "id")), &id))
        return -ERR_STORE_UNREADABLE;
    void *before = arena_zalloc(&p->row, e->shape.size), *after;
    /* a row that was not there before need not be looked for: creations then go out together */
    bool created = json_integer_value(json_object_get(c, "was")) == 0;
    int found = created ? -ERR_NOT_FOUND : store_get(p->to, e, j->lane, id, &p->row, before);
    if (found && !created)
        return found == -ERR_NOT_FOUND ? -ERR_STORE_UNREADABLE : found;
    p->changes++;
    if (json_is_true(json_object_get(c, "del")))
        return created ? -ERR_STORE_UNREADABLE : write_change(p, e, before, NULL);
    after = created ? row_new(e, &p->row) : row_copy(e, before, &p->row);
    ROW(after)->id = id;
    ROW(after)->lane = j->lane;
    ROW(after)->seq = j->seq;
    ROW(after)->version = json_integer_value(json_object_get(c, "v"));
    if (json_object_get(c, "place"))
        id_parse(json_text(json_object_get(c, "place")), &ROW(after)->place_id);
    set_fields(e, json_object_get(c, "set"), &p->row, after);
    set_fields(e, json_object_get(personal, "set"), &p->row, after);
    return write_change(p, e, created ? NULL : before, after);
}

int replay_entry(struct replay *p, const struct journal_row *j)
{
    json_t *changes = json_loadb(j->changes.p, j->changes.n, 0, NULL);
    json_t *apart = j->personal.p ? json_loadb(j->personal.p, j->personal.n, 0, NULL) : NULL;
    int err = json_is_array(changes) ? 0 : -ERR_STORE_UNREADABLE;
    arena_reset(&p->row);
    for (size_t i = 0; !err && i < json_array_size(changes); i++) {
        struct str side = json_text(json_array_get(apart, i));
        json_t *personal = side.p ? json_loadb(side.p, side.n, 0, NULL) : NULL;
        err = replay_change(p, j, json_array_get(changes, i), personal);
        json_decref(personal);
    }
    json_decref(changes);
    json_decref(apart);
    if (!err && p->keep)
        err = journal_insert(p->to->db, j);
    p->entries++;
    return err;
}

int replay_settle(struct replay *p)
{
    int err = tallies_flush(&p->tallies, p->to->db);
    arena_reset(&p->tally_arena);
    tallies_init(&p->tallies, &p->tally_arena);
    return err;
}
