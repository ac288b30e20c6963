#include "base/id.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/hash.h"
#include "base/log.h"

struct id id_make(struct instant now, int lane, const uint8_t random[8])
{
    struct id id;
    uint64_t ms = (uint64_t)now.ms;
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    id.b[6] = (uint8_t)(0x80 | ((lane >> 8) & 0x0F)); /* version 8, high bits of the lane */
    id.b[7] = (uint8_t)(lane & 0xFF);
    memcpy(id.b + 8, random, 8);
    id.b[8] = (uint8_t)((id.b[8] & 0x3F) | 0x80);     /* RFC 9562 variant */
    return id;
}

struct id id_new(struct instant now, int lane)
{
    uint8_t random[8];
    ssize_t n;
    do
        n = getrandom(random, sizeof random, 0);
    while (n < 0 && errno == EINTR);
    if (n != sizeof random) { /* cannot happen for so few bytes on a kernel that has the call */
        log_error("no random numbers from the system");
        abort();
    }
    return id_make(now, lane, random);
}

bool id_absent(struct id a)
{
    return id_eq(a, ID_ABSENT);
}

bool id_eq(struct id a, struct id b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

int id_cmp(struct id a, struct id b)
{
    return memcmp(a.b, b.b, sizeof a.b);
}

/* Byte i of an id stands at this place of its text; hyphens stand at 8, 13, 18 and 23. */
static size_t text_at(size_t i)
{
    return 2 * i + (i >= 4) + (i >= 6) + (i >= 8) + (i >= 10);
}

int id_parse(struct str s, struct id *out)
{
    struct id id;
    if (s.n != ID_TEXT - 1 || s.p[8] != '-' || s.p[13] != '-' || s.p[18] != '-' || s.p[23] != '-')
        return -1;
    for (size_t i = 0; i < sizeof id.b; i++)
        if (hash_unhex(str_sub(s, text_at(i), 2), &id.b[i], 1))
            return -1;
    if (id_absent(id))
        return -1;
    *out = id;
    return 0;
}

size_t id_format(struct id a, char out[ID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    out[8] = out[13] = out[18] = out[23] = '-';
    for (size_t i = 0; i < sizeof a.b; i++) {
        out[text_at(i)] = digits[a.b[i] >> 4];
        out[text_at(i) + 1] = digits[a.b[i] & 15];
    }
    out[ID_TEXT - 1] = 0;
    return ID_TEXT - 1;
}

struct instant id_time(struct id a)
{
    int version = a.b[6] >> 4;
    if (version != 7 && version != 8)
        return INSTANT_ABSENT; /* other versions do not begin with the time */
    int64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | a.b[i];
    return (struct instant){ ms };
}

int id_lane(struct id a)
{
    return a.b[6] >> 4 == 8 ? (a.b[6] & 0x0F) << 8 | a.b[7] : 0;
}
