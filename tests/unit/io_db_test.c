/* src/io/db: opening, binding, columns, transactions, errors, backup. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "io/db/db.h"

struct fixture {
    char folder[32], path[64];
    struct db *w;
    struct arena arena;
};

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/db-test-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/store.db", f->folder);
    arena_init(&f->arena, 4096);
    assert_int_equal(db_open(f->path, true, &f->w, NULL), 0);
    assert_int_equal(db_exec(f->w, "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, data BLOB, n INTEGER NOT NULL DEFAULT 0 "
                                   "CHECK(n >= 0)) STRICT; CREATE UNIQUE INDEX t_name ON t(name)"), 0);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    char command[64];
    db_close(f->w);
    arena_free(&f->arena);
    snprintf(command, sizeof command, "rm -r %s", f->folder);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

static int64_t number(struct db *d, const char *sql)
{
    struct db_stmt *s = db_prepare(d, str_of(sql));
    assert_non_null(s);
    assert_int_equal(db_step(s), 1);
    struct value v = db_column(s, 0);
    assert_int_equal(v.kind, VALUE_INT);
    db_reset(s);
    return v.i;
}

static int insert(struct db *d, int64_t id, struct str name)
{
    struct value v[] = { value_int(id), value_text(name) };
    return db_run(d, S("INSERT INTO t(id, name) VALUES ($1, $2)"), v, 2);
}

static void settings_take(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    assert_int_equal(number(f->w, "PRAGMA page_size"), 8192);
    assert_int_equal(number(f->w, "PRAGMA synchronous"), 2);
    assert_int_equal(number(f->w, "PRAGMA wal_autocheckpoint"), 10000);
    assert_int_equal(number(f->w, "PRAGMA foreign_keys"), 0);
    assert_int_equal(number(f->w, "PRAGMA cache_size"), -32768);
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct db *r;
    assert_int_equal(db_open(f->path, false, &r, NULL), 0);
    assert_int_equal(number(r, "PRAGMA wal_autocheckpoint"), 0);
    assert_int_equal(number(r, "PRAGMA cache_size"), -4096);
    assert_int_not_equal(insert(r, 1, S("a")), 0); /* a reader does not write */
    assert_true(strlen(db_error(r)) > 0);
    db_close(r);
}

static void values_go_round(void **state)
{
    struct fixture *f = *state;
    static const char bytes[] = { 0, 1, 2, 0, (char)255 };
    struct value v[] = { value_int(INT64_MIN), value_text(S("河南\0x")), value_blob(bytes, 5) };
    assert_int_equal(db_run(f->w, S("INSERT INTO t(data, name, id) VALUES ($3, $2, $1)"), v, 3), 0);
    assert_int_equal(db_changed(f->w), 1);
    v[0] = value_int(2);
    v[1] = value_text(S(""));
    v[2] = value_blob("", 0);
    assert_int_equal(db_run(f->w, S("INSERT INTO t(data, name, id) VALUES ($3, $2, $1)"), v, 3), 0);
    v[0] = value_int(3);
    v[1] = value_text(STR_ABSENT);
    v[2] = value_null();
    assert_int_equal(db_run(f->w, S("INSERT INTO t(data, name, id) VALUES ($3, $2, $1)"), v, 3), 0);

    struct db_stmt *s = db_prepare(f->w, S("SELECT id, name, data, 1.5 AS part FROM t ORDER BY id"));
    assert_int_equal(db_columns(s), 4);
    assert_string_equal(db_column_name(s, 3), "part");
    assert_int_equal(db_step(s), 1);
    assert_int_equal(db_column(s, 0).i, INT64_MIN);
    assert_int_equal(db_column(s, 1).kind, VALUE_TEXT);
    assert_true(str_eq(db_column(s, 1).s, S("河南\0x")));
    struct value kept = db_column_copy(s, 2, &f->arena);
    assert_true(str_is(db_column(s, 3).s, "1.5"));
    assert_int_equal(db_step(s), 1);
    assert_int_equal(db_column(s, 1).kind, VALUE_TEXT);
    assert_int_equal(db_column(s, 1).s.n, 0);
    assert_int_equal(db_column(s, 2).kind, VALUE_BLOB);
    assert_int_equal(db_step(s), 1);
    assert_int_equal(db_column(s, 1).kind, VALUE_NULL);
    assert_int_equal(db_column_copy(s, 2, &f->arena).kind, VALUE_NULL);
    assert_int_equal(db_step(s), 0);
    assert_true(kept.kind == VALUE_BLOB && kept.s.n == 5 && memcmp(kept.s.p, bytes, 5) == 0);
}

