/* A whole installation from one store to another. What is written can be told from the target itself (tables in order,
 * rows in key order), so that a copy that was broken off goes on; a mark in `installation` keeps everybody away until it
 * has been compared. */
#include "store/copy.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/migrations.h"

#define MARK "copying"

int copy_fail(char why[WHY], int err, const char *what, struct db *db)
{
    const struct err_info *e = err_info(err);
    const char *words = db ? db_error(db) : "";
    snprintf(why, WHY, "%s: %s · %s%s%s", what, e->zh, e->en, words[0] ? ": " : "", words);
    return err;
}

static int refuse(char why[WHY], const char *line)
{
    snprintf(why, WHY, "%s", line);
    return -ERR_STORE_UNREADABLE;
}

/* ---- heads and moments ---- */

/* The end of a lane from a row that has seq and hash in these columns. */
static int take_head(struct heads *h, int64_t lane, struct db_stmt *st, int seq_at, int hash_at)
{
    struct value hash = db_column(st, hash_at);
    if (lane < 0 || lane >= LANES || hash.kind != VALUE_BLOB || hash.s.n != sizeof(h->lane[0].hash.b))
        return -ERR_STORE_UNREADABLE;
    h->lane[lane].seq = db_column(st, seq_at).i;
    memcpy(h->lane[lane].hash.b, hash.s.p, sizeof(h->lane[0].hash.b));
    return 0;
}

int heads_from(struct db *db, const char *table, struct heads *h)
{
    char sql[80];
    int more;
    memset(h, 0, sizeof(*h));
    /* across lanes: one row a lane, to compare two stores */
    snprintf(sql, sizeof(sql), "SELECT lane, seq, hash FROM \"%s\" ORDER BY lane", table);
    struct db_stmt *st = db_prepare(db, str_of(sql));
    if (!st)
        return -ERR_STORE_UNREADABLE;
    while ((more = db_step(st)) == 1) {
        int err = take_head(h, db_column(st, 0).i, st, 1, 2);
        if (err) {
            db_reset(st);
            return err;
        }
    }
    return more;
}

int heads_read(struct db *db, struct heads *h)
{
    int64_t lane = -1;
    int more;
    memset(h, 0, sizeof(*h));
    while ((more = lane_in_journal(db, lane, &lane)) == 1) {
        struct db_stmt *st = db_prepare(db, S("SELECT seq, hash FROM journal WHERE lane = $1 ORDER BY seq DESC LIMIT 1"));
        if (!st)
            return -ERR_STORE_UNREADABLE;
        db_bind(st, 1, value_int(lane));
        int err = db_step(st);
        if (err != 1)
            return err;
        err = take_head(h, lane, st, 0, 1);
        db_reset(st);
        if (err)
            return err;
    }
    return more;
}

int moment_read(struct db *db, const struct heads *h, struct moment *m)
{
    int more = 0;
    memset(m, 0, sizeof(*m));
    m->received = INSTANT_ABSENT;
    for (int64_t lane = 0; lane < LANES && more >= 0; lane++) {
        struct db_stmt *st = h->lane[lane].seq ? db_prepare(db, S("SELECT received FROM journal WHERE lane = $1 AND seq = $2")) : NULL;
        if (!h->lane[lane].seq)
            continue;
        if (!st)
            return -ERR_STORE_UNREADABLE;
        m->lanes++;
        m->entries += h->lane[lane].seq;
        db_bind(st, 1, value_int(lane));
        db_bind(st, 2, value_int(h->lane[lane].seq));
        more = db_step(st);
        if (more == 1 && db_column(st, 0).i > m->received.ms) {
            m->received.ms = db_column(st, 0).i;
            m->lane = lane;
            m->seq = h->lane[lane].seq;
        }
        if (more == 1)
            db_reset(st);
    }
    return more < 0 ? more : 0;
}

/* ---- the mark ---- */

/* 1 there is a mark (its value in the arena), 0 none, negative. */
static int mark_read(struct db *db, struct arena *a, struct str *value)
{
    struct db_stmt *st = db_prepare(db, S("SELECT value FROM installation WHERE name = '" MARK "'"));
    int more = st ? db_step(st) : -ERR_STORE_UNREADABLE;
    if (more == 1) {
        *value = db_column_copy(st, 0, a).s;
        db_reset(st);
    }
    return more;
}

