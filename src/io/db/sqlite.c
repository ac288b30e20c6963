#include "io/db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/log.h"
#include "sqlite3.h"

/* Versions before can lose committed pages when two connections write or checkpoint at the same instant
 * (sqlite.org/wal.html, "The WAL-Reset Bug"). */
#define OLDEST_SQLITE 3051003

/* Compiled statements kept at a time. Beyond it the one longest unused is given up and compiled again when it is
 * asked for; lists with many filters would otherwise let a connection grow without end. */
#define LIVE_STATEMENTS 512
#define PARAMS_MAX 512

struct db_stmt {
    struct db *db;
    struct str sql;
    uint64_t hash;
    sqlite3_stmt *handle; /* NULL: given up for a while */
    uint64_t used;        /* tick of the last db_prepare */
    int n_params;
    short *params;        /* [i]: the engine's index of the parameter $(i+1), 0 when the text does not use it */
};

struct db {
    sqlite3 *handle;
    bool writer;
    struct arena arena;   /* statements and their texts */
    struct db_stmt **slots;
    size_t n_slots, n_stmts, n_live;
    uint64_t tick;
    char error[256];
};

static int map_error(struct db *d, int rc)
{
    int system = sqlite3_system_errno(d->handle);
    bool no_space = system == ENOSPC || system == EDQUOT || system == EFBIG; /* full disk, quota, a limit on the file's size */
    switch (rc & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_FULL:
        return -ERR_STORE_FULL;
    case SQLITE_IOERR:
        return no_space ? -ERR_STORE_FULL : -ERR_INTERNAL;
    case SQLITE_CANTOPEN:
        return no_space ? -ERR_STORE_FULL : -ERR_STORE_UNREADABLE;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return -ERR_STORE_UNREADABLE;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -ERR_BUSY;
    default:
        break;
    }
    /* Other constraints (CHECK, NOT NULL) are mistakes of the program: the fields were checked before. */
    bool duplicate = rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_ROWID;
    return duplicate ? -ERR_DUPLICATE : -ERR_INTERNAL;
}

/* Keeps the engine's words, which the next call would replace, and gives our code. */
static int failed(struct db *d, int rc)
{
    snprintf(d->error, sizeof d->error, "%s (%d)", sqlite3_errmsg(d->handle), rc);
    return map_error(d, rc);
}

const char *db_error(struct db *d)
{
    return d->error;
}

/* ---- opening */

static const char writer_settings[] =
    "PRAGMA synchronous=FULL;" /* an answer leaves only after its commit is on the disk */
    "PRAGMA wal_autocheckpoint=10000;"
    "PRAGMA journal_size_limit=134217728;" /* bytes; above what one checkpoint interval fills */
    "PRAGMA cache_size=-32768;";           /* negative: KiB */
static const char reader_settings[] =
    "PRAGMA wal_autocheckpoint=0;" /* only the writer checkpoints */
    "PRAGMA cache_size=-4096;";
static const char all_settings[] =
    "PRAGMA foreign_keys=OFF;" /* references are checked by the store, which can say which field is wrong */
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA mmap_size=0;";

/* A first value as text, to see that a setting took. */
static int read_text(struct db *d, const char *sql, char *out, size_t size)
{
    sqlite3_stmt *st;
    int rc = sqlite3_prepare_v2(d->handle, sql, -1, &st, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(st);
        const char *text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
        snprintf(out, size, "%s", text ? text : "");
    }
    int err = rc == SQLITE_ROW ? 0 : failed(d, rc);
    sqlite3_finalize(st);
    return err;
}

static int set_up(struct db *d, const char *path)
{
    char text[32];
    int err = 0;
    sqlite3_busy_timeout(d->handle, 5000);
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !d->writer, NULL);
    /* A statement keeps its plan whatever is bound: without this, STAT4 and partial indexes make SQLite compile it anew at
     * each new value (measured: 4 compilations a passage). */
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    if (d->writer)
        err = db_exec(d, "PRAGMA page_size=8192"); /* only a new file takes it */
    if (!err) /* the first read: a file that is no database is found out here */
        err = read_text(d, "PRAGMA schema_version", text, sizeof text);
    if (!err && d->writer) {
        err = read_text(d, "PRAGMA journal_mode=WAL", text, sizeof text);
        if (!err && strcmp(text, "wal") != 0 && strcmp(path, ":memory:") != 0) {
            snprintf(d->error, sizeof d->error, "journal mode is %s, not wal", text);
            err = -ERR_STORE_UNREADABLE;
        }
    }
    if (!err)
        err = db_exec(d, all_settings);
    if (!err)
        err = db_exec(d, d->writer ? writer_settings : reader_settings);
    return err;
}

