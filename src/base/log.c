#include "base/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/time.h"

#define LINE_MAX_BYTES 2048 /* a longer line is cut */

static atomic_int lowest = LOG_INFO;
static atomic_int output = STDERR_FILENO;
static const char *output_path;

void log_set_level(enum log_level level)
{
    atomic_store(&lowest, (int)level);
}

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
}

int log_open(const char *path)
{
    int fd = open_file(path);
    if (fd < 0)
        return -1;
    output_path = path;
    atomic_store(&output, fd);
    return 0;
}

int log_reopen(void)
{
    int fd = output_path ? open_file(output_path) : -1;
    if (fd < 0)
        return output_path ? -1 : 0;
    /* The number stays the same, so that no thread writes to a closed one. */
    int err = dup3(fd, atomic_load(&output), O_CLOEXEC);
    close(fd);
    return err < 0 ? -1 : 0;
}

/* One event is one line: whatever came in with an argument cannot forge a second one or steer a terminal. */
static void flatten(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)p[i] < 0x20 || p[i] == 0x7F)
            p[i] = ' ';
}

void log_line(enum log_level level, const char *fmt, ...)
{
    static const char *const names[] = { "debug", "info", "warn", "error" };
    if ((int)level < atomic_load_explicit(&lowest, memory_order_relaxed))
        return;
    char line[LINE_MAX_BYTES], time[INSTANT_TEXT];
    instant_format(clock_wall(), 0, time);
    size_t n = (size_t)snprintf(line, sizeof line, "%s %s ", time, names[level]);
    va_list ap;
    va_start(ap, fmt);
    int more = vsnprintf(line + n, sizeof line - n, fmt, ap);
    va_end(ap);
    if (more < 0)
        return;
    n = (size_t)more >= sizeof line - n ? sizeof line - 1 : n + (size_t)more;
    flatten(line, n);
    line[n] = '\n';
    /* One write a line keeps lines of different threads apart. A log that cannot be written is not an error. */
    if (write(atomic_load_explicit(&output, memory_order_relaxed), line, n + 1) < 0)
        return;
}
