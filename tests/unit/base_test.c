/* src/base: memory, strings, time, ids, UTF-8, digests, JSON, problems. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/json.h"
#include "base/str.h"
#include "base/time.h"
#include "base/utf8.h"

#define assert_str(got, want) check_str((got), (want), __FILE__, __LINE__)
static void check_str(struct str got, const char *want, const char *file, int line)
{
    if (str_is(got, want))
        return;
    print_error("got \"%.*s\", want \"%s\"\n", got.p ? (int)got.n : 6, got.p ? got.p : "absent", want ? want : "absent");
    _fail(file, line);
}

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 1024);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* ---- arena and buf */

static void arena_aligns_and_keeps_apart(void **state)
{
    (void)state;
    char *last = NULL;
    for (size_t n = 0; n < 5000; n += 7) {
        char *p = arena_alloc(&arena, n);
        assert_int_equal((uintptr_t)p % 16, 0);
        memset(p, 0xAB, n);
        if (last)
            assert_ptr_not_equal(p, last);
        last = p;
    }
    const char *zeroed = arena_zalloc(&arena, 333);
    for (int i = 0; i < 333; i++)
        assert_int_equal(zeroed[i], 0);
}

static void arena_reset_keeps_one_block(void **state)
{
    (void)state;
    char *first = arena_alloc(&arena, 10);
    arena_alloc(&arena, 1 << 20); /* a block of its own */
    for (int i = 0; i < 100; i++)
        arena_alloc(&arena, 500);
    assert_true(arena_used(&arena) > 1 << 20);
    arena_reset(&arena);
    assert_true(arena_used(&arena) < 4096);
    assert_ptr_equal(arena_alloc(&arena, 10), first);
    arena_free(&arena);
    assert_int_equal(arena_used(&arena), 0);
    assert_non_null(arena_alloc(&arena, 10));
}

static void arena_large_first_is_not_kept(void **state)
{
    (void)state;
    arena_alloc(&arena, 5 << 20);
    arena_reset(&arena);
    assert_true(arena_used(&arena) < 4096);
}

static void buf_grows_in_heap_and_arena(void **state)
{
    (void)state;
    struct buf kinds[2];
    buf_init(&kinds[0], NULL);
    buf_init(&kinds[1], &arena);
    for (int k = 0; k < 2; k++) {
        struct buf *b = &kinds[k];
        assert_str(buf_view(b), "");
        for (int i = 0; i < 1000; i++)
            buf_char(b, (char)('a' + i % 26));
        buf_clear(b);
        buf_cstr(b, "x=");
        buf_int(b, INT64_MIN);
        buf_char(b, ' ');
        buf_int(b, 0);
        buf_str(b, S("|"));
        buf_printf(b, "%s-%d", "y", 7);
        assert_str(buf_view(b), "x=-9223372036854775808 0|y-7");
        buf_clear(b);
        buf_printf(b, "%0900d", 5); /* longer than the first guess */
        assert_int_equal(b->n, 900);
        assert_int_equal(b->p[899], '5');
        buf_free(b);
        assert_int_equal(b->n, 0);
    }
}

/* ---- str */

static void str_basics(void **state)
{
    (void)state;
    assert_true(str_eq(STR_ABSENT, STR_ABSENT));
    assert_false(str_eq(STR_ABSENT, S("")));
    assert_true(str_cmp(STR_ABSENT, S("")) < 0);
    assert_true(str_cmp(S("ab"), S("abc")) < 0);
    assert_true(str_cmp(S("b"), S("abc")) > 0);
    assert_true(str_cmp(S("\xE9"), S("a")) > 0); /* bytes are unsigned */
    assert_int_equal(str_cmp(S("x"), S("x")), 0);
    assert_null(str_of(NULL).p);
    assert_true(str_starts(S("abc"), S("ab")) && str_starts(S("abc"), S("")) && !str_starts(S("a"), S("ab")));
    assert_true(str_ends(S("abc"), S("bc")) && !str_ends(S("c"), S("bc")));
    assert_str(str_sub(S("abcdef"), 2, 3), "cde");
    assert_str(str_sub(S("abc"), 2, 100), "c");
    assert_str(str_sub(S("abc"), 9, 1), "");
    assert_str(str_trim(S(" \t\xE3\x80\x80 河 南 \r\n\xE3\x80\x80")), "河 南");
    assert_str(str_trim(S("  ")), "");
    assert_null(str_trim(STR_ABSENT).p);
    assert_str(str_upper(&arena, S("豫f·a1")), "豫F·A1");
    assert_str(str_fmt(&arena, "%s-%0300d", "a", 1), str_c(&arena, str_fmt(&arena, "a-%0300d", 1)));
    assert_int_equal(str_fmt(&arena, "%0300d", 1).n, 300);
    assert_null(str_dup(&arena, STR_ABSENT).p);
    assert_str(str_dup(&arena, S("")), "");
}

