/* The field types, one file each; for model/ alone. */
#ifndef MODEL_TYPE_TYPES_H
#define MODEL_TYPE_TYPES_H

#include "model/type.h"

extern const struct type type_integer, type_text, type_id, type_tenths, type_degrees, type_flag, type_code, type_list,
    type_sealed, type_secret, type_date, type_instant, type_digest, type_document;

/* What every member that is one slice of text has in common. */
void slice_clear(void *m);
bool slice_absent(const void *m);
bool slice_same(const void *a, const void *b);
void slice_to_json(const struct field *f, const void *m, int offset_min, struct jw *w);
void slice_to_text(const struct field *f, const void *m, int offset_min, struct buf *out);
struct stored slice_store(const void *m, struct arena *a);
void slice_load(struct stored v, struct arena *a, void *m);
/* For members that a sender can neither give nor see. */
int closed_from_json(const struct field *f, const json_t *v, struct arena *a, void *m);
int closed_from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m);
void closed_to_json(const struct field *f, const void *m, int offset_min, struct jw *w);
void closed_to_text(const struct field *f, const void *m, int offset_min, struct buf *out);
/* Any value is within its limits. */
int no_limits(const struct field *f, const void *m, struct arena *a, struct str *detail);

/* Length of text in code points against the field's min and max (default 1 to 200); control characters. */
int text_limits(const struct field *f, struct str s, struct arena *a, struct str *detail);
/* A number in the field's range; both limits 0 means no range. */
int number_limits(const struct field *f, int64_t v, int places, struct arena *a, struct str *detail);
static inline struct stored stored_int(int64_t i) { return (struct stored){ .kind = STORED_INT, .i = i }; }
static inline struct stored stored_text(struct str s)
{
    return (struct stored){ .kind = s.p ? STORED_TEXT : STORED_NULL, .s = s };
}
static inline struct stored stored_blob(const void *p, size_t n)
{
    return (struct stored){ .kind = p ? STORED_BLOB : STORED_NULL, .s = { p, n } };
}

#endif
