/* From bytes to a request: framing checks, path and headers, the body, and the hand-over to the application. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/time.h"
#include "base/utf8.h"
#include "io/http/server.h"

#define ARENA_BYTES 8192

/* ---- beginning */

static struct conn *take_conn(struct http_server *s, int thread)
{
    struct conn *c = s->free[thread];
    if (c) {
        s->free[thread] = c->next;
        struct arena arena = c->arena;
        struct buf body = c->body;
        memset(c, 0, sizeof *c);
        c->arena = arena;
        c->body = body;
        buf_clear(&c->body);
    } else {
        c = mem_zalloc(sizeof *c);
        arena_init(&c->arena, ARENA_BYTES);
        buf_init(&c->body, NULL);
    }
    c->server = s;
    c->holds = 1;
    c->rq.thread = thread;
    c->rq.body_fd = -1;
    c->rq.arena = &c->arena;
    return c;
}

static int thread_index(struct listener *l)
{
    if (l->local)
        return l->server->config.threads;
    struct serving *me = http_serving();
    if (me->server != l->server)
        *me = (struct serving){
            .server = l->server,
            .index = atomic_fetch_add(&l->server->next_thread, 1) % l->server->config.threads,
        };
    return me->index;
}

void *request_begin(void *cls, const char *uri, struct MHD_Connection *mhd)
{
    struct listener *l = cls;
    struct conn *c = take_conn(l->server, thread_index(l));
    c->mhd = mhd;
    c->rq.local = l->local;
    c->rq.started_us = clock_mono_us();
    c->uri = str_dup(&c->arena, str_of(uri));
    c->counted = true;
    atomic_fetch_add(&l->server->open, 1);
    connection_served(l->server, mhd);
    if (atomic_load_explicit(&l->server->draining, memory_order_relaxed))
        atomic_store(&l->server->last_begun_us, c->rq.started_us);
    return c;
}

/* ---- path */

static int hex_digit(char ch)
{
    if (ch >= '0' && ch <= '9')
        return ch - '0';
    ch = (char)(ch | 0x20);
    return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* Decodes %XX once. The result is valid UTF-8 without control characters, or the request is refused. */
static int decode_path(struct arena *a, struct str raw, struct str *out)
{
    char *p = arena_alloc(a, raw.n);
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char ch = raw.p[i];
        if (ch == '%') {
            int high = i + 2 < raw.n ? hex_digit(raw.p[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(raw.p[i + 2]) : -1;
            if (low < 0)
                return -ERR_BAD_REQUEST;
            ch = (char)(high << 4 | low);
            i += 2;
        }
        if ((unsigned char)ch < ' ') /* %00 and line ends among them */
            return -ERR_BAD_REQUEST;
        p[n++] = ch;
    }
    *out = (struct str){ p, n };
    if (!utf8_valid(*out))
        return -ERR_BAD_UTF8;
    return n && p[0] == '/' && !utf8_has_control(*out) ? 0 : -ERR_BAD_REQUEST;
}

static void split_uri(struct conn *c)
{
    struct str query = c->uri;
    struct str raw = str_cut(&query, '?');
    c->rq.query = query;
    int err = decode_path(&c->arena, raw, &c->rq.path);
    if (err) {
        c->rq.path = S("/");
        c->refusal = err;
    }
}

static enum http_method method_of(const char *m)
{
    static const char *const names[] = { "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS" };
    for (int i = 0; i < HTTP_OTHER; i++)
        if (strcmp(m, names[i]) == 0)
            return (enum http_method)i;
    return HTTP_OTHER;
}

/* ---- headers */

struct headers {
    struct conn *conn;
    int lengths, encodings, hosts, authorizations, keys;
    struct str content_length, transfer_encoding;
    struct http_address peer;
    bool trusted; /* the peer is a named proxy: */
    struct buf forwarded_for; /* all lines, joined */
    struct str forwarded_proto, forwarded_host;
};

/* Where a header's value goes, and its counter where a second one would make the request mean two things. */
struct slot {
    struct str *value;
    int *count;
};

static bool is(const char *name, size_t n, struct str want)
{
    return n == want.n && strncasecmp(name, want.p, n) == 0;
}

static struct slot find_header(struct headers *h, const char *name, size_t n)
{
    struct http_request *rq = &h->conn->rq;
    switch (n) {
    case 4:
        if (is(name, n, S("host")))
            return (struct slot){ &rq->host, &h->hosts };
        break;
    case 6:
        if (is(name, n, S("cookie")))
            return (struct slot){ &rq->cookie, NULL };
        if (is(name, n, S("accept")))
            return (struct slot){ &rq->accept, NULL };
        if (is(name, n, S("origin")))
            return (struct slot){ &rq->origin, NULL };
        break;
    case 12:
        return is(name, n, S("content-type")) ? (struct slot){ &rq->content_type, NULL } : (struct slot){ 0 };
    case 13:
        if (is(name, n, S("authorization")))
            return (struct slot){ &rq->authorization, &h->authorizations };
        if (is(name, n, S("if-none-match")))
            return (struct slot){ &rq->if_none_match, NULL };
        break;
    case 14:
        return is(name, n, S("content-length")) ? (struct slot){ &h->content_length, &h->lengths } : (struct slot){ 0 };
    case 15:
        if (is(name, n, S("accept-encoding")))
            return (struct slot){ &rq->accept_encoding, NULL };
        if (is(name, n, S("accept-language")))
            return (struct slot){ &rq->accept_language, NULL };
        if (is(name, n, S("idempotency-key")))
            return (struct slot){ &rq->idempotency_key, &h->keys };
        break;
    case 16:
        return is(name, n, S("x-redoubt-device")) ? (struct slot){ &rq->device, NULL } : (struct slot){ 0 };
    case 17:
        if (is(name, n, S("transfer-encoding")))
            return (struct slot){ &h->transfer_encoding, &h->encodings };
        break;
    default:
        break;
    }
    return (struct slot){ 0 };
}

/* A name with blanks or controls ("Content-Length : 5") is read differently by different programs on the way. */
static bool is_token(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)p[i] <= ' ' || (unsigned char)p[i] >= 0x7F)
            return false;
    return n > 0;
}

