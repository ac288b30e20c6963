/* PostgreSQL 15 and newer. Numbers are bigint, texts are text in byte order (COLLATE "C"), everything else is bytea: the same
 * three kinds of value as on SQLite, sent and received in binary. A lost connection is taken up again at the next use; in
 * the middle of a transaction it ends the transaction. */
#include <endian.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "io/db/postgres.h"

#define RETRY_US 300000 /* between two attempts to connect: what asks meanwhile is told at once that the database is away */
#define CHANNEL "redoubt"

/* ---- errors ---- */

static void keep_words(struct pg *d, const char *words, const char *state)
{
    snprintf(d->base.error, sizeof d->base.error, "%s%s%s%s", words, state ? " (" : "", state ? state : "", state ? ")" : "");
    for (char *c = d->base.error; *c; c++)
        if (*c == '\n' || *c == '\t')
            *c = ' ';
}

static bool state_is(const char *state, const char *list)
{
    return strstr(list, state) != NULL;
}

/* By SQLSTATE: errcodes-appendix of the PostgreSQL manual. */
static int code_of_state(const char *state, const char *words)
{
    if (strstr(words, "No space left on device") || state_is(state, "53100"))
        return -ERR_STORE_FULL;
    if (strncmp(state, "08", 2) == 0 || state_is(state, "57P01 57P02 57P03 57P05 25006 53300 25P03"))
        return -ERR_STORE_AWAY;
    if (state_is(state, "23505"))
        return -ERR_DUPLICATE;
    if (state_is(state, "40001 40P01 55P03 57014 53200"))
        return -ERR_BUSY;
    return state_is(state, "42501 3D000 28P01 28000 42P01") ? -ERR_STORE_UNREADABLE : -ERR_INTERNAL;
}

/* Only the primary message: the detail of a unique constraint shows the values. */
int pg_failed(struct pg *d, const PGresult *r)
{
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *words = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    keep_words(d, words ? words : PQerrorMessage(d->conn), state);
    int err = state ? code_of_state(state, words ? words : "") : -ERR_STORE_AWAY;
    d->base.away |= err == -ERR_STORE_AWAY;
    /* A server that only reads, or is about to stop, is as good as gone: the next one is looked for. */
    if (err == -ERR_STORE_AWAY && PQstatus(d->conn) == CONNECTION_OK) {
        PQfinish(d->conn);
        d->conn = NULL;
    }
    return err == -ERR_INTERNAL && PQstatus(d->conn) != CONNECTION_OK ? -ERR_STORE_AWAY : err;
}

/* ---- connecting ---- */

/* During a commit a warning means that it is not as durable as was asked for (a standby did not answer). */
static void on_notice(void *arg, const PGresult *r)
{
    const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity && strcmp(severity, "WARNING") == 0)
        ((struct pg *)arg)->warned = true;
}

static PGconn *dial(struct pg *d)
{
    /* What the address says itself comes later and wins. */
    static const char *const keys[] = { "connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count",
                                        "tcp_user_timeout", "client_encoding", "options", "dbname", NULL };
    const char *options = d->base.writer ? "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s -c standard_conforming_strings=on" : "";
    const char *const values[] = { "3", "5", "2", "3", "10000", "UTF8", options, d->address, NULL };
    return PQconnectdbParams(keys, values, 1);
}

static int text_setting(struct pg *d, const char *sql, char *out, size_t size)
{
    PGresult *r = PQexec(d->conn, sql);
    int err = PQresultStatus(r) == PGRES_TUPLES_OK ? 0 : pg_failed(d, r);
    if (!err)
        snprintf(out, size, "%s", PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
    PQclear(r);
    return err;
}

static int check_server(struct pg *d)
{
    char text[64] = "";
    if (PQserverVersion(d->conn) < 150000) {
        snprintf(d->base.error, sizeof d->base.error, "PostgreSQL 15 或更新版本 · PostgreSQL 15 or newer is needed, this is %d",
                 PQserverVersion(d->conn) / 10000);
        return -ERR_STORE_UNREADABLE;
    }
    int err = text_setting(d, "SHOW server_encoding", text, sizeof text);
    if (!err && strcmp(text, "UTF8") != 0) {
        snprintf(d->base.error, sizeof d->base.error, "数据库编码须为 UTF8 · the database must be encoded in UTF8, this is %s", text);
        err = -ERR_STORE_UNREADABLE;
    }
    /* An answer leaves only after its commit is on the disk, whatever the server's default is. */
    if (!err && d->base.writer)
        err = text_setting(d, "SHOW synchronous_commit", text, sizeof text);
    if (!err && d->base.writer && (strcmp(text, "off") == 0 || strcmp(text, "local") == 0))
        err = db_exec(&d->base, "SET synchronous_commit = on");
    /* Only now: as an option of the connection it would look to target_session_attrs=read-write like a standby. */
    if (!err && !d->base.writer)
        err = db_exec(&d->base, "SET default_transaction_read_only = on");
    return err;
}

static int connect_now(struct pg *d)
{
    if (d->conn)
        PQfinish(d->conn);
    d->generation++;
    d->listening = false;
    d->conn = dial(d);
    if (PQstatus(d->conn) != CONNECTION_OK) {
        keep_words(d, PQerrorMessage(d->conn), NULL);
        return -ERR_STORE_AWAY;
    }
    PQsetNoticeReceiver(d->conn, on_notice, d);
    return check_server(d);
}

int pg_usable(struct pg *d)
{
    if (d->conn && PQstatus(d->conn) == CONNECTION_OK)
        return 0;
    int64_t now = clock_mono_us();
    d->base.away = true;
    if (d->in_tx || now - d->tried_us < RETRY_US)
        return -ERR_STORE_AWAY;
    int err = connect_now(d);
    d->tried_us = clock_mono_us();
    d->base.away = err != 0;
    if (!err)
        d->tried_us = 0;
    return err ? -ERR_STORE_AWAY : 0;
}

static int pg_open(const char *address, bool writer, struct db **out)
{
    struct pg *d = mem_zalloc(sizeof *d);
    size_t n = strlen(address) + 1;
    db_init(&d->base, &db_postgres, writer);
    arena_init(&d->writes, 65536);
    arena_init(&d->aheads, 65536);
    buf_init(&d->notice, NULL);
    d->last_table = &d->tables;
    d->last_later = &d->laters;
    d->address = mem_alloc(n);
    memcpy(d->address, address, n);
    *out = &d->base;
    return connect_now(d);
}

static void pg_close(struct db *base)
{
    struct pg *d = pg_of(base);
    pg_ahead_end(base);
    PQfinish(d->conn);
    arena_free(&d->writes);
    arena_free(&d->aheads);
    buf_free(&d->notice);
    mem_free(d->address);
    db_release_memory(base);
}

/* ---- statements ---- */

static int learn_types(struct pg *d, struct pg_stmt *s)
{
    PGresult *r = PQdescribePrepared(d->conn, s->name);
    int err = PQresultStatus(r) == PGRES_COMMAND_OK ? 0 : pg_failed(d, r);
    if (!err && !s->types) {
        s->n_params = PQnparams(r);
        s->types = ARENA_ARRAY(&d->base.arena, Oid, s->n_params + 1);
        s->bound = ARENA_ARRAY(&d->base.arena, struct value, s->n_params + 1);
        memset(s->bound, 0, sizeof(struct value) * ((size_t)s->n_params + 1));
        for (int i = 0; i < s->n_params; i++)
            s->types[i] = PQparamtype(r, i);
    }
    PQclear(r);
    return err;
}

static int pg_compile(struct db_stmt *base)
{
    struct pg_stmt *s = pg_stmt_of(base);
    struct pg *d = pg_of(base->db);
    int err = pg_usable(d);
    if (err)
        return err;
    snprintf(s->name, sizeof s->name, "s%u", d->names++);
    PGresult *r = PQprepare(d->conn, s->name, base->sql.p, 0, NULL);
    err = PQresultStatus(r) == PGRES_COMMAND_OK ? 0 : pg_failed(d, r);
    PQclear(r);
    s->generation = d->generation;
    return err ? err : learn_types(d, s);
}

bool pg_ready(struct pg_stmt *s)
{
    struct pg *d = pg_of(s->base.db);
    return pg_usable(d) == 0 && (s->generation == d->generation || pg_compile(&s->base) == 0);
}

static void drop_result(struct pg_stmt *s)
{
    if (!s->borrowed)
        PQclear(s->result);
    s->result = NULL;
    s->borrowed = false;
    s->row = s->end = s->skip = 0;
}

static void pg_give_up(struct db_stmt *base)
{
    struct pg_stmt *s = pg_stmt_of(base);
    struct pg *d = pg_of(base->db);
    char sql[40];
    drop_result(s);
    if (!base->compiled || s->generation != d->generation || PQstatus(d->conn) != CONNECTION_OK || d->in_tx)
        return;
    snprintf(sql, sizeof sql, "DEALLOCATE %s", s->name);
    PQclear(PQexec(d->conn, sql));
}

static bool pg_busy(struct db_stmt *s) { return pg_stmt_of(s)->result != NULL; }

static void pg_bind(struct db_stmt *base, int at, struct value v)
{
    struct pg_stmt *s = pg_stmt_of(base);
    if (at >= 1 && at <= s->n_params)
        s->bound[at - 1] = v;
}

static void put_number(uint8_t *out, size_t size, int64_t v)
{
    uint64_t big = htobe64((uint64_t)v);
    memcpy(out, (const uint8_t *)&big + (8 - size), size);
}

void pg_param(struct pg_params *p, int i, Oid type, struct value v)
{
    size_t size = type == PG_INT4 ? 4 : type == PG_INT2 ? 2 : type == PG_BOOL ? 1 : 8;
    p->formats[i] = 1;
    if (v.kind == VALUE_NULL) {
        p->values[i] = NULL;
        p->lengths[i] = 0;
    } else if (v.kind == VALUE_INT) {
        put_number(p->numbers[i], size, v.i);
        p->values[i] = (const char *)p->numbers[i];
        p->lengths[i] = (int)size;
    } else {
        p->values[i] = v.s.p;
        p->lengths[i] = (int)v.s.n;
    }
}

static PGresult *execute(struct pg *d, struct pg_stmt *s)
{
    for (int i = 0; i < s->n_params; i++)
        pg_param(&d->params, i, s->types[i], s->bound[i]);
    return PQexecPrepared(d->conn, s->name, s->n_params, d->params.values, d->params.lengths, d->params.formats, 1);
}

static int take_result(struct pg *d, struct pg_stmt *s, PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);
    if (status == PGRES_TUPLES_OK) {
        s->result = r;
        s->end = PQntuples(r);
        return 0;
    }
    const char *touched = PQcmdTuples(r);
    int64_t n = 0;
    int err = status == PGRES_COMMAND_OK ? 0 : pg_failed(d, r);
    if (!err)
        d->changed = str_to_i64(str_of(touched), &n) == 0 ? n : 0;
    PQclear(r);
    return err;
}

