/* Writing to PostgreSQL in few round trips: rows are gathered by table and sent as binary COPY, or, when they are few, with all
 * other statements in one pipeline. The wire form of a row is made once and serves both. */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "io/db/postgres.h"

#define COPY_FROM 4      /* rows of one table from which a COPY is cheaper than a pipeline of single statements */
#define PIPELINE_MAX 128 /* statements sent before their answers are read: neither side's buffers may fill */

struct pg_table {
    const struct db_table *table;
    struct pg_table *next;
    struct buf rows;       /* binary COPY tuples */
    int n;
};

struct pg_later {
    struct pg_stmt *stmt;
    struct pg_later *next;
    struct str params;     /* a binary COPY tuple as well */
    int64_t expect;
};

/* ---- gathering ---- */

static void put16(struct buf *b, int v)
{
    uint16_t big = htobe16((uint16_t)v);
    buf_put(b, &big, sizeof big);
}

static void put32(struct buf *b, int64_t v)
{
    uint32_t big = htobe32((uint32_t)v);
    buf_put(b, &big, sizeof big);
}

static void put_value(struct buf *b, struct value v)
{
    uint64_t big;
    switch (v.kind) {
    case VALUE_NULL:
        put32(b, -1);
        break;
    case VALUE_INT:
        big = htobe64((uint64_t)v.i);
        put32(b, sizeof big);
        buf_put(b, &big, sizeof big);
        break;
    case VALUE_TEXT:
    case VALUE_BLOB:
        put32(b, (int64_t)v.s.n);
        buf_put(b, v.s.p, v.s.n);
        break;
    }
}

static struct pg_table *table_of(struct pg *d, const struct db_table *t)
{
    for (struct pg_table *x = d->tables; x; x = x->next)
        if (x->table == t)
            return x;
    struct pg_table *x = ARENA_NEW(&d->writes, struct pg_table);
    *x = (struct pg_table){ .table = t };
    buf_init(&x->rows, &d->writes);
    *d->last_table = x;
    d->last_table = &x->next;
    return x;
}

int pg_insert(struct db *base, const struct db_table *t, const struct value *v)
{
    struct pg_table *x = table_of(pg_of(base), t);
    put16(&x->rows, t->n);
    for (int i = 0; i < t->n; i++)
        put_value(&x->rows, v[i]);
    x->n++;
    return 0;
}

int pg_later(struct db *base, struct str sql, const struct value *v, int n, int64_t expect)
{
    struct pg *d = pg_of(base);
    struct buf b;
    struct db_stmt *s = db_prepare(base, sql);
    if (!s)
        return -ERR_INTERNAL;
    struct pg_later *x = ARENA_NEW(&d->writes, struct pg_later);
    buf_init(&b, &d->writes);
    put16(&b, n);
    for (int i = 0; i < n; i++)
        put_value(&b, v[i]);
    *x = (struct pg_later){ .stmt = pg_stmt_of(s), .params = buf_view(&b), .expect = expect };
    *d->last_later = x;
    d->last_later = &x->next;
    d->expecting |= expect >= 0;
    return 0;
}

static void written(struct pg *d)
{
    arena_reset(&d->writes);
    d->tables = NULL;
    d->last_table = &d->tables;
    d->laters = NULL;
    d->last_later = &d->laters;
    d->expecting = false;
}

void pg_forget(struct db *base)
{
    written(pg_of(base));
    buf_clear(&pg_of(base)->notice);
}

/* ---- COPY ---- */

static const char copy_head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* signature, flags, no extension: 19 bytes with the last NUL */

static int copy_ended(struct pg *d, int err)
{
    PGresult *r;
    while ((r = PQgetResult(d->conn)) != NULL) {
        if (!err && PQresultStatus(r) != PGRES_COMMAND_OK)
            err = pg_failed(d, r);
        PQclear(r);
        if (!d->conn)
            break;
    }
    return err;
}

