/* Ids and digests as values of statements: modules' plans bind and read them. */
#ifndef STORE_VALUES_H
#define STORE_VALUES_H

#include <string.h>

#include "base/hash.h"
#include "base/id.h"
#include "io/db/db.h"

/* The memory stays the giver's until the statement has ended. */
static inline struct value value_of_id(const struct id *id) { return id_absent(*id) ? value_null() : value_blob(id->b, sizeof(id->b)); }

static inline struct value value_of_digest(const struct digest *d)
{
    return d->present ? value_blob(d->b, sizeof(d->b)) : value_null();
}

/* Absent for anything that is no id. */
static inline struct id id_of_value(struct value v)
{
    struct id id = ID_ABSENT;
    if (v.kind == VALUE_BLOB && v.s.n == sizeof(id.b))
        memcpy(id.b, v.s.p, sizeof(id.b));
    return id;
}

static inline struct date date_of_value(struct value v) { return v.kind == VALUE_INT ? (struct date){ (int32_t)v.i } : DATE_ABSENT; }

#endif
