/* Tables as the entities of today describe them. Migrations are frozen copies; a check compares the two. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/store.h"

/* CREATE TABLE and its indexes. */
void schema_entity(struct buf *out, const struct entity *e);
/* 0 when the store's table has exactly the entity's columns, in order; else negative and a line in the report. */
int schema_compare(struct reader *r, const struct entity *e, struct buf *report);

/* Does the named statement compile on this store? */
bool statement_prepares(struct reader *r, const char *name);

#endif
