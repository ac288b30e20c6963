/* src/io/table/csv: encodings, separators, quotes, bad records, writing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "io/table/csv.h"

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 4096);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* Gives few bytes at a time, so that every sequence is cut somewhere. */
struct drip {
    struct str rest;
    size_t step;
    bool breaks; /* ends with a read error */
};

static int64_t drip_read(void *arg, char *p, size_t n)
{
    struct drip *d = arg;
    n = n < d->step ? n : d->step;
    n = n < d->rest.n ? n : d->rest.n;
    if (!n && d->breaks)
        return -1;
    if (n)
        memcpy(p, d->rest.p, n);
    d->rest = str_sub(d->rest, n, d->rest.n);
    return (int64_t)n;
}

/* The whole table as text: cells between bars, records by line with their line number, bad ones as their code. */
static char *dump_source(struct csv_source source, const char *encoding, char separator)
{
    struct buf out;
    struct str *cells;
    size_t n;
    int why = 0;
    buf_init(&out, &arena);
    struct csv *c = csv_open(source);
    assert_string_equal(csv_encoding(c), encoding);
    assert_int_equal(csv_separator(c), separator);
    enum csv_result r;
    while ((r = csv_next(c, &arena, &cells, &n, &why)) != CSV_END) {
        buf_int(&out, csv_line(c));
        if (r == CSV_BAD)
            buf_printf(&out, ":%s", err_info(why)->code);
        for (size_t i = 0; r == CSV_RECORD && i < n; i++) {
            assert_non_null(cells[i].p);
            buf_printf(&out, "|%.*s", STR_ARG(cells[i]));
        }
        buf_char(&out, '\n');
    }
    assert_int_equal(csv_next(c, &arena, &cells, &n, &why), CSV_END);
    csv_close(c);
    return str_c(&arena, buf_view(&out));
}

static char *dump(struct str text, const char *encoding, char separator)
{
    return dump_source(csv_from_str(&text), encoding, separator);
}

static struct str encode(const char *encoding, const char *text)
{
    iconv_t c = iconv_open(encoding, "UTF-8");
    assert_true(c != (iconv_t)-1);
    size_t left = strlen(text), room = left * 4 + 16;
    char *in = str_c(&arena, str_of(text)), *out = arena_alloc(&arena, room), *start = out;
    assert_int_equal(iconv(c, &in, &left, &out, &room), 0);
    iconv_close(c);
    return (struct str){ start, (size_t)(out - start) };
}

static void plain_records(void **state)
{
    (void)state;
    assert_string_equal(dump(S("a,b,c\r\n1,,3\n\n x ,y,\"\"\n"), "UTF-8", ','), "1|a|b|c\n2|1||3\n4| x |y|\n");
    assert_string_equal(dump(S("a,b"), "UTF-8", ','), "1|a|b\n");
    assert_string_equal(dump(S(""), "UTF-8", ','), "");
    assert_string_equal(dump(S("\n\r\n ,\xE3\x80\x80,\n\"\"\n"), "UTF-8", ','), "");
    assert_string_equal(dump(S("a\rb\r\nc"), "UTF-8", ','), "1|a\n2|b\n3|c\n");
    assert_string_equal(dump(S("a,"), "UTF-8", ','), "1|a|\n");
    assert_string_equal(dump(S("号,姓名\n1,甲"), "UTF-8", ','), "1|号|姓名\n2|1|甲\n");
    assert_string_equal(dump(S(CSV_BOM "号,名\n"), "UTF-8", ','), "1|号|名\n");
}

static void quotes(void **state)
{
    (void)state;
    assert_string_equal(dump(S("\"a,b\",\"c \"\"d\"\"\"\n"), "UTF-8", ','), "1|a,b|c \"d\"\n");
    assert_string_equal(dump(S("\"x\r\ny\nz\",2\r\n3,4\n"), "UTF-8", ','), "1|x\r\ny\nz|2\n4|3|4\n");
    assert_string_equal(dump(S("a \"b\" c,d\n"), "UTF-8", ','), "1|a \"b\" c|d\n");
    assert_string_equal(dump(S("\"a\"x,b\n"), "UTF-8", ','), "1|ax|b\n");
    assert_string_equal(dump(S("\"open,b\nc"), "UTF-8", ','), "1|open,b\nc\n");
}

