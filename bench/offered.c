/* Open-loop load: sends requests at a fixed rate, whether or not the answers keep up, and measures each from the moment
 * at which it should have been sent, so that waiting in line counts (no coordinated omission).
 *
 *   offered HOST PORT RATE SECONDS CONNECTIONS FILE
 *
 * FILE holds complete HTTP requests, each preceded by its length as a decimal number and a newline. They are used once,
 * in order; connection c takes requests c, c + CONNECTIONS, … Prints one JSON object. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct request { const char *p; size_t n; };

struct load {
    struct sockaddr_in address;
    double rate;
    int connections;
    struct request *requests;
    size_t n;
    int64_t start_ns;
    int64_t *latency_ns;   /* one per request; -1: no good answer */
};

struct worker { struct load *load; int number; };

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_until(int64_t at)
{
    struct timespec t = { at / 1000000000, at % 1000000000 };
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
    }
}

static int dial(const struct load *l)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (fd < 0 || connect(fd, (const struct sockaddr *)&l->address, sizeof l->address)) {
        perror("connect");
        exit(1);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static int send_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k <= 0)
            return -1;
        p += k;
        n -= (size_t)k;
    }
    return 0;
}

/* Reads one answer with a Content-Length; gives its status, or -1. */
static int read_answer(int fd)
{
    char buf[65536];
    size_t have = 0, head = 0;
    long length = 0;
    int status = -1;
    for (;;) {
        ssize_t k = recv(fd, buf + have, sizeof buf - 1 - have, 0);
        if (k <= 0)
            return -1;
        have += (size_t)k;
        buf[have] = 0;
        if (!head) {
            char *end = strstr(buf, "\r\n\r\n");
            if (!end)
                continue;
            head = (size_t)(end - buf) + 4;
            char *field = strcasestr(buf, "\r\ncontent-length:");
            length = field && field < end ? strtol(field + 17, NULL, 10) : 0;
            status = (int)strtol(buf + 9, NULL, 10);
        }
        if (have >= head + (size_t)length)
            return status;
        if (have == sizeof buf - 1)
            return -1; /* no answer to a passage is that long */
    }
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct load *l = w->load;
    int fd = dial(l);
    for (size_t i = (size_t)w->number; i < l->n; i += (size_t)l->connections) {
        int64_t intended = l->start_ns + (int64_t)((double)i * 1e9 / l->rate);
        sleep_until(intended);
        int status = send_all(fd, l->requests[i].p, l->requests[i].n) ? -1 : read_answer(fd);
        l->latency_ns[i] = status >= 200 && status < 300 ? now_ns() - intended : -1;
        if (status < 0) {
            close(fd);
            fd = dial(l);
        }
    }
    close(fd);
    return NULL;
}

static char *slurp(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END)) {
        perror(path);
        exit(1);
    }
    *n = (size_t)ftell(f);
    rewind(f);
    char *p = malloc(*n + 1);
    if (!p || fread(p, 1, *n, f) != *n) {
        perror(path);
        exit(1);
    }
    p[*n] = 0;
    fclose(f);
    return p;
}

static size_t split(char *p, size_t n, struct request *out, size_t most)
{
    size_t k = 0;
    for (char *at = p; at < p + n && k < most; k++) {
        char *end;
        unsigned long length = strtoul(at, &end, 10);
        out[k] = (struct request){ end + 1, length };
        at = end + 1 + length;
    }
    return k;
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void report(struct load *l)
{
    size_t failed = 0, n = 0;
    for (size_t i = 0; i < l->n; i++) {
        if (l->latency_ns[i] < 0)
            failed++;
        else
            l->latency_ns[n++] = l->latency_ns[i];
    }
    qsort(l->latency_ns, n, sizeof *l->latency_ns, ascending);
    double p50 = n ? (double)l->latency_ns[n / 2] / 1e6 : -1, p99 = n ? (double)l->latency_ns[n * 99 / 100] / 1e6 : -1;
    printf("{\"requests\":%zu,\"failed\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n", l->n, failed, p50, p99,
           n ? (double)l->latency_ns[n - 1] / 1e6 : -1);
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fprintf(stderr, "usage: offered HOST PORT RATE SECONDS CONNECTIONS FILE\n");
        return 2;
    }
    struct load l = { .rate = strtod(argv[3], NULL), .connections = (int)strtol(argv[5], NULL, 10) };
    l.address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10)) };
    inet_pton(AF_INET, argv[1], &l.address.sin_addr);
    size_t bytes, most = (size_t)(l.rate * strtod(argv[4], NULL));
    char *text = slurp(argv[6], &bytes);
    l.requests = calloc(most + 1, sizeof *l.requests);
    l.latency_ns = calloc(most + 1, sizeof *l.latency_ns);
    l.n = split(text, bytes, l.requests, most);
    if (l.n < most)
        fprintf(stderr, "offered: only %zu requests in %s\n", l.n, argv[6]);
    l.start_ns = now_ns() + 100000000;
    pthread_t threads[256];
    struct worker workers[256];
    int count = l.connections < 256 ? l.connections : 256;
    l.connections = count;
    for (int i = 0; i < count; i++) {
        workers[i] = (struct worker){ &l, i };
        pthread_create(&threads[i], NULL, work, &workers[i]);
    }
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    report(&l);
    return 0;
}
