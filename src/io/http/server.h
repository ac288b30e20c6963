/* Inside the facade only: what server.c, request.c and reply.c share. */
#ifndef IO_HTTP_SERVER_H
#define IO_HTTP_SERVER_H

#include <gnutls/abstract.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "io/http/http.h"

#define CONNECTION_BYTES 32768 /* headers and write buffer of one connection */

/* The older headers of the library call its results int. */
#define MHD_YES_OR_NO enum MHD_Result

/* One request. Belongs to the thread that serves its connection; what another thread may touch (response, status,
 * owed, sleeping) is guarded by the server's lock, except while the handler runs on the serving thread.
 *
 * Life: begun when the request line was read; `holds` counts the request itself and a stream or pull that answers it;
 * at 0 it goes to the thread's free list. A request that the server gives up while an answer is owed (only at the
 * end of the server) becomes an orphan, which the late answer frees. */
struct conn {
    struct http_request rq; /* first: a request is a conn */
    struct http_server *server;
    struct MHD_Connection *mhd;
    struct arena arena;
    struct str uri;         /* as sent, with the query */
    struct buf body;        /* heap, kept from request to request while small */
    size_t seen, limit;     /* bytes of body that came, that may come */
    int refusal;            /* enum err, negative: what is wrong with the request; 0 nothing */
    struct MHD_Response *response;
    int status;
    int holds;
    bool begun;             /* headers were looked at */
    bool called;            /* the handler was called */
    atomic_bool owed;       /* an answer is still to come; clearing it is the answering thread's last touch */
    bool queued;            /* the answer was handed to the library */
    bool sleeping;          /* suspended, in the server's list */
    bool orphan;
    bool counted;           /* among server->open */
    bool must_close;
    struct conn *next, *prev;
};

/* What the library calls us with: which of the two listeners a connection came through. */
struct listener {
    struct http_server *server;
    bool local;
    int fd; /* once it is quieted and ours again; -1 before */
};

struct http_server {
    struct http_config config;
    struct listener tcp, local;
    struct MHD_Daemon *daemon, *local_daemon;
    int port;
    atomic_int next_thread, open; /* open: requests not yet ended, streams left out */
    atomic_int fresh;             /* connections that have not yet sent a request */
    atomic_bool draining;         /* answers close their connection */
    _Atomic int64_t last_begun_us; /* while draining: when the last request began */
    char hsts[48];                /* the header's value; empty: none */
    struct conn **free;           /* per serving thread, threads + 1 */
    pthread_mutex_t lock;
    bool stopping, stopped;
    struct conn *sleeping;        /* suspended requests that wait for an answer */
    struct http_stream *streams;
    int orphans;
};

/* The request whose handler runs on this thread, if any: an answer given now needs no lock and no waking. */
struct serving {
    struct http_server *server;
    int index;
    struct conn *current;
};
struct serving *http_serving(void);

/* server.c */
void connection_served(struct http_server *s, struct MHD_Connection *mhd); /* a request begins on it */
void conn_release(struct conn *c);
void server_release(struct http_server *s); /* frees a stopped server without orphans; the lock is held and given up */

/* request.c: the library's callbacks. */
void *request_begin(void *cls, const char *uri, struct MHD_Connection *mhd);
MHD_YES_OR_NO request_handle(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
                             const char *version, const char *data, size_t *size, void **context);
void request_end(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode how);

/* tls.c: the library asks it for the certificate of each handshake. */
int tls_give(gnutls_session_t session, const struct gnutls_cert_retr_st *info, gnutls_pcert_st **certs, unsigned *n_certs,
             gnutls_ocsp_data_st **ocsp, unsigned *n_ocsp, gnutls_privkey_t *key, unsigned *flags);
#define TLS_PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:%SERVER_PRECEDENCE" /* -RSA: only with forward secrecy */

/* reply.c */
void streams_end(struct http_server *s); /* the lock is held */

#endif