static int copy_rows(struct pg *d, struct pg_table *x)
{
    struct buf sql;
    buf_init(&sql, &d->writes);
    buf_printf(&sql, "COPY \"%.*s\" (", STR_ARG(x->table->name));
    for (int i = 0; i < x->table->n; i++)
        buf_printf(&sql, "%s\"%.*s\"", i ? ", " : "", STR_ARG(x->table->columns[i]));
    buf_cstr(&sql, ") FROM STDIN (FORMAT binary)");
    buf_char(&sql, 0);
    PGresult *r = PQexec(d->conn, sql.p);
    int err = PQresultStatus(r) == PGRES_COPY_IN ? 0 : pg_failed(d, r);
    PQclear(r);
    if (err)
        return err;
    put16(&x->rows, -1); /* the end */
    bool sent = PQputCopyData(d->conn, copy_head, 19) == 1 && PQputCopyData(d->conn, x->rows.p, (int)x->rows.n) == 1 &&
                PQputCopyEnd(d->conn, NULL) == 1;
    return copy_ended(d, sent ? 0 : pg_failed(d, NULL));
}

/* ---- the pipeline ---- */

struct pipeline {
    struct pg *d;
    int err, sent;
    int64_t expect[PIPELINE_MAX];
};

/* Reads the answers of everything sent. The first error stays; what follows it was not carried out. */
static void drain(struct pipeline *p)
{
    struct pg *d = p->d;
    if (!d->conn || p->sent == 0)
        return;
    if (!PQpipelineSync(d->conn) && !p->err)
        p->err = pg_failed(d, NULL);
    for (int i = 0; d->conn && i <= p->sent;) {
        PGresult *r = PQgetResult(d->conn);
        ExecStatusType status = PQresultStatus(r);
        int64_t n;
        if (!r && PQstatus(d->conn) != CONNECTION_OK) {
            p->err = p->err ? p->err : pg_failed(d, NULL);
            break;
        }
        i += r == NULL || status == PGRES_PIPELINE_SYNC; /* each statement's answers end with NULL; the sync's do not */
        if (r && status == PGRES_FATAL_ERROR && !p->err) /* of no result the status is this one too */
            p->err = pg_failed(d, r);
        if (status == PGRES_COMMAND_OK && !p->err && strcmp(PQcmdStatus(r), "ROLLBACK") == 0)
            p->err = -ERR_INTERNAL; /* of a commit: something before it had failed */
        if (status == PGRES_COMMAND_OK && !p->err && p->expect[i] >= 0 &&
            (str_to_i64(str_of(PQcmdTuples(r)), &n) != 0 || n != p->expect[i]))
            p->err = -ERR_CONFLICT;
        PQclear(r);
    }
    p->sent = 0;
}

static int64_t length_at(const char *p)
{
    uint32_t big;
    memcpy(&big, p, sizeof big);
    return (int32_t)be32toh(big);
}

/* Points the parameters into a tuple; gives the tuple's end. */
static const char *params_of(struct pg_params *to, const char *p)
{
    uint16_t big;
    memcpy(&big, p, sizeof big);
    to->n = be16toh(big);
    p += sizeof big;
    for (int i = 0; i < to->n; i++) {
        int64_t n = length_at(p);
        p += 4;
        to->values[i] = n < 0 ? NULL : p;
        to->lengths[i] = n < 0 ? 0 : (int)n;
        to->formats[i] = 1;
        p += n < 0 ? 0 : n;
    }
    return p;
}

static const char *send_prepared(struct pipeline *p, struct pg_stmt *s, const char *tuple, int64_t expect)
{
    struct pg *d = p->d;
    const char *end = params_of(&d->params, tuple);
    if (p->err)
        return end;
    if (!PQsendQueryPrepared(d->conn, s->name, d->params.n, d->params.values, d->params.lengths, d->params.formats, 1)) {
        p->err = pg_failed(d, NULL);
        return end;
    }
    p->expect[p->sent++] = expect;
    if (p->sent == PIPELINE_MAX)
        drain(p);
    return end;
}

