/* Reading ahead on PostgreSQL: one statement with the arguments of many executions. The text `… WHERE a = $1 …` becomes
 *   SELECT k.n, s.* FROM unnest($1, …) WITH ORDINALITY AS k (a1, …, n) CROSS JOIN LATERAL (… WHERE a = k.a1 …) s ORDER BY k.n
 * so that any statement can be read ahead without being written twice. Citus refuses LIMIT in such a LATERAL over a table that
 * is spread by lane: there nothing is read ahead, and each execution is asked by itself. */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "io/db/postgres.h"

struct pg_asked {
    struct str args;       /* encoded as array elements: length and bytes of each */
    uint64_t hash;
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

void pg_ahead(struct db_stmt *base)
{
    struct pg_stmt *s = pg_stmt_of(base);
    struct pg *d = pg_of(base->db);
    if (spread(d))
        return;
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

static void file_rows(struct pg_ahead *x, struct arena *a)
{
    int row = 0, rows = PQntuples(x->result);
    for (x->n_slots = 64; x->n_slots < x->n * 2;)
        x->n_slots *= 2;
    x->slots = arena_zalloc(a, sizeof(int) * (size_t)x->n_slots);
    for (int i = 0; i < x->n; i++) {
        struct pg_asked *q = &x->asked[i];
        q->from = row;
        while (row < rows && ordinal(x->result, row) == i + 1)
            row++;
        q->to = row;
        int slot = slot_of(x, q->args, q->hash);
        if (!x->slots[slot])
            x->slots[slot] = i + 1;
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
    file_rows(x, &d->aheads);
    return 0;
}

int pg_ahead_run(struct db *base)
{
    struct pg *d = pg_of(base);
    int err = d->ahead ? pg_flush(base) : 0;
    for (struct pg_ahead *x = d->ahead; !err && x; x = x->next)
        err = x->n > 1 ? run_one(d, x) : 0; /* a single one is asked directly */
    return err;
}

bool pg_ahead_take(struct pg_stmt *s)
{
    struct pg_ahead *x = s->ahead;
    if (!x || !x->result)
        return false;
    struct pg *d = pg_of(s->base.db);
    struct str args = encode(s, &d->aheads);
    int at = x->slots[slot_of(x, args, hash_fast(args.p, args.n))];
    if (!at)
        return false;
    s->result = x->result;
    s->borrowed = true;
    s->skip = 1;
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
        PQclear(x->result);
        x->stmt->ahead = NULL;
    }
    d->ahead = NULL;
    arena_reset(&d->aheads);
}
