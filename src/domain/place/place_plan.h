/* Command handlers and reads of the place module; for place.c alone. */
#ifndef DOMAIN_PLACE_PLACE_PLAN_H
#define DOMAIN_PLACE_PLACE_PLAN_H

#include "core/command.h"

int place_plan_create(struct ctx *ctx, void *in, struct changes *out);
int place_read_map(struct ctx *ctx, struct str query, struct buf *out, const char **content_type);

#endif
