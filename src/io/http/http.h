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
    struct str client;         /* numeric address; behind a named proxy the one that it names */
    bool secure;               /* came over TLS, to us or to a named proxy */
    bool forwarded;            /* through some proxy, named or not: carries X-Forwarded-For */
    int thread;                /* 0-based index of the serving thread; of the local socket's: http_config.threads */
    bool local;                /* came through the local socket */
    struct arena *arena;
    int64_t started_us;        /* clock_mono_us at the first byte of the request */
    void *user;                /* the application's, for this request */
};

struct http_header { const char *name; struct str value; }; /* one without a value is left out */

struct http_tls;               /* a certificate and its key, see below */
struct http_address { unsigned char b[16]; }; /* IPv6; IPv4 as ::ffff:a.b.c.d */
struct http_net { struct http_address address; int bits; }; /* bits of the 128 */

struct http_config {
    const char *address;       /* "127.0.0.1" */
    int port;                  /* 0: any free port, see http_port */
    const char *unix_path;     /* also listen on this socket, for the account that runs the server only; NULL: no */
    struct http_tls *tls;      /* NULL: plain. The local socket is always plain */
    int hsts_days;             /* > 0: answers over TLS tell browsers to ask for nothing else so long */
    const struct http_net *proxies; /* whose X-Forwarded-For, -Proto and -Host are believed */
    size_t n_proxies;
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
/* From now on every answer closes its connection, and streams end; new connections are still taken. */
void http_drain(struct http_server *s);
/* Drains, leaves new connections unanswered, waits up to `ms` until everything is answered that came over a connection
 * which had been made before, frees. */
void http_stop(struct http_server *s, int ms);

/* ---- tls.c: one certificate for the program; TLS 1.2 and 1.3.
 * Both are PEM files, the certificate with its chain, the key without a passphrase. NULL with one line in *why. */
#define HTTP_WHY 512
struct http_tls *http_tls_open(const char *cert_file, const char *key_file, char why[HTTP_WHY]);
/* Reads the files again: new handshakes get the new pair, what is open stays. What cannot be used changes nothing.
 * 0, or -1 with one line in *why. */
int http_tls_reload(struct http_tls *t, char why[HTTP_WHY]);
int64_t http_tls_expires_ms(struct http_tls *t); /* end of the certificate's validity, Unix ms */
void http_tls_close(struct http_tls *t);         /* after http_stop */

/* ---- forward.c: proxies */
#define HTTP_NETS_MAX 32
/* "10.0.0.5,192.168.1.0/24,2001:db8::/64". The number of nets, or -1 with the part that is none in *wrong. */
int http_nets_parse(struct str list, struct http_net out[HTTP_NETS_MAX], struct str *wrong);
bool http_nets_have(const struct http_net *nets, size_t n, const struct http_address *a);
void http_address_v4(const void *four_bytes, struct http_address *out);
int http_address_parse(struct str s, struct http_address *out); /* with or without a port. 0 or -1 */
struct str http_address_text(const struct http_address *a, struct arena *arena);
/* The net of an address, for logs and limits: ("192.0.2.7", 24, 48) gives "192.0.2.0/24". Not an address: as it is. */
struct str http_address_net(struct str address, int v4_bits, int v6_bits, struct arena *arena);
/* The right-most address of X-Forwarded-For that is not a named proxy's, beginning with the peer's own: whatever stands
 * left of it may be invented. All lines of the header joined by commas. */
struct http_address http_forwarded_for(struct str header, const struct http_net *nets, size_t n, struct http_address peer);
struct str http_forwarded_last(struct str header); /* of a list, what the nearest proxy said; trimmed */
bool http_host_valid(struct str host);

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
