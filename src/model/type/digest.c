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

const struct type type_digest = { "digest", "BLOB", sizeof(struct digest), "never", clear, absent, same,
                                  closed_from_json, closed_from_text, closed_to_json, closed_to_text, store, load, no_limits };
