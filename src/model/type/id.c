/* Ids and references. */
#include <string.h>

#include "model/type/types.h"

static void clear(void *m) { memset(m, 0, sizeof(struct id)); }
static bool absent(const void *m) { return id_absent(*(const struct id *)m); }
static bool same(const void *a, const void *b) { return id_eq(*(const struct id *)a, *(const struct id *)b); }

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    (void)f, (void)offset_min, (void)a;
    return id_parse(text, m) ? -ERR_BAD_ID : 0;
}

static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    struct str s = json_text(v);
    return s.p ? from_text(f, s, 0, a, m) : -ERR_WRONG_TYPE;
}

static void to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)offset_min;
    char text[ID_TEXT];
    size_t n = id_format(*(const struct id *)m, text);
    jw_str(w, (struct str){ text, n });
}

static void to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    (void)f, (void)offset_min;
    char text[ID_TEXT];
    buf_put(out, text, id_format(*(const struct id *)m, text));
}

static struct stored store(const void *m, struct arena *a)
{
    (void)a;
    return stored_blob(m, sizeof(struct id));
}

static void load(struct stored v, struct arena *a, void *m)
{
    (void)a;
    if (v.s.n == sizeof(struct id))
        memcpy(m, v.s.p, sizeof(struct id));
}

const struct type type_id = { "id", "BLOB", sizeof(struct id), "Id", clear, absent, same, from_json, from_text,
                              to_json, to_text, store, load, no_limits };
