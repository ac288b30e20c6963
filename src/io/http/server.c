#include "io/http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/time.h"

#define CONNECTIONS 4096
#define BACKLOG 1024
#define IDLE_SECONDS 60         /* a connection on which nothing moves; sleeping ones do not count */
#define HANDSHAKE_MS 50         /* a proxy stands near */
#define QUIET_MS 50             /* without a new request */
#define FRESH_MS 1000
#define BODY_KEPT 65536         /* a larger body buffer is given back after its request */

struct serving *http_serving(void)
{
    static _Thread_local struct serving serving;
    return &serving;
}

/* ---- the end of a request's memory */

void conn_release(struct conn *c)
{
    if (--c->holds)
        return;
    if (c->rq.body_fd >= 0)
        close(c->rq.body_fd);
    c->rq.body_fd = -1;
    if (c->orphan) {
        arena_free(&c->arena);
        buf_free(&c->body);
        mem_free(c);
        return;
    }
    if (c->body.cap > BODY_KEPT)
        buf_free(&c->body);
    arena_reset(&c->arena);
    struct conn **list = &c->server->free[c->rq.thread];
    c->next = *list;
    *list = c;
}

static void free_conns(struct http_server *s)
{
    for (int i = 0; i <= s->config.threads; i++)
        while (s->free[i]) {
            struct conn *c = s->free[i];
            s->free[i] = c->next;
            arena_free(&c->arena);
            buf_free(&c->body);
            mem_free(c);
        }
}

void server_release(struct http_server *s)
{
    bool last = s->stopped && s->orphans == 0;
    pthread_mutex_unlock(&s->lock);
    if (!last)
        return;
    pthread_mutex_destroy(&s->lock);
    mem_free(s->free);
    mem_free(s);
}

/* ---- listening */

static int listen_tcp(const char *address, int port, int *bound_port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    socklen_t size = sizeof a;
    int one = 1;
    if (port < 0 || port > 65535 || inet_pton(AF_INET, address, &a.sin_addr) != 1)
        return -ERR_INTERNAL;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -ERR_INTERNAL;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, BACKLOG)
        || getsockname(fd, (struct sockaddr *)&a, &size)) {
        int err = errno == EADDRINUSE ? -ERR_IN_USE : -ERR_INTERNAL;
        close(fd);
        return err;
    }
    *bound_port = ntohs(a.sin_port);
    return fd;
}

static int unix_address(const char *path, struct sockaddr_un *a)
{
    *a = (struct sockaddr_un){ .sun_family = AF_UNIX };
    size_t n = strlen(path);
    if (n >= sizeof a->sun_path)
        return -1;
    memcpy(a->sun_path, path, n + 1);
    return 0;
}

/* A socket file that nobody listens on was left by a process that died. */
static bool is_alive(const struct sockaddr_un *a)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool alive = fd >= 0 && connect(fd, (const struct sockaddr *)a, sizeof *a) == 0;
    if (fd >= 0)
        close(fd);
    return alive;
}

static int listen_unix(const char *path)
{
    struct sockaddr_un a;
    if (unix_address(path, &a))
        return -ERR_INTERNAL;
    if (is_alive(&a))
        return -ERR_IN_USE;
    unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -ERR_INTERNAL;
    /* On Linux the file takes the socket's mode, so it is private from its first moment. */
    if (fchmod(fd, S_IRUSR | S_IWUSR) || bind(fd, (struct sockaddr *)&a, sizeof a)
        || chmod(path, S_IRUSR | S_IWUSR) || listen(fd, BACKLOG)) {
        close(fd);
        return -ERR_INTERNAL;
    }
    return fd;
}

/* ---- the library */

static void log_library(void *arg, const char *fmt, va_list ap)
{
    (void)arg;
    char line[512];
    vsnprintf(line, sizeof line, fmt, ap);
    log_debug("http: %s", line); /* mostly clients that break off */
}

