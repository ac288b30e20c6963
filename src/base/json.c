#include "base/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WRITE_DEPTH 32
#define READ_DEPTH 16

/* ---- writing */

void jw_init(struct jw *w, struct buf *out)
{
    *w = (struct jw){ .out = out };
}

static void begin_value(struct jw *w)
{
    uint32_t bit = UINT32_C(1) << w->depth;
    if (w->key)
        w->key = false;
    else if (w->some & bit)
        buf_char(w->out, ',');
    w->some |= bit;
}

static void open_level(struct jw *w, char c)
{
    begin_value(w);
    buf_char(w->out, c);
    w->depth++;
    assert(w->depth < WRITE_DEPTH);
    w->some &= ~(UINT32_C(1) << w->depth);
}

static void close_level(struct jw *w, char c)
{
    assert(w->depth > 0 && !w->key);
    w->depth--;
    buf_char(w->out, c);
}

void jw_object(struct jw *w)
{
    open_level(w, '{');
}

void jw_array(struct jw *w)
{
    open_level(w, '[');
}

void jw_end_object(struct jw *w)
{
    close_level(w, '}');
}

void jw_end_array(struct jw *w)
{
    close_level(w, ']');
}

/* Bytes that cannot stand for themselves in a string. '<' and U+2028/9 are escaped so that an answer can be put into
 * a script element of a page; 0xE2 begins the latter two. */
static bool is_special(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\' || c == '<' || c == 0xE2;
}

static void put_unicode(struct buf *out, unsigned c)
{
    static const char digits[] = "0123456789abcdef";
    char e[6] = { '\\', 'u', digits[c >> 12 & 15], digits[c >> 8 & 15], digits[c >> 4 & 15], digits[c & 15] };
    buf_put(out, e, sizeof e);
}

/* Writes the special character at p; returns the bytes it took. */
static size_t put_special(struct buf *out, const unsigned char *p, size_t n)
{
    static const char from[] = "\"\\\n\r\t\b\f", to[] = "\"\\nrtbf";
    if (p[0] == 0xE2) {
        if (n >= 3 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9)) {
            put_unicode(out, 0x2000u | (p[2] & 0x3F));
            return 3;
        }
        buf_char(out, (char)p[0]);
        return 1;
    }
    const char *at = p[0] ? strchr(from, p[0]) : NULL;
    if (at) {
        char e[2] = { '\\', to[at - from] };
        buf_put(out, e, 2);
    } else {
        put_unicode(out, p[0]);
    }
    return 1;
}

static void put_string(struct buf *out, struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;
    buf_reserve(out, s.n + 2);
    buf_char(out, '"');
    while (i < s.n) {
        size_t run = i;
        while (run < s.n && !is_special(p[run]))
            run++;
        buf_put(out, p + i, run - i);
        i = run;
        if (i < s.n)
            i += put_special(out, p + i, s.n - i);
    }
    buf_char(out, '"');
}

void jw_key(struct jw *w, const char *key)
{
    begin_value(w);
    buf_char(w->out, '"');
    buf_cstr(w->out, key);
    buf_put(w->out, "\":", 2);
    w->key = true;
}

void jw_key_str(struct jw *w, struct str key)
{
    begin_value(w);
    put_string(w->out, key);
    buf_char(w->out, ':');
    w->key = true;
}

void jw_str(struct jw *w, struct str s)
{
    if (!s.p) {
        jw_null(w);
        return;
    }
    begin_value(w);
    put_string(w->out, s);
}

void jw_cstr(struct jw *w, const char *s)
{
    jw_str(w, str_of(s));
}

void jw_int(struct jw *w, int64_t v)
{
    begin_value(w);
    buf_int(w->out, v);
}

