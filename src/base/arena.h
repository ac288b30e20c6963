/* Memory with a lifetime: the application, one request or import chunk, one row.
 * Nothing is freed one by one, so returning early is always safe. Running out of memory ends the
 * process with a log line: request sizes are bounded at the edge, so it means the machine is full. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    char *at, *end;             /* free part of the newest block */
    size_t block_size;          /* of the next block */
};

void arena_init(struct arena *a, size_t block_size);
void *arena_alloc(struct arena *a, size_t n);  /* 16-byte aligned, not zeroed; n may be 0 */
void *arena_zalloc(struct arena *a, size_t n); /* zeroed */
void arena_reset(struct arena *a);             /* keeps the oldest block for reuse */
void arena_free(struct arena *a);
size_t arena_used(const struct arena *a);      /* bytes held in blocks */

#define ARENA_NEW(a, T) ((T *)arena_zalloc((a), sizeof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_zalloc((a), sizeof(T) * (size_t)(n)))

/* The only heap calls in the program besides libraries' own. They end the process when memory is gone. */
void *mem_alloc(size_t n);
void *mem_zalloc(size_t n);
void *mem_grow(void *p, size_t n);
void mem_free(void *p);

#endif
