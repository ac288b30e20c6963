/* Inputs, handlers and reads of the account module; for account.c alone. */
#ifndef DOMAIN_ACCOUNT_ACCOUNT_PLAN_H
#define DOMAIN_ACCOUNT_ACCOUNT_PLAN_H

#include "core/command.h"

struct account_create_in {
    struct id place_id;
    struct str login, name, phone, card_no, password;
    struct code role;
    struct str hash;            /* filled by prepare */
};
struct account_password_in {
    struct str password, present;
    struct str hash;            /* filled by prepare */
    bool present_right;
};
struct session_login_in {
    struct str login, password;
    struct code kind;
    struct str device;
    bool known, right;          /* filled by prepare */
};
struct grant_create_in {
    struct id account_id, place_id;
    struct code role;
    struct date from_on, to_on;
};

/* ---- pure (account_rules.c) ---- */
/* Small letters, digits and . _ - beginning with a letter or digit. 0 or -ERR_BAD_FORMAT. */
int account_check_login(struct str login);
/* At least 10 characters, not containing the account, not one character over and over. 0 or -ERR_PASSWORD_WEAK. */
int account_check_password(struct str password, struct str login);
/* When an account is free again after its n-th failure in a row; absent: it is not locked. */
struct instant account_lock_until(int64_t failures, struct instant now);
bool account_locked(struct instant until, struct instant now);
struct instant session_end(struct code kind, struct instant now);

int account_prepare_create(struct ctx *ctx, void *in);
int account_plan_create(struct ctx *ctx, void *in, struct changes *out);
int account_prepare_password(struct ctx *ctx, void *in);
int account_plan_set_password(struct ctx *ctx, void *in, struct changes *out);
int account_plan_change_password(struct ctx *ctx, void *in, struct changes *out);
int account_plan_unlock(struct ctx *ctx, void *in, struct changes *out);
int grant_plan_create(struct ctx *ctx, void *in, struct changes *out);
int grant_plan_withdraw(struct ctx *ctx, void *in, struct changes *out);
int session_prepare_login(struct ctx *ctx, void *in);
int session_plan_login(struct ctx *ctx, void *in, struct changes *out);
int session_plan_logout(struct ctx *ctx, void *in, struct changes *out);
int session_plan_revoke(struct ctx *ctx, void *in, struct changes *out);
int account_read_sessions(struct ctx *ctx, struct str query, struct buf *out, const char **content_type);
int account_read_me(struct ctx *ctx, struct str query, struct buf *out, const char **content_type);

#endif
