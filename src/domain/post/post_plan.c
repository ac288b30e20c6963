/* Checkpoints: setting up, opening, closing; the poster's code; what travellers see. */
#include "domain/post/post_plan.h"

#include <qrencode.h>

#include "core/memo.h"
#include "domain/person/person.h"
#include "domain/post/post.h"
#include "io/http/http.h"
#include "store/values.h"

/* ---- reading ---- */

static int find_by_code(struct ctx *ctx, struct str code, struct post *out)
{
    const struct value args[] = { value_text(code) };
    return store_find(ctx->db, &post_entity, "post_by_code", args, 1, ctx->arena, out);
}

int post_by_code(struct ctx *ctx, struct str code, struct post *out)
{
    int found = find_by_code(ctx, code, out);
    return found == 1 ? 0 : found < 0 ? found : -ERR_NOT_FOUND;
}

static const char post_memo[] = "post";

/* The kept copy is read into the memo's own arena. */
static const struct post *load(struct ctx *ctx, struct id id)
{
    const struct post *kept = memo_get(ctx->memo, post_memo, id, 0);
    if (kept)
        return kept;
    struct arena *a = ctx->memo ? memo_arena(ctx->memo) : ctx->arena;
    struct post *p = row_new(&post_entity, a);
    if (store_get(ctx->db, &post_entity, 0, id, a, p))
        return NULL;
    memo_put(ctx->memo, post_memo, id, 0, p);
    return p;
}

int post_get(struct ctx *ctx, const char *right, struct id id, struct post *out)
{
    const struct post *p = load(ctx, id);
    if (!p || (right && access_place(ctx, right, p->row.place_id)))
        return -ERR_NOT_FOUND;
    *out = *p;
    return 0;
}

bool post_open_at(struct ctx *ctx, const struct post *p, struct instant t)
{
    if (post_period_holds(p->opened_at, p->closed_at, t))
        return true;
    const struct value args[] = { value_of_id(&p->row.id), value_int(t.ms) };
    struct db_stmt *st = store_query(ctx->db, "post_period_at", args, 2);
    int more = store_next(st);
    if (more == 1)
        db_reset(st);
    return more == 1;
}

/* ---- periods ---- */

static void append_period(struct ctx *ctx, const struct post *p, struct changes *out)
{
    struct post_period *t = row_new(&post_period_entity, out->arena);
    t->row.id = id_new(ctx->now, 0);
    t->row.place_id = p->row.place_id;
    t->post_id = p->row.id;
    t->opened_at = p->opened_at;
    change_create(out, &post_period_entity, t);
}

/* 0 with the last period in `before` and a copy of it, or negative with a problem. */
static int last_period(struct ctx *ctx, const struct post *p, struct changes *out, struct post_period **before, struct post_period **after)
{
    const struct value args[] = { value_of_id(&p->row.id) };
    *before = row_new(&post_period_entity, out->arena);
    int found = store_find(ctx->db, &post_period_entity, "post_period_last", args, 1, out->arena, *before);
    if (found != 1)
        return found < 0 ? found : ctx_problem(ctx, ERR_WRONG_STATE, "opened_at");
    *after = row_copy(&post_period_entity, *before, out->arena);
    return 0;
}

/* When the period before `t` was closed; absent when there was none. */
static struct instant closed_before(struct ctx *ctx, const struct post *p, struct instant t)
{
    const struct value args[] = { value_of_id(&p->row.id), value_int(t.ms) };
    struct db_stmt *st = store_query(ctx->db, "post_period_before", args, 2);
    struct instant closed = INSTANT_ABSENT;
    if (store_next(st) == 1) {
        struct value v = db_column(st, 0);
        if (v.kind == VALUE_INT)
            closed.ms = v.i;
        db_reset(st);
    }
    return closed;
}

int post_plan_create(struct ctx *ctx, void *in, struct changes *out)
{
    struct post *p = row_copy(&post_entity, in, out->arena), *same = row_new(&post_entity, ctx->arena);
    if (find_by_code(ctx, p->code, same) == 1)
        return ctx_problem(ctx, ERR_DUPLICATE, "code");
    p->row.id = ctx->command_id;
    p->opened_at = ctx->now;
    change_create(out, &post_entity, p);
    append_period(ctx, p, out);
    return 0;
}

static struct instant given_or_now(struct ctx *ctx, struct instant at) { return instant_absent(at) ? ctx->now : at; }

/* Opened earlier than was entered: so that what stands on paper from before can be entered too. */
static int open_earlier(struct ctx *ctx, struct post *before, struct post *after, struct changes *out)
{
    struct post_period *old, *period;
    struct instant closed = closed_before(ctx, before, before->opened_at);
    if (after->opened_at.ms >= before->opened_at.ms)
        return ctx_problem(ctx, ERR_WRONG_STATE, "at");
    if (!instant_absent(closed) && after->opened_at.ms < closed.ms)
        return ctx_problem(ctx, ERR_BAD_ORDER, "at");
    int err = last_period(ctx, before, out, &old, &period);
    if (err)
        return err;
    period->opened_at = after->opened_at;
    change_update(out, &post_entity, before, after);
    change_update(out, &post_period_entity, old, period);
    return 0;
}