static void str_cut_and_find(void **state)
{
    (void)state;
    struct str rest = S("a,,b");
    assert_str(str_cut(&rest, ','), "a");
    assert_str(str_cut(&rest, ','), "");
    assert_str(str_cut(&rest, ','), "b");
    assert_null(rest.p);
    assert_null(str_cut(&rest, ',').p);
    rest = S("x,");
    assert_str(str_cut(&rest, ','), "x");
    assert_str(rest, "");
    size_t at = 9;
    assert_true(str_find(S("hello"), S("llo"), &at));
    assert_int_equal(at, 2);
    assert_true(str_find(S("hello"), S(""), &at));
    assert_int_equal(at, 0);
    assert_false(str_find(S("hello"), S("lloo"), &at));
    assert_false(str_find(STR_ABSENT, S("a"), &at));
}

static void str_to_numbers(void **state)
{
    (void)state;
    static const struct { const char *text; int places, result; int64_t value; } cases[] = {
        { "0", 0, 0, 0 }, { "-0", 0, 0, 0 }, { "37", 1, 0, 370 }, { "37.3", 1, 0, 373 }, { "-0.5", 1, 0, -5 },
        { "37.30", 1, -2, 0 }, { "37.34", 1, -2, 0 }, { "37.", 1, -1, 0 }, { ".5", 1, -1, 0 }, { "", 1, -1, 0 },
        { "-", 1, -1, 0 }, { "+1", 1, -1, 0 }, { " 1", 0, -1, 0 }, { "1 ", 0, -1, 0 }, { "1e3", 1, -1, 0 },
        { "37.3x", 1, -1, 0 }, { "37.34x", 1, -1, 0 }, { "0x10", 0, -1, 0 }, { "1.5", 0, -2, 0 }, { "1,5", 1, -1, 0 },
        { "9223372036854775807", 0, 0, INT64_MAX }, { "-9223372036854775808", 0, 0, INT64_MIN },
        { "9223372036854775808", 0, -1, 0 }, { "-9223372036854775809", 0, -1, 0 },
        { "922337203685477580.7", 1, 0, INT64_MAX }, { "922337203685477580.8", 1, -1, 0 },
        { "922337203685477581", 1, -1, 0 }, { "114.298123", 6, 0, 114298123 }, { "NaN", 1, -1, 0 }, { "三", 0, -1, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t v = 0;
        int result = str_to_scaled(str_of(cases[i].text), cases[i].places, &v);
        if (result != cases[i].result || (!result && v != cases[i].value))
            fail_msg("%s: %d %lld", cases[i].text, result, (long long)v);
    }
    int64_t v = 7;
    assert_int_equal(str_to_i64(S("-42"), &v), 0);
    assert_int_equal(v, -42);
    assert_int_equal(str_to_i64(S("42.0"), &v), -1);
    assert_int_equal(str_to_i64(STR_ABSENT, &v), -1);
    assert_int_equal(v, -42);
}

/* ---- time */

static void every_day_goes_round(void **state)
{
    (void)state;
    struct date first, last, d, again;
    assert_int_equal(date_from_civil(1800, 1, 1, &first), 0);
    assert_int_equal(date_from_civil(2200, 12, 31, &last), 0);
    int y0 = 1799, m0 = 12, d0 = 31;
    for (d = first; d.days <= last.days; d.days++) {
        int y, m, day;
        char text[DATE_TEXT];
        date_to_civil(d, &y, &m, &day);
        bool next_day = y == y0 && m == m0 && day == d0 + 1, next_month = y == y0 && m == m0 + 1 && day == 1;
        bool next_year = y == y0 + 1 && m == 1 && m0 == 12 && day == 1 && d0 == 31;
        assert_true(next_day || next_month || next_year);
        assert_int_equal(date_from_civil(y, m, day, &again), 0);
        assert_int_equal(again.days, d.days);
        assert_int_equal(date_format(d, text), 10);
        assert_int_equal(date_parse(str_of(text), &again), 0);
        assert_int_equal(again.days, d.days);
        y0 = y, m0 = m, d0 = day;
    }
    assert_int_equal(y0, 2200);
}

static void days_that_do_not_exist(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "2019-02-29", "1900-02-29", "2100-02-29", "2020-02-30", "2020-04-31", "2020-00-10", "2020-13-01", "2020-01-00",
        "2020-1-1", "2020-01-1", "20-01-01", "2020/01/01", " 2020-01-01", "2020-01-01 ", "2020-01-01T", "1799-12-31",
        "2201-01-01", "", "-020-01-01", "２０２０-01-01", "2020-01-32",
    };
    struct date d = { 77 };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (date_parse(str_of(bad[i]), &d) != -1)
            fail_msg("%s was taken", bad[i]);
    assert_int_equal(date_parse(STR_ABSENT, &d), -1);
    assert_int_equal(d.days, 77);
    assert_int_equal(date_parse(S("2000-02-29"), &d), 0);
    assert_int_equal(d.days, 11016);
    assert_int_equal(date_from_civil(2020, 2, 29, &d), 0);
    assert_int_equal(date_from_civil(2021, 2, 29, &d), -1);
    assert_int_equal(date_from_civil(1970, 1, 1, &d), 0);
    assert_int_equal(d.days, 0);
}

