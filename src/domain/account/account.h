/* Accounts, what they may do where, and sessions. */
#ifndef DOMAIN_ACCOUNT_ACCOUNT_H
#define DOMAIN_ACCOUNT_ACCOUNT_H

#include "core/command.h"

struct account {
    struct row row;             /* place_id: home place */
    struct str login;
    struct str name;
    struct str phone;
    struct str card_no;         /* duty card number, shown to the public */
    struct flag active, must_change;
    struct secret password_hash;
    int64_t failures;           /* in a row */
    struct instant locked_until;
};

struct grant_row {
    struct row row;             /* place_id: where */
    struct id account_id;
    struct code role;
    struct date from_on, to_on;
};

struct session {
    struct row row;
    struct id account_id;
    struct digest token_hash;
    struct code kind;           /* browser, program */
    struct str device;          /* what the browser says it is; shown in the session list */
    struct instant started_at, expires_at, revoked_at;
};

extern const struct entity account_entity, grant_entity, session_entity;
extern const struct module account_module;

/* Finds who stands behind a token. 0, -ERR_UNAUTHENTICATED, -ERR_SESSION_EXPIRED. Strings live in ctx->arena. */
int account_authenticate(struct ctx *ctx, struct str token);

#endif
