/* Unit tests of the rules of checkpoints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "domain/post/post_rules.c"

static void test_codes(void **state)
{
    (void)state;
    static const char *const good[] = { "HB03", "X-DONG-1", "01", "A" };
    static const char *const bad[] = { "", "hb03", "HB 03", "-HB", "HB-", "HB/03", "鹤壁", "HB#3" };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(post_check_code(str_of(good[i])), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (post_check_code(str_of(bad[i])) != -ERR_BAD_FORMAT)
            fail_msg("'%s' is taken", bad[i]);
}

static void test_periods(void **state)
{
    (void)state;
    struct instant from = { 1000 }, to = { 2000 };
    assert_false(post_period_holds(from, to, (struct instant){ 999 }));
    assert_true(post_period_holds(from, to, (struct instant){ 1000 }));
    assert_true(post_period_holds(from, to, (struct instant){ 1999 }));
    assert_false(post_period_holds(from, to, (struct instant){ 2000 }));
    assert_true(post_period_holds(from, INSTANT_ABSENT, (struct instant){ 2000 }));
    assert_false(post_period_holds(INSTANT_ABSENT, INSTANT_ABSENT, from));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_codes), cmocka_unit_test(test_periods) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
