/* JSON out: written straight into a buffer, no tree. JSON in: jansson, with our limits and errors. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include "base/buf.h"
#include "base/err.h"

/* The writer puts the commas. Nesting up to 32. */
struct jw {
    struct buf *out;
    uint32_t some; /* bit per depth: something was written at this depth */
    int depth;
    bool key;      /* a key was written, a value follows */
};

void jw_init(struct jw *w, struct buf *out);
void jw_object(struct jw *w);
void jw_array(struct jw *w);
void jw_end_object(struct jw *w);
void jw_end_array(struct jw *w);
void jw_key(struct jw *w, const char *key);         /* static, needs no escaping */
void jw_key_str(struct jw *w, struct str key);
void jw_str(struct jw *w, struct str s);            /* null when absent; escapes; also escapes '<' and U+2028/9 */
void jw_cstr(struct jw *w, const char *s);
void jw_int(struct jw *w, int64_t v);
void jw_scaled(struct jw *w, int64_t v, int places); /* 373,1 -> 37.3 */
void jw_bool(struct jw *w, bool v);
void jw_null(struct jw *w);
void jw_raw(struct jw *w, struct str json);         /* a complete JSON value */
/* key and value in one */
void jw_kstr(struct jw *w, const char *key, struct str s);
void jw_kcstr(struct jw *w, const char *key, const char *s);
void jw_kint(struct jw *w, const char *key, int64_t v);
void jw_kbool(struct jw *w, const char *key, bool v);

/* Parses one JSON object. On error adds exactly one problem (bad_json, bad_utf8, nesting, duplicate_key) and
 * returns NULL. The caller releases with json_decref. Depth is limited to 16. */
json_t *json_read(struct str text, struct problems *ps);
/* The string's bytes; absent when it is not a string. Valid while the tree lives. */
struct str json_text(const json_t *v);
/* Compact text of any value, keys in their order, 37.3 as 37.3; in the arena. Absent for NULL. */
struct str json_print(const json_t *v, struct arena *a);

/* The RFC 9457 document: type, title, title_en, status, code, problems[] {code, entity, row, field, message, message_en, detail}. */
void problems_write(const struct problems *ps, struct buf *out);
int problems_status(const struct problems *ps);
/* Just the list, for batch lines and inbox items. */
void problems_write_list(const struct problems *ps, struct jw *w);

#endif
