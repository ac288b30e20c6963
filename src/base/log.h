/* One line per event to stderr, or to a file: time level message. Never personal values. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_level(enum log_level level); /* at start-up, before threads */
/* Lines go to the end of this file from now on (made with mode 0640). 0, or -1 with errno. At start-up, before threads;
 * `path` must stay. */
int log_open(const char *path);
/* Opens the file anew, which may have been renamed meanwhile; no line is lost. 0, or -1 with errno: the old one stays. */
int log_reopen(void);
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif
