/* Errors: functions return 0 or a negative code of errors.def. What is wrong with an input goes to a
 * list of problems, all of them, each naming entity, row and field. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/arena.h"
#include "base/str.h"

enum err {
    ERR_NONE = 0,
#define ERR(name, code, http, zh, en) ERR_##name,
#include "base/errors.def"
#undef ERR
    ERR_COUNT
};

struct err_info {
    const char *code; /* snake_case, in answers and documents */
    int http;
    const char *zh, *en;
};

const struct err_info *err_info(int err); /* takes the code with either sign */
enum err err_by_code(struct str code);    /* ERR_NONE when unknown */

struct problem {
    enum err code;
    const char *entity; /* static name or NULL */
    const char *field;  /* static name or NULL */
    struct str name;    /* a name given by the sender (an unknown key); absent when field says it */
    int64_t row;        /* 1-based row or line of an import or batch; 0 none */
    struct str detail;  /* limits or codes that help; never a personal value */
};

struct problems {
    struct arena *arena;
    struct problem *items;
    size_t n, cap;
    const char *entity; /* filled into what is added */
    int64_t row;
};

void problems_init(struct problems *ps, struct arena *arena);
/* Returns -code, so that callers can write: return problems_add(...). */
int problems_add(struct problems *ps, enum err code, const char *field);
int problems_detail(struct problems *ps, enum err code, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
int problems_name(struct problems *ps, enum err code, struct str name);
enum err problems_worst(const struct problems *ps); /* the one that gives the HTTP status; ERR_NONE when empty */

#endif
