/* Places: city, county, township, community, grid, of any depth; their boundaries. Domain S2, S10. */
#ifndef DOMAIN_PLACE_PLACE_H
#define DOMAIN_PLACE_PLACE_H

#include "core/command.h"

struct place {
    struct row row;
    struct id parent_id;
    struct str code;          /* GB/T 2260, statistical or local code; key within the installation */
    struct code code_kind;    /* gb2260, statistical, local */
    struct str name;
    struct code kind;         /* city, county, township, community, grid */
    struct str path;          /* "/410600/410611/": codes from the root, never changes with the code */
    struct date valid_from, valid_to;
    struct str head, head_phone, deputy, deputy_phone; /* responsible person and deputy */
    int64_t population, households;
    struct degrees lng, lat;
    int64_t lane_no;          /* number of the lane that this county-level place opens; absent below */
    struct str source;
};

struct boundary {
    struct row row;           /* place_id: the place it bounds */
    struct document geometry; /* GeoJSON geometry, WGS 84 */
    struct str source;
};

/* Code of the place that stands for the installation itself. */
#define PLACE_INSTALLATION "L0"

extern const struct entity place_entity, boundary_entity;
extern const struct module place_module;

/* Columns that an import of places also takes: of other tables' names for the same thing. */
struct column_alias { const char *column, *field; };
extern const struct column_alias place_import_aliases[];
extern const size_t place_import_aliases_n;

/* ---- pure (place_rules.c) ---- */
/* 6, 9, 12 or 15 digits, or a local code: L and capitals, digits, '-'. 0 or -ERR_BAD_DIVISION. */
int place_check_code(struct str code);
/* Kind of a code that place_check_code accepts: "gb2260", "statistical", "local". */
const char *place_code_kind(struct str code);
/* May a place of `kind` stand below one of `above`? Absent above: a root. */
bool place_kind_below(struct str kind, struct str above);

/* ---- for reads of other modules ---- */
/* The parts of the tree that a read covers: the actor's places with the right, cut with `under` (absent: all). None lies
 * within another. In the arena. 0, or -ERR_NOT_FOUND when `under` is unknown or outside. */
int place_bounds(struct ctx *ctx, const char *right, struct id under, const struct place_node ***out, size_t *n);
/* The first text behind all paths within `path`: its last '/' becomes '0'. */
struct str place_path_end(struct str path, struct arena *a);
/* Reads the id that a query gives under `name`; absent when it does not occur. 0 or negative with a problem; other names
 * are left alone. */
int place_query_id(struct ctx *ctx, struct str query, const char *name, struct id *out);

#endif