static void separators(void **state)
{
    (void)state;
    assert_string_equal(dump(S("a;b;c,d\n1;2;3\n"), "UTF-8", ';'), "1|a|b|c,d\n2|1|2|3\n");
    assert_string_equal(dump(S("a\tb,c\td\n1\t2\t3\n"), "UTF-8", '\t'), "1|a|b,c|d\n2|1|2|3\n");
    assert_string_equal(dump(S("\"a;;;;\",b\n"), "UTF-8", ','), "1|a;;;;|b\n"); /* in quotes they do not count */
    assert_string_equal(dump(S("\r\n\r\na;b\n"), "UTF-8", ';'), "3|a|b\n");
    assert_string_equal(dump(S("single\nx;y;z\n"), "UTF-8", ','), "1|single\n2|x;y;z\n");
}

static void other_encodings(void **state)
{
    (void)state;
    const char *text = "卡点,姓名,体温\r\n京港澳高速出口,龘靐,37.3\n\"一,二\n三\",𠮷,36.5\r\n";
    const char *want = "1|卡点|姓名|体温\n2|京港澳高速出口|龘靐|37.3\n3|一,二\n三|𠮷|36.5\n";
    static const struct { const char *name, *mark; size_t n; } kinds[] = {
        { "GB18030", "", 0 }, { "UTF-16LE", "\xFF\xFE", 2 }, { "UTF-16BE", "\xFE\xFF", 2 }, { "UTF-8", CSV_BOM, 3 },
    };
    for (size_t k = 0; k < 4; k++) {
        struct buf b;
        buf_init(&b, &arena);
        buf_put(&b, kinds[k].mark, kinds[k].n);
        buf_str(&b, encode(kinds[k].name, text));
        assert_string_equal(dump(buf_view(&b), kinds[k].name, ','), want);
        for (size_t step = 1; step < 8; step++) {
            struct drip d = { buf_view(&b), step, false };
            assert_string_equal(dump_source((struct csv_source){ drip_read, &d }, kinds[k].name, ','), want);
        }
    }
}

/* Longer than the part that is looked at, with sequences lying across all chunk ends. */
static void long_tables_in_chunks(void **state)
{
    (void)state;
    static const char *const names[] = { "UTF-8", "GB18030", "UTF-16LE" };
    struct buf text;
    buf_init(&text, &arena);
    buf_cstr(&text, "x号,名\n");
    for (int i = 0; i < 12000; i++)
        buf_printf(&text, "%d,京港澳高速出口𠮷%.*s\n", i, i % 3, "ab");
    buf_char(&text, 0);
    for (size_t k = 0; k < 3; k++) {
        struct buf b;
        struct str *cells, rest;
        size_t n, records = 0;
        int why;
        buf_init(&b, &arena);
        if (k == 2)
            buf_put(&b, "\xFF\xFE", 2);
        buf_str(&b, encode(names[k], text.p));
        assert_true(b.n > 4 * 65536);
        rest = buf_view(&b);
        struct csv *c = csv_open(csv_from_str(&rest));
        assert_string_equal(csv_encoding(c), names[k]);
        while (csv_next(c, &arena, &cells, &n, &why) == CSV_RECORD) {
            assert_int_equal(n, 2);
            if (records)
                assert_true(str_starts(cells[1], S("京港澳高速出口𠮷")));
            records++;
        }
        assert_int_equal(records, 12001);
        assert_int_equal(csv_line(c), 12001);
        csv_close(c);
    }
}

