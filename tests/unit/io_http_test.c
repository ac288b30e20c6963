/* src/io/http over real sockets: framing, bodies, late answers, streams, pulls, stopping, the local socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/time.h"
#include "base/utf8.h"
#include "io/http/http.h"

#define MAX_BODY 1000
#define MAX_IMPORT 100000

/* ---- the application under the facade: each path tries one thing */

static struct {
    struct http_server *server;
    atomic_int handled, refused, done, gone, closed, released;
    _Atomic(struct http_request *) kept;   /* of /keep */
    _Atomic(struct http_stream *) stream;  /* of /stream */
    atomic_int threads_seen;               /* bit per serving thread */
    char socket_path[64];
} app;

static void *answer_later(void *arg)
{
    struct http_request *rq = arg;
    usleep(1000 * (unsigned)(rq->query.n % 5));
    struct http_header h = { "X-Late", rq->query };
    http_reply(rq, 201, &h, 1, rq->path);
    return NULL;
}

static void echo(struct http_request *rq)
{
    struct buf b;
    buf_init(&b, rq->arena);
    buf_printf(&b, "%d|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%d", (int)rq->method, STR_ARG(rq->path), STR_ARG(rq->query), STR_ARG(rq->body),
               STR_ARG(rq->host), STR_ARG(rq->cookie), STR_ARG(rq->client), rq->local);
    struct http_header h[] = { { "Content-Type", S("text/plain") }, { "X-Second", S("two") } };
    http_reply(rq, 200, h, 2, buf_view(&b));
}

static void read_spool(struct http_request *rq)
{
    char buf[4096];
    uint64_t sum = 0, size = 0;
    for (ssize_t n; rq->body_fd >= 0 && (n = read(rq->body_fd, buf, sizeof buf)) > 0; size += (uint64_t)n)
        for (ssize_t i = 0; i < n; i++)
            sum += (unsigned char)buf[i];
    http_reply(rq, 200, NULL, 0, str_fmt(rq->arena, "%d %llu %llu", rq->body.p == NULL, (unsigned long long)size, (unsigned long long)sum));
}

struct source { int pieces, sent; bool breaks; };

static int fill(void *arg, struct buf *out)
{
    struct source *s = arg;
    if (s->breaks && s->sent == s->pieces)
        return -1;
    if (s->sent % 2) /* an empty piece is not the end */
        buf_printf(out, "%0*d,", s->sent * 1000, s->sent);
    return s->sent++ < s->pieces ? 1 : 0;
}

static void release(void *arg)
{
    free(arg);
    app.released++;
}

static void pull(struct http_request *rq)
{
    struct source *s = calloc(1, sizeof *s);
    s->pieces = 20;
    s->breaks = str_is(rq->query, "break");
    http_pull(rq, NULL, 0, fill, release, s);
}

static void closed(void *arg)
{
    assert_ptr_equal(arg, &app);
    app.stream = NULL;
    app.closed++;
}

static void handle(void *arg, struct http_request *rq)
{
    assert_ptr_equal(arg, &app);
    assert_true(utf8_valid(rq->path) && rq->started_us > 0);
    app.handled++;
    app.threads_seen |= 1 << rq->thread;
    struct http_header type = { "Content-Type", S("text/event-stream") };
    pthread_t thread;
    if (str_is(rq->path, "/later")) {
        assert_int_equal(pthread_create(&thread, NULL, answer_later, rq), 0);
        pthread_detach(thread);
    } else if (str_is(rq->path, "/keep")) {
        app.kept = rq;
    } else if (str_is(rq->path, "/stream")) {
        app.stream = http_stream(rq, &type, 1, closed, &app);
    } else if (str_is(rq->path, "/pull")) {
        pull(rq);
    } else if (str_is(rq->path, "/static")) {
        http_reply_static(rq, 200, NULL, 0, S("unchanging"));
    } else if (str_is(rq->path, "/empty")) {
        http_reply(rq, 204, NULL, 0, STR_ABSENT);
    } else if (str_ends(rq->path, S(".csv"))) {
        read_spool(rq);
    } else {
        echo(rq);
    }
}

