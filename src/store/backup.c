/* Backups. A backup is one file in rollback mode (no -wal beside it), which says of each table how many rows it holds and
 * their sum, so that damage is seen before anybody relies on it. */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"
#include "store/migrations.h"

/* ---- files ---- */

void file_drop(const char *temporary)
{
    static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
    char path[700];
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(path, sizeof(path), "%s%s", temporary, ends[i]);
        unlink(path);
    }
}

static int sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    int bad = fd < 0 || fsync(fd);
    if (fd >= 0)
        close(fd);
    return bad;
}

int file_finish(const char *temporary, const char *path, char why[WHY])
{
    char folder[700];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof(folder), "%.*s", slash == path ? 1 : slash ? (int)(slash - path) : 1, slash ? path : ".");
    if (sync_path(temporary, O_RDONLY) == 0 && renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0 &&
        sync_path(folder, O_RDONLY | O_DIRECTORY) == 0)
        return 0;
    if (errno == EEXIST)
        snprintf(why, WHY, "文件已存在 · the file exists already: %s", path);
    else
        snprintf(why, WHY, "无法写入 · cannot write %s: %s", path, strerror(errno));
    return errno == ENOSPC ? -ERR_STORE_FULL : -ERR_STORE_UNREADABLE;
}

/* ---- reading ---- */

static int not_a_backup(const char *path, const char *zh, const char *en, char why[WHY])
{
    snprintf(why, WHY, "%s: %s · %s", path, zh, en);
    return -ERR_STORE_UNREADABLE;
}

/* Looked at before the engine is, which would make files beside it and speak for itself. */
static int looks_like(const char *path, char why[WHY])
{
    char head[16] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        snprintf(why, WHY, "无法读取备份 · cannot read the backup %s: %s", path, strerror(errno));
        return -ERR_STORE_UNREADABLE;
    }
    ssize_t n = read(fd, head, sizeof(head));
    close(fd);
    if (n != sizeof(head) || memcmp(head, "SQLite format 3", 16) != 0)
        return not_a_backup(path, "不是备份文件", "this is no backup", why);
    return 0;
}

static bool has_table(struct db *db, const char *name)
{
    struct value v = value_text(str_of(name));
    struct db_stmt *st = db_prepare(db, S("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1"));
    bool has = false;
    if (st) {
        db_bind(st, 1, v);
        has = db_step(st) == 1;
        db_reset(st);
    }
    return has;
}

static int read_what(struct backup_file *b, char why[WHY])
{
    b->version = store_version(b->db);
    b->increment = has_table(b->db, "backup_from");
    if (b->version <= 0)
        return not_a_backup(b->path, "不是备份文件,或已损坏", "this is no backup, or it is damaged", why);
    if (b->version > (int)migrations_n) {
        snprintf(why, WHY, "%s: 备份(版本 %d)比程序(版本 %d)新,请升级程序 · the backup (version %d) is newer than this program (version %d)", b->path,
                 b->version, (int)migrations_n, b->version, (int)migrations_n);
        return -ERR_STORE_NEWER;
    }
    int err = b->increment ? heads_from(b->db, "backup_from", &b->from) : 0;
    if (!err)
        err = b->increment ? heads_from(b->db, "lane_head", &b->to) : heads_read(b->db, &b->to);
    if (!err)
        err = moment_read(b->db, &b->to, &b->moment);
    return err ? not_a_backup(b->path, "备份已损坏", "the backup is damaged", why) : 0;
}

int backup_open(const char *path, struct backup_file *b, char why[WHY])
{
    char words[256];
    memset(b, 0, sizeof(*b));
    b->path = path;
    int err = looks_like(path, why);
    if (err)
        return err;
    if (db_open(path, false, &b->db, words)) {
        snprintf(why, WHY, "%s: 备份已损坏,或无法读取 · the backup is damaged, or cannot be read: %s", path, words);
        return -ERR_STORE_UNREADABLE;
    }
    err = read_what(b, why);
    if (err)
        backup_close(b);
    return err;
}

void backup_close(struct backup_file *b)
{
    db_close(b->db);
    b->db = NULL;
}

