/* Travellers' own forms: filled in beforehand on the traveller's phone, found at the post by a short code, gone after a
 * day. Xuzhou and others let people fill in first and only verified on site (domain §2.1 F1 [F3]). */
#include <sodium.h>

#include "domain/passage/passage_facts.h"
#include "domain/passage/passage_plan.h"
#include "domain/person/person.h"
#include "store/values.h"

/* Six digits are short enough to say through a car window; they open one form at one post for one day, and only to an
 * officer of that post. */
#define CODES 1000000

static struct digest code_digest(struct ctx *ctx, struct id post_id, struct str code)
{
    char post[ID_TEXT];
    id_format(post_id, post);
    return store_hash(ctx->store, "declaration", str_fmt(ctx->arena, "%s:%.*s", post, STR_ARG(str_trim(code))));
}

/* 1 found, 0 not, negative. */
static int find_live(struct ctx *ctx, const struct post *post, struct digest code, struct declaration *out)
{
    const struct place_node *place = store_place(ctx->store, post->row.place_id);
    const struct value args[] = { value_int(place ? place->lane : 0), value_of_id(&post->row.id), value_of_digest(&code),
                                  value_int(ctx->now.ms) };
    return store_find(ctx->db, &declaration_entity, "declaration_live", args, 4, ctx->arena, out);
}

/* A code that no living form at the post has. With fewer than CODES / 10 of them a few tries are enough. */
static int free_code(struct ctx *ctx, const struct post *post, struct str *code, struct digest *digest)
{
    struct declaration *other = row_new(&declaration_entity, ctx->arena);
    int found = 1;
    for (int i = 0; i < 20 && found == 1; i++) {
        *code = str_fmt(ctx->arena, "%06u", (unsigned)randombytes_uniform(CODES));
        *digest = code_digest(ctx, post->row.id, *code);
        found = find_live(ctx, post, *digest, other);
    }
    return found == 1 ? -ERR_BUSY : found;
}

static void check_given(struct ctx *ctx, struct declaration_in *given)
{
    struct date today = date_of(ctx->now, ctx->offset_min);
    given->doc_no = person_document_normal(given->doc_no, ctx->arena);
    if (given->doc_no.n == 0)
        given->doc_no = STR_ABSENT;
    given->plate = plate_normal(given->plate, ctx->arena);
    person_check_given(ctx->problems, today, given->doc_type, given->doc_no, given->no_doc_reason, given->phone, given->home_division);
    if (given->notice_read.v != 1)
        problem_once(ctx, ERR_REQUIRED, "notice_read"); /* PIPL 17: told before anything is taken */
}

/* What the traveller gave, in the clear, as the officer's form takes it; without what belongs to the sending itself. */
static struct str content_of(struct ctx *ctx, const struct declaration_in *given)
{
    struct buf b;
    struct jw w;
    buf_init(&b, ctx->arena);
    jw_init(&w, &b);
    jw_object(&w);
    for (size_t i = 0; i < declaration_shape.n; i++) {
        const struct field *f = &declaration_shape.fields[i];
        bool sending = str_is(str_of(f->name), "post_code") || str_is(str_of(f->name), "notice_read");
        if (sending || type_of(f->type)->absent(field_in(f, given)))
            continue;
        jw_key(&w, f->name);
        field_to_json(f, given, ctx->offset_min, true, &w);
    }
    jw_end_object(&w);
    return buf_view(&b);
}

static void answer(struct ctx *ctx, const struct declaration *d, const struct post *post, struct str code)
{
    char until[INSTANT_TEXT];
    ctx->answer_private = true;
    jw_kstr(ctx->answer, "code", code);
    jw_kstr(ctx->answer, "expires_at", (struct str){ until, instant_format(d->expires_at, ctx->offset_min, until) });
    jw_kstr(ctx->answer, "post_name", post->name);
}

int declaration_plan_create(struct ctx *ctx, void *in, struct changes *out)
{
    struct declaration_in *given = in;
    struct declaration *d = row_new(&declaration_entity, out->arena);
    struct post *post = row_new(&post_entity, ctx->arena);
    struct str code;
    check_given(ctx, given);
    if (post_by_code(ctx, str_upper(ctx->arena, str_trim(given->post_code)), post) || !post_open_at(ctx, post, ctx->now))
        problem_once(ctx, ERR_UNKNOWN_REF, "post_code");
    if (ctx->problems->n)
        return -problems_worst(ctx->problems);
    int err = free_code(ctx, post, &code, &d->code_hash);
    if (err)
        return err;
    d->row.id = ctx->command_id;
    d->row.place_id = post->row.place_id;
    d->post_id = post->row.id;
    d->content.plain = content_of(ctx, given);
    d->expires_at.ms = ctx->now.ms + declaration_entity.retention_days * DAY_MS;
    d->used.v = 0;
    change_create(out, &declaration_entity, d);
    answer(ctx, d, post, code);
    return 0;
}

int declaration_plan_find(struct ctx *ctx, void *in, struct changes *out)
{
    const struct declaration_find_in *given = in;
    struct declaration *d = row_new(&declaration_entity, ctx->arena);
    struct post post;
    char id[ID_TEXT];
    (void)out;
    if (post_get(ctx, "passage.create", given->post_id, &post))
        return ctx_problem(ctx, ERR_UNKNOWN_REF, "post_id");
    int found = find_live(ctx, &post, code_digest(ctx, post.row.id, given->code), d);
    if (found < 0)
        return found;
    if (found == 0 || !d->content.plain.p)
        return ctx_problem(ctx, ERR_CODE_EXPIRED, "code");
    jw_kstr(ctx->answer, "id", (struct str){ id, id_format(d->row.id, id) });
    jw_key(ctx->answer, "content");
    jw_raw(ctx->answer, d->content.plain);
    return 0;
}

/* A form that is gone is no reason to refuse the passage: the officer has its content on the screen, and an entry from a
 * phone without network may come days later. */
struct id declaration_use(struct ctx *ctx, const struct facts *f, struct str code, struct changes *out)
{
    struct declaration *before = row_new(&declaration_entity, out->arena), *after;
    if (find_live(ctx, &f->post, code_digest(ctx, f->post.row.id, code), before) != 1)
        return ID_ABSENT;
    after = row_copy(&declaration_entity, before, out->arena);
    after->used.v = 1;
    change_update(out, &declaration_entity, before, after);
    return before->row.id;
}
