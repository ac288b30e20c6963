/* Rights: a grant is a role in a place; what a role may do stands in codes/right.csv. */
#include <string.h>

#include "core/command.h"
#include "core/rights.h"

int ctx_problem(struct ctx *ctx, enum err code, const char *field) { return problems_add(ctx->problems, code, field); }

bool access_role_has(struct str role, const char *right)
{
    for (size_t i = 0; i < role_rights_n; i++)
        if (strcmp(role_rights[i].right, right) == 0 && str_is(role, role_rights[i].role))
            return true;
    return false;
}

bool access_right_known(const char *right)
{
    for (size_t i = 0; i < role_rights_n; i++)
        if (strcmp(role_rights[i].right, right) == 0)
            return true;
    return false;
}

struct scope access_scope(struct ctx *ctx, const char *right)
{
    struct scope sc = { .everything = ctx->actor.system };
    struct str *paths = ARENA_ARRAY(ctx->arena, struct str, ctx->actor.n_grants);
    for (size_t i = 0; i < ctx->actor.n_grants && !sc.everything; i++)
        if (access_role_has(ctx->actor.grants[i].role, right))
            paths[sc.n++] = ctx->actor.grants[i].path;
    sc.paths = paths;
    return sc;
}

int access_place(struct ctx *ctx, const char *right, struct id place_id)
{
    struct scope sc = access_scope(ctx, right);
    const struct place_node *place = store_place(ctx->store, place_id);
    if (!sc.everything && sc.n == 0)
        return -ERR_FORBIDDEN;
    if (sc.everything && (place || id_absent(place_id)))
        return 0;
    return place && scope_has(&sc, place->path) ? 0 : -ERR_NOT_FOUND;
}

int access_get(struct ctx *ctx, const struct entity *e, const char *right, struct id id, void *row)
{
    struct scope sc = access_scope(ctx, right);
    if (!sc.everything && sc.n == 0)
        return -ERR_FORBIDDEN;
    int err = store_get(ctx->db, e, -1, id, ctx->arena, row);
    ctx->lane = err ? ctx->lane : CROW(row)->lane;
    if (err || e->place == PLACE_NONE)
        return err;
    const struct place_node *place = store_place(ctx->store, CROW(row)->place_id);
    return sc.everything || (place && scope_has(&sc, place->path)) ? 0 : -ERR_NOT_FOUND;
}
