/* JSON from outside, and everything that reads it in one piece: whatever is taken survives writing and reading again,
 * whatever is not has exactly one problem. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "io/table/geojson.h"

#define HOLDS(c) do { if (!(c)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_tree(struct jw *w, const json_t *v)
{
    const char *key;
    json_t *item;
    size_t i;
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        jw_object(w);
        json_object_foreach((json_t *)(uintptr_t)v, key, item) {
            jw_key_str(w, str_of(key));
            write_tree(w, item);
        }
        jw_end_object(w);
        break;
    case JSON_ARRAY:
        jw_array(w);
        json_array_foreach(v, i, item)
            write_tree(w, item);
        jw_end_array(w);
        break;
    case JSON_STRING:
        jw_str(w, json_text(v));
        break;
    case JSON_INTEGER:
        jw_int(w, json_integer_value(v));
        break;
    case JSON_REAL: {
        char *real = json_dumps(v, JSON_ENCODE_ANY);
        jw_raw(w, str_of(real));
        free(real);
        break;
    }
    case JSON_NULL:
        jw_null(w);
        break;
    default:
        jw_bool(w, json_is_true(v));
        break;
    }
}

static void object_goes_round(struct str text, struct arena *a)
{
    struct problems ps;
    struct buf out;
    struct jw w;
    problems_init(&ps, a);
    json_t *v = json_read(text, &ps);
    if (!v) {
        enum err e = ps.n == 1 ? ps.items[0].code : ERR_NONE;
        HOLDS(e == ERR_BAD_JSON || e == ERR_BAD_UTF8 || e == ERR_NESTING || e == ERR_DUPLICATE_KEY);
        buf_init(&out, a);
        problems_write(&ps, &out);
        json_t *document = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
        HOLDS(document);
        json_decref(document);
        return;
    }
    HOLDS(ps.n == 0 && json_is_object(v));
    buf_init(&out, a);
    jw_init(&w, &out);
    write_tree(&w, v);
    json_t *again = json_read(buf_view(&out), &ps);
    HOLDS(again && json_equal(v, again));
    json_decref(again);
    json_decref(v);
}

static void text_goes_round(struct str text, struct arena *a)
{
    struct buf out;
    struct jw w;
    if (!utf8_valid(text) || memchr(text.p, 0, text.n)) /* the parser takes no NUL, escaped or not */
        return;
    buf_init(&out, a);
    jw_init(&w, &out);
    jw_str(&w, text);
    HOLDS(!memchr(out.p, '<', out.n) && !memchr(out.p, '\n', out.n));
    json_t *again = json_loadb(out.p, out.n, JSON_DECODE_ANY, NULL);
    HOLDS(again && str_eq(json_text(again), text));
    json_decref(again);
}

static void boundaries_are_sound(struct str text, struct arena *a)
{
    struct problems ps;
    struct geo_feature *f;
    size_t n;
    problems_init(&ps, a);
    int err = geojson_read(text, a, &ps, &f, &n);
    HOLDS((err == 0) == (ps.n == 0));
    for (size_t i = 0; !err && i < n; i++) {
        HOLDS(f[i].code.n && f[i].lng >= -180 && f[i].lng <= 180 && f[i].lat >= -90 && f[i].lat <= 90);
        json_t *geometry = json_loadb(f[i].geometry.p, f[i].geometry.n, JSON_REJECT_DUPLICATES, NULL);
        HOLDS(geometry);
        json_decref(geometry);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    arena_init(&a, 4096);
    /* A copy of exactly this size: reading one byte beyond is found. */
    struct str text = str_dup(&a, (struct str){ size ? (const char *)data : "", size });
    object_goes_round(text, &a);
    text_goes_round(text, &a);
    boundaries_are_sound(text, &a);
    arena_free(&a);
    return 0;
}
