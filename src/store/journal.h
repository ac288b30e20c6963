/* Reading the journal: verify, history, replay. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <jansson.h>
#include "store/store.h"

struct journal_row;

struct journal_report {
    int64_t lanes, entries, personal; /* personal: erasable parts that were there and matched */
    int64_t bad_lane, bad_seq;
    const char *what;                 /* gap, hash, changes, personal; NULL when good */
};

/* Checks every lane's numbering and chain. 0, or -ERR_STORE_UNREADABLE with the first bad entry in the report. */
int journal_verify(struct reader *r, struct journal_report *report);
/* Entries of a lane after a seq, in order; the arena is reset between chunks. */
int journal_each(struct reader *r, int64_t lane, int64_t after, struct arena *a,
                 int (*each)(void *arg, const struct journal_row *j), void *arg);
/* What a reader of the journal may see of an entry. Strings live as long as the entry. */
struct journal_view {
    int64_t lane, seq, status;
    struct instant received;
    struct id actor_id, target_id;
    struct str command, reason, device, changes;
};
struct journal_view journal_view(const struct journal_row *j);
/* Entries before a seq, newest first, at most `limit`, of one command when it is not absent; looks through at most
 * 20,000 entries. *next: where to go on (as `before`), 0 at the beginning of the journal. 0 or negative. */
int journal_newest(struct reader *r, int64_t lane, int64_t before, struct str command, int limit, struct arena *a, int64_t *next,
                   int (*each)(void *arg, const struct journal_row *j), void *arg);
/* The entries that wrote a row, newest first, with the row's change in each (personal: its erasable fields, NULL when erased). */
int journal_history(struct reader *r, const struct entity *e, const void *row, struct arena *a,
                    int (*each)(void *arg, const struct journal_row *j, const json_t *change, const json_t *personal), void *arg);
/* The erasable parts of every entry that wrote this row go, back from its newest: when a row is deleted. */
int journal_redact(struct db *d, int64_t lane, int64_t seq, struct id row_id);
/* Replays the journal into an empty store and compares every table. 0 when equal; else lines in the report. */
int rebuild_check(struct store *s, struct reader *r, const char *folder, struct buf *report);

#endif
