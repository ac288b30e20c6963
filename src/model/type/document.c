/* Any JSON value, kept as its text; a list of problems, the input of another command. */
#include "model/type/types.h"

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    (void)f, (void)offset_min;
    json_t *v = json_loadb(text.p, text.n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    if (!v)
        return -ERR_BAD_JSON;
    json_decref(v);
    *(struct str *)m = str_dup(a, text);
    return 0;
}

static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    (void)f;
    *(struct str *)m = json_print(v, a);
    return 0;
}

static void to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)offset_min;
    jw_raw(w, *(const struct str *)m);
}

static int limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    int64_t n = (int64_t)((const struct str *)m)->n;
    if (!f->max || n <= f->max)
        return 0;
    *detail = str_fmt(a, "0 - %lld", (long long)f->max);
    return -ERR_TOO_LONG;
}

const struct type type_document = { "JSON", "TEXT", sizeof(struct document), "unknown", slice_clear, slice_absent, slice_same,
                                    from_json, from_text, to_json, slice_to_text, slice_store, slice_load, limits };
