/* Live updates: what a commit changed, to every open stream that may see it, one message a commit. */
#include <string.h>

#include "app/app.h"
#include "domain/account/account.h"

#define STREAMS_MAX 512
#define HEARTBEAT_MS 15000
#define LIVE_ENTITIES 16

struct listener {
    struct http_stream *stream;
    struct scope scopes[LIVE_ENTITIES];          /* by position in `entities` */
    const struct entity *entities[LIVE_ENTITIES];
    size_t n;
    struct arena arena;
    struct id account_id;
    bool closed;
};

struct hub {
    struct app *app;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct listener *all[STREAMS_MAX];
    size_t n;
    bool stopping;
    pthread_t heart;
};

static const struct scope *may_see(const struct listener *l, const struct entity *e)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->entities[i] == e)
            return &l->scopes[i];
    return NULL;
}

static void write_change(struct app *app, const struct live_change *c, struct jw *w)
{
    char id[ID_TEXT], at[INSTANT_TEXT];
    jw_object(w);
    jw_kcstr(w, "entity", c->entity->name);
    id_format(c->row->id, id);
    jw_kcstr(w, "id", id);
    jw_kint(w, "version", c->row->version);
    jw_kbool(w, "created", c->created);
    if (c->deleted)
        jw_kbool(w, "deleted", true);
    id_format(c->row->place_id, id);
    jw_kstr(w, "place_id", id_absent(c->row->place_id) ? STR_ABSENT : str_of(id));
    instant_format(clock_wall(), app->offset_min, at);
    jw_kcstr(w, "at", at);
    jw_key(w, "fields");
    jw_object(w);
    for (size_t i = 0; i < c->entity->shape.n; i++) {
        const struct field *f = &c->entity->shape.fields[i];
        if (!(f->flags & F_LIVE) || (f->flags & F_PERSONAL))
            continue;
        jw_key(w, f->name);
        field_to_json(f, c->row, app->offset_min, false, w);
    }
    jw_end_object(w);
    jw_end_object(w);
}

static bool visible(struct hub *h, const struct listener *l, const struct live_change *c)
{
    const struct scope *sc = may_see(l, c->entity);
    const struct place_node *place = store_place(h->app->store, c->row->place_id);
    return sc && (c->entity->place == PLACE_NONE || (place && scope_has(sc, place->path)));
}

static void tell_one(struct hub *h, struct listener *l, const struct live_change *changes, size_t n)
{
    struct buf b;
    struct jw w;
    bool some = false;
    buf_init(&b, NULL);
    buf_cstr(&b, "event: change\ndata: ");
    jw_init(&w, &b);
    jw_array(&w);
    for (size_t i = 0; i < n; i++) {
        if (!visible(h, l, &changes[i]))
            continue;
        write_change(h->app, &changes[i], &w);
        some = true;
    }
    jw_end_array(&w);
    buf_cstr(&b, "\n\n");
    if (some && !l->closed)
        http_stream_send(l->stream, buf_view(&b));
    buf_free(&b);
}

/* Whose rights a change may have taken away: the account of a session, a grant, or the account itself. */
static struct id touched_account(const struct live_change *c)
{
    if (c->entity == &account_entity && !c->created)
        return c->row->id;
    if (c->entity == &grant_entity)
        return ((const struct grant_row *)c->row)->account_id;
    if (c->entity == &session_entity && !c->created)
        return ((const struct session *)c->row)->account_id;
    return ID_ABSENT;
}

/* Of a deleted row of another process only the id is known: it may have been anybody's right. */
static bool touches_somebody(const struct live_change *c)
{
    return c->elsewhere && c->deleted && (c->entity == &grant_entity || c->entity == &session_entity);
}

/* Their streams end; the browser opens a new one and is asked again who it is. */
static void end_streams(struct hub *h, struct id account_id) /* absent: everybody's */
{
    for (size_t i = 0; i < h->n; i++)
        if ((id_absent(account_id) || id_eq(h->all[i]->account_id, account_id)) && !h->all[i]->closed)
            http_stream_end(h->all[i]->stream);
}

void hub_tell(void *arg, const struct live_change *changes, size_t n)
{
    struct hub *h = arg;
    pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < h->n; i++)
        tell_one(h, h->all[i], changes, n);
    for (size_t i = 0; i < n; i++) {
        struct id account_id = touched_account(&changes[i]);
        if (!id_absent(account_id) || touches_somebody(&changes[i]))
            end_streams(h, account_id);
    }
    pthread_mutex_unlock(&h->lock);
}