static void parameters_have_their_numbers(void **state)
{
    struct fixture *f = *state;
    /* First occurrence is $3, $1 occurs twice, $2 not at all. */
    struct db_stmt *s = db_prepare(f->w, S("SELECT $3 - $1, $1"));
    assert_non_null(s);
    for (int i = 1; i <= 4; i++)
        db_bind(s, i, value_int(i * 10));
    assert_int_equal(db_step(s), 1);
    assert_int_equal(db_column(s, 0).i, 20);
    assert_int_equal(db_column(s, 1).i, 10);
    db_reset(s);
    assert_int_equal(db_step(s), 1);
    assert_int_equal(db_column(s, 1).kind, VALUE_NULL); /* a reset forgets what was bound */
    db_reset(s);
    assert_null(db_prepare(f->w, S("SELECT :name")));
    assert_null(db_prepare(f->w, S("SELECT $0")));
    assert_null(db_prepare(f->w, S("SELECT $513")));
}

static void statements_are_kept(void **state)
{
    struct fixture *f = *state;
    struct db_stmt *s = db_prepare(f->w, S("SELECT 1"));
    assert_ptr_equal(db_prepare(f->w, str_sub(S("SELECT 12"), 0, 8)), s);
    char sql[64];
    for (int i = 0; i < 1500; i++) { /* more than are kept compiled */
        snprintf(sql, sizeof sql, "SELECT %d", i);
        assert_int_equal(number(f->w, sql), i);
    }
    assert_int_equal(db_step(s), 1); /* compiled again by itself */
    assert_int_equal(db_column(s, 0).i, 1);
    db_reset(s);
    assert_ptr_equal(db_prepare(f->w, S("SELECT 1")), s);
    assert_null(db_prepare(f->w, S("SELEC 1")));
    assert_non_null(strstr(db_error(f->w), "SELEC"));
    assert_null(db_prepare(f->w, S("SELECT 1; SELECT 2")));
    assert_null(db_prepare(f->w, S("  -- nothing")));
    assert_non_null(db_prepare(f->w, S("SELECT 1; -- the end\n ; ")));
}

static void errors_have_codes(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(insert(f->w, 1, S("a")), 0);
    assert_int_equal(insert(f->w, 1, S("b")), -ERR_DUPLICATE);
    assert_int_equal(insert(f->w, 2, S("a")), -ERR_DUPLICATE);
    assert_int_equal(db_run(f->w, S("UPDATE t SET n = -1"), NULL, 0), -ERR_INTERNAL);
    assert_int_equal(db_run(f->w, S("nonsense"), NULL, 0), -ERR_INTERNAL);
    assert_int_not_equal(db_exec(f->w, "nonsense"), 0);
    assert_int_equal(insert(f->w, 2, S("b")), 0); /* a statement that failed can be used again */
    struct db *other;
    assert_int_equal(db_open(f->path, true, &other, NULL), 0);
    assert_int_equal(db_exec(other, "PRAGMA busy_timeout=20"), 0);
    assert_int_equal(db_begin(f->w), 0);
    assert_int_equal(db_begin(other), -ERR_BUSY);
    db_rollback(f->w);
    assert_int_equal(db_begin(other), 0);
    db_rollback(other);
    db_close(other);
}