static void bad_bytes_are_bad_records(void **state)
{
    (void)state;
    assert_string_equal(dump(S(CSV_BOM "a,b\n\xFF,1\nc,d\n"), "UTF-8", ','), "1|a|b\n2:bad_utf8\n3|c|d\n");
    /* Two halves of one character in two cells are two bad cells. */
    assert_string_equal(dump(S(CSV_BOM "a,b\n\xE5\x8F,\xB7\n"), "UTF-8", ','), "1|a|b\n2:bad_utf8\n");
    assert_string_equal(dump(S(CSV_BOM "a,b\n1,\xE5\x8F"), "UTF-8", ','), "1|a|b\n2:bad_utf8\n");
    /* Not UTF-8, so taken for GB18030, where FF stands for nothing. */
    assert_string_equal(dump(S("a,b\n\xFF,1\n\xBA\xC5,d\n"), "GB18030", ','), "1|a|b\n2:bad_utf8\n3|号|d\n");
    assert_string_equal(dump(S("a,\xBA\xC5\n1,\xBA"), "GB18030", ','), "1|a|号\n2:bad_utf8\n");
    assert_string_equal(dump(S("\xFF\xFE" "a\0,\0b\0\n\0" "\x00\xDC,\0c\0\n\0d\0\n\0"), "UTF-16LE", ','),
                        "1|a|b\n2:bad_utf8\n3|d\n");
    assert_string_equal(dump(S("\xFF\xFE" "a\0,\0b"), "UTF-16LE", ','), "1:bad_utf8\n");
}

static void bad_byte_behind_the_first_part(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, &arena);
    for (int i = 0; i < 30000; i++)
        buf_cstr(&b, "号,1\n");
    buf_cstr(&b, "\xFF,2\n号,3\n");
    struct str rest = buf_view(&b), *cells;
    struct csv *c = csv_open(csv_from_str(&rest));
    size_t n, good = 0, bad = 0;
    int why;
    assert_string_equal(csv_encoding(c), "UTF-8");
    for (enum csv_result r; (r = csv_next(c, &arena, &cells, &n, &why)) != CSV_END;) {
        good += r == CSV_RECORD;
        bad += r == CSV_BAD;
        if (r == CSV_BAD)
            assert_int_equal(csv_line(c), 30001);
    }
    assert_int_equal(good, 30001);
    assert_int_equal(bad, 1);
    csv_close(c);
}

static void limits(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, &arena);
    buf_cstr(&b, "a,b\n");
    for (int i = 0; i < 511; i++)
        buf_char(&b, ',');
    buf_cstr(&b, "x\n"); /* 512 cells */
    for (int i = 0; i < 512; i++)
        buf_char(&b, ',');
    buf_cstr(&b, "x\n"); /* 513 */
    for (int i = 0; i < (1 << 20) - 1; i++)
        buf_char(&b, 'y');
    buf_cstr(&b, ",z\n"); /* 1 MiB of content */
    for (int i = 0; i < 1 << 20; i++)
        buf_char(&b, 'y');
    buf_cstr(&b, ",z\nlast,1\n"); /* one byte more */
    struct str rest = buf_view(&b), *cells;
    struct csv *c = csv_open(csv_from_str(&rest));
    size_t n;
    int why;
    assert_int_equal(csv_next(c, &arena, &cells, &n, &why), CSV_RECORD);
    assert_int_equal(csv_next(c, &arena, &cells, &n, &why), CSV_RECORD);
    assert_int_equal(n, 512);
    assert_int_equal(csv_next(c, &arena, &cells, &n, &why), CSV_BAD);
    assert_int_equal(why, ERR_TOO_MANY);
    assert_int_equal(csv_next(c, &arena, &cells, &n, &why), CSV_RECORD);
    assert_int_equal(cells[0].n, (1 << 20) - 1);
    assert_int_equal(csv_next(c, &arena, &cells, &n, &why), CSV_BAD);
    assert_int_equal(why, ERR_TOO_LARGE);
    assert_int_equal(csv_line(c), 5);
    assert_int_equal(csv_next(c, &arena, &cells, &n, &why), CSV_RECORD);
    assert_true(str_is(cells[0], "last"));
    assert_int_equal(csv_next(c, &arena, &cells, &n, &why), CSV_END);
    csv_close(c);
}

static void broken_source_is_told(void **state)
{
    (void)state;
    struct drip d = { S("a,b\n1,2\n"), 3, true };
    assert_string_equal(dump_source((struct csv_source){ drip_read, &d }, "UTF-8", ','), "1|a|b\n2|1|2\n3:internal\n");
}

