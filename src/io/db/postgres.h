/* PostgreSQL over libpq: what its two files share; for io/db alone. */
#ifndef IO_DB_POSTGRES_H
#define IO_DB_POSTGRES_H

#include <libpq-fe.h>

#include "base/buf.h"
#include "io/db/engine.h"

#define PG_PARAMS_MAX 512

enum pg_type { PG_BOOL = 16, PG_BYTEA = 17, PG_INT8 = 20, PG_INT2 = 21, PG_INT4 = 23, PG_TEXT = 25, PG_NUMERIC = 1700 };

/* Values as the wire wants them: binary, NULL as a NULL pointer. */
struct pg_params {
    const char *values[PG_PARAMS_MAX];
    int lengths[PG_PARAMS_MAX], formats[PG_PARAMS_MAX];
    uint8_t numbers[PG_PARAMS_MAX][8];
    int n;
};

struct pg_ahead;

struct pg_stmt {
    struct db_stmt base;
    char name[16];
    uint32_t generation;   /* of the connection it is prepared on */
    int n_params, n_bound;
    Oid *types;            /* of the parameters, as the server sees them */
    struct value *bound;
    PGresult *result;      /* rows at and before end are still to come */
    int row, end, skip;    /* skip: columns before the statement's own */
    bool borrowed;         /* the result belongs to what was read ahead */
    struct pg_ahead *ahead;
};

struct pg_table;  /* rows gathered for a table */
struct pg_later;

struct pg {
    struct db base;
    PGconn *conn;
    char *address;
    uint32_t generation;
    unsigned names;
    int64_t tried_us;      /* last attempt to connect */
    bool in_tx, warned, listening;
    int64_t changed;
    struct pg_params params;
    /* gathered writes */
    struct arena writes;
    struct pg_table *tables, **last_table;
    struct pg_later *laters, **last_later;
    bool expecting;        /* some later statement must touch a certain number of rows */
    /* read ahead */
    struct arena aheads;
    struct pg_ahead *ahead;
    enum { SPREAD_UNKNOWN, SPREAD_NO, SPREAD_YES } spread; /* tables on several servers (Citus) */
    /* notice for others */
    struct buf notice;
};

static inline struct pg *pg_of(struct db *d) { return (struct pg *)d; }
static inline struct pg_stmt *pg_stmt_of(struct db_stmt *s) { return (struct pg_stmt *)s; }

/* ---- postgres.c ---- */
int pg_usable(struct pg *d);                      /* 0, or -ERR_STORE_AWAY after an attempt to connect again */
int pg_failed(struct pg *d, const PGresult *r);   /* keeps the server's words; gives our code */
bool pg_ready(struct pg_stmt *s);                 /* prepared on the present connection, prepared again if need be */
/* Encodes a value for a parameter of a type into place i. */
void pg_param(struct pg_params *p, int i, Oid type, struct value v);
int pg_schema(struct db *d, struct str sql);

/* ---- postgres_write.c ---- */
int pg_insert(struct db *d, const struct db_table *t, const struct value *v);
int pg_later(struct db *d, struct str sql, const struct value *v, int n, int64_t expect);
int pg_flush(struct db *d);
void pg_forget(struct db *d);
/* Flush, commit and the notice in as few round trips as the expectations allow. */
int pg_commit(struct db *d);

/* ---- postgres_ahead.c ---- */
void pg_ahead(struct db_stmt *s);
int pg_ahead_run(struct db *d);
void pg_ahead_end(struct db *d);
/* Takes the rows that were read ahead for what is bound now; false when there are none. */
bool pg_ahead_take(struct pg_stmt *s);

#endif
