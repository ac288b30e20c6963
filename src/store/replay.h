/* The journal played again: entries become rows and counters. For rebuild (into an empty store, to compare) and for restore
 * (onto an earlier backup, entries kept). */
#ifndef STORE_REPLAY_H
#define STORE_REPLAY_H

#include "store/internal.h"
#include "store/table.h"

struct replay {
    struct store *store;          /* of the target: its entities and places */
    struct reader *to;
    int offset_min;
    bool keep;                    /* also the entries themselves, and what they erase in earlier ones */
    int64_t entries, changes;
    struct tallies tallies;
    struct arena tally_arena, row, text;
    struct store_table *tables;   /* by entity position */
    struct write_sql *sql;
};

void replay_init(struct replay *p, struct store *target, struct reader *to, int offset_min, bool keep);
/* Inside a transaction. Entries of a lane in order; lane 0 before the others, for it holds the places. 0 or negative. */
int replay_entry(struct replay *p, const struct journal_row *j);
/* Before the commit: the counters that moved. */
int replay_settle(struct replay *p);
void replay_free(struct replay *p);

#endif