int backup_whole(struct backup_file *b, char why[WHY])
{
    struct db_stmt *st = db_prepare(b->db, S("PRAGMA quick_check(1)"));
    bool good = st && db_step(st) == 1 && str_is(db_column(st, 0).s, "ok");
    if (st)
        db_reset(st);
    struct table_sum sum;
    if (good && b->increment)
        good = table_sum(b->db, &table_journal, &sum, NULL, NULL) == 0 && backup_sum_is(b, S("journal"), &sum);
    return good ? 0 : not_a_backup(b->path, "备份已损坏或不完整", "the backup is damaged or not complete", why);
}

int backup_follows(const struct backup_file *b, const struct heads *h, char why[WHY])
{
    if (!b->increment)
        return not_a_backup(b->path, "不是增量备份", "this is no incremental backup", why);
    for (int lane = 0; lane < LANES; lane++) {
        if (b->from.lane[lane].seq == h->lane[lane].seq && memcmp(&b->from.lane[lane].hash, &h->lane[lane].hash, 32) == 0)
            continue;
        snprintf(why, WHY, "%s: 增量备份接不上(分区 %d 应从 %lld 之后开始,实为 %lld) · this increment does not follow: lane %d goes on after seq %lld, "
                 "not after %lld", b->path, lane, (long long)h->lane[lane].seq, (long long)b->from.lane[lane].seq, lane,
                 (long long)b->from.lane[lane].seq, (long long)h->lane[lane].seq);
        return -ERR_STORE_UNREADABLE;
    }
    return 0;
}

bool backup_sum_is(struct backup_file *b, struct str table, const struct table_sum *sum)
{
    struct db_stmt *st = has_table(b->db, "backup_table") ? db_prepare(b->db, S("SELECT n, hash FROM backup_table WHERE name = $1")) : NULL;
    if (!st)
        return true;
    db_bind(st, 1, value_text(table));
    bool found = db_step(st) == 1;
    bool same = !found || (db_column(st, 0).i == sum->rows && str_eq(db_column(st, 1).s, (struct str){ (const char *)sum->hash.b, 32 }));
    db_reset(st);
    return same;
}

/* ---- making ---- */

struct summed { struct copy *c; struct copy_progress p; };

static void on_sum(void *arg, int64_t rows)
{
    struct summed *s = arg;
    s->p.done += rows;
    if (s->c->progress)
        s->c->progress(s->c->arg, &s->p);
}

static int put_sum(struct summed *s, struct db *to, const struct store_table *t)
{
    struct table_sum sum;
    int err = table_sum(to, t, &sum, on_sum, s);
    struct value v[] = { value_text(t->t->name), value_int(sum.rows), value_blob(sum.hash.b, 32) };
    return err ? err : db_run(to, S("INSERT INTO backup_table (name, n, hash) VALUES ($1, $2, $3)"), v, 3);
}

/* Says of each table what it holds; of an increment, of the journal. */
static int put_sums(struct copy *c, struct db *to, bool whole)
{
    struct summed s = { c, { "校验和", "summing", 0, 0 } };
    struct store_table *tables;
    size_t n = store_tables(c->entities, c->n_entities, c->arena, &tables);
    int err = db_begin(to);
    if (!err)
        err = db_exec(to, "DROP TABLE IF EXISTS backup_table; CREATE TABLE backup_table (name TEXT NOT NULL PRIMARY KEY, n INTEGER NOT NULL, "
                          "hash BLOB NOT NULL) STRICT, WITHOUT ROWID");
    for (size_t i = 0; !err && whole && i < n; i++)
        s.p.total += table_rows(to, &tables[i]);
    for (size_t i = 0; !err && whole && i < n; i++)
        err = put_sum(&s, to, &tables[i]);
    if (!err && !whole)
        err = put_sum(&s, to, &table_journal);
    if (!err)
        err = db_commit(to);
    if (err)
        db_rollback(to);
    return err;
}

/* Opened once more as the file it will be: one file, without a -wal beside it. */
static int settle(struct copy *c, const char *temporary, bool whole, char why[WHY])
{
    struct db *d;
    char words[256];
    int err = db_open(temporary, true, &d, words);
    if (err) {
        snprintf(why, WHY, "无法写入备份 · cannot write the backup %s: %s", temporary, words);
        return err;
    }
    err = put_sums(c, d, whole);
    if (!err)
        err = db_exec(d, "PRAGMA journal_mode=DELETE");
    if (err)
        copy_fail(why, err, temporary, d);
    db_close(d);
    return err;
}

