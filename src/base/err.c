#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct err_info infos[ERR_COUNT] = {
    [ERR_NONE] = { "ok", 200, "成功", "Success" },
#define ERR(name, code, http, zh, en) [ERR_##name] = { code, http, zh, en },
#include "base/errors.def"
#undef ERR
};

const struct err_info *err_info(int err)
{
    if (err < 0 && err > -ERR_COUNT)
        err = -err;
    return &infos[err >= 0 && err < ERR_COUNT ? err : ERR_INTERNAL];
}

enum err err_by_code(struct str code)
{
    for (int i = 1; i < ERR_COUNT; i++)
        if (str_is(code, infos[i].code))
            return (enum err)i;
    return ERR_NONE;
}

void problems_init(struct problems *ps, struct arena *arena)
{
    *ps = (struct problems){ .arena = arena };
}

static struct problem *add(struct problems *ps, enum err code, const char *field)
{
    if (ps->n == ps->cap) {
        size_t cap = ps->cap ? ps->cap * 2 : 8;
        struct problem *items = ARENA_ARRAY(ps->arena, struct problem, cap);
        if (ps->n)
            memcpy(items, ps->items, ps->n * sizeof *items);
        ps->items = items;
        ps->cap = cap;
    }
    struct problem *p = &ps->items[ps->n++];
    *p = (struct problem){ .code = code, .entity = ps->entity, .field = field, .row = ps->row };
    return p;
}

int problems_add(struct problems *ps, enum err code, const char *field)
{
    add(ps, code, field);
    return -(int)code;
}

int problems_detail(struct problems *ps, enum err code, const char *field, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct problem *p = add(ps, code, field);
    if (n >= 0)
        p->detail = str_dup(ps->arena, str_of(text));
    return -(int)code;
}

int problems_name(struct problems *ps, enum err code, struct str name)
{
    add(ps, code, NULL)->name = str_dup(ps->arena, name);
    return -(int)code;
}

enum err problems_worst(const struct problems *ps)
{
    enum err worst = ERR_NONE;
    for (size_t i = 0; i < ps->n; i++)
        if (worst == ERR_NONE || ps->items[i].code < worst)
            worst = ps->items[i].code;
    return worst;
}
