/* store copy, backup, restore: an installation, or all that it holds, from one place to another. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/cli.h"
#include "store/distribute.h"
#include "store/internal.h"
#include "store/restore.h"

/* ---- progress: a bar on a terminal, else a line every few seconds ---- */

#define BAR 24          /* characters */
#define LINE_US 3000000

struct meter {
    const char *phase;
    int64_t began_us, shown_us, began_at; /* of the phase: when, and at which row */
    bool terminal, open;
};

static void show(struct meter *m, const struct copy_progress *p, int64_t now)
{
    int64_t us = now - m->began_us + 1, done = p->done - m->began_at, rate = done * 1000000 / us;
    int64_t left = rate ? (p->total - p->done) / rate : 0;
    int percent = p->total ? (int)(p->done * 100 / p->total) : 100, full = percent * BAR / 100;
    char bar[BAR + 1];
    memset(bar, '.', BAR);
    memset(bar, '#', (size_t)(full < 0 ? 0 : full > BAR ? BAR : full));
    bar[BAR] = 0;
    fprintf(stderr, "%s%s · %s [%s] %3d %%  %lld/%lld  %lld/s  剩余 left %lld:%02lld%s", m->terminal ? "\r" : "", p->zh, p->en, bar, percent,
            (long long)p->done, (long long)p->total, (long long)rate, (long long)left / 60, (long long)left % 60, m->terminal ? "  " : "\n");
    m->shown_us = now;
    m->open = m->terminal;
}

static void on_progress(void *arg, const struct copy_progress *p)
{
    struct meter *m = arg;
    int64_t now = clock_mono_us();
    if (!m->phase || strcmp(m->phase, p->en) != 0) {
        if (m->open)
            fputc('\n', stderr);
        *m = (struct meter){ .phase = p->en, .began_us = now, .shown_us = now, .began_at = p->done, .terminal = isatty(2) };
    }
    if (now - m->shown_us > (m->terminal ? 200000 : LINE_US) || (m->terminal && p->done >= p->total))
        show(m, p, now);
}

static void meter_end(const struct meter *m)
{
    if (m->open)
        fputc('\n', stderr);
}

static int fails(const char *why) { return fprintf(stderr, "redoubt: %s\n", why), 2; }

/* ---- addresses ---- */

struct place { const char *address; char folder[512], beside[600]; };

/* A file, sqlite:PATH or postgresql://…, and the folder of its key. */
static int place_of(const char *given, const char *data, struct place *out)
{
    bool file = db_kind_of(given) == DB_SQLITE;
    out->address = file ? store_path(given) : given;
    const char *slash = file && out->address ? strrchr(out->address, '/') : NULL;
    if (!out->address || !out->address[0] || strlen(given) > 420) /* a folder of 400 bytes, as cli.c allows, and a name */
        return fprintf(stderr, "redoubt: 不支持的存储地址 · unsupported store: %s (sqlite:PATH, postgresql://USER@HOST/DATABASE)\n", given), 2;
    if (!file)
        snprintf(out->folder, sizeof(out->folder), "%s", data);
    else
        snprintf(out->folder, sizeof(out->folder), "%.*s", slash == out->address ? 1 : slash ? (int)(slash - out->address) : 1,
                 slash ? out->address : ".");
    return 0;
}

/* The store that the common options name: --store, or the file in the data folder. */
static int own_place(const struct options *o, struct place *out)
{
    snprintf(out->beside, sizeof(out->beside), "%s/redoubt.db", o->data);
    return place_of(o->store_url ? o->store_url : out->beside, o->data, out);
}

/* ---- what is common ---- */

struct moving {
    struct registry registry;
    struct arena arena;
    struct meter meter;
    struct copy copy;
};

static struct moving *moving_new(void)
{
    struct moving *j = mem_zalloc(sizeof(*j));
    registry_build(&j->registry, app_modules, app_modules_n);
    arena_init(&j->arena, 64 * 1024);
    j->copy.entities = j->registry.entities;
    j->copy.n_entities = j->registry.n_entities;
    j->copy.progress = on_progress;
    j->copy.arg = &j->meter;
    j->copy.arena = &j->arena;
    return j;
}

static void moving_free(struct moving *j)
{
    arena_free(&j->arena);
    registry_free(&j->registry);
    mem_free(j);
}

/* "2020-02-04T10:00:00+08:00 (lane 3 seq 17): 1234 entries in 4 lanes" */
static void print_moment(const struct moment *m)
{
    char time[INSTANT_TEXT] = "-";
    if (m->entries)
        instant_format(m->received, 480, time); /* China Standard Time */
    printf("%s (lane %lld seq %lld)  %lld 条日志 entries  %lld 个分区 lanes\n", time, (long long)m->lane, (long long)m->seq, (long long)m->entries,
           (long long)m->lanes);
}

/* ---- store copy ---- */

