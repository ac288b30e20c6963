/* Longitude or latitude, kept in 1e-6 degrees (about 0.1 m). */
#include <math.h>
#include <stdlib.h>

#include "model/type/types.h"

static void clear(void *m) { ((struct degrees *)m)->e6 = INT32_MIN; }
static bool absent(const void *m) { return ((const struct degrees *)m)->e6 == INT32_MIN; }
static bool same(const void *a, const void *b) { return ((const struct degrees *)a)->e6 == ((const struct degrees *)b)->e6; }

static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    (void)f, (void)a;
    if (!json_is_number(v))
        return -ERR_WRONG_TYPE;
    double d = json_number_value(v);
    if (!(fabs(d) <= 180))
        return -ERR_OUT_OF_RANGE;
    ((struct degrees *)m)->e6 = (int32_t)lround(d * 1e6);
    return 0;
}

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    (void)offset_min;
    char *end, *c = str_c(a, text);
    double d = strtod(c, &end);
    if (end == c || *end)
        return -ERR_WRONG_TYPE;
    json_t *v = json_real(d);
    int err = v ? from_json(f, v, a, m) : -ERR_WRONG_TYPE;
    json_decref(v);
    return err;
}

static void to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)offset_min;
    jw_scaled(w, ((const struct degrees *)m)->e6, 6);
}

static void to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    struct jw w;
    jw_init(&w, out);
    to_json(f, m, offset_min, &w);
}

static struct stored store(const void *m, struct arena *a)
{
    (void)a;
    return stored_int(((const struct degrees *)m)->e6);
}

static void load(struct stored v, struct arena *a, void *m)
{
    (void)a;
    ((struct degrees *)m)->e6 = (int32_t)v.i;
}

static int limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    return number_limits(f, ((const struct degrees *)m)->e6, 6, a, detail);
}

const struct type type_degrees = { "degrees", "INTEGER", sizeof(struct degrees), "number", clear, absent, same,
                                   from_json, from_text, to_json, to_text, store, load, limits };
