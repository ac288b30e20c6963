/* Keyed digests: to find a value without storing it. Internal, like secrets. */
#include <string.h>

#include "model/type/types.h"

static void clear(void *m) { *(struct digest *)m = (struct digest){ 0 }; }
static bool absent(const void *m) { return !((const struct digest *)m)->present; }

static bool same(const void *a, const void *b)
{
    const struct digest *x = a, *y = b;
    return x->present == y->present && memcmp(x->b, y->b, sizeof(x->b)) == 0;
}

static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    (void)f, (void)v, (void)a, (void)m;
    return -ERR_UNKNOWN_KEY;
}

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    (void)f, (void)text, (void)offset_min, (void)a, (void)m;
    return -ERR_UNKNOWN_KEY;
}

static void to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)m, (void)offset_min;
    jw_null(w);
}

static void to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    (void)f, (void)m, (void)offset_min, (void)out;
}

static struct stored store(const void *m, struct arena *a)
{
    (void)a;
    return stored_blob(((const struct digest *)m)->b, 16);
}

static void load(struct stored v, struct arena *a, void *m)
{
    (void)a;
    struct digest *d = m;
    if (v.s.n == sizeof(d->b)) {
        memcpy(d->b, v.s.p, sizeof(d->b));
        d->present = true;
    }
}

static int limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    (void)f, (void)m, (void)a, (void)detail;
    return 0;
}

const struct type type_digest = { "digest", "BLOB", sizeof(struct digest), "never", clear, absent, same,
                                  from_json, from_text, to_json, to_text, store, load, limits };