static void send_rows(struct pipeline *p, struct pg_table *x, struct pg_stmt *s)
{
    const char *at = x->rows.p;
    for (int i = 0; i < x->n; i++)
        at = send_prepared(p, s, at, -1);
}

/* Everything is prepared before the pipeline begins: preparing waits for answers. */
static int prepare_all(struct pg *d)
{
    int err = 0;
    for (struct pg_table *x = d->tables; !err && x; x = x->next)
        if (x->n > 0 && x->n < COPY_FROM) {
            struct db_stmt *s = db_prepare(&d->base, x->table->insert);
            err = !s ? -ERR_INTERNAL : pg_ready(pg_stmt_of(s)) ? 0 : -ERR_STORE_AWAY;
        }
    for (struct pg_later *x = d->laters; !err && x; x = x->next)
        err = pg_ready(x->stmt) ? 0 : -ERR_STORE_AWAY;
    return err;
}

static void send_all(struct pipeline *p, struct pg_stmt *commit)
{
    struct pg *d = p->d;
    if (!PQenterPipelineMode(d->conn)) {
        p->err = pg_failed(d, NULL);
        return;
    }
    for (struct pg_table *x = d->tables; x; x = x->next)
        if (x->n > 0 && x->n < COPY_FROM)
            send_rows(p, x, pg_stmt_of(db_prepare(&d->base, x->table->insert)));
    for (struct pg_later *x = d->laters; x; x = x->next)
        send_prepared(p, x->stmt, x->params.p, x->expect);
    if (commit)
        send_prepared(p, commit, "\0", -1);
    drain(p);
    if (d->conn && !PQexitPipelineMode(d->conn) && !p->err)
        p->err = pg_failed(d, NULL);
}

static int flush(struct pg *d, struct pg_stmt *commit)
{
    struct pipeline p = { .d = d };
    if (!d->tables && !d->laters && !commit)
        return 0;
    p.err = pg_usable(d);
    if (!p.err && commit && !pg_ready(commit))
        p.err = -ERR_STORE_AWAY;
    p.err = p.err ? p.err : prepare_all(d);
    for (struct pg_table *x = d->tables; !p.err && x; x = x->next)
        p.err = x->n >= COPY_FROM ? copy_rows(d, x) : 0;
    if (!p.err)
        send_all(&p, commit);
    written(d);
    return p.err;
}

int pg_flush(struct db *base) { return flush(pg_of(base), NULL); }

/* ---- commit ---- */

/* Without a transaction of its own on the disk: costs no fsync, and is not under the lock that notices take at a commit. */
static void send_notice(struct pg *d)
{
    const char *values[] = { "redoubt", NULL };
    if (d->notice.n == 0 || !d->conn)
        return;
    buf_char(&d->notice, 0);
    values[1] = d->notice.n < 8000 ? d->notice.p : "*"; /* the server's limit of a notice; "*": look for yourself */
    PQclear(PQexecParams(d->conn, "SELECT pg_notify($1, $2)", 2, NULL, values, NULL, NULL, 0));
    buf_clear(&d->notice);
}

int pg_commit(struct db *base)
{
    struct pg *d = pg_of(base);
    struct db_stmt *commit = db_prepare(base, S("COMMIT"));
    d->warned = false;
    /* What must touch a certain number of rows is looked at before the commit; all else goes out with it. */
    int err = d->expecting ? pg_flush(base) : 0;
    if (!err)
        err = commit ? flush(d, pg_stmt_of(commit)) : -ERR_INTERNAL;
    if (err && err != -ERR_STORE_AWAY)
        return err;
    d->in_tx = false;
    if (!err && d->warned) {
        snprintf(d->base.error, sizeof d->base.error, "the commit was answered with a warning");
        return -ERR_STORE_AWAY;
    }
    if (!err)
        send_notice(d);
    return err;
}