static void from_a_file(void **state)
{
    (void)state;
    char path[] = "/tmp/csv-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(write(fd, "a;b\n1;2\n", 8), 8);
    lseek(fd, 0, SEEK_SET);
    assert_string_equal(dump_source(csv_from_fd(&fd), "UTF-8", ';'), "1|a|b\n2|1|2\n");
    close(fd);
    int closed = -1;
    assert_string_equal(dump_source(csv_from_fd(&closed), "UTF-8", ','), "1:internal\n");
}

static const char *written(struct str cell)
{
    struct buf b;
    buf_init(&b, &arena);
    csv_put_cell(&b, cell, true);
    return str_c(&arena, buf_view(&b));
}

static void cells_are_written(void **state)
{
    (void)state;
    static const char *const same[] = { "", "abc", "河南", " a b ", "'a", "37.3", "-5", "-37.3", "+5", "+8613800000000",
                                        "+86 373 1234567", "a=b", "1-2", "2020-02-04" };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        assert_string_equal(written(str_of(same[i])), same[i]);
        assert_true(str_is(csv_unguard(str_of(same[i])), same[i]));
    }
    static const char *const guarded[] = { "=1+1", "+a", "-a", "@x", "-", "+", "-1-2", "+1+2", "-5.", "--5", "+86-373",
                                           "'=x", "''@x", "-1e5", "=", "-1 2" };
    for (size_t i = 0; i < sizeof guarded / sizeof guarded[0]; i++) {
        const char *w = written(str_of(guarded[i]));
        assert_int_equal(w[0], '\'');
        assert_string_equal(w + 1, guarded[i]);
        assert_true(str_is(csv_unguard(str_of(w)), guarded[i]));
    }
    assert_string_equal(written(S("a,b")), "\"a,b\"");
    assert_string_equal(written(S("a;b")), "\"a;b\"");
    assert_string_equal(written(S("a\"b")), "\"a\"\"b\"");
    assert_string_equal(written(S("a\nb")), "\"a\nb\"");
    assert_string_equal(written(S("\tx")), "\"'\tx\"");
    assert_string_equal(written(S("=a,\"b")), "\"'=a,\"\"b\"");
    assert_string_equal(written(STR_ABSENT), "");
    struct buf b;
    buf_init(&b, &arena);
    csv_put_cell(&b, S("a"), true);
    csv_put_cell(&b, S("b"), false);
    csv_end_record(&b);
    assert_true(str_is(buf_view(&b), "a,b\r\n"));
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    static const struct str cells[] = {
        STR_INIT("号"), STR_INIT("=1,\"2\"\r\n3"), STR_INIT("'=x"), STR_INIT("a;b\tc"), STR_INIT(""), STR_INIT("\r"),
        STR_INIT("\"\""), STR_INIT("+86 1"), STR_INIT(" x "), STR_INIT("\n"),
    };
    struct buf b;
    buf_init(&b, &arena);
    buf_cstr(&b, CSV_BOM);
    for (int k = 0; k < 3; k++) {
        for (size_t i = 0; i < 10; i++)
            csv_put_cell(&b, cells[i], i == 0);
        csv_end_record(&b);
    }
    struct str rest = buf_view(&b), *got;
    struct csv *c = csv_open(csv_from_str(&rest));
    size_t n;
    int why;
    for (int k = 0; k < 3; k++) {
        assert_int_equal(csv_next(c, &arena, &got, &n, &why), CSV_RECORD);
        assert_int_equal(n, 10);
        for (size_t i = 0; i < n; i++)
            assert_true(str_eq(csv_unguard(got[i]), cells[i]));
    }
    assert_int_equal(csv_next(c, &arena, &got, &n, &why), CSV_END);
    csv_close(c);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(plain_records), T(quotes), T(separators), T(other_encodings), T(long_tables_in_chunks), T(bad_bytes_are_bad_records),
        T(bad_byte_behind_the_first_part), T(limits), T(broken_source_is_told), T(from_a_file), T(cells_are_written),
        T(what_is_written_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
