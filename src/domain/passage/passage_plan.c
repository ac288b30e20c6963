/* Registering a passage: the officer's decision against the proposal, the person, the hand-over. */
#include "domain/passage/passage_plan.h"

#include "domain/passage/passage_facts.h"
#include "domain/person/person.h"

/* ---- the decision ---- */

static bool blank(struct str s) { return str_trim(s).n == 0; }

static struct str reason_given(struct ctx *ctx, const struct passage_entry *e) { return blank(e->reason) ? ctx->reason : e->reason; }

/* The rules propose, the officer decides; only three things are asked: an unreliable reading lets nobody pass, "measure
 * again" is no end of a passage, and who decides otherwise says why. */
static void check_decision(struct ctx *ctx, const struct passage_entry *e, const struct facts *f)
{
    bool again = f->proposal.decision == DECIDE_REMEASURE;
    if (code_is(e->decision, "remeasure"))
        problem_once(ctx, ERR_REMEASURE, "decision");
    else if (again && code_is(e->decision, "pass"))
        problem_once(ctx, ERR_REMEASURE, "temp2");
    else if (!code_is(e->decision, decision_code(f->proposal.decision)) && blank(reason_given(ctx, e)))
        problem_once(ctx, ERR_REASON_AGAINST, "reason");
}

/* ---- the person ---- */

static void take_identity(struct person *p, const struct passage_entry *e, const struct facts *f)
{
    p->name = e->name;
    p->doc_type = e->doc_type;
    p->doc_no.plain = f->doc_no;
    p->no_doc_reason = e->no_doc_reason;
    p->sex = e->sex;
    p->born_on = e->born_on;
    p->phone.plain = e->phone;
    p->home_division = e->home_division;
    p->seen_on = f->day;
    person_from_number(p, f->day);
}

static struct id create_person(struct ctx *ctx, const struct passage_entry *e, const struct facts *f, struct changes *out)
{
    struct person *p = row_new(&person_entity, out->arena);
    p->row.id = id_new(ctx->now, (int)f->lane);
    p->row.place_id = f->post.row.place_id;
    take_identity(p, e, f);
    change_create(out, &person_entity, p);
    return p->row.id;
}

/* What was said this time replaces what was known; what was not said stays. The clock of retention only goes forward, since
 * entries from paper and from phones without network come late. */
static void refresh_person(struct person *p, const struct passage_entry *e, const struct facts *f)
{
    p->name = e->name;
    if (e->phone.p && !str_eq(e->phone, p->phone.plain))
        p->phone = (struct sealed){ .plain = e->phone };
    if (e->home_division.p)
        p->home_division = e->home_division;
    if (date_absent(p->seen_on) || p->seen_on.days < f->day.days)
        p->seen_on = f->day;
}

/* Finds the person by document within the lane, else makes one; without a document it is always a new one. */
static int person_for(struct ctx *ctx, const struct passage_entry *e, const struct facts *f, struct changes *out, struct id *id)
{
    struct person *before = row_new(&person_entity, out->arena), *after;
    int found = person_by_document(ctx, f->lane, f->doc_hash, before);
    if (found < 0)
        return found;
    if (found == 0) {
        *id = create_person(ctx, e, f, out);
        return 0;
    }
    *id = before->row.id;
    after = row_copy(&person_entity, before, out->arena);
    refresh_person(after, e, f);
    if (shape_diff(&person_entity.shape, before, after))
        change_update(out, &person_entity, before, after);
    return 0;
}

/* ---- the passage ---- */

static void take_journey(struct passage *p, const struct passage_entry *e)
{
    p->direction = e->direction;
    p->passed_at = e->passed_at;
    p->transport = e->transport;
    p->occupants = e->occupants;
    p->seat = e->seat;
    p->from_division = e->from_division;
    p->left_at = e->left_at;
    p->via = e->via;
    p->to_division = e->to_division;
    p->to_address = e->to_address;
    p->local_contact = e->local_contact;
    p->local_contact_phone.plain = e->local_contact_phone;
    p->purpose = e->purpose;
}

static void take_health(struct passage *p, const struct passage_entry *e)
{
    p->temp1 = e->temp1;
    p->device1 = e->device1;
    p->ambient = e->ambient;
    p->temp2 = e->temp2;
    p->device2 = e->device2;
    p->symptoms = e->symptoms;
    p->history = e->history;
}

static void take_proposal(struct passage *p, const struct proposal *proposal, struct arena *a)
{
    p->proposal = code_of(decision_code(proposal->decision));
    p->why = (struct list){ ARENA_ARRAY(a, struct str, proposal->n_why), proposal->n_why, true };
    for (size_t i = 0; i < proposal->n_why; i++)
        p->why.items[i] = str_of(proposal->why[i]);
    p->fever.v = proposal->fever;
}

