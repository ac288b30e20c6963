/* Forward-only steps of the store's shape: migrations/NNNN-name.sql, built into the program, numbered from 1. */
#ifndef STORE_MIGRATIONS_H
#define STORE_MIGRATIONS_H

#include "base/str.h"

struct migration {
    int number;
    const char *name;
    struct str sql; /* several statements; NUL-terminated */
};

extern const struct migration migrations[];
extern const size_t migrations_n;

#endif
