/* The bare limit: how many passages a second this machine's SQLite takes when nothing else is done. A loop on a copy of a
 * store that writes what one passage writes: a person row, a passage row, a journal row, with all their indexes, and the
 * counters; 1,024 passages a transaction, prepared statements, the same settings as the writer's (src/io/db/sqlite.c).
 *
 *   bare STORE SECONDS
 *
 * The rows are those of the store itself: the newest registrations are read once and written again with new ids, times,
 * sequence numbers and hashes, so that this stays true when the tables change. Prints one JSON object. */
#include <sqlite3.h>
#include <stdlib.h>

#include "bare.h"

#define COLUMNS 96

struct cell { int type; int64_t i; int n; void *p; };

struct table {
    const char *name, *where;
    int columns, rows;
    enum role role[COLUMNS];
    struct cell *cells;      /* rows × columns */
    sqlite3_stmt *insert;
};

static sqlite3 *db;

static void stop(const char *what)
{
    fprintf(stderr, "bare: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
    exit(1);
}

static void run(const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        stop(sql);
}

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *st;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        stop(sql);
    return st;
}

static struct cell take(sqlite3_stmt *st, int at)
{
    struct cell c = { .type = sqlite3_column_type(st, at) };
    if (c.type == SQLITE_INTEGER) {
        c.i = sqlite3_column_int64(st, at);
    } else if (c.type != SQLITE_NULL) {
        const void *p = c.type == SQLITE_BLOB ? sqlite3_column_blob(st, at) : (const void *)sqlite3_column_text(st, at);
        c.n = sqlite3_column_bytes(st, at);
        c.p = malloc((size_t)c.n + 1);
        if (!c.p)
            stop("memory");
        memcpy(c.p, p ? p : "", (size_t)c.n);
    }
    return c;
}

static void prepare_insert(struct table *t, sqlite3_stmt *rows)
{
    char sql[8192];
    int n = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (", t->name);
    for (int i = 0; i < t->columns; i++) {
        t->role[i] = role_of(t->name, sqlite3_column_name(rows, i));
        n += snprintf(sql + n, sizeof sql - (size_t)n, i ? ",?%d" : "?%d", i + 1);
    }
    snprintf(sql + n, sizeof sql - (size_t)n, ")");
    t->insert = prepare(sql);
}

/* Reads the newest rows of the busiest lane as examples. */
static void load(struct table *t, int64_t lane)
{
    char sql[512];
    snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE %s ORDER BY %s DESC LIMIT %d", t->name, t->where,
             strcmp(t->name, "journal") ? "id" : "seq", TEMPLATES);
    sqlite3_stmt *rows = prepare(sql);
    if (sqlite3_bind_parameter_count(rows))
        sqlite3_bind_int64(rows, 1, lane);
    t->columns = sqlite3_column_count(rows);
    if (t->columns > COLUMNS)
        stop("too many columns");
    t->cells = calloc((size_t)TEMPLATES * (size_t)t->columns, sizeof *t->cells);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        for (int i = 0; i < t->columns; i++)
            t->cells[t->rows * t->columns + i] = take(rows, i);
        t->rows++;
    }
    if (t->rows == 0)
        stop("no rows to take as examples: use a store with passages");
    prepare_insert(t, rows);
    sqlite3_finalize(rows);
}

static void bind(struct state *s, const struct table *t, int at, const struct cell *c, const uint8_t own[16])
{
    uint8_t bytes[64];
    sqlite3_stmt *st = t->insert;
    switch (t->role[at]) {
    case ID: sqlite3_bind_blob(st, at + 1, own, 16, SQLITE_TRANSIENT); return;
    case PERSON_ID: sqlite3_bind_blob(st, at + 1, s->person, 16, SQLITE_TRANSIENT); return;
    case COMMAND_ID: sqlite3_bind_blob(st, at + 1, s->passage, 16, SQLITE_TRANSIENT); return;
    case SEQ: sqlite3_bind_int64(st, at + 1, s->seq); return;
    case TIME: sqlite3_bind_int64(st, at + 1, s->millis + s->count); return;
    case HASH:
        if (c->type == SQLITE_BLOB && c->n <= (int)sizeof bytes) {
            fill(s, bytes, (size_t)c->n);
            sqlite3_bind_blob(st, at + 1, bytes, c->n, SQLITE_TRANSIENT);
            return;
        }
        break;
    case KEEP: break;
    }
    if (c->type == SQLITE_INTEGER)
        sqlite3_bind_int64(st, at + 1, c->i);
    else if (c->type == SQLITE_BLOB)
        sqlite3_bind_blob(st, at + 1, c->p, c->n, SQLITE_STATIC);
    else if (c->type == SQLITE_NULL)
        sqlite3_bind_null(st, at + 1);
    else
        sqlite3_bind_text(st, at + 1, c->p, c->n, SQLITE_STATIC);
}

static void insert(struct state *s, const struct table *t, const uint8_t own[16])
{
    const struct cell *row = &t->cells[(s->count % t->rows) * t->columns];
    for (int i = 0; i < t->columns; i++)
        bind(s, t, i, &row[i], own);
    if (sqlite3_step(t->insert) != SQLITE_DONE)
        stop(t->name);
    sqlite3_reset(t->insert);
}

static void one_passage(struct state *s, const struct table *person, const struct table *passage, const struct table *journal)
{
    next_passage(s);
    insert(s, person, s->person);
    insert(s, passage, s->passage);
    insert(s, journal, s->passage);
}

static int64_t number(const char *sql)
{
    sqlite3_stmt *st = prepare(sql);
    int64_t n = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    return n;
}

static void open_store(const char *path)
{
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        stop(path);
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000; PRAGMA journal_size_limit=134217728;"
        "PRAGMA cache_size=-32768; PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;");
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: bare STORE SECONDS\n");
        return 2;
    }
    open_store(argv[1]);
    int64_t lane = number("SELECT lane FROM passage GROUP BY lane ORDER BY count(*) DESC LIMIT 1");
    struct table person = { .name = "person", .where = "1" }, passage = { .name = "passage", .where = "lane = ?1" },
                 journal = { .name = "journal", .where = "lane = ?1 AND command = 'passage/register'" };
    load(&person, lane);
    load(&passage, lane);
    load(&journal, lane);
    /* hour × measure of one post; the writer joins a batch's counters too */
    sqlite3_stmt *counter = prepare(
        "INSERT INTO tally (lane, hour, place_id, subject, measure, n) SELECT lane, hour, place_id, subject, measure, 170 "
        "FROM (SELECT * FROM tally LIMIT 6) WHERE true "
        "ON CONFLICT (lane, hour, place_id, subject, measure) DO UPDATE SET n = tally.n + excluded.n");
    struct state s = state_of(number("SELECT max(seq) FROM journal"));
    double start = seconds(), until = start + strtod(argv[2], NULL), now = start;
    while (now < until) {
        run("BEGIN IMMEDIATE");
        for (int i = 0; i < PER_TRANSACTION; i++)
            one_passage(&s, &person, &passage, &journal);
        if (sqlite3_step(counter) != SQLITE_DONE)
            stop("tally");
        sqlite3_reset(counter);
        run("COMMIT");
        now = seconds();
    }
    print_rate(&s, now - start);
    sqlite3_close(db);
    return 0;
}
