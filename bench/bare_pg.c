/* The bare limit on PostgreSQL: how many passages a second it takes from one connection when nothing else is done. The
 * parallel of bare.c: person, passage and journal rows with all their indexes by binary COPY, then the counters; 1,024
 * passages a transaction, durable as the server is set up.
 *
 *   bare_pg URL SECONDS
 *
 * The rows are those of the database itself: the newest registrations are read once and written again with new ids, times,
 * sequence numbers and hashes. Prints one JSON object. */
#include <endian.h>
#include <libpq-fe.h>
#include <stdlib.h>

#include "bare.h"

#define ROW_MAX 65536 /* bytes of the largest row */
#define BYTEA 17

struct table {
    const char *name, *where;
    PGresult *rows;
    char *buffer; /* a transaction's rows in the wire's form */
    size_t n, size;
};

static PGconn *conn;

static void stop(const char *what)
{
    fprintf(stderr, "bare_pg: %s: %s\n", what, conn ? PQerrorMessage(conn) : "");
    exit(1);
}

static void run(const char *sql)
{
    PGresult *r = PQexec(conn, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        stop(sql);
    PQclear(r);
}

static int64_t number(const char *sql)
{
    PGresult *r = PQexec(conn, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK || PQntuples(r) == 0)
        stop(sql);
    int64_t n = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
    PQclear(r);
    return n;
}

/* ---- rows in the wire's form ---- */

static void put(struct table *t, const void *p, size_t n)
{
    memcpy(t->buffer + t->n, p, n);
    t->n += n;
}

static void put16(struct table *t, int v)
{
    uint16_t big = htobe16((uint16_t)v);
    put(t, &big, sizeof big);
}

static void put_bytes(struct table *t, const void *p, int n)
{
    uint32_t big = htobe32((uint32_t)n);
    put(t, &big, sizeof big);
    if (n > 0)
        put(t, p, (size_t)n);
}

static void put_number(struct table *t, int64_t v)
{
    uint64_t big = htobe64((uint64_t)v);
    put_bytes(t, &big, sizeof big);
}

/* Of the row's own table the id; own: that of the row. */
static void put_column(struct state *s, struct table *t, int row, int at, const uint8_t own[16])
{
    const char *p = PQgetvalue(t->rows, row, at);
    int n = PQgetisnull(t->rows, row, at) ? -1 : PQgetlength(t->rows, row, at);
    uint8_t bytes[64];
    switch (role_of(t->name, PQfname(t->rows, at))) {
    case ID: put_bytes(t, own, 16); return;
    case PERSON_ID: put_bytes(t, s->person, 16); return;
    case COMMAND_ID: put_bytes(t, s->passage, 16); return;
    case SEQ: put_number(t, s->seq); return;
    case TIME: put_number(t, s->millis + s->count); return;
    case HASH:
        if (PQftype(t->rows, at) == BYTEA && n > 0 && n <= (int)sizeof bytes) {
            fill(s, bytes, (size_t)n);
            put_bytes(t, bytes, n);
            return;
        }
        break;
    case KEEP: break;
    }
    put_bytes(t, p, n);
}

static void put_row(struct state *s, struct table *t, const uint8_t own[16])
{
    int row = (int)(s->count % PQntuples(t->rows));
    if (t->size - t->n < ROW_MAX) {
        t->size = t->size * 2 + 2 * ROW_MAX;
        t->buffer = realloc(t->buffer, t->size);
        if (!t->buffer)
            stop("memory");
    }
    put16(t, PQnfields(t->rows));
    for (int i = 0; i < PQnfields(t->rows); i++)
        put_column(s, t, row, i, own);
}

/* ---- the tables ---- */

/* Reads the newest rows of the busiest lane as examples. */
static void load(struct table *t)
{
    char sql[512];
    snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE %s ORDER BY seq DESC LIMIT %d", t->name, t->where, TEMPLATES);
    t->rows = PQexecParams(conn, sql, 0, NULL, NULL, NULL, NULL, 1);
    if (PQresultStatus(t->rows) != PGRES_TUPLES_OK)
        stop(sql);
    if (PQntuples(t->rows) == 0)
        stop("no rows to take as examples: use a store with passages");
}

static void copy(struct table *t)
{
    static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* signature, flags, no extension: 19 bytes with the last NUL */
    char sql[128];
    snprintf(sql, sizeof sql, "COPY \"%s\" FROM STDIN (FORMAT binary)", t->name);
    PGresult *r = PQexec(conn, sql);
    if (PQresultStatus(r) != PGRES_COPY_IN)
        stop(sql);
    PQclear(r);
    put16(t, -1); /* the end */
    if (PQputCopyData(conn, head, 19) != 1 || PQputCopyData(conn, t->buffer, (int)t->n) != 1 || PQputCopyEnd(conn, NULL) != 1)
        stop(t->name);
    while ((r = PQgetResult(conn)) != NULL) {
        if (PQresultStatus(r) != PGRES_COMMAND_OK)
            stop(t->name);
        PQclear(r);
    }
    t->n = 0;
}

static void one_passage(struct state *s, struct table *t)
{
    next_passage(s);
    put_row(s, &t[0], s->person);
    put_row(s, &t[1], s->passage);
    put_row(s, &t[2], s->passage);
}

static void transaction(struct state *s, struct table *t)
{
    for (int i = 0; i < PER_TRANSACTION; i++)
        one_passage(s, t);
    run("BEGIN");
    for (int i = 0; i < 3; i++)
        copy(&t[i]);
    /* hour × measure of one post; the writer joins a batch's counters too */
    run("INSERT INTO tally (lane, hour, place_id, subject, measure, n) SELECT lane, hour, place_id, subject, measure, 170 "
        "FROM (SELECT * FROM tally LIMIT 6) few "
        "ON CONFLICT (lane, hour, place_id, subject, measure) DO UPDATE SET n = tally.n + excluded.n");
    run("COMMIT");
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: bare_pg URL SECONDS\n");
        return 2;
    }
    conn = PQconnectdb(argv[1]);
    if (PQstatus(conn) != CONNECTION_OK)
        stop("connect");
    char in_lane[64], registered[128];
    int64_t lane = number("SELECT lane FROM passage GROUP BY lane ORDER BY count(*) DESC LIMIT 1");
    snprintf(in_lane, sizeof in_lane, "lane = %lld", (long long)lane);
    snprintf(registered, sizeof registered, "lane = %lld AND command = 'passage/register'", (long long)lane);
    struct table tables[] = { { .name = "person", .where = "true" },
                              { .name = "passage", .where = in_lane },
                              { .name = "journal", .where = registered } };
    for (int i = 0; i < 3; i++)
        load(&tables[i]);
    struct state s = state_of(number("SELECT max(seq) FROM journal"));
    double start = seconds(), until = start + strtod(argv[2], NULL), now = start;
    while (now < until) {
        transaction(&s, tables);
        now = seconds();
    }
    print_rate(&s, now - start);
    PQfinish(conn);
    return 0;
}
