/* Secrets: stored, never taken in from outside and never given out. */
#include "model/type/types.h"

static void clear(void *m) { *(struct str *)m = STR_ABSENT; }
static bool absent(const void *m) { return ((const struct str *)m)->p == NULL; }
static bool same(const void *a, const void *b) { return str_eq(*(const struct str *)a, *(const struct str *)b); }

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
    return stored_text(*(const struct str *)m);
}

static void load(struct stored v, struct arena *a, void *m) { *(struct str *)m = str_dup(a, v.s); }

static int limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    (void)f, (void)m, (void)a, (void)detail;
    return 0;
}

const struct type type_secret = { "secret", "TEXT", sizeof(struct secret), "never", clear, absent, same,
                                  from_json, from_text, to_json, to_text, store, load, limits };
