/* Counters that move with the rows: summed in memory over a batch, written once before its commit. */
#include <string.h>

#include "store/internal.h"

void tallies_init(struct tallies *t, struct arena *a)
{
    memset(t->slots, 0, sizeof(t->slots));
    t->arena = a;
}

static uint64_t slot_of(const struct tally_key *k) { return hash_fast(k, sizeof(*k)) & 1023; }

void tallies_add(struct tallies *t, const struct tally_key *key, int64_t n)
{
    struct tally_item **slot = &t->slots[slot_of(key)];
    for (struct tally_item *i = *slot; i; i = i->next) {
        if (memcmp(&i->key, key, sizeof(*key)) == 0) {
            i->n += n;
            return;
        }
    }
    struct tally_item *i = ARENA_NEW(t->arena, struct tally_item);
    i->key = *key;
    i->n = n;
    i->next = *slot;
    *slot = i;
}

int tallies_flush(struct tallies *t, struct db *d)
{
    int err = 0;
    for (size_t b = 0; !err && b < sizeof(t->slots) / sizeof(t->slots[0]); b++) {
        for (struct tally_item *i = t->slots[b]; !err && i; i = i->next) {
            struct value v[] = { value_int(i->key.lane), value_int(i->key.hour), value_blob(i->key.place_id.b, 16),
                                 value_blob(i->key.subject.b, 16), value_text(str_of(i->key.measure)), value_int(i->n) };
            err = i->n == 0 ? 0 : db_later(d, S("INSERT INTO tally (lane, hour, place_id, subject, measure, n) VALUES ($1, $2, $3, $4, $5, $6) "
                                                "ON CONFLICT (lane, hour, place_id, subject, measure) DO UPDATE SET n = tally.n + excluded.n"),
                                           v, 6, -1);
        }
    }
    return err;
}
