#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

struct str str_of(const char *c)
{
    return c ? (struct str){ c, strlen(c) } : STR_ABSENT;
}

bool str_eq(struct str a, struct str b)
{
    if (!a.p || !b.p)
        return a.p == b.p;
    return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

bool str_is(struct str a, const char *c)
{
    return str_eq(a, str_of(c));
}

int str_cmp(struct str a, struct str b)
{
    if (!a.p || !b.p)
        return (a.p != NULL) - (b.p != NULL);
    size_t n = a.n < b.n ? a.n : b.n;
    int c = memcmp(a.p, b.p, n);
    if (c)
        return c < 0 ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.p && prefix.p && s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0;
}

bool str_ends(struct str s, struct str suffix)
{
    return s.p && suffix.p && s.n >= suffix.n && memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The ideographic space, which Chinese input methods give for the space bar. */
#define WIDE_BLANK S("\xE3\x80\x80")

struct str str_trim(struct str s)
{
    while (s.n) {
        size_t cut = is_blank(s.p[0]) ? 1 : str_starts(s, WIDE_BLANK) ? 3 : 0;
        if (!cut)
            break;
        s.p += cut;
        s.n -= cut;
    }
    while (s.n) {
        size_t cut = is_blank(s.p[s.n - 1]) ? 1 : str_ends(s, WIDE_BLANK) ? 3 : 0;
        if (!cut)
            break;
        s.n -= cut;
    }
    return s;
}

struct str str_sub(struct str s, size_t from, size_t n)
{
    if (!s.p)
        return s;
    if (from > s.n)
        from = s.n;
    if (n > s.n - from)
        n = s.n - from;
    return (struct str){ s.p + from, n };
}

struct str str_cut(struct str *s, char c)
{
    struct str head = *s;
    const char *at = s->n ? memchr(s->p, c, s->n) : NULL;
    if (!at) {
        *s = STR_ABSENT;
        return head;
    }
    head.n = (size_t)(at - s->p);
    *s = (struct str){ at + 1, s->n - head.n - 1 };
    return head;
}

bool str_find(struct str s, struct str what, size_t *at)
{
    if (!s.p || !what.p)
        return false;
    const char *p = what.n ? memmem(s.p, s.n, what.p, what.n) : s.p;
    if (p && at)
        *at = (size_t)(p - s.p);
    return p != NULL;
}

char *str_c(struct arena *a, struct str s)
{
    char *c = arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(c, s.p, s.n);
    c[s.n] = 0;
    return c;
}

struct str str_dup(struct arena *a, struct str s)
{
    if (!s.p)
        return s;
    char *p = arena_alloc(a, s.n);
    if (s.n)
        memcpy(p, s.p, s.n);
    return (struct str){ p, s.n };
}

struct str str_fmt(struct arena *a, const char *fmt, ...)
{
    char small[256];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0)
        n = 0;
    char *p = arena_alloc(a, (size_t)n + 1);
    if ((size_t)n < sizeof small)
        memcpy(p, small, (size_t)n + 1);
    else
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (struct str){ p, (size_t)n };
}

struct str str_upper(struct arena *a, struct str s)
{
    if (!s.p)
        return s;
    char *p = arena_alloc(a, s.n);
    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A') : s.p[i];
    return (struct str){ p, s.n };
}

/* One more decimal digit on a number that is kept negative: the negative range is the larger one. */
static int push_digit(int64_t *v, int digit)
{
    if (__builtin_mul_overflow(*v, 10, v) || __builtin_sub_overflow(*v, digit, v))
        return -1;
    return 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int str_to_i64(struct str s, int64_t *out)
{
    return str_to_scaled(s, 0, out) == 0 && !memchr(s.p, '.', s.n) ? 0 : -1;
}

int str_to_scaled(struct str s, int places, int64_t *out)
{
    if (!s.n)
        return -1;
    bool negative = s.p[0] == '-';
    size_t i = negative ? 1 : 0;
    int64_t v = 0;
    int after = 0;
    size_t start = i;
    for (; i < s.n && is_digit(s.p[i]); i++)
        if (push_digit(&v, s.p[i] - '0'))
            return -1;
    if (i == start)
        return -1;
    bool precise = true;
    if (i < s.n && s.p[i] == '.') {
        for (i++; i < s.n && is_digit(s.p[i]); i++, after++) {
            if (after >= places)
                precise = false; /* read on: "37.3x" is not a number, whatever its places */
            else if (push_digit(&v, s.p[i] - '0'))
                return -1;
        }
        if (!after)
            return -1;
    }
    if (i != s.n)
        return -1;
    for (; after < places; after++)
        if (push_digit(&v, 0))
            return -1;
    if (!precise)
        return -2;
    if (!negative && v == INT64_MIN)
        return -1;
    *out = negative ? v : -v;
    return 0;
}
