/* Unit tests of identity numbers, documents, phones and divisions; vectors shared with the phone's twin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "domain/person/person_rules.c"

#ifndef FIXTURES
#define FIXTURES "tests/fixtures/"
#endif

static struct arena arena;
static json_t *vectors;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 16);
    vectors = json_load_file(FIXTURES "identity.json", 0, NULL);
    return vectors ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    json_decref(vectors);
    arena_free(&arena);
    return 0;
}

static struct str text_of(const json_t *v) { return str_of(json_string_value(v)); }

static struct date day(const json_t *v)
{
    struct date d = DATE_ABSENT;
    if (json_is_string(v))
        assert_int_equal(date_parse(text_of(v), &d), 0);
    return d;
}

static void check_number(const json_t *c)
{
    struct identity id;
    struct str number = text_of(json_object_get(c, "number"));
    const json_t *refused = json_object_get(c, "refused");
    int err = identity_parse(number, day(json_object_get(c, "today")), &id);
    if (err != (refused ? -ERR_BAD_DOC_NO : 0))
        fail_msg("%.*s: %d %s", STR_ARG(number), err, refused ? json_string_value(refused) : "");
    if (refused)
        return;
    assert_int_equal(id.born_on.days, day(json_object_get(c, "born_on")).days);
    assert_string_equal(id.male ? "male" : "female", json_string_value(json_object_get(c, "sex")));
    assert_string_equal(id.division, json_string_value(json_object_get(c, "division")));
}

static void test_numbers(void **state)
{
    (void)state;
    const json_t *rows = json_object_get(vectors, "numbers");
    assert_true(json_array_size(rows) > 20);
    for (size_t i = 0; i < json_array_size(rows); i++)
        check_number(json_array_get(rows, i));
}

/* The check character finds every single wrong digit and every swap of neighbours: that is what it is for. */
static void test_one_wrong_digit(void **state)
{
    (void)state;
    struct identity id;
    char good[] = "11010519491231002X", bad[19];
    for (int i = 0; i < 17; i++)
        for (char d = '0'; d <= '9'; d++) {
            memcpy(bad, good, sizeof bad);
            bad[i] = d;
            assert_int_equal(identity_parse((struct str){ bad, 18 }, DATE_ABSENT, &id), d == good[i] ? 0 : -ERR_BAD_DOC_NO);
        }
    for (int i = 0; i < 16; i++) {
        memcpy(bad, good, sizeof bad);
        bad[i] = good[i + 1];
        bad[i + 1] = good[i];
        assert_int_equal(identity_parse((struct str){ bad, 18 }, DATE_ABSENT, &id), bad[i] == good[i] ? 0 : -ERR_BAD_DOC_NO);
    }
}

static void test_documents(void **state)
{
    (void)state;
    struct date today = { 18296 }; /* 2020-02-04 */
    const json_t *rows = json_object_get(vectors, "documents");
    assert_true(json_array_size(rows) > 15);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *r = json_array_get(rows, i);
        struct str type = text_of(json_array_get(r, 0)), number = text_of(json_array_get(r, 1));
        int wanted = json_is_true(json_array_get(r, 2)) ? 0 : -ERR_BAD_DOC_NO;
        if (person_check_document(type, number, today) != wanted)
            fail_msg("%.*s %.*s", STR_ARG(type), STR_ARG(number));
    }
    rows = json_object_get(vectors, "document_normal");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *r = json_array_get(rows, i);
        assert_true(str_eq(person_document_normal(text_of(json_array_get(r, 0)), &arena), text_of(json_array_get(r, 1))));
    }
    assert_null(person_document_normal(STR_ABSENT, &arena).p);
}

static void check_texts(const json_t *rows, int (*check)(struct str), int wanted)
{
    assert_true(json_array_size(rows) > 0);
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (check(text_of(json_array_get(rows, i))) != wanted)
            fail_msg("'%s'", json_string_value(json_array_get(rows, i)));
}

