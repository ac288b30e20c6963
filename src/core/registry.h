/* Everything the program knows, in one visible array (app/registry.c), flattened for dispatch. */
#ifndef CORE_REGISTRY_H
#define CORE_REGISTRY_H

#include "core/command.h"
#include "store/writer.h"

struct registry {
    const struct module *const *modules;
    size_t n_modules;
    const struct entity **entities;
    size_t n_entities;
    const struct command **commands; /* sorted by name; with E/create and E/change where an entity has no own */
    size_t n_commands;
    struct memo *writer_memos[WRITERS_MAX]; /* each writing thread's */
    struct arena arena;
};

void registry_build(struct registry *r, const struct module *const *modules, size_t n);
void registry_free(struct registry *r);
const struct command *registry_command(const struct registry *r, struct str name);
/* The command that creates rows of the entity; NULL when none may. */
const struct command *registry_creates(const struct registry *r, const struct entity *e);
const struct entity *registry_entity(const struct registry *r, struct str name);

#endif
