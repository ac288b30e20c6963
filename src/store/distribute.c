#include "store/distribute.h"

#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/migrations.h"

/* ---- the list ---- */

size_t lane_tables(const struct entity *const *entities, size_t n_entities, struct arena *a, struct lane_table **out)
{
    static const struct lane_table own[] = {
        { STR_INIT("journal"), true }, { STR_INIT("lane_head"), true }, { STR_INIT("tally"), true },
        { STR_INIT("installation"), false }, { STR_INIT("migration"), false },
    };
    size_t n = sizeof(own) / sizeof(own[0]);
    struct lane_table *t = ARENA_ARRAY(a, struct lane_table, n + n_entities);
    memcpy(t, own, sizeof(own));
    for (size_t i = 0; i < n_entities; i++)
        t[n++] = (struct lane_table){ str_of(entities[i]->name), entities[i]->lane_scoped };
    *out = t;
    return n;
}

static const struct lane_table *table_named(const struct lane_table *t, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(t[i].name, name))
            return &t[i];
    return NULL;
}

/* ---- the schema that is there ---- */

/* table, unique index, 1 for the primary key, position of the lane in it from 1 (0: it does not contain the lane) */
static const struct str keys_sqlite = STR_INIT(
    "SELECT t.name, 'primary key', 1, coalesce(max(CASE WHEN c.name = 'lane' THEN c.pk END), 0) "
    "FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.pk > 0 GROUP BY t.name "
    "UNION ALL "
    "SELECT t.name, i.name, 0, coalesce(max(CASE WHEN c.name = 'lane' THEN c.seqno + 1 END), 0) "
    "FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c "
    "WHERE t.type = 'table' AND i.\"unique\" = 1 AND i.origin <> 'pk' GROUP BY t.name, i.name ORDER BY 1, 2");
static const struct str keys_postgres = STR_INIT(
    "SELECT t.relname::text, i.relname::text, x.indisprimary::int::bigint, coalesce(max(k.n) FILTER (WHERE c.attname = 'lane'), 0) "
    "FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid "
    "CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k (column_no, n) "
    "LEFT JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum = k.column_no "
    "WHERE x.indisunique AND k.n <= x.indnkeyatts AND t.relnamespace = current_schema()::regnamespace "
    "GROUP BY t.relname, i.relname, x.indisprimary ORDER BY 1, 2");

struct keys { const struct lane_table *t; size_t n, primary; struct buf *report; int bad; };

static void one_key(struct keys *k, struct db_stmt *st)
{
    struct str table = db_column(st, 0).s, name = db_column(st, 1).s;
    bool primary = db_column(st, 2).i == 1;
    int64_t at = db_column(st, 3).i;
    const struct lane_table *t = table_named(k->t, k->n, table);
    if (!t)
        buf_printf(k->report, "%.*s: 程序不认识此表 · the program knows no such table\n", STR_ARG(table));
    else if (t->by_lane && primary && at != 1)
        buf_printf(k->report, "%.*s: 主键须以 lane 开头 · the primary key must begin with lane\n", STR_ARG(table));
    else if (t->by_lane && at == 0)
        buf_printf(k->report, "%.*s: 唯一索引须包含 lane · the unique index must contain lane: %.*s\n", STR_ARG(table), STR_ARG(name));
    else {
        k->primary += primary;
        return;
    }
    k->bad++;
}

int lanes_check(struct db *d, const struct lane_table *t, size_t n, struct buf *report)
{
    struct keys k = { .t = t, .n = n, .report = report };
    struct db_stmt *st = db_prepare(d, db_kind(d) == DB_POSTGRES ? keys_postgres : keys_sqlite);
    int more;
    if (!st)
        return -ERR_STORE_UNREADABLE;
    while ((more = db_step(st)) == 1)
        one_key(&k, st);
    if (more == 0 && k.bad == 0 && k.primary != n) {
        buf_printf(report, "%zu 个表应有主键,实有 %zu · tables that should have a primary key, and those that do\n", n, k.primary);
        k.bad++;
    }
    return more < 0 ? more : k.bad ? -ERR_STORE_UNREADABLE : 0;
}

static int64_t number(struct db *d, struct str sql)
{
    struct db_stmt *st = db_prepare(d, sql);
    int more = st ? db_step(st) : -ERR_INTERNAL;
    int64_t n = more == 1 ? db_column(st, 0).i : more < 0 ? more : 0;
    if (more == 1)
        db_reset(st);
    return n;
}

int64_t tables_present(struct db *d)
{
    return number(d, db_kind(d) == DB_POSTGRES ? S("SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f') "
                                                   "AND relnamespace = current_schema()::regnamespace")
                                               : S("SELECT count(*) FROM sqlite_schema"));
}

/* ---- Citus ---- */

struct place_now { bool distributed, reference; int64_t group; };

