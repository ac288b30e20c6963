/* Reading ahead on PostgreSQL: one statement with the arguments of many executions. The text `… WHERE a = $1 …` becomes
 *   SELECT k.n, s.* FROM unnest($1, …) WITH ORDINALITY AS k (a1, …, n) CROSS JOIN LATERAL (… WHERE a = k.a1 …) s ORDER BY k.n
 * so that any statement can be read ahead without being written twice. Citus refuses LIMIT in such a LATERAL over a table that
 * is spread by lane: there the executions go out in one pipeline, each by itself. */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "io/db/postgres.h"

struct pg_asked {
    struct str args;       /* encoded as array elements: length and bytes of each */
    uint64_t hash;
    PGresult *result;      /* its own, when it was asked by itself */
    int from, to;          /* rows of the result */
};

/* All executions of one statement that were asked for. */
struct pg_ahead {
    struct pg_stmt *stmt;
    struct pg_ahead *next;
    struct pg_asked *asked;
    int n, cap;
    PGresult *result;
    int *slots, n_slots;   /* open addressing: position + 1 */
};

static Oid array_of(Oid type) { return type == PG_INT8 ? 1016 : type == PG_BYTEA ? 1001 : type == PG_TEXT ? 1009 : 0; }

/* ---- gathering ---- */

static struct str encode(struct pg_stmt *s, struct arena *a)
{
    struct buf b;
    buf_init(&b, a);
    for (int i = 0; i < s->n_params; i++) {
        struct value v = s->bound[i];
        uint64_t number = htobe64((uint64_t)v.i);
        struct str bytes = v.kind == VALUE_INT ? (struct str){ (const char *)&number, 8 } : v.kind == VALUE_NULL ? STR_ABSENT : v.s;
        uint32_t length = htobe32(v.kind == VALUE_NULL ? UINT32_MAX : (uint32_t)bytes.n);
        buf_put(&b, &length, sizeof length);
        if (bytes.n)
            buf_str(&b, bytes);
    }
    return buf_view(&b);
}

static struct pg_ahead *ahead_of(struct pg *d, struct pg_stmt *s)
{
    if (!s->ahead) {
        s->ahead = ARENA_NEW(&d->aheads, struct pg_ahead);
        *s->ahead = (struct pg_ahead){ .stmt = s, .next = d->ahead };
        d->ahead = s->ahead;
    }
    return s->ahead;
}

void pg_ahead(struct db_stmt *base)
{
    struct pg_stmt *s = pg_stmt_of(base);
    struct pg *d = pg_of(base->db);
    for (int i = 0; i < s->n_params; i++)
        if (!array_of(s->types[i]))
            return;
    struct pg_ahead *x = ahead_of(d, s);
    if (x->n == x->cap) {
        int cap = x->cap ? x->cap * 2 : 64;
        struct pg_asked *more = ARENA_ARRAY(&d->aheads, struct pg_asked, cap);
        if (x->n)
            memcpy(more, x->asked, sizeof *more * (size_t)x->n);
        x->asked = more;
        x->cap = cap;
    }
    struct pg_asked *q = &x->asked[x->n++];
    *q = (struct pg_asked){ .args = encode(s, &d->aheads) };
    q->hash = hash_fast(q->args.p, q->args.n);
}

/* ---- the statement for many ---- */

static struct str many_text(struct pg_stmt *s, struct arena *a)
{
    struct buf b;
    struct str sql = str_trim(s->base.sql);
    buf_init(&b, a);
    while (sql.n && sql.p[sql.n - 1] == ';')
        sql = str_trim(str_sub(sql, 0, sql.n - 1));
    buf_cstr(&b, "SELECT k.n, s.* FROM unnest(");
    for (int i = 0; i < s->n_params; i++)
        buf_printf(&b, "%s$%d::%s[]", i ? ", " : "", i + 1, s->types[i] == PG_INT8 ? "bigint" : s->types[i] == PG_BYTEA ? "bytea" : "text");
    buf_cstr(&b, ") WITH ORDINALITY AS k (");
    for (int i = 0; i < s->n_params; i++)
        buf_printf(&b, "a%d, ", i + 1);
    buf_cstr(&b, "n) CROSS JOIN LATERAL (");
    for (size_t i = 0; i < sql.n; i++) {
        if (sql.p[i] == '$')
            buf_cstr(&b, "k.a");
        else
            buf_char(&b, sql.p[i]);
    }
    buf_cstr(&b, ") s ORDER BY k.n");
    return buf_view(&b);
}

