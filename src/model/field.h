/* Fields: what an entity or a command's input is made of. A struct names its members once; FIELD() takes the
 * type from the member with _Generic, so table and struct cannot disagree. The model knows neither SQL nor HTTP. */
#ifndef MODEL_FIELD_H
#define MODEL_FIELD_H

#include <jansson.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/json.h"
#include "base/str.h"
#include "base/time.h"

/* Member types. Each has an absent value. int64_t is whole numbers, struct str text, struct id ids and references. */
#define INT_ABSENT INT64_MIN
struct tenths { int32_t v; };          /* one decimal: 37.3 is 373; absent INT32_MIN */
struct degrees { int32_t e6; };        /* longitude or latitude in 1e-6 degrees; absent INT32_MIN */
struct flag { int8_t v; };             /* 0, 1; absent -1 */
struct code { struct str s; };         /* one code of the field's code list */
struct list { struct str *items; size_t n; bool present; }; /* codes of a list, or short texts */
struct sealed { struct str plain, cipher; struct digest hash; }; /* plain while in hand, cipher at rest */
struct document { struct str json; };    /* any JSON value, kept as text */
struct secret { struct str s; };       /* stored, never given out: password and token hashes */

#define TENTHS_ABSENT ((struct tenths){ INT32_MIN })
static inline bool tenths_absent(struct tenths t) { return t.v == INT32_MIN; }
static inline bool flag_true(struct flag f) { return f.v == 1; }
static inline struct code code_of(const char *c) { return (struct code){ str_of(c) }; }
static inline bool code_is(struct code c, const char *text) { return str_is(c.s, text); }
bool list_has(struct list l, const char *item);

enum type_kind {
    TYPE_INTEGER, TYPE_TEXT, TYPE_ID, TYPE_TENTHS, TYPE_DEGREES, TYPE_FLAG, TYPE_CODE, TYPE_LIST, TYPE_SEALED,
    TYPE_SECRET, TYPE_DATE, TYPE_INSTANT, TYPE_DIGEST, TYPE_DOCUMENT, TYPE_COUNT
};

#define TYPE_OF(member) _Generic((member), \
    int64_t: TYPE_INTEGER, struct str: TYPE_TEXT, struct id: TYPE_ID, struct tenths: TYPE_TENTHS, \
    struct degrees: TYPE_DEGREES, struct flag: TYPE_FLAG, struct code: TYPE_CODE, struct list: TYPE_LIST, \
    struct sealed: TYPE_SEALED, struct secret: TYPE_SECRET, struct date: TYPE_DATE, struct instant: TYPE_INSTANT, \
    struct digest: TYPE_DIGEST, struct document: TYPE_DOCUMENT)

enum field_flags {
    F_REQUIRED = 1 << 0,
    F_KEY = 1 << 1,        /* part of the natural key by which an import finds the row */
    F_PERSONAL = 1 << 2,   /* stands in the journal as a digest, never in logs; masked in answers by .mask */
    F_FIND = 1 << 3,       /* sealed and findable by keyed hash (column <name>_hash) */
    F_READONLY = 1 << 4,   /* set by commands; a client that sends it gets unknown_key */
    F_FILTER = 1 << 5,     /* lists filter by it: name=, name.from=, name.to= */
    F_SORT = 1 << 6,       /* lists sort by it */
    F_LIVE = 1 << 7,       /* goes into live events; never together with F_PERSONAL */
    F_HIDDEN = 1 << 8,     /* stored, never given out, never taken in */
    F_ONCE = 1 << 9,       /* given at creation, not changeable */
    F_PAST = 1 << 10,      /* a date or instant that must not lie in the future (5 minutes of clock error allowed) */
    F_LINES = 1 << 11,     /* text that may contain line ends */
    F_SEARCH = 1 << 12,    /* text that lists search with q= */
};

enum mask { MASK_NONE, MASK_NAME, MASK_DOC_NO, MASK_PHONE, MASK_ALL };

struct field {
    const char *name;
    enum type_kind type;
    uint16_t offset;
    uint32_t flags;
    const char *zh, *en;     /* labels */
    const char *unit;        /* "°C", "people"; NULL none */
    int64_t min, max;        /* text: code points; list: items; numbers: the stored scale; both 0: the type's default */
    const char *codes;       /* code list of a code or list field */
    const char *target;      /* entity that an id refers to */
    int (*check)(struct str text); /* text and sealed: 0 or a negative error; pure */
    enum mask mask;
    const char *purpose;     /* for personal fields: why it is collected (PIPL 6) */
    const char *source;      /* of a limit or a format, for the data dictionary */
};

#define FIELD(T, member, f, label_zh, label_en, ...) \
    { .name = #member, .type = TYPE_OF(((struct T *)0)->member), .offset = offsetof(struct T, member), .flags = (f), \
      .zh = label_zh, .en = label_en, ##__VA_ARGS__ }

struct check_env;

/* The shape of a row or of a command's input. At most 62 fields. */
struct shape {
    const char *name;
    const struct field *fields;
    size_t n;
    size_t size; /* of the struct */
    /* What the fields of a command's whole input say together, so that all problems are told at once; pure; may be NULL.
     * An entity's own rules stand in its `check`. */
    void (*check)(const struct check_env *env, const void *in);
};
#define SHAPE_MAX_FIELDS 62
typedef uint64_t field_set; /* bit i: field i; the one typedef, since it is a set of bits and nothing else */

static inline void *field_at(const struct field *f, void *row) { return (char *)row + f->offset; }
static inline const void *field_in(const struct field *f, const void *row) { return (const char *)row + f->offset; }
const struct field *shape_field(const struct shape *s, struct str name, size_t *index); /* NULL when unknown */

#endif