int store_copying(struct db *db, char why[WHY])
{
    struct arena a;
    struct str value;
    if (store_version(db) < INSTALLATION_SINCE)
        return 0;
    arena_init(&a, 512);
    int marked = mark_read(db, &a, &value);
    arena_free(&a);
    if (marked == 1) {
        snprintf(why, WHY, "此库复制或恢复尚未完成 · this store is only partly copied or restored: redoubt store copy FROM TO --resume | --again");
        return -ERR_STORE_UNREADABLE;
    }
    return marked < 0 ? copy_fail(why, marked, "installation", db) : 0;
}

static int mark_write(struct db *db, const struct sha256 *source)
{
    struct value v[] = { value_text(S(MARK)), value_blob(source->b, sizeof(source->b)) };
    int err = db_begin(db);
    if (!err) /* a store that was only just made has its own key's check there */
        err = db_run(db, S("DELETE FROM installation"), NULL, 0);
    if (!err)
        err = db_run(db, S("INSERT INTO installation (name, value) VALUES ($1, $2)"), v, 2);
    if (!err)
        err = db_commit(db);
    if (err)
        db_rollback(db);
    return err;
}

int copy_release(struct db *to)
{
    int err = db_begin(to);
    if (!err)
        err = db_run(to, S("DELETE FROM installation WHERE name = '" MARK "'"), NULL, 0);
    if (!err)
        err = db_commit(to);
    if (err)
        db_rollback(to);
    return err;
}

/* What a source is, and how far it has come: a copy goes on only where nothing has changed since. */
static struct sha256 identity(const struct heads *h)
{
    const struct str all = { (const char *)h, sizeof(*h) };
    return hash_sha256(&all, 1);
}

/* ---- the target ---- */

int copy_migrate(struct db *to, char why[WHY])
{
    why[0] = 0;
    if (store_version(to) == (int)migrations_n)
        return 0;
    struct store *s = mem_zalloc(sizeof(*s));
    s->config.write = true;
    s->shared = db_kind(to) == DB_POSTGRES;
    snprintf(s->shown, sizeof(s->shown), "目标 · the target");
    int err = store_migrate(s, to, why);
    if (!err) /* it knows no key; the source's check is copied */
        err = db_run(to, S("DELETE FROM installation WHERE name = 'key_check'"), NULL, 0);
    if (err && !why[0])
        copy_fail(why, err, "目标 · the target", to);
    mem_free(s);
    return err;
}

int key_fits(const char *folder, struct db *db, char why[WHY])
{
    struct store *s = mem_zalloc(sizeof(*s));
    why[0] = 0;
    snprintf(s->data, sizeof(s->data), "%s", folder);
    int err = store_key(s, false, why);
    if (!err)
        err = store_key_check(s, db, why);
    if (err && !why[0])
        copy_fail(why, err, "installation", db);
    sodium_memzero(s, sizeof(*s));
    mem_free(s);
    return err;
}

int copy_clear(struct copy *c)
{
    struct arena a;
    struct store_table *tables;
    arena_init(&a, 65536);
    size_t n = store_tables(c->entities, c->n_entities, &a, &tables);
    int err = db_begin(c->to);
    /* across lanes: a target whose copy was broken off is emptied */
    for (size_t i = 0; !err && i < n; i++)
        err = db_run(c->to, str_fmt(&a, "DELETE FROM \"%.*s\"%s%.*s", STR_ARG(tables[i].t->name), tables[i].where.p ? " WHERE " : "",
                                    STR_ARG(tables[i].where)), NULL, 0);
    if (!err)
        err = db_commit(c->to);
    if (err)
        db_rollback(c->to);
    arena_free(&a);
    return err;
}

struct work {
    struct copy *c;
    const struct store_table *tables;
    size_t n;
    struct copy_progress p;
    /* of the table that is being copied */
    const struct store_table *table;
    struct summing *sum;
    struct value last[5];        /* greatest key that the target had */
    bool has_last, writing;
};

