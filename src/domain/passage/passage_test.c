/* Unit tests of the passage rules: the vectors shared with the phone's twin, and what vectors cannot say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "domain/passage/passage_rules.c"

#ifndef FIXTURES
#define FIXTURES "tests/fixtures/"
#endif

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 16);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* ---- reading the vectors ---- */

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    if (!root)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    return root;
}

static struct str text_of(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s ? str_dup(&arena, str_of(s)) : STR_ABSENT;
}

static struct tenths tenths_of(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    double x = json_number_value(v) * 10;
    return v ? (struct tenths){ (int32_t)(x < 0 ? x - 0.5 : x + 0.5) } : TENTHS_ABSENT;
}

static struct code code_in(const json_t *object, const char *key) { return (struct code){ text_of(object, key) }; }

static struct list list_of(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    struct list l = { .n = json_array_size(v), .present = v != NULL };
    l.items = ARENA_ARRAY(&arena, struct str, l.n + 1);
    for (size_t i = 0; i < l.n; i++)
        l.items[i] = str_dup(&arena, str_of(json_string_value(json_array_get(v, i))));
    return l;
}

static struct date date_in(const json_t *object, const char *key)
{
    struct date d = DATE_ABSENT;
    struct str s = text_of(object, key);
    if (s.p)
        assert_int_equal(date_parse(s, &d), 0);
    return d;
}

static int64_t whole(const json_t *object, const char *key) { return json_integer_value(json_object_get(object, key)); }

static void read_listed(const json_t *profile, struct profile *out)
{
    const json_t *rows = json_object_get(profile, "listed");
    out->n_listed = json_array_size(rows);
    out->listed = ARENA_ARRAY(&arena, struct listed, out->n_listed + 1);
    for (size_t i = 0; i < out->n_listed; i++) {
        const json_t *r = json_array_get(rows, i);
        out->listed[i] = (struct listed){ text_of(r, "division"), text_of(r, "name"), code_in(r, "kind"), date_in(r, "from_on"),
                                          date_in(r, "to_on") };
    }
}

static struct profile read_profile(const json_t *p)
{
    struct profile out = {
        .fever_threshold = tenths_of(p, "fever_threshold"), .valid_low = tenths_of(p, "valid_low"),
        .valid_high = tenths_of(p, "valid_high"), .low_reading = tenths_of(p, "low_reading"),
        .cold_ambient = tenths_of(p, "cold_ambient"), .observation_days = whole(p, "observation_days"),
        .observation_days_other = whole(p, "observation_days_other"), .area = text_of(p, "area"),
        .offset_min = (int)whole(p, "offset_min"),
    };
    read_listed(p, &out);
    return out;
}

static struct passage_entry read_entry(const json_t *e)
{
    struct passage_entry out = {
        .direction = code_in(e, "direction"), .doc_type = code_in(e, "doc_type"), .from_division = text_of(e, "from_division"),
        .left_at = INSTANT_ABSENT, .via = list_of(e, "via"), .to_division = text_of(e, "to_division"), .purpose = code_in(e, "purpose"),
        .temp1 = tenths_of(e, "temp1"), .device1 = code_in(e, "device1"), .ambient = tenths_of(e, "ambient"),
        .temp2 = tenths_of(e, "temp2"), .device2 = code_in(e, "device2"), .symptoms = list_of(e, "symptoms"),
        .history = list_of(e, "history"),
    };
    struct str left = text_of(e, "left_at");
    if (left.p)
        assert_int_equal(instant_parse(left, &out.left_at), 0);
    return out;
}

static void check_case(const json_t *profiles, const json_t *c)
{
    const char *name = json_string_value(json_object_get(c, "name"));
    struct profile p = read_profile(json_object_get(profiles, json_string_value(json_object_get(c, "profile"))));
    struct passage_entry e = read_entry(json_object_get(c, "entry"));
    const json_t *expect = json_object_get(c, "expect"), *why = json_object_get(expect, "why");
    struct proposal got;
    passage_propose(&p, &e, date_in(c, "today"), json_is_true(json_object_get(c, "turned_back")), &got);
    const char *wanted = json_string_value(json_object_get(expect, "proposal"));
    if (strcmp(decision_code(got.decision), wanted))
        fail_msg("%s: proposes %s, not %s", name, decision_code(got.decision), wanted);
    if (got.n_why != json_array_size(why))
        fail_msg("%s: %zu reasons, not %zu; the first is %s", name, got.n_why, json_array_size(why), got.n_why ? got.why[0] : "none");
    for (size_t i = 0; i < got.n_why; i++)
        if (strcmp(got.why[i], json_string_value(json_array_get(why, i))))
            fail_msg("%s: reason %zu is %s", name, i, got.why[i]);
    if (got.fever != json_is_true(json_object_get(expect, "fever")) || got.remeasure != json_is_true(json_object_get(expect, "remeasure")))
        fail_msg("%s: fever %d, remeasure %d", name, got.fever, got.remeasure);
}

static void test_shared_vectors(void **state)
{
    (void)state;
    json_t *root = load(FIXTURES "passage_rules.json");
    const json_t *cases = json_object_get(root, "cases");
    assert_true(json_array_size(cases) >= 60);
    for (size_t i = 0; i < json_array_size(cases); i++)
        check_case(json_object_get(root, "profiles"), json_array_get(cases, i));
    json_decref(root);
}

/* Every combination of reading, second reading, device and cold: an unreliable reading never ends in pass, a reading that
 * counts at or above the threshold always ends in the fever clinic. */
