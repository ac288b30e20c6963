/* What both engines share: the table of statements, and the way from a call to the engine. */
#include "io/db/db.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/log.h"
#include "io/db/engine.h"

/* Compiled statements kept at a time. Beyond it the one longest unused is given up and compiled again when it is
 * asked for; lists with many filters would otherwise let a connection grow without end. */
#define LIVE_STATEMENTS 512

/* ---- opening ---- */

enum db_kind db_kind_of(const char *address)
{
    struct str s = str_of(address);
    return str_starts(s, S("postgresql://")) || str_starts(s, S("postgres://")) ? DB_POSTGRES : DB_SQLITE;
}

/* Of a password that was not encoded ('@' as %40) no rule tells where it ends: it goes up to the last '@' before a query,
 * and nothing after the name is shown when there is an '@' behind a '?'. */
static struct str url_shown(struct str rest, struct arena *a)
{
    struct str host = str_cut(&rest, '?'), user = { host.p, 0 };
    if (str_find(rest, S("@"), NULL)) {
        user = str_cut(&host, '/');
        user = str_cut(&user, '@');
        user = str_cut(&user, ':');
        return str_fmt(a, "postgresql://%.*s…", STR_ARG(user));
    }
    for (size_t i = 0; i < host.n; i++)
        if (host.p[i] == '@')
            user.n = i;
    if (!user.n)
        return str_fmt(a, "postgresql://%.*s", STR_ARG(host));
    host = str_sub(host, user.n + 1, host.n);
    user = str_cut(&user, ':');
    return str_fmt(a, "postgresql://%.*s@%.*s", STR_ARG(user), STR_ARG(host));
}

struct str db_address_shown(const char *address, struct arena *a)
{
    struct str s = str_of(address);
    size_t at;
    if (db_kind_of(address) == DB_POSTGRES && str_find(s, S("://"), &at))
        return url_shown(str_sub(s, at + 3, s.n), a);
    /* libpq's other form, key=value, is no address of ours, but somebody may try it */
    if (str_find(s, S("password="), &at) || str_find(s, S("password ="), &at))
        return str_fmt(a, "%.*s…", (int)at, s.p);
    return s;
}

void db_init(struct db *d, const struct db_engine *engine, bool writer)
{
    d->engine = engine;
    d->writer = writer;
    arena_init(&d->arena, 16384);
    d->n_slots = 256;
    d->slots = mem_zalloc(d->n_slots * sizeof *d->slots);
}

void db_release_memory(struct db *d)
{
    arena_free(&d->arena);
    mem_free(d->slots);
    mem_free(d);
}

int db_open(const char *address, bool writer, struct db **out, char why[256])
{
    const struct db_engine *engine = db_kind_of(address) == DB_POSTGRES ? &db_postgres : &db_sqlite;
    struct db *d = NULL;
    int err = engine->open(address, writer, &d);
    *out = NULL;
    if (err && why)
        snprintf(why, 256, "%s", d ? d->error : "");
    else if (err && d)
        log_error("a store cannot be opened: %s", d->error);
    if (err)
        db_close(d);
    else
        *out = d;
    return err;
}

void db_close(struct db *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->n_slots; i++)
        if (d->slots[i])
            d->engine->give_up(d->slots[i]);
    d->engine->close(d);
}

enum db_kind db_kind(const struct db *d) { return d->engine->kind; }
const char *db_error(struct db *d) { return d->error; }
bool db_was_away(const struct db *d) { return d->away; }
void db_away_forget(struct db *d) { d->away = false; }

/* ---- statements by their text ---- */

static struct db_stmt **find_slot(struct db_stmt **slots, size_t n, uint64_t hash, struct str sql)
{
    size_t i = hash & (n - 1);
    while (slots[i] && !(slots[i]->hash == hash && str_eq(slots[i]->sql, sql)))
        i = (i + 1) & (n - 1);
    return &slots[i];
}

static void grow_slots(struct db *d)
{
    size_t n = d->n_slots * 2;
    struct db_stmt **slots = mem_zalloc(n * sizeof *slots);
    for (size_t i = 0; i < d->n_slots; i++)
        if (d->slots[i])
            *find_slot(slots, n, d->slots[i]->hash, d->slots[i]->sql) = d->slots[i];
    mem_free(d->slots);
    d->slots = slots;
    d->n_slots = n;
}

static void give_up(struct db_stmt *s)
{
    if (s->compiled)
        s->db->n_live--;
    s->db->engine->give_up(s);
    s->compiled = false;
}

/* The compiled statement that was asked for longest ago and is not being stepped. */
static void give_up_one(struct db *d)
{
    struct db_stmt *oldest = NULL;
    for (size_t i = 0; i < d->n_slots; i++) {
        struct db_stmt *s = d->slots[i];
        if (s && s->compiled && !d->engine->busy(s) && (!oldest || s->used < oldest->used))
            oldest = s;
    }
    if (oldest)
        give_up(oldest);
}

static int compile(struct db_stmt *s)
{
    if (s->db->n_live >= LIVE_STATEMENTS)
        give_up_one(s->db);
    int err = s->db->engine->compile(s);
    s->compiled = !err;
    s->db->n_live += !err;
    return err;
}

