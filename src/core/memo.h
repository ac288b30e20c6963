/* What a thread keeps of small tables between requests: the profile in force at a place, a checkpoint. Everything is
 * dropped when any reference table has changed. A context without a memo reads the tables each time: same answers. */
#ifndef CORE_MEMO_H
#define CORE_MEMO_H

#include "base/arena.h"
#include "base/id.h"

struct memo;

struct memo *memo_new(void);
void memo_free(struct memo *m);
/* At the start of each request or job: drops all if the reference tables moved on (store_reference_seq) or too much is
 * kept. Never in between, so that what was given out stays valid until the end of the request. */
void memo_begin(struct memo *m, int64_t reference_seq);
/* Drops all: after a rolled-back write, whose rows may have been seen. */
void memo_clear(struct memo *m);
/* What was put under (what, id, number); NULL when nothing is kept. `what` is compared by its address. m may be NULL. */
const void *memo_get(const struct memo *m, const char *what, struct id id, int64_t number);
/* Memory for what is to be kept, and keeping it. The value and all it points to must live in memo_arena. */
struct arena *memo_arena(struct memo *m);
void memo_put(struct memo *m, const char *what, struct id id, int64_t number, const void *value);

#endif