static void loose_dates(void **state)
{
    (void)state;
    static const char *const same[] = {
        "2020-02-04", "2020/2/4", "2020/02/04", "2020.2.4", "2020-2-4", "20200204", "2020年2月4日", "2020年02月04日",
        " 2020/2/4 ", "43865", "43865.0",
    };
    struct date want, d;
    date_from_civil(2020, 2, 4, &want);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        if (date_parse_loose(str_of(same[i]), &d))
            fail_msg("%s was refused", same[i]);
        assert_int_equal(d.days, want.days);
    }
    static const char *const bad[] = { "2020/2-4", "2020/13/4", "20200230", "19999", "80001", "43865.5", "2/4/2020", "2020",
                                       "2020/2", "", "2020年2月", "2020/2/4 10:00", "昨天", "43865.", "43865.x" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (date_parse_loose(str_of(bad[i]), &d) != -1)
            fail_msg("%s was taken", bad[i]);
    assert_int_equal(date_parse_loose(S("20000"), &d), 0);
    date_from_civil(1954, 10, 3, &want);
    assert_int_equal(d.days, want.days);
}

static void instants_read_and_write(void **state)
{
    (void)state;
    static const struct { const char *text; int64_t ms; } cases[] = {
        { "1970-01-01T00:00:00Z", 0 }, { "1970-01-01T08:00:00+08:00", 0 }, { "1969-12-31T19:00-05:00", 0 },
        { "2020-02-04T02:10:00+08:00", 1580753400000 }, { "2020-02-04T02:10+08:00", 1580753400000 },
        { "2020-02-04T02:10:00.5+08:00", 1580753400500 }, { "2020-02-03T18:10:00.123456789Z", 1580753400123 },
        { "1969-12-31T23:59:59.999Z", -1 },
    };
    struct instant t;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (instant_parse(str_of(cases[i].text), &t))
            fail_msg("%s was refused", cases[i].text);
        assert_int_equal(t.ms, cases[i].ms);
    }
    static const char *const bad[] = {
        "2020-02-04", "2020-02-04T02:10:00", "2020-02-04 02:10:00+08:00", "2020-02-04T24:00:00Z", "2020-02-04T23:60:00Z",
        "2020-02-04T23:59:60Z", "2020-02-04T2:10Z", "2020-02-04T02:10:00+8", "2020-02-04T02:10:00+0800", "2020-02-30T00:00Z",
        "2020-02-04T02:10:00.Z", "2020-02-04T02:10:00Zx", "2020-02-04T02:10:00+14:01", "2020-02-04T02:10:00+08:60", "",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (instant_parse(str_of(bad[i]), &t) != -1)
            fail_msg("%s was taken", bad[i]);
    char text[INSTANT_TEXT];
    instant_format((struct instant){ 1580753400000 }, 480, text);
    assert_string_equal(text, "2020-02-04T02:10:00+08:00");
    instant_format((struct instant){ 1580753400007 }, -210, text);
    assert_string_equal(text, "2020-02-03T14:40:00.007-03:30");
    assert_int_equal(instant_format(INSTANT_ABSENT, 480, text), 0);
    assert_string_equal(text, "");
    assert_int_equal(instant_format((struct instant){ INT64_MAX }, 840, text), 29); /* clamped, not overrun */
    assert_int_equal(instant_format((struct instant){ INT64_MIN + 1 }, -840, text), 25);
}

