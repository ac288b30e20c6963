/* The inbox: fields, entity, commands. */
#include "core/inbox.h"

#include <string.h>

#include "core/call.h"
#include "core/registry.h"

static const struct field inbox_fields[] = {
    FIELD(inbox, command, F_READONLY | F_FILTER, "操作", "Command", .max = 60),
    FIELD(inbox, command_id, F_READONLY, "原编号", "Id as sent"),
    FIELD(inbox, target_id, F_READONLY, "对象", "Row"),
    FIELD(inbox, source, F_READONLY | F_FILTER, "来源", "Source", .codes = "inbox_source"),
    FIELD(inbox, line, F_READONLY, "行号", "Line"),
    FIELD(inbox, state, F_READONLY | F_FILTER, "状态", "State", .codes = "inbox_state"),
    FIELD(inbox, problems, F_READONLY, "问题", "Problems", .max = 200000),
    FIELD(inbox, content, F_HIDDEN | F_PERSONAL, "内容", "Content", .max = 100000, .purpose = "to be corrected, not lost"),
    FIELD(inbox, at_device, F_READONLY, "录入时间", "Entered"),
    FIELD(inbox, actor_id, F_READONLY | F_FILTER, "录入人", "Entered by"),
    FIELD(inbox, note, F_READONLY, "说明", "Note", .max = 300),
};

static const struct index inbox_indexes[] = {
    { "open", "lane, id", "state IN ('needs_correction', 'conflict')", false },
};

const struct entity inbox_entity = {
    .name = "inbox", .zh = "待更正", .en = "Inbox",
    .shape = { "inbox", FIELDS(inbox_fields), sizeof(struct inbox) },
    .place = PLACE_SET, .lane_scoped = true, .indexes = FIELDS(inbox_indexes),
    .no_create = true, .no_change = true, .no_import = true, .sort = "-id", .retention_days = 28,
};

struct inbox *inbox_row(struct ctx *ctx, struct str command, struct str source, int64_t line, struct str content, struct arena *a)
{
    struct id place = ctx->actor.place_id;
    if (id_absent(place))
        place = store_root(ctx->store);
    if (id_absent(place))
        return NULL;
    struct inbox *row = row_new(&inbox_entity, a);
    row->row.place_id = place;
    row->command = command;
    row->source.s = source;
    row->line = line ? line : INT_ABSENT;
    row->content.plain = content;
    row->at_device = ctx->at_device;
    row->actor_id = ctx->actor.account_id;
    row->target_id = ctx->target;
    row->state = code_of("needs_correction");
    return row;
}

static int load_open(struct ctx *ctx, const char *right, struct inbox *row)
{
    int err = access_get(ctx, &inbox_entity, right, ctx->target, row);
    if (err)
        return problems_add(ctx->problems, -err, NULL);
    if (!code_is(row->state, "needs_correction") && !code_is(row->state, "conflict"))
        return ctx_problem(ctx, ERR_WRONG_STATE, "state");
    return 0;
}

static int plan_discard(struct ctx *ctx, void *in, struct changes *out)
{
    (void)in;
    struct inbox *before = row_new(&inbox_entity, out->arena), *after;
    int err = load_open(ctx, "inbox.correct", before);
    if (err)
        return err;
    after = row_copy(&inbox_entity, before, out->arena);
    after->state = code_of("discarded");
    after->note = ctx->reason;
    /* what nobody needs any more is not kept */
    memset(&after->content, 0, sizeof(after->content));
    change_update(out, &inbox_entity, before, after);
    return 0;
}

/* Runs the corrected input under a new command id and closes the item in the same commit. */
static int plan_correct(struct ctx *ctx, void *in, struct changes *out)
{
    struct inbox_correct_in *given = in;
    struct inbox *before = row_new(&inbox_entity, out->arena), *after;
    int err = load_open(ctx, "inbox.correct", before);
    if (err)
        return err;
    err = call_nested(ctx, before->command, before->command_id, before->target_id, given->data.json, out);
    if (err)
        return err;
    after = row_copy(&inbox_entity, before, out->arena);
    after->state = code_of("corrected");
    memset(&after->content, 0, sizeof(after->content));
    change_update(out, &inbox_entity, before, after);
    return 0;
}

static const struct field correct_fields[] = {
    FIELD(inbox_correct_in, data, F_REQUIRED | F_PERSONAL, "更正内容", "Corrected input", .max = 100000),
};
static const struct shape correct_shape = { "inbox_correct", FIELDS(correct_fields), sizeof(struct inbox_correct_in) };

static int read_content(struct ctx *ctx, struct str query, struct buf *out, const char **content_type)
{
    (void)query, (void)content_type;
    struct inbox *row = row_new(&inbox_entity, ctx->arena);
    int err = access_get(ctx, &inbox_entity, "inbox.correct", ctx->target, row);
    if (err)
        return problems_add(ctx->problems, -err, NULL);
    buf_str(out, row->content.plain.p ? row->content.plain : S("null"));
    return 0;
}

static const struct entity *const entities[] = { &inbox_entity };

static const struct command commands[] = {
    { "inbox/correct", &inbox_entity, &correct_shape, "inbox.correct", CMD_ON_ROW | CMD_NO_BATCH, NULL, plan_correct, "更正", "Correct and run again" },
    { "inbox/discard", &inbox_entity, NULL, "inbox.correct", CMD_ON_ROW | CMD_REASON | CMD_NO_BATCH, NULL, plan_discard, "作废", "Discard" },
};

static const struct read_route reads[] = {
    { "inbox/{id}/content", "inbox.correct", read_content, "原始内容", "The input as it was sent" },
};

const struct module inbox_module = { "inbox", FIELDS(entities), FIELDS(commands), FIELDS(reads) };
