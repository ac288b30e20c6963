/* Persons: registering, and showing an identity in the clear. */
#include "domain/person/person_plan.h"

#include "domain/person/person.h"
#include "store/values.h"

int person_by_document(struct ctx *ctx, int64_t lane, struct digest doc_hash, struct person *out)
{
    const struct value args[] = { value_int(lane), value_of_digest(&doc_hash) };
    if (!doc_hash.present)
        return 0;
    return store_find(ctx->db, &person_entity, "person_by_document", args, 2, ctx->arena, out);
}

void person_ahead(struct ctx *ctx, int64_t lane, struct digest doc_hash)
{
    const struct value args[] = { value_int(lane), value_of_digest(&doc_hash) };
    store_ahead(ctx->db, &person_entity, "person_by_document", args, 2);
}

/* The same document twice in a lane would be two people. */
static int refuse_same(struct ctx *ctx, const struct person *p)
{
    const struct place_node *place = store_place(ctx->store, p->row.place_id);
    struct person *same = row_new(&person_entity, ctx->arena);
    if (!place || !p->doc_no.plain.p)
        return 0;
    int found = person_by_document(ctx, place->lane, store_hash(ctx->store, "doc_no", p->doc_no.plain), same);
    return found == 1 ? ctx_problem(ctx, ERR_DUPLICATE, "doc_no") : found;
}

int person_plan_create(struct ctx *ctx, void *in, struct changes *out)
{
    struct person *p = row_copy(&person_entity, in, out->arena);
    struct date today = date_of(ctx->now, ctx->offset_min);
    p->row.id = ctx->command_id;
    p->doc_no.plain = person_document_normal(p->doc_no.plain, out->arena);
    person_check_given(ctx->problems, today, p->doc_type, p->doc_no.plain, p->no_doc_reason, p->phone.plain, p->home_division);
    if (ctx->problems->n)
        return -problems_worst(ctx->problems);
    person_from_number(p, today);
    p->seen_on = today;
    int err = refuse_same(ctx, p);
    if (!err)
        change_create(out, &person_entity, p);
    return err;
}

/* Changes nothing; the journal keeps who asked, for whom and why. */
int person_plan_reveal(struct ctx *ctx, void *in, struct changes *out)
{
    struct person *p = row_new(&person_entity, ctx->arena);
    char born[DATE_TEXT];
    int err = access_get(ctx, &person_entity, "person.reveal", ctx->target, p);
    (void)in, (void)out;
    if (err)
        return ctx_problem(ctx, (enum err)-err, NULL);
    ctx->answer_private = true;
    jw_kstr(ctx->answer, "name", p->name);
    jw_kstr(ctx->answer, "doc_no", p->doc_no.plain);
    jw_kstr(ctx->answer, "phone", p->phone.plain);
    bool absent = date_absent(p->born_on);
    jw_kstr(ctx->answer, "born_on", absent ? STR_ABSENT : (struct str){ born, date_format(p->born_on, born) });
    return 0;
}
