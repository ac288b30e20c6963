/* Commands over HTTP: one at a time, and in batches of lines. */
#include "app/app.h"

#include <string.h>

#include "base/utf8.h"
#include "domain/account/account_plan.h"

#define BATCH_LINES 4096

/* ---- one ---- */

struct single { struct call call; struct app *app; struct http_request *rq; };

static struct str session_cookie(struct http_request *rq, struct str token, int seconds)
{
    return str_fmt(rq->arena, "redoubt_session=%.*s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s", STR_ARG(token), seconds,
                   rq->secure ? "; Secure" : "");
}

/* A browser gets its token as a cookie that scripts cannot read; programs get it in the answer. */
static bool reply_login(struct single *s)
{
    struct problems none;
    problems_init(&none, s->rq->arena);
    json_t *body = json_read(buf_view(&s->call.answer), &none);
    struct str token = json_text(json_object_get(body, "token"));
    bool browser = token.p && !code_is(((const struct session_login_in *)s->call.in)->kind, "program");
    if (browser) {
        struct str cookie = session_cookie(s->rq, token, 43200);
        json_object_del(body, "token");
        reply_header(s->rq, s->call.status, json_print(body, s->rq->arena), "Set-Cookie", cookie);
    }
    json_decref(body);
    return browser;
}

static void finished(struct call *c)
{
    struct single *s = (struct single *)c;
    atomic_fetch_add(&s->app->metrics.commands, 1);
    if (c->status >= 400) {
        reply_with(s->rq, c->status, "application/problem+json", buf_view(&c->answer));
        return;
    }
    if (strcmp(c->command->name, "session/login") == 0 && reply_login(s))
        return;
    if (strcmp(c->command->name, "session/logout") == 0) {
        reply_header(s->rq, c->status, buf_view(&c->answer), "Set-Cookie", session_cookie(s->rq, S(""), 0));
        return;
    }
    reply_json(s->rq, c->status, buf_view(&c->answer));
}

static void prepared(void *arg)
{
    struct single *s = arg;
    struct call *c = &s->call;
    struct reader *before = c->ctx.db;
    c->ctx.db = s->app->serving[s->app->threads + 1].db;
    c->ctx.memo = NULL; /* belongs to the serving thread */
    reader_begin(c->ctx.db);
    int err = c->command->prepare(&c->ctx, c->in);
    if (reader_away(c->ctx.db)) {
        c->problems.n = 0;
        err = -ERR_STORE_AWAY;
    }
    c->ctx.db = before;
    if (err || c->problems.n) {
        if (c->problems.n == 0)
            problems_add(&c->problems, -err, NULL);
        reply_problems(s->rq, &c->problems);
        return;
    }
    call_submit(c);
}

/* Keys beside the input: id of a creation, version, reason, at. Taken only where the input has no field of that name. */
static json_t *take_key(struct call *c, json_t *body, const char *key)
{
    json_t *v = json_object_get(body, key);
    if (!v || (c->command->in && shape_field(c->command->in, str_of(key), NULL)))
        return NULL;
    json_incref(v);
    json_object_del(body, key);
    return v;
}

static void take_id(struct call *c, json_t *body)
{
    json_t *v = c->command->flags & CMD_CREATES ? take_key(c, body, "id") : NULL;
    if (v && id_parse(json_text(v), &c->ctx.command_id))
        problems_add(&c->problems, ERR_BAD_ID, "id");
    json_decref(v);
}

static void take_version(struct call *c, json_t *body)
{
    json_t *v = c->command->flags & CMD_ON_ROW ? take_key(c, body, "version") : NULL;
    if (v && (!json_is_integer(v) || json_integer_value(v) < 1))
        problems_add(&c->problems, ERR_WRONG_TYPE, "version");
    else if (v)
        c->ctx.base_version = json_integer_value(v);
    json_decref(v);
}

static void take_reason(struct call *c, json_t *body)
{
    json_t *v = take_key(c, body, "reason");
    struct str s = v ? str_trim(json_text(v)) : STR_ABSENT;
    if (v && !json_is_null(v) && !json_is_string(v))
        problems_add(&c->problems, ERR_WRONG_TYPE, "reason");
    else if (s.n > 900)
        problems_add(&c->problems, ERR_TOO_LONG, "reason");
    else if (utf8_has_control(s))
        problems_add(&c->problems, ERR_CONTROL_CHARACTER, "reason");
    else if (s.n)
        c->ctx.reason = str_dup(c->ctx.arena, s);
    json_decref(v);
}