int post_plan_open(struct ctx *ctx, void *in, struct changes *out)
{
    const struct post_period_in *given = in;
    struct post *before = row_new(&post_entity, out->arena), *after;
    int err = access_get(ctx, &post_entity, "post.change", ctx->target, before);
    if (err)
        return ctx_problem(ctx, (enum err)-err, NULL);
    after = row_copy(&post_entity, before, out->arena);
    after->opened_at = given_or_now(ctx, given->at);
    if (!instant_absent(before->opened_at) && instant_absent(before->closed_at))
        return open_earlier(ctx, before, after, out);
    if (!instant_absent(before->closed_at) && after->opened_at.ms < before->closed_at.ms)
        return ctx_problem(ctx, ERR_BAD_ORDER, "at");
    after->closed_at = INSTANT_ABSENT;
    change_update(out, &post_entity, before, after);
    append_period(ctx, after, out);
    return 0;
}

int post_plan_close(struct ctx *ctx, void *in, struct changes *out)
{
    const struct post_period_in *given = in;
    struct post *before = row_new(&post_entity, out->arena), *after;
    struct post_period *old, *period;
    int err = access_get(ctx, &post_entity, "post.change", ctx->target, before);
    if (err)
        return ctx_problem(ctx, (enum err)-err, NULL);
    if (instant_absent(before->opened_at) || !instant_absent(before->closed_at))
        return ctx_problem(ctx, ERR_WRONG_STATE, "closed_at");
    after = row_copy(&post_entity, before, out->arena);
    after->closed_at = given_or_now(ctx, given->at);
    if (after->closed_at.ms < before->opened_at.ms)
        return ctx_problem(ctx, ERR_BAD_ORDER, "at");
    if ((err = last_period(ctx, before, out, &old, &period)))
        return err;
    period->closed_at = after->closed_at;
    period->reason = ctx->reason;
    change_update(out, &post_entity, before, after);
    change_update(out, &post_period_entity, old, period);
    return 0;
}

/* ---- GET /post/{id}/qr.svg ---- */

#define QUIET 4 /* modules of white around the symbol. Source: ISO/IEC 18004 */

/* One path of all dark modules; black on white whatever the page's colours. */
static void put_svg(const QRcode *qr, struct buf *out)
{
    int side = qr->width + 2 * QUIET;
    buf_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">", side, side);
    buf_printf(out, "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path fill=\"#000\" d=\"", side, side);
    for (int y = 0; y < qr->width; y++)
        for (int x = 0; x < qr->width; x++)
            if (qr->data[y * qr->width + x] & 1)
                buf_printf(out, "M%d %dh1v1h-1z", x + QUIET, y + QUIET);
    buf_cstr(out, "\"/></svg>");
}

int post_read_qr(struct ctx *ctx, struct str query, struct buf *out, const char **content_type)
{
    struct post *p = row_new(&post_entity, ctx->arena);
    struct str host = ctx->request && ctx->request->host.n ? ctx->request->host : S("localhost");
    (void)query;
    if (access_get(ctx, &post_entity, "post.read", ctx->target, p))
        return ctx_problem(ctx, ERR_NOT_FOUND, NULL);
    /* The code stands behind '#', so that it is in no server's log; errors are corrected up to 15 %, for posters in rain. */
    const char *scheme = ctx->request && ctx->request->secure ? "https" : "http";
    struct str url = str_fmt(ctx->arena, "%s://%.*s/t/#%.*s", scheme, STR_ARG(str_sub(host, 0, 200)), STR_ARG(p->code));
    QRcode *qr = QRcode_encodeString8bit(str_c(ctx->arena, url), 0, QR_ECLEVEL_M);
    if (!qr)
        return ctx_problem(ctx, ERR_INTERNAL, NULL);
    put_svg(qr, out);
    QRcode_free(qr);
    *content_type = "image/svg+xml";
    return 0;
}

/* ---- GET /public/post?code= ---- */

/* Who, what for, how long, which rights. Source: PIPL 17 and 18, domain §5.1 P8. */
static void put_notice(struct ctx *ctx, struct jw *w)
{
    int days = person_entity.retention_days;
    jw_kstr(w, "notice_zh", str_fmt(ctx->arena,
        "您填写的身份、电话、行程和健康信息由本地疫情防控指挥部收集,只用于疫情防控(依据《传染病防治法》《突发公共卫生事件应急条例》)。"
        "未使用的自填表一天后删除;放行登记保存 %d 天后只留计数。您可以要求查阅、更正本人信息。可以不自填,由工作人员当面登记。", days));
    jw_kstr(w, "notice_en", str_fmt(ctx->arena,
        "Your identity, phone, journey and health are collected by the local epidemic command and used for epidemic control only. "
        "A form that is not used is deleted after one day; the record of a passage is reduced to counts after %d days. You may ask to "
        "see and correct what is recorded about you. You need not fill in this form: an officer can do it with you.", days));
}

static struct str query_text(struct ctx *ctx, struct str query, const char *name)
{
    struct str key, value, found = STR_ABSENT;
    while (http_query_next(&query, ctx->arena, &key, &value) == 1)
        if (str_is(key, name))
            found = value;
    return found;
}

int post_read_public(struct ctx *ctx, struct str query, struct buf *out, const char **content_type)
{
    struct post *p = row_new(&post_entity, ctx->arena);
    struct str code = query_text(ctx, query, "code");
    struct jw w;
    (void)content_type;
    if (!code.p || post_by_code(ctx, str_upper(ctx->arena, str_trim(code)), p) || !post_open_at(ctx, p, ctx->now))
        return ctx_problem(ctx, ERR_NOT_FOUND, "code");
    jw_init(&w, out);
    jw_object(&w);
    jw_kstr(&w, "code", p->code);
    jw_kstr(&w, "name", p->name);
    put_notice(ctx, &w);
    jw_end_object(&w);
    return 0;
}
