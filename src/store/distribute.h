/* Tables by lane: what a distributed PostgreSQL (Citus) needs of the schema, and turning it into one. */
#ifndef STORE_DISTRIBUTE_H
#define STORE_DISTRIBUTE_H

#include "base/buf.h"
#include "store/copy.h"

struct lane_table {
    struct str name;   /* without quotes */
    bool by_lane;      /* large, spread by lane; else small, whole on every node */
};

/* Every table of a store, migration too; the journal is the first by lane. Memory from the arena. */
size_t lane_tables(const struct entity *const *entities, size_t n_entities, struct arena *a, struct lane_table **out);

/* Reads the schema that is there: the primary key of every table by lane begins with the lane, each of its unique indexes
 * contains it, and no table is unknown. 0, or negative with a line for each offence in the report. */
int lanes_check(struct db *d, const struct lane_table *t, size_t n, struct buf *report);

/* Number of tables and views in the database's schema that the program would use, or negative. */
int64_t tables_present(struct db *d);

/* With the extension citus: tables by lane become distributed ones in one colocation group, the others reference tables. What
 * is so already stays: it may be called again, also after it was broken off. shards: 0 for the server's own default.
 * A line for each table goes to the report. 0, or negative with one line for the user; without the extension, on SQLite, or
 * with another version's tables nothing is changed. */
int store_distribute(struct db *d, const struct lane_table *t, size_t n, int64_t shards, struct buf *report, char why[WHY]);

#endif