static void print_tables(const struct copy *c)
{
    int64_t rows = 0;
    printf("%-18s %12s  %-16s\n", "表 table", "行 rows", "校验和 hash");
    for (size_t i = 0; i < c->n_tables; i++) {
        char hex[65];
        hash_hex(c->tables[i].sum.hash.b, 32, hex);
        printf("%-18.*s %12lld  %.16s  equal\n", STR_ARG(c->tables[i].name), (long long)c->tables[i].sum.rows, hex);
        rows += c->tables[i].sum.rows;
    }
    printf("一致 · equal: %zu 个表 tables, %lld 行 rows; 截至 up to ", c->n_tables, (long long)rows);
    print_moment(&c->moment);
}

/* The target gets the source's key; another key there is not written over. */
static int carry_key(const struct place *from, const struct place *to, bool *write_it, uint8_t key[32], char why[WHY])
{
    uint8_t there[32];
    int has = key_read(from->folder, key, why);
    if (has == 1)
        snprintf(why, WHY, "源库的密钥文件不存在 · the source's key file is missing: %s/redoubt.key", from->folder);
    if (has)
        return -1;
    int other = key_read(to->folder, there, why);
    *write_it = other == 1;
    if (other == 0 && !hash_same(there, key, 32)) {
        snprintf(why, WHY, "目标目录已有另一个密钥 · the target's folder holds another key: %s/redoubt.key", to->folder);
        other = -1;
    }
    sodium_memzero(there, sizeof(there));
    return other < 0 ? -1 : 0;
}

static int open_both(struct moving *j, const struct place *from, const struct place *to, char why[WHY])
{
    char words[256];
    int err = db_kind_of(from->address) == DB_SQLITE && access(from->address, R_OK) != 0 ? -ERR_STORE_UNREADABLE : 0;
    words[0] = 0;
    if (!err)
        err = db_open(from->address, false, &j->copy.from, words);
    if (err)
        return snprintf(why, WHY, "源库无法打开 · the source cannot be opened: %.*s %s", STR_ARG(db_address_shown(from->address, &j->arena)), words), err;
    err = db_open(to->address, true, &j->copy.to, words);
    if (err)
        snprintf(why, WHY, "目标无法打开 · the target cannot be opened: %s · %s: %s", err_info(err)->zh, err_info(err)->en, words);
    return err;
}

static int copy_locked(struct moving *j, const struct place *from, const struct place *to)
{
    char why[WHY] = "";
    uint8_t key[32] = { 0 };
    bool write_key = false;
    int err = carry_key(from, to, &write_key, key, why);
    if (!err)
        err = open_both(j, from, to, why);
    if (!err)
        err = key_fits(from->folder, j->copy.from, why);
    j->copy.sealed = true; /* until its key is there */
    if (!err)
        err = store_copy(&j->copy, why);
    meter_end(&j->meter);
    if (!err && write_key)
        err = key_write(to->folder, key, why);
    if (!err && (err = copy_release(j->copy.to)) != 0)
        copy_fail(why, err, "目标库 · the target", j->copy.to);
    sodium_memzero(key, sizeof(key));
    if (!err)
        print_tables(&j->copy);
    db_close(j->copy.from);
    db_close(j->copy.to);
    return err ? fails(why) : 0;
}

