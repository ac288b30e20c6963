#include "base/time.h"

#include <string.h>
#include <time.h>

#define YEAR_MIN 1800 /* of parsed dates: nobody alive was born before, no plan goes beyond 2200 */
#define YEAR_MAX 2200
#define OFFSET_MAX_MIN (14 * 60) /* the largest offset in use, Kiribati */

/* Excel counts 1900-01-01 as day 1 and believes in 1900-02-29, so from March 1900 on its day number is
 * 25569 more than days since 1970. Below and above these limits a number is more likely something else. */
#define EXCEL_EPOCH 25569
#define EXCEL_MIN 20000 /* 1954-10-03 */
#define EXCEL_MAX 80000 /* 2119-01-11 */

/* ---- calendar (H. Hinnant, "chrono-compatible low-level date algorithms"): years begin in March, so that the
 * leap day is the last of its year; eras of 400 years have 146097 days. */

static int64_t days_from_civil(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t mp = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

static int days_in_month(int year, int month)
{
    static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

int date_from_civil(int year, int month, int day, struct date *out)
{
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return -1;
    int64_t days = days_from_civil(year, month, day);
    if (days <= INT32_MIN || days > INT32_MAX)
        return -1;
    out->days = (int32_t)days;
    return 0;
}

void date_to_civil(struct date d, int *year, int *month, int *day)
{
    int64_t y;
    civil_from_days(d.days, &y, month, day);
    *year = (int)y;
}

/* ---- reading */

/* Takes min to max digits from the front. */
static int take_number(struct str *s, size_t min, size_t max, int *out)
{
    size_t n = 0;
    int v = 0;
    while (n < max && n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
        v = v * 10 + (s->p[n++] - '0');
    if (n < min)
        return -1;
    *s = str_sub(*s, n, s->n);
    *out = v;
    return 0;
}

static bool take(struct str *s, struct str what)
{
    if (!str_starts(*s, what))
        return false;
    *s = str_sub(*s, what.n, s->n);
    return true;
}

static int date_in_years(int y, int m, int d, struct date *out)
{
    return y < YEAR_MIN || y > YEAR_MAX ? -1 : date_from_civil(y, m, d, out);
}

static int take_iso_date(struct str *s, struct date *out)
{
    int y, m, d;
    if (take_number(s, 4, 4, &y) || !take(s, S("-")) || take_number(s, 2, 2, &m) || !take(s, S("-"))
        || take_number(s, 2, 2, &d))
        return -1;
    return date_in_years(y, m, d, out);
}

int date_parse(struct str s, struct date *out)
{
    struct date d;
    if (take_iso_date(&s, &d) || s.n)
        return -1;
    *out = d;
    return 0;
}

/* 2020-2-4, 2020/2/4, 2020.2.4 (the same sign twice), 2020年2月4日, 20200204. */
static int take_loose_date(struct str *s, struct date *out)
{
    int y, m, d;
    if (take_number(s, 4, 4, &y))
        return -1;
    if (take(s, S("年"))) {
        if (take_number(s, 1, 2, &m) || !take(s, S("月")) || take_number(s, 1, 2, &d))
            return -1;
        take(s, S("日"));
    } else if (s->n && strchr("-/.", s->p[0]) && s->p[0]) {
        struct str sign = str_sub(*s, 0, 1);
        take(s, sign);
        if (take_number(s, 1, 2, &m) || !take(s, sign) || take_number(s, 1, 2, &d))
            return -1;
    } else if (take_number(s, 2, 2, &m) || take_number(s, 2, 2, &d)) {
        return -1;
    }
    return date_in_years(y, m, d, out);
}

/* "43865" or "43865.4236": whole days and the milliseconds of the day. */
static int read_excel(struct str s, int64_t *day, int64_t *ms)
{
    struct str frac = s;
    struct str whole = str_cut(&frac, '.');
    if (whole.n != 5 || str_to_i64(whole, day) || *day < EXCEL_MIN || *day > EXCEL_MAX)
        return -1;
    *day -= EXCEL_EPOCH;
    *ms = 0;
    if (!frac.p)
        return 0;
    int64_t parts = 0, scale = 1;
    for (size_t i = 0; i < frac.n; i++) {
        if (frac.p[i] < '0' || frac.p[i] > '9' || frac.n > 20)
            return -1;
        if (i < 10) { /* 1e-10 of a day is 9 microseconds */
            parts = parts * 10 + (frac.p[i] - '0');
            scale *= 10;
        }
    }
    if (!frac.n)
        return -1;
    /* Spreadsheets hold a time as a binary fraction of a day: only whole seconds survive the trip. */
    *ms = (parts * 86400 + scale / 2) / scale * 1000;
    return 0;
}

int date_parse_loose(struct str s, struct date *out)
{
    struct date d;
    int64_t day, ms;
    s = str_trim(s);
    struct str rest = s;
    if (take_loose_date(&rest, &d) == 0 && !rest.n) {
        *out = d;
        return 0;
    }
    if (read_excel(s, &day, &ms) || ms)
        return -1;
    out->days = (int32_t)day;
    return 0;
}

/* hh:mm[:ss[.fff]] as milliseconds of the day. Strict: two digits each; loose: also 2:10 and full-width colons. */
static int take_time(struct str *s, bool strict, int64_t *ms)
{
    int h, m, sec = 0;
    if (take_number(s, strict ? 2 : 1, 2, &h) || !(take(s, S(":")) || (!strict && take(s, S("："))))
        || take_number(s, 2, 2, &m))
        return -1;
    int64_t frac = 0;
    if (take(s, S(":")) || (!strict && take(s, S("：")))) {
        if (take_number(s, 2, 2, &sec))
            return -1;
        if (take(s, S("."))) {
            size_t digits = 0;
            for (; digits < s->n && s->p[digits] >= '0' && s->p[digits] <= '9'; digits++)
                if (digits < 3)
                    frac = frac * 10 + (s->p[digits] - '0');
            if (!digits || digits > 9)
                return -1;
            for (size_t i = digits; i < 3; i++)
                frac *= 10;
            *s = str_sub(*s, digits, s->n);
        }
    }
    /* People write midnight as 24:00 of the day before; it is the first moment of the new day. */
    bool end_of_day = !strict && h == 24 && !m && !sec && !frac;
    if ((h > 23 && !end_of_day) || m > 59 || sec > 59)
        return -1;
    *ms = h * HOUR_MS + m * MINUTE_MS + sec * INT64_C(1000) + frac;
    return 0;
}

static int take_offset(struct str *s, int *minutes)
{
    int h, m;
    if (take(s, S("Z"))) {
        *minutes = 0;
        return 0;
    }
    bool west = take(s, S("-"));
    if ((!west && !take(s, S("+"))) || take_number(s, 2, 2, &h) || !take(s, S(":")) || take_number(s, 2, 2, &m)
        || m > 59 || h * 60 + m > OFFSET_MAX_MIN)
        return -1;
    *minutes = west ? -(h * 60 + m) : h * 60 + m;
    return 0;
}

static struct instant at_place(struct date d, int64_t ms_of_day, int offset_min)
{
    return (struct instant){ d.days * DAY_MS + ms_of_day - offset_min * MINUTE_MS };
}

int instant_parse(struct str s, struct instant *out)
{
    struct date d;
    int64_t ms;
    int offset;
    if (take_iso_date(&s, &d) || !take(&s, S("T")) || take_time(&s, true, &ms) || take_offset(&s, &offset) || s.n)
        return -1;
    *out = at_place(d, ms, offset);
    return 0;
}

int instant_parse_loose(struct str s, int offset_min, struct instant *out)
{
    struct date d;
    int64_t ms, day;
    s = str_trim(s);
    if (instant_parse(s, out) == 0)
        return 0;
    struct str rest = s;
    if (take_loose_date(&rest, &d) == 0 && rest.n) {
        struct str time = str_trim(rest);
        if (time.n == rest.n && !take(&time, S("T")))
            return -1; /* nothing stands between day and time */
        if (take_time(&time, false, &ms))
            return -1;
        if (time.n && (take_offset(&time, &offset_min) || time.n))
            return -1;
        *out = at_place(d, ms, offset_min);
        return 0;
    }
    if (read_excel(s, &day, &ms))
        return -1;
    *out = at_place((struct date){ (int32_t)day }, ms, offset_min);
    return 0;
}

/* ---- writing */

static char *put_digits(char *p, int64_t v, int width)
{
    for (int i = width - 1; i >= 0; i--, v /= 10)
        p[i] = (char)('0' + v % 10);
    return p + width;
}

static char *put_date(char *p, int64_t days)
{
    int64_t y;
    int m, d;
    civil_from_days(days, &y, &m, &d);
    p = put_digits(p, y, 4);
    *p++ = '-';
    p = put_digits(p, m, 2);
    *p++ = '-';
    return put_digits(p, d, 2);
}

/* Four digits hold the years 0 to 9999; what lies outside is written as the nearest day inside. */
#define DAYS_FIRST INT64_C(-719528)
#define DAYS_LAST INT64_C(2932896)

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

size_t date_format(struct date d, char out[DATE_TEXT])
{
    if (date_absent(d)) {
        out[0] = 0;
        return 0;
    }
    char *end = put_date(out, clamp(d.days, DAYS_FIRST, DAYS_LAST));
    *end = 0;
    return (size_t)(end - out);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

size_t instant_format(struct instant t, int offset_min, char out[INSTANT_TEXT])
{
    if (instant_absent(t)) {
        out[0] = 0;
        return 0;
    }
    int64_t shift = offset_min * MINUTE_MS;
    int64_t local = clamp(t.ms, DAYS_FIRST * DAY_MS - shift, (DAYS_LAST + 1) * DAY_MS - 1 - shift) + shift;
    int64_t days = floor_div(local, DAY_MS);
    int64_t ms = local - days * DAY_MS;
    char *p = put_date(out, days);
    *p++ = 'T';
    p = put_digits(p, ms / HOUR_MS, 2);
    *p++ = ':';
    p = put_digits(p, ms / MINUTE_MS % 60, 2);
    *p++ = ':';
    p = put_digits(p, ms / 1000 % 60, 2);
    if (ms % 1000) {
        *p++ = '.';
        p = put_digits(p, ms % 1000, 3);
    }
    int away = offset_min < 0 ? -offset_min : offset_min;
    *p++ = offset_min < 0 ? '-' : '+';
    p = put_digits(p, away / 60, 2);
    *p++ = ':';
    p = put_digits(p, away % 60, 2);
    *p = 0;
    return (size_t)(p - out);
}

/* ---- days and hours at the place */

struct date date_of(struct instant t, int offset_min)
{
    if (instant_absent(t))
        return DATE_ABSENT;
    int64_t days = floor_div(t.ms, DAY_MS);
    int64_t in_day = t.ms - days * DAY_MS + offset_min * MINUTE_MS;
    return (struct date){ (int32_t)clamp(days + floor_div(in_day, DAY_MS), INT32_MIN + 1, INT32_MAX) };
}

struct instant date_start(struct date d, int offset_min)
{
    return date_absent(d) ? INSTANT_ABSENT : at_place(d, 0, offset_min);
}

int64_t hour_of(struct instant t, int offset_min)
{
    if (instant_absent(t))
        return INT64_MIN;
    int64_t hours = floor_div(t.ms, HOUR_MS);
    return hours + floor_div(t.ms - hours * HOUR_MS + offset_min * MINUTE_MS, HOUR_MS);
}

int age_on(struct date birth, struct date on)
{
    int by, bm, bd, y, m, d;
    if (date_absent(birth) || date_absent(on))
        return -1;
    date_to_civil(birth, &by, &bm, &bd);
    date_to_civil(on, &y, &m, &d);
    return y - by - (m < bm || (m == bm && d < bd));
}

struct instant clock_wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (struct instant){ t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000 };
}

int64_t clock_mono_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}
