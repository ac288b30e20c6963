/* What the files of the account module share; for the module alone. */
#ifndef DOMAIN_ACCOUNT_ACCOUNT_ACCESS_H
#define DOMAIN_ACCOUNT_ACCOUNT_ACCESS_H

#include "domain/account/account.h"

/* 1 found, 0 not, negative. */
int account_find(struct ctx *ctx, struct str login, struct account *out);
/* Does the password belong to the hash? With an absent hash it takes the same time and says no. */
bool account_verify(struct str hash, struct str password);
/* Reads the target account into `row`, if the actor may change it: it lies in his area and has no right that he could
 * not grant. 0, or negative with a problem. */
int account_managed(struct ctx *ctx, struct account *row);
/* May the actor give the role in the place? 0, or negative with a problem. */
int grant_allowed(struct ctx *ctx, struct code role, struct id place_id);
/* Appends the creation of a grant, if the actor may grant it and it is not there. */
int grant_append(struct ctx *ctx, struct id account_id, struct code role, struct id place_id, struct date from_on, struct date to_on,
                 struct id id, struct changes *out);

#endif
