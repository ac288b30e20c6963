/* Every table of a store, as one list: what is copied, backed up and compared. Not in it: migration, which says how the
 * tables came to be, and what a backup keeps for itself. */
#ifndef STORE_TABLE_H
#define STORE_TABLE_H

#include "base/hash.h"
#include "io/db/db.h"
#include "model/entity.h"

#define TABLE_COLUMNS 80

struct store_table {
    const struct db_table *t; /* its first n_key columns are the primary key */
    int n_key;
    struct str where;         /* rows that count; absent: all */
};

/* All tables, in the order in which they are copied; memory from the arena. */
size_t store_tables(const struct entity *const *entities, size_t n_entities, struct arena *a, struct store_table **out);
/* The journal, lane_head and installation alone. */
extern const struct store_table table_journal, table_lane_head, table_installation;

/* ---- reading a table in key order, by pages: memory does not grow with the table ---- */

#define SCAN_ROWS 1000 /* a page, and a transaction of what is written from it */

struct scan {
    struct db *db;
    const struct store_table *table;
    struct str first, next;          /* statements */
    struct value key[5];             /* of the last row of the page before */
    struct arena text, keys[2];      /* of the statements; of the keys, in turn */
    int turn;
    bool begun, ended;
};
void scan_init(struct scan *s, struct db *db, const struct store_table *t);
/* Reads the next page. Rows, fewer than SCAN_ROWS at the end, or negative. v: the row's columns, valid within the call. */
int scan_page(struct scan *s, int (*each)(void *arg, const struct value *v), void *arg);
void scan_end(struct scan *s);

/* Number of rows, or negative. */
int64_t table_rows(struct db *db, const struct store_table *t);
/* The greatest key. 1, 0 when the table is empty, or negative; memory from the arena. */
int table_last(struct db *db, const struct store_table *t, struct arena *a, struct value key[5]);
/* Order of keys of n columns, as both engines sort them: <0, 0, >0. */
int key_compare(const struct value *x, const struct value *y, int n);

/* ---- what a table holds, as one number ---- */

/* BLAKE2b-256 over the rows in key order, in one encoding for all engines. */
struct table_sum { int64_t rows; struct sha256 hash; };
struct summing;
struct summing *sum_begin(const struct store_table *t);
void sum_row(struct summing *s, const struct value *v);
void sum_end(struct summing *s, struct table_sum *out);  /* and releases it */
/* Sums a table. progress may be NULL: called with the rows of each page. */
int table_sum(struct db *db, const struct store_table *t, struct table_sum *out, void (*progress)(void *arg, int64_t rows), void *arg);

/* Both stores' rows of a table, merged by key. The number of keys whose row is in one only, or not the same in both, or
 * negative; rows: grows by the keys that are in both. */
int64_t table_compare(struct db *x, struct db *y, const struct store_table *t, int64_t *rows);

#endif
