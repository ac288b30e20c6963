/* Numbers with one decimal, kept as tenths: 37.3 is 373. */
#include <math.h>
#include <stdlib.h>

#include "model/type/types.h"

static void clear(void *m) { *(struct tenths *)m = TENTHS_ABSENT; }
static bool absent(const void *m) { return tenths_absent(*(const struct tenths *)m); }
static bool same(const void *a, const void *b) { return ((const struct tenths *)a)->v == ((const struct tenths *)b)->v; }

static int put(int64_t v, void *m)
{
    if (v <= INT32_MIN || v > INT32_MAX)
        return -ERR_OUT_OF_RANGE;
    ((struct tenths *)m)->v = (int32_t)v;
    return 0;
}

/* 37.3 arrives as the nearest double; anything further than 1e-6 of a tenth from a whole tenth has more decimals. */
static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    (void)f, (void)a;
    if (!json_is_number(v))
        return -ERR_WRONG_TYPE;
    double t = json_number_value(v) * 10;
    if (!(fabs(t) < 2e9))
        return -ERR_OUT_OF_RANGE;
    if (fabs(t - nearbyint(t)) > 1e-6)
        return -ERR_TOO_PRECISE;
    return put((int64_t)nearbyint(t), m);
}

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    (void)f, (void)offset_min, (void)a;
    int64_t v;
    int r = str_to_scaled(text, 1, &v);
    return r ? (r == -2 ? -ERR_TOO_PRECISE : -ERR_WRONG_TYPE) : put(v, m);
}

static void to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)offset_min;
    jw_scaled(w, ((const struct tenths *)m)->v, 1);
}

static void to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    (void)f, (void)offset_min;
    int32_t v = ((const struct tenths *)m)->v;
    buf_printf(out, "%s%d.%d", v < 0 ? "-" : "", abs(v) / 10, abs(v) % 10);
}

static struct stored store(const void *m, struct arena *a)
{
    (void)a;
    return stored_int(((const struct tenths *)m)->v);
}

static void load(struct stored v, struct arena *a, void *m)
{
    (void)a;
    ((struct tenths *)m)->v = (int32_t)v.i;
}

static int limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    return number_limits(f, ((const struct tenths *)m)->v, 1, a, detail);
}

const struct type type_tenths = { "decimal, one place", "INTEGER", sizeof(struct tenths), "number", clear, absent, same,
                                  from_json, from_text, to_json, to_text, store, load, limits };
