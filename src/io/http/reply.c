/* Answers: at once, later, pushed, pulled. */
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "io/http/server.h"

#define STREAM_BYTES ((size_t)262144) /* unsent bytes a stream may hold */
#define PULL_BYTES 65536

/* ---- giving an answer */

static struct conn *conn_of(struct http_request *rq)
{
    return (struct conn *)rq;
}

static void add_headers(struct MHD_Response *r, const struct http_header *headers, size_t n)
{
    char small[512];
    for (size_t i = 0; i < n; i++) {
        struct str v = headers[i].value;
        if (!v.n)
            continue; /* the library refuses empty values */
        char *copy = v.n < sizeof small ? small : mem_alloc(v.n + 1);
        if (v.n)
            memcpy(copy, v.p, v.n);
        copy[v.n] = 0;
        if (MHD_add_response_header(r, headers[i].name, copy) != MHD_YES)
            log_warn("header %s was not taken", headers[i].name);
        if (copy != small)
            mem_free(copy);
    }
}

/* The answer of a request whose connection is gone: both end here. */
static void answer_orphan(struct conn *c, struct MHD_Response *r)
{
    struct http_server *s = c->server;
    MHD_destroy_response(r);
    conn_release(c);
    pthread_mutex_lock(&s->lock);
    s->orphans--;
    server_release(s);
}

static void leave_sleeping(struct conn *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        c->server->sleeping = c->next;
    if (c->next)
        c->next->prev = c->prev;
    c->sleeping = false;
}

static void set_answer(struct conn *c, int status, struct MHD_Response *r)
{
    c->response = r;
    c->status = status;
    atomic_store_explicit(&c->owed, false, memory_order_release);
}

/* Takes over the response. false: nobody waits for it any more. */
static bool finish(struct conn *c, int status, struct MHD_Response *r)
{
    if (http_serving()->current == c) { /* in the handler: deliver() looks when it returns */
        set_answer(c, status, r);
        return true;
    }
    struct http_server *s = c->server;
    pthread_mutex_lock(&s->lock);
    if (c->orphan) {
        pthread_mutex_unlock(&s->lock);
        answer_orphan(c, r);
        return false;
    }
    struct MHD_Connection *asleep = c->sleeping ? c->mhd : NULL;
    if (asleep)
        leave_sleeping(c);
    set_answer(c, status, r); /* from here on the serving thread may end the request */
    if (asleep)               /* under the lock: http_stop finds a connection asleep or woken, never between */
        MHD_resume_connection(asleep);
    pthread_mutex_unlock(&s->lock);
    return true;
}

static void reply(struct http_request *rq, int status, const struct http_header *headers, size_t n, struct str body,
                  enum MHD_ResponseMemoryMode mode)
{
    /* The library does not write through the pointer in either mode. */
    struct MHD_Response *r = MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p, mode);
    if (!r) {
        log_error("no memory for an answer of %zu bytes", body.n);
        r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
        status = err_info(ERR_INTERNAL)->http;
    }
    add_headers(r, headers, n);
    finish(conn_of(rq), status, r);
}

void http_reply(struct http_request *rq, int status, const struct http_header *headers, size_t n, struct str body)
{
    reply(rq, status, headers, n, body, body.n ? MHD_RESPMEM_MUST_COPY : MHD_RESPMEM_PERSISTENT);
}

void http_reply_static(struct http_request *rq, int status, const struct http_header *headers, size_t n, struct str body)
{
    reply(rq, status, headers, n, body, MHD_RESPMEM_PERSISTENT);
}

/* A response whose length is not known, read through a callback. */
static struct MHD_Response *open_response(struct conn *c, const struct http_header *headers, size_t n, size_t block,
                                          MHD_ContentReaderCallback read, void *arg, MHD_ContentReaderFreeCallback release)
{
    struct MHD_Response *r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, block, read, arg, release);
    /* The library would end even the answer to HEAD with a last chunk, which the client takes for the next answer. */
    if (c->rq.method == HTTP_HEAD)
        MHD_set_response_options(r, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    add_headers(r, headers, n);
    return r;
}

/* ---- push */

struct http_stream {
    pthread_mutex_t lock;    /* order: server's lock first */
    struct conn *conn;
    struct buf queue;        /* unsent bytes from `sent` on */
    size_t sent;
    bool ended, broken;      /* broken: the client does not read; its connection is cut */
    bool sleeping;           /* suspended since the queue is empty */
    void (*closed)(void *arg);
    void *arg;
    struct http_stream *next, *prev;
};

static ssize_t stream_read(void *cls, uint64_t pos, char *out, size_t max)
{
    (void)pos;
    struct http_stream *s = cls;
    ssize_t result;
    pthread_mutex_lock(&s->lock);
    size_t n = s->queue.n - s->sent;
    if (s->broken) {
        result = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (n) {
        n = n < max ? n : max;
        memcpy(out, s->queue.p + s->sent, n);
        s->sent += n;
        if (s->sent == s->queue.n) {
            buf_clear(&s->queue);
            s->sent = 0;
        }
        result = (ssize_t)n;
    } else if (s->ended) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        MHD_suspend_connection(s->conn->mhd);
        s->sleeping = true;
        result = 0;
    }
    pthread_mutex_unlock(&s->lock);
    return result;
}