static void refuse(void *arg, struct http_request *rq, int err)
{
    (void)arg;
    app.refused++;
    http_reply(rq, err_info(err)->http, NULL, 0, str_of(err_info(err)->code));
}

static void done(void *arg, struct http_request *rq, int status)
{
    (void)arg;
    assert_true(rq->path.n > 0);
    app.done++;
    if (!status)
        app.gone++;
}

static struct http_config config = {
    .address = "127.0.0.1", .threads = 2, .max_body = MAX_BODY, .max_import = MAX_IMPORT, .spool_prefix = "/api/",
    .spool_dir = "/tmp", .handler = handle, .refuse = refuse, .done = done, .app = &app,
};

static int begin(void **state)
{
    (void)state;
    int err;
    memset(&app, 0, sizeof app);
    snprintf(app.socket_path, sizeof app.socket_path, "/tmp/http-test-%d.sock", (int)getpid());
    config.unix_path = app.socket_path;
    config.port = 0;
    app.server = http_start(&config, &err);
    assert_non_null(app.server);
    return 0;
}

static void stop(int ms)
{
    http_stop(app.server, ms);
    app.server = NULL;
}

static int end(void **state)
{
    (void)state;
    stop(2000);
    assert_int_equal(app.handled + app.refused, app.done); /* every request ended, once */
    return 0;
}

/* ---- the client: raw bytes */

static int dial(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(app.server)) };
    inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval wait = { .tv_sec = 10 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

static void send_bytes(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        assert_true(sent > 0);
        p += sent;
        n -= (size_t)sent;
    }
}

static void send_text(int fd, const char *text)
{
    send_bytes(fd, text, strlen(text));
}

static char answer[1 << 20];

/* Reads to the end of the connection, or for `head_only` to the end of the head; false when it was broken off. */
static bool receive(int fd, bool head_only)
{
    size_t n = 0;
    answer[0] = 0;
    for (;;) {
        ssize_t got = recv(fd, answer + n, head_only ? 1 : sizeof answer - 1 - n, 0);
        if (got <= 0)
            return got == 0;
        n += (size_t)got;
        answer[n] = 0;
        if (head_only && n >= 4 && strcmp(answer + n - 4, "\r\n\r\n") == 0)
            return true;
    }
}

/* One answer whose length is stated; leaves the connection open. Returns the status. */
static int receive_one(int fd, char **body)
{
    assert_true(receive(fd, true));
    const char *length = strstr(answer, "Content-Length: ");
    assert_non_null(length);
    size_t n = strtoul(length + 16, NULL, 10), have = 0;
    char *p = answer + strlen(answer);
    while (have < n) {
        ssize_t got = recv(fd, p + have, n - have, 0);
        assert_true(got > 0);
        have += (size_t)got;
    }
    p[n] = 0;
    *body = p;
    return (int)strtol(answer + 9, NULL, 10);
}

/* Sends, asks to close, gives the status; the whole answer is in `answer`. */
static int ask_bytes(const char *request, size_t n)
{
    int fd = dial();
    send_bytes(fd, request, n);
    shutdown(fd, SHUT_WR);
    receive(fd, false);
    close(fd);
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(answer + 9, NULL, 10) : -1;
}

static int ask(const char *request)
{
    return ask_bytes(request, strlen(request));
}

static const char *body(void)
{
    const char *p = strstr(answer, "\r\n\r\n");
    return p ? p + 4 : "";
}

static bool eventually(atomic_int *counter, int value)
{
    for (int i = 0; i < 2000 && *counter != value; i++)
        usleep(1000);
    return *counter == value;
}

#define CLOSE "Connection: close\r\n\r\n"
#define GET(target) "GET " target " HTTP/1.1\r\nHost: a.example\r\n" CLOSE