static void on_copied(void *arg, int64_t done, int64_t total)
{
    struct copy *c = arg;
    struct copy_progress p = { "备份", "backing up", done, total };
    if (c->progress)
        c->progress(c->arg, &p);
}

static int make_full(struct copy *c, const char *temporary, char why[WHY])
{
    char words[256];
    if (db_kind(c->from) == DB_SQLITE) {
        int err = db_copy_file(c->from, temporary, on_copied, c);
        return err ? copy_fail(why, err, "备份失败 · the backup failed", c->from) : 0;
    }
    int err = db_open(temporary, true, &c->to, words);
    if (err) {
        snprintf(why, WHY, "无法写入备份 · cannot write the backup %s: %s", temporary, words);
        return err;
    }
    err = store_copy(c, why);
    db_close(c->to);
    c->to = NULL;
    return err;
}

/* ---- increments ---- */

struct increment {
    struct copy *c;
    struct db *to;
    const struct heads *from;
    struct copy_progress p;
    int64_t in_transaction;
    struct arena page;
};

/* Tables of an increment: what their rows are is said where they come from. */
static const char increment_tables[] =
    "CREATE TABLE migration (number INTEGER NOT NULL PRIMARY KEY);"
    "CREATE TABLE backup_from (lane INTEGER NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL);"
    "CREATE TABLE lane_head (lane INTEGER NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL);"
    "CREATE TABLE installation (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL);"
    "CREATE TABLE journal (" JOURNAL_COLUMNS ", PRIMARY KEY (lane, seq));"; /* with row ids: long rows stay in the page */

static int put_heads(struct db *to, const char *table, const struct heads *h)
{
    char sql[90];
    int err = 0;
    snprintf(sql, sizeof(sql), "INSERT INTO \"%s\" (lane, seq, hash) VALUES ($1, $2, $3)", table);
    for (int lane = 0; !err && lane < LANES; lane++) {
        struct value v[] = { value_int(lane), value_int(h->lane[lane].seq), value_blob(h->lane[lane].hash.b, 32) };
        err = h->lane[lane].seq ? db_run(to, str_of(sql), v, 3) : 0;
    }
    return err;
}

static int put_installation(void *arg, const struct value *v)
{
    struct increment *x = arg;
    return db_insert(x->to, table_installation.t, v);
}

/* Entries of one lane after a seq; a page is a transaction. */
static int lane_page(struct increment *x, int64_t lane, int64_t *after)
{
    struct db_stmt *st = db_prepare(x->c->from, S("SELECT " JOURNAL_COLUMNS " FROM journal WHERE lane = $1 AND seq > $2 ORDER BY seq LIMIT $3"));
    struct value v[TABLE_COLUMNS];
    int rows = 0, more, err = st ? db_begin(x->to) : -ERR_STORE_UNREADABLE;
    if (err)
        return err;
    db_bind(st, 1, value_int(lane));
    db_bind(st, 2, value_int(*after));
    db_bind(st, 3, value_int(SCAN_ROWS));
    int64_t last = *after;
    while (!err && (more = db_step(st)) == 1) {
        for (int i = 0; i < table_journal.t->n; i++)
            v[i] = db_column(st, i);
        last = v[1].i;
        err = db_insert(x->to, table_journal.t, v);
        rows++;
    }
    db_reset(st);
    err = err ? err : more < 0 ? more : db_commit(x->to);
    *after = last;
    x->p.done += rows;
    if (!err && x->c->progress)
        x->c->progress(x->c->arg, &x->p);
    return err ? err : rows;
}

static int put_lanes(struct increment *x, const struct heads *now)
{
    int n = 0;
    for (int lane = 0; lane < LANES && n >= 0; lane++) {
        int64_t after = x->from->lane[lane].seq;
        if (now->lane[lane].seq > after)
            do
                n = lane_page(x, lane, &after);
            while (n > 0);
    }
    return n;
}

