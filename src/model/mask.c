/* Masks for personal values in answers (GB/T 35273 display limits; domain §5.1 P19). */
#include <string.h>

#include "base/utf8.h"
#include "model/type.h"

static struct str stars(char *room, size_t cap, struct str head, size_t n, struct str tail)
{
    size_t at = 0;
    if (head.n + n + tail.n > cap)
        return S("***");
    memcpy(room, head.p, head.n);
    at += head.n;
    memset(room + at, '*', n);
    at += n;
    if (tail.n)
        memcpy(room + at, tail.p, tail.n);
    return (struct str){ room, at + tail.n };
}

/* Keeps the first and last characters that are given, when at least twice as many are hidden. */
static struct str ends(struct str s, size_t first, size_t last, char *room, size_t cap)
{
    if (s.n < (first + last) * 3 / 2)
        return stars(room, cap, str_sub(s, 0, 0), s.n, S(""));
    return stars(room, cap, str_sub(s, 0, first), s.n - first - last, str_sub(s, s.n - last, last));
}

struct str mask_into(enum mask mask, struct str s, char *room, size_t cap)
{
    switch (mask) {
    case MASK_NONE:
        return s;
    case MASK_NAME: {
        struct str first = utf8_head(s, 1);
        size_t rest = utf8_length(s) - (s.n ? 1 : 0);
        return stars(room, cap, first, rest > 2 ? 2 : rest ? rest : 1, S(""));
    }
    case MASK_DOC_NO:
        return ends(s, s.n >= 15 ? 4 : 2, 2, room, cap);
    case MASK_PHONE:
        return s.n == 11 ? stars(room, cap, str_sub(s, 0, 3), 4, str_sub(s, 7, 4)) : ends(s, 2, 2, room, cap);
    case MASK_ALL:
        break;
    }
    return S("***");
}

struct str mask_apply(enum mask mask, struct str s, struct arena *a)
{
    char room[512];
    return s.p ? str_dup(a, mask_into(mask, s, room, sizeof(room))) : s;
}