/* Personal data: nobody but the account that runs the program reads the file. The engine gives the files beside it
 * the same rights. */
static void create_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd >= 0)
        close(fd); /* when it cannot be made, opening it says why */
}

int db_open(const char *path, bool writer, struct db **out)
{
    *out = NULL;
    if (sqlite3_libversion_number() < OLDEST_SQLITE) {
        log_error("SQLite %s is older than 3.51.3 and can lose data", sqlite3_libversion());
        return -ERR_STORE_UNREADABLE;
    }
    struct db *d = mem_zalloc(sizeof *d);
    d->writer = writer;
    arena_init(&d->arena, 16384);
    d->n_slots = 256;
    d->slots = mem_zalloc(d->n_slots * sizeof *d->slots);
    if (writer && strcmp(path, ":memory:") != 0)
        create_private(path);
    int flags = writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    int rc = sqlite3_open_v2(path, &d->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    int err = rc == SQLITE_OK ? set_up(d, path) : failed(d, rc);
    if (err) {
        /* Whatever stops opening is a matter of the file, not of a command. */
        bool known = err == -ERR_STORE_FULL || err == -ERR_BUSY;
        log_error("cannot open %s: %s", path, d->error);
        db_close(d);
        return known ? err : -ERR_STORE_UNREADABLE;
    }
    *out = d;
    return 0;
}

void db_close(struct db *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->n_slots; i++)
        if (d->slots[i])
            sqlite3_finalize(d->slots[i]->handle);
    sqlite3_close_v2(d->handle);
    arena_free(&d->arena);
    mem_free(d->slots);
    mem_free(d);
}

/* ---- statements */

static struct db_stmt **find_slot(struct db_stmt **slots, size_t n, uint64_t hash, struct str sql)
{
    size_t i = hash & (n - 1);
    while (slots[i] && !(slots[i]->hash == hash && str_eq(slots[i]->sql, sql)))
        i = (i + 1) & (n - 1);
    return &slots[i];
}

static void grow_slots(struct db *d)
{
    size_t n = d->n_slots * 2;
    struct db_stmt **slots = mem_zalloc(n * sizeof *slots);
    for (size_t i = 0; i < d->n_slots; i++)
        if (d->slots[i])
            *find_slot(slots, n, d->slots[i]->hash, d->slots[i]->sql) = d->slots[i];
    mem_free(d->slots);
    d->slots = slots;
    d->n_slots = n;
}

/* Gives up the compiled form of the statement that was asked for longest ago and is not being stepped. */
static void give_up_one(struct db *d)
{
    struct db_stmt *oldest = NULL;
    for (size_t i = 0; i < d->n_slots; i++) {
        struct db_stmt *s = d->slots[i];
        if (s && s->handle && !sqlite3_stmt_busy(s->handle) && (!oldest || s->used < oldest->used))
            oldest = s;
    }
    if (!oldest)
        return;
    sqlite3_finalize(oldest->handle);
    oldest->handle = NULL;
    d->n_live--;
}

/* Nothing but blanks, semicolons and comments to the end of the line. */
static bool only_blanks(const char *p, const char *end)
{
    while (p < end) {
        if (end - p >= 2 && p[0] == '-' && p[1] == '-')
            while (p < end && *p != '\n')
                p++;
        else if (strchr(" \n\t\r;", *p))
            p++;
        else
            return false;
    }
    return true;
}

/* "$7" -> 7; 0 for anything else. The engine numbers named parameters in the order in which they first occur. */
static int parameter_number(const char *name)
{
    int64_t v;
    if (!name || name[0] != '$' || str_to_i64(str_of(name + 1), &v) || v < 1 || v > PARAMS_MAX)
        return 0;
    return (int)v;
}