static void take_at(struct call *c, json_t *body)
{
    json_t *v = c->command->in && shape_field(c->command->in, S("at"), NULL) ? NULL : take_key(c, body, "at");
    if (v && instant_parse(json_text(v), &c->ctx.at_device))
        problems_add(&c->problems, ERR_BAD_INSTANT, "at");
    json_decref(v);
}

static void take_envelope(struct call *c, json_t *body)
{
    take_id(c, body);
    take_version(c, body);
    take_reason(c, body);
    take_at(c, body);
}

static void command_id(struct call *c, struct http_request *rq)
{
    if (!rq->idempotency_key.p)
        c->ctx.command_id = id_new(c->ctx.now, 0);
    else if (id_parse(rq->idempotency_key, &c->ctx.command_id))
        problems_add(&c->problems, ERR_BAD_ID, "Idempotency-Key");
}

/* Has the input of this command any problem of its own? Sent back with all of them. */
static int read_body(struct single *s)
{
    struct call *c = &s->call;
    json_t *body = s->rq->body.n ? json_read(s->rq->body, &c->problems) : json_object();
    if (body) {
        command_id(c, s->rq);
        take_envelope(c, body);
        call_decode(c, body);
    }
    json_decref(body);
    return c->problems.n ? -(int)problems_worst(&c->problems) : 0;
}

void api_command(struct app *app, struct http_request *rq, struct ctx *ctx, const struct command *k, struct id target)
{
    struct single *s = ARENA_NEW(rq->arena, struct single);
    s->app = app;
    s->rq = rq;
    ctx->target = target;
    call_init(&s->call, k, ctx, rq->arena);
    s->call.finished = finished;
    int err = call_allow(&s->call);
    if (err) {
        reply_error(rq, err);
        return;
    }
    if (read_body(s)) {
        reply_problems(rq, &s->call.problems);
        return;
    }
    if (k->flags & CMD_READS) {
        call_read(&s->call);
        return;
    }
    if (writer_queued(app->store) > STORE_BUSY) {
        reply_error(rq, -ERR_BUSY);
        return;
    }
    ctx->handling = false; /* from here on another thread answers */
    if (!k->prepare)
        call_submit(&s->call);
    else if (slow_put(app->slow, prepared, s))
        reply_error(rq, -ERR_BUSY);
}

/* ---- many ---- */

struct batch {
    struct app *app;
    struct http_request *rq;
    struct call **calls; /* NULL: a line that never became a call */
    struct str *answers; /* of such lines */
    int *status;
    struct id *ids;
    size_t n;
    _Atomic size_t left;
};

static void put_line(struct batch *b, size_t i, struct buf *out)
{
    struct jw w;
    char id[ID_TEXT];
    const struct call *c = b->calls[i];
    struct str answer = c ? buf_view(&c->answer) : b->answers[i];
    int status = c ? c->status : b->status[i];
    jw_init(&w, out);
    jw_object(&w);
    jw_kint(&w, "line", (int64_t)i + 1);
    id_format(b->ids[i], id);
    jw_kstr(&w, "id", id_absent(b->ids[i]) ? STR_ABSENT : str_of(id));
    jw_kint(&w, "status", status);
    if (status < 400) {
        jw_key(&w, "answer");
        jw_raw(&w, answer);
        jw_end_object(&w);
    } else if (answer.n > 2) {
        /* the held answer {"inbox_id":…,"problems":…} or a problem document: its keys join the line */
        buf_char(out, ',');
        buf_put(out, answer.p + 1, answer.n - 1);
    } else {
        jw_end_object(&w);
    }
    buf_char(out, '\n');
}

static void batch_done(struct batch *b)
{
    struct buf out;
    buf_init(&out, b->rq->arena);
    for (size_t i = 0; i < b->n; i++)
        put_line(b, i, &out);
    atomic_fetch_add(&b->app->metrics.batches_lines, (int64_t)b->n);
    reply_with(b->rq, 200, "application/x-ndjson", buf_view(&out));
}

static void line_finished(struct call *c)
{
    struct batch *b = c->user;
    if (c->holding)
        atomic_fetch_add(&b->app->metrics.held, 1);
    if (atomic_fetch_sub(&b->left, 1) == 1)
        batch_done(b);
}

static void line_refused(struct batch *b, size_t i, struct problems *ps)
{
    struct buf out;
    buf_init(&out, b->rq->arena);
    problems_write(ps, &out);
    b->answers[i] = buf_view(&out);
    b->status[i] = problems_status(ps);
}

static void line_id(struct call *c, json_t *line, const char *key, struct id *id)
{
    json_t *v = json_object_get(line, key);
    if (v && !json_is_null(v) && id_parse(json_text(v), id))
        problems_add(&c->problems, ERR_BAD_ID, key);
    json_object_del(line, key);
}

