/* One code of a code list. Tables may carry the Chinese or English label instead of the code. */
#include "model/code.h"
#include "model/type/types.h"

static void clear(void *m) { *(struct str *)m = STR_ABSENT; }
static bool absent(const void *m) { return ((const struct str *)m)->p == NULL; }
static bool same(const void *a, const void *b) { return str_eq(*(const struct str *)a, *(const struct str *)b); }

static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    struct str s = json_text(v);
    if (!s.p)
        return -ERR_WRONG_TYPE;
    const struct code_item *item = code_find(f->codes, s);
    if (!item)
        return -ERR_UNKNOWN_CODE;
    (void)a;
    *(struct str *)m = str_of(item->code);
    return 0;
}

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    (void)offset_min, (void)a;
    const struct code_list *list = code_list(f->codes);
    for (size_t i = 0; list && i < list->n; i++) {
        const struct code_item *it = &list->items[i];
        if (str_is(text, it->code) || str_is(text, it->zh) || str_is(text, it->en)) {
            *(struct str *)m = str_of(it->code);
            return 0;
        }
    }
    return -ERR_UNKNOWN_CODE;
}

static void to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)offset_min;
    jw_str(w, *(const struct str *)m);
}

static void to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    (void)f, (void)offset_min;
    buf_str(out, *(const struct str *)m);
}

static struct stored store(const void *m, struct arena *a)
{
    (void)a;
    return stored_text(*(const struct str *)m);
}

static void load(struct stored v, struct arena *a, void *m) { *(struct str *)m = str_dup(a, v.s); }

static int limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    (void)a, (void)detail;
    return code_find(f->codes, *(const struct str *)m) ? 0 : -ERR_UNKNOWN_CODE;
}

const struct type type_code = { "code", "TEXT", sizeof(struct code), "string", clear, absent, same,
                                from_json, from_text, to_json, to_text, store, load, limits };
