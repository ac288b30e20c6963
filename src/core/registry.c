/* Flattens the modules; makes E/create and E/change for entities that have no commands of their own for it. */
#include <stdlib.h>
#include <string.h>

#include "core/generic.h"
#include "core/memo.h"
#include "core/registry.h"

static const struct command *own_create(const struct registry *r, const struct entity *e)
{
    for (size_t i = 0; i < r->n_commands; i++)
        if (r->commands[i]->entity == e && (r->commands[i]->flags & CMD_CREATES))
            return r->commands[i];
    return NULL;
}

static void make(struct registry *r, const struct entity *e, const char *verb, uint32_t flags,
                 int (*plan)(struct ctx *, void *, struct changes *), const char *zh, const char *en)
{
    struct command *c = ARENA_NEW(&r->arena, struct command);
    c->name = str_fmt(&r->arena, "%s/%s%c", e->name, verb, 0).p;
    c->right = str_fmt(&r->arena, "%s.%s%c", e->name, verb, 0).p;
    c->entity = e;
    c->in = &e->shape;
    c->flags = flags;
    c->plan = plan;
    c->zh = zh;
    c->en = en;
    r->commands[r->n_commands++] = c;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct command *const *)a)->name, (*(const struct command *const *)b)->name);
}

void registry_build(struct registry *r, const struct module *const *modules, size_t n)
{
    size_t entities = 0, commands = 0;
    memset(r, 0, sizeof(*r));
    arena_init(&r->arena, 16384);
    for (int i = 0; i < WRITERS_MAX; i++)
        r->writer_memos[i] = memo_new();
    r->modules = modules;
    r->n_modules = n;
    for (size_t m = 0; m < n; m++) {
        entities += modules[m]->n_entities;
        commands += modules[m]->n_commands;
    }
    r->entities = ARENA_ARRAY(&r->arena, const struct entity *, entities);
    r->commands = ARENA_ARRAY(&r->arena, const struct command *, commands + entities * 2);
    for (size_t m = 0; m < n; m++) {
        for (size_t i = 0; i < modules[m]->n_entities; i++)
            r->entities[r->n_entities++] = modules[m]->entities[i];
        for (size_t i = 0; i < modules[m]->n_commands; i++)
            r->commands[r->n_commands++] = &modules[m]->commands[i];
    }
    for (size_t i = 0; i < r->n_entities; i++) {
        const struct entity *e = r->entities[i];
        if (!e->no_create && !own_create(r, e))
            make(r, e, "create", CMD_CREATES, generic_plan_create, "新建", "Create");
        if (!e->no_change)
            make(r, e, "change", CMD_ON_ROW, generic_plan_change, "修改", "Change");
    }
    qsort(r->commands, r->n_commands, sizeof(*r->commands), by_name);
}

void registry_free(struct registry *r)
{
    for (int i = 0; i < WRITERS_MAX; i++)
        memo_free(r->writer_memos[i]);
    arena_free(&r->arena);
}

const struct command *registry_command(const struct registry *r, struct str name)
{
    size_t low = 0, high = r->n_commands;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int c = str_cmp(str_of(r->commands[mid]->name), name);
        if (c == 0)
            return r->commands[mid];
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

const struct command *registry_creates(const struct registry *r, const struct entity *e) { return own_create(r, e); }

const struct entity *registry_entity(const struct registry *r, struct str name)
{
    for (size_t i = 0; i < r->n_entities; i++)
        if (str_is(name, r->entities[i]->name))
            return r->entities[i];
    return NULL;
}
