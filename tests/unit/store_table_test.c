/* src/store/table: two stores compared table by table, over several pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/table.h"

#define ROWS "2500" /* two pages and a half */

static const struct str columns[] = { STR_INIT("lane"), STR_INIT("name"), STR_INIT("data") };
static const struct db_table rows_table = { STR_INIT("t"), columns, 3, STR_INIT("INSERT INTO t (lane, name, data) VALUES ($1, $2, $3)") };
static const struct store_table whole = { &rows_table, .n_key = 2 };

struct fixture { char folder[32]; struct db *x, *y; int64_t rows; };

static struct db *filled(const char *folder, const char *name)
{
    char path[64];
    struct db *d;
    snprintf(path, sizeof path, "%s/%s.db", folder, name);
    assert_int_equal(db_open(path, true, &d, NULL), 0);
    assert_int_equal(db_exec(d, "CREATE TABLE t(lane INTEGER NOT NULL, name TEXT NOT NULL, data BLOB, PRIMARY KEY (lane, name)) STRICT, WITHOUT ROWID;"
                                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " ROWS ") "
                                "INSERT INTO t SELECT i % 3, printf('%05d', i), CASE WHEN i % 5 THEN CAST(i AS BLOB) END FROM n"), 0);
    return d;
}

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/table-test-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->x = filled(f->folder, "x");
    f->y = filled(f->folder, "y");
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    char command[64];
    db_close(f->x);
    db_close(f->y);
    snprintf(command, sizeof command, "rm -r %s", f->folder);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

/* Differences, and how many keys are in both, after this was done to the second store. */
static int64_t differ(struct fixture *f, const char *sql)
{
    assert_int_equal(db_exec(f->y, sql), 0);
    f->rows = 0;
    return table_compare(f->x, f->y, &whole, &f->rows);
}

static void equal_tables(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(differ(f, ""), 0);
    assert_int_equal(f->rows, 2500);
    assert_int_equal(db_exec(f->x, "DELETE FROM t"), 0);
    assert_int_equal(differ(f, "DELETE FROM t"), 0);
    assert_int_equal(f->rows, 0);
}

/* What is missing early does not make differences of all that comes after it, whichever side it is missing on. */
static void one_row_is_one_difference(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(differ(f, "DELETE FROM t WHERE name = '00003'"), 1); /* the first in key order */
    assert_int_equal(f->rows, 2499);
    assert_int_equal(table_compare(f->y, f->x, &whole, &f->rows), 1);
    assert_int_equal(differ(f, "DELETE FROM t WHERE name = '01500'"), 2);
    assert_int_equal(differ(f, "INSERT INTO t VALUES (9, 'after the last', NULL)"), 3);
    assert_int_equal(f->rows, 2498);
    assert_int_equal(differ(f, "UPDATE t SET data = NULL WHERE name = '02497'"), 4);
    assert_int_equal(differ(f, "UPDATE t SET data = x'' WHERE name = '02495'"), 5); /* empty is not absent */
    assert_int_equal(f->rows, 2498);
}

static void all_or_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(differ(f, "DELETE FROM t"), 2500);
    assert_int_equal(f->rows, 0);
    assert_int_equal(table_compare(f->y, f->x, &whole, &f->rows), 2500);
}

static void rows_that_do_not_count(void **state)
{
    struct fixture *f = *state;
    struct store_table some = whole;
    some.where = S("lane <> 2");
    assert_int_equal(differ(f, "DELETE FROM t WHERE lane = 2"), 833);
    assert_int_equal(table_compare(f->x, f->y, &some, &f->rows), 0);
}

static void unreadable_is_no_difference(void **state)
{
    struct fixture *f = *state;
    assert_true(differ(f, "DROP TABLE t") < 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(equal_tables), T(one_row_is_one_difference), T(all_or_nothing), T(rows_that_do_not_count), T(unreadable_is_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