static void instants_go_round(void **state)
{
    (void)state;
    static const int offsets[] = { 480, 0, -720, 840, 345, -210 };
    uint64_t seed = 12345;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        struct instant t = { (int64_t)(seed >> 16) % (200 * 365 * DAY_MS) - 100 * 365 * DAY_MS }, again;
        char text[INSTANT_TEXT];
        int offset = offsets[i % 6];
        instant_format(t, offset, text);
        assert_int_equal(instant_parse(str_of(text), &again), 0);
        assert_int_equal(again.ms, t.ms);
        struct date d = date_of(t, offset);
        assert_true(date_start(d, offset).ms <= t.ms && t.ms < date_start(d, offset).ms + DAY_MS);
        int64_t hour = hour_of(t, offset);
        assert_true(hour * HOUR_MS <= t.ms + offset * MINUTE_MS && t.ms + offset * MINUTE_MS < (hour + 1) * HOUR_MS);
    }
}

static void midnight_belongs_to_the_new_day(void **state)
{
    (void)state;
    struct instant midnight, before;
    struct date d;
    instant_parse(S("2020-02-05T00:00:00+08:00"), &midnight);
    before.ms = midnight.ms - 1;
    date_from_civil(2020, 2, 5, &d);
    assert_int_equal(date_of(midnight, 480).days, d.days);
    assert_int_equal(date_of(before, 480).days, d.days - 1);
    assert_int_equal(date_of(midnight, 0).days, d.days - 1);
    assert_int_equal(date_start(d, 480).ms, midnight.ms);
    assert_int_equal(hour_of(midnight, 480), d.days * INT64_C(24));
    assert_int_equal(hour_of(before, 480), d.days * INT64_C(24) - 1);
    assert_true(date_absent(date_of(INSTANT_ABSENT, 480)));
    assert_true(instant_absent(date_start(DATE_ABSENT, 480)));
}

static void loose_instants(void **state)
{
    (void)state;
    static const char *const same[] = {
        "2020-02-04T02:10:00+08:00", "2020-02-04 02:10", "2020-02-04 02:10:00", "2020/2/4 2:10", "2020/2/4  2:10:00",
        "2020年2月4日 2:10", "2020-02-04T02:10", "2020.2.4 2：10", "43865.0902777778", "2020-02-03 18:10Z",
        "2020-02-03 18:10:00+00:00",
    };
    struct instant t, midnight, start;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        if (instant_parse_loose(str_of(same[i]), 480, &t))
            fail_msg("%s was refused", same[i]);
        assert_int_equal(t.ms, 1580753400000);
    }
    static const char *const bad[] = { "2020-02-04", "2020-02-0402:10", "2020/2/4 25:00", "2020/2/4 24:01", "2:10", "",
                                       "2020/2/4 2:10x", "2020/2/4 2:1", "43865.1.2", "99999.5" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (instant_parse_loose(str_of(bad[i]), 480, &t) != -1)
            fail_msg("%s was taken", bad[i]);
    assert_int_equal(instant_parse_loose(S("2020/2/4 24:00"), 480, &midnight), 0);
    assert_int_equal(instant_parse_loose(S("2020/2/5 0:00"), 480, &start), 0);
    assert_int_equal(midnight.ms, start.ms);
    assert_int_equal(instant_parse_loose(S("43866"), 480, &midnight), 0); /* a whole day number is its midnight */
    assert_int_equal(midnight.ms, start.ms);
}