/* 1: there are rows of somebody's. */
static int filled(struct work *w)
{
    for (size_t i = 0; i < w->n; i++) {
        bool own = str_is(w->tables[i].t->name, "installation");
        int64_t n = own ? 0 : table_rows(w->c->to, &w->tables[i]);
        if (n)
            return n < 0 ? (int)n : 1;
    }
    return 0;
}

/* Is the target fit for what is wanted? Then it carries the mark. */
static int target_ready(struct work *w, const struct sha256 *source, char why[WHY])
{
    struct copy *c = w->c;
    struct str mark = STR_ABSENT;
    int marked = mark_read(c->to, c->arena, &mark), err = 0;
    bool same = marked == 1 && mark.n == 32 && memcmp(mark.p, source->b, 32) == 0;
    if (marked < 0)
        return copy_fail(why, marked, "目标库 · the target", c->to);
    if (marked == 0 && c->mode != COPY_FRESH)
        return refuse(why, "目标库没有中断的复制,不要给 --resume 或 --again · the target holds no interrupted copy: leave --resume and --again away");
    if (marked == 0) {
        int has = filled(w);
        if (has == 1)
            return refuse(why, "目标库不是空的 · the target is not empty: it holds an installation of its own");
        err = has ? has : mark_write(c->to, source);
        return err ? copy_fail(why, err, "目标库 · the target", c->to) : 0;
    }
    if (c->mode == COPY_FRESH)
        return refuse(why, "目标库有中断的复制:--resume 继续,--again 清空重来 · the target holds an interrupted copy: --resume goes on with it, --again begins anew");
    if (c->mode == COPY_RESUME && !same)
        return refuse(why, "中断的复制不是来自此源库,或源库此后有变:用 --again 重来 · the interrupted copy is of another source, or the source has changed since: begin anew with --again");
    if (c->mode == COPY_AGAIN) {
        err = copy_clear(c);
        if (!err && !same)
            err = copy_release(c->to);
        if (!err && !same)
            err = mark_write(c->to, source);
    }
    return err ? copy_fail(why, err, "目标库 · the target", c->to) : 0;
}

/* ---- rows ---- */

static void told(struct work *w, int64_t rows)
{
    w->p.done += rows;
    if (w->c->progress)
        w->c->progress(w->c->arg, &w->p);
}

static int copy_row(void *arg, const struct value *v)
{
    struct work *w = arg;
    sum_row(w->sum, v);
    if (w->has_last && key_compare(v, w->last, w->table->n_key) <= 0)
        return 0;
    int err = w->writing ? 0 : db_begin(w->c->to);
    w->writing |= !err;
    return err ? err : db_insert(w->c->to, w->table->t, v);
}

static int copy_table(struct work *w, const struct store_table *t, struct copied *out, char why[WHY])
{
    struct scan scan;
    int last = table_last(w->c->to, t, w->c->arena, w->last), n, err = last < 0 ? last : 0;
    w->table = t;
    w->has_last = last == 1;
    w->sum = sum_begin(t);
    scan_init(&scan, w->c->from, t);
    do {
        n = err ? err : scan_page(&scan, copy_row, w);
        err = n < 0 ? n : w->writing ? db_commit(w->c->to) : 0;
        w->writing &= err != 0;
        if (!err)
            told(w, n);
    } while (n > 0 && !err);
    if (err) {
        copy_fail(why, err, t->t->name.p, db_error(w->c->to)[0] ? w->c->to : w->c->from);
        db_rollback(w->c->to);
        w->writing = false;
    }
    out->name = t->t->name;
    sum_end(w->sum, &out->sum);
    scan_end(&scan);
    return err;
}

static void on_page(void *arg, int64_t rows) { told(arg, rows); }

