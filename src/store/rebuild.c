/* Rebuild: the journal replayed into an empty store must give the same tables. Erased personal values are left out of
 * the comparison where the row is gone; rows that live have theirs. */
#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/journal.h"
#include "store/replay.h"

struct rebuild {
    struct store *target;
    struct reader *to;
    struct replay replay;
    struct arena *a;
};

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
        /* across lanes: a whole table is compared */
        int64_t d = compare_table(r->db, b->to->db, str_fmt(b->a, "SELECT * FROM \"%s\" ORDER BY lane, id", e->name), &rows);
        if (d)
            buf_printf(report, "%s: %lld rows differ\n", e->name, (long long)d);
        different += d;
    }
    /* across lanes: a whole table is compared */
    int64_t d = compare_table(r->db, b->to->db, S("SELECT * FROM tally WHERE n <> 0 ORDER BY lane, hour, place_id, subject, measure"), &rows);
    if (d)
        buf_printf(report, "tally: %lld rows differ\n", (long long)d);
    buf_printf(report, "%lld changes replayed, %lld rows compared, %lld differ\n", (long long)b->replay.changes, (long long)rows,
               (long long)(different + d));
    return different + d ? -ERR_STORE_UNREADABLE : 0;
}

static int each_entry(void *arg, const struct journal_row *j) { return replay_entry(arg, j); }

static int replay_lane(struct rebuild *b, struct reader *r, int64_t lane)
{
    struct arena chunk;
    arena_init(&chunk, 256 * 1024);
    int err = db_begin(b->to->db);
    if (!err)
        err = journal_each(r, lane, 0, &chunk, each_entry, &b->replay);
    if (!err)
        err = replay_settle(&b->replay);
    if (!err)
        err = db_commit(b->to->db);
    arena_free(&chunk);
    return err;
}

int rebuild_check(struct store *s, struct reader *r, const char *folder, struct buf *report)
{
    struct store_config config = s->config;
    struct rebuild b = { 0 };
    char why[WHY];
    config.data = folder;
    config.address = NULL;
    config.write = true;
    int err = store_open(&config, &b.target, why);
    if (err) {
        buf_printf(report, "%s\n", why);
        return err;
    }
    b.to = b.target->writers[0].reader;
    replay_init(&b.replay, b.target, b.to, s->config.offset_min, false);
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
    replay_free(&b.replay);
    store_close(b.target);
    return err;
}
