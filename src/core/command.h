/* Commands: verbs with a plan. A plan reads, decides and appends changes; it never owns a write handle. */
#ifndef CORE_COMMAND_H
#define CORE_COMMAND_H

#include "core/ctx.h"

enum command_flags {
    CMD_ON_ROW = 1 << 0,     /* POST /api/v1/<entity>/{id}/<verb>; else POST /api/v1/<entity>/<verb> */
    CMD_CREATES = 1 << 1,    /* is the entity's creation: POST /api/v1/<entity>; the command id is the new row's id */
    CMD_REASON = 1 << 2,     /* needs a reason */
    CMD_PUBLIC = 1 << 3,     /* nobody needs to be signed in */
    CMD_SELF = 1 << 4,       /* needs a session, no right: one's own account */
    CMD_READS = 1 << 5,      /* changes nothing: runs on a reader, no journal */
    CMD_NO_BATCH = 1 << 6,   /* not through batch or import */
    CMD_PARTIAL = 1 << 7,    /* required fields may be missing */
};

struct ahead;

struct command {
    const char *name;                 /* "passage/register": entity/verb */
    const struct entity *entity;
    const struct shape *in;           /* NULL: no input besides id, reason */
    const char *right;                /* NULL for public and self */
    uint32_t flags;
    /* Slow preparation without any lock (password hashing, sealing); on a worker thread. May be NULL. */
    int (*prepare)(struct ctx *ctx, void *in);
    /* Reads, decides, appends. 0, or negative with problems. Problems make the whole command be refused. */
    int (*plan)(struct ctx *ctx, void *in, struct changes *out);
    const char *zh, *en;
    /* May be NULL. For commands that come by the thousand: says by store_ahead what plan is going to read, and by ahead_key
     * what makes two of them depend on each other. It only saves time; plan must be right without it. */
    void (*ahead)(struct ctx *ctx, const void *in, struct ahead *ahead);
};

/* A read that is more than a list: GET /api/v1/<path>. Answers by writing JSON (or sets another type). */
struct read_route {
    const char *path;                 /* "live", "place/map"; segments in {} bind to ctx->target */
    const char *right;                /* NULL: needs a session only; "" : public */
    int (*read)(struct ctx *ctx, struct str query, struct buf *out, const char **content_type);
    const char *zh, *en;
};

struct module {
    const char *name;
    const struct entity *const *entities; size_t n_entities;
    const struct command *commands; size_t n_commands;
    const struct read_route *reads; size_t n_reads;
};

/* Places in which the actor holds the right. In the arena. n == 0 and not everything: none. */
struct scope access_scope(struct ctx *ctx, const char *right);
/* 0, or -ERR_FORBIDDEN / -ERR_NOT_FOUND when the place is outside the actor's scope for the right. */
int access_place(struct ctx *ctx, const char *right, struct id place_id);
/* Reads a row the actor may see with the right: 0, or -ERR_NOT_FOUND. */
int access_get(struct ctx *ctx, const struct entity *e, const char *right, struct id id, void *row);
/* Has the role the right? From codes/right.csv. */
bool access_role_has(struct str role, const char *right);
/* Is there such a right at all? */
bool access_right_known(const char *right);

#endif
