/* Code lists: rows of codes/<list>.csv, built into the program. */
#ifndef MODEL_CODE_H
#define MODEL_CODE_H

#include "base/str.h"

struct code_item { const char *code, *zh, *en, *standard, *source; };
struct code_list { const char *name; const struct code_item *items; size_t n; };

/* All lists, sorted by name; generated at build time from codes/. */
extern const struct code_list code_lists[];
extern const size_t code_lists_n;

const struct code_list *code_list(const char *name);              /* NULL when unknown */
const struct code_item *code_find(const char *list, struct str code); /* NULL when unknown */

#endif
