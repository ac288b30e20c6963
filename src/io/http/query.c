/* Query strings and cookies. */
#include <string.h>

#include "base/utf8.h"
#include "io/http/http.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* application/x-www-form-urlencoded: plus is a blank. */
static int decode(struct str raw, struct arena *a, struct str *out)
{
    char *p = arena_alloc(a, raw.n);
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (c == '%') {
            int high = i + 2 < raw.n ? hex_digit(raw.p[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(raw.p[i + 2]) : -1;
            if (low < 0)
                return -1;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        if (!c)
            return -1;
        p[n++] = c;
    }
    *out = (struct str){ p, n };
    return utf8_valid(*out) ? 0 : -1;
}

int http_query_next(struct str *rest, struct arena *a, struct str *name, struct str *value)
{
    while (rest->n) {
        struct str right = str_cut(rest, '&');
        if (!right.n)
            continue; /* "a=1&&b=2" */
        struct str left = str_cut(&right, '=');
        if (decode(left, a, name) || decode(right.p ? right : S(""), a, value))
            return -1;
        return 1;
    }
    return 0;
}

struct str http_cookie(struct str cookie_header, const char *name)
{
    while (cookie_header.p) {
        struct str value = str_cut(&cookie_header, ';');
        struct str key = str_trim(str_cut(&value, '='));
        if (value.p && str_is(key, name))
            return str_trim(value);
    }
    return STR_ABSENT;
}