static void ages(void **state)
{
    (void)state;
    static const struct { const char *birth, *on; int age; } cases[] = {
        { "2000-02-29", "2019-02-28", 18 }, { "2000-02-29", "2019-03-01", 19 }, { "2000-02-29", "2020-02-29", 20 },
        { "1990-06-15", "2020-06-14", 29 }, { "1990-06-15", "2020-06-15", 30 }, { "2020-01-01", "2020-01-01", 0 },
        { "2020-02-01", "2020-01-01", -1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct date birth, on;
        date_parse(str_of(cases[i].birth), &birth);
        date_parse(str_of(cases[i].on), &on);
        assert_int_equal(age_on(birth, on), cases[i].age);
    }
    assert_int_equal(age_on(DATE_ABSENT, (struct date){ 0 }), -1);
}

static void clocks_run(void **state)
{
    (void)state;
    int64_t mono = clock_mono_us();
    assert_true(clock_wall().ms > INT64_C(1577836800000)); /* 2020 */
    assert_true(clock_mono_us() >= mono);
}

/* ---- ids */

static void ids_hold_time_and_lane(void **state)
{
    (void)state;
    static const uint8_t random[8] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
    struct instant now = { 0x0123456789AB };
    struct id id = id_make(now, 0xABC, random);
    char text[ID_TEXT];
    assert_int_equal(id_format(id, text), 36);
    assert_string_equal(text, "01234567-89ab-8abc-bfff-ffffffffffff");
    assert_int_equal(id_time(id).ms, now.ms);
    struct id later = id_make((struct instant){ now.ms + 1 }, 0, (uint8_t[8]){ 0 });
    assert_true(id_cmp(id, later) < 0);
    struct id a = id_new(now, 1), b = id_new(now, 1);
    assert_false(id_eq(a, b));
    assert_int_equal(a.b[6] >> 4, 8);
    assert_int_equal(a.b[8] >> 6, 2);
    assert_true(id_absent(ID_ABSENT));
    assert_false(id_absent(a));
}

static void ids_are_parsed(void **state)
{
    (void)state;
    struct id id, again;
    char text[ID_TEXT];
    assert_int_equal(id_parse(S("6BA7B810-9dad-11D1-80b4-00c04fd430c8"), &id), 0);
    id_format(id, text);
    assert_string_equal(text, "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    assert_int_equal(id_parse(str_of(text), &again), 0);
    assert_true(id_eq(id, again));
    assert_true(instant_absent(id_time(id))); /* version 1 */
    static const char *const bad[] = {
        "00000000-0000-0000-0000-000000000000", "", "6ba7b810-9dad-11d1-80b4-00c04fd430c", "6ba7b810-9dad-11d1-80b4-00c04fd430c81",
        "6ba7b8109dad-11d1-80b4-00c04fd430c8-", "6ba7b810-9dad-11d1-80b4-00c04fd430cg", "{ba7b810-9dad-11d1-80b4-00c04fd430c}",
        "6ba7b810 9dad 11d1 80b4 00c04fd430c8",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (id_parse(str_of(bad[i]), &id) != -1)
            fail_msg("%s was taken", bad[i]);
    assert_int_equal(id_parse(STR_ABSENT, &id), -1);
}

/* ---- UTF-8 */

static void utf8_tells_good_from_bad(void **state)
{
    (void)state;
    static const struct str good[] = {
        STR_INIT(""), STR_INIT("plain"), STR_INIT("河南省"), STR_INIT("\xF0\xA0\xAE\xB7"), STR_INIT("\xEF\xBF\xBF"),
        STR_INIT("\xF4\x8F\xBF\xBF"), STR_INIT("\xED\x9F\xBF"), STR_INIT("\xEE\x80\x80"), STR_INIT("a\0b"),
        STR_INIT("12345678河12345678"),
    };
    static const struct str bad[] = {
        STR_INIT("\x80"), STR_INIT("\xC0\x80"), STR_INIT("\xC1\xBF"), STR_INIT("\xE0\x80\x80"), STR_INIT("\xE0\x9F\xBF"),
        STR_INIT("\xED\xA0\x80"), STR_INIT("\xED\xBF\xBF"), STR_INIT("\xF0\x80\x80\x80"), STR_INIT("\xF4\x90\x80\x80"),
        STR_INIT("\xF5\x80\x80\x80"), STR_INIT("\xFF"), STR_INIT("\xC2"), STR_INIT("\xE9\xA9"), STR_INIT("\xF0\xA0\xAE"),
        STR_INIT("\xE9\xA9x"), STR_INIT("1234567\xC3"), STR_INIT("12345678\xC3(12345678"),
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(utf8_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(utf8_valid(bad[i]));
    assert_true(utf8_valid(STR_ABSENT));
}

static void utf8_walks(void **state)
{
    (void)state;
    struct str s = S("a\xC3\xA9河\xF0\xA0\xAE\xB7");
    size_t at = 0;
    assert_int_equal(utf8_length(s), 4);
    assert_int_equal(utf8_next(s, &at), 'a');
    assert_int_equal(utf8_next(s, &at), 0xE9);
    assert_int_equal(utf8_next(s, &at), 0x6CB3);
    assert_int_equal(utf8_next(s, &at), 0x20BB7);
    assert_int_equal(utf8_next(s, &at), 0xFFFFFFFF);
    assert_str(utf8_head(s, 3), "a\xC3\xA9河");
    assert_str(utf8_head(s, 99), "a\xC3\xA9河\xF0\xA0\xAE\xB7");
    assert_str(utf8_head(s, 0), "");
    assert_false(utf8_has_control(S("line\r\n\tnext 河·")));
    assert_true(utf8_has_control(S("a\0b")));
    assert_true(utf8_has_control(S("a\033b")));
    assert_true(utf8_has_control(S("a\x7F")));
    assert_true(utf8_has_control(S("a\xC2\x85")));
    assert_false(utf8_has_control(S("a\xC2\xA0")));
    assert_true(utf8_has_control(S("a\xE2\x80\xAEz")));
    assert_true(utf8_has_control(S("a\xE2\x81\xA6z")));
}

/* ---- digests */

static void digests_match_published_values(void **state)
{
    (void)state;
    char hex[65];
    struct str parts[] = { S("a"), S(""), S("bc") };
    struct sha256 h = hash_sha256(parts, 3); /* FIPS 180-4 example: "abc" */
    hash_hex(h.b, 32, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    h = hash_sha256(NULL, 0);
    hash_hex(h.b, 32, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    uint8_t key[32] = { 1 }, other[32] = { 2 };
    struct digest a = hash_keyed(key, S("410611")), b = hash_keyed(key, S("410611")), c = hash_keyed(other, S("410611"));
    assert_true(a.present && hash_same(a.b, b.b, 16) && !hash_same(a.b, c.b, 16));
    assert_false(hash_keyed(key, STR_ABSENT).present);
    assert_true(hash_keyed(key, S("")).present);
    uint8_t back[2];
    assert_int_equal(hash_unhex(S("aBfF"), back, 2), 0);
    assert_int_equal(back[0] << 8 | back[1], 0xABFF);
    assert_int_equal(hash_unhex(S("abf"), back, 2), -1);
    assert_int_equal(hash_unhex(S("abfg"), back, 2), -1);
}

/* Every flipped bit of a key must reach the low bits, which tables use. */
static void fast_hash_spreads(void **state)
{
    (void)state;
    unsigned char key[40] = { 0 };
    static unsigned counts[256];
    for (size_t n = 1; n <= sizeof key; n++) {
        uint64_t h = hash_fast(key, n);
        assert_true(h != hash_fast(key, n - 1));
        for (size_t bit = 0; bit < n * 8; bit++) {
            key[bit / 8] ^= (unsigned char)(1 << bit % 8);
            assert_true(hash_fast(key, n) != h);
            key[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
    for (uint32_t i = 0; i < 256 * 64; i++)
        counts[hash_fast(&i, 4) & 255]++;
    for (int i = 0; i < 256; i++)
        assert_in_range(counts[i], 24, 120); /* 64 expected */
}

/* ---- JSON */

static void json_writes(void **state)
{
    (void)state;
    struct buf b;
    struct jw w;
    buf_init(&b, &arena);
    jw_init(&w, &b);
    jw_object(&w);
    jw_kstr(&w, "a", S("q\"\\/\b\f\n\r\t\x01<\xE2\x80\xA8\xE2\x80\xA9\xE2\x82\xAC河"));
    jw_kstr(&w, "none", STR_ABSENT);
    jw_kint(&w, "i", -5);
    jw_kbool(&w, "t", true);
    jw_kcstr(&w, "c", "x");
    jw_key_str(&w, S("k\""));
    jw_array(&w);
    jw_scaled(&w, 373, 1);
    jw_scaled(&w, -5, 1);
    jw_scaled(&w, 7, 0);
    jw_scaled(&w, 1, 6);
    jw_object(&w);
    jw_end_object(&w);
    jw_array(&w);
    jw_end_array(&w);
    jw_raw(&w, S("{\"r\":1}"));
    jw_null(&w);
    jw_end_array(&w);
    jw_key(&w, "z");
    jw_bool(&w, false);
    jw_end_object(&w);
    assert_str(buf_view(&b), "{\"a\":\"q\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u003c\\u2028\\u2029\xE2\x82\xAC河\",\"none\":null,\"i\":-5,"
                             "\"t\":true,\"c\":\"x\",\"k\\\"\":[37.3,-0.5,7,0.000001,{},[],{\"r\":1},null],\"z\":false}");
}

static enum err refused(const char *text, size_t n)
{
    struct problems ps;
    problems_init(&ps, &arena);
    json_t *v = json_read((struct str){ text, n }, &ps);
    if (v) {
        assert_int_equal(ps.n, 0);
        json_decref(v);
        return ERR_NONE;
    }
    assert_int_equal(ps.n, 1);
    return ps.items[0].code;
}
#define REFUSED(lit) refused("" lit, sizeof(lit) - 1)

static void json_reads_within_limits(void **state)
{
    (void)state;
    assert_int_equal(REFUSED("{\"a\":1}"), ERR_NONE);
    assert_int_equal(REFUSED(" {} \n"), ERR_NONE);
    assert_int_equal(REFUSED(""), ERR_BAD_JSON);
    assert_int_equal(refused(NULL, 0), ERR_BAD_JSON);
    assert_int_equal(REFUSED("[]"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("5"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{\"a\":1}x"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{\"a\":1}{}"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{\"a\":1,}"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{'a':1}"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{\"a\":1e400}"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{\"a\":99999999999999999999}"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{\"a\":NaN}"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{\"a\":01}"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{\"a\":\"\\u0000\"}"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{\"a\":\"\\ud800\"}"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{\"a\":\"x\0y\"}"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{\"a\":1}\0"), ERR_BAD_JSON);
    assert_int_equal(REFUSED("{\"a\":\"\xC3\"}"), ERR_BAD_UTF8);
    assert_int_equal(REFUSED("{\"a\":\"\xED\xA0\x80\"}"), ERR_BAD_UTF8);
    assert_int_equal(REFUSED("{\"a\":1,\"a\":2}"), ERR_DUPLICATE_KEY);
    assert_int_equal(REFUSED("{\"x\":{\"a\":1,\"b\":0,\"a\":1}}"), ERR_DUPLICATE_KEY);
}

static enum err nested(int depth)
{
    char text[64] = "{\"a\":", *p = text + 5;
    for (int i = 1; i < depth; i++)
        *p++ = '[';
    for (int i = 1; i < depth; i++)
        *p++ = ']';
    *p++ = '}';
    return refused(text, (size_t)(p - text));
}

static void json_depth(void **state)
{
    (void)state;
    assert_int_equal(nested(16), ERR_NONE);
    assert_int_equal(nested(17), ERR_NESTING);
    assert_int_equal(REFUSED("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[\"}"), ERR_NONE); /* brackets in text */
    char *deep = arena_alloc(&arena, 1000000);
    memset(deep, '[', 1000000);
    assert_int_equal(refused(deep, 1000000), ERR_NESTING);
}

static void json_text_is_a_slice(void **state)
{
    (void)state;
    struct problems ps;
    problems_init(&ps, &arena);
    json_t *v = json_read(S("{\"s\":\"河\",\"e\":\"\",\"n\":1}"), &ps);
    assert_str(json_text(json_object_get(v, "s")), "河");
    assert_str(json_text(json_object_get(v, "e")), "");
    assert_null(json_text(json_object_get(v, "n")).p);
    assert_null(json_text(json_object_get(v, "missing")).p);
    json_decref(v);
}

/* ---- errors */

static void problems_collect(void **state)
{
    (void)state;
    struct problems ps;
    problems_init(&ps, &arena);
    assert_int_equal(problems_worst(&ps), ERR_NONE);
    assert_int_equal(problems_status(&ps), 500);
    ps.entity = "passage";
    ps.row = 3;
    assert_int_equal(problems_add(&ps, ERR_REQUIRED, "name"), -ERR_REQUIRED);
    assert_int_equal(problems_name(&ps, ERR_UNKNOWN_KEY, S("n\"me")), -ERR_UNKNOWN_KEY);
    ps.entity = NULL;
    ps.row = 0;
    assert_int_equal(problems_detail(&ps, ERR_CONFLICT, NULL, "max %d", 5), -ERR_CONFLICT);
    for (int i = 0; i < 100; i++)
        problems_add(&ps, ERR_TOO_LONG, "x");
    assert_int_equal(ps.n, 103);
    assert_int_equal(problems_worst(&ps), ERR_CONFLICT);
    ps.n = 3;
    struct buf out;
    buf_init(&out, &arena);
    problems_write(&ps, &out);
    assert_int_equal(problems_status(&ps), 409);
    assert_str(buf_view(&out),
               "{\"type\":\"urn:redoubt:problem:conflict\",\"title\":\"他人已修改同一内容,请核对后再存\",\"title_en\":\"Someone else changed "
               "the same fields; compare and save again\",\"status\":409,\"code\":\"conflict\",\"problems\":[{\"code\":\"required\","
               "\"entity\":\"passage\",\"row\":3,\"field\":\"name\",\"message\":\"必填\",\"message_en\":\"Required\"},{\"code\":"
               "\"unknown_key\",\"entity\":\"passage\",\"row\":3,\"field\":\"n\\\"me\",\"message\":\"没有此字段\",\"message_en\":\"There is no "
               "such field\"},{\"code\":\"conflict\",\"message\":\"他人已修改同一内容,请核对后再存\",\"message_en\":\"Someone else changed the "
               "same fields; compare and save again\",\"detail\":\"max 5\"}]}");
}

static void every_error_is_described(void **state)
{
    (void)state;
    for (int e = 1; e < ERR_COUNT; e++) {
        const struct err_info *i = err_info(-e);
        assert_ptr_equal(i, err_info(e));
        assert_int_equal(err_by_code(str_of(i->code)), e); /* codes are unique */
        assert_in_range(i->http, 400, 599);
        assert_true(strlen(i->zh) > 0 && strlen(i->en) > 0 && utf8_valid(str_of(i->zh)));
    }
    assert_int_equal(err_by_code(S("nonsense")), ERR_NONE);
    assert_string_equal(err_info(ERR_COUNT)->code, "internal");
    assert_string_equal(err_info(INT32_MIN)->code, "internal");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(arena_aligns_and_keeps_apart), T(arena_reset_keeps_one_block), T(arena_large_first_is_not_kept),
        T(buf_grows_in_heap_and_arena), T(str_basics), T(str_cut_and_find), T(str_to_numbers), T(every_day_goes_round),
        T(days_that_do_not_exist), T(loose_dates), T(instants_read_and_write), T(instants_go_round),
        T(midnight_belongs_to_the_new_day), T(loose_instants), T(ages), T(clocks_run), T(ids_hold_time_and_lane),
        T(ids_are_parsed), T(utf8_tells_good_from_bad), T(utf8_walks), T(digests_match_published_values),
        T(fast_hash_spreads), T(json_writes), T(json_reads_within_limits), T(json_depth), T(json_text_is_a_slice),
        T(problems_collect), T(every_error_is_described),
    };
    hash_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