/* X-Forwarded-…: from others than named proxies not even looked at. */
static bool take_forwarded(struct headers *h, const char *name, size_t n, struct str value)
{
    struct arena *a = &h->conn->arena;
    bool from = is(name, n, S("x-forwarded-for")), proto = is(name, n, S("x-forwarded-proto")), host = is(name, n, S("x-forwarded-host"));
    h->conn->rq.forwarded |= from;
    if (!h->trusted)
        return from || proto || host;
    if (from) {
        if (h->forwarded_for.n)
            buf_char(&h->forwarded_for, ',');
        buf_str(&h->forwarded_for, value);
    } else if (proto) {
        h->forwarded_proto = str_dup(a, http_forwarded_last(value));
    } else if (host) {
        h->forwarded_host = str_dup(a, http_forwarded_last(value));
    }
    return from || proto || host;
}

static MHD_YES_OR_NO take_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                 const char *value, size_t value_size)
{
    (void)kind;
    struct headers *h = cls;
    struct conn *c = h->conn;
    if (!is_token(name, name_size)) {
        c->refusal = -ERR_BAD_REQUEST;
        return MHD_YES;
    }
    struct str v = { value ? value : "", value ? value_size : 0 };
    if (name_size > 12 && (name[0] | 0x20) == 'x' && take_forwarded(h, name, name_size, v))
        return MHD_YES;
    struct slot slot = find_header(h, name, name_size);
    if (!slot.value)
        return MHD_YES;
    if (!utf8_valid(v) || utf8_has_control(v))
        c->refusal = -ERR_BAD_REQUEST;
    if (slot.count)
        ++*slot.count;
    if (!slot.value->p)
        *slot.value = str_dup(&c->arena, v); /* an answer may be owed longer than the library keeps it */
    return MHD_YES;
}

static bool same_word(struct str s, const char *word)
{
    return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

/* The library takes the first of two lengths and prefers chunks to a length: where a proxy in front decides
 * otherwise, one request becomes two (RFC 9112, 11.2). Whatever can be read in two ways is refused. */
static void check_framing(struct headers *h)
{
    bool chunked = h->transfer_encoding.p != NULL;
    if (h->lengths > 1 || h->encodings > 1 || h->hosts > 1 || h->authorizations > 1 || h->keys > 1
        || (h->lengths && h->encodings) || (chunked && !same_word(h->transfer_encoding, "chunked")))
        h->conn->refusal = -ERR_BAD_REQUEST;
}

static bool is_spooled(const struct conn *c)
{
    const char *prefix = c->server->config.spool_prefix;
    return prefix && c->rq.method == HTTP_POST && str_starts(c->rq.path, str_of(prefix))
           && str_ends(c->rq.path, S(".csv"));
}

/* A file without a name: it is gone with its descriptor, also when the process dies. */
static int open_spool(const char *dir)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return fd;
    struct buf name; /* a file system without O_TMPFILE */
    buf_init(&name, NULL);
    buf_printf(&name, "%s/import-XXXXXX", dir);
    buf_char(&name, 0);
    fd = mkostemp(name.p, O_CLOEXEC);
    if (fd >= 0)
        unlink(name.p);
    buf_free(&name);
    return fd;
}

