/* Kept values by (what, id, number): one small open-addressed table per thread. */
#include "core/memo.h"

#include "base/hash.h"

#define SLOTS 1024          /* a power of two */
#define KEEP_MAX (SLOTS / 2)
#define KEEP_BYTES ((size_t)4 << 20)

struct kept { const char *what; struct id id; int64_t number; const void *value; };

struct memo {
    struct arena arena;
    struct kept slots[SLOTS];
    size_t n;
    int64_t seq;            /* of the reference tables that the values come from */
};

struct memo *memo_new(void)
{
    struct memo *m = mem_zalloc(sizeof(*m));
    arena_init(&m->arena, 16 * 1024);
    return m;
}

void memo_free(struct memo *m)
{
    if (!m)
        return;
    arena_free(&m->arena);
    mem_free(m);
}

void memo_clear(struct memo *m)
{
    if (!m)
        return;
    for (size_t i = 0; m->n && i < SLOTS; i++)
        m->slots[i].what = NULL;
    m->n = 0;
    arena_reset(&m->arena);
}

void memo_begin(struct memo *m, int64_t reference_seq)
{
    if (!m)
        return;
    if (m->seq != reference_seq || m->n >= KEEP_MAX || arena_used(&m->arena) > KEEP_BYTES)
        memo_clear(m);
    m->seq = reference_seq;
}

/* The slot of the key, or the empty one where it would stand. The table is never full: see memo_put. */
static size_t slot_of(const struct memo *m, const char *what, struct id id, int64_t number)
{
    size_t i = (hash_fast(id.b, sizeof(id.b)) ^ (uint64_t)number * 31 ^ (uintptr_t)what) & (SLOTS - 1);
    while (m->slots[i].what && !(m->slots[i].what == what && m->slots[i].number == number && id_eq(m->slots[i].id, id)))
        i = (i + 1) & (SLOTS - 1);
    return i;
}

const void *memo_get(const struct memo *m, const char *what, struct id id, int64_t number)
{
    if (!m)
        return NULL;
    const struct kept *k = &m->slots[slot_of(m, what, id, number)];
    return k->what ? k->value : NULL;
}

struct arena *memo_arena(struct memo *m) { return &m->arena; }

void memo_put(struct memo *m, const char *what, struct id id, int64_t number, const void *value)
{
    if (!m || m->n + 1 >= SLOTS)
        return;
    struct kept *k = &m->slots[slot_of(m, what, id, number)];
    m->n += k->what == NULL;
    *k = (struct kept){ what, id, number, value };
}