/* Reads one line into a call. NULL with problems when it cannot even be kept. */
static struct call *line_read(struct batch *b, struct ctx *ctx, size_t i, struct str text, struct problems *ps)
{
    json_t *line = json_read(text, ps);
    if (!line)
        return NULL;
    struct str name = json_text(json_object_get(line, "command"));
    const struct command *k = name.p ? registry_command(&b->app->registry, name) : NULL;
    if (!k || (k->flags & (CMD_NO_BATCH | CMD_READS | CMD_PUBLIC))) {
        problems_add(ps, name.p ? ERR_NOT_FOUND : ERR_REQUIRED, "command");
        json_decref(line);
        return NULL;
    }
    struct call *c = ARENA_NEW(b->rq->arena, struct call);
    call_init(c, k, ctx, b->rq->arena);
    json_object_del(line, "command");
    c->ctx.command_id = ID_ABSENT;
    line_id(c, line, "id", &c->ctx.command_id);
    line_id(c, line, "target", &c->ctx.target);
    if (id_absent(c->ctx.command_id) && c->problems.n == 0)
        problems_add(&c->problems, ERR_REQUIRED, "id");
    b->ids[i] = c->ctx.command_id;
    struct str device = json_text(json_object_get(line, "device"));
    if (device.p && device.n <= 100)
        c->ctx.device = str_dup(b->rq->arena, device);
    json_object_del(line, "device");
    json_t *data = json_object_get(line, "data");
    json_incref(data);
    json_object_del(line, "data");
    take_version(c, line);
    take_reason(c, line);
    take_at(c, line);
    const char *key;
    json_t *v;
    json_object_foreach(line, key, v)
        problems_name(&c->problems, ERR_UNKNOWN_KEY, str_dup(b->rq->arena, str_of(key)));
    if (data && !json_is_object(data))
        problems_add(&c->problems, ERR_WRONG_TYPE, "data");
    c->hold_content = json_is_object(data) ? json_print(data, b->rq->arena) : S("{}");
    int err = call_allow(c);
    if (err)
        problems_add(&c->problems, -err, NULL);
    call_decode(c, json_is_object(data) ? data : NULL);
    c->decoded = c->problems.n == 0;
    json_decref(data);
    json_decref(line);
    if (err || id_absent(c->ctx.command_id)) {
        *ps = c->problems;
        return NULL;
    }
    return c;
}

static size_t count_lines(struct str body)
{
    size_t n = 0;
    while (body.p) {
        struct str line = str_trim(str_cut(&body, '\n'));
        n += line.n > 0;
    }
    return n;
}

static void submit_all(struct batch *b)
{
    /* one more than there are lines: the answer leaves only after the last was handed over */
    atomic_store(&b->left, b->n + 1);
    for (size_t i = 0; i < b->n; i++) {
        struct call *c = b->calls[i];
        if (!c)
            atomic_fetch_sub(&b->left, 1);
        else if (c->decoded)
            call_submit(c);
        else
            call_hold(c);
    }
    if (atomic_fetch_sub(&b->left, 1) == 1)
        batch_done(b);
}

void api_batch(struct app *app, struct http_request *rq, struct ctx *ctx)
{
    size_t n = rq->body.p ? count_lines(rq->body) : 0, i = 0;
    if (writer_queued(app->store) > STORE_BUSY) {
        reply_error(rq, -ERR_BUSY);
        return;
    }
    if (n > BATCH_LINES || !str_starts(rq->content_type, S("application/x-ndjson"))) {
        reply_error(rq, n > BATCH_LINES ? -ERR_TOO_LARGE : -ERR_UNSUPPORTED_MEDIA);
        return;
    }
    struct batch *b = ARENA_NEW(rq->arena, struct batch);
    *b = (struct batch){ .app = app, .rq = rq, .n = n };
    b->calls = ARENA_ARRAY(rq->arena, struct call *, n);
    b->answers = ARENA_ARRAY(rq->arena, struct str, n);
    b->status = ARENA_ARRAY(rq->arena, int, n);
    b->ids = ARENA_ARRAY(rq->arena, struct id, n);
    struct str rest = rq->body;
    while (rest.p && i < n) {
        struct str text = str_trim(str_cut(&rest, '\n'));
        struct problems ps;
        if (!text.n)
            continue;
        problems_init(&ps, rq->arena);
        struct call *c = line_read(b, ctx, i, text, &ps);
        if (c) {
            c->hold_source = S("batch");
            c->hold_line = (int64_t)i + 1;
            c->user = b;
            c->finished = line_finished;
        } else {
            line_refused(b, i, &ps);
        }
        b->calls[i++] = c;
    }
    ctx->handling = false;
    submit_all(b);
}