static void prepare_body(struct conn *c, struct headers *h)
{
    const struct http_config *config = &c->server->config;
    bool spooled = is_spooled(c);
    int64_t length = -1;
    c->limit = spooled ? config->max_import : config->max_body;
    if (h->content_length.p && str_to_i64(h->content_length, &length))
        length = -1;
    if (length > 0 && (uint64_t)length > c->limit) {
        c->refusal = -ERR_TOO_LARGE;
        return;
    }
    if (spooled) {
        c->rq.body_fd = open_spool(config->spool_dir ? config->spool_dir : "/tmp");
        if (c->rq.body_fd < 0) {
            log_error("cannot spool an import: %s", strerror(errno));
            c->refusal = errno == ENOSPC ? -ERR_STORE_FULL : -ERR_INTERNAL;
        }
    }
}

/* The peer of the connection; false for the local socket. */
static bool peer_of(struct conn *c, struct http_address *out)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = info ? info->client_addr : NULL;
    if (!a || a->sa_family != AF_INET) /* listen_tcp makes no other */
        return false;
    http_address_v4(&((const struct sockaddr_in *)(const void *)a)->sin_addr, out);
    return true;
}

/* Before the headers are read: whether the peer's word about others is taken. */
static void meet_peer(struct headers *h)
{
    struct conn *c = h->conn;
    const struct http_config *config = &c->server->config;
    bool known = peer_of(c, &h->peer);
    h->trusted = known && http_nets_have(config->proxies, config->n_proxies, &h->peer);
    c->rq.secure = !c->rq.local && config->tls;
    c->rq.client = known ? http_address_text(&h->peer, &c->arena) : S("local");
    buf_init(&h->forwarded_for, &c->arena);
}

static void believe_proxy(struct headers *h)
{
    struct http_request *rq = &h->conn->rq;
    const struct http_config *config = &h->conn->server->config;
    if (!h->trusted)
        return;
    struct http_address client = http_forwarded_for(buf_view(&h->forwarded_for), config->proxies, config->n_proxies, h->peer);
    rq->client = http_address_text(&client, rq->arena);
    if (h->forwarded_proto.p)
        rq->secure = same_word(h->forwarded_proto, "https");
    if (http_host_valid(h->forwarded_host))
        rq->host = h->forwarded_host;
}

/* A NUL in the request line ends the text that the library hands us, while a proxy in front saw what followed. The
 * version stands one place behind the target in the library's buffer, so a gap between them is such a NUL. A pointer
 * that is not from that buffer says nothing. */
static bool hides_something(const struct conn *c, const char *url, const char *version)
{
    uintptr_t expected = (uintptr_t)url + c->uri.n + 1, found = (uintptr_t)version;
    return found > expected && found - expected < CONNECTION_BYTES;
}

static void read_head(struct conn *c, const char *url, const char *method, const char *version)
{
    struct headers h = { .conn = c };
    c->begun = true;
    c->rq.method = method_of(method);
    split_uri(c);
    if (hides_something(c, url, version))
        c->refusal = -ERR_BAD_REQUEST;
    meet_peer(&h);
    MHD_get_connection_values_n(c->mhd, MHD_HEADER_KIND, take_header, &h);
    believe_proxy(&h);
    check_framing(&h);
    if (!c->refusal)
        prepare_body(c, &h);
}

/* ---- body */

static void spool(struct conn *c, const char *p, size_t n)
{
    while (n) {
        ssize_t done = write(c->rq.body_fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            log_error("cannot spool an import: %s", strerror(errno));
            c->refusal = errno == ENOSPC || errno == EDQUOT ? -ERR_STORE_FULL : -ERR_INTERNAL;
            return;
        }
        p += done;
        n -= (size_t)done;
    }
}

