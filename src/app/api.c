/* /api/v1: who asks, for what. */
#include "app/app.h"

#include <string.h>

#include "base/utf8.h"
#include "core/memo.h"
#include "domain/account/account.h"
#include "model/code.h"

#define SESSION_CACHE_MS 30000 /* how long a session may be served from memory; revoking clears it at once */
#define PUBLIC_PER_MINUTE 30
#define LOGIN_PER_MINUTE 20

/* ---- who ---- */

static struct str token_of(const struct http_request *rq)
{
    struct str bearer = S("Bearer ");
    if (str_starts(rq->authorization, bearer))
        return str_sub(rq->authorization, bearer.n, rq->authorization.n);
    return rq->cookie.p ? http_cookie(rq->cookie, "redoubt_session") : STR_ABSENT;
}

static void actor_copy(struct actor *to, const struct actor *from, struct arena *a)
{
    *to = *from;
    to->login = str_dup(a, from->login);
    to->card_no = str_dup(a, from->card_no);
    to->grants = ARENA_ARRAY(a, struct grant, from->n_grants);
    for (size_t i = 0; i < from->n_grants; i++) {
        to->grants[i] = from->grants[i];
        to->grants[i].role = str_dup(a, from->grants[i].role);
        to->grants[i].path = str_dup(a, from->grants[i].path);
    }
}

static void forget(struct serving *t, int64_t seq)
{
    arena_reset(&t->arena);
    t->n = 0;
    t->reference_seq = seq;
}

/* Sessions lately seen by this thread; any change of a reference table (a revoked session, a withdrawn grant)
 * empties the cache. */
static const struct actor *cached(struct app *app, struct serving *t, struct digest token)
{
    int64_t now_ms = clock_mono_us() / 1000; /* not the wall clock, which may be set back */
    int64_t seq = store_reference_seq(app->store);
    if (seq != t->reference_seq || t->n == SESSION_SLOTS)
        forget(t, seq);
    for (size_t i = 0; i < t->n; i++)
        if (t->slots[i].until_ms > now_ms && hash_same(t->slots[i].token.b, token.b, sizeof(token.b)))
            return &t->slots[i].actor;
    return NULL;
}

int api_authenticate(struct app *app, struct http_request *rq, struct ctx *ctx)
{
    struct serving *t = &app->serving[rq->thread];
    struct str token = token_of(rq);
    if (rq->local && !token.p) {
        ctx->actor.system = true;
        return 0;
    }
    if (!token.n)
        return -ERR_UNAUTHENTICATED;
    struct digest key = store_hash(app->store, "session_cache", token);
    const struct actor *known = cached(app, t, key);
    if (known) { /* a copy: the cache may be emptied while the request waits for its commit */
        actor_copy(&ctx->actor, known, ctx->arena);
        return 0;
    }
    int64_t seq = store_reference_seq(app->store);
    int err = account_authenticate(ctx, token);
    if (err || seq != t->reference_seq)
        return err;
    struct session_slot *s = &t->slots[t->n++];
    *s = (struct session_slot){ .token = key, .until_ms = clock_mono_us() / 1000 + SESSION_CACHE_MS };
    actor_copy(&s->actor, &ctx->actor, &t->arena);
    return 0;
}

void app_ctx(struct app *app, struct http_request *rq, struct ctx *ctx, struct problems *ps)
{
    struct serving *t = &app->serving[rq->thread];
    problems_init(ps, rq->arena);
    reader_begin(t->db);
    memo_begin(t->memo, store_reference_seq(app->store));
    *ctx = (struct ctx){
        .registry = &app->registry, .store = app->store, .db = t->db, .memo = t->memo, .arena = rq->arena,
        .scratch = rq->arena, .problems = ps, .now = clock_wall(), .offset_min = app->offset_min,
        .at_device = INSTANT_ABSENT, .client = rq->client, .request = rq,
        .device = rq->device.p && utf8_valid(rq->device) && rq->device.n <= 100 ? rq->device : STR_ABSENT,
    };
}

const char *right_of(struct ctx *ctx, const struct entity *e, const char *verb)
{
    return str_fmt(ctx->arena, "%s.%s%c", e->name, verb, 0).p;
}

/* ---- for what ---- */

/* No address takes PUT or DELETE: those are refused as methods. */
static bool writes(enum http_method m) { return m == HTTP_POST || m == HTTP_PATCH; }

/* A browser sends other types across sites without asking; ours it does not. */
static bool media_allowed(struct http_request *rq)
{
    static const char *const types[] = { "application/json", "application/x-ndjson", "text/csv", "application/geo+json" };
    if (rq->method != HTTP_POST && rq->method != HTTP_PATCH) /* nothing takes PUT or DELETE: 405 */
        return true;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (str_starts(rq->content_type, str_of(types[i])))
            return true;
    return false;
}

