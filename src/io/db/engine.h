/* What an engine gives to db.c; for io/db alone. Each engine's structs begin with these. */
#ifndef IO_DB_ENGINE_H
#define IO_DB_ENGINE_H

#include "io/db/db.h"

struct db_engine {
    enum db_kind kind;
    size_t stmt_size;
    int (*open)(const char *address, bool writer, struct db **out);
    void (*close)(struct db *d);
    /* Statements: db.c finds them by text, gives up the one longest unused, and asks to compile it again. */
    int (*compile)(struct db_stmt *s);
    void (*give_up)(struct db_stmt *s);
    bool (*busy)(struct db_stmt *s);             /* is it being stepped? */
    void (*bind)(struct db_stmt *s, int at, struct value v);
    int (*step)(struct db_stmt *s);
    int (*columns)(struct db_stmt *s);
    const char *(*column_name)(struct db_stmt *s, int at);
    struct value (*column)(struct db_stmt *s, int at);
    void (*reset)(struct db_stmt *s);
    int (*exec)(struct db *d, const char *sql);
    int (*schema)(struct db *d, struct str sql);
    int64_t (*changed)(struct db *d);
    int (*begin)(struct db *d);
    int (*commit)(struct db *d);
    void (*rollback)(struct db *d);
    int (*copy_file)(struct db *d, const char *to, db_progress progress, void *arg); /* NULL: not a file */
    /* NULL where a write costs no round trip */
    int (*insert)(struct db *d, const struct db_table *t, const struct value *v);
    int (*later)(struct db *d, struct str sql, const struct value *v, int n, int64_t expect);
    int (*flush)(struct db *d);
    void (*forget)(struct db *d);
    void (*ahead)(struct db_stmt *s);
    int (*ahead_run)(struct db *d);
    void (*ahead_end)(struct db *d);
    bool (*other_program)(struct db *d, const char *ours, char *other, size_t size);
    void (*notify)(struct db *d, struct str text);
    int (*wait)(struct db *d, int timeout_ms, void (*each)(void *arg, struct str text), void *arg);
};

extern const struct db_engine db_sqlite, db_postgres;

struct db_stmt {
    struct db *db;
    struct str sql;    /* NUL-terminated */
    uint64_t hash, used; /* tick of the last db_prepare */
    bool compiled;
};

struct db {
    const struct db_engine *engine;
    bool writer;
    struct arena arena; /* statements and their texts */
    struct db_stmt **slots;
    size_t n_slots, n_stmts, n_live;
    uint64_t tick;
    bool away;
    char error[256];
};

/* For an engine's open: fills the common part. For its close: frees it, and the struct. */
void db_init(struct db *d, const struct db_engine *engine, bool writer);
void db_release_memory(struct db *d);

#endif
