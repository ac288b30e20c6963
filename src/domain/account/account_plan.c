/* Accounts: creation, passwords, unlocking. */
#include "domain/account/account_plan.h"

#include <sodium.h>

#include "domain/account/account.h"
#include "domain/account/account_access.h"
#include "store/values.h"

/* Argon2id with 19 MiB, 2 passes, 1 lane. Source: OWASP Password Storage Cheat Sheet. */
#define HASH_PASSES 2
#define HASH_BYTES ((size_t)19 * 1024 * 1024)

static struct str hash_password(struct ctx *ctx, struct str password)
{
    char *out = arena_alloc(ctx->arena, crypto_pwhash_STRBYTES);
    if (crypto_pwhash_str_alg(out, password.p, password.n, HASH_PASSES, HASH_BYTES, crypto_pwhash_ALG_ARGON2ID13))
        return STR_ABSENT;
    return str_of(out);
}

/* Checks and hashes; `login` is that of the account. 0 or negative with a problem. */
static int prepare_hash(struct ctx *ctx, struct str password, struct str login, struct str *hash)
{
    if (account_check_password(password, login))
        return ctx_problem(ctx, ERR_PASSWORD_WEAK, "password");
    *hash = hash_password(ctx, password);
    return hash->p ? 0 : -ERR_BUSY; /* no memory for it now */
}

int account_prepare_create(struct ctx *ctx, void *in)
{
    struct account_create_in *given = in;
    return given->password.p ? prepare_hash(ctx, given->password, given->login, &given->hash) : 0;
}

/* Without a password nobody can sign in until one is set. */
int account_plan_create(struct ctx *ctx, void *in, struct changes *out)
{
    const struct account_create_in *given = in;
    struct account *a = row_new(&account_entity, out->arena), *same = row_new(&account_entity, ctx->arena);
    int err = access_place(ctx, "account.create", given->place_id);
    if (err)
        return ctx_problem(ctx, (enum err)-err, "place_id");
    if (account_find(ctx, given->login, same) == 1)
        return ctx_problem(ctx, ERR_DUPLICATE, "login");
    a->row.id = ctx->command_id;
    a->row.place_id = given->place_id;
    a->login = given->login;
    a->name = given->name;
    a->phone = given->phone;
    a->card_no = given->card_no;
    a->active.v = 1;
    a->must_change.v = !ctx->actor.system; /* who installs or demonstrates sets it for good */
    a->password_hash.s = given->hash;
    a->failures = 0;
    change_create(out, &account_entity, a);
    if (!given->role.s.p)
        return 0;
    return grant_append(ctx, a->row.id, given->role, given->place_id, DATE_ABSENT, DATE_ABSENT, id_new(ctx->now, 0), out);
}

/* ---- passwords ---- */

/* For somebody else (a row is the target) or for oneself, who must know the present one. */
int account_prepare_password(struct ctx *ctx, void *in)
{
    struct account_password_in *given = in;
    struct account *a = row_new(&account_entity, ctx->arena);
    bool self = id_absent(ctx->target);
    if (store_get(ctx->db, &account_entity, 0, self ? ctx->actor.account_id : ctx->target, ctx->arena, a))
        return ctx_problem(ctx, ERR_NOT_FOUND, NULL);
    if (self)
        given->present_right = given->present.p && account_verify(a->password_hash.s, given->present);
    return prepare_hash(ctx, given->password, a->login, &given->hash);
}

/* Whoever had a token under the old password has none any more; the session at hand stays. */
static int end_sessions(struct ctx *ctx, struct id account_id, struct changes *out)
{
    const struct value args[] = { value_of_id(&account_id), value_int(ctx->now.ms) };
    struct db_stmt *st = store_query(ctx->db, "account_open_sessions", args, 2);
    int more;
    while ((more = store_next(st)) == 1) {
        struct id id = id_of_value(db_column(st, 0));
        struct session *before = row_new(&session_entity, out->arena), *after;
        if (id_eq(id, ctx->actor.session_id) || store_get(ctx->db, &session_entity, 0, id, out->arena, before))
            continue;
        after = row_copy(&session_entity, before, out->arena);
        after->revoked_at = ctx->now;
        change_update(out, &session_entity, before, after);
    }
    return more;
}

static int set_password(struct ctx *ctx, struct account *before, struct str hash, bool must_change, struct changes *out)
{
    struct account *after = row_copy(&account_entity, before, out->arena);
    after->password_hash.s = hash;
    after->must_change.v = must_change;
    after->failures = 0;
    after->locked_until = INSTANT_ABSENT;
    change_update(out, &account_entity, before, after);
    return end_sessions(ctx, before->row.id, out);
}

int account_plan_set_password(struct ctx *ctx, void *in, struct changes *out)
{
    const struct account_password_in *given = in;
    struct account *before = row_new(&account_entity, out->arena);
    int err = account_managed(ctx, before);
    return err ? err : set_password(ctx, before, given->hash, !ctx->actor.system, out);
}

int account_plan_change_password(struct ctx *ctx, void *in, struct changes *out)
{
    const struct account_password_in *given = in;
    struct account *before = row_new(&account_entity, out->arena);
    if (!given->present.p)
        return ctx_problem(ctx, ERR_REQUIRED, "present");
    if (!given->present_right)
        return ctx_problem(ctx, ERR_PASSWORD_WRONG, "present");
    if (store_get(ctx->db, &account_entity, 0, ctx->actor.account_id, out->arena, before))
        return ctx_problem(ctx, ERR_NOT_FOUND, NULL);
    return set_password(ctx, before, given->hash, false, out);
}

int account_plan_unlock(struct ctx *ctx, void *in, struct changes *out)
{
    struct account *before = row_new(&account_entity, out->arena), *after;
    int err = account_managed(ctx, before);
    (void)in;
    if (err)
        return err;
    after = row_copy(&account_entity, before, out->arena);
    after->failures = 0;
    after->locked_until = INSTANT_ABSENT;
    change_update(out, &account_entity, before, after);
    return 0;
}
