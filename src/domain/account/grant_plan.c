/* Grants: who may give which role where. */
#include "core/rights.h"
#include "domain/account/account_access.h"
#include "domain/account/account_plan.h"
#include "store/values.h"

/* Has the actor one of the roles that may give any role, in or above the place? */
static bool grants_freely(const struct ctx *ctx, const struct place_node *place)
{
    for (size_t i = 0; i < ctx->actor.n_grants; i++) {
        const struct grant *g = &ctx->actor.grants[i];
        bool role = str_is(g->role, "system_administrator") || str_is(g->role, "command_office");
        if (role && path_within(place->path, g->path))
            return true;
    }
    return ctx->actor.system;
}

/* Nobody gives a right that he has not himself there: otherwise grant.create would be every right. */
int grant_allowed(struct ctx *ctx, struct code role, struct id place_id)
{
    const struct place_node *place = store_place(ctx->store, place_id);
    if (!place || access_place(ctx, "grant.create", place_id))
        return ctx_problem(ctx, ERR_FORBIDDEN, "place_id");
    if (grants_freely(ctx, place))
        return 0;
    for (size_t i = 0; i < role_rights_n; i++)
        if (str_is(role.s, role_rights[i].role) && access_place(ctx, role_rights[i].right, place_id))
            return ctx_problem(ctx, ERR_FORBIDDEN, "role");
    return 0;
}

int account_managed(struct ctx *ctx, struct account *row)
{
    struct db_stmt *st;
    int more, err = access_get(ctx, &account_entity, "account.change", ctx->target, row);
    if (err)
        return ctx_problem(ctx, (enum err)-err, NULL);
    const struct value args[] = { value_of_id(&row->row.id), value_int(date_of(ctx->now, ctx->offset_min).days) };
    st = store_query(ctx->db, "account_grants", args, 2);
    while ((more = store_next(st)) == 1) {
        struct code role = { str_dup(ctx->arena, db_column(st, 0).s) };
        if (!err)
            err = grant_allowed(ctx, role, id_of_value(db_column(st, 1)));
    }
    return err ? err : more;
}

static int same_exists(struct ctx *ctx, const struct grant_row *g)
{
    const struct value args[] = { value_of_id(&g->account_id), value_text(g->role.s), value_of_id(&g->row.place_id) };
    struct db_stmt *st = store_query(ctx->db, "account_grant_same", args, 3);
    int more = store_next(st);
    if (more == 1)
        db_reset(st);
    return more;
}

int grant_append(struct ctx *ctx, struct id account_id, struct code role, struct id place_id, struct date from_on, struct date to_on,
                 struct id id, struct changes *out)
{
    struct grant_row *g = row_new(&grant_entity, out->arena);
    int err = grant_allowed(ctx, role, place_id);
    g->row.id = id;
    g->row.place_id = place_id;
    g->account_id = account_id;
    g->role = role;
    g->from_on = from_on;
    g->to_on = to_on;
    if (!err && (err = same_exists(ctx, g)) == 1)
        err = ctx_problem(ctx, ERR_DUPLICATE, "role");
    if (!err)
        change_create(out, &grant_entity, g);
    return err;
}

int grant_plan_create(struct ctx *ctx, void *in, struct changes *out)
{
    const struct grant_create_in *given = in;
    struct account *a = row_new(&account_entity, ctx->arena);
    if (access_get(ctx, &account_entity, "account.read", given->account_id, a))
        return ctx_problem(ctx, ERR_UNKNOWN_REF, "account_id");
    if (!date_absent(given->from_on) && !date_absent(given->to_on) && given->to_on.days < given->from_on.days)
        return ctx_problem(ctx, ERR_BAD_ORDER, "to_on");
    return grant_append(ctx, given->account_id, given->role, given->place_id, given->from_on, given->to_on, ctx->command_id, out);
}

/* The row goes; that it was there, who gave and who withdrew it stays in the journal. */
int grant_plan_withdraw(struct ctx *ctx, void *in, struct changes *out)
{
    struct grant_row *before = row_new(&grant_entity, out->arena);
    int err = access_get(ctx, &grant_entity, "grant.create", ctx->target, before);
    (void)in;
    if (err)
        return ctx_problem(ctx, (enum err)-err, NULL);
    err = grant_allowed(ctx, before->role, before->row.place_id);
    if (!err)
        change_delete(out, &grant_entity, before);
    return err;
}