static bool same_origin(struct http_request *rq)
{
    if (!rq->origin.p || !writes(rq->method) || !rq->cookie.p)
        return true;
    struct str o = rq->origin;
    size_t at;
    if (rq->secure && !str_starts(o, S("https://")))
        return false; /* the same name without TLS may be anybody's */
    if (str_find(o, S("://"), &at))
        o = str_sub(o, at + 3, o.n);
    return str_eq(o, rq->host);
}

static const struct read_route *find_read(struct app *app, struct str path, struct id *id)
{
    for (size_t m = 0; m < app->registry.n_modules; m++) {
        const struct module *mod = app->registry.modules[m];
        for (size_t i = 0; i < mod->n_reads; i++) {
            struct str pattern = str_of(mod->reads[i].path), have = path;
            bool same = true;
            while (same && pattern.p && have.p) {
                struct str want = str_cut(&pattern, '/'), got = str_cut(&have, '/');
                same = str_is(want, "{id}") ? id_parse(got, id) == 0 : str_eq(want, got);
            }
            if (same && !pattern.p && !have.p)
                return &mod->reads[i];
        }
    }
    return NULL;
}

static void read_route(struct http_request *rq, struct ctx *ctx, const struct read_route *r)
{
    struct buf out;
    const char *type = "application/json";
    if (rq->method != HTTP_GET && rq->method != HTTP_HEAD) {
        reply_error(rq, -ERR_METHOD);
        return;
    }
    if (r->right && r->right[0]) {
        struct scope sc = access_scope(ctx, r->right);
        if (!sc.everything && !sc.n) {
            reply_error(rq, -ERR_FORBIDDEN);
            return;
        }
    }
    buf_init(&out, rq->arena);
    int err = r->read(ctx, rq->query, &out, &type);
    if (err && ctx->problems->n == 0)
        problems_add(ctx->problems, -err, NULL);
    if (ctx->problems->n)
        reply_problems(rq, ctx->problems);
    else
        reply_with(rq, 200, type, buf_view(&out));
}

static void not_allowed(struct http_request *rq) { reply_error(rq, -ERR_METHOD); }

static void collection(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e)
{
    const struct command *k = registry_creates(&app->registry, e);
    if (rq->method == HTTP_GET || rq->method == HTTP_HEAD)
        e->no_list ? not_allowed(rq) : api_list(app, rq, ctx, e);
    else if (rq->method == HTTP_POST && k)
        api_command(app, rq, ctx, k, ID_ABSENT);
    else
        not_allowed(rq);
}

static void table(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e)
{
    if ((rq->method == HTTP_GET || rq->method == HTTP_HEAD) && !e->no_list)
        api_export(app, rq, ctx, e);
    else if (rq->method == HTTP_POST && !e->no_import)
        api_import(app, rq, ctx, e);
    else
        not_allowed(rq);
}

static void one_row(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e, struct id id)
{
    const struct command *k = registry_command(&app->registry, str_fmt(rq->arena, "%s/change", e->name));
    if (rq->method == HTTP_GET || rq->method == HTTP_HEAD)
        e->no_list ? not_allowed(rq) : api_get(app, rq, ctx, e, id);
    else if (rq->method == HTTP_PATCH && k)
        api_command(app, rq, ctx, k, id);
    else
        not_allowed(rq);
}

static void verb(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e, struct str name, struct id id)
{
    const struct command *k = registry_command(&app->registry, str_fmt(rq->arena, "%s/%.*s", e->name, STR_ARG(name)));
    bool on_row = !id_absent(id);
    if (!k || (k->flags & CMD_CREATES) || on_row != ((k->flags & CMD_ON_ROW) != 0) || str_is(name, "change"))
        reply_error(rq, -ERR_NOT_FOUND);
    else if (rq->method != HTTP_POST)
        not_allowed(rq);
    else
        api_command(app, rq, ctx, k, id);
}