void jw_scaled(struct jw *w, int64_t v, int places)
{
    uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
    char digits[40];
    size_t at = sizeof digits;
    for (int i = 0; i < places && i < 18; i++, u /= 10)
        digits[--at] = (char)('0' + u % 10);
    if (places > 0)
        digits[--at] = '.';
    do {
        digits[--at] = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    if (v < 0)
        digits[--at] = '-';
    begin_value(w);
    buf_put(w->out, digits + at, sizeof digits - at);
}

void jw_bool(struct jw *w, bool v)
{
    begin_value(w);
    buf_cstr(w->out, v ? "true" : "false");
}

void jw_null(struct jw *w)
{
    begin_value(w);
    buf_put(w->out, "null", 4);
}

void jw_raw(struct jw *w, struct str json)
{
    if (!json.n) {
        jw_null(w);
        return;
    }
    begin_value(w);
    buf_str(w->out, json);
}

void jw_kstr(struct jw *w, const char *key, struct str s)
{
    jw_key(w, key);
    jw_str(w, s);
}

void jw_kcstr(struct jw *w, const char *key, const char *s)
{
    jw_key(w, key);
    jw_cstr(w, s);
}

void jw_kint(struct jw *w, const char *key, int64_t v)
{
    jw_key(w, key);
    jw_int(w, v);
}

void jw_kbool(struct jw *w, const char *key, bool v)
{
    jw_key(w, key);
    jw_bool(w, v);
}

/* ---- reading */

/* Is the text nested deeper than our limit? Looked at before parsing, since the parser recurses. Malformed text may
 * give either answer: the parser refuses it in any case. */
static bool too_deep(struct str s)
{
    int depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > READ_DEPTH)
                return true;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return false;
}

static enum err json_problem(enum json_error_code code)
{
    switch (code) {
    case json_error_invalid_utf8:
        return ERR_BAD_UTF8;
    case json_error_duplicate_key:
        return ERR_DUPLICATE_KEY;
    case json_error_stack_overflow:
        return ERR_NESTING;
    default:
        return ERR_BAD_JSON;
    }
}

json_t *json_read(struct str text, struct problems *ps)
{
    if (!text.n) {
        problems_detail(ps, ERR_BAD_JSON, NULL, "empty");
        return NULL;
    }
    if (too_deep(text)) {
        problems_detail(ps, ERR_NESTING, NULL, "max %d", READ_DEPTH);
        return NULL;
    }
    json_error_t e;
    json_t *v = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &e);
    if (!v) {
        /* Only the position: the parser's own words quote the input. */
        problems_detail(ps, json_problem(json_error_code(&e)), NULL, "line %d column %d", e.line, e.column);
        return NULL;
    }
    if (!json_is_object(v)) {
        json_decref(v);
        problems_detail(ps, ERR_BAD_JSON, NULL, "not an object");
        return NULL;
    }
    return v;
}

struct str json_text(const json_t *v)
{
    if (!json_is_string(v))
        return STR_ABSENT;
    return (struct str){ json_string_value(v), json_string_length(v) };
}

/* ---- problem documents */

static void write_problem(const struct problem *p, struct jw *w)
{
    const struct err_info *info = err_info((int)p->code);
    jw_object(w);
    jw_kcstr(w, "code", info->code);
    if (p->entity)
        jw_kcstr(w, "entity", p->entity);
    if (p->row)
        jw_kint(w, "row", p->row);
    if (p->field)
        jw_kcstr(w, "field", p->field);
    else if (p->name.p)
        jw_kstr(w, "field", p->name);
    jw_kcstr(w, "message", info->zh);
    jw_kcstr(w, "message_en", info->en);
    if (p->detail.p)
        jw_kstr(w, "detail", p->detail);
    jw_end_object(w);
}

void problems_write_list(const struct problems *ps, struct jw *w)
{
    jw_array(w);
    for (size_t i = 0; i < ps->n; i++)
        write_problem(&ps->items[i], w);
    jw_end_array(w);
}

/* A failure without a stated problem is ours. */
static enum err worst_or_internal(const struct problems *ps)
{
    enum err worst = problems_worst(ps);
    return worst ? worst : ERR_INTERNAL;
}

int problems_status(const struct problems *ps)
{
    return err_info((int)worst_or_internal(ps))->http;
}

void problems_write(const struct problems *ps, struct buf *out)
{
    const struct err_info *info = err_info((int)worst_or_internal(ps));
    struct jw w;
    jw_init(&w, out);
    jw_object(&w);
    jw_key(&w, "type");
    buf_printf(out, "\"urn:redoubt:problem:%s\"", info->code);
    w.key = false;
    jw_kcstr(&w, "title", info->zh);
    jw_kcstr(&w, "title_en", info->en);
    jw_kint(&w, "status", info->http);
    jw_kcstr(&w, "code", info->code);
    jw_key(&w, "problems");
    problems_write_list(ps, &w);
    jw_end_object(&w);
}

struct str json_print(const json_t *v, struct arena *a)
{
    char *text = v ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) : NULL;
    struct str s = text ? str_dup(a, str_of(text)) : STR_ABSENT;
    free(text);
    return s;
}