static int map_parameters(struct db_stmt *s)
{
    int count = sqlite3_bind_parameter_count(s->handle), highest = 0;
    for (int i = 1; i <= count; i++) {
        int at = parameter_number(sqlite3_bind_parameter_name(s->handle, i));
        if (!at)
            return -1;
        highest = at > highest ? at : highest;
    }
    s->params = ARENA_ARRAY(&s->db->arena, short, highest);
    s->n_params = highest;
    for (int i = 1; i <= count; i++)
        s->params[parameter_number(sqlite3_bind_parameter_name(s->handle, i)) - 1] = (short)i;
    return 0;
}

static int compile(struct db_stmt *s)
{
    struct db *d = s->db;
    const char *tail = NULL;
    if (d->n_live >= LIVE_STATEMENTS)
        give_up_one(d);
    int rc = sqlite3_prepare_v3(d->handle, s->sql.p, (int)s->sql.n, SQLITE_PREPARE_PERSISTENT, &s->handle, &tail);
    if (rc != SQLITE_OK)
        return failed(d, rc);
    const char *wrong = NULL;
    if (!s->handle)
        wrong = "no statement in the text";
    else if (!only_blanks(tail, s->sql.p + s->sql.n))
        wrong = "more than one statement in the text";
    else if (!s->params && map_parameters(s))
        wrong = "a parameter is not $1 to $512";
    if (wrong) {
        snprintf(d->error, sizeof d->error, "%s", wrong);
        sqlite3_finalize(s->handle);
        s->handle = NULL;
        return -ERR_INTERNAL;
    }
    d->n_live++;
    return 0;
}

struct db_stmt *db_prepare(struct db *d, struct str sql)
{
    uint64_t hash = hash_fast(sql.p, sql.n);
    struct db_stmt **slot = find_slot(d->slots, d->n_slots, hash, sql);
    struct db_stmt *s = *slot;
    if (!s) {
        struct db_stmt fresh = { .db = d, .sql = sql, .hash = hash };
        if (sql.n > INT32_MAX || compile(&fresh))
            return NULL;
        s = ARENA_NEW(&d->arena, struct db_stmt);
        *s = fresh;
        s->sql = (struct str){ str_c(&d->arena, sql), sql.n };
        *slot = s;
        if (++d->n_stmts * 2 > d->n_slots)
            grow_slots(d);
    } else if (!s->handle && compile(s)) {
        return NULL;
    }
    s->used = ++d->tick;
    return s;
}

void db_bind(struct db_stmt *s, int at, struct value v)
{
    if (!s->handle && compile(s))
        return; /* db_step meets the same error and gives it */
    int i = at >= 1 && at <= s->n_params ? s->params[at - 1] : 0;
    if (!i)
        return; /* the text does not use this parameter */
    switch (v.kind) {
    case VALUE_NULL:
        sqlite3_bind_null(s->handle, i);
        break;
    case VALUE_INT:
        sqlite3_bind_int64(s->handle, i, v.i);
        break;
    case VALUE_TEXT:
        sqlite3_bind_text64(s->handle, i, v.s.p, v.s.n, SQLITE_STATIC, SQLITE_UTF8);
        break;
    case VALUE_BLOB:
        sqlite3_bind_blob64(s->handle, i, v.s.p, v.s.n, SQLITE_STATIC);
        break;
    }
}

int db_step(struct db_stmt *s)
{
    if (!s->handle) {
        int err = compile(s);
        if (err)
            return err;
    }
    int rc = sqlite3_step(s->handle);
    if (rc == SQLITE_ROW)
        return 1;
    int err = rc == SQLITE_DONE ? 0 : failed(s->db, rc);
    db_reset(s);
    return err;
}

int db_columns(struct db_stmt *s)
{
    return s->handle ? sqlite3_column_count(s->handle) : 0;
}

const char *db_column_name(struct db_stmt *s, int at)
{
    return s->handle ? sqlite3_column_name(s->handle, at) : NULL;
}

struct value db_column(struct db_stmt *s, int at)
{
    const void *p;
    switch (sqlite3_column_type(s->handle, at)) {
    case SQLITE_NULL:
        return value_null();
    case SQLITE_INTEGER:
        return value_int(sqlite3_column_int64(s->handle, at));
    case SQLITE_BLOB:
        p = sqlite3_column_blob(s->handle, at); /* NULL for an empty one */
        return value_blob(p ? p : "", (size_t)sqlite3_column_bytes(s->handle, at));
    default: /* a computed fraction comes as its decimal text */
        p = sqlite3_column_text(s->handle, at);
        return value_text((struct str){ p, (size_t)sqlite3_column_bytes(s->handle, at) });
    }
}