/* One array per parameter, in the wire's binary form. */
static struct value array_value(struct pg_ahead *x, int param, struct arena *a)
{
    struct buf b;
    uint32_t head[5] = { htobe32(1), htobe32(1), htobe32(x->stmt->types[param]), htobe32((uint32_t)x->n), htobe32(1) };
    buf_init(&b, a);
    buf_put(&b, head, sizeof head);
    for (int i = 0; i < x->n; i++) {
        const char *p = x->asked[i].args.p;
        uint32_t big;
        for (int k = 0;; k++) {
            memcpy(&big, p, sizeof big);
            size_t n = be32toh(big) == UINT32_MAX ? 0 : be32toh(big);
            if (k == param) {
                buf_put(&b, p, sizeof big + n);
                break;
            }
            p += sizeof big + n;
        }
    }
    return value_blob(b.p, b.n);
}

/* ---- finding again ---- */

static int slot_of(const struct pg_ahead *x, struct str args, uint64_t hash)
{
    int i = (int)(hash & (uint64_t)(x->n_slots - 1));
    while (x->slots[i] && !(x->asked[x->slots[i] - 1].hash == hash && str_eq(x->asked[x->slots[i] - 1].args, args)))
        i = (i + 1) & (x->n_slots - 1);
    return i;
}

static int64_t ordinal(PGresult *r, int row)
{
    uint64_t big;
    memcpy(&big, PQgetvalue(r, row, 0), sizeof big);
    return (int64_t)be64toh(big);
}

static void file_asked(struct pg_ahead *x, struct arena *a)
{
    for (x->n_slots = 64; x->n_slots < x->n * 2;)
        x->n_slots *= 2;
    x->slots = arena_zalloc(a, sizeof(int) * (size_t)x->n_slots);
    for (int i = 0; i < x->n; i++) {
        int slot = slot_of(x, x->asked[i].args, x->asked[i].hash);
        if (!x->slots[slot])
            x->slots[slot] = i + 1;
    }
}

static void part_rows(struct pg_ahead *x)
{
    int row = 0, rows = PQntuples(x->result);
    for (int i = 0; i < x->n; i++) {
        x->asked[i].from = row;
        while (row < rows && ordinal(x->result, row) == i + 1)
            row++;
        x->asked[i].to = row;
    }
}

static int run_one(struct pg *d, struct pg_ahead *x)
{
    struct db_stmt *many = db_prepare(&d->base, many_text(x->stmt, &d->aheads));
    if (!many)
        return -ERR_INTERNAL;
    if (!pg_ready(pg_stmt_of(many)))
        return -ERR_STORE_AWAY;
    for (int i = 0; i < x->stmt->n_params; i++)
        pg_param(&d->params, i, array_of(x->stmt->types[i]), array_value(x, i, &d->aheads));
    PGresult *r = PQexecPrepared(d->conn, pg_stmt_of(many)->name, x->stmt->n_params, d->params.values, d->params.lengths,
                                 d->params.formats, 1);
    if (PQresultStatus(r) != PGRES_TUPLES_OK) {
        int err = pg_failed(d, r);
        PQclear(r);
        return err;
    }
    x->result = r;
    part_rows(x);
    file_asked(x, &d->aheads);
    return 0;
}

/* ---- each by itself ---- */

#define PIPELINE_ASKED 128 /* sent before their answers are read: neither side's buffers may fill */

static bool spread(struct pg *d)
{
    if (d->spread == SPREAD_UNKNOWN && pg_usable(d) == 0) {
        PGresult *r = PQexec(d->conn, "SELECT 1 WHERE to_regclass('pg_dist_partition') IS NOT NULL");
        if (PQresultStatus(r) == PGRES_TUPLES_OK)
            d->spread = PQntuples(r) ? SPREAD_YES : SPREAD_NO;
        PQclear(r);
    }
    return d->spread != SPREAD_NO;
}

