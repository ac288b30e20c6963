/* Lanes inside a transaction: whoever numbers entries of a lane holds its row of lane_head until the commit, so that the
 * order of numbers is the order of commits, whichever process writes. On SQLite the one writer holds everything. */
#include <string.h>

#include "store/internal.h"

static int read_head(struct tx *tx, int64_t lane, struct lane_head *out)
{
    struct db *d = tx->reader->db;
    struct db_stmt *st = db_prepare(d, tx->store->shared ? S("SELECT seq, hash FROM lane_head WHERE lane = $1 FOR UPDATE")
                                                         : S("SELECT seq, hash FROM lane_head WHERE lane = $1"));
    if (!st)
        return -ERR_INTERNAL;
    db_bind(st, 1, value_int(lane));
    int more = db_step(st);
    if (more == 1) {
        struct value hash = db_column(st, 1);
        out->seq = db_column(st, 0).i;
        if (hash.kind == VALUE_BLOB && hash.s.n == sizeof(out->hash.b))
            memcpy(out->hash.b, hash.s.p, sizeof(out->hash.b));
        db_reset(st);
    }
    return more;
}

static int make_head(struct tx *tx, int64_t lane)
{
    static const struct sha256 none;
    struct value v[] = { value_int(lane), value_blob(none.b, sizeof(none.b)) };
    return db_run(tx->reader->db, S("INSERT INTO lane_head (lane, seq, hash) VALUES ($1, 0, $2) ON CONFLICT (lane) DO NOTHING"), v, 2);
}

/* Places and caches must be as new as the reference tables that are now held. */
static int take_reference(struct tx *tx, int64_t seq)
{
    struct store *s = tx->store;
    pthread_mutex_lock(&s->reference_lock);
    bool old = s->shared && s->reference_known != seq;
    pthread_mutex_unlock(&s->reference_lock);
    return old ? reference_refresh(s, tx->reader) : 0;
}

struct lane_state *tx_lane(struct tx *tx, int64_t lane)
{
    for (struct lane_state *l = tx->lanes; l; l = l->next)
        if (l->lane == lane)
            return l;
    struct lane_state *l = ARENA_NEW(tx->arena, struct lane_state);
    *l = (struct lane_state){ .lane = lane, .next = tx->lanes };
    int found = read_head(tx, lane, &l->head);
    if (found == 0 && (found = make_head(tx, lane)) == 0)
        found = read_head(tx, lane, &l->head);
    if (found == 1 && lane == 0)
        found = take_reference(tx, l->head.seq) ? -ERR_STORE_AWAY : 1;
    if (found != 1) {
        tx->failed = found < 0 ? found : -ERR_INTERNAL;
        return NULL;
    }
    l->from = l->head.seq;
    tx->lanes = l;
    return l;
}

int lanes_flush(struct tx *tx)
{
    int err = 0;
    for (struct lane_state *l = tx->lanes; !err && l; l = l->next) {
        struct value v[] = { value_int(l->lane), value_int(l->head.seq), value_blob(l->head.hash.b, sizeof(l->head.hash.b)) };
        if (l->head.seq != l->from)
            err = db_later(tx->reader->db, S("UPDATE lane_head SET seq = $2, hash = $3 WHERE lane = $1"), v, 3, -1);
    }
    return err;
}

static int64_t lane_of(const struct store *s, const struct change *x)
{
    if (x->before || !x->entity->lane_scoped)
        return x->before ? CROW(x->before)->lane : 0;
    const struct place_node *place = store_place(s, CROW(x->after)->place_id);
    return place ? place->lane : 0;
}

static bool holds(const struct tx *tx, int64_t lane)
{
    const struct lane_state *l = tx->lanes;
    while (l && l->lane != lane)
        l = l->next;
    return l != NULL;
}

int tx_hold(struct tx *tx, const struct changes *changes)
{
    int again = 0;
    for (size_t i = 0; tx->store->shared && i < changes->n; i++) {
        int64_t lane = lane_of(tx->store, &changes->items[i]);
        if (holds(tx, lane))
            continue;
        if (!tx_lane(tx, lane))
            return tx->failed;
        db_ahead_end(tx->reader->db); /* read before the lane was held */
        again = 1;
    }
    return again;
}

int lane_next(struct db *d, int64_t after, int64_t *lane, int64_t *seq)
{
    /* across lanes: the next lane; one row each */
    struct db_stmt *st = db_prepare(d, S("SELECT lane, seq FROM lane_head WHERE lane > $1 ORDER BY lane LIMIT 1"));
    if (!st)
        return -ERR_STORE_UNREADABLE;
    db_bind(st, 1, value_int(after));
    int more = db_step(st);
    if (more == 1) {
        *lane = db_column(st, 0).i;
        *seq = db_column(st, 1).i;
        db_reset(st);
    }
    return more;
}

int lane_in_journal(struct db *d, int64_t after, int64_t *lane)
{
    /* across lanes: the next lane that has entries, without reading what lies between */
    struct db_stmt *st = db_prepare(d, S("SELECT lane FROM journal WHERE lane > $1 ORDER BY lane LIMIT 1"));
    if (!st)
        return -ERR_STORE_UNREADABLE;
    db_bind(st, 1, value_int(after));
    int more = db_step(st);
    if (more == 1) {
        *lane = db_column(st, 0).i;
        db_reset(st);
    }
    return more;
}
