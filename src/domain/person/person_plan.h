/* Inputs and handlers of the person module; for person.c alone. */
#ifndef DOMAIN_PERSON_PERSON_PLAN_H
#define DOMAIN_PERSON_PERSON_PLAN_H

#include "core/command.h"

int person_plan_create(struct ctx *ctx, void *in, struct changes *out);
int person_plan_reveal(struct ctx *ctx, void *in, struct changes *out);

#endif
