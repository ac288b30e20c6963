/* Create and change, the same for every entity. */
#ifndef CORE_GENERIC_H
#define CORE_GENERIC_H

#include "core/command.h"

int generic_plan_create(struct ctx *ctx, void *in, struct changes *out);
int generic_plan_change(struct ctx *ctx, void *in, struct changes *out);
/* Every id field with a target must point to a row that exists. Adds unknown_ref. */
void generic_check_refs(struct ctx *ctx, const struct shape *shape, const void *in, field_set which);

#endif
