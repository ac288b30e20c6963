/* Whole numbers. */
#include "model/type/types.h"

static void clear(void *m) { *(int64_t *)m = INT_ABSENT; }
static bool absent(const void *m) { return *(const int64_t *)m == INT_ABSENT; }
static bool same(const void *a, const void *b) { return *(const int64_t *)a == *(const int64_t *)b; }

static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    (void)f, (void)a;
    if (!json_is_integer(v))
        return -ERR_WRONG_TYPE;
    *(int64_t *)m = json_integer_value(v);
    return *(int64_t *)m == INT_ABSENT ? -ERR_OUT_OF_RANGE : 0;
}

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    (void)f, (void)offset_min, (void)a;
    return str_to_i64(text, m) ? -ERR_WRONG_TYPE : 0;
}

static void to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)offset_min;
    jw_int(w, *(const int64_t *)m);
}

static void to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    (void)f, (void)offset_min;
    buf_int(out, *(const int64_t *)m);
}

static struct stored store(const void *m, struct arena *a)
{
    (void)a;
    return stored_int(*(const int64_t *)m);
}

static void load(struct stored v, struct arena *a, void *m)
{
    (void)a;
    *(int64_t *)m = v.i;
}

int number_limits(const struct field *f, int64_t v, int places, struct arena *a, struct str *detail)
{
    int64_t scale = 1;
    for (int i = 0; i < places; i++)
        scale *= 10;
    if ((f->min == 0 && f->max == 0) || (v >= f->min && v <= f->max))
        return 0;
    *detail = str_fmt(a, "%.*f - %.*f", places, (double)f->min / (double)scale, places, (double)f->max / (double)scale);
    return -ERR_OUT_OF_RANGE;
}

static int limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    return number_limits(f, *(const int64_t *)m, 0, a, detail);
}

const struct type type_integer = { "integer", "INTEGER", sizeof(int64_t), "number", clear, absent, same, from_json, from_text,
                                   to_json, to_text, store, load, limits };
