/* Text. Stored as given, without blanks at both ends; the empty text counts as absent. */
#include "base/utf8.h"
#include "model/type/types.h"

#define TEXT_DEFAULT_MAX 200

void slice_clear(void *m) { *(struct str *)m = STR_ABSENT; }
bool slice_absent(const void *m) { return ((const struct str *)m)->p == NULL; }
bool slice_same(const void *a, const void *b) { return str_eq(*(const struct str *)a, *(const struct str *)b); }

static int from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    (void)f, (void)offset_min;
    struct str t = str_trim(text);
    *(struct str *)m = t.n ? str_dup(a, t) : STR_ABSENT;
    return 0;
}

static int from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    struct str s = json_text(v);
    return s.p ? from_text(f, s, 0, a, m) : -ERR_WRONG_TYPE;
}

void slice_to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)offset_min;
    jw_str(w, *(const struct str *)m);
}

void slice_to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    (void)f, (void)offset_min;
    buf_str(out, *(const struct str *)m);
}

struct stored slice_store(const void *m, struct arena *a)
{
    (void)a;
    return stored_text(*(const struct str *)m);
}

void slice_load(struct stored v, struct arena *a, void *m) { *(struct str *)m = str_dup(a, v.s); }

static bool has_line_end(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\n' || s.p[i] == '\r')
            return true;
    return false;
}

int text_limits(const struct field *f, struct str s, struct arena *a, struct str *detail)
{
    int64_t max = f->max ? f->max : TEXT_DEFAULT_MAX;
    if (utf8_has_control(s) || (!(f->flags & F_LINES) && has_line_end(s)))
        return -ERR_CONTROL_CHARACTER;
    int64_t n = (int64_t)utf8_length(s);
    if (n >= f->min && n <= max)
        return 0;
    *detail = str_fmt(a, "%lld - %lld", (long long)f->min, (long long)max);
    return n > max ? -ERR_TOO_LONG : -ERR_TOO_SHORT;
}

static int limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    return text_limits(f, *(const struct str *)m, a, detail);
}

const struct type type_text = { "text", "TEXT", sizeof(struct str), "string", slice_clear, slice_absent, slice_same, from_json,
                                from_text, slice_to_json, slice_to_text, slice_store, slice_load, limits };
