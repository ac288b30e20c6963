/* Unit tests of place codes and levels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "domain/place/place_rules.c"

static void test_codes(void **state)
{
    (void)state;
    static const struct { const char *code; const char *kind; } good[] = {
        { "410600", "gb2260" }, { "410611", "gb2260" }, { "410611001", "statistical" }, { "410611001002", "statistical" },
        { "410611001002007", "statistical" }, { "L-BAOSHAN", "local" }, { "L1", "local" }, { "L410611-049", "local" },
    };
    static const char *const bad[] = { "", "4", "41", "4106", "41060", "4106110", "010600", "L", "l-baoshan", "BAOSHAN", "L/BAOSHAN",
                                       "L BAOSHAN", "L-宝山", "L234567890123456789012345", "410600/", "41060A" };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(place_check_code(str_of(good[i].code)), 0);
        assert_string_equal(place_code_kind(str_of(good[i].code)), good[i].kind);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (place_check_code(str_of(bad[i])) != -ERR_BAD_DIVISION)
            fail_msg("%s is taken", bad[i]);
    assert_int_equal(place_check_code(STR_ABSENT), -ERR_BAD_DIVISION);
}

static void test_levels(void **state)
{
    (void)state;
    static const char *const order[] = { "province", "city", "county", "township", "community", "grid" };
    for (size_t above = 0; above < 6; above++)
        for (size_t below = 0; below < 6; below++)
            assert_int_equal(place_kind_below(str_of(order[below]), str_of(order[above])), below > above);
    for (size_t i = 0; i < 6; i++) {
        assert_true(place_kind_below(str_of(order[i]), STR_ABSENT));
        assert_true(place_kind_below(S("other"), str_of(order[i])));
        assert_true(place_kind_below(str_of(order[i]), S("other")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_codes), cmocka_unit_test(test_levels) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