static struct passage_entry combination(int32_t t1, int32_t t2, int d1, int d2, int32_t ambient)
{
    static const char *const devices[] = { "forehead", "gate", "ear", "mercury" };
    return (struct passage_entry){ .temp1 = { t1 }, .temp2 = t2 ? (struct tenths){ t2 } : TENTHS_ABSENT, .ambient = { ambient },
                                   .device1 = code_of(devices[d1]), .device2 = code_of(devices[d2]), .direction = code_of("in"),
                                   .left_at = INSTANT_ABSENT, .from_division = S("410500") };
}

static void check_combination(const struct profile *p, const struct passage_entry *e)
{
    struct proposal got;
    passage_propose(p, e, (struct date){ 18296 }, false, &got);
    bool cold = e->ambient.v < 100;
    bool ok1 = e->temp1.v >= 350 && e->temp1.v <= 430 && !(cold && from_afar(e->device1));
    bool ok2 = e->temp2.v >= 350 && e->temp2.v <= 430 && !(cold && from_afar(e->device2));
    int32_t counts = ok2 ? e->temp2.v : e->temp1.v;
    assert_int_equal(got.remeasure, !ok1 && !ok2);
    assert_int_equal(got.fever, (ok1 || ok2) && counts >= 373);
    assert_int_equal(got.decision == DECIDE_REMEASURE, got.remeasure);
    assert_int_equal(got.decision == DECIDE_FEVER_CLINIC, got.fever);
    assert_true(got.n_why > 0 || got.decision == DECIDE_PASS);
}

static void test_every_reading(void **state)
{
    (void)state;
    static const int32_t temps[] = { 300, 339, 340, 349, 350, 365, 372, 373, 374, 430, 431, 450 };
    struct profile p = { .fever_threshold = { 373 }, .valid_low = { 340 }, .valid_high = { 430 }, .low_reading = { 350 },
                         .cold_ambient = { 100 } };
    for (size_t i = 0; i < sizeof temps / sizeof temps[0]; i++)
        for (size_t j = 0; j <= sizeof temps / sizeof temps[0]; j++)
            for (int d = 0; d < 32; d++) {
                struct passage_entry e = combination(temps[i], j ? temps[j - 1] : 0, d % 4, d / 4 % 4, d < 16 ? 99 : 100);
                check_combination(&p, &e);
            }
}

/* The C text and the code list must name the same reasons in the same order. */
static void test_reasons_are_listed(void **state)
{
    (void)state;
    FILE *f = fopen(FIXTURES "../../codes/passage_why.csv", "r");
    assert_non_null(f);
    char line[512];
    assert_non_null(fgets(line, sizeof line, f));
    for (int i = 0; i < FINDINGS; i++) {
        assert_non_null(fgets(line, sizeof line, f));
        struct str rest = str_of(line);
        assert_true(str_is(str_cut(&rest, ','), finding_codes[i]));
    }
    assert_null(fgets(line, sizeof line, f));
    fclose(f);
}

static void check_plate(const char *plate, const char *wanted)
{
    const char *kind = NULL;
    struct str s = str_of(plate);
    int err = plate_parse(s, &kind);
    if (wanted ? err || strcmp(kind, wanted) : err != -ERR_BAD_PLATE)
        fail_msg("plate '%s': %d %s", plate, err, kind ? kind : "");
    if (wanted)
        assert_int_equal(passage_check_plate(s), 0);
}

static void test_plates(void **state)
{
    (void)state;
    json_t *root = load(FIXTURES "plate.json");
    const json_t *rows = json_object_get(root, "parse");
    assert_true(json_array_size(rows) > 30);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *r = json_array_get(rows, i);
        check_plate(json_string_value(json_array_get(r, 0)), json_string_value(json_array_get(r, 1)));
    }
    rows = json_object_get(root, "normal");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *r = json_array_get(rows, i);
        struct str got = plate_normal(str_of(json_string_value(json_array_get(r, 0))), &arena);
        assert_true(str_is(got, json_string_value(json_array_get(r, 1))));
    }
    json_decref(root);
}

static void test_plate_edges(void **state)
{
    (void)state;
    const char *kind;
    char cut[] = "豫F12345";
    assert_int_equal(plate_parse(STR_ABSENT, &kind), -ERR_BAD_PLATE);
    assert_null(plate_normal(STR_ABSENT, &arena).p);
    for (size_t n = 0; n < sizeof cut - 1; n++) /* every proper head is refused, also those that cut a character */
        assert_int_equal(plate_parse((struct str){ cut, n }, &kind), -ERR_BAD_PLATE);
    assert_int_equal(passage_check_plate(S("豫 f·1 2 3 4 5")), 0);
    assert_int_equal(passage_check_plate(S("                                         豫F12345")), -ERR_BAD_PLATE);
}

static void test_divisions(void **state)
{
    (void)state;
    assert_true(division_within(S("410611001"), S("410600")));
    assert_true(division_within(S("410600"), S("410600")));
    assert_false(division_within(S("410700"), S("410600")));
    assert_false(division_within(S("410600"), S("410611")));
    assert_true(division_within(S("410611001002"), S("410611001000")));
    assert_false(division_within(S("410611002002"), S("410611001000")));
    assert_true(division_within(S("410611999"), S("410611000000")));
    assert_false(division_within(STR_ABSENT, S("410600")));
    assert_true(str_is(name_stem(S("武汉市")), "武汉"));
    assert_true(str_is(name_stem(S("浚县")), "浚县")); /* one character would match too much */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shared_vectors), cmocka_unit_test(test_every_reading), cmocka_unit_test(test_reasons_are_listed),
        cmocka_unit_test(test_plates), cmocka_unit_test(test_plate_edges), cmocka_unit_test(test_divisions),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
