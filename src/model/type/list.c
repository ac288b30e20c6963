/* A list of codes or of short texts. Stored as a JSON array; in tables the items stand between semicolons. */
#include "base/utf8.h"
#include "model/code.h"
#include "model/type/types.h"

#define LIST_ITEM_MAX 60 /* code points of an item without code list */

static void clear(void *m) { *(struct list *)m = (struct list){ NULL, 0, false }; }
static bool absent(const void *m) { return !((const struct list *)m)->present; }

static bool same(const void *a, const void *b)
{
    const struct list *x = a, *y = b;
    if (x->present != y->present || x->n != y->n)
        return false;
    for (size_t i = 0; i < x->n; i++)
        if (!str_eq(x->items[i], y->items[i]))
            return false;
    return true;
}

bool list_has(struct list l, const char *item)
{
    for (size_t i = 0; i < l.n; i++)
        if (str_is(l.items[i], item))
            return true;
    return false;
}

static int take(const struct field *f, struct str s, struct arena *a, struct str *out)
{
    s = str_trim(s);
    if (f->codes) {
        const struct code_item *item = code_find(f->codes, s);
        if (!item)
            return -ERR_UNKNOWN_CODE;
        *out = str_of(item->code);
        return 0;
    }
    if (s.n == 0)
        return -ERR_TOO_SHORT;
    if (utf8_has_control(s))
        return -ERR_CONTROL_CHARACTER;
    if (utf8_length(s) > LIST_ITEM_MAX)
        return -ERR_TOO_LONG;
    *out = str_dup(a, s);
    return 0;
}

static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    if (!json_is_array(v))
        return -ERR_WRONG_TYPE;
    size_t n = json_array_size(v);
    if (f->max && n > (size_t)f->max)
        return -ERR_TOO_LONG;
    struct list l = { ARENA_ARRAY(a, struct str, n), n, true };
    for (size_t i = 0; i < n; i++) {
        struct str s = json_text(json_array_get(v, i));
        int err = s.p ? take(f, s, a, &l.items[i]) : -ERR_WRONG_TYPE;
        if (err)
            return err;
    }
    *(struct list *)m = l;
    return 0;
}

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    (void)offset_min;
    struct str rest = text;
    struct list l = { ARENA_ARRAY(a, struct str, text.n / 2 + 1), 0, true };
    while (rest.p) {
        struct str item = str_trim(str_cut(&rest, ';'));
        if (!item.n)
            continue;
        int err = take(f, item, a, &l.items[l.n++]);
        if (err)
            return err;
    }
    *(struct list *)m = l;
    return 0;
}

static void to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)offset_min;
    const struct list *l = m;
    jw_array(w);
    for (size_t i = 0; i < l->n; i++)
        jw_str(w, l->items[i]);
    jw_end_array(w);
}

static void to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    (void)f, (void)offset_min;
    const struct list *l = m;
    for (size_t i = 0; i < l->n; i++) {
        if (i)
            buf_char(out, ';');
        buf_str(out, l->items[i]);
    }
}

static struct stored store(const void *m, struct arena *a)
{
    struct buf b;
    struct jw w;
    buf_init(&b, a);
    jw_init(&w, &b);
    to_json(NULL, m, 0, &w);
    return stored_text(buf_view(&b));
}

static void load(struct stored v, struct arena *a, void *m)
{
    struct list *l = m;
    json_t *array = json_loadb(v.s.p, v.s.n, 0, NULL);
    size_t n = json_array_size(array);
    *l = (struct list){ ARENA_ARRAY(a, struct str, n), n, true };
    for (size_t i = 0; i < n; i++)
        l->items[i] = str_dup(a, json_text(json_array_get(array, i)));
    json_decref(array);
}

static int limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    size_t n = ((const struct list *)m)->n;
    if (!f->max || n <= (size_t)f->max)
        return 0;
    *detail = str_fmt(a, "0 - %lld", (long long)f->max);
    return -ERR_TOO_LONG;
}

const struct type type_list = { "list", "TEXT", sizeof(struct list), "string[]", clear, absent, same,
                                from_json, from_text, to_json, to_text, store, load, limits };
