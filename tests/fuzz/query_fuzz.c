/* Query strings and cookies, and the small texts that come in them: ids, dates, instants, numbers. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/time.h"
#include "base/utf8.h"
#include "io/http/http.h"

#define HOLDS(c) do { if (!(c)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void times_go_round(struct str s)
{
    struct date d, d2;
    struct instant t, t2;
    char text[INSTANT_TEXT];
    if (date_parse_loose(s, &d) == 0) {
        date_format(d, text);
        HOLDS(date_parse(str_of(text), &d2) == 0 && d.days == d2.days);
        HOLDS(age_on(d, d) == 0);
    }
    if (instant_parse_loose(s, 480, &t) == 0) {
        instant_format(t, 0, text);
        if (instant_parse(str_of(text), &t2) == 0) /* an offset may carry it over the edge of the years taken */
            HOLDS(t.ms == t2.ms);
        d = date_of(t, 480);
        HOLDS(date_start(d, 480).ms <= t.ms && t.ms - date_start(d, 480).ms < DAY_MS);
    }
}

static void small_texts(struct str s)
{
    struct id id, id2;
    char text[ID_TEXT];
    int64_t v, scaled;
    if (id_parse(s, &id) == 0) {
        id_format(id, text);
        HOLDS(!id_absent(id) && id_parse(str_of(text), &id2) == 0 && id_eq(id, id2));
    }
    if (str_to_i64(s, &v) == 0 && v < INT64_MAX / 10 && v > INT64_MIN / 10)
        HOLDS(str_to_scaled(s, 1, &scaled) == 0 && scaled == v * 10);
    times_go_round(s);
    HOLDS(utf8_length(s) <= s.n && utf8_head(s, 3).n <= 12);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct str name, value;
    arena_init(&a, 4096);
    struct str text = str_dup(&a, (struct str){ size ? (const char *)data : "", size });
    struct str rest = text;
    int r;
    while ((r = http_query_next(&rest, &a, &name, &value)) != 0) {
        if (r < 0)
            continue; /* what follows is read all the same */
        HOLDS(r == 1 && utf8_valid(name) && utf8_valid(value));
        HOLDS(name.p && value.p && !memchr(name.p, 0, name.n) && !memchr(value.p, 0, value.n));
        small_texts(name);
        small_texts(value);
    }
    struct str cookie = http_cookie(text, "a");
    HOLDS(!cookie.p || (cookie.p >= text.p && cookie.p + cookie.n <= text.p + text.n));
    if (utf8_valid(text)) {
        size_t points = 0;
        for (size_t at = 0; at < text.n; points++)
            HOLDS(utf8_next(text, &at) <= 0x10FFFF);
        HOLDS(points == utf8_length(text));
    }
    small_texts(text);
    arena_free(&a);
    return 0;
}
