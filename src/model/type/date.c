/* Days. */
#include "model/type/types.h"

static void clear(void *m) { *(struct date *)m = DATE_ABSENT; }
static bool absent(const void *m) { return date_absent(*(const struct date *)m); }
static bool same(const void *a, const void *b) { return ((const struct date *)a)->days == ((const struct date *)b)->days; }

static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    (void)f, (void)a;
    struct str s = json_text(v);
    if (!s.p)
        return -ERR_WRONG_TYPE;
    return date_parse(s, m) ? -ERR_BAD_DATE : 0;
}

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    (void)f, (void)offset_min, (void)a;
    return date_parse_loose(text, m) ? -ERR_BAD_DATE : 0;
}

static void to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    (void)f, (void)offset_min;
    char text[DATE_TEXT];
    buf_put(out, text, date_format(*(const struct date *)m, text));
}

static void to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)offset_min;
    char text[DATE_TEXT];
    size_t n = date_format(*(const struct date *)m, text);
    jw_str(w, (struct str){ text, n });
}

static struct stored store(const void *m, struct arena *a)
{
    (void)a;
    return stored_int(((const struct date *)m)->days);
}

static void load(struct stored v, struct arena *a, void *m)
{
    (void)a;
    ((struct date *)m)->days = (int32_t)v.i;
}

const struct type type_date = { "date", "INTEGER", sizeof(struct date), "DateText", clear, absent, same,
                                from_json, from_text, to_json, to_text, store, load, no_limits };
