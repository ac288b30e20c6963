/* One small interface to a database engine. SQLite stands behind it now; the shape (named statements, positional
 * parameters $1.., typed values, no engine syntax) is that of libpq as well.
 *
 * A connection belongs to one thread. A writer is the only connection that writes or checkpoints. */
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

/* Opens a store. 0 with *out set, or -ERR_STORE_UNREADABLE, -ERR_STORE_FULL. The writer creates the file when
 * it is missing, and sets WAL and synchronous=FULL. Refuses an SQLite older than 3.51.3. */
int db_open(const char *path, bool writer, struct db **out);
void db_close(struct db *d);
const char *db_error(struct db *d);          /* engine's words for the last failure, for the log */

/* Statement for this text, prepared once per connection and kept. NULL when it does not compile (see db_error). */
struct db_stmt *db_prepare(struct db *d, struct str sql);
void db_bind(struct db_stmt *s, int at, struct value v);  /* at from 1; memory must stay until db_reset */
/* 1 a row, 0 done, or negative: -ERR_STORE_FULL, -ERR_DUPLICATE (a unique constraint), -ERR_BUSY, -ERR_INTERNAL.
 * After 0 or an error the statement is reset by itself. */
int db_step(struct db_stmt *s);
int db_columns(struct db_stmt *s);
const char *db_column_name(struct db_stmt *s, int at);
struct value db_column(struct db_stmt *s, int at);        /* at from 0; valid until the next step */
struct value db_column_copy(struct db_stmt *s, int at, struct arena *a);
void db_reset(struct db_stmt *s);

int db_exec(struct db *d, const char *sql);               /* several statements without parameters */
int db_run(struct db *d, struct str sql, const struct value *v, int n); /* one statement, no rows wanted */
int64_t db_changed(struct db *d);                         /* rows the last statement touched */
int db_begin(struct db *d);
int db_commit(struct db *d);
void db_rollback(struct db *d);
int db_savepoint(struct db *d);
int db_release(struct db *d);
void db_rollback_to(struct db *d);                        /* and releases it */

/* Copies the whole store into a new file while it is in use. progress may be NULL. 0 or negative. */
int db_backup(struct db *d, const char *to, void (*progress)(void *arg, int64_t done, int64_t total), void *arg);

#endif
