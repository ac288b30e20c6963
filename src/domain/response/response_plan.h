/* Reads and checks of the response module; for response.c alone. */
#ifndef DOMAIN_RESPONSE_RESPONSE_PLAN_H
#define DOMAIN_RESPONSE_RESPONSE_PLAN_H

#include "core/command.h"

int response_check_division(struct str code);
int response_read_profile(struct ctx *ctx, struct str query, struct buf *out, const char **content_type);

#endif