/* We decode the path ourselves: the library would hide %00 and bad sequences. */
static size_t leave_escaped(void *cls, struct MHD_Connection *mhd, char *text)
{
    (void)cls, (void)mhd;
    return strlen(text);
}

/* Of one connection: whether it has sent a request yet. */
struct peer { bool served; };

static void watch_connection(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode what)
{
    struct http_server *s = ((struct listener *)cls)->server;
    (void)mhd;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = mem_zalloc(sizeof(struct peer));
        atomic_fetch_add(&s->fresh, 1);
        return;
    }
    struct peer *p = *context;
    if (p && !p->served)
        atomic_fetch_sub(&s->fresh, 1);
    mem_free(p);
    *context = NULL;
}

void connection_served(struct http_server *s, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct peer *p = info ? info->socket_context : NULL;
    if (!p || p->served)
        return;
    p->served = true;
    atomic_fetch_sub(&s->fresh, 1);
}

static struct MHD_Daemon *start_daemon(struct listener *l, int fd, int threads)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_TURBO;
    bool tls = l->server->config.tls && !l->local;
    struct MHD_OptionItem more[4];
    size_t n = 0;
    if (threads > 1) /* the library wants at least two for a pool */
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_THREAD_POOL_SIZE, threads, NULL };
    if (tls) {
        flags |= MHD_USE_TLS;
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES };
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_CERT_CALLBACK2, 0, (void *)(uintptr_t)tls_give };
    }
    more[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
    return MHD_start_daemon(flags, 0, NULL, NULL, request_handle, l,
                            MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,
                            MHD_OPTION_LISTEN_SOCKET, fd,
                            MHD_OPTION_ARRAY, more,
                            MHD_OPTION_URI_LOG_CALLBACK, request_begin, l,
                            MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
                            MHD_OPTION_NOTIFY_COMPLETED, request_end, l,
                            MHD_OPTION_NOTIFY_CONNECTION, watch_connection, l,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
                            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1,
                            MHD_OPTION_END);
}

/* Sockets, the stores' files and spooled imports need more descriptors than the usual soft limit of 1024. */
static void raise_descriptor_limit(void)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) || r.rlim_cur >= CONNECTIONS + 512)
        return;
    r.rlim_cur = r.rlim_max < CONNECTIONS + 512 ? r.rlim_max : CONNECTIONS + 512;
    if (setrlimit(RLIMIT_NOFILE, &r))
        log_warn("cannot raise the limit of open files: %s", strerror(errno));
}

/* Opens one listener and its daemon. 0 or a negative error. */
static int open_listener(struct http_server *s, struct listener *l, struct MHD_Daemon **daemon)
{
    int fd = l->local ? listen_unix(s->config.unix_path) : listen_tcp(s->config.address, s->config.port, &s->port);
    if (fd < 0)
        return fd;
    *daemon = start_daemon(l, fd, l->local ? 1 : s->config.threads);
    if (*daemon)
        return 0;
    close(fd);
    return -ERR_INTERNAL;
}

struct http_server *http_start(const struct http_config *config, int *err)
{
    struct http_server *s = mem_zalloc(sizeof *s);
    s->config = *config;
    if (s->config.threads < 1)
        s->config.threads = 1;
    s->tcp = (struct listener){ s, false, -1 };
    s->local = (struct listener){ s, true, -1 };
    s->free = mem_zalloc((size_t)(s->config.threads + 1) * sizeof *s->free);
    pthread_mutex_init(&s->lock, NULL);
    if (config->hsts_days > 0)
        snprintf(s->hsts, sizeof s->hsts, "max-age=%lld", config->hsts_days * 86400LL);
    raise_descriptor_limit();
    *err = open_listener(s, &s->tcp, &s->daemon);
    if (!*err && config->unix_path)
        *err = open_listener(s, &s->local, &s->local_daemon);
    if (!*err)
        return s;
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    free_conns(s);
    s->stopped = true;
    pthread_mutex_lock(&s->lock);
    server_release(s);
    return NULL;
}