static void full_disk_has_its_code(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(db_exec(f->w, "PRAGMA max_page_count=8"), 0);
    static char big[100000];
    struct value v[] = { value_int(1), value_blob(big, sizeof big) };
    assert_int_equal(db_begin(f->w), 0);
    assert_int_equal(db_run(f->w, S("INSERT INTO t(id, data) VALUES ($1, $2)"), v, 2), -ERR_STORE_FULL);
    db_rollback(f->w); /* the engine has rolled back already */
    assert_int_equal(insert(f->w, 2, S("small")), 0);
}

static void transactions(void **state)
{
    struct fixture *f = *state;
    struct db *r;
    assert_int_equal(db_open(f->path, false, &r, NULL), 0);
    assert_int_equal(db_begin(f->w), 0);
    assert_int_equal(insert(f->w, 1, S("a")), 0);
    assert_int_equal(db_savepoint(f->w), 0);
    assert_int_equal(insert(f->w, 2, S("b")), 0);
    assert_int_equal(db_savepoint(f->w), 0); /* they nest */
    assert_int_equal(insert(f->w, 3, S("c")), 0);
    db_rollback_to(f->w);
    assert_int_equal(db_release(f->w), 0);
    assert_int_equal(db_savepoint(f->w), 0);
    assert_int_equal(insert(f->w, 4, S("d")), 0);
    assert_int_equal(insert(f->w, 5, S("d")), -ERR_DUPLICATE);
    db_rollback_to(f->w);
    assert_int_equal(number(f->w, "SELECT count(*) FROM t"), 2);
    assert_int_equal(number(r, "SELECT count(*) FROM t"), 0);
    assert_int_equal(db_commit(f->w), 0);
    assert_int_equal(number(r, "SELECT count(*) FROM t"), 2);
    assert_int_equal(db_begin(f->w), 0);
    assert_int_equal(insert(f->w, 6, S("e")), 0);
    db_rollback(f->w);
    db_rollback(f->w); /* without a transaction: nothing */
    assert_int_equal(number(r, "SELECT count(*) FROM t"), 2);
    assert_int_equal(db_begin(r), 0);
    assert_int_equal(number(r, "SELECT count(*) FROM t"), 2);
    assert_int_equal(insert(f->w, 7, S("f")), 0);
    assert_int_equal(number(r, "SELECT count(*) FROM t"), 2); /* a reader keeps its state */
    assert_int_equal(db_commit(r), 0);
    assert_int_equal(number(r, "SELECT count(*) FROM t"), 3);
    db_close(r);
}

static void only_databases_are_opened(void **state)
{
    struct fixture *f = *state;
    char path[96];
    struct db *d = NULL;
    snprintf(path, sizeof path, "%s/other", f->folder);
    assert_int_equal(db_open(path, false, &d, NULL), -ERR_STORE_UNREADABLE); /* missing */
    FILE *out = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        fprintf(out, "this is not a database\n");
    fclose(out);
    assert_int_equal(db_open(path, false, &d, NULL), -ERR_STORE_UNREADABLE);
    assert_int_equal(db_open(path, true, &d, NULL), -ERR_STORE_UNREADABLE);
    assert_int_equal(db_open(f->folder, true, &d, NULL), -ERR_STORE_UNREADABLE);
    snprintf(path, sizeof path, "%s/none/x.db", f->folder);
    assert_int_equal(db_open(path, true, &d, NULL), -ERR_STORE_UNREADABLE);
    assert_null(d);
}

static int64_t reported;
static void report(void *arg, int64_t done, int64_t total)
{
    (void)arg;
    assert_true(done <= total);
    reported = total;
}