static void test_phones_and_divisions(void **state)
{
    (void)state;
    const json_t *phones = json_object_get(vectors, "phones"), *divisions = json_object_get(vectors, "divisions");
    check_texts(json_object_get(phones, "good"), person_check_phone, 0);
    check_texts(json_object_get(phones, "bad"), person_check_phone, -ERR_BAD_PHONE);
    check_texts(json_object_get(divisions, "good"), person_check_division, 0);
    check_texts(json_object_get(divisions, "bad"), person_check_division, -ERR_BAD_DIVISION);
    assert_int_equal(person_check_phone(STR_ABSENT), -ERR_BAD_PHONE);
    assert_int_equal(person_check_division(STR_ABSENT), -ERR_BAD_DIVISION);
}

struct given { const char *type, *number, *reason, *phone, *division; size_t problems; enum err code; const char *field; };

static void test_given(void **state)
{
    (void)state;
    static const struct given rows[] = {
        { "id_card", "11010519491231002X", NULL, "13812345678", "410611", 0, ERR_NONE, NULL },
        { "id_card", NULL, NULL, NULL, NULL, 1, ERR_REQUIRED, "doc_no" },
        { "id_card", "  ", NULL, NULL, NULL, 1, ERR_REQUIRED, "doc_no" },
        { "id_card", "410611180002291235", NULL, NULL, NULL, 1, ERR_BAD_DOC_NO, "doc_no" },
        { "none", NULL, "证件遗失", NULL, NULL, 0, ERR_NONE, NULL },
        { "none", NULL, " ", NULL, NULL, 1, ERR_REASON_REQUIRED, "no_doc_reason" },
        { "none", "X1", "lost", NULL, NULL, 1, ERR_BAD_DOC_NO, "doc_no" },
        { "none", "X1", NULL, "1", "4106", 4, ERR_BAD_DOC_NO, "doc_no" },
        { NULL, "X1", NULL, NULL, NULL, 0, ERR_NONE, NULL }, /* the missing type is told by the shape */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct given *g = &rows[i];
        struct problems ps;
        problems_init(&ps, &arena);
        for (int twice = 0; twice < 2; twice++) /* a second look adds nothing */
            person_check_given(&ps, (struct date){ 18296 }, code_of(g->type), str_of(g->number), str_of(g->reason), str_of(g->phone),
                               str_of(g->division));
        assert_int_equal(ps.n, g->problems);
        if (g->problems) {
            assert_int_equal(ps.items[0].code, g->code);
            assert_string_equal(ps.items[0].field, g->field);
        }
    }
}

/* The number is right where it tells; what was said stands only where it does not. */
static void test_from_number(void **state)
{
    (void)state;
    struct date today = { 18296 };
    struct person p = { .doc_type = code_of("id_card"), .doc_no.plain = S("11010519491231002X"), .sex = code_of("male"), .born_on = DATE_ABSENT };
    person_from_number(&p, today);
    assert_true(code_is(p.sex, "female"));
    assert_int_equal(p.born_on.days, -7306);
    assert_true(str_is(p.home_division, "110105"));
    p.home_division = S("410611");
    person_from_number(&p, today);
    assert_true(str_is(p.home_division, "410611"));
    p.doc_type = code_of("passport");
    p.sex = code_of("male");
    person_from_number(&p, today);
    assert_true(code_is(p.sex, "male"));
    p = (struct person){ .doc_type = code_of("id_card"), .doc_no.plain = S("110105194912310021"), .born_on = DATE_ABSENT };
    person_from_number(&p, today);
    assert_true(date_absent(p.born_on) && !p.sex.s.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_one_wrong_digit), cmocka_unit_test(test_documents),
        cmocka_unit_test(test_phones_and_divisions), cmocka_unit_test(test_given), cmocka_unit_test(test_from_number),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