/* The library lets go of the response: the connection has ended. */
static void stream_free(void *cls)
{
    struct http_stream *s = cls;
    struct http_server *server = s->conn->server;
    pthread_mutex_lock(&server->lock);
    if (s->prev)
        s->prev->next = s->next;
    else
        server->streams = s->next;
    if (s->next)
        s->next->prev = s->prev;
    pthread_mutex_unlock(&server->lock);
    if (s->closed)
        s->closed(s->arg);
    /* Senders that came before `closed` took effect are out of the lock once we get it. */
    pthread_mutex_lock(&s->lock);
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_destroy(&s->lock);
    buf_free(&s->queue);
    conn_release(s->conn);
    mem_free(s);
}

static void stream_wake(struct http_stream *s)
{
    if (!s->sleeping)
        return;
    s->sleeping = false;
    MHD_resume_connection(s->conn->mhd);
}

static void stream_link(struct http_stream *s)
{
    struct http_server *server = s->conn->server;
    pthread_mutex_lock(&server->lock);
    s->ended = server->stopping || atomic_load(&server->draining);
    s->next = server->streams;
    if (s->next)
        s->next->prev = s;
    server->streams = s;
    if (s->conn->counted) /* a stream ends with the server, so nobody waits for it */
        atomic_fetch_sub(&server->open, 1);
    s->conn->counted = false;
    pthread_mutex_unlock(&server->lock);
}

struct http_stream *http_stream(struct http_request *rq, const struct http_header *headers, size_t n,
                                void (*closed)(void *arg), void *arg)
{
    struct conn *c = conn_of(rq);
    struct http_stream *s = mem_zalloc(sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    buf_init(&s->queue, NULL);
    s->conn = c;
    s->closed = closed;
    s->arg = arg;
    c->holds++;
    c->must_close = true;
    stream_link(s);
    struct MHD_Response *r = open_response(c, headers, n, 4096, stream_read, s, stream_free);
    return finish(c, 200, r) ? s : NULL;
}

int http_stream_send(struct http_stream *s, struct str bytes)
{
    if (!s)
        return -1;
    pthread_mutex_lock(&s->lock);
    bool open = !s->ended;
    if (open && s->queue.n - s->sent + bytes.n > STREAM_BYTES) {
        s->ended = s->broken = true;
        open = false;
        stream_wake(s);
    } else if (open && bytes.n) {
        if (s->sent && s->sent >= s->queue.n / 2) { /* moves no more than was sent: the cost stays linear */
            memmove(s->queue.p, s->queue.p + s->sent, s->queue.n - s->sent);
            s->queue.n -= s->sent;
            s->sent = 0;
        }
        buf_str(&s->queue, bytes);
        stream_wake(s);
    }
    pthread_mutex_unlock(&s->lock);
    return open ? 0 : -1;
}

void http_stream_end(struct http_stream *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->ended = true;
    stream_wake(s);
    pthread_mutex_unlock(&s->lock);
}

void streams_end(struct http_server *server)
{
    for (struct http_stream *s = server->streams; s; s = s->next)
        http_stream_end(s);
}

/* ---- pull */

struct pull {
    struct conn *conn;
    int (*fill)(void *arg, struct buf *out);
    void (*release)(void *arg);
    void *arg;
    struct buf piece; /* unsent bytes from `sent` on */
    size_t sent;
    int more;         /* what fill said last */
};

static ssize_t pull_read(void *cls, uint64_t pos, char *out, size_t max)
{
    (void)pos;
    struct pull *p = cls;
    while (p->sent == p->piece.n && p->more > 0) {
        buf_clear(&p->piece);
        p->sent = 0;
        p->more = p->fill(p->arg, &p->piece);
    }
    if (p->more < 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t n = p->piece.n - p->sent;
    if (!n)
        return MHD_CONTENT_READER_END_OF_STREAM;
    n = n < max ? n : max;
    memcpy(out, p->piece.p + p->sent, n);
    p->sent += n;
    return (ssize_t)n;
}

static void pull_free(void *cls)
{
    struct pull *p = cls;
    if (p->release)
        p->release(p->arg);
    buf_free(&p->piece);
    conn_release(p->conn);
    mem_free(p);
}

void http_pull(struct http_request *rq, const struct http_header *headers, size_t n,
               int (*fill)(void *arg, struct buf *out), void (*release)(void *arg), void *arg)
{
    struct pull *p = mem_zalloc(sizeof *p);
    p->conn = conn_of(rq);
    p->conn->holds++;
    p->fill = fill;
    p->release = release;
    p->arg = arg;
    p->more = 1;
    buf_init(&p->piece, NULL);
    finish(p->conn, 200, open_response(p->conn, headers, n, PULL_BYTES, pull_read, p, pull_free));
}
