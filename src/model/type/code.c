/* One code of a code list. Tables may carry the Chinese or English label instead of the code. */
#include "model/code.h"
#include "model/type/types.h"

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

static int limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    (void)a, (void)detail;
    return code_find(f->codes, *(const struct str *)m) ? 0 : -ERR_UNKNOWN_CODE;
}

const struct type type_code = { "code", "TEXT", sizeof(struct code), "string", slice_clear, slice_absent, slice_same,
                                from_json, from_text, slice_to_json, slice_to_text, slice_store, slice_load, limits };
