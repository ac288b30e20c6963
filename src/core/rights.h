/* What each role may do: rows of codes/right.csv, built into the program. */
#ifndef CORE_RIGHTS_H
#define CORE_RIGHTS_H

#include <stddef.h>

struct role_right { const char *role, *right; };

/* In the order of the file; generated at build time. */
extern const struct role_right role_rights[];
extern const size_t role_rights_n;

#endif
