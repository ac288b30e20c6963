/* The running program: the only layer that knows every module. */
#ifndef APP_APP_H
#define APP_APP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "core/call.h"
#include "core/registry.h"
#include "io/http/http.h"

#define APP_THREADS_MAX 16
#define SESSION_SLOTS 512

struct session_slot { struct digest token; struct actor actor; int64_t until_ms; };

/* What one serving thread owns: its read connection and the sessions it has lately seen. */
struct serving {
    struct reader *db;
    struct memo *memo;          /* small tables kept between requests */
    struct arena arena;         /* of the cached actors */
    int64_t reference_seq;      /* the cache is good for this state of the reference tables */
    struct session_slot slots[SESSION_SLOTS];
    size_t n;
};

struct app_metrics {
    _Atomic int64_t requests[6]; /* by status class; [0] client gone */
    _Atomic int64_t commands, batches_lines, held, us_total;
};

struct hub;
struct slow;
struct limiter;

struct options;

struct app {
    const struct options *remote; /* command line: a server holds the store, what writes goes to it */
    struct registry registry;
    struct store *store;
    struct http_server *http;
    struct serving serving[APP_THREADS_MAX + 2];
    int threads;
    int offset_min;
    struct hub *hub;
    struct slow *slow;
    struct limiter *limiter;
    struct app_metrics metrics;
    int64_t started_ms;
    const struct serve_options *serve;
    atomic_bool stopping;
    char build[32];             /* "redoubt-" and a digest of the program: like programs share a database */
};

/* ---- registry.c: every module, in one array ---- */
extern const struct module *const app_modules[];
extern const size_t app_modules_n;

/* ---- options common to all commands of the program ---- */
struct options {
    const char *data, *store_url;
    char folder[512];          /* of the store, when it is named by its path */
    int port;
    const char *address;
    bool empty;
    int argc;
    char **argv;               /* what is left */
};

/* ---- cli.c ---- */
const char *store_path(const char *store); /* the file that a store's address names; NULL: a database's address */

/* ---- serve_options.c: the options of `serve` alone ---- */
struct serve_options {
    bool quiet;                /* no line per request */
    const char *log;           /* file; NULL: standard error */
    struct http_tls *tls;      /* NULL: plain */
    struct http_net proxies[HTTP_NETS_MAX];
    size_t n_proxies;
    int drain_s, hsts_days;
};
/* Takes them out of `o`. 0, or 2 after a line on stderr, with nothing left open. Close with serve_options_close. */
int serve_options_read(struct options *o, struct serve_options *out);
void serve_options_close(struct serve_options *so);

/* ---- server.c ---- */
int app_serve(struct app *app, const struct options *o, const struct serve_options *so);
/* Fills a context for this thread and request: clock, reader, registry. */
void app_ctx(struct app *app, struct http_request *rq, struct ctx *ctx, struct problems *ps);
/* Opens the store of the options. One clear line and exit code 2 on stderr when it fails. */
int app_open(struct app *app, const struct options *o, bool write);
void app_close(struct app *app);

/* ---- answers ---- */
void reply_json(struct http_request *rq, int status, struct str body);
void reply_error(struct http_request *rq, int err);
void reply_problems(struct http_request *rq, const struct problems *ps);
void reply_with(struct http_request *rq, int status, const char *content_type, struct str body);
/* With one more header, e.g. Set-Cookie. */
void reply_header(struct http_request *rq, int status, struct str body, const char *name, struct str value);
#define SECURITY_HEADERS_MAX 8
size_t security_headers(struct http_header *h, bool api);

/* ---- api.c and its parts ---- */
void api_handle(struct app *app, struct http_request *rq);
int api_authenticate(struct app *app, struct http_request *rq, struct ctx *ctx);
void api_command(struct app *app, struct http_request *rq, struct ctx *ctx, const struct command *k, struct id target);
void api_batch(struct app *app, struct http_request *rq, struct ctx *ctx);
void api_list(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e);
void api_search(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e);
void api_get(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e, struct id id);
void api_history(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e, struct id id);
void api_export(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e);
void api_template(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e);
void api_import(struct app *app, struct http_request *rq, struct ctx *ctx, const struct entity *e);
void api_events(struct app *app, struct http_request *rq, struct ctx *ctx);
void api_codes(struct http_request *rq);
/* Reads filters, sort, page from a query string. 0, or negative with problems. */
int list_query_parse(struct ctx *ctx, const struct entity *e, struct str query, struct list_query *q);
const char *right_of(struct ctx *ctx, const struct entity *e, const char *verb);

/* ---- hub.c: live updates ---- */
struct hub *hub_new(struct app *app);
void hub_tell(void *hub, const struct live_change *changes, size_t n); /* in a writer's thread, after a commit */
bool hub_wanted(void *hub); /* does any stream listen? */
void hub_stop(struct hub *h);
size_t hub_streams(const struct hub *h);

/* ---- slow.c: work that takes longer than a request may hold a serving thread ---- */
struct slow *slow_new(void);
int slow_put(struct slow *s, void (*work)(void *arg), void *arg); /* 0, or -ERR_BUSY */
void slow_stop(struct slow *s);

/* ---- limiter.c: requests a minute from one address, for what needs no sign-in ---- */
struct limiter *limiter_new(void);
bool limiter_allow(struct limiter *l, struct str client, const char *what, int per_minute, struct instant now);
void limiter_free(struct limiter *l);

/* ---- static.c, metrics.c, openapi.c, describe.c ---- */
void static_handle(struct http_request *rq);
void metrics_write(struct app *app, struct buf *out);
void openapi_write(const struct registry *r, struct buf *out);
void typescript_write(const struct registry *r, struct buf *out);
void dictionary_write(const struct registry *r, struct buf *out);

/* Every row of an entity as CSV, masked, page by page. 0 or negative. */
int export_table(struct app *app, const struct entity *e, FILE *to);

/* ---- import.c ---- */
struct import_report {
    int64_t rows, created, changed, unchanged, bad, held;
    struct problems problems;  /* the first 1,000 */
};
struct import {
    struct app *app;
    const struct entity *entity;
    struct ctx *ctx;           /* actor, device */
    bool dry_run;
    void (*progress)(void *arg, const struct import_report *r);
    void *progress_arg;
};
struct csv_source;
/* Reads a table row by row and runs a command for each; memory does not grow with the table. */
int import_table(const struct import *im, const struct csv_source *source, struct import_report *report);
/* The rest of a file, at most 64 MiB. 0 or -1. */
int import_read_all(int fd, struct arena *a, struct str *out);
int import_boundaries(const struct import *im, struct str geojson, struct str source, struct import_report *report);

/* ---- cli.c ---- */
int cli_main(int argc, char **argv);

#endif
