/* Entities: the nouns. Each row struct begins with `struct row row`. From the table follow storage, JSON, CSV, lists,
 * filters, history, OpenAPI, TypeScript types, the data dictionary and import templates. */
#ifndef MODEL_ENTITY_H
#define MODEL_ENTITY_H

#include "model/field.h"
#include "model/type.h"

/* The head of every row. */
struct row {
    struct id id;
    int64_t version;    /* 1 at creation */
    int64_t lane;       /* county-level division's number; 0 for reference tables */
    int64_t seq;        /* journal entry of the lane that wrote this version */
    struct id place_id; /* where the row belongs; absent only in entities without place */
};

enum place_rule {
    PLACE_NONE,  /* belongs to the installation: outbreaks, code-like tables. Lane 0, seen by all with the right */
    PLACE_GIVEN, /* place_id is a field that the sender gives */
    PLACE_SET,   /* set by the command's plan (from the post, …) */
    PLACE_SELF,  /* the place tree itself */
};

/* A query index, besides the primary key (lane, id). `where` makes it partial. Named <entity>_<name>. */
struct index { const char *name, *columns, *where; bool unique; };

/* Moves counters: call it as often as needed with the row's place. hour: hours since 1970 at the place.
 * subject: what within the place (a post), absent for none. */
struct tally_sink {
    void (*add)(struct tally_sink *sink, struct id place_id, struct id subject, int64_t hour, const char *measure, int64_t n);
    int offset_min;
};

struct check_env {
    struct instant now;
    int offset_min;
    struct problems *problems;
};

struct entity {
    const char *name, *zh, *en;
    struct shape shape;
    enum place_rule place;
    bool lane_scoped;              /* else a reference table: lane 0 */
    const struct index *indexes;
    size_t n_indexes;
    const char *key_sql;           /* columns of the natural key, for unique index and import match; NULL: id only */
    void (*check)(const struct check_env *env, const void *row); /* whole-row rules, pure; may be NULL */
    /* before or after may be NULL (created, deleted); pure; may be NULL */
    void (*derive)(const void *before, const void *after, struct tally_sink *sink);
    bool no_create, no_change, no_list, no_import; /* only commands do it; not listed at all */
    const char *sort;              /* default sort: a field name, '-' before it for descending; NULL: id */
    const char *list_time;         /* instant field that time filters of live lists use; NULL none */
    int retention_days;            /* 0: kept; documented, enforced by the module's command */
};

#define FIELDS(array) (array), sizeof(array) / sizeof((array)[0])
#define ROW(p) ((struct row *)(p))
#define CROW(p) ((const struct row *)(p))

#endif
