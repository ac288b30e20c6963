/* Unit tests of the response rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "domain/response/response_rules.c"

static void test_divisions(void **state)
{
    (void)state;
    static const char *const good[] = { "420000", "420100", "330300", "410611001", "410611001002" };
    static const char *const bad[] = { "", "42", "4201", "42010", "4201000", "020000", "42010A", "L-SHIFAN", "4206110010020" };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(response_check_division(str_of(good[i])), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (response_check_division(str_of(bad[i])) != -ERR_BAD_DIVISION)
            fail_msg("'%s' is taken", bad[i]);
    assert_int_equal(response_check_division(STR_ABSENT), -ERR_BAD_DIVISION);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_divisions) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