static struct db_stmt *stmt_new(struct db *d, struct str sql, uint64_t hash)
{
    struct db_stmt *s = arena_zalloc(&d->arena, d->engine->stmt_size);
    s->db = d;
    s->sql = (struct str){ str_c(&d->arena, sql), sql.n };
    s->hash = hash;
    return s;
}

struct db_stmt *db_prepare(struct db *d, struct str sql)
{
    uint64_t hash = hash_fast(sql.p, sql.n);
    struct db_stmt **slot = find_slot(d->slots, d->n_slots, hash, sql);
    struct db_stmt *s = *slot;
    if (sql.n > INT32_MAX)
        return NULL;
    if (!s) {
        s = stmt_new(d, sql, hash);
        int err = compile(s);
        /* A connection that is gone comes back; a text that does not compile never will. */
        if (err && err != -ERR_STORE_AWAY)
            return NULL;
        *slot = s;
        if (++d->n_stmts * 2 > d->n_slots)
            grow_slots(d);
    }
    s->used = ++d->tick;
    return s;
}

static int compiled(struct db_stmt *s) { return s->compiled ? 0 : compile(s); }

void db_bind(struct db_stmt *s, int at, struct value v)
{
    if (compiled(s) == 0) /* else db_step meets the same error and gives it */
        s->db->engine->bind(s, at, v);
}

int db_step(struct db_stmt *s)
{
    int err = compiled(s);
    return err ? err : s->db->engine->step(s);
}

int db_columns(struct db_stmt *s) { return s->compiled ? s->db->engine->columns(s) : 0; }
const char *db_column_name(struct db_stmt *s, int at) { return s->compiled ? s->db->engine->column_name(s, at) : NULL; }
struct value db_column(struct db_stmt *s, int at) { return s->db->engine->column(s, at); }

struct value db_column_copy(struct db_stmt *s, int at, struct arena *a)
{
    struct value v = db_column(s, at);
    if (v.kind == VALUE_TEXT || v.kind == VALUE_BLOB)
        v.s = str_dup(a, v.s);
    return v;
}

void db_reset(struct db_stmt *s)
{
    if (s->compiled)
        s->db->engine->reset(s);
}

/* ---- running ---- */

int db_exec(struct db *d, const char *sql) { return d->engine->exec(d, sql); }
int db_schema(struct db *d, struct str sql) { return d->engine->schema(d, sql); }
int64_t db_changed(struct db *d) { return d->engine->changed(d); }
int db_begin(struct db *d) { return d->engine->begin(d); }
int db_commit(struct db *d) { return d->engine->commit(d); }
void db_rollback(struct db *d) { d->engine->rollback(d); }

int db_run(struct db *d, struct str sql, const struct value *v, int n)
{
    struct db_stmt *s = db_prepare(d, sql);
    if (!s)
        return -ERR_INTERNAL;
    for (int i = 0; i < n; i++)
        db_bind(s, i + 1, v[i]);
    int rc;
    do
        rc = db_step(s);
    while (rc == 1);
    return rc;
}

int db_savepoint(struct db *d) { return db_run(d, S("SAVEPOINT command"), NULL, 0); }
int db_release(struct db *d) { return db_run(d, S("RELEASE SAVEPOINT command"), NULL, 0); }

void db_rollback_to(struct db *d)
{
    if (d->engine->forget)
        d->engine->forget(d);
    if (db_run(d, S("ROLLBACK TO SAVEPOINT command"), NULL, 0) == 0)
        db_run(d, S("RELEASE SAVEPOINT command"), NULL, 0);
}

/* ---- where a round trip costs ---- */

int db_insert(struct db *d, const struct db_table *t, const struct value *v)
{
    return d->engine->insert ? d->engine->insert(d, t, v) : db_run(d, t->insert, v, t->n);
}

int db_later(struct db *d, struct str sql, const struct value *v, int n, int64_t expect)
{
    if (d->engine->later)
        return d->engine->later(d, sql, v, n, expect);
    int err = db_run(d, sql, v, n);
    return err ? err : expect >= 0 && db_changed(d) != expect ? -ERR_CONFLICT : 0;
}

int db_flush(struct db *d) { return d->engine->flush ? d->engine->flush(d) : 0; }

void db_ahead(struct db_stmt *s)
{
    if (s->db->engine->ahead && compiled(s) == 0)
        s->db->engine->ahead(s);
    db_reset(s);
}

int db_ahead_run(struct db *d) { return d->engine->ahead_run ? d->engine->ahead_run(d) : 0; }

void db_ahead_end(struct db *d)
{
    if (d->engine->ahead_end)
        d->engine->ahead_end(d);
}

void db_notify(struct db *d, struct str text)
{
    if (d->engine->notify)
        d->engine->notify(d, text);
}

int db_wait(struct db *d, int timeout_ms, void (*each)(void *arg, struct str text), void *arg)
{
    return d->engine->wait ? d->engine->wait(d, timeout_ms, each, arg) : 0;
}

bool db_other_program(struct db *d, const char *ours, char *other, size_t size)
{
    return d->engine->other_program && d->engine->other_program(d, ours, other, size);
}

int db_copy_file(struct db *d, const char *to, db_progress progress, void *arg)
{
    return d->engine->copy_file ? d->engine->copy_file(d, to, progress, arg) : -ERR_INTERNAL;
}
