/* src/io/table/geojson: boundaries in, problems by feature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/table/geojson.h"

static struct arena arena;
static struct problems problems;
static struct geo_feature *features;
static size_t count;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 4096);
    problems_init(&problems, &arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static int read(const char *text)
{
    return geojson_read(str_of(text), &arena, &problems, &features, &count);
}

#define SQUARE "[[114,35],[115,35],[115,36],[114,36],[114,35]]"
#define FEATURE(properties, geometry) "{\"type\":\"Feature\",\"properties\":" properties ",\"geometry\":" geometry "}"
#define COLLECTION(list) "{\"type\":\"FeatureCollection\",\"features\":[" list "]}"
#define POLYGON(rings) "{\"type\":\"Polygon\",\"coordinates\":[" rings "]}"

static void good_features(void **state)
{
    (void)state;
    assert_int_equal(read(COLLECTION(
        FEATURE("{\"code\":\"990100\",\"name\":\"甲区\",\"centre\":[114.25,35.5]}", POLYGON(SQUARE)) ","
        FEATURE("{\"code\":990200}", "{\"type\":\"MultiPolygon\",\"coordinates\":[[" SQUARE "],["
                "[[114.1234567,35.1,88],[114.9,35.1],[114.9,35.900004],[114.1234567,35.1,88]]]]}") ","
        "{\"type\":\"Feature\",\"id\":\"990300\",\"geometry\":" POLYGON("[[-1.5,-0.000001],[1,0],[1e0,2],[-1.5,-1e-6]]") "}")), 0);
    assert_int_equal(problems.n, 0);
    assert_int_equal(count, 3);
    assert_true(str_is(features[0].code, "990100"));
    assert_true(str_is(features[0].name, "甲区"));
    assert_true(str_is(features[0].geometry, "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "]}"));
    assert_float_equal(features[0].lng, 114.25, 1e-9);
    assert_float_equal(features[0].lat, 35.5, 1e-9);
    assert_true(str_is(features[1].code, "990200"));
    assert_null(features[1].name.p);
    assert_true(str_is(features[1].geometry, "{\"type\":\"MultiPolygon\",\"coordinates\":[[" SQUARE "],["
                       "[[114.12346,35.1],[114.9,35.1],[114.9,35.9],[114.12346,35.1]]]]}"));
    assert_float_equal(features[1].lng, 114.5, 1e-9); /* middle of the box */
    assert_float_equal(features[1].lat, 35.5, 1e-9);
    assert_true(str_is(features[2].code, "990300"));
    assert_true(str_is(features[2].geometry, "{\"type\":\"Polygon\",\"coordinates\":[[[-1.5,0],[1,0],[1,2],[-1.5,0]]]}"));
}

static void byte_order_mark_is_skipped(void **state)
{
    (void)state;
    assert_int_equal(read("\xEF\xBB\xBF" COLLECTION(FEATURE("{\"code\":\"1\"}", POLYGON(SQUARE)))), 0);
    assert_int_equal(count, 1);
}

static void bad_features_are_all_named(void **state)
{
    (void)state;
    problems.row = 42;
    assert_int_equal(read(COLLECTION(
        FEATURE("{\"code\":\"1\"}", POLYGON("[[0,0],[1,0],[1,1]]")) ","                    /* three positions */
        FEATURE("{\"code\":\"2\"}", POLYGON("[[0,0],[1,0],[1,1],[0,1]]")) ","              /* open */
        FEATURE("{\"code\":\"3\"}", POLYGON("[[0,0],[181,0],[1,1],[0,0]]")) ","            /* longitude */
        FEATURE("{\"code\":\"4\"}", POLYGON("[[0,0],[1,-90.5],[1,1],[0,0]]")) ","          /* latitude */
        FEATURE("{\"code\":\"5\"}", POLYGON("[[0,0],[1],[1,1],[0,0]]")) ","                /* one number */
        FEATURE("{\"code\":\"6\"}", POLYGON("[[0,0],[\"1\",2],[1,1],[0,0]]")) ","          /* text */
        FEATURE("{\"code\":\"7\"}", "{\"type\":\"Point\",\"coordinates\":[1,2]}") ","
        FEATURE("{\"code\":\"8\"}", "null") ","
        FEATURE("{\"name\":\"x\"}", POLYGON(SQUARE)) ","                                  /* no code */
        FEATURE("{\"code\":\"\"}", POLYGON(SQUARE)) ","
        FEATURE("{\"code\":\"11\"}", POLYGON("")) ","
        FEATURE("{\"code\":\"12\"}", "{\"type\":\"MultiPolygon\",\"coordinates\":[]}") ","
        FEATURE("null", "{\"type\":\"Polygon\",\"coordinates\":5}") ","
        "5,"
        FEATURE("{\"code\":\"15\"}", POLYGON(SQUARE)))), -ERR_BAD_GEOMETRY);
    assert_int_equal(problems.n, 14);
    for (size_t i = 0; i < 14; i++) {
        assert_int_equal(problems.items[i].row, i + 1);
        assert_int_equal(problems.items[i].code, ERR_BAD_GEOMETRY);
        assert_non_null(problems.items[i].detail.p);
    }
    assert_string_equal(problems.items[8].field, "code");
    assert_int_equal(problems.row, 42);
}

static void not_a_collection(void **state)
{
    (void)state;
    static const char *const bad[] = { "{}", "{\"type\":\"FeatureCollection\"}", COLLECTION(""),
                                       "{\"type\":\"Feature\",\"features\":[1]}", "{\"type\":\"FeatureCollection\",\"features\":{}}" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(read(bad[i]), -ERR_BAD_GEOMETRY);
    assert_int_equal(problems.n, 5);
    static const char *const malformed[] = { "", "[]", "{\"type\":", "\xFF", "{\"a\":1,\"a\":2}" };
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++)
        assert_int_equal(read(malformed[i]), -ERR_BAD_JSON);
    assert_int_equal(problems.n, 10);
    assert_int_equal(count, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(good_features), T(byte_order_mark_is_skipped), T(bad_features_are_all_named), T(not_a_collection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
