
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "io/db/engine.h"
#include "sqlite3.h"

/* Versions before can lose committed pages when two connections write or checkpoint at the same instant
 * (sqlite.org/wal.html, "The WAL-Reset Bug"). */
#define OLDEST_SQLITE 3051003

#define PARAMS_MAX 512

struct lite_stmt {
    struct db_stmt base;
    sqlite3_stmt *handle; /* NULL: not compiled */
    int n_params;
    short *params;        /* [i]: the engine's index of the parameter $(i+1), 0 when the text does not use it */
};

struct lite {
    struct db base;
    sqlite3 *handle;
};

static struct lite *lite(struct db *d) { return (struct lite *)d; }
static struct lite_stmt *lite_stmt(struct db_stmt *s) { return (struct lite_stmt *)s; }

static int map_error(struct lite *d, int rc)
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
static int failed(struct lite *d, int rc)
{
    snprintf(d->base.error, sizeof d->base.error, "%s (%d)", sqlite3_errmsg(d->handle), rc);
    return map_error(d, rc);
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
static int read_text(struct lite *d, const char *sql, char *out, size_t size)
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

static int lite_exec(struct db *base, const char *sql);

static int set_up(struct lite *d, const char *path)
{
    char text[32];
    int err = 0;
    sqlite3_busy_timeout(d->handle, 5000);
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !d->base.writer, NULL);
    /* A statement keeps its plan whatever is bound: without this, STAT4 and partial indexes make SQLite compile it anew at
     * each new value (measured: 4 compilations a passage). */
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    if (d->base.writer)
        err = lite_exec(&d->base, "PRAGMA page_size=8192"); /* only a new file takes it */
    if (!err) /* the first read: a file that is no database is found out here */
        err = read_text(d, "PRAGMA schema_version", text, sizeof text);
    if (!err && d->base.writer) {
        err = read_text(d, "PRAGMA journal_mode=WAL", text, sizeof text);
        if (!err && strcmp(text, "wal") != 0 && strcmp(path, ":memory:") != 0) {
            snprintf(d->base.error, sizeof d->base.error, "journal mode is %s, not wal", text);
            err = -ERR_STORE_UNREADABLE;
        }
    }
    if (!err)
        err = lite_exec(&d->base, all_settings);
    if (!err)
        err = lite_exec(&d->base, d->base.writer ? writer_settings : reader_settings);
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

static int lite_open(const char *path, bool writer, struct db **out)
{
    struct lite *d = mem_zalloc(sizeof *d);
    db_init(&d->base, &db_sqlite, writer);
    *out = &d->base;
    if (sqlite3_libversion_number() < OLDEST_SQLITE) {
        snprintf(d->base.error, sizeof d->base.error, "SQLite %s is older than 3.51.3 and can lose data", sqlite3_libversion());
        return -ERR_STORE_UNREADABLE;
    }
    if (writer && strcmp(path, ":memory:") != 0)
        create_private(path);
    int flags = writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    int rc = sqlite3_open_v2(path, &d->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    int err = rc == SQLITE_OK ? set_up(d, path) : failed(d, rc);
    /* Whatever else stops opening is a matter of the file, not of a command. */
    bool known = err == 0 || err == -ERR_STORE_FULL || err == -ERR_BUSY;
    if (err)
        log_error("cannot open %s: %s", path, d->base.error);
    return known ? err : -ERR_STORE_UNREADABLE;
}

static void lite_close(struct db *base)
{
    sqlite3_close_v2(lite(base)->handle);
    db_release_memory(base);
}

/* ---- statements */

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

static int map_parameters(struct lite_stmt *s)
{
    int count = sqlite3_bind_parameter_count(s->handle), highest = 0;
    for (int i = 1; i <= count; i++) {
        int at = parameter_number(sqlite3_bind_parameter_name(s->handle, i));
        if (!at)
            return -1;
        highest = at > highest ? at : highest;
    }
    s->params = ARENA_ARRAY(&s->base.db->arena, short, highest);
    s->n_params = highest;
    for (int i = 1; i <= count; i++)
        s->params[parameter_number(sqlite3_bind_parameter_name(s->handle, i)) - 1] = (short)i;
    return 0;
}

static int lite_compile(struct db_stmt *base)
{
    struct lite_stmt *s = lite_stmt(base);
    struct lite *d = lite(base->db);
    const char *tail = NULL, *wrong = NULL;
    int rc = sqlite3_prepare_v3(d->handle, base->sql.p, (int)base->sql.n, SQLITE_PREPARE_PERSISTENT, &s->handle, &tail);
    if (rc != SQLITE_OK)
        return failed(d, rc);
    if (!s->handle)
        wrong = "no statement in the text";
    else if (!only_blanks(tail, base->sql.p + base->sql.n))
        wrong = "more than one statement in the text";
    else if (!s->params && map_parameters(s))
        wrong = "a parameter is not $1 to $512";
    if (wrong) {
        snprintf(d->base.error, sizeof d->base.error, "%s", wrong);
        sqlite3_finalize(s->handle);
        s->handle = NULL;
        return -ERR_INTERNAL;
    }
    return 0;
}

static void lite_give_up(struct db_stmt *s)
{
    sqlite3_finalize(lite_stmt(s)->handle);
    lite_stmt(s)->handle = NULL;
}

static bool lite_busy(struct db_stmt *s) { return sqlite3_stmt_busy(lite_stmt(s)->handle); }

static void lite_bind(struct db_stmt *base, int at, struct value v)
{
    struct lite_stmt *s = lite_stmt(base);
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

static int lite_step(struct db_stmt *base)
{
    struct lite_stmt *s = lite_stmt(base);
    int rc = sqlite3_step(s->handle);
    if (rc == SQLITE_ROW)
        return 1;
    int err = rc == SQLITE_DONE ? 0 : failed(lite(base->db), rc);
    db_reset(base);
    return err;
}

static int lite_columns(struct db_stmt *base)
{
    struct lite_stmt *s = lite_stmt(base);
    return sqlite3_column_count(s->handle);
}

static const char *lite_column_name(struct db_stmt *base, int at)
{
    struct lite_stmt *s = lite_stmt(base);
    return sqlite3_column_name(s->handle, at);
}

static struct value lite_column(struct db_stmt *base, int at)
{
    struct lite_stmt *s = lite_stmt(base);
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

static void lite_reset(struct db_stmt *base)
{
    struct lite_stmt *s = lite_stmt(base);
    sqlite3_reset(s->handle);
    sqlite3_clear_bindings(s->handle); /* bound memory may be gone from here on */
}

/* ---- running */

static int lite_exec(struct db *base, const char *sql)
{
    struct lite *d = lite(base);
    int rc = sqlite3_exec(d->handle, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : failed(d, rc);
}

static int64_t lite_changed(struct db *base)
{
    struct lite *d = lite(base);
    return sqlite3_changes64(d->handle);
}

static int lite_begin(struct db *base)
{
    /* A writer takes the write lock at once, so that it cannot fail half-way through a batch. */
    return db_run(base, base->writer ? S("BEGIN IMMEDIATE") : S("BEGIN"), NULL, 0);
}

static int lite_commit(struct db *base)
{
    return db_run(base, S("COMMIT"), NULL, 0);
}

static void lite_rollback(struct db *base)
{
    struct lite *d = lite(base);
    if (!sqlite3_get_autocommit(d->handle)) /* a full disk has rolled back by itself */
        db_run(base, S("ROLLBACK"), NULL, 0);
}

/* ---- backup */

#define BACKUP_PAGES 256 /* a step: 2 MiB of 8 KiB pages between two reports of progress */

static int copy_pages(struct lite *d, sqlite3 *to, db_progress progress, void *arg)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", d->handle, "main");
    if (!b) {
        snprintf(d->base.error, sizeof d->base.error, "%s", sqlite3_errmsg(to));
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
    snprintf(d->base.error, sizeof d->base.error, "%s (%d)", sqlite3_errstr(rc), rc);
    return full ? -ERR_STORE_FULL : map_error(d, rc);
}

static int lite_copy_file(struct db *base, const char *to, db_progress progress, void *arg)
{
    struct lite *d = lite(base);
    int fd = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        int why = errno;
        snprintf(d->base.error, sizeof d->base.error, "cannot create the backup: %s", strerror(why));
        return why == ENOSPC ? -ERR_STORE_FULL : why == EEXIST ? -ERR_DUPLICATE : -ERR_STORE_UNREADABLE;
    }
    close(fd);
    /* An open read transaction holds one state of the store for all steps, whatever the writer does meanwhile. */
    bool own = sqlite3_get_autocommit(d->handle);
    int err = own ? lite_exec(base, "BEGIN; SELECT count(*) FROM sqlite_schema") : 0;
    sqlite3 *target = NULL;
    if (!err) {
        int rc = sqlite3_open_v2(to, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
        err = rc == SQLITE_OK ? copy_pages(d, target, progress, arg) : -ERR_STORE_UNREADABLE;
    }
    if (sqlite3_close(target) != SQLITE_OK && !err)
        err = -ERR_INTERNAL;
    if (own)
        lite_rollback(base);
    if (err)
        unlink(to);
    return err;
}

static int lite_schema(struct db *d, struct str sql) { return lite_exec(d, sql.p); }

const struct db_engine db_sqlite = {
    .kind = DB_SQLITE, .stmt_size = sizeof(struct lite_stmt),
    .open = lite_open, .close = lite_close, .compile = lite_compile, .give_up = lite_give_up, .busy = lite_busy,
    .bind = lite_bind, .step = lite_step, .columns = lite_columns, .column_name = lite_column_name, .column = lite_column,
    .reset = lite_reset, .exec = lite_exec, .schema = lite_schema, .changed = lite_changed, .begin = lite_begin,
    .commit = lite_commit, .rollback = lite_rollback, .copy_file = lite_copy_file,
};