static int compare(struct work *w, char why[WHY])
{
    struct table_sum there;
    w->p = (struct copy_progress){ "核对", "comparing", 0, w->p.total };
    for (size_t i = 0; i < w->n; i++) {
        const struct copied *x = &w->c->tables[i];
        int err = table_sum(w->c->to, &w->tables[i], &there, on_page, w);
        if (err)
            return copy_fail(why, err, x->name.p, w->c->to);
        if (there.rows != x->sum.rows || memcmp(there.hash.b, x->sum.hash.b, 32) != 0) {
            snprintf(why, WHY, "%s: 两边不一致(%lld 行与 %lld 行),用 --again 重来 · the two sides differ (%lld and %lld rows): begin anew with --again",
                     x->name.p, (long long)x->sum.rows, (long long)there.rows, (long long)x->sum.rows, (long long)there.rows);
            return -ERR_STORE_UNREADABLE;
        }
    }
    return 0;
}

/* The ends of the lanes as the journal has them, and as the heads that writers go on from. */
static int heads_agree(struct work *w, const struct heads *source, char why[WHY])
{
    struct heads *h = mem_zalloc(2 * sizeof(*h));
    int err = heads_read(w->c->to, &h[0]);
    if (!err)
        err = heads_from(w->c->to, "lane_head", &h[1]);
    if (err)
        copy_fail(why, err, "journal", w->c->to);
    else if (memcmp(&h[0], source, sizeof(*source)) != 0 || memcmp(&h[1], source, sizeof(*source)) != 0)
        err = refuse(why, "日志链头不一致 · the heads of the journal's chains differ (journal, lane_head)");
    mem_free(h);
    return err;
}

static int copy_all(struct work *w, const struct heads *source, char why[WHY])
{
    struct copy *c = w->c;
    int err = 0;
    w->p = (struct copy_progress){ "复制", "copying", 0, 0 };
    for (size_t i = 0; i < w->n; i++) {
        int64_t n = table_rows(c->from, &w->tables[i]);
        if (n < 0)
            return copy_fail(why, (int)n, w->tables[i].t->name.p, c->from);
        w->p.total += n;
    }
    for (size_t i = 0; !err && i < w->n; i++)
        err = copy_table(w, &w->tables[i], &c->tables[i], why);
    c->n_tables = w->n;
    if (!err && db_kind(c->to) == DB_POSTGRES)
        db_exec(c->to, "ANALYZE"); /* it would plan by guesses until it looks by itself, a minute later */
    if (!err)
        err = compare(w, why);
    return err ? err : heads_agree(w, source, why);
}

static int source_good(struct db *from, char why[WHY])
{
    char line[WHY];
    int version = store_version(from);
    if (version <= 0)
        return refuse(why, "源不是战疫堡垒的数据 · the source is no store of this program");
    if (version > (int)migrations_n) {
        snprintf(why, WHY, "源库(版本 %d)比程序(版本 %d)新,请升级程序 · the source (version %d) is newer than this program (version %d)", version,
                 (int)migrations_n, version, (int)migrations_n);
        return -ERR_STORE_NEWER;
    }
    if (version < (int)migrations_n)
        return refuse(why, "源库版本较旧,请先用本程序启动一次以升级 · the source is of an older version: let this program open it once, to bring it up to date");
    int err = store_copying(from, line);
    if (err)
        snprintf(why, WHY, "源 · source: %s", line);
    return err;
}

int store_copy(struct copy *c, char why[WHY])
{
    struct work w = { .c = c };
    struct store_table *tables;
    struct heads *h = mem_zalloc(sizeof(*h));
    int err = source_good(c->from, why);
    w.n = store_tables(c->entities, c->n_entities, c->arena, &tables);
    w.tables = tables;
    if (!err)
        err = copy_migrate(c->to, why);
    int begun = err ? err : db_begin(c->from);
    if (!err && (begun || (err = heads_read(c->from, h)) || (err = moment_read(c->from, h, &c->moment))))
        err = copy_fail(why, err ? err : begun, "源库 · the source", c->from);
    if (!err) {
        struct sha256 source = identity(h);
        err = target_ready(&w, &source, why);
        c->marked = !err;
    }
    if (!err)
        err = copy_all(&w, h, why);
    if (!begun)
        db_rollback(c->from);
    if (!err && !c->sealed && (err = copy_release(c->to)) != 0)
        copy_fail(why, err, "目标库 · the target", c->to);
    mem_free(h);
    return err;
}