/* What Citus makes of the table at the moment: its method is 'h' when it is distributed by a column's hash, 'n' when it is whole
 * on every node (with the replication model 't': two-phase commit). 1, 0 none of both, negative. */
static int read_place(struct db *d, struct str table, struct place_now *out)
{
    struct db_stmt *st = db_prepare(d, S("SELECT p.partmethod::text, p.colocationid::bigint, p.repmodel::text FROM pg_dist_partition p "
                                         "WHERE p.logicalrelid = to_regclass(quote_ident($1))"));
    *out = (struct place_now){ .group = -1 };
    if (!st)
        return -ERR_INTERNAL;
    db_bind(st, 1, value_text(table));
    int more = db_step(st);
    if (more == 1) {
        out->distributed = str_is(db_column(st, 0).s, "h");
        out->reference = str_is(db_column(st, 0).s, "n") && str_is(db_column(st, 2).s, "t");
        out->group = db_column(st, 1).i;
        db_reset(st);
    }
    return more;
}

static int make_place(struct db *d, const struct lane_table *t, bool first, int64_t shards)
{
    static const struct str reference = STR_INIT("SELECT create_reference_table(quote_ident($1)::regclass)");
    static const struct str opening = STR_INIT("SELECT create_distributed_table(quote_ident($1)::regclass, 'lane', colocate_with => 'none')");
    static const struct str counted =
        STR_INIT("SELECT create_distributed_table(quote_ident($1)::regclass, 'lane', colocate_with => 'none', shard_count => $2::int)");
    static const struct str beside = STR_INIT("SELECT create_distributed_table(quote_ident($1)::regclass, 'lane', colocate_with => 'journal')");
    struct value v[] = { value_text(t->name), value_int(shards) };
    bool count = t->by_lane && first && shards > 0;
    return db_run(d, !t->by_lane ? reference : !first ? beside : count ? counted : opening, v, count ? 2 : 1);
}

static int one_table(struct db *d, const struct lane_table *t, bool first, int64_t *group, int64_t shards, struct buf *report, char why[WHY])
{
    struct place_now now;
    const char *done = "已是 already";
    int err = read_place(d, t->name, &now);
    bool other = err == 1 && (t->by_lane ? !now.distributed || (!first && now.group != *group) : !now.reference);
    if (other) {
        snprintf(why, WHY, "%.*s 已按别的方式分布,未改动;请先用 undistribute_table 撤回 · is distributed in another way and was left as it is; "
                           "take that back with undistribute_table", STR_ARG(t->name));
        return -ERR_STORE_UNREADABLE;
    }
    if (err == 0) {
        done = "已转换 made";
        err = make_place(d, t, first, shards);
        if (!err)
            err = read_place(d, t->name, &now) < 0 ? -ERR_INTERNAL : 0;
    }
    if (err < 0)
        return copy_fail(why, err, "Citus", d);
    if (first)
        *group = now.group;
    buf_printf(report, "%-18.*s %s  %s\n", STR_ARG(t->name), t->by_lane ? "按 lane 分布 distributed by lane" : "各节点副本 reference        ", done);
    return 0;
}

static int ready(struct db *d, char why[WHY])
{
    if (db_kind(d) != DB_POSTGRES)
        snprintf(why, WHY, "只有 PostgreSQL 可以分布 · only a PostgreSQL store can be distributed");
    else if (store_version(d) != (int)migrations_n)
        snprintf(why, WHY, "数据库没有本版本的数据表,请先 redoubt init · the database has not the tables of this version; redoubt init first");
    else if (number(d, S("SELECT count(DISTINCT p.proname) FROM pg_proc p WHERE pg_function_is_visible(p.oid) AND p.proname IN "
                         "('citus_version', 'create_distributed_table', 'create_reference_table')")) != 3)
        snprintf(why, WHY, "数据库没有 citus 扩展,未作改动;在每个节点安装 Citus 13(PostgreSQL 15)并执行 CREATE EXTENSION citus,见 docs/scale.md · the "
                           "extension citus is not there, nothing was changed; install Citus 13 on every node and run CREATE EXTENSION citus");
    else
        return 0;
    return -ERR_STORE_UNREADABLE;
}

int store_distribute(struct db *d, const struct lane_table *t, size_t n, int64_t shards, struct buf *report, char why[WHY])
{
    int64_t group = -1;
    int err = ready(d, why);
    if (!err && lanes_check(d, t, n, report) != 0) {
        snprintf(why, WHY, "数据表不能按 lane 分布 · the tables cannot be distributed by lane");
        err = -ERR_STORE_UNREADABLE;
    }
    /* Each table by itself: Citus moves its rows in parallel, which one transaction over all would forbid. */
    for (size_t i = 0; !err && i < n; i++)
        err = one_table(d, &t[i], str_is(t[i].name, "journal"), &group, shards, report, why);
    return err;
}
