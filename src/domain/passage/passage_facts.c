/* Gathering what is known of one passage: post, profile, identity, plate, whether turned back elsewhere, the proposal. */
#include "domain/passage/passage_facts.h"

#include <string.h>

#include "domain/passage/passage_plan.h"
#include "domain/person/person.h"
#include "store/values.h"
#include "store/writer.h"

int problem_once(struct ctx *ctx, enum err code, const char *field)
{
    for (size_t i = 0; i < ctx->problems->n; i++) {
        const struct problem *p = &ctx->problems->items[i];
        if (p->code == code && p->field && strcmp(p->field, field) == 0)
            return -(int)code;
    }
    return ctx_problem(ctx, code, field);
}

/* ---- where and when ---- */

static void gather_post(struct ctx *ctx, const struct passage_entry *e, bool partial, struct facts *f)
{
    struct instant at = instant_absent(e->passed_at) ? ctx->now : e->passed_at;
    f->day = date_of(at, ctx->offset_min);
    if (id_absent(e->post_id))
        return; /* that it is required was told by the shape */
    if (post_get(ctx, "passage.create", e->post_id, &f->post)) {
        problem_once(ctx, ERR_UNKNOWN_REF, "post_id");
        return;
    }
    const struct place_node *place = store_place(ctx->store, f->post.row.place_id);
    f->has_post = place != NULL;
    f->lane = place ? place->lane : 0;
    if (!partial && !post_open_at(ctx, &f->post, at))
        problem_once(ctx, ERR_POST_CLOSED, "passed_at");
}

static void gather_profile(struct ctx *ctx, struct facts *f)
{
    struct id place = f->has_post ? f->post.row.place_id : ctx->actor.place_id;
    int err = response_profile(ctx, place, f->day, &f->profile);
    f->has_profile = err == 0;
    if (err)
        problem_once(ctx, (enum err)-err, "post_id");
}

/* ---- who and with what ---- */

static void gather_identity(struct ctx *ctx, const struct passage_entry *e, bool partial, struct facts *f)
{
    f->doc_no = person_document_normal(e->doc_no, ctx->arena);
    if (f->doc_no.n == 0)
        f->doc_no = STR_ABSENT;
    if (!partial)
        person_check_given(ctx->problems, f->day, e->doc_type, f->doc_no, e->no_doc_reason, e->phone, e->home_division);
    if (f->doc_no.p && person_check_document(e->doc_type.s, f->doc_no, f->day) == 0)
        f->doc_hash = store_hash(ctx->store, "doc_no", f->doc_no);
}

static void gather_plate(struct ctx *ctx, const struct passage_entry *e, bool partial, struct facts *f)
{
    int err = passage_plate(e, ctx->arena, &f->plate, &f->plate_kind);
    if (err && partial)
        f->plate = STR_ABSENT;
    else if (err)
        problem_once(ctx, (enum err)-err, "plate");
}

/* ---- turned back elsewhere ---- */

#define LOOK_ARGS 4

static void look_args(struct value key, const struct facts *f, struct instant at, struct value out[LOOK_ARGS])
{
    out[0] = key;
    out[1] = value_int(at.ms - f->profile.turned_back_hours * HOUR_MS);
    out[2] = value_int(at.ms);
    out[3] = value_of_id(&f->post.row.id);
}

/* The later of what is known and what the statement finds. */
static int look(struct ctx *ctx, const char *statement, struct value key, const struct facts *f, struct instant at, struct turned *out)
{
    struct value args[LOOK_ARGS];
    look_args(key, f, at, args);
    struct db_stmt *st = store_query(ctx->db, statement, args, LOOK_ARGS);
    int found = store_next(st);
    if (found != 1)
        return found;
    int64_t when = db_column(st, 1).i;
    if (!out->found || when > out->at.ms)
        *out = (struct turned){ .found = true, .post_id = id_of_value(db_column(st, 0)), .at = { when } };
    db_reset(st);
    return 0;
}

static struct instant when(struct ctx *ctx, const struct passage_entry *e) { return instant_absent(e->passed_at) ? ctx->now : e->passed_at; }

static int gather_turned(struct ctx *ctx, const struct passage_entry *e, struct facts *f)
{
    struct instant at = when(ctx, e);
    struct post other;
    int err = 0;
    if (f->doc_hash.present)
        err = look(ctx, "passage_turned_doc", value_of_digest(&f->doc_hash), f, at, &f->turned);
    if (!err && f->plate.p)
        err = look(ctx, "passage_turned_plate", value_text(f->plate), f, at, &f->turned);
    if (!err && f->turned.found && post_get(ctx, NULL, f->turned.post_id, &other) == 0)
        f->turned.post_name = other.name;
    return err;
}

static void gather_known(struct ctx *ctx, const struct passage_entry *e, bool partial, struct facts *out)
{
    *out = (struct facts){ 0 };
    gather_post(ctx, e, partial, out);
    gather_profile(ctx, out);
    gather_identity(ctx, e, partial, out);
    gather_plate(ctx, e, partial, out);
}

void facts_ahead(struct ctx *ctx, const void *in, struct ahead *ahead)
{
    const struct passage_entry *e = in;
    struct facts f;
    struct value args[LOOK_ARGS];
    gather_known(ctx, e, false, &f);
    if (!f.has_post || !f.has_profile)
        return; /* it will be refused */
    ahead_lane(ahead, f.lane);
    if (f.doc_hash.present) {
        ahead_key(ahead, S("document"), (struct str){ (const char *)f.doc_hash.b, sizeof f.doc_hash.b });
        look_args(value_of_digest(&f.doc_hash), &f, when(ctx, e), args);
        store_ahead(ctx->db, NULL, "passage_turned_doc", args, LOOK_ARGS);
        person_ahead(ctx, f.lane, f.doc_hash);
    }
    if (f.plate.p) {
        ahead_key(ahead, S("plate"), f.plate);
        look_args(value_text(f.plate), &f, when(ctx, e), args);
        store_ahead(ctx->db, NULL, "passage_turned_plate", args, LOOK_ARGS);
    }
}

int facts_gather(struct ctx *ctx, const struct passage_entry *e, bool partial, struct facts *out)
{
    gather_known(ctx, e, partial, out);
    if (!out->has_profile || (!partial && !out->has_post))
        return -problems_worst(ctx->problems);
    int err = gather_turned(ctx, e, out);
    if (err)
        return err;
    passage_propose(&out->profile, e, out->day, out->turned.found, &out->proposal);
    return ctx->problems->n ? -problems_worst(ctx->problems) : 0;
}

void turned_write(struct ctx *ctx, const struct turned *t, struct jw *w)
{
    char id[ID_TEXT], at[INSTANT_TEXT];
    jw_key(w, "turned_back");
    if (!t->found) {
        jw_null(w);
        return;
    }
    jw_object(w);
    jw_kstr(w, "post_id", (struct str){ id, id_format(t->post_id, id) });
    jw_kstr(w, "post_name", t->post_name);
    jw_kstr(w, "passed_at", (struct str){ at, instant_format(t->at, ctx->offset_min, at) });
    jw_end_object(w);
}
