/* One request over the server's local socket. HTTP/1.0, so that the answer is never chunked and ends with the
 * connection. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/http/http.h"

#define ANSWER_SECONDS 600 /* a large import is answered when its last row is in */

static int dial(const char *path)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    struct timeval wait = { .tv_sec = ANSWER_SECONDS };
    size_t n = strlen(path);
    if (n >= sizeof a.sun_path)
        return -1;
    memcpy(a.sun_path, path, n);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (connect(fd, (struct sockaddr *)&a, sizeof a)) {
        close(fd);
        return -1;
    }
    return fd;
}

static int send_all(int fd, struct str s)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        s = str_sub(s, (size_t)n, s.n);
    }
    return 0;
}

static int receive_all(int fd, struct buf *in)
{
    for (;;) {
        buf_reserve(in, 16384);
        ssize_t n = recv(fd, in->p + in->n, in->cap - in->n, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? 0 : -1;
        in->n += (size_t)n;
    }
}

/* A line end in the request's head would begin another header. */
static bool is_line(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7F)
            return false;
    return true;
}

/* "HTTP/1.0 200 OK\r\n…\r\n\r\nbody", whole: the stated length must be there. */
static int read_answer(struct str all, struct str *body)
{
    size_t head;
    int64_t status, length;
    if (!str_starts(all, S("HTTP/1.")) || all.n < 12 || str_to_i64(str_sub(all, 9, 3), &status)
        || !str_find(all, S("\r\n\r\n"), &head))
        return -1;
    *body = str_sub(all, head + 4, all.n);
    struct str lines = str_sub(all, 0, head);
    while (lines.p) {
        struct str value = str_trim(str_cut(&lines, '\n'));
        struct str name = str_cut(&value, ':');
        if (name.n == 14 && strncasecmp(name.p, "content-length", 14) == 0
            && (str_to_i64(str_trim(value), &length) || (uint64_t)length != body->n))
            return -1;
    }
    return (int)status;
}

int http_call_unix(const char *socket_path, const char *method, const char *path, const char *content_type, struct str bearer,
                   struct str body, struct arena *a, struct str *answer)
{
    if (!is_line(str_of(method)) || !is_line(str_of(path)) || !is_line(bearer))
        return -1;
    int fd = dial(socket_path);
    if (fd < 0)
        return -1;
    struct buf out, in;
    buf_init(&out, a);
    buf_init(&in, a);
    buf_printf(&out, "%s %s HTTP/1.0\r\nHost: localhost\r\n", method, path);
    if (bearer.n)
        buf_printf(&out, "Authorization: Bearer %.*s\r\n", STR_ARG(bearer));
    if (body.p)
        buf_printf(&out, "Content-Type: %s\r\nContent-Length: %zu\r\n", content_type ? content_type : "application/json", body.n);
    buf_cstr(&out, "\r\n");
    buf_str(&out, body);
    int status = send_all(fd, buf_view(&out)) == 0 && receive_all(fd, &in) == 0 ? read_answer(buf_view(&in), answer) : -1;
    close(fd);
    return status;
}