static bool same_file(const char *x, const char *y)
{
    struct stat a, b;
    return strcmp(x, y) == 0 || (stat(x, &a) == 0 && stat(y, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

static int copy_between(struct moving *j, const struct place *from, const struct place *to)
{
    char why[WHY] = "";
    int lock = -1;
    if (same_file(from->address, to->address))
        return fails("源和目标相同 · source and target are the same");
    bool own_folder = db_kind_of(to->address) == DB_SQLITE && !same_file(from->folder, to->folder);
    if (own_folder && (lock = folder_lock(to->folder, why)) < 0)
        return fails(why);
    int code = copy_locked(j, from, to);
    if (lock >= 0)
        close(lock);
    return code;
}

/* For scripts: 0 the store holds an installation, 3 there is none yet, 2 it cannot be read (one line says why). */
static int store_status(const struct options *o)
{
    struct app app;
    struct place at;
    struct db *d = NULL;
    char why[256];
    if (cli_nothing_left(o, 1) || own_place(o, &at))
        return 2;
    if (db_kind_of(at.address) == DB_SQLITE && access(at.address, F_OK) != 0)
        return printf("尚无数据 · no installation yet\n"), 3;
    if (db_open(at.address, false, &d, why))
        return fails(why);
    int present = store_version(d);
    db_close(d);
    if (present == 0)
        return printf("尚无数据 · no installation yet\n"), 3;
    int err = app_open(&app, o, false);
    if (err)
        return 2;
    bool made = !id_absent(store_root(app.store));
    printf(made ? "已建立 · made: %s\n" : "尚无数据 · no installation yet: %s\n", store_shown(app.store));
    app_close(&app);
    return made ? 0 : 3;
}

/* ---- store distribute ---- */

static int cli_distribute(struct options o)
{
    const char *shards_text = cli_option(&o, "--shards");
    int64_t shards = 0;
    char why[WHY] = "";
    struct lane_table *tables;
    struct buf report;
    struct db *d = NULL;
    if (cli_nothing_left(&o, 1))
        return 2;
    if (!o.store_url || db_kind_of(o.store_url) != DB_POSTGRES)
        return fails("只有 PostgreSQL 可以分布,请给出 --store postgresql://… · only a PostgreSQL store can be distributed: --store postgresql://…");
    if (shards_text && (str_to_i64(str_of(shards_text), &shards) || shards < 1 || shards > 64000))
        return fails("--shards 须为 1-64000 · --shards must be 1-64000");
    struct moving *j = moving_new();
    size_t n = lane_tables(j->copy.entities, j->copy.n_entities, &j->arena, &tables);
    buf_init(&report, NULL);
    char words[256] = "";
    int err = db_open(o.store_url, true, &d, words);
    if (err)
        snprintf(why, WHY, "%s · %s: %s", err_info(err)->zh, err_info(err)->en, words);
    else
        err = store_distribute(d, tables, n, shards, &report, why);
    fwrite(report.p ? report.p : "", 1, report.n, stdout);
    fflush(stdout);
    db_close(d);
    buf_free(&report);
    moving_free(j);
    return err ? fails(why) : 0;
}

int cli_store(const struct options *given)
{
    struct options o = *given;
    if (o.argc && strcmp(o.argv[0], "status") == 0)
        return store_status(&o);
    if (o.argc && strcmp(o.argv[0], "distribute") == 0)
        return cli_distribute(o);
    bool resume = cli_flag(&o, "--resume"), again = cli_flag(&o, "--again");
    struct place from, to;
    if (o.argc && strcmp(o.argv[0], "copy") != 0)
        return fprintf(stderr, "redoubt: 没有此操作 · no such verb: store %s\n", o.argv[0]), 2;
    int bad = cli_nothing_left(&o, 3);
    if (bad || place_of(o.argv[1], o.data, &from) || place_of(o.argv[2], o.data, &to))
        return 2;
    if (resume && again)
        return fails("--resume 和 --again 不能同时使用 · --resume and --again exclude each other");
    struct moving *j = moving_new();
    j->copy.mode = resume ? COPY_RESUME : again ? COPY_AGAIN : COPY_FRESH;
    int code = copy_between(j, &from, &to);
    moving_free(j);
    return code;
}

/* ---- backup ---- */

int cli_backup(const struct options *given)
{
    struct options o = *given;
    struct app app;
    struct stat st;
    char why[WHY] = "";
    const char *since = cli_option(&o, "--since");
    int bad = cli_nothing_left(&o, 1);
    if (bad || app_open(&app, &o, false))
        return 2;
    struct moving *j = moving_new();
    struct backup_file *b = mem_zalloc(sizeof(*b));
    j->copy.from = reader_db(store_writer(app.store));
    int err = backup_make(&j->copy, o.argv[0], since, b, why);
    meter_end(&j->meter);
    if (!err) {
        printf("已备份 · backed up to %s (%lld KiB): 截至 up to ", o.argv[0], stat(o.argv[0], &st) == 0 ? (long long)st.st_size / 1024 : 0);
        print_moment(&b->moment);
        printf("备份不含密钥,%s/redoubt.key 须另行保存 · the key is not in it: keep the key file separately\n", store_folder(app.store));
        backup_close(b);
    }
    mem_free(b);
    moving_free(j);
    app_close(&app);
    return err ? fails(why) : 0;
}

/* ---- restore ---- */

int cli_restore(const struct options *given)
{
    struct options o = *given;
    struct place to;
    char why[WHY] = "";
    bool again = cli_flag(&o, "--again");
    for (int i = 0; i < o.argc; i++)
        if (o.argv[i][0] == '-')
            return fprintf(stderr, "redoubt: 未知的选项或参数 · unknown option or argument: %s\n", o.argv[i]), 2;
    if (o.argc < 1)
        return cli_nothing_left(&o, 1);
    if (own_place(&o, &to))
        return 2;
    struct moving *j = moving_new();
    struct restore r = { .copy = j->copy, .files = (const char *const *)o.argv, .n_files = (size_t)o.argc, .to = to.address, .folder = to.folder,
                         .offset_min = 480 };
    r.copy.mode = again ? COPY_AGAIN : COPY_FRESH;
    int err = store_restore(&r, why);
    meter_end(&j->meter);
    if (!err) {
        printf("恢复到 · restored up to ");
        print_moment(&r.moment);
        printf("日志链和各表已核对 · chain verified, tables checked: %zu 个表 tables, %lld 条增量 entries of increments\n", r.copy.n_tables,
               (long long)r.replayed);
        if (r.keyless)
            printf("没有密钥文件:把 redoubt.key 放到 %s 之前,加密字段打不开,服务不能启动 · there is no key file: until redoubt.key is put into %s, "
                   "sealed fields stay sealed and the store cannot be served\n", to.folder, to.folder);
    }
    moving_free(j);
    return err ? fails(why) : 0;
}
