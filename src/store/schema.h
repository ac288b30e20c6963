/* Tables as the entities of today describe them. Migrations are frozen copies; a check compares the two. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/store.h"

/* CREATE TABLE and its indexes. */
void schema_entity(struct buf *out, const struct entity *e);
/* 0 when the store's table has exactly the entity's columns, in order; else negative and a line in the report. */
int schema_compare(struct db *d, const struct entity *e, struct buf *report);

/* ---- every statement, for the checks ---- */
typedef void (*statement_each)(void *arg, struct str name, struct str sql);
/* The named ones of the modules' .sql files; texts from the arena. */
void statements_named(struct arena *a, statement_each each, void *arg);
/* What is generated for an entity: reading, writing, lists in every sorting with every filter. */
void statements_of_entity(const struct entity *e, struct arena *a, statement_each each, void *arg);

#endif
