/* The door. store_commit is the only function that writes rows: place and lane, version, journal, tallies, live events
 * and erasure are in it, so they cannot be forgotten. */
#include <string.h>

#include "store/internal.h"
#include "store/journal.h"

struct commit {
    struct tx *tx;
    struct entry *entry;
    struct changes *changes;
    struct problems *ps;
    int64_t lanes[16];      /* lanes that this command touches, in order of first change */
    size_t n_lanes;
    struct tally_key keys[64]; /* counters of this command: joined to the batch's only when it succeeds */
    int64_t by[64];
    size_t n_keys;
};

static void *append(void *items, size_t *n, size_t *cap, size_t size, struct arena *a)
{
    if (*n == *cap) {
        size_t more = *cap ? *cap * 2 : 64;
        char *grown = arena_alloc(a, more * size);
        if (*n)
            memcpy(grown, items, *n * size);
        *cap = more;
        return grown;
    }
    return items;
}

void change_put(struct changes *c, const struct entity *e, void *before, void *after)
{
    c->items = append(c->items, &c->n, &c->cap, sizeof(*c->items), c->arena);
    c->items[c->n++] = (struct change){ e, before, after };
}

void change_create(struct changes *c, const struct entity *e, void *after) { change_put(c, e, NULL, after); }
void change_update(struct changes *c, const struct entity *e, void *before, void *after) { change_put(c, e, before, after); }
void change_delete(struct changes *c, const struct entity *e, void *before) { change_put(c, e, before, NULL); }

void *row_new(const struct entity *e, struct arena *a)
{
    void *row = arena_zalloc(a, e->shape.size);
    shape_clear(&e->shape, row);
    return row;
}

void *row_copy(const struct entity *e, const void *row, struct arena *a)
{
    void *copy = arena_alloc(a, e->shape.size);
    memcpy(copy, row, e->shape.size);
    return copy;
}

/* ---- preparing rows ---- */

static int place_of(struct commit *c, const struct entity *e, struct row *row)
{
    if (e->place == PLACE_NONE)
        return 0;
    if (e->place == PLACE_SELF)
        row->place_id = row->id;
    else if (!store_place(c->tx->store, row->place_id))
        return problems_add(c->ps, id_absent(row->place_id) ? ERR_REQUIRED : ERR_UNKNOWN_REF, "place_id");
    if (!e->lane_scoped)
        return 0;
    row->lane = store_place(c->tx->store, row->place_id)->lane;
    return 0;
}

static void add_lane(struct commit *c, int64_t lane)
{
    for (size_t i = 0; i < c->n_lanes; i++)
        if (c->lanes[i] == lane)
            return;
    if (c->n_lanes < sizeof(c->lanes) / sizeof(c->lanes[0]))
        c->lanes[c->n_lanes++] = lane;
    else
        problems_add(c->ps, ERR_INTERNAL, NULL); /* a plan must not touch more at once */
}

/* Everything that can be refused is refused here, before the first write. */
static int prepare(struct commit *c, struct change *x)
{
    struct row *after = x->after;
    const struct row *before = x->before;
    size_t had = c->ps->n;
    c->ps->entity = x->entity->name;
    if (after && before) {
        after->id = before->id;
        after->lane = before->lane;
        after->version = before->version + 1;
    } else if (after) {
        after->version = 1;
        after->lane = 0;
    }
    if (after && place_of(c, x->entity, after) == 0) {
        field_set which = before ? shape_diff(&x->entity->shape, before, after) : ~(field_set)0;
        struct check_env env = { c->entry->received, c->entry->offset_min, c->ps };
        shape_check(&x->entity->shape, after, which, env.now, env.offset_min, c->ps);
        if (x->entity->check)
            x->entity->check(&env, after);
        store_seal_fields(c->tx->store, &x->entity->shape, after, c->changes->arena);
    }
    c->ps->entity = NULL;
    if (before && after && before->lane != after->lane)
        return problems_add(c->ps, ERR_WRONG_STATE, "place_id");
    add_lane(c, after ? after->lane : before->lane);
    return c->ps->n == had ? 0 : -1;
}

/* ---- tallies ---- */

struct derive { struct tally_sink sink; struct commit *commit; };

static void tally_add(struct tally_sink *sink, struct id place_id, struct id subject, int64_t hour, const char *measure, int64_t n)
{
    struct commit *c = ((struct derive *)sink)->commit;
    const struct place_node *place = store_place(c->tx->store, place_id);
    if (!place)
        return;
    if (c->n_keys == sizeof(c->keys) / sizeof(c->keys[0])) {
        problems_add(c->ps, ERR_INTERNAL, NULL);
        return;
    }
    struct tally_key *k = &c->keys[c->n_keys];
    memset(k, 0, sizeof(*k));
    k->place_id = place_id;
    k->subject = subject;
    k->lane = place->lane;
    k->hour = hour;
    memcpy(k->measure, measure, strnlen(measure, sizeof(k->measure) - 1));
    c->by[c->n_keys++] = n;
}

static void derive(struct commit *c, const struct change *x)
{
    struct derive d = { { tally_add, c->entry->offset_min }, c };
    if (x->entity->derive)
        x->entity->derive(x->before, x->after, &d.sink);
}

/* ---- writing ---- */

