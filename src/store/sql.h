/* Named statements of src/store/ and src/domain/ (*.sql), built into the program, sorted by name. The build refuses
 * one that does not say how it is bounded (tools/embed/sql.mjs). */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "base/str.h"

struct sql_statement {
    const char *name;
    struct str sql; /* without comments; {{…}} not yet expanded */
};

extern const struct sql_statement sql_statements[];
extern const size_t sql_statements_n;

#endif
