/* Unit tests of the account rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "domain/account/account_rules.c"

static void test_logins(void **state)
{
    (void)state;
    static const char *const good[] = { "ab", "officer01", "hb.03", "a_b-c", "7b" };
    static const char *const bad[] = { "", "Ab", "a b", "a/b", "王", ".ab", "-ab", "_ab", "a@b", "a\n" };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(account_check_login(str_of(good[i])), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (account_check_login(str_of(bad[i])) != -ERR_BAD_FORMAT)
            fail_msg("'%s' is taken", bad[i]);
}

static void test_passwords(void **state)
{
    (void)state;
    static const struct { const char *password; int wanted; } rows[] = {
        { "ten charac", 0 }, { "nine char", -ERR_PASSWORD_WEAK }, { "", -ERR_PASSWORD_WEAK },
        { "aaaaaaaaaaaa", -ERR_PASSWORD_WEAK }, { "aaaaaaaaaaab", 0 }, { "守守守守守守守守守守", -ERR_PASSWORD_WEAK },
        { "守好卡点测温登记劝返", 0 }, { "守好卡点", -ERR_PASSWORD_WEAK }, /* characters count, not bytes */
        { "xx-officer01-xx", -ERR_PASSWORD_WEAK }, { "xx-OFFICER01-xx", -ERR_PASSWORD_WEAK }, { "xx-officer0-1xx", 0 },
        { "officer01", -ERR_PASSWORD_WEAK }, { "longenoughofficer0", 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (account_check_password(str_of(rows[i].password), S("officer01")) != rows[i].wanted)
            fail_msg("'%s'", rows[i].password);
    assert_int_equal(account_check_password(STR_ABSENT, S("officer01")), -ERR_PASSWORD_WEAK);
}

static void test_lock(void **state)
{
    (void)state;
    struct instant now = { 1580000000000 };
    for (int64_t n = 0; n < 5; n++)
        assert_true(instant_absent(account_lock_until(n, now)));
    for (int64_t n = 5; n < 8; n++)
        assert_int_equal(account_lock_until(n, now).ms - now.ms, 15 * 60 * 1000);
}

static void test_lock_ends(void **state)
{
    (void)state;
    struct instant now = { 1580000000000 }, until = account_lock_until(5, now);
    assert_true(account_locked(until, now));
    assert_true(account_locked(until, (struct instant){ until.ms - 1 }));
    assert_false(account_locked(until, until));
    assert_false(account_locked(INSTANT_ABSENT, now));
    /* set while the clock was a day ahead, which has been put right since */
    assert_false(account_locked((struct instant){ until.ms + 86400000 }, now));
}

static void test_sessions_end(void **state)
{
    (void)state;
    struct instant now = { 1580000000000 };
    assert_int_equal(session_end(code_of("browser"), now).ms - now.ms, INT64_C(12) * 3600 * 1000);
    assert_int_equal(session_end(code_of("program"), now).ms - now.ms, INT64_C(30) * 86400 * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logins), cmocka_unit_test(test_passwords), cmocka_unit_test(test_lock), cmocka_unit_test(test_lock_ends),
        cmocka_unit_test(test_sessions_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
