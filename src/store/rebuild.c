/* Rebuild: the journal replayed into an empty store must give the same tables. Erased personal values are left out of
 * the comparison where the row is gone; rows that live have theirs. */
#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/journal.h"
#include "store/replay.h"
#include "store/table.h"

struct rebuild {
    struct store *target;
    struct reader *to;
    struct replay replay;
    struct arena *a;
};

/* What the replay makes; counters that have come back to nothing need not be there. */
static size_t replayed_tables(struct rebuild *b, struct store_table **out)
{
    const struct store_config *config = &b->target->config;
    size_t n = store_tables(config->entities, config->n_entities, b->a, out), kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct store_table t = (*out)[i];
        if (str_is(t.t->name, "tally"))
            t.where = S("n <> 0");
        if (t.t != table_journal.t && t.t != table_lane_head.t && t.t != table_installation.t)
            (*out)[kept++] = t;
    }
    return kept;
}

static int compare(struct rebuild *b, struct reader *r, struct buf *report)
{
    struct store_table *tables;
    int64_t different = 0, rows = 0;
    size_t n = replayed_tables(b, &tables);
    for (size_t i = 0; i < n; i++) {
        const struct str name = tables[i].t->name;
        int64_t d = table_compare(r->db, b->to->db, &tables[i], &rows);
        if (d < 0) {
            buf_printf(report, "%.*s: 无法读取 · cannot be read: %s\n", STR_ARG(name), db_error(r->db));
            return (int)d;
        }
        if (d)
            buf_printf(report, "%.*s: %lld rows differ\n", STR_ARG(name), (long long)d);
        different += d;
    }
    buf_printf(report, "%lld changes replayed, %lld rows compared, %lld differ\n", (long long)b->replay.changes, (long long)rows,
               (long long)different);
    return different ? -ERR_STORE_UNREADABLE : 0;
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
    err = db_begin(r->db); /* one state: a server may go on writing */
    while (!err && (more = lane_next(r->db, lane, &lane, &seq)) == 1)
        err = replay_lane(&b, r, lane);
    err = err ? err : more;
    struct arena a;
    arena_init(&a, 16384);
    b.a = &a;
    err = err ? err : compare(&b, r, report);
    arena_free(&a);
    db_rollback(r->db);
    replay_free(&b.replay);
    store_close(b.target);
    return err;
}