/* First step: runs the statement and takes all its rows. A reader whose connection was cut asks once more. */
static int run(struct pg_stmt *s)
{
    struct pg *d = pg_of(s->base.db);
    int err = pg_flush(&d->base);
    for (int attempt = 0; !err && attempt < 2; attempt++) {
        if (!pg_ready(s))
            return -ERR_STORE_AWAY;
        err = take_result(d, s, execute(d, s));
        if (err != -ERR_STORE_AWAY || d->base.writer || d->in_tx)
            break;
        err = attempt == 0 ? 0 : err;
        d->base.away = err != 0;
    }
    return err;
}

static void pg_reset(struct db_stmt *base)
{
    struct pg_stmt *s = pg_stmt_of(base);
    drop_result(s);
    if (s->n_params) /* bound memory may be gone from here on */
        memset(s->bound, 0, sizeof(struct value) * (size_t)s->n_params);
}

static int pg_step(struct db_stmt *base)
{
    struct pg_stmt *s = pg_stmt_of(base);
    int err = s->result || pg_ahead_take(s) ? 0 : run(s);
    if (!err && s->result && s->row < s->end) {
        s->row++;
        return 1;
    }
    pg_reset(base);
    return err;
}

static int pg_columns(struct db_stmt *base)
{
    struct pg_stmt *s = pg_stmt_of(base);
    if (s->result)
        return PQnfields(s->result) - s->skip;
    PGresult *r = pg_ready(s) ? PQdescribePrepared(pg_of(base->db)->conn, s->name) : NULL;
    int n = PQnfields(r);
    PQclear(r);
    return n;
}

/* Of a statement that is not running: only for comparing tables, where a round trip a name is no matter. */
static const char *pg_column_name(struct db_stmt *base, int at)
{
    struct pg_stmt *s = pg_stmt_of(base);
    if (s->result)
        return PQfname(s->result, at + s->skip);
    PGresult *r = pg_ready(s) ? PQdescribePrepared(pg_of(base->db)->conn, s->name) : NULL;
    const char *name = r && PQfname(r, at) ? str_c(&base->db->arena, str_of(PQfname(r, at))) : NULL;
    PQclear(r);
    return name;
}

static int64_t number_at(const char *p, int n)
{
    uint64_t v = 0;
    for (int i = 0; i < n; i++)
        v = v << 8 | (uint8_t)p[i];
    if (n == 4)
        return (int32_t)v;
    return n == 2 ? (int16_t)v : (int64_t)v;
}

/* A sum of bigints is numeric: digits to the base 10,000, the first has weight `weight`. Fractions are cut off. */
static int64_t numeric_at(const char *p)
{
    int64_t digits = number_at(p, 2), weight = number_at(p + 2, 2), v = 0;
    bool negative = (number_at(p + 4, 2) & 0x4000) != 0;
    for (int64_t i = 0; i <= weight; i++)
        v = v * 10000 + (i < digits ? number_at(p + 8 + 2 * i, 2) : 0);
    return negative ? -v : v;
}