static struct passage *new_passage(struct ctx *ctx, const struct passage_entry *e, const struct facts *f, struct changes *out)
{
    struct passage *p = row_new(&passage_entity, out->arena);
    p->row.id = ctx->command_id;
    p->row.place_id = f->post.row.place_id;
    p->post_id = e->post_id;
    p->flow_id = id_absent(e->flow_id) ? ctx->command_id : e->flow_id;
    p->doc_hash = f->doc_hash;
    p->plate = f->plate;
    p->plate_kind = f->plate_kind;
    take_journey(p, e);
    take_health(p, e);
    take_proposal(p, &f->proposal, out->arena);
    p->decision = e->decision;
    p->reason = reason_given(ctx, e);
    p->handed_to = e->handed_to;
    p->officer_id = ctx->actor.account_id;
    p->officer_card = e->officer_card.p ? e->officer_card : ctx->actor.card_no;
    p->proxy = e->proxy;
    return p;
}

static bool hands_over(struct code decision) { return code_is(decision, "fever_clinic") || code_is(decision, "community"); }

static int hand_over(struct ctx *ctx, const struct passage_entry *e, const struct facts *f, struct passage *p, struct changes *out)
{
    struct handover *h = handover_open(ctx, e, f, p, out);
    if (!h)
        return -problems_worst(ctx->problems);
    p->handover_id = h->row.id;
    p->handed_to = h->to_name;
    return 0;
}

int passage_plan_register(struct ctx *ctx, void *in, struct changes *out)
{
    const struct passage_entry *e = in;
    struct facts f;
    int err = facts_gather(ctx, e, false, &f);
    if (f.has_post && f.has_profile)
        check_decision(ctx, e, &f);
    if (ctx->problems->n)
        return -problems_worst(ctx->problems);
    if (err)
        return err;
    struct passage *p = new_passage(ctx, e, &f, out);
    if (hands_over(e->decision) && (err = hand_over(ctx, e, &f, p, out)))
        return err;
    if ((err = person_for(ctx, e, &f, out, &p->person_id)))
        return err;
    if (e->declaration_code.p)
        p->declaration_id = declaration_use(ctx, &f, e->declaration_code, out);
    change_create(out, &passage_entity, p);
    turned_write(ctx, &f.turned, ctx->answer);
    return 0;
}

int passage_plan_propose(struct ctx *ctx, void *in, struct changes *out)
{
    const struct passage_entry *e = in;
    struct facts f;
    (void)out;
    int err = facts_gather(ctx, e, true, &f);
    if (err)
        return err;
    jw_kcstr(ctx->answer, "proposal", decision_code(f.proposal.decision));
    jw_key(ctx->answer, "why");
    jw_array(ctx->answer);
    for (size_t i = 0; i < f.proposal.n_why; i++)
        jw_cstr(ctx->answer, f.proposal.why[i]);
    jw_end_array(ctx->answer);
    jw_kbool(ctx->answer, "fever", f.proposal.fever);
    jw_kbool(ctx->answer, "remeasure", f.proposal.remeasure);
    turned_write(ctx, &f.turned, ctx->answer);
    return 0;
}

/* ---- counters ---- */

/* Screens read these instead of counting rows. Only what is created counts: a passage is never changed, and when it is
 * folded away after its retention the counts are what is to stay of it. */
void passage_derive(const void *before, const void *after, struct tally_sink *sink)
{
    static const struct { const char *code, *measure; } decisions[] = {
        { "pass", "decision.pass" }, { "turn_back", "decision.turn_back" }, { "fever_clinic", "decision.fever_clinic" },
        { "community", "decision.community" }, { "hold", "decision.hold" },
    };
    const struct passage *p = after;
    if (before || !p)
        return;
    int64_t hour = hour_of(p->passed_at, sink->offset_min);
    sink->add(sink, p->row.place_id, p->post_id, hour, "passage", 1);
    if (!code_is(p->seat, "passenger")) /* one for the vehicle: its driver, or who goes alone */
        sink->add(sink, p->row.place_id, p->post_id, hour, "flow", 1);
    if (flag_true(p->fever))
        sink->add(sink, p->row.place_id, p->post_id, hour, "fever", 1);
    for (size_t i = 0; i < sizeof decisions / sizeof decisions[0]; i++)
        if (code_is(p->decision, decisions[i].code))
            sink->add(sink, p->row.place_id, p->post_id, hour, decisions[i].measure, 1);
}
