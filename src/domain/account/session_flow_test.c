/* Sessions on a store of its own, by a clock that can be set: how long they last, how long a lock lasts, what a changed
 * password ends. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <sodium.h>

#include "core/call.h"
#include "core/registry.h"
#include "domain/account/account.h"
#include "domain/place/place.h"

static const struct module *const modules[] = { &place_module, &account_module };

static struct arena arena;
static struct registry registry;
static struct store *store;
static struct ctx base;
static char folder[64];
static struct id account;

#define WORD "kite-over-the-river"

static void finished(struct call *c) { (void)c; }

/* Runs the command; its status must be `status`. */
static struct call *run(const char *name, struct id target, int status, json_t *data)
{
    struct call *c = ARENA_NEW(&arena, struct call);
    struct ctx ctx = base;
    ctx.command_id = id_new(base.now, 0);
    ctx.target = target;
    ctx.reason = S("测试");
    call_init(c, registry_command(&registry, str_of(name)), &ctx, &arena);
    c->finished = finished;
    assert_int_equal(call_allow(c), 0);
    assert_int_equal(call_decode(c, data), 0);
    json_decref(data);
    if (c->command->prepare)
        assert_int_equal(c->command->prepare(&c->ctx, c->in), 0);
    call_run(c);
    if (c->status != status)
        fail_msg("%s: %d, not %d: %.*s", name, c->status, status, (int)c->answer.n, c->answer.p);
    return c;
}

static struct str text_in(const struct call *c, const char *key)
{
    json_t *answer = json_loadb(c->answer.p, c->answer.n, 0, NULL);
    struct str s = str_dup(&arena, str_of(json_string_value(json_object_get(answer, key))));
    json_decref(answer);
    return s;
}

static struct id created(const char *name, json_t *data)
{
    struct id id;
    assert_int_equal(id_parse(text_in(run(name, ID_ABSENT, 201, data), "id"), &id), 0);
    return id;
}

static struct call *login(const char *password, const char *kind, int status)
{
    return run("session/login", ID_ABSENT, status, json_pack("{s:s, s:s, s:s}", "login", "officer", "password", password, "kind", kind));
}

/* Who the token is for, so many milliseconds from now. */
static int authenticate(struct str token, int64_t later)
{
    struct problems ps;
    struct ctx c = base;
    problems_init(&ps, &arena);
    c.problems = &ps;
    c.actor = (struct actor){ 0 };
    c.now.ms += later;
    int err = account_authenticate(&c, token);
    if (!err)
        assert_true(id_eq(c.actor.account_id, account) && c.actor.n_grants == 1);
    return err;
}

static int setup(void **state)
{
    char why[WHY], place[ID_TEXT];
    (void)state;
    assert_true(sodium_init() >= 0);
    hash_setup();
    arena_init(&arena, 1 << 18);
    registry_build(&registry, modules, sizeof modules / sizeof modules[0]);
    const char *temporary = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.40s/redoubt-XXXXXX", temporary ? temporary : P_tmpdir);
    assert_non_null(mkdtemp(folder));
    struct store_config config = { .data = folder, .entities = registry.entities, .n_entities = registry.n_entities, .write = true,
                                   .offset_min = 480 };
    if (store_open(&config, &store, why))
        fail_msg("%s", why);
    base = (struct ctx){ .registry = &registry, .store = store, .now = clock_wall(), .offset_min = 480, .arena = &arena,
                         .scratch = &arena, .at_device = INSTANT_ABSENT, .actor.system = true };
    base.db = store_reader(store);
    id_format(created("place/create", json_pack("{s:s, s:s, s:s}", "code", "410600", "name", "鹤壁市", "kind", "city")), place);
    account = created("account/create", json_pack("{s:s, s:s, s:s, s:s, s:s}", "place_id", place, "login", "officer", "name", "某", "password",
                                                  WORD, "role", "checkpoint_officer"));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    char path[400];
    reader_close(base.db);
    store_close(store);
    registry_free(&registry);
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));) {
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        unlink(path);
    }
    closedir(d);
    rmdir(folder);
    arena_free(&arena);
    return 0;
}

static void test_sessions_end_by_the_clock(void **state)
{
    (void)state;
    struct str browser = text_in(login(WORD, "browser", 200), "token"), program = text_in(login(WORD, "program", 200), "token");
    assert_int_equal(browser.n, 64);
    assert_int_equal(authenticate(browser, 12 * HOUR_MS - 1), 0);
    assert_int_equal(authenticate(browser, 12 * HOUR_MS), -ERR_SESSION_EXPIRED);
    assert_int_equal(authenticate(program, 30 * DAY_MS - 1), 0);
    assert_int_equal(authenticate(program, 30 * DAY_MS), -ERR_SESSION_EXPIRED);
    assert_int_equal(authenticate(str_sub(browser, 0, 63), 0), -ERR_UNAUTHENTICATED);
    char other[65];
    memset(other, 'a', 64);
    assert_int_equal(authenticate((struct str){ other, 64 }, 0), -ERR_UNAUTHENTICATED);
}

static void test_lock_ends_by_the_clock(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        login("not the word", "browser", 401);
    login(WORD, "browser", 200); /* four are forgiven */
    for (int i = 0; i < 5; i++)
        login("not the word", "browser", 401);
    login(WORD, "browser", 403);
    base.now.ms += 15 * MINUTE_MS - 1;
    login(WORD, "browser", 403);
    base.now.ms += 1;
    login("not the word", "browser", 401); /* one more locks again */
    login(WORD, "browser", 403);
    base.now.ms += 15 * MINUTE_MS;
    login(WORD, "browser", 200);
}

static void test_a_new_password_ends_sessions(void **state)
{
    (void)state;
    struct str token = text_in(login(WORD, "browser", 200), "token");
    assert_int_equal(authenticate(token, 0), 0);
    run("account/set_password", account, 200, json_pack("{s:s}", "password", "another-word-entirely"));
    assert_int_equal(authenticate(token, 0), -ERR_UNAUTHENTICATED);
    login(WORD, "browser", 401);
    login("another-word-entirely", "browser", 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sessions_end_by_the_clock), cmocka_unit_test(test_lock_ends_by_the_clock),
        cmocka_unit_test(test_a_new_password_ends_sessions),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
