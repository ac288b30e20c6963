/* Instants: milliseconds UTC, written with the installation's offset. */
#include "model/type/types.h"

/* 1800-01-01 to 2200-12-31, the span of date_parse */
#define INSTANT_LOW (INT64_C(-62092) * DAY_MS)
#define INSTANT_HIGH (INT64_C(84371) * DAY_MS)

static void clear(void *m) { *(struct instant *)m = INSTANT_ABSENT; }
static bool absent(const void *m) { return instant_absent(*(const struct instant *)m); }
static bool same(const void *a, const void *b) { return ((const struct instant *)a)->ms == ((const struct instant *)b)->ms; }

static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    (void)f, (void)a;
    struct str s = json_text(v);
    if (!s.p)
        return -ERR_WRONG_TYPE;
    return instant_parse(s, m) ? -ERR_BAD_INSTANT : 0;
}

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    (void)f, (void)a;
    return instant_parse_loose(text, offset_min, m) ? -ERR_BAD_INSTANT : 0;
}

static void to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    (void)f;
    char text[INSTANT_TEXT];
    buf_put(out, text, instant_format(*(const struct instant *)m, offset_min, text));
}

static void to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f;
    char text[INSTANT_TEXT];
    size_t n = instant_format(*(const struct instant *)m, offset_min, text);
    jw_str(w, (struct str){ text, n });
}

static struct stored store(const void *m, struct arena *a)
{
    (void)a;
    return stored_int(((const struct instant *)m)->ms);
}

static void load(struct stored v, struct arena *a, void *m)
{
    (void)a;
    ((struct instant *)m)->ms = v.i;
}

static int limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    (void)f, (void)a, (void)detail;
    int64_t ms = ((const struct instant *)m)->ms;
    return ms >= INSTANT_LOW && ms < INSTANT_HIGH ? 0 : -ERR_OUT_OF_RANGE;
}

const struct type type_instant = { "instant", "INTEGER", sizeof(struct instant), "InstantText", clear, absent, same,
                                   from_json, from_text, to_json, to_text, store, load, limits };
