/* The context of one request, import chunk or command-line call: memory, problems, time, actor, reading. */
#ifndef CORE_CTX_H
#define CORE_CTX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/json.h"
#include "model/entity.h"
#include "store/store.h"

struct memo;
struct registry;
struct command;
struct http_request;

struct grant { struct str role; struct id place_id; struct str path; };

struct actor {
    struct id account_id;      /* absent: nobody signed in */
    struct id session_id;
    struct str login, card_no;
    struct id place_id;        /* home place of the account */
    struct grant *grants;
    size_t n_grants;
    bool system;               /* command line and clock: every right, every place */
    bool must_change;          /* password must be changed before anything else */
};

struct ctx {
    const struct registry *registry;
    struct store *store;
    struct reader *db;         /* where this context reads: a thread's reader, or the writer's own connection */
    struct memo *memo;         /* what this thread keeps of reference tables (core/memo.h); NULL: nothing */
    struct arena *arena, *scratch;
    struct problems *problems;
    struct instant now;
    int offset_min;            /* the installation's time zone, minutes east of UTC */
    struct actor actor;
    const struct command *command;
    field_set given;           /* fields of the input that the sender gave */
    bool given_place;          /* place_id was given for an entity whose head holds it */
    struct id command_id;
    int64_t lane;              /* of the row last fetched with access_get: where a command without changes is journalled */
    struct id target;          /* row a command is called on; absent for commands of an entity */
    int64_t base_version;      /* version that the sender saw; 0 unknown */
    struct str reason, device;
    struct instant at_device;  /* when the sender says it happened */
    struct jw *answer;         /* a plan writes keys into the answer object */
    int answer_status;         /* 0: 200, or 201 for creations. 4xx set by a plan that returns 0: its changes are kept all
                                * the same (a failed sign-in counts), and the problems are the answer */
    bool answer_private;       /* the answer holds personal values: sealed in the journal, no row is added to it */
    struct str client;         /* numeric address, for rate limits; never stored */
    struct http_request *request; /* NULL outside HTTP */
    bool handling;             /* the serving thread is at it; later answers come from a writer */
};

/* Problem with a value of `field`; returns -code. */
int ctx_problem(struct ctx *ctx, enum err code, const char *field);

#endif
