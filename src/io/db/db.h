/* One small interface to a database engine: SQLite in the process, PostgreSQL over libpq. Named statements, positional
 * parameters $1.., typed values, no engine syntax.
 *
 * A connection belongs to one thread. On SQLite one connection writes and checkpoints. On PostgreSQL many may write: rows are
 * gathered and go out together, before anything is read and before the commit. */
#ifndef IO_DB_DB_H
#define IO_DB_DB_H

#include "base/arena.h"
#include "base/str.h"

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB };

/* What goes into and comes out of a column. Text and blobs point to memory the giver owns. */
struct value {
    enum value_kind kind;
    union {
        int64_t i;
        struct str s;
    };
};

static inline struct value value_null(void) { return (struct value){ .kind = VALUE_NULL }; }
static inline struct value value_int(int64_t i) { return (struct value){ .kind = VALUE_INT, .i = i }; }
static inline struct value value_text(struct str s)
{
    return s.p ? (struct value){ .kind = VALUE_TEXT, .s = s } : value_null();
}
static inline struct value value_blob(const void *p, size_t n)
{
    return p ? (struct value){ .kind = VALUE_BLOB, .s = { p, n } } : value_null();
}

struct db;
struct db_stmt;
enum db_kind { DB_SQLITE, DB_POSTGRES };
typedef void (*db_progress)(void *arg, int64_t done, int64_t total);

/* ---- opening ---- */

/* Which engine an address is for: postgresql://… and postgres://… are PostgreSQL's, everything else is a file's path. */
enum db_kind db_kind_of(const char *address);
/* The address without a password in it, for people. */
struct str db_address_shown(const char *address, struct arena *a);
/* Opens a store. 0 with *out set, or -ERR_STORE_UNREADABLE, -ERR_STORE_FULL, -ERR_STORE_AWAY; then why holds the engine's
 * words. SQLite: the writer creates the file when it is missing, and sets WAL and synchronous=FULL; a library older than
 * 3.51.3 is refused. PostgreSQL: 15 or newer, UTF-8. why may be NULL. */
int db_open(const char *address, bool writer, struct db **out, char why[256]);
void db_close(struct db *d);
enum db_kind db_kind(const struct db *d);
/* Did anything fail for want of a connection since db_away_forget? */
bool db_was_away(const struct db *d);
void db_away_forget(struct db *d);
const char *db_error(struct db *d);          /* engine's words for the last failure, for the log */

/* ---- statements ---- */

/* Statement for this text, prepared once per connection and kept. NULL when it does not compile (see db_error). */
struct db_stmt *db_prepare(struct db *d, struct str sql);
void db_bind(struct db_stmt *s, int at, struct value v);  /* at from 1; memory must stay until db_reset */
/* 1 a row, 0 done, or negative: -ERR_STORE_FULL, -ERR_DUPLICATE (a unique constraint), -ERR_BUSY, -ERR_STORE_AWAY (no
 * connection), -ERR_INTERNAL. After 0 or an error the statement is reset by itself. */
int db_step(struct db_stmt *s);
int db_columns(struct db_stmt *s);
const char *db_column_name(struct db_stmt *s, int at);
struct value db_column(struct db_stmt *s, int at);        /* at from 0; valid until the next step */
struct value db_column_copy(struct db_stmt *s, int at, struct arena *a);
void db_reset(struct db_stmt *s);

int db_exec(struct db *d, const char *sql);               /* several statements without parameters */
/* The same for statements that make tables: written in SQLite's words (INTEGER, TEXT, BLOB, STRICT, WITHOUT ROWID). */
int db_schema(struct db *d, struct str sql);
int db_run(struct db *d, struct str sql, const struct value *v, int n); /* one statement, no rows wanted */
int64_t db_changed(struct db *d);                         /* rows the last statement of db_run or db_step touched */

/* ---- transactions ---- */

int db_begin(struct db *d);  /* a reader's sees one state of the store from its first read to its end */
/* 0: what was written is durable. -ERR_STORE_AWAY: the connection broke; the outcome is unknown. */
int db_commit(struct db *d);
void db_rollback(struct db *d);
int db_savepoint(struct db *d);
int db_release(struct db *d);
void db_rollback_to(struct db *d);                        /* and releases it */

/* ---- writing many rows ---- */

/* A table to put rows into. */
struct db_table {
    struct str name;               /* without quotes */
    const struct str *columns;
    int n;
    struct str insert;             /* INSERT INTO … VALUES ($1, …) of all columns */
};
/* Puts a row. PostgreSQL gathers rows (values are copied) and sends them as COPY or in one pipeline; so an error may
 * come only from db_flush, from the next read, or from db_commit. */
int db_insert(struct db *d, const struct db_table *t, const struct value *v);
/* A statement without rows whose turn comes after all gathered rows. It must touch `expect` rows (-1: any number), or
 * the flush gives -ERR_CONFLICT. sql must live as long as the connection. */
int db_later(struct db *d, struct str sql, const struct value *v, int n, int64_t expect);
int db_flush(struct db *d);

/* ---- reading ahead ---- */

/* After db_bind, in place of db_step: this execution will be asked for soon. Gathered, the same statement with many
 * arguments is then one round trip, and db_step finds its rows at hand until db_ahead_end. Does nothing on SQLite. */
void db_ahead(struct db_stmt *s);
int db_ahead_run(struct db *d);
void db_ahead_end(struct db *d);

/* ---- between processes ---- */

void db_notify(struct db *d, struct str text);            /* to all that wait, after the next commit; lost ones are possible */
/* Is a program of another name (application_name) at work on this database, one whose name begins like ours up to the last
 * '-'? Its name. Always false on SQLite, where the lock keeps others out. */
bool db_other_program(struct db *d, const char *ours, char *other, size_t size);
/* Waits for notices, at most timeout_ms. Number of notices, or negative. A connection's first call begins the waiting. */
int db_wait(struct db *d, int timeout_ms, void (*each)(void *arg, struct str text), void *arg);

/* Copies the whole store into a new file while it is in use; SQLite alone. progress may be NULL. 0 or negative. */
int db_copy_file(struct db *d, const char *to, db_progress progress, void *arg);

#endif
