/* A fixed window a minute long for each address and purpose. Collisions in the small table only make it stricter. */
#include <string.h>

#include "app/app.h"

#define LIMITER_SLOTS 4096

struct limiter {
    pthread_mutex_t lock;
    struct { int64_t minute; uint64_t who; int n; } slots[LIMITER_SLOTS];
};

struct limiter *limiter_new(void)
{
    struct limiter *l = mem_zalloc(sizeof(*l));
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

void limiter_free(struct limiter *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    mem_free(l);
}

bool limiter_allow(struct limiter *l, struct str client, const char *what, int per_minute, struct instant now)
{
    uint64_t who = hash_fast(client.p, client.n) ^ hash_fast(what, strlen(what));
    int64_t minute = now.ms / MINUTE_MS;
    pthread_mutex_lock(&l->lock);
    size_t i = who % LIMITER_SLOTS;
    if (l->slots[i].minute != minute || l->slots[i].who != who) {
        l->slots[i].minute = minute;
        l->slots[i].who = who;
        l->slots[i].n = 0;
    }
    bool allowed = l->slots[i].n++ < per_minute;
    pthread_mutex_unlock(&l->lock);
    return allowed;
}
