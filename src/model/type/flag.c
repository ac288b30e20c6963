/* Yes, no, or absent. */
#include "model/type/types.h"

static void clear(void *m) { ((struct flag *)m)->v = -1; }
static bool absent(const void *m) { return ((const struct flag *)m)->v == -1; }
static bool same(const void *a, const void *b) { return ((const struct flag *)a)->v == ((const struct flag *)b)->v; }

static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    (void)f, (void)a;
    if (!json_is_boolean(v))
        return -ERR_WRONG_TYPE;
    ((struct flag *)m)->v = json_is_true(v) ? 1 : 0;
    return 0;
}

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    static const char *const yes[] = { "1", "true", "TRUE", "yes", "Y", "是", "有" };
    static const char *const no[] = { "0", "false", "FALSE", "no", "N", "否", "无" };
    (void)f, (void)offset_min, (void)a;
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        if (str_is(text, yes[i]) || str_is(text, no[i])) {
            ((struct flag *)m)->v = str_is(text, yes[i]);
            return 0;
        }
    }
    return -ERR_WRONG_TYPE;
}

static void to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)offset_min;
    jw_bool(w, ((const struct flag *)m)->v == 1);
}

static void to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    (void)f, (void)offset_min;
    buf_char(out, ((const struct flag *)m)->v == 1 ? '1' : '0');
}

static struct stored store(const void *m, struct arena *a)
{
    (void)a;
    return stored_int(((const struct flag *)m)->v);
}

static void load(struct stored v, struct arena *a, void *m)
{
    (void)a;
    ((struct flag *)m)->v = v.i == 1;
}

const struct type type_flag = { "flag", "INTEGER", sizeof(struct flag), "boolean", clear, absent, same,
                                from_json, from_text, to_json, to_text, store, load, no_limits };