static void entity_route(struct app *app, struct http_request *rq, struct ctx *ctx, struct str path)
{
    struct str rest = path, head = str_cut(&rest, '/');
    bool csv = str_ends(head, S(".csv")) && !rest.p;
    const struct entity *e = registry_entity(&app->registry, csv ? str_sub(head, 0, head.n - 4) : head);
    struct id id = ID_ABSENT;
    if (!e) {
        reply_error(rq, -ERR_NOT_FOUND);
        return;
    }
    if (csv || !rest.p) {
        csv ? table(app, rq, ctx, e) : collection(app, rq, ctx, e);
        return;
    }
    struct str second = str_cut(&rest, '/');
    bool has_id = id_parse(second, &id) == 0;
    if (!has_id && !rest.p && str_is(second, "search") && rq->method == HTTP_POST && !e->no_list)
        api_search(app, rq, ctx, e);
    else if (!has_id && !rest.p && str_is(second, "template.csv") && rq->method == HTTP_GET)
        api_template(app, rq, ctx, e);
    else if (!has_id && !rest.p)
        verb(app, rq, ctx, e, second, ID_ABSENT);
    else if (has_id && !rest.p)
        one_row(app, rq, ctx, e, id);
    else if (has_id && str_is(rest, "history") && rq->method == HTTP_GET && !e->no_list)
        api_history(app, rq, ctx, e, id);
    else if (has_id && !str_find(rest, S("/"), &(size_t){ 0 }))
        verb(app, rq, ctx, e, rest, id);
    else
        reply_error(rq, -ERR_NOT_FOUND);
}

/* Routes that need nobody to be signed in. 1 answered. */
static int public_route(struct app *app, struct http_request *rq, struct ctx *ctx, struct str path)
{
    struct id id;
    const struct read_route *r = find_read(app, path, &id);
    bool login = str_is(path, "session/login"), declare = str_is(path, "declaration");
    if (str_is(path, "openapi.json") && rq->method == HTTP_GET) {
        struct buf out;
        buf_init(&out, rq->arena);
        openapi_write(&app->registry, &out);
        reply_json(rq, 200, buf_view(&out));
        return 1;
    }
    if (str_is(path, "code") && rq->method == HTTP_GET) {
        api_codes(rq);
        return 1;
    }
    if (!login && !declare && !(r && r->right && !r->right[0]))
        return 0;
    /* Of IPv6 everybody has a net of 64 bits. */
    struct str from = http_address_net(rq->client, 32, 64, rq->arena);
    if (!rq->local && !limiter_allow(app->limiter, from, login ? "login" : "public", login ? LOGIN_PER_MINUTE : PUBLIC_PER_MINUTE, ctx->now))
        reply_error(rq, -ERR_TOO_MANY);
    else if (r)
        read_route(rq, ctx, r);
    else if (rq->method != HTTP_POST)
        not_allowed(rq);
    else
        api_command(app, rq, ctx, registry_command(&app->registry, login ? S("session/login") : S("declaration/create")), ID_ABSENT);
    return 1;
}

void api_handle(struct app *app, struct http_request *rq)
{
    struct str path = str_sub(rq->path, sizeof("/api/v1/") - 1, rq->path.n);
    struct problems *ps = ARENA_NEW(rq->arena, struct problems);
    struct ctx *ctx = ARENA_NEW(rq->arena, struct ctx);
    app_ctx(app, rq, ctx, ps);
    ctx->handling = true;
    rq->user = ctx;
    if (!media_allowed(rq) || !same_origin(rq)) {
        reply_error(rq, !media_allowed(rq) ? -ERR_UNSUPPORTED_MEDIA : -ERR_FORBIDDEN);
        return;
    }
    if (public_route(app, rq, ctx, path))
        return;
    int err = api_authenticate(app, rq, ctx);
    if (err) {
        reply_error(rq, err);
        return;
    }
    struct id id = ID_ABSENT;
    const struct read_route *r = find_read(app, path, &id);
    bool self = str_is(path, "me") || str_is(path, "account/change_password") || str_is(path, "session/logout");
    ctx->target = id;
    if (ctx->actor.must_change && !self)
        reply_error(rq, -ERR_FORBIDDEN);
    else if (r)
        read_route(rq, ctx, r);
    else if (str_is(path, "batch"))
        rq->method == HTTP_POST ? api_batch(app, rq, ctx) : not_allowed(rq);
    else if (str_is(path, "events"))
        rq->method == HTTP_GET ? api_events(app, rq, ctx) : not_allowed(rq);
    else
        entity_route(app, rq, ctx, path);
}

void api_codes(struct http_request *rq)
{
    struct buf out;
    struct jw w;
    buf_init(&out, rq->arena);
    jw_init(&w, &out);
    jw_object(&w);
    jw_key(&w, "lists");
    jw_object(&w);
    for (size_t i = 0; i < code_lists_n; i++) {
        jw_key(&w, code_lists[i].name);
        jw_array(&w);
        for (size_t k = 0; k < code_lists[i].n; k++) {
            const struct code_item *c = &code_lists[i].items[k];
            jw_object(&w);
            jw_kcstr(&w, "code", c->code);
            jw_kcstr(&w, "zh", c->zh);
            jw_kcstr(&w, "en", c->en);
            jw_end_object(&w);
        }
        jw_end_array(&w);
    }
    jw_end_object(&w);
    jw_end_object(&w);
    reply_json(rq, 200, buf_view(&out));
}