bool hub_wanted(void *arg)
{
    struct hub *h = arg;
    pthread_mutex_lock(&h->lock);
    bool some = h->n > 0;
    pthread_mutex_unlock(&h->lock);
    return some;
}

/* Closed listeners are swept by the heart, not here: this may be called while the lock is held by a send. */
static void closed(void *arg) { __atomic_store_n(&((struct listener *)arg)->closed, true, __ATOMIC_RELEASE); }

static void sweep(struct hub *h)
{
    for (size_t i = 0; i < h->n;) {
        struct listener *l = h->all[i];
        if (!__atomic_load_n(&l->closed, __ATOMIC_ACQUIRE)) {
            i++;
            continue;
        }
        h->all[i] = h->all[--h->n];
        arena_free(&l->arena);
        mem_free(l);
    }
}

static void *heart_main(void *arg)
{
    struct hub *h = arg;
    pthread_mutex_lock(&h->lock);
    while (!h->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until); /* the wall clock may be set back by an hour */
        until.tv_sec += HEARTBEAT_MS / 1000;
        pthread_cond_timedwait(&h->wake, &h->lock, &until);
        sweep(h);
        for (size_t i = 0; i < h->n && !h->stopping; i++)
            http_stream_send(h->all[i]->stream, S(": \n\n"));
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

struct hub *hub_new(struct app *app)
{
    struct hub *h = mem_zalloc(sizeof(*h));
    pthread_condattr_t attr;
    h->app = app;
    pthread_mutex_init(&h->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&h->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&h->heart, NULL, heart_main, h)) {
        mem_free(h);
        return NULL;
    }
    return h;
}

size_t hub_streams(const struct hub *h) { return h ? h->n : 0; }

void hub_stop(struct hub *h)
{
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->stopping = true;
    pthread_cond_broadcast(&h->wake);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->heart, NULL);
    for (size_t i = 0; i < h->n; i++) {
        arena_free(&h->all[i]->arena);
        mem_free(h->all[i]);
    }
    mem_free(h);
}

static struct str wanted(struct http_request *rq)
{
    struct str rest = rq->query, name, value;
    while (http_query_next(&rest, rq->arena, &name, &value) == 1)
        if (str_is(name, "entity"))
            return value;
    return STR_ABSENT;
}

static bool named(struct str list, const char *name)
{
    while (list.p)
        if (str_is(str_cut(&list, ','), name))
            return true;
    return false;
}

/* Copies what the stream may see: the request's memory does not live as long. */
static void add_scope(struct listener *l, struct ctx *ctx, const struct entity *e)
{
    struct scope sc = access_scope(ctx, right_of(ctx, e, "read"));
    if (l->n == LIVE_ENTITIES || (!sc.everything && sc.n == 0))
        return;
    struct str *paths = ARENA_ARRAY(&l->arena, struct str, sc.n);
    for (size_t i = 0; i < sc.n; i++)
        paths[i] = str_dup(&l->arena, sc.paths[i]);
    l->entities[l->n] = e;
    l->scopes[l->n++] = (struct scope){ paths, sc.n, sc.everything };
}

void api_events(struct app *app, struct http_request *rq, struct ctx *ctx)
{
    struct hub *h = app->hub;
    struct str only = wanted(rq);
    struct http_header head[SECURITY_HEADERS_MAX + 3];
    size_t n = security_headers(head, true);
    struct listener *l = mem_zalloc(sizeof(*l));
    arena_init(&l->arena, 1024);
    l->account_id = ctx->actor.account_id;
    for (size_t i = 0; i < app->registry.n_entities; i++)
        if (!only.p || named(only, app->registry.entities[i]->name))
            add_scope(l, ctx, app->registry.entities[i]);
    pthread_mutex_lock(&h->lock);
    sweep(h);
    if (h->n == STREAMS_MAX || h->stopping) {
        pthread_mutex_unlock(&h->lock);
        arena_free(&l->arena);
        mem_free(l);
        reply_error(rq, -ERR_BUSY);
        return;
    }
    head[n++] = (struct http_header){ "Content-Type", S("text/event-stream; charset=utf-8") };
    head[n++] = (struct http_header){ "Cache-Control", S("no-store") };
    head[n++] = (struct http_header){ "X-Accel-Buffering", S("no") };
    l->stream = http_stream(rq, head, n, closed, l);
    if (l->stream) {
        h->all[h->n++] = l;
        http_stream_send(l->stream, S("retry: 2000\n\n"));
    }
    pthread_mutex_unlock(&h->lock);
}
