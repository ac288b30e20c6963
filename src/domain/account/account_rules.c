/* Pure rules of accounts: names, passwords, lock-out, length of sessions. */
#include <string.h>

#include "base/utf8.h"
#include "domain/account/account_plan.h"

/* Source: OWASP Authentication Cheat Sheet (lock-out by account, limited in time); the two numbers are design. */
#define FAILURES_ALLOWED 5
#define LOCKED_MS (15 * MINUTE_MS)

/* A shift on a browser; a month for programs, whose tokens are kept in a configuration. Design. */
#define BROWSER_MS (12 * HOUR_MS)
#define PROGRAM_MS (30 * DAY_MS)

#define PASSWORD_MIN 10 /* characters */

static bool login_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'; }

int account_check_login(struct str login)
{
    for (size_t i = 0; i < login.n; i++)
        if (!login_char(login.p[i]) || (i == 0 && strchr("._-", login.p[i])))
            return -ERR_BAD_FORMAT;
    return login.n ? 0 : -ERR_BAD_FORMAT;
}

static char lower(char c) { return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

/* Does s hold `what` (small letters), whatever the case? */
static bool holds(struct str s, struct str what)
{
    for (size_t at = 0; what.n && at + what.n <= s.n; at++) {
        size_t i = 0;
        while (i < what.n && lower(s.p[at + i]) == what.p[i])
            i++;
        if (i == what.n)
            return true;
    }
    return false;
}

static bool one_character(struct str s)
{
    size_t at = 0;
    uint32_t first = utf8_next(s, &at);
    while (at < s.n)
        if (utf8_next(s, &at) != first)
            return false;
    return true;
}

int account_check_password(struct str password, struct str login)
{
    if (!password.p || utf8_length(password) < PASSWORD_MIN || one_character(password) || holds(password, login))
        return -ERR_PASSWORD_WEAK;
    return 0;
}

/* Failures stay counted until a success, so that after the lock a single failure locks again. */
struct instant account_lock_until(int64_t failures, struct instant now)
{
    return failures < FAILURES_ALLOWED ? INSTANT_ABSENT : (struct instant){ now.ms + LOCKED_MS };
}

/* A lock never lasts longer than LOCKED_MS: one that reaches further was set while the clock was ahead. */
bool account_locked(struct instant until, struct instant now)
{
    return !instant_absent(until) && now.ms < until.ms && until.ms - now.ms <= LOCKED_MS;
}

struct instant session_end(struct code kind, struct instant now)
{
    return (struct instant){ now.ms + (code_is(kind, "program") ? PROGRAM_MS : BROWSER_MS) };
}
