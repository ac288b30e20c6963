/* Serving: threads, signals, answers, the log line. */
#include "app/app.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "core/memo.h"
#include "domain/place/place.h"

#define BODY_MAX ((size_t)8 << 20)     /* a batch of 4,096 lines fits */
#define IMPORT_MAX ((size_t)1 << 30)
#define STOP_MS 30000

/* ---- answers ---- */

size_t security_headers(struct http_header *h, bool api)
{
    size_t n = 0;
    h[n++] = (struct http_header){ "X-Content-Type-Options", S("nosniff") };
    h[n++] = (struct http_header){ "Referrer-Policy", S("no-referrer") };
    if (api)
        return n;
    h[n++] = (struct http_header){ "Content-Security-Policy",
        S("default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; "
          "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'") };
    h[n++] = (struct http_header){ "X-Frame-Options", S("DENY") };
    h[n++] = (struct http_header){ "Permissions-Policy", S("camera=(self), geolocation=(self), microphone=()") };
    h[n++] = (struct http_header){ "Cross-Origin-Opener-Policy", S("same-origin") };
    return n;
}

static void reply(struct http_request *rq, int status, const char *type, struct str body, const struct http_header *more)
{
    struct http_header h[SECURITY_HEADERS_MAX + 4];
    size_t n = security_headers(h, true);
    const struct ctx *ctx = rq->user;
    /* What was not found because the database could not be asked is not "not found". */
    if (ctx && ctx->handling && status != 503 && reader_away(ctx->db)) {
        struct problems ps;
        struct buf out;
        problems_init(&ps, rq->arena);
        problems_add(&ps, ERR_STORE_AWAY, NULL);
        buf_init(&out, rq->arena);
        problems_write(&ps, &out);
        status = 503;
        type = "application/problem+json";
        body = buf_view(&out);
        more = NULL;
    }
    h[n++] = (struct http_header){ "Content-Type", str_of(type) };
    h[n++] = (struct http_header){ "Cache-Control", S("no-store") };
    if (status == 503 || status == 429)
        h[n++] = (struct http_header){ "Retry-After", status == 503 ? S("1") : S("30") };
    if (more)
        h[n++] = *more;
    http_reply(rq, status, h, n, body);
}

void reply_with(struct http_request *rq, int status, const char *content_type, struct str body)
{
    reply(rq, status, content_type, body, NULL);
}

void reply_json(struct http_request *rq, int status, struct str body) { reply(rq, status, "application/json", body, NULL); }

void reply_header(struct http_request *rq, int status, struct str body, const char *name, struct str value)
{
    struct http_header h = { name, value };
    reply(rq, status, "application/json", body, &h);
}

void reply_problems(struct http_request *rq, const struct problems *ps)
{
    struct buf out;
    buf_init(&out, rq->arena);
    problems_write(ps, &out);
    reply(rq, problems_status(ps), "application/problem+json", buf_view(&out), NULL);
}

void reply_error(struct http_request *rq, int err)
{
    struct problems ps;
    problems_init(&ps, rq->arena);
    problems_add(&ps, (enum err)(err < 0 ? -err : err), NULL);
    reply_problems(rq, &ps);
}

/* ---- dispatch ---- */

static void healthz(struct app *app, struct http_request *rq)
{
    (void)app;
    reply_json(rq, 200, S("{\"status\":\"ok\"}"));
}

/* A trivial read, with the connection of this thread: 0 when the store answers. */
static int store_answers(struct app *app, struct http_request *rq)
{
    struct id root = store_root(app->store); /* absent before the first place: then it is not found */
    void *row = row_new(&place_entity, rq->arena);
    int err = store_get(app->serving[rq->thread].db, &place_entity, 0, root, rq->arena, row);
    return err == -ERR_NOT_FOUND ? 0 : err;
}

/* For proxies: whether requests should be sent here. */
static void readyz(struct app *app, struct http_request *rq)
{
    if (atomic_load(&app->stopping))
        reply_json(rq, 503, S("{\"status\":\"stopping\"}"));
    else if (store_answers(app, rq))
        reply_json(rq, 503, S("{\"status\":\"store\"}"));
    else
        reply_json(rq, 200, S("{\"status\":\"ready\"}"));
}

/* For the machine's own monitoring; from elsewhere with the right. What a proxy on this machine hands on is from
 * elsewhere. */
static bool metrics_allowed(struct app *app, struct http_request *rq)
{
    struct problems ps;
    struct ctx ctx;
    if (rq->local || (str_starts(rq->client, S("127.")) && !rq->forwarded))
        return true;
    app_ctx(app, rq, &ctx, &ps);
    if (api_authenticate(app, rq, &ctx))
        return false;
    struct scope sc = access_scope(&ctx, "metrics.read");
    return sc.everything || sc.n > 0;
}

