/* Field types: how a member is read from JSON and text, written, compared, and stored. One file each in model/type/. */
#ifndef MODEL_TYPE_H
#define MODEL_TYPE_H

#include "model/field.h"

/* What the store sees of a member (mirrors the columns an engine has; kept apart from io/db on purpose). */
enum stored_kind { STORED_NULL, STORED_INT, STORED_TEXT, STORED_BLOB };
struct stored {
    enum stored_kind kind;
    int64_t i;
    struct str s;
};

struct type {
    const char *name;           /* in the data dictionary */
    const char *column;         /* INTEGER, TEXT or BLOB */
    size_t size;
    const char *ts;             /* TypeScript */
    void (*clear)(void *m);     /* makes it absent */
    bool (*absent)(const void *m);
    bool (*same)(const void *a, const void *b);
    /* Both return 0 or a negative error; detail, if any, is for the problem (limits). Text values are checked for
     * UTF-8 by the reader before. from_text is lenient as spreadsheets are (dates, numbers). */
    int (*from_json)(const struct field *f, const json_t *v, struct arena *a, void *m);
    int (*from_text)(const struct field *f, struct str text, int offset_min, struct arena *a, void *m);
    void (*to_json)(const struct field *f, const void *m, int offset_min, struct jw *w);
    void (*to_text)(const struct field *f, const void *m, int offset_min, struct buf *out);
    struct stored (*store)(const void *m, struct arena *a);
    void (*load)(struct stored v, struct arena *a, void *m);
    /* Limits of the field; 0 or a negative error. */
    int (*limits)(const struct field *f, const void *m, struct arena *a, struct str *detail);
};

const struct type *type_of(enum type_kind kind);

/* Absent members of the whole row. */
void shape_clear(const struct shape *s, void *row);
/* Reads a JSON object into a row. Collects every problem: unknown keys, wrong types, limits. `given` gets the fields
 * that occur (null counts: it clears). `refuse` are flags whose fields a sender must not give (unknown_key). */
int shape_from_json(const struct shape *s, const json_t *object, uint32_t refuse, struct arena *a, struct problems *ps,
                    void *row, field_set *given);
/* F_REQUIRED present, limits, code lists, .check of each given field. now and offset_min for F_PAST. */
int shape_check(const struct shape *s, const void *row, field_set which, struct instant now, int offset_min, struct problems *ps);
/* Writes `"name":value,…` for all fields that may be given out, masked; brief: without those that are absent. */
void shape_to_json(const struct shape *s, const void *row, int offset_min, bool brief, struct jw *w);
/* Writes one field's value, masked as it says. */
void field_to_json(const struct field *f, const void *row, int offset_min, bool unmask, struct jw *w);
void field_to_text(const struct field *f, const void *row, int offset_min, bool unmask, struct buf *out);
field_set shape_diff(const struct shape *s, const void *a, const void *b);

/* 410611190001011234 -> 4106**********1234 ("4106**********34" for the last two), 13812345678 -> 138****5678, 马某某 -> 马** */
/* The same into room of cap bytes, without an arena. */
struct str mask_into(enum mask mask, struct str s, char *room, size_t cap);
struct str mask_apply(enum mask mask, struct str s, struct arena *a);

#endif
