#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Under AddressSanitizer the unused part of a block is poisoned, so that running over the end of one
 * allocation into the next is seen although both stand in the same block. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif
#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#define ALIGN ((size_t)16)
#define LARGEST_BLOCK ((size_t)1 << 20) /* block sizes double up to here */

struct arena_block {
    struct arena_block *older;
    size_t size; /* of data */
    _Alignas(16) char data[];
};

static void out_of_memory(size_t n)
{
    log_error("out of memory: %zu bytes asked for", n);
    abort();
}

void *mem_alloc(size_t n)
{
    void *p = malloc(n ? n : 1);
    if (!p)
        out_of_memory(n);
    return p;
}

void *mem_zalloc(size_t n)
{
    void *p = calloc(1, n ? n : 1);
    if (!p)
        out_of_memory(n);
    return p;
}

void *mem_grow(void *p, size_t n)
{
    void *q = realloc(p, n ? n : 1);
    if (!q)
        out_of_memory(n);
    return q;
}

void mem_free(void *p)
{
    free(p);
}

void arena_init(struct arena *a, size_t block_size)
{
    *a = (struct arena){ .block_size = (block_size + ALIGN - 1) & ~(ALIGN - 1) };
    if (a->block_size < 256)
        a->block_size = 256;
}

static struct arena_block *add_block(struct arena *a, size_t size)
{
    struct arena_block *b = mem_alloc(sizeof *b + size);
    b->older = a->blocks;
    b->size = size;
    a->blocks = b;
    POISON(b->data, size);
    return b;
}

/* A block for ordinary allocations, which becomes the place to allocate from. */
static void next_block(struct arena *a)
{
    struct arena_block *b = add_block(a, a->block_size);
    a->at = b->data;
    a->end = b->data + b->size;
    if (a->block_size < LARGEST_BLOCK)
        a->block_size *= 2;
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX / 2)
        out_of_memory(n);
    size_t need = n ? (n + ALIGN - 1) & ~(ALIGN - 1) : ALIGN;
    if ((size_t)(a->end - a->at) < need) {
        /* The first block is always an ordinary one: it is the one that arena_reset keeps. */
        if (!a->blocks || need <= a->block_size / 2)
            next_block(a);
        if ((size_t)(a->end - a->at) < need) {
            /* A large one gets a block of its own; small ones go on filling the present block. */
            struct arena_block *b = add_block(a, need);
            UNPOISON(b->data, n);
            return b->data;
        }
    }
    void *p = a->at;
    a->at += need;
    UNPOISON(p, n);
    return p;
}

void *arena_zalloc(struct arena *a, size_t n)
{
    void *p = arena_alloc(a, n);
    memset(p, 0, n);
    return p;
}

static void release_block(struct arena_block *b)
{
    UNPOISON(b->data, b->size);
    mem_free(b);
}

void arena_reset(struct arena *a)
{
    struct arena_block *b = a->blocks;
    if (!b)
        return;
    while (b->older) {
        struct arena_block *older = b->older;
        release_block(b);
        b = older;
    }
    a->blocks = b;
    a->at = b->data;
    a->end = b->data + b->size;
    a->block_size = b->size < LARGEST_BLOCK ? b->size * 2 : b->size;
    POISON(b->data, b->size);
}

void arena_free(struct arena *a)
{
    size_t first = a->block_size;
    for (struct arena_block *b = a->blocks; b;) {
        struct arena_block *older = b->older;
        first = b->size;
        release_block(b);
        b = older;
    }
    *a = (struct arena){ .block_size = first };
}

size_t arena_used(const struct arena *a)
{
    size_t n = 0;
    for (const struct arena_block *b = a->blocks; b; b = b->older)
        n += sizeof *b + b->size;
    return n;
}