static struct value pg_column(struct db_stmt *base, int at)
{
    struct pg_stmt *s = pg_stmt_of(base);
    int row = s->row - 1, column = at + s->skip;
    if (!s->result || row < 0 || PQgetisnull(s->result, row, column))
        return value_null();
    const char *p = PQgetvalue(s->result, row, column);
    int n = PQgetlength(s->result, row, column);
    switch (PQftype(s->result, column)) {
    case PG_INT8:
    case PG_INT4:
    case PG_INT2:
        return value_int(number_at(p, n));
    case PG_BOOL:
        return value_int(*p);
    case PG_NUMERIC:
        return value_int(numeric_at(p));
    case PG_BYTEA:
        return value_blob(p, (size_t)n);
    default:
        return value_text((struct str){ p, (size_t)n });
    }
}

/* ---- running ---- */

static int pg_exec(struct db *base, const char *sql)
{
    struct pg *d = pg_of(base);
    int err = pg_usable(d);
    if (err)
        return err;
    PGresult *r = PQexec(d->conn, sql);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
        err = pg_failed(d, r);
    PQclear(r);
    return err;
}

static int64_t pg_changed(struct db *d) { return pg_of(d)->changed; }

static int pg_begin(struct db *base)
{
    struct pg *d = pg_of(base);
    const char *sql = base->writer ? "BEGIN ISOLATION LEVEL READ COMMITTED" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    pg_forget(base);
    int err = pg_exec(base, sql);
    if (err == -ERR_STORE_AWAY) /* the connection was cut while it rested */
        err = pg_exec(base, sql);
    base->away = err == -ERR_STORE_AWAY;
    d->in_tx = !err;
    return err;
}

static void pg_rollback(struct db *base)
{
    struct pg *d = pg_of(base);
    bool open = d->in_tx;
    pg_forget(base);
    pg_ahead_end(base);
    d->in_tx = false;
    if (open && d->conn && PQstatus(d->conn) == CONNECTION_OK)
        pg_exec(base, "ROLLBACK");
}

/* ---- other processes ---- */

static bool pg_other_program(struct db *base, const char *ours, char *other, size_t size)
{
    struct db_stmt *st = db_prepare(base, S("SELECT a.application_name FROM pg_stat_activity a WHERE a.datname = current_database() "
                                            "AND a.application_name <> $1 AND starts_with(a.application_name, $2) LIMIT 1"));
    const char *dash = strrchr(ours, '-');
    if (!st || !dash)
        return false;
    db_bind(st, 1, value_text(str_of(ours)));
    db_bind(st, 2, value_text((struct str){ ours, (size_t)(dash - ours) + 1 }));
    bool found = db_step(st) == 1;
    if (found)
        snprintf(other, size, "%.*s", STR_ARG(db_column(st, 0).s));
    db_reset(st);
    return found;
}


static void pg_notify(struct db *base, struct str text)
{
    struct pg *d = pg_of(base);
    if (d->notice.n)
        buf_char(&d->notice, ' ');
    buf_str(&d->notice, text);
}

static int take_notices(struct pg *d, void (*each)(void *arg, struct str text), void *arg)
{
    int n = 0;
    for (PGnotify *one; (one = PQnotifies(d->conn)) != NULL; n++) {
        each(arg, str_of(one->extra));
        PQfreemem(one);
    }
    return n;
}

static int pg_wait(struct db *base, int timeout_ms, void (*each)(void *arg, struct str text), void *arg)
{
    struct pg *d = pg_of(base);
    int err = pg_usable(d);
    if (!err && !d->listening) {
        err = pg_exec(base, "LISTEN " CHANNEL);
        d->listening = !err;
    }
    struct pollfd fd = { .fd = err ? -1 : PQsocket(d->conn), .events = POLLIN };
    int n = err ? 0 : take_notices(d, each, arg);
    if (n == 0 && poll(&fd, err ? 0 : 1, timeout_ms) > 0 && !PQconsumeInput(d->conn))
        err = pg_failed(d, NULL);
    if (!err)
        n += take_notices(d, each, arg);
    return err ? err : n;
}

const struct db_engine db_postgres = {
    .kind = DB_POSTGRES, .stmt_size = sizeof(struct pg_stmt),
    .open = pg_open, .close = pg_close, .compile = pg_compile, .give_up = pg_give_up, .busy = pg_busy,
    .bind = pg_bind, .step = pg_step, .columns = pg_columns, .column_name = pg_column_name, .column = pg_column,
    .reset = pg_reset, .exec = pg_exec, .schema = pg_schema, .changed = pg_changed, .begin = pg_begin,
    .commit = pg_commit, .rollback = pg_rollback, .insert = pg_insert, .later = pg_later, .flush = pg_flush,
    .forget = pg_forget, .ahead = pg_ahead, .ahead_run = pg_ahead_run, .ahead_end = pg_ahead_end,
    .other_program = pg_other_program, .notify = pg_notify, .wait = pg_wait,
};