/* ---- requests */

static void simple_requests(void **state)
{
    (void)state;
    assert_int_equal(ask(GET("/a%20b/%E5%8F%B7?x=%31&y")), 200);
    assert_string_equal(body(), "0|/a b/号|x=%31&y||a.example||127.0.0.1|0");
    assert_non_null(strstr(answer, "\r\nContent-Type: text/plain\r\nX-Second: two\r\n"));
    assert_int_equal(ask(GET("/a+b%2541?")), 200); /* decoded once, plus stays */
    assert_string_equal(body(), "0|/a+b%41|||a.example||127.0.0.1|0");
    assert_int_equal(ask("POST /p HTTP/1.1\r\nHost: h\r\nCookie: a=1\r\nContent-Length: 5\r\n" CLOSE "hello"), 200);
    assert_string_equal(body(), "1|/p||hello|h|a=1|127.0.0.1|0");
    assert_int_equal(ask("PATCH /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n" CLOSE "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), 200);
    assert_string_equal(body(), "2|/p||abcde|h||127.0.0.1|0");
    assert_int_equal(ask("BREW /p HTTP/1.1\r\nHost: h\r\n" CLOSE), 200);
    assert_int_equal(body()[0] - '0', HTTP_OTHER);
    assert_int_equal(ask(GET("/static")), 200);
    assert_string_equal(body(), "unchanging");
    assert_int_equal(ask(GET("/empty")), 204);
    assert_int_equal(ask("HEAD /static HTTP/1.1\r\nHost: h\r\n" CLOSE), 200);
    assert_non_null(strstr(answer, "Content-Length: 10"));
    assert_string_equal(body(), "");
}

static void one_connection_many_requests(void **state)
{
    (void)state;
    int fd = dial();
    char *text;
    for (int i = 0; i < 50; i++) {
        send_text(fd, i % 2 ? "GET /later?12 HTTP/1.1\r\nHost: h\r\n\r\n"
                            : "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
        assert_int_equal(receive_one(fd, &text), i % 2 ? 201 : 200);
        assert_string_equal(text, i % 2 ? "/later" : "1|/x||abc|h||127.0.0.1|0");
    }
    send_text(fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /later HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
    receive_one(fd, &text);
    assert_string_equal(text, "0|/1|||h||127.0.0.1|0");
    receive_one(fd, &text);
    assert_string_equal(text, "/later");
    receive_one(fd, &text);
    assert_string_equal(text, "0|/3|||h||127.0.0.1|0");
    close(fd);
}

static void framing_that_can_be_read_in_two_ways(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length : 3\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nAuthorization: Bearer y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nCookie: a=\xFF\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int status = ask(bad[i]);
        if (status != 400)
            fail_msg("%s: %d", bad[i], status);
        assert_string_equal(body(), "bad_request");
        assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
    }
    assert_int_equal(app.refused, sizeof bad / sizeof bad[0]);
    assert_int_equal(app.handled, 0);
    /* What follows on the same connection is not taken for a request. */
    assert_int_equal(ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n" GET("/second")), 400);
    assert_null(strstr(answer, "second"));
    /* These the library refuses by itself. */
    assert_int_equal(ask("GET / HTTP/1.1\r\n\r\n"), 400);
    assert_int_equal(ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc"), 400);
    assert_int_equal(ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -3\r\n\r\nabc"), 400);
    assert_int_equal(app.handled, 0);
}

static void bad_paths(void **state)
{
    (void)state;
    static const struct { const char *request, *code; } bad[] = {
        { GET("/a%00b"), "bad_request" }, { GET("/a%"), "bad_request" }, { GET("/a%2"), "bad_request" },
        { GET("/a%zz"), "bad_request" }, { GET("/a%0Ab"), "bad_request" }, { GET("/a%FF"), "bad_utf8" },
        { GET("/a%C0%AF"), "bad_utf8" }, { GET("/\xFF"), "bad_utf8" }, { GET("http://h/x"), "bad_request" },
        { GET("/a%E2%80%AEb"), "bad_request" }, { "OPTIONS * HTTP/1.1\r\nHost: h\r\n" CLOSE, "bad_request" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int status = ask(bad[i].request);
        if (status != 400 || strcmp(body(), bad[i].code) != 0)
            fail_msg("%s: %d %s", bad[i].request, status, body());
    }
    assert_int_equal(app.handled, 0);
    static const char hidden[] = "GET /a\0b HTTP/1.1\r\nHost: h\r\n" CLOSE;
    assert_int_equal(ask_bytes(hidden, sizeof hidden - 1), 400);
    assert_int_equal(app.handled, 0);
}

static void garbage_does_no_harm(void **state)
{
    (void)state;
    uint64_t seed = 99;
    char bytes[600];
    for (int i = 0; i < 300; i++) {
        size_t n = 0;
        if (i % 2)
            n = (size_t)snprintf(bytes, sizeof bytes, "POST /x%d?a HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", i, i % 7);
        for (int k = 0; k < 300; k++, seed = seed * 6364136223846793005u + 1)
            bytes[n++] = (char)(seed >> 56);
        int fd = dial();
        send_bytes(fd, bytes, n);
        if (i % 2)
            assert_true(receive(fd, true)); /* the request before the garbage is answered */
        close(fd);
    }
    assert_int_equal(ask(GET("/still")), 200);
    assert_true(eventually(&app.done, app.handled + app.refused));
}

/* ---- bodies */

static int post(const char *path, size_t size, bool chunked)
{
    struct buf b;
    buf_init(&b, NULL);
    buf_printf(&b, "POST %s HTTP/1.1\r\nHost: h\r\n", path);
    if (!chunked)
        buf_printf(&b, "Content-Length: %zu\r\n" CLOSE, size);
    else
        buf_printf(&b, "Transfer-Encoding: chunked\r\n" CLOSE "%zx\r\n", size);
    for (size_t i = 0; i < size; i++)
        buf_char(&b, (char)(i % 251));
    if (chunked)
        buf_cstr(&b, "\r\n0\r\n\r\n");
    int status = ask_bytes(b.p, b.n);
    buf_free(&b);
    return status;
}

static void bodies_have_a_limit(void **state)
{
    (void)state;
    for (int chunked = 0; chunked < 2; chunked++) {
        assert_int_equal(post("/x", MAX_BODY, chunked), 200);
        assert_int_equal(post("/x", MAX_BODY + 1, chunked), 413);
        assert_string_equal(body(), "too_large");
    }
    assert_int_equal(app.handled, 2);
    /* The stated length is enough to refuse: nothing more is waited for. */
    int fd = dial();
    send_text(fd, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n");
    assert_true(receive(fd, false));
    assert_non_null(strstr(answer, "413"));
    close(fd);
    /* Without a stated length and without an end the sender is cut off. */
    fd = dial();
    send_text(fd, "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    char piece[1100] = "400\r\n";
    memcpy(piece + 5 + 1024, "\r\n", 2);
    int sent = 0;
    while (sent < 100000 && send(fd, piece, 5 + 1024 + 2, MSG_NOSIGNAL) > 0)
        sent++;
    assert_true(sent < 100000);
    close(fd);
    assert_true(eventually(&app.done, app.handled + app.refused + 1)); /* the cut one was neither */
    app.handled++;
}

static void imports_go_through_a_file(void **state)
{
    (void)state;
    char want[64];
    for (int chunked = 0; chunked < 2; chunked++)
        for (size_t size = 0; size <= MAX_IMPORT; size += 25000) {
            uint64_t sum = 0;
            for (size_t i = 0; i < size; i++)
                sum += i % 251;
            assert_int_equal(post("/api/v1/person.csv", size, chunked), 200);
            snprintf(want, sizeof want, "1 %zu %llu", size, (unsigned long long)sum);
            assert_string_equal(body(), want);
            if (chunked && !size)
                break;
        }
    assert_int_equal(post("/api/v1/person.csv", MAX_IMPORT + 1, false), 413);
    assert_int_equal(post("/api/v1/person.csv", MAX_IMPORT + 1, true), 413);
    assert_int_equal(post("/other.csv", MAX_BODY + 1, false), 413);  /* not below the prefix */
    assert_int_equal(post("/api/v1/person", MAX_BODY + 1, false), 413);
}

static void continue_is_asked_for(void **state)
{
    (void)state;
    int fd = dial();
    char *text;
    send_text(fd, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    assert_true(receive(fd, true));
    assert_int_equal(strncmp(answer, "HTTP/1.1 100", 12), 0);
    send_text(fd, "abc");
    assert_int_equal(receive_one(fd, &text), 200);
    close(fd);
    fd = dial();
    send_text(fd, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\nExpect: 100-continue\r\n\r\n");
    assert_int_equal(receive_one(fd, &text), 413); /* before the body is sent */
    close(fd);
}

/* ---- late answers */

static void *ask_later(void *arg)
{
    int fd = dial();
    for (int i = 0; i < 100; i++) {
        char bytes[512];
        size_t n = 0;
        send_text(fd, i % 3 ? "GET /later?1234 HTTP/1.1\r\nHost: h\r\n\r\n" : "GET /static HTTP/1.1\r\nHost: h\r\n\r\n");
        bytes[0] = 0;
        while (!strstr(bytes, i % 3 ? "\r\n\r\n/later" : "unchanging")) {
            ssize_t got = recv(fd, bytes + n, sizeof bytes - 1 - n, 0);
            if (got <= 0)
                return arg;
            n += (size_t)got;
            bytes[n] = 0;
        }
    }
    close(fd);
    return NULL;
}

static void many_late_answers_at_once(void **state)
{
    (void)state;
    pthread_t threads[16];
    for (int i = 0; i < 16; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_later, &app), 0);
    for (int i = 0; i < 16; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(app.handled, 1600);
    assert_int_equal(app.threads_seen & ~3, 0); /* indexes 0 and 1 */
}

static struct http_request *wait_kept(void)
{
    for (int i = 0; i < 2000 && !app.kept; i++)
        usleep(1000);
    assert_non_null(app.kept);
    return app.kept;
}

static void client_goes_while_the_answer_is_awaited(void **state)
{
    (void)state;
    int fd = dial();
    send_text(fd, "POST /keep HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
    struct http_request *rq = wait_kept();
    struct linger reset = { .l_onoff = 1 };
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
    usleep(20000);
    assert_true(str_is(rq->body, "abc")); /* still there for the one who answers */
    http_reply(rq, 200, NULL, 0, str_fmt(rq->arena, "late"));
    assert_true(eventually(&app.done, 1));
    assert_int_equal(ask(GET("/next")), 200);
}

static void server_stops_while_an_answer_is_awaited(void **state)
{
    (void)state;
    int fd = dial();
    send_text(fd, "GET /keep?q HTTP/1.1\r\nHost: h\r\n\r\n");
    struct http_request *rq = wait_kept();
    stop(10);
    assert_int_equal(app.done, 1);
    assert_int_equal(app.gone, 1);
    assert_true(receive(fd, false));
    assert_string_equal(answer, "");
    assert_true(str_is(rq->query, "q"));
    http_reply(rq, 200, NULL, 0, str_fmt(rq->arena, "too late"));
    close(fd);
}

static void *reply_soon(void *arg)
{
    usleep(50000);
    http_reply(arg, 200, NULL, 0, S("in time"));
    return NULL;
}

static void stopping_waits_for_answers(void **state)
{
    (void)state;
    int fd = dial(), idle = dial();
    pthread_t thread;
    send_text(fd, "GET /keep HTTP/1.1\r\nHost: h\r\n\r\n");
    struct http_request *rq = wait_kept();
    pthread_create(&thread, NULL, reply_soon, rq);
    int64_t from = clock_mono_us();
    stop(5000);
    assert_true(clock_mono_us() - from < 2000000);
    assert_true(receive(fd, false));
    assert_non_null(strstr(answer, "in time"));
    pthread_join(thread, NULL);
    close(fd);
    close(idle);
}

static void *stop_soon(void *arg)
{
    stop(5000);
    return arg;
}

/* Nobody answers the handshake any more. */
static bool refused(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)config.port) };
    inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), error = 0;
    socklen_t size = sizeof error;
    bool failed = connect(fd, (struct sockaddr *)&a, sizeof a) != 0;
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    if (failed && poll(&p, 1, 200) > 0)
        failed = getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0;
    close(fd);
    return failed;
}

/* Connections are in every state: used before, new with a request, new without one, in the middle of one. */
static void stopping_answers_what_was_accepted_and_refuses_the_rest(void **state)
{
    (void)state;
    int used = dial(), half = dial(), kept = dial(), fresh[20];
    char *text;
    pthread_t thread;
    config.port = http_port(app.server);
    send_text(used, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
    receive_one(used, &text);
    assert_null(strstr(answer, "Connection: close"));
    send_text(kept, "GET /keep HTTP/1.1\r\nHost: h\r\n\r\n");
    struct http_request *rq = wait_kept();
    send_text(half, "POST /half HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc");
    for (int i = 0; i < 20; i++)
        send_text(fresh[i] = dial(), "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    pthread_create(&thread, NULL, stop_soon, NULL);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(receive_one(fresh[i], &text), 200);
        close(fresh[i]);
    }
    usleep(200000); /* HANDSHAKE_MS and some */
    assert_true(refused());
    send_text(used, "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_true(receive(used, false)); /* to the end of the connection */
    assert_non_null(strstr(answer, "0|/3|"));
    assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
    send_text(half, "def");
    assert_int_equal(receive_one(half, &text), 200);
    assert_non_null(strstr(text, "abcdef"));
    http_reply(rq, 200, NULL, 0, S("kept"));
    assert_int_equal(receive_one(kept, &text), 200);
    pthread_join(thread, NULL);
    assert_int_equal(app.gone, 0);
    close(used), close(half), close(kept);
}

/* ---- push and pull */

static struct http_stream *open_stream(int fd)
{
    send_text(fd, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_true(receive(fd, true)); /* the head comes before the first event */
    assert_non_null(strstr(answer, "text/event-stream"));
    assert_non_null(app.stream);
    return app.stream;
}

static void events_arrive_as_they_are_sent(void **state)
{
    (void)state;
    int fd = dial();
    struct http_stream *s = open_stream(fd);
    for (int i = 0; i < 100; i++) {
        char text[32], got[128] = "";
        int n = snprintf(text, sizeof text, "data: %d\n\n", i);
        assert_int_equal(http_stream_send(s, (struct str){ text, (size_t)n }), 0);
        for (size_t have = 0; !strstr(got, text);) {
            ssize_t more = recv(fd, got + have, sizeof got - 1 - have, 0);
            assert_true(more > 0);
            have += (size_t)more;
        }
    }
    assert_int_equal(app.closed, 0);
    http_stream_end(s);
    assert_true(receive(fd, false));
    assert_non_null(strstr(answer, "0\r\n\r\n")); /* the last chunk: an orderly end */
    assert_true(eventually(&app.closed, 1));
    assert_int_equal(http_stream_send(NULL, S("x")), -1);
    close(fd);
}

static void stream_of_a_gone_client_closes(void **state)
{
    (void)state;
    int fd = dial();
    struct http_stream *s = open_stream(fd);
    close(fd);
    for (int i = 0; i < 200 && !app.closed; i++) {
        http_stream_send(s, S(": heartbeat\n\n"));
        usleep(5000);
        s = app.stream;
    }
    assert_int_equal(app.closed, 1);
}

static void stream_that_is_not_read_breaks(void **state)
{
    (void)state;
    int fd = dial(), sent = 0;
    static char piece[10000];
    struct http_stream *s = open_stream(fd);
    memset(piece, 'x', sizeof piece);
    while (sent < 10000 && http_stream_send(s, (struct str){ piece, sizeof piece }) == 0)
        sent++;
    assert_in_range(sent, 26, 9999); /* what the sockets hold, and 256 KiB */
    close(fd);
    assert_true(eventually(&app.closed, 1));
}

static void stopping_ends_streams(void **state)
{
    (void)state;
    int fd = dial();
    open_stream(fd);
    int64_t from = clock_mono_us();
    stop(5000);
    assert_true(clock_mono_us() - from < 2000000); /* streams are not waited for */
    assert_int_equal(app.closed, 1);
    assert_true(receive(fd, false));
    assert_string_equal(answer, "0\r\n\r\n"); /* the last chunk, not just the end of the connection */
    close(fd);
}

static size_t unchunk(char *p)
{
    size_t total = 0;
    char *to = p;
    for (;;) {
        char *line;
        size_t n = strtoul(p, &line, 16);
        if (line == p || strncmp(line, "\r\n", 2) != 0)
            return SIZE_MAX; /* broken off */
        if (!n) {
            to[total] = 0;
            return total;
        }
        memmove(to + total, line + 2, n);
        total += n;
        p = line + 2 + n + 2;
    }
}

static void bodies_are_pulled(void **state)
{
    (void)state;
    size_t want = 0;
    for (int i = 1; i < 21; i += 2)
        want += (size_t)i * 1000 + 1;
    assert_int_equal(ask(GET("/pull")), 200);
    char *p = (char *)(uintptr_t)body();
    assert_int_equal(unchunk(p), want);
    assert_int_equal(p[999], '1');
    assert_int_equal(p[1000], ',');
    assert_int_equal(ask(GET("/pull?break")), 200);
    assert_int_equal(unchunk((char *)(uintptr_t)body()), SIZE_MAX);
    assert_int_equal(ask("HEAD /pull HTTP/1.1\r\nHost: h\r\n" CLOSE), 200);
    assert_string_equal(body(), "");
    assert_true(eventually(&app.released, 3));
    int fd = dial(); /* a client that goes in the middle */
    send_text(fd, GET("/pull"));
    assert_true(receive(fd, true));
    close(fd);
    assert_true(eventually(&app.released, 4));
}

/* ---- listening */

static void ports_and_sockets_are_taken_once(void **state)
{
    (void)state;
    struct http_config again = config;
    int err = 0;
    again.port = http_port(app.server);
    assert_true(again.port > 0);
    assert_null(http_start(&again, &err));
    assert_int_equal(err, -ERR_IN_USE);
    again.port = 0;
    assert_null(http_start(&again, &err));
    assert_int_equal(err, -ERR_IN_USE); /* the local socket */
    again.address = "not an address";
    assert_null(http_start(&again, &err));
    assert_int_equal(err, -ERR_INTERNAL);
    assert_int_equal(ask(GET("/x")), 200);
}

static void calls_on_the_local_socket(void **state)
{
    (void)state;
    struct arena arena;
    struct str text = STR_ABSENT;
    struct stat st;
    arena_init(&arena, 1024);
    assert_int_equal(stat(app.socket_path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(http_call_unix(app.socket_path, "POST", "/x?y", NULL, S("token"), S("{}"), &arena, &text), 200);
    assert_true(str_is(text, "1|/x|y|{}|localhost||local|1"));
    assert_int_equal(app.threads_seen, 1 << 2); /* behind the two others */
    assert_int_equal(http_call_unix(app.socket_path, "GET", "/later?1", NULL, STR_ABSENT, STR_ABSENT, &arena, &text), 201);
    assert_true(str_is(text, "/later"));
    assert_int_equal(http_call_unix(app.socket_path, "GET", "/pull", NULL, STR_ABSENT, STR_ABSENT, &arena, &text), 200);
    assert_true(text.n > 90000);
    assert_int_equal(http_call_unix(app.socket_path, "GET", "/x\r\nA: b", NULL, STR_ABSENT, STR_ABSENT, &arena, &text), -1);
    assert_int_equal(http_call_unix("/tmp/no-such.sock", "GET", "/x", NULL, STR_ABSENT, STR_ABSENT, &arena, &text), -1);
    stop(1000);
    assert_int_equal(stat(app.socket_path, &st), -1);
    arena_free(&arena);
}

static void one_thread_is_enough(void **state)
{
    (void)state;
    int err;
    stop(0);
    config.threads = 1;
    app.server = http_start(&config, &err);
    config.threads = 2;
    assert_non_null(app.server);
    assert_int_equal(ask(GET("/x")), 200);
    assert_int_equal(ask(GET("/later?12")), 201);
    assert_non_null(strstr(answer, "X-Late: 12\r\n"));
    assert_int_equal(app.threads_seen, 1);
}

/* ---- query and cookie */

static void queries_are_decoded(void **state)
{
    (void)state;
    struct arena a;
    struct str rest = S("a=1&b=%E5%8F%B7+x&&c&=v&d=1=2&e=%3d&f="), name, value;
    static const char *const want[][2] = { { "a", "1" }, { "b", "号 x" }, { "c", "" }, { "", "v" }, { "d", "1=2" }, { "e", "=" }, { "f", "" } };
    arena_init(&a, 256);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(http_query_next(&rest, &a, &name, &value), 1);
        assert_true(str_is(name, want[i][0]) && str_is(value, want[i][1]));
    }
    assert_int_equal(http_query_next(&rest, &a, &name, &value), 0);
    rest = STR_ABSENT;
    assert_int_equal(http_query_next(&rest, &a, &name, &value), 0);
    static const char *const bad[] = { "a=%", "a=%4", "a=%zz", "a=%00", "%ff=1", "a=%C0%80", "a=\xFF", "a=%E5%8F" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        rest = str_of(bad[i]);
        assert_int_equal(http_query_next(&rest, &a, &name, &value), -1);
    }
    arena_free(&a);
}

static void cookies_are_found(void **state)
{
    (void)state;
    struct str header = S("a=1; redoubt_session=x=y ;b=;ab=2");
    assert_true(str_is(http_cookie(header, "redoubt_session"), "x=y"));
    assert_true(str_is(http_cookie(header, "a"), "1"));
    assert_true(str_is(http_cookie(header, "b"), ""));
    assert_true(str_is(http_cookie(header, "ab"), "2"));
    assert_null(http_cookie(header, "c").p);
    assert_null(http_cookie(STR_ABSENT, "a").p);
    assert_null(http_cookie(S("a"), "a").p);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(simple_requests), T(one_connection_many_requests), T(framing_that_can_be_read_in_two_ways), T(bad_paths),
        T(garbage_does_no_harm), T(bodies_have_a_limit), T(imports_go_through_a_file), T(continue_is_asked_for),
        T(many_late_answers_at_once), T(client_goes_while_the_answer_is_awaited), T(server_stops_while_an_answer_is_awaited),
        T(stopping_waits_for_answers), T(stopping_answers_what_was_accepted_and_refuses_the_rest),
        T(events_arrive_as_they_are_sent), T(stream_of_a_gone_client_closes),
        T(stream_that_is_not_read_breaks), T(stopping_ends_streams), T(bodies_are_pulled), T(ports_and_sockets_are_taken_once),
        T(calls_on_the_local_socket), T(one_thread_is_enough), cmocka_unit_test(queries_are_decoded), cmocka_unit_test(cookies_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
