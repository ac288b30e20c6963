/* Hand-overs: to a fever clinic or a community, acknowledged by the receiver in time. The loop is closed or overdue. */
#include "domain/passage/passage_facts.h"
#include "domain/passage/passage_plan.h"
#include "store/values.h"

/* ---- opening ---- */

/* The nearest known place at or above a division: 12 digits, 9, 6, then the city's four. */
static const struct place_node *place_of_division(struct ctx *ctx, struct str division)
{
    static const size_t lengths[] = { 12, 9, 6 };
    for (size_t i = 0; division.p && i < sizeof lengths / sizeof lengths[0]; i++) {
        const struct place_node *at = division.n < lengths[i] ? NULL : store_place_by_code(ctx->store, str_sub(division, 0, lengths[i]));
        if (at)
            return at;
    }
    return NULL;
}

/* Who is told: the place that the officer names, else the traveller's destination here, else the post's own. `known`: it
 * says itself who receives. */
static const struct place_node *receiver(struct ctx *ctx, const struct passage_entry *e, const struct facts *f, bool *known)
{
    const struct place_node *at = store_place(ctx->store, e->handover_place_id);
    if (!at)
        at = place_of_division(ctx, e->to_division);
    *known = at != NULL;
    return at ? at : store_place(ctx->store, f->post.row.place_id);
}

static bool blank(struct str s) { return str_trim(s).n == 0; }

/* A community is named by its place. A clinic is not: without a name nobody knows where the ambulance goes. */
static bool receiver_told(const struct passage_entry *e, bool known)
{
    return !blank(e->handed_to) || (known && (code_is(e->decision, "community") || !id_absent(e->handover_place_id)));
}

struct handover *handover_open(struct ctx *ctx, const struct passage_entry *e, const struct facts *f, const struct passage *p,
                               struct changes *out)
{
    bool known;
    const struct place_node *at = receiver(ctx, e, f, &known);
    if (!at || !receiver_told(e, known)) {
        ctx_problem(ctx, ERR_HAND_OVER_TO, "handed_to");
        return NULL;
    }
    struct handover *h = row_new(&handover_entity, out->arena);
    h->row.id = id_new(ctx->now, (int)at->lane);
    h->row.place_id = at->id;
    h->passage_id = p->row.id;
    h->from_post_id = p->post_id;
    h->kind = p->decision;
    h->to_name = blank(e->handed_to) ? at->name : e->handed_to;
    h->name = e->name;
    h->phone.plain = e->phone;
    h->to_address = e->to_address;
    h->temp = tenths_absent(e->temp2) ? e->temp1 : e->temp2;
    h->sent_at = p->passed_at;
    /* from when the person left the checkpoint: what is entered late from paper may be overdue at once, and rightly so */
    h->due_at.ms = p->passed_at.ms + f->profile.handover_minutes * MINUTE_MS;
    h->state = code_of("waiting");
    change_create(out, &handover_entity, h);
    return h;
}

/* ---- commands ---- */

int handover_plan_acknowledge(struct ctx *ctx, void *in, struct changes *out)
{
    const struct handover_in *given = in;
    struct handover *before = row_new(&handover_entity, out->arena), *after;
    int err = access_get(ctx, &handover_entity, "handover.acknowledge", ctx->target, before);
    if (err)
        return ctx_problem(ctx, (enum err)-err, NULL);
    if (!code_is(before->state, "waiting"))
        return ctx_problem(ctx, ERR_WRONG_STATE, "state");
    after = row_copy(&handover_entity, before, out->arena);
    after->state = code_of("acknowledged");
    after->acknowledged_at = ctx->now;
    after->acknowledged_by = ctx->actor.account_id;
    after->note = given->note;
    change_update(out, &handover_entity, before, after);
    return 0;
}

int handover_plan_reveal(struct ctx *ctx, void *in, struct changes *out)
{
    struct handover *h = row_new(&handover_entity, ctx->arena);
    int err = access_get(ctx, &handover_entity, "handover.acknowledge", ctx->target, h);
    (void)in, (void)out;
    if (err)
        return ctx_problem(ctx, (enum err)-err, NULL);
    ctx->answer_private = true;
    jw_kstr(ctx->answer, "name", h->name);
    jw_kstr(ctx->answer, "phone", h->phone.plain);
    jw_kstr(ctx->answer, "to_address", h->to_address);
    return 0;
}

/* ---- counters ---- */

/* How many wait is a standing count: it moves up and down under hour 0, which no passage has. */
void handover_derive(const void *before, const void *after, struct tally_sink *sink)
{
    const struct handover *was = before, *is = after;
    int64_t change = (is && code_is(is->state, "waiting")) - (was && code_is(was->state, "waiting"));
    if (change)
        sink->add(sink, (is ? is : was)->row.place_id, ID_ABSENT, 0, "handover.waiting", change);
}