static void backup_while_in_use(void **state)
{
    struct fixture *f = *state;
    char to[96];
    struct db *r, *copy;
    snprintf(to, sizeof to, "%s/copy.db", f->folder);
    assert_int_equal(db_begin(f->w), 0);
    for (int i = 1; i <= 3000; i++) {
        char name[600];
        snprintf(name, sizeof name, "%0550d", i);
        assert_int_equal(insert(f->w, i, str_of(name)), 0);
    }
    assert_int_equal(db_commit(f->w), 0);
    assert_int_equal(db_open(f->path, false, &r, NULL), 0);
    assert_int_equal(db_copy_file(r, to, report, NULL), 0);
    assert_true(reported > 200);
    assert_int_equal(insert(f->w, 9999, S("later")), 0);
    assert_int_equal(db_open(to, false, &copy, NULL), 0);
    assert_int_equal(number(copy, "SELECT count(*) FROM t"), 3000);
    db_close(copy);
    assert_int_equal(db_copy_file(r, to, NULL, NULL), -ERR_DUPLICATE); /* never over an older one */
    assert_int_equal(db_copy_file(r, "/nonexistent/x", NULL, NULL), -ERR_STORE_UNREADABLE);
    assert_int_equal(number(r, "SELECT count(*) FROM t"), 3001); /* no transaction is left open */
    db_close(r);
}

static void shown(struct fixture *f, const char *address, const char *wanted)
{
    assert_string_equal(str_c(&f->arena, db_address_shown(address, &f->arena)), wanted);
}

static void no_password_is_shown(void **state)
{
    struct fixture *f = *state;
    shown(f, "/var/lib/redoubt/redoubt.db", "/var/lib/redoubt/redoubt.db");
    shown(f, "postgresql://db/redoubt", "postgresql://db/redoubt");
    shown(f, "postgresql://u@db:5432/redoubt", "postgresql://u@db:5432/redoubt");
    shown(f, "postgres://u:geheim@db/redoubt", "postgresql://u@db/redoubt");
    shown(f, "postgresql://u:ge%40heim@a:5432,b:5432/redoubt?target_session_attrs=read-write", "postgresql://u@a:5432,b:5432/redoubt");
    shown(f, "postgresql://u:@db/redoubt", "postgresql://u@db/redoubt");
    shown(f, "postgresql://:geheim@db/redoubt", "postgresql://@db/redoubt");
    /* not encoded, as people type it */
    shown(f, "postgresql://u:ge@heim@db/redoubt", "postgresql://u@db/redoubt");
    shown(f, "postgresql://u:ge:heim@db/redoubt", "postgresql://u@db/redoubt");
    shown(f, "postgresql://u:ge/heim@db/redoubt", "postgresql://u@db/redoubt");
    shown(f, "postgresql://u:ge?heim@db/redoubt", "postgresql://u…");
    shown(f, "postgresql://u:g/e?heim@db/redoubt", "postgresql://u…");
    shown(f, "postgresql://u:g@e/h?eim@db/redoubt", "postgresql://u…");
    /* in the query */
    shown(f, "postgresql://db/redoubt?password=geheim", "postgresql://db/redoubt");
    shown(f, "postgresql://u@db/redoubt?sslmode=require&password=geheim", "postgresql://u@db/redoubt");
    shown(f, "postgresql://u:geheim@db?password=geheim", "postgresql://u@db");
    shown(f, "postgresql://u@db?password=ge@heim", "postgresql://u…");
    shown(f, "postgresql:///redoubt?user=u&password=ge@heim", "postgresql://…");
    /* key=value */
    shown(f, "host=db user=u password=geheim dbname=redoubt", "host=db user=u …");
    shown(f, "password = 'ge heim' host=db", "…");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(settings_take), T(values_go_round), T(parameters_have_their_numbers), T(statements_are_kept), T(errors_have_codes),
        T(full_disk_has_its_code), T(transactions), T(only_databases_are_opened), T(backup_while_in_use),
        T(no_password_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
