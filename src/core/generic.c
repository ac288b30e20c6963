/* Create and change. A change names the version it is based on: disjoint changes merge, overlapping ones conflict. */
#include <string.h>

#include "core/generic.h"
#include "core/memo.h"
#include "core/registry.h"
#include "store/journal.h"

/* Rows of reference tables are asked for again and again (the checkpoint of every passage): known ones are kept. */
static bool exists(struct ctx *ctx, const struct entity *target, struct id id)
{
    if (target->place == PLACE_SELF)
        return store_place(ctx->store, id) != NULL;
    if (!target->lane_scoped && memo_get(ctx->memo, target->name, id, 0))
        return true;
    if (store_get(ctx->db, target, -1, id, ctx->arena, arena_zalloc(ctx->arena, target->shape.size)))
        return false;
    if (!target->lane_scoped && ctx->memo)
        memo_put(ctx->memo, target->name, id, 0, target);
    return true;
}

void generic_check_refs(struct ctx *ctx, const struct shape *shape, const void *in, field_set which)
{
    for (size_t i = 0; i < shape->n; i++) {
        const struct field *f = &shape->fields[i];
        const struct entity *target = f->target && (which >> i & 1) ? registry_entity(ctx->registry, str_of(f->target)) : NULL;
        const struct id *id = target ? field_in(f, in) : NULL;
        if (!id || id_absent(*id))
            continue;
        if (!exists(ctx, target, *id))
            ctx_problem(ctx, ERR_UNKNOWN_REF, f->name);
    }
}

int generic_plan_create(struct ctx *ctx, void *in, struct changes *out)
{
    const struct entity *e = ctx->command->entity;
    void *row = row_copy(e, in, out->arena);
    ROW(row)->id = ctx->command_id;
    change_create(out, e, row);
    return 0;
}

/* ---- change ---- */

struct since { const struct entity *entity; int64_t base; field_set fields; bool place; };

static int collect(void *arg, const struct journal_row *j, const json_t *change, const json_t *personal)
{
    struct since *s = arg;
    const json_t *sets[2] = { json_object_get(change, "set"), personal };
    (void)j;
    if (json_integer_value(json_object_get(change, "v")) <= s->base)
        return 1;
    s->place |= json_object_get(change, "place") != NULL;
    for (int k = 0; k < 2; k++) {
        const char *key;
        json_t *v;
        json_object_foreach((json_t *)sets[k], key, v) {
            size_t i;
            if (shape_field(&s->entity->shape, str_of(key), &i))
                s->fields |= (field_set)1 << i;
        }
    }
    return 0;
}

/* Fields that somebody else changed after the base version, to other values than ours. */
static int conflicts(struct ctx *ctx, const struct entity *e, const void *now, const void *in)
{
    struct since s = { .entity = e, .base = ctx->base_version };
    size_t had = ctx->problems->n;
    if (CROW(now)->version == ctx->base_version)
        return 0;
    if (ctx->base_version > CROW(now)->version)
        return ctx_problem(ctx, ERR_CONFLICT, "version");
    journal_history(ctx->db, e, now, ctx->arena, collect, &s);
    field_set both = s.fields & ctx->given & shape_diff(&e->shape, now, in);
    for (size_t i = 0; i < e->shape.n; i++)
        if (both >> i & 1)
            ctx_problem(ctx, ERR_CONFLICT, e->shape.fields[i].name);
    if (s.place && ctx->given_place)
        ctx_problem(ctx, ERR_CONFLICT, "place_id");
    return ctx->problems->n == had ? 0 : -ERR_CONFLICT;
}

int generic_plan_change(struct ctx *ctx, void *in, struct changes *out)
{
    const struct entity *e = ctx->command->entity;
    void *before = row_new(e, out->arena);
    int err = access_get(ctx, e, ctx->command->right, ctx->target, before);
    if (err)
        return problems_add(ctx->problems, -err, NULL);
    if (ctx->base_version == 0)
        return ctx_problem(ctx, ERR_REQUIRED, "version");
    if (conflicts(ctx, e, before, in))
        return -ERR_CONFLICT;
    void *after = row_copy(e, before, out->arena);
    for (size_t i = 0; i < e->shape.n; i++) {
        const struct field *f = &e->shape.fields[i];
        if (ctx->given >> i & 1)
            memcpy(field_at(f, after), field_in(f, in), type_of(f->type)->size);
    }
    if (ctx->given_place && e->place == PLACE_GIVEN)
        ROW(after)->place_id = CROW(in)->place_id;
    change_update(out, e, before, after);
    return 0;
}