/* Does the store still have what the earlier backup ends with? */
static int check_earlier(struct db *from, const struct backup_file *earlier, const struct heads *now, char why[WHY])
{
    for (int lane = 0; lane < LANES; lane++) {
        int64_t seq = earlier->to.lane[lane].seq;
        struct db_stmt *st = seq ? db_prepare(from, S("SELECT hash FROM journal WHERE lane = $1 AND seq = $2")) : NULL;
        if (!seq)
            continue;
        if (!st)
            return copy_fail(why, -ERR_STORE_UNREADABLE, "journal", from);
        db_bind(st, 1, value_int(lane));
        db_bind(st, 2, value_int(seq));
        bool same = db_step(st) == 1 && str_eq(db_column(st, 0).s, (struct str){ (const char *)earlier->to.lane[lane].hash.b, 32 });
        db_reset(st);
        if (!same || now->lane[lane].seq < seq) {
            snprintf(why, WHY, "%s: 不是此库较早的备份(分区 %d 第 %lld 条不符) · this is no earlier backup of this store: lane %d seq %lld differs",
                     earlier->path, lane, (long long)seq, lane, (long long)seq);
            return -ERR_STORE_UNREADABLE;
        }
    }
    return 0;
}

static int write_increment(struct increment *x, const struct heads *now)
{
    struct scan scan;
    struct value version = value_int(store_version(x->c->from));
    int err = db_exec(x->to, increment_tables);
    if (!err)
        err = db_begin(x->to);
    if (!err)
        err = db_run(x->to, S("INSERT INTO migration (number) VALUES ($1)"), &version, 1);
    if (!err)
        err = put_heads(x->to, "backup_from", x->from);
    if (!err)
        err = put_heads(x->to, "lane_head", now);
    scan_init(&scan, x->c->from, &table_installation);
    int n = err ? err : scan_page(&scan, put_installation, x);
    scan_end(&scan);
    err = n < 0 ? n : db_commit(x->to);
    return err ? err : put_lanes(x, now);
}

static int make_increment(struct copy *c, const char *temporary, const struct backup_file *earlier, char why[WHY])
{
    struct heads *now = mem_zalloc(sizeof(*now));
    struct increment x = { .c = c, .from = &earlier->to };
    char words[256];
    int err = db_open(temporary, true, &x.to, words);
    if (err)
        snprintf(why, WHY, "无法写入备份 · cannot write the backup %s: %s", temporary, words);
    int begun = err ? err : db_begin(c->from);
    if (!err && (begun || (err = heads_read(c->from, now))))
        err = copy_fail(why, err ? err : begun, "数据库 · the store", c->from);
    if (!err)
        err = check_earlier(c->from, earlier, now, why);
    for (int lane = 0; lane < LANES; lane++)
        x.p.total += now->lane[lane].seq - earlier->to.lane[lane].seq;
    x.p.zh = "备份";
    x.p.en = "backing up";
    if (!err && (err = write_increment(&x, now)) != 0)
        copy_fail(why, err, "备份失败 · the backup failed", db_error(x.to)[0] ? x.to : c->from);
    if (!begun)
        db_rollback(c->from);
    db_close(x.to);
    mem_free(now);
    return err;
}

/* ---- both ---- */

int backup_make(struct copy *c, const char *path, const char *earlier, struct backup_file *b, char why[WHY])
{
    char temporary[600];
    struct stat st;
    struct backup_file *before = earlier ? mem_zalloc(sizeof(*before)) : NULL;
    int err = before ? backup_open(earlier, before, why) : 0;
    snprintf(temporary, sizeof(temporary), "%s.making", path);
    if (!err && lstat(path, &st) == 0) {
        snprintf(why, WHY, "文件已存在 · the file exists already: %s", path);
        err = -ERR_DUPLICATE;
    }
    if (!err) {
        file_drop(temporary); /* of one that was broken off */
        err = before ? make_increment(c, temporary, before, why) : make_full(c, temporary, why);
        if (!err)
            err = settle(c, temporary, !before, why);
        if (!err)
            err = file_finish(temporary, path, why);
        if (err)
            file_drop(temporary);
    }
    if (before)
        backup_close(before);
    mem_free(before);
    return err ? err : backup_open(path, b, why);
}