int http_port(const struct http_server *s)
{
    return s->port;
}

/* ---- stopping */

void http_drain(struct http_server *s)
{
    atomic_store(&s->draining, true);
    pthread_mutex_lock(&s->lock);
    streams_end(s);
    pthread_mutex_unlock(&s->lock);
}

static void nap(int ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L }, NULL);
}

/* From here on no new connection can begin, while those that wait to be accepted stay: closing the socket at once would
 * reset them, with the requests they may have sent. A SYN that is dropped comes again in a second, and is refused once the
 * program has ended. */
static void drop_new_connections(int fd)
{
    struct sock_filter code[] = { /* seen from the TCP header on; byte 13: flags. RFC 9293, 3.1 */
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x02 /* SYN */, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFF),
    };
    struct sock_fprog program = { sizeof code / sizeof code[0], code };
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program))
        log_warn("cannot filter the listening socket: %s", strerror(errno));
}

/* Connections that the system has made and the library has not yet accepted. */
static unsigned backlog(int fd)
{
    struct tcp_info info;
    socklen_t size = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) ? 0 : info.tcpi_unacked; /* so of a listening socket */
}

static int listening_socket(struct MHD_Daemon *d)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(d, MHD_DAEMON_INFO_LISTEN_FD);
    return info ? info->listen_fd : -1;
}

/* The library keeps its listening sockets until it is stopped: told to let go of them while its threads run
 * (MHD_quiesce_daemon), it may take one out of an epoll set twice, and ends the program over it. */
static void end_connecting(struct http_server *s)
{
    int fd = listening_socket(s->daemon);
    drop_new_connections(fd);
    if (s->local_daemon)
        unlink(s->config.unix_path);
    nap(HANDSHAKE_MS); /* for handshakes that are half done */
    for (int i = 0; i < 1000 && backlog(fd); i++)
        nap(1);
}

static bool streams_open(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    bool some = s->streams != NULL;
    pthread_mutex_unlock(&s->lock);
    return some;
}

/* Until every request is answered, at most `ms`. A connection that has not sent a request yet is about to, or was opened
 * in advance; one that is used again and again sends its next and is told to close: both get a moment. */
static void wait_for_requests(struct http_server *s, int ms)
{
    int64_t from = clock_mono_us(), now = from;
    atomic_store(&s->last_begun_us, from);
    for (; now - from < ms * INT64_C(1000); nap(2), now = clock_mono_us()) {
        bool young = now - from < FRESH_MS * INT64_C(1000) && (atomic_load(&s->fresh) > 0 || streams_open(s));
        bool quiet = now - atomic_load(&s->last_begun_us) > QUIET_MS * INT64_C(1000);
        if (atomic_load(&s->open) == 0 && quiet && !young)
            return;
    }
}

/* Wakes what sleeps: the library must not be stopped while connections are suspended. Nothing goes to sleep
 * afterwards, since `stopping` is set under the same lock. */
static void give_up_waiting(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    for (struct conn *c = s->sleeping, *next; c; c = next) {
        next = c->next;
        c->sleeping = false;
        MHD_resume_connection(c->mhd);
    }
    s->sleeping = NULL;
    streams_end(s);
    pthread_mutex_unlock(&s->lock);
}

static void stop_daemon(struct MHD_Daemon *d)
{
    if (d)
        MHD_stop_daemon(d);
}

void http_stop(struct http_server *s, int ms)
{
    if (!s)
        return;
    http_drain(s);
    end_connecting(s);
    wait_for_requests(s, ms);
    give_up_waiting(s);
    stop_daemon(s->daemon);
    stop_daemon(s->local_daemon);
    free_conns(s);
    pthread_mutex_lock(&s->lock);
    s->stopped = true;
    server_release(s);
}