static int write_row(struct commit *c, struct change *x)
{
    struct store *s = c->tx->store;
    struct db *d = c->tx->reader->db;
    const struct write_sql *sql = &s->write_sql[entity_position(s, x->entity)];
    struct row *row = x->after ? x->after : x->before;
    struct value v[COLUMNS_MAX + 1];
    if (!x->after) {
        struct value at[] = { value_int(row->lane), value_blob(row->id.b, 16), value_int(row->version) };
        int err = journal_redact(d, row->lane, row->seq, row->id);
        return err ? err : db_later(d, sql->del, at, 3, 1);
    }
    row->seq = tx_lane(c->tx, row->lane)->head.seq + 1;
    size_t n = row_values(x->entity, row, c->changes->arena, v);
    if (!x->before)
        return db_insert(d, &sql->table, v);
    v[n] = value_int(CROW(x->before)->version);
    return db_later(d, sql->update, v, (int)n + 1, 1);
}

static int write_journal(struct commit *c, int64_t lane, struct sha256 *hash)
{
    struct entry *e = c->entry;
    const struct lane_head *head = &tx_lane(c->tx, lane)->head;
    struct buf changes, personal;
    bool first = true;
    buf_init(&changes, c->changes->arena);
    buf_init(&personal, c->changes->arena);
    for (size_t i = 0; i < c->changes->n; i++) {
        struct change *x = &c->changes->items[i];
        const struct row *row = x->after ? x->after : x->before;
        if (row->lane != lane)
            continue;
        journal_encode(c->tx->store, x, lane, first, &changes, &personal, c->changes->arena);
        first = false;
    }
    buf_cstr(&changes, first ? "[]" : "]");
    buf_cstr(&personal, first ? "[]" : "]");
    struct journal_row j = {
        .lane = lane, .seq = head->seq + 1, .command_id = e->command_id, .actor_id = e->actor_id,
        .place_id = e->place_id, .target_id = e->target_id, .command = str_of(e->command), .device = e->device, .reason = e->reason,
        .changes = buf_view(&changes), .personal = buf_view(&personal), .answer = e->answer, .at_device = e->at_device,
        .received = e->received, .payload = e->payload, .status = e->status, .answer_private = e->answer_private,
    };
    if (e->answer_private && e->answer.p)
        j.answer = store_seal(c->tx->store, e->answer, S("journal.answer"), c->changes->arena);
    j.hash = *hash = journal_hash(&j, &head->hash);
    return journal_insert(c->tx->reader->db, &j);
}

/* After the last write of the command: nothing here can fail. */
static void settle(struct commit *c, const struct sha256 *hashes)
{
    struct tx *tx = c->tx;
    for (size_t i = 0; i < c->n_lanes; i++) {
        struct lane_head *head = &tx_lane(tx, c->lanes[i])->head;
        head->seq++;
        head->hash = hashes[i];
        tx->reference_changed |= c->lanes[i] == 0;
    }
    tx->proof = c->entry->command_id;
    tx->proof_lane = c->lanes[0];
    for (size_t i = 0; i < c->n_keys; i++)
        tallies_add(&tx->tallies, &c->keys[i], c->by[i]);
    for (size_t i = 0; i < c->changes->n; i++) {
        const struct change *x = &c->changes->items[i];
        if (x->entity->place == PLACE_SELF && x->after)
            places_put(tx->store->places, x->after, x->entity);
        tx->live = append(tx->live, &tx->n_live, &tx->cap_live, sizeof(*tx->live), tx->arena);
        tx->live[tx->n_live++] = (struct live_change){ x->entity, x->after ? x->after : x->before, !x->before, !x->after, false };
    }
}

/* Their rows of lane_head are ours until the end of the transaction. */
static int hold_lanes(struct commit *c)
{
    for (size_t i = 0; i < c->n_lanes; i++)
        if (!tx_lane(c->tx, c->lanes[i]))
            return c->tx->failed;
    return 0;
}

int store_commit(struct tx *tx, struct entry *entry, struct changes *changes, struct problems *ps)
{
    struct commit c = { .tx = tx, .entry = entry, .changes = changes, .ps = ps };
    struct sha256 hashes[16];
    size_t had = ps->n;
    int err = 0;
    for (size_t i = 0; i < changes->n; i++)
        prepare(&c, &changes->items[i]);
    if (ps->n != had)
        return -problems_worst(ps);
    if (c.n_lanes == 0)
        add_lane(&c, entry->lane);
    err = hold_lanes(&c);
    if (!err && entry->finish)
        entry->finish(entry, changes);
    for (size_t i = 0; !err && i < changes->n; i++) {
        derive(&c, &changes->items[i]);
        err = ps->n != had ? -(int)problems_worst(ps) : write_row(&c, &changes->items[i]);
    }
    for (size_t i = 0; !err && i < c.n_lanes; i++)
        err = write_journal(&c, c.lanes[i], &hashes[i]);
    if (!err && tx->careful) /* so that it is this command that hears of a collision */
        err = db_flush(tx->reader->db);
    if (err == -ERR_CONFLICT && ps->n == had)
        problems_add(ps, ERR_CONFLICT, NULL);
    if (!err)
        settle(&c, hashes);
    else if (!tx->careful || err == -ERR_STORE_FULL || err == -ERR_STORE_AWAY)
        tx->failed = err;
    return err;
}
