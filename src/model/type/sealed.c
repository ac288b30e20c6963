/* Text that is sealed at rest. The store fills cipher and hash (store/seal.c); here it is the plain text. */
#include "model/type/types.h"

static void clear(void *m) { *(struct sealed *)m = (struct sealed){ 0 }; }

static bool absent(const void *m)
{
    const struct sealed *s = m;
    return s->plain.p == NULL && s->cipher.p == NULL;
}

static bool same(const void *a, const void *b)
{
    const struct sealed *x = a, *y = b;
    if (x->plain.p && y->plain.p)
        return str_eq(x->plain, y->plain);
    return absent(a) == absent(b) && str_eq(x->cipher, y->cipher);
}

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    clear(m);
    return type_text.from_text(f, text, offset_min, a, &((struct sealed *)m)->plain);
}

static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    clear(m);
    return type_text.from_json(f, v, a, &((struct sealed *)m)->plain);
}

static void to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)offset_min;
    jw_str(w, ((const struct sealed *)m)->plain);
}

static void to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    (void)f, (void)offset_min;
    buf_str(out, ((const struct sealed *)m)->plain);
}

static struct stored store(const void *m, struct arena *a)
{
    (void)a;
    struct str c = ((const struct sealed *)m)->cipher;
    return stored_blob(c.p, c.n);
}

static void load(struct stored v, struct arena *a, void *m)
{
    clear(m);
    ((struct sealed *)m)->cipher = str_dup(a, v.s);
}

static int limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    struct str plain = ((const struct sealed *)m)->plain;
    return plain.p ? text_limits(f, plain, a, detail) : 0;
}

const struct type type_sealed = { "sealed text", "BLOB", sizeof(struct sealed), "string", clear, absent, same,
                                  from_json, from_text, to_json, to_text, store, load, limits };