struct value db_column_copy(struct db_stmt *s, int at, struct arena *a)
{
    struct value v = db_column(s, at);
    if (v.kind == VALUE_TEXT || v.kind == VALUE_BLOB)
        v.s = str_dup(a, v.s);
    return v;
}

void db_reset(struct db_stmt *s)
{
    if (!s->handle)
        return;
    sqlite3_reset(s->handle);
    sqlite3_clear_bindings(s->handle); /* bound memory may be gone from here on */
}

/* ---- running */

int db_exec(struct db *d, const char *sql)
{
    int rc = sqlite3_exec(d->handle, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : failed(d, rc);
}

int db_run(struct db *d, struct str sql, const struct value *v, int n)
{
    struct db_stmt *s = db_prepare(d, sql);
    if (!s)
        return -ERR_INTERNAL;
    for (int i = 0; i < n; i++)
        db_bind(s, i + 1, v[i]);
    int rc;
    do
        rc = db_step(s);
    while (rc == 1);
    return rc;
}

int64_t db_changed(struct db *d)
{
    return sqlite3_changes64(d->handle);
}

int db_begin(struct db *d)
{
    /* A writer takes the write lock at once, so that it cannot fail half-way through a batch. */
    return db_run(d, d->writer ? S("BEGIN IMMEDIATE") : S("BEGIN"), NULL, 0);
}

int db_commit(struct db *d)
{
    return db_run(d, S("COMMIT"), NULL, 0);
}

void db_rollback(struct db *d)
{
    if (!sqlite3_get_autocommit(d->handle)) /* a full disk has rolled back by itself */
        db_run(d, S("ROLLBACK"), NULL, 0);
}

int db_savepoint(struct db *d)
{
    return db_run(d, S("SAVEPOINT command"), NULL, 0);
}

int db_release(struct db *d)
{
    return db_run(d, S("RELEASE command"), NULL, 0);
}

void db_rollback_to(struct db *d)
{
    if (db_run(d, S("ROLLBACK TO command"), NULL, 0) == 0)
        db_run(d, S("RELEASE command"), NULL, 0);
}

/* ---- backup */

#define BACKUP_PAGES 256 /* a step: 2 MiB of 8 KiB pages between two reports of progress */

static int copy_pages(struct db *d, sqlite3 *to, void (*progress)(void *, int64_t, int64_t), void *arg)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", d->handle, "main");
    if (!b) {
        snprintf(d->error, sizeof d->error, "%s", sqlite3_errmsg(to));
        return -ERR_INTERNAL;
    }
    int rc;
    do {
        rc = sqlite3_backup_step(b, BACKUP_PAGES);
        int64_t total = sqlite3_backup_pagecount(b);
        if (progress)
            progress(arg, total - sqlite3_backup_remaining(b), total);
    } while (rc == SQLITE_OK);
    sqlite3_backup_finish(b);
    if (rc == SQLITE_DONE)
        return 0;
    bool full = sqlite3_system_errno(to) == ENOSPC;
    snprintf(d->error, sizeof d->error, "%s (%d)", sqlite3_errstr(rc), rc);
    return full ? -ERR_STORE_FULL : map_error(d, rc);
}

int db_backup(struct db *d, const char *to, void (*progress)(void *arg, int64_t done, int64_t total), void *arg)
{
    int fd = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        int why = errno;
        snprintf(d->error, sizeof d->error, "cannot create the backup: %s", strerror(why));
        return why == ENOSPC ? -ERR_STORE_FULL : why == EEXIST ? -ERR_DUPLICATE : -ERR_STORE_UNREADABLE;
    }
    close(fd);
    /* An open read transaction holds one state of the store for all steps, whatever the writer does meanwhile. */
    bool own = sqlite3_get_autocommit(d->handle);
    int err = own ? db_exec(d, "BEGIN; SELECT count(*) FROM sqlite_schema") : 0;
    sqlite3 *target = NULL;
    if (!err) {
        int rc = sqlite3_open_v2(to, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
        err = rc == SQLITE_OK ? copy_pages(d, target, progress, arg) : -ERR_STORE_UNREADABLE;
    }
    if (sqlite3_close(target) != SQLITE_OK && !err)
        err = -ERR_INTERNAL;
    if (own)
        db_rollback(d);
    if (err)
        unlink(to);
    return err;
}