/* MHD_NO: breaks the connection off. */
static MHD_YES_OR_NO take_body(struct conn *c, const char *p, size_t n)
{
    c->seen += n;
    if (c->seen > c->limit) {
        /* A body of unstated length: the library can answer only behind its end, so a little more is read and dropped,
         * and a sender without end is cut off. */
        c->refusal = -ERR_TOO_LARGE;
        if (c->seen / 2 > c->limit + 65536)
            return MHD_NO;
    }
    if (c->refusal)
        return MHD_YES;
    if (c->rq.body_fd >= 0)
        spool(c, p, n);
    else
        buf_put(&c->body, p, n);
    return MHD_YES;
}

/* ---- hand-over */

static MHD_YES_OR_NO queue(struct conn *c)
{
    struct MHD_Response *r = c->response;
    c->response = NULL;
    c->queued = true;
    if (c->must_close || atomic_load_explicit(&c->server->draining, memory_order_relaxed))
        MHD_add_response_header(r, "Connection", "close");
    if (c->rq.secure && c->server->hsts[0])
        MHD_add_response_header(r, "Strict-Transport-Security", c->server->hsts);
    MHD_YES_OR_NO done = MHD_queue_response(c->mhd, (unsigned)c->status, r);
    MHD_destroy_response(r); /* the connection has its own hold on it */
    return done;
}

/* Queues the answer, or puts the connection to sleep until it comes. */
static MHD_YES_OR_NO deliver(struct conn *c)
{
    struct http_server *s = c->server;
    /* Looked at without the lock: true may be out of date, false cannot. */
    if (atomic_load_explicit(&c->owed, memory_order_acquire)) {
        pthread_mutex_lock(&s->lock);
        bool owed = atomic_load(&c->owed), stopping = s->stopping;
        if (owed && !stopping) {
            MHD_suspend_connection(c->mhd);
            c->sleeping = true;
            c->prev = NULL;
            c->next = s->sleeping;
            if (s->sleeping)
                s->sleeping->prev = c;
            s->sleeping = c;
        }
        pthread_mutex_unlock(&s->lock);
        if (owed)
            return stopping ? MHD_NO : MHD_YES;
    }
    return queue(c);
}

static void refuse(struct conn *c)
{
    const struct http_config *config = &c->server->config;
    /* What was wrong with the framing or not read to its end leaves the connection in an unknown state. */
    c->must_close = true;
    if (config->refuse)
        config->refuse(config->app, &c->rq, c->refusal);
    else
        http_reply(&c->rq, err_info(c->refusal)->http, NULL, 0, STR_ABSENT);
}

static MHD_YES_OR_NO call(struct conn *c)
{
    struct serving *me = http_serving();
    if (c->rq.body_fd >= 0)
        lseek(c->rq.body_fd, 0, SEEK_SET);
    else if (c->body.n)
        c->rq.body = buf_view(&c->body);
    c->called = true;
    atomic_store_explicit(&c->owed, true, memory_order_relaxed);
    me->current = c;
    if (c->refusal)
        refuse(c);
    else
        c->server->config.handler(c->server->config.app, &c->rq);
    me->current = NULL;
    return deliver(c);
}

MHD_YES_OR_NO request_handle(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
                             const char *version, const char *data, size_t *size, void **context)
{
    (void)cls, (void)mhd;
    struct conn *c = *context;
    if (c->called)
        return deliver(c); /* woken up */
    if (!c->begun) {
        read_head(c, url, method, version);
        return c->refusal ? call(c) : MHD_YES;
    }
    if (*size) {
        size_t n = *size;
        *size = 0;
        return take_body(c, data, n);
    }
    return call(c);
}

/* ---- end */

void request_end(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode how)
{
    (void)cls, (void)mhd;
    struct conn *c = *context;
    if (!c)
        return;
    *context = NULL;
    struct http_server *s = c->server;
    bool orphan = false;
    if (c->called && !c->queued) { /* given up by http_stop */
        pthread_mutex_lock(&s->lock);
        orphan = atomic_load(&c->owed);
        c->orphan = orphan;
        s->orphans += orphan;
        pthread_mutex_unlock(&s->lock);
    }
    if (s->config.done && c->begun)
        s->config.done(s->config.app, &c->rq, c->queued && how == MHD_REQUEST_TERMINATED_COMPLETED_OK ? c->status : 0);
    if (c->counted)
        atomic_fetch_sub(&s->open, 1);
    c->counted = false;
    if (orphan)
        return; /* the late answer releases it */
    if (c->response)
        MHD_destroy_response(c->response);
    c->response = NULL;
    conn_release(c);
}
