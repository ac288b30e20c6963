/* One call of a command, from decoded input to durable answer: every precondition in one ordered place.
 *   decode -> right -> (prepare) -> [writer: repeated? -> plan -> scope -> store_commit] -> answer */
#ifndef CORE_CALL_H
#define CORE_CALL_H

#include "core/command.h"
#include "store/writer.h"

struct call {
    struct job job;
    struct ctx ctx;
    const struct command *command;
    void *in;
    bool decoded;              /* the input is whole and within its limits */
    struct digest payload;
    struct scope scope;
    struct problems problems;
    struct changes changes;
    struct buf answer;
    struct jw writer;
    int status;                /* HTTP status of the outcome */
    bool replied_from_journal;
    /* batch and import: keep what fails its checks */
    struct str hold_source;    /* absent: do not keep */
    struct str hold_content;   /* the input as JSON text */
    int64_t hold_line;
    bool holding;
    size_t hold_problems;
    struct id inbox_id;
    const struct call *leader; /* of those submitted together, in one arena; NULL: alone */
    void (*finished)(struct call *c); /* in the writer thread (or the caller's, for reads) */
    void *user;
};

/* Everything in ctx but arena, problems and answer must be set: store, registry, actor, now, ids. */
void call_init(struct call *c, const struct command *command, const struct ctx *ctx, struct arena *arena);
/* Reads the input; all problems are collected. data may be NULL for no input. */
int call_decode(struct call *c, const json_t *data);
/* The same for an input whose fields were filled in by the caller (c->in, ctx.given): tables. */
int call_check(struct call *c);
/* 0, or why the actor may not call it at all. */
int call_allow(struct call *c);
/* Plans on ctx.db and throws the changes away: for trial runs. 0, or negative with problems. */
int call_try(struct call *c);
/* The digest of the input as an id, ordered by `when`: the same row of a table gets the same id each time. */
struct id call_content_id(const struct call *c, struct instant when);
/* To the writer. finished is always called, also when the queue is full. */
void call_submit(struct call *c);
/* What failed before it could be submitted goes to the inbox (hold_source is set); finished is called after. */
void call_hold(struct call *c);
/* Commands that change nothing: runs at once on ctx.db. */
void call_read(struct call *c);
/* Runs now in this thread, without a server: command line. */
void call_run(struct call *c);
/* Submits all (those not decoded go to the inbox), waits until every one is finished. Not from the writer thread. */
void call_many(struct call **calls, size_t n);
/* Plans another command inside a plan (the inbox); its changes join. */
int call_nested(struct ctx *ctx, struct str command, struct id command_id, struct id target, struct str data, struct changes *out);
/* Writes a row as answers show it: id, version, place_id, fields; brief: without absent fields, as commands answer. */
void call_write_row(const struct entity *e, const void *row, int offset_min, bool brief, struct jw *w);

#endif
