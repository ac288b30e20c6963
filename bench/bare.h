/* What bare.c and bare_pg.c share: the rows of a passage differ from their examples in ids, times, numbers and hashes. */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define TEMPLATES 1000       /* examples of each table */
#define PER_TRANSACTION 1024 /* passages */

/* What a column of a new row gets. */
enum role { KEEP, ID, PERSON_ID, SEQ, HASH, COMMAND_ID, TIME };

struct state {
    uint64_t random;
    int64_t millis, count, seq;
    uint8_t person[16], passage[16];
};

/* seq: the greatest in the journal. */
static struct state state_of(int64_t seq)
{
    return (struct state){ .random = 88172645463325252u, .millis = (int64_t)time(NULL) * 1000, .seq = seq + 1000000 };
}

/* xorshift64*: only has to be different each time, and cheap. */
static uint64_t next_random(struct state *s)
{
    s->random ^= s->random >> 12;
    s->random ^= s->random << 25;
    s->random ^= s->random >> 27;
    return s->random * UINT64_C(2685821657736338717);
}

static void fill(struct state *s, uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        uint64_t r = next_random(s);
        memcpy(p + i, &r, n - i < 8 ? n - i : 8);
    }
}

/* Ordered by time, as the ids of the program are. */
static void make_id(struct state *s, uint8_t id[16])
{
    uint64_t ms = (uint64_t)(s->millis + s->count / 16);
    fill(s, id, 16);
    for (int i = 0; i < 6; i++)
        id[i] = (uint8_t)(ms >> (40 - 8 * i));
    id[6] = (uint8_t)(0x80 | (id[6] & 0x0f));
    id[8] = (uint8_t)(0x80 | (id[8] & 0x3f));
}

static void next_passage(struct state *s)
{
    s->count++;
    s->seq++;
    make_id(s, s->person);
    make_id(s, s->passage);
}

static enum role role_of(const char *table, const char *column)
{
    static const struct { const char *name; enum role role; } known[] = {
        { "id", ID }, { "person_id", PERSON_ID }, { "seq", SEQ }, { "command_id", COMMAND_ID }, { "passed_at", TIME },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (!strcmp(column, known[i].name))
            return known[i].role;
    size_t n = strlen(column);
    bool hash = !strcmp(column, "hash") || (n > 5 && !strcmp(column + n - 5, "_hash"));
    return hash && (!strcmp(table, "journal") || !strcmp(table, "person")) ? HASH : KEEP;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The result, as one JSON object. */
static void print_rate(const struct state *s, double duration)
{
    printf("{\"passages\":%lld,\"duration_s\":%.3f,\"rps\":%.0f}\n", (long long)s->count, duration, (double)s->count / duration);
}

#endif