static bool send_asked(struct pg *d, const struct pg_ahead *x, const struct pg_asked *q)
{
    const char *p = q->args.p;
    uint32_t big;
    for (int i = 0; i < x->stmt->n_params; i++) {
        memcpy(&big, p, sizeof big);
        bool null = be32toh(big) == UINT32_MAX;
        d->params.lengths[i] = null ? 0 : (int)be32toh(big);
        d->params.values[i] = null ? NULL : p + sizeof big;
        d->params.formats[i] = 1;
        p += sizeof big + (size_t)d->params.lengths[i];
    }
    return PQsendQueryPrepared(d->conn, x->stmt->name, x->stmt->n_params, d->params.values, d->params.lengths, d->params.formats, 1);
}

/* The answers of asked[from] to before asked[to], each ended by NULL, then the sync's. */
static int take_answers(struct pg *d, struct pg_ahead *x, int from, int to)
{
    int err = 0;
    for (int i = from; d->conn && i <= to;) {
        PGresult *r = PQgetResult(d->conn);
        ExecStatusType status = PQresultStatus(r);
        if (!r && PQstatus(d->conn) != CONNECTION_OK)
            return err ? err : pg_failed(d, NULL);
        i += !r || status == PGRES_PIPELINE_SYNC;
        if (status == PGRES_TUPLES_OK) {
            x->asked[i].result = r;
            x->asked[i].to = PQntuples(r);
            continue;
        }
        if (r && status == PGRES_FATAL_ERROR && !err)
            err = pg_failed(d, r);
        PQclear(r);
    }
    return err;
}

static int run_each(struct pg *d, struct pg_ahead *x)
{
    int err = 0;
    if (!pg_ready(x->stmt))
        return -ERR_STORE_AWAY;
    if (!PQenterPipelineMode(d->conn))
        return pg_failed(d, NULL);
    for (int from = 0, i = 0; !err && d->conn && from < x->n; from = i) {
        for (; !err && i < x->n && i < from + PIPELINE_ASKED; i++)
            err = send_asked(d, x, &x->asked[i]) ? 0 : pg_failed(d, NULL);
        if (!err)
            err = PQpipelineSync(d->conn) ? take_answers(d, x, from, i) : pg_failed(d, NULL);
    }
    if (d->conn && !PQexitPipelineMode(d->conn) && !err)
        err = pg_failed(d, NULL);
    if (!err)
        file_asked(x, &d->aheads);
    return err;
}

int pg_ahead_run(struct db *base)
{
    struct pg *d = pg_of(base);
    int err = d->ahead ? pg_flush(base) : 0;
    bool each = !err && d->ahead && spread(d);
    for (struct pg_ahead *x = d->ahead; !err && x; x = x->next)
        err = x->n < 2 ? 0 : each ? run_each(d, x) : run_one(d, x); /* a single one is asked directly */
    return err;
}

bool pg_ahead_take(struct pg_stmt *s)
{
    struct pg_ahead *x = s->ahead;
    if (!x || !x->slots)
        return false;
    struct pg *d = pg_of(s->base.db);
    struct str args = encode(s, &d->aheads);
    int at = x->slots[slot_of(x, args, hash_fast(args.p, args.n))];
    if (!at)
        return false;
    s->result = x->result ? x->result : x->asked[at - 1].result;
    s->borrowed = true;
    s->skip = x->result ? 1 : 0;
    s->row = x->asked[at - 1].from;
    s->end = x->asked[at - 1].to;
    return true;
}

void pg_ahead_end(struct db *base)
{
    struct pg *d = pg_of(base);
    for (struct pg_ahead *x = d->ahead; x; x = x->next) {
        if (x->stmt->borrowed) {
            x->stmt->result = NULL;
            x->stmt->borrowed = false;
        }
        for (int i = 0; i < x->n; i++)
            PQclear(x->asked[i].result);
        PQclear(x->result);
        x->stmt->ahead = NULL;
    }
    d->ahead = NULL;
    arena_reset(&d->aheads);
}
