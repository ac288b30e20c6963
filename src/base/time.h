/* Civil time. A date counts days since 1970-01-01 at the place; an instant counts milliseconds UTC.
 * Days are half-open: midnight belongs to the new day. Absent is a value of each type. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <limits.h>
#include "base/str.h"

struct date { int32_t days; };
struct instant { int64_t ms; };

#define DATE_ABSENT ((struct date){ INT32_MIN })
#define INSTANT_ABSENT ((struct instant){ INT64_MIN })
#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)
#define MINUTE_MS INT64_C(60000)

static inline bool date_absent(struct date d) { return d.days == INT32_MIN; }
static inline bool instant_absent(struct instant t) { return t.ms == INT64_MIN; }

/* Proleptic Gregorian calendar; month 1-12, day 1-31. date_from_civil gives -1 for a day that does not exist. */
int date_from_civil(int year, int month, int day, struct date *out);
void date_to_civil(struct date d, int *year, int *month, int *day);

int date_parse(struct str s, struct date *out);          /* YYYY-MM-DD, years 1800-2200; 0 or -1 */
int date_parse_loose(struct str s, struct date *out);    /* also 2020/2/4, 2020.2.4, 20200204, 2020年2月4日 and Excel's day number */
/* ISO 8601 with offset: 2020-02-04T02:10:00+08:00, seconds and fraction optional, Z allowed; 0 or -1. */
int instant_parse(struct str s, struct instant *out);
/* As above, and "2020-02-04 02:10[:00]", "2020/2/4 2:10", Excel's fractional day number, read at offset_min. */
int instant_parse_loose(struct str s, int offset_min, struct instant *out);

#define DATE_TEXT 11    /* with NUL */
#define INSTANT_TEXT 30 /* 2020-02-04T02:10:00.000+08:00 and NUL; milliseconds are left out when zero */
size_t date_format(struct date d, char out[DATE_TEXT]);
size_t instant_format(struct instant t, int offset_min, char out[INSTANT_TEXT]);

struct date date_of(struct instant t, int offset_min);         /* the day at the place */
struct instant date_start(struct date d, int offset_min);      /* its first millisecond */
int64_t hour_of(struct instant t, int offset_min);             /* hours since 1970-01-01 00:00 at the place */
int age_on(struct date birth, struct date on);                 /* full years */

struct instant clock_wall(void);   /* real time; domain code takes ctx->now instead */
int64_t clock_mono_us(void);       /* for measuring */

#endif