static void metrics(struct app *app, struct http_request *rq)
{
    struct buf out;
    if (!metrics_allowed(app, rq)) {
        reply_error(rq, -ERR_FORBIDDEN);
        return;
    }
    buf_init(&out, rq->arena);
    metrics_write(app, &out);
    reply_with(rq, 200, "text/plain; version=0.0.4; charset=utf-8", buf_view(&out));
}

static void handle(void *arg, struct http_request *rq)
{
    struct app *app = arg;
    bool get = rq->method == HTTP_GET || rq->method == HTTP_HEAD;
    if (str_starts(rq->path, S("/api/v1/")))
        api_handle(app, rq);
    else if (str_is(rq->path, "/healthz"))
        get ? healthz(app, rq) : reply_error(rq, -ERR_METHOD);
    else if (str_is(rq->path, "/readyz"))
        get ? readyz(app, rq) : reply_error(rq, -ERR_METHOD);
    else if (str_is(rq->path, "/metrics"))
        get ? metrics(app, rq) : reply_error(rq, -ERR_METHOD);
    else
        static_handle(rq);
}

static void refuse(void *arg, struct http_request *rq, int err)
{
    (void)arg;
    reply_error(rq, err);
}

static void done(void *arg, struct http_request *rq, int status)
{
    static const char *const methods[] = { "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "?" };
    struct app *app = arg;
    int64_t us = clock_mono_us() - rq->started_us;
    atomic_fetch_add(&app->metrics.requests[status >= 100 && status < 600 ? status / 100 : 0], 1);
    atomic_fetch_add(&app->metrics.us_total, us);
    const struct ctx *ctx = rq->user;
    char actor[ID_TEXT] = "-";
    if (ctx && !id_absent(ctx->actor.account_id))
        id_format(ctx->actor.account_id, actor);
    if (app->serve->quiet)
        return;
    /* Of the address only the net: the whole one would be personal (PIPL 4). */
    struct str net = http_address_net(rq->client, 24, 48, rq->arena);
    log_info("%s %.*s %s %d %.1fms %.*s", methods[rq->method], (int)(rq->path.n > 120 ? 120 : rq->path.n), rq->path.p ? rq->path.p : "",
             actor, status, (double)us / 1000.0, STR_ARG(net));
}

/* ---- opening ---- */

static void name_build(char out[32])
{
    char bytes[65536], hex[65];
    struct sha256 all = { { 0 } };
    FILE *f = fopen("/proc/self/exe", "re");
    for (size_t n; f && (n = fread(bytes, 1, sizeof(bytes), f)) > 0;) {
        struct str parts[2] = { { (const char *)all.b, sizeof(all.b) }, { bytes, n } };
        all = hash_sha256(parts, 2);
    }
    if (f)
        fclose(f);
    hash_hex(all.b, sizeof(all.b), hex);
    snprintf(out, 32, "redoubt-%.12s", hex);
}

int app_open(struct app *app, const struct options *o, bool write)
{
    char why[WHY];
    struct store_config config = {
        .data = o->data, .write = write, .offset_min = 480, /* China Standard Time, GB/T 7408 */
    };
    memset(app, 0, sizeof(*app));
    registry_build(&app->registry, app_modules, app_modules_n);
    app->offset_min = config.offset_min;
    app->started_ms = clock_wall().ms;
    config.entities = app->registry.entities;
    config.n_entities = app->registry.n_entities;
    const char *path = o->store_url ? store_path(o->store_url) : NULL;
    config.address = path ? path : o->store_url;
    if (config.address && !path && db_kind_of(config.address) == DB_SQLITE) {
        fprintf(stderr, "redoubt: 不支持的存储地址 · unsupported store: %s (sqlite:PATH, postgresql://USER@HOST/DATABASE)\n", o->store_url);
        registry_free(&app->registry);
        return -ERR_STORE_UNREADABLE;
    }
    if (config.address && !path) {
        name_build(app->build);
        config.build = app->build;
    }
    int err = store_open(&config, &app->store, why);
    if (err && err != -ERR_STORE_LOCKED)
        fprintf(stderr, "redoubt: %s\n", why);
    if (err)
        registry_free(&app->registry);
    return err;
}

void app_close(struct app *app)
{
    for (size_t i = 0; i < APP_THREADS_MAX + 2; i++) {
        reader_close(app->serving[i].db);
        if (app->serving[i].memo)
            memo_free(app->serving[i].memo);
        if (app->serving[i].arena.blocks || app->serving[i].arena.block_size)
            arena_free(&app->serving[i].arena);
    }
    limiter_free(app->limiter);
    store_close(app->store);
    registry_free(&app->registry);
}

/* ---- serving ---- */

static int open_readers(struct app *app)
{
    for (int i = 0; i < app->threads + 2; i++) {
        app->serving[i].db = store_reader(app->store);
        app->serving[i].memo = memo_new();
        arena_init(&app->serving[i].arena, 16 * 1024);
        if (!app->serving[i].db)
            return -ERR_STORE_UNREADABLE;
    }
    return 0;
}

static void print_file(const char *folder, const char *name)
{
    char path[600], line[256];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof(line), f))
        fputs(line, stdout);
    if (f)
        fclose(f);
}

static void greet(struct app *app, const struct options *o)
{
    int port = http_port(app->http);
    const char *host = strcmp(o->address, "0.0.0.0") == 0 ? "127.0.0.1" : o->address;
    const char *scheme = app->serve->tls ? "https" : "http";
    printf("战疫堡垒 Redoubt %s\n", REDOUBT_VERSION);
    printf("  指挥部 desk        %s://%s:%d/\n", scheme, host, port);
    printf("  卡点   checkpoint  %s://%s:%d/field/\n", scheme, host, port);
    printf("  旅客   traveller   %s://%s:%d/t/\n", scheme, host, port);
    print_file(o->data, "demo-accounts.txt");
    fflush(stdout);
}

static void stop_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

/* Before any thread starts: signals wait for the main thread, a closed connection is no reason to die. */
static void block_signals(void)
{
    sigset_t set;
    stop_signals(&set);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit on the file's size is met as a full disk is */
}

/* SIGHUP: the log may have been renamed, the certificate renewed. */
static void reload(const struct serve_options *so)
{
    char why[HTTP_WHY];
    if (log_reopen())
        log_error("无法重新打开日志 · cannot reopen the log %s: %s", so->log, strerror(errno));
    if (so->tls && http_tls_reload(so->tls, why))
        log_error("证书未更换,沿用旧证书 · the certificate stays the old one: %s", why);
    else if (so->tls)
        log_info("certificate read again");
}

/* Until one asks to stop. */
static void wait_for_stop(const struct serve_options *so)
{
    bool terminal = isatty(STDIN_FILENO); /* where SIGHUP says that it was closed */
    sigset_t set;
    int got = 0;
    stop_signals(&set);
    sigaddset(&set, SIGHUP);
    for (;;) {
        sigwait(&set, &got);
        if (got != SIGHUP || terminal)
            return;
        reload(so);
    }
}

/* /readyz says no while requests are still taken, for proxies that only ask now and then; a second signal ends it. */
static void drain(struct app *app, int seconds)
{
    sigset_t set;
    stop_signals(&set);
    atomic_store(&app->stopping, true);
    log_info("stopping");
    if (seconds <= 0)
        return;
    http_drain(app->http);
    sigtimedwait(&set, NULL, &(struct timespec){ .tv_sec = seconds });
}

static int start(struct app *app, const struct options *o)
{
    char socket_path[600];
    int err;
    /* For the command line, while this process is the only one that may write. */
    bool alone = !app->build[0];
    snprintf(socket_path, sizeof(socket_path), "%s/redoubt.sock", o->data);
    struct http_config config = {
        .address = o->address, .port = o->port, .threads = app->threads, .max_body = BODY_MAX, .max_import = IMPORT_MAX,
        .spool_prefix = "/api/v1/", .spool_dir = o->data, .unix_path = alone && strlen(socket_path) < 100 ? socket_path : NULL, /* the limit of socket addresses */
        .handler = handle, .refuse = refuse,
        .done = done, .app = app, .tls = app->serve->tls, .hsts_days = app->serve->hsts_days,
        .proxies = app->serve->proxies, .n_proxies = app->serve->n_proxies,
    };
    app->slow = slow_new();
    app->limiter = limiter_new();
    app->hub = hub_new(app);
    store_on_commit(app->store, (struct live_listener){ hub_tell, hub_wanted, app->hub });
    err = open_readers(app);
    if (!err)
        err = writer_start(app->store);
    if (!err)
        app->http = http_start(&config, &err);
    return err;
}

int app_serve(struct app *app, const struct options *o, const struct serve_options *so)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    app->serve = so;
    block_signals();
    app->threads = cores < 2 ? 2 : cores > APP_THREADS_MAX ? APP_THREADS_MAX : (int)cores;
    int err = start(app, o);
    if (err) {
        fprintf(stderr, err == -ERR_IN_USE ? "redoubt: 端口 %d 已被占用 · port %d is taken\n" : "redoubt: 无法启动 (端口 %d) · cannot start (port %d)\n",
                o->port, o->port);
    } else {
        greet(app, o);
        wait_for_stop(so);
        drain(app, so->drain_s);
        http_stop(app->http, STOP_MS);
    }
    slow_stop(app->slow);
    writer_stop(app->store);
    hub_stop(app->hub);
    app->hub = NULL;
    return err ? 2 : 0;
}
