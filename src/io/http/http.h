/* HTTP server behind a facade: nothing above io/http knows the library (libmicrohttpd).
 *
 * A handler gets a request whose body is complete and must do exactly one of:
 *   http_reply      answer now, or later from any thread (the connection sleeps meanwhile),
 *   http_stream     keep it open and push (server-sent events),
 *   http_pull       let the server fetch the body piece by piece (exports).
 * A handler that returns without any of them has taken over the request and answers later.
 * The request and its arena live until the answer has been sent (or the client has gone). */
#ifndef IO_HTTP_HTTP_H
#define IO_HTTP_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum http_method { HTTP_GET, HTTP_POST, HTTP_PATCH, HTTP_PUT, HTTP_DELETE, HTTP_HEAD, HTTP_OPTIONS, HTTP_OTHER };

struct http_request {
    enum http_method method;
    struct str path;           /* percent-decoded once, valid UTF-8, begins with '/' */
    struct str query;          /* raw, after '?'; see http_query_next */
    struct str body;           /* complete; absent for none */
    int body_fd;               /* >= 0 when the body was spooled to an unlinked file (large imports); else -1 */
    struct str authorization, cookie, content_type, accept, accept_encoding, accept_language, if_none_match, origin, host,
        idempotency_key, device;  /* device: the header X-Redoubt-Device */
    struct str client;         /* numeric address */
    int thread;                /* 0-based index of the serving thread; of the local socket's: http_config.threads */
    bool local;                /* came through the local socket */
    struct arena *arena;
    int64_t started_us;        /* clock_mono_us at the first byte of the request */
    void *user;                /* the application's, for this request */
};

struct http_header { const char *name; struct str value; }; /* one without a value is left out */

struct http_config {
    const char *address;       /* "127.0.0.1" */
    int port;                  /* 0: any free port, see http_port */
    const char *unix_path;     /* also listen on this socket, for the account that runs the server only; NULL: no */
    int threads;
    size_t max_body;           /* bytes; larger gives `too_large` */
    size_t max_import;         /* bytes for POST to paths that begin with spool_prefix and end with ".csv"; spooled to a
                                  file in spool_dir */
    const char *spool_prefix;  /* may be NULL */
    const char *spool_dir;
    void (*handler)(void *app, struct http_request *rq);
    /* Called for what the facade itself refuses (bad framing, body too large, bad UTF-8 in the path). Must reply. */
    void (*refuse)(void *app, struct http_request *rq, int err);
    /* Called once when a request has ended, answered or not; for the log line. status 0: client gone. */
    void (*done)(void *app, struct http_request *rq, int status);
    void *app;
};

struct http_server;
/* NULL with *err set: -ERR_IN_USE (port or socket taken) or -ERR_INTERNAL. */
struct http_server *http_start(const struct http_config *config, int *err);
int http_port(const struct http_server *s);
/* Stops accepting, waits up to `ms` for open requests to be answered, ends streams, frees. */
void http_stop(struct http_server *s, int ms);

/* The headers and the body are copied; static bodies can be passed with http_reply_static (not copied). */
void http_reply(struct http_request *rq, int status, const struct http_header *headers, size_t n, struct str body);
void http_reply_static(struct http_request *rq, int status, const struct http_header *headers, size_t n, struct str body);

/* Push: the returned stream accepts http_stream_send from any thread until `closed` was called (once, on the serving
 * thread, never from within http_stream_send). A stream whose client does not read holds at most 256 KiB, then it is
 * closed. NULL, after `closed`, when the server has given the request up. Call it in the handler: elsewhere `closed`
 * may come before it returns. */
struct http_stream;
struct http_stream *http_stream(struct http_request *rq, const struct http_header *headers, size_t n,
                                void (*closed)(void *arg), void *arg);
int http_stream_send(struct http_stream *s, struct str bytes); /* 0, or -1 when it is closed */
void http_stream_end(struct http_stream *s);

/* Pull: `fill` appends the next piece (any size, about 64 KiB is good) and returns 1 for more, 0 at the end,
 * negative to break off. Called on the serving thread. `release` is called once at the end in every case. */
void http_pull(struct http_request *rq, const struct http_header *headers, size_t n,
               int (*fill)(void *arg, struct buf *out), void (*release)(void *arg), void *arg);

/* Walks a raw query string: percent- and plus-decoded pairs, in the arena. 1 pair, 0 end, -1 malformed
 * (bad percent sign, invalid UTF-8, NUL). */
int http_query_next(struct str *rest, struct arena *a, struct str *name, struct str *value);
/* A cookie's value; absent when it is not there. */
struct str http_cookie(struct str cookie_header, const char *name);

/* Client side of one simple request on the local socket, for the command line (a running server takes its writes).
 * content_type NULL: JSON. Returns the status, or -1; the body is in the arena. */
int http_call_unix(const char *socket_path, const char *method, const char *path, const char *content_type, struct str bearer,
                   struct str body, struct arena *a, struct str *answer);

#endif
