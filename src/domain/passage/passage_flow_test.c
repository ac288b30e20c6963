/* The passage module on a store of its own, through the door: who is turned back is seen at the next post, a fever opens
 * a hand-over, people are not doubled, counters are what was registered and outlast the rows that retention takes away. */
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
#include "core/inbox.h"
#include "core/registry.h"
#include "domain/account/account.h"
#include "domain/passage/passage.h"
#include "domain/passage/passage_plan.h"
#include "domain/person/person.h"
#include "domain/place/place.h"
#include "domain/post/post.h"
#include "domain/response/response.h"
#include "store/sql.h"

static const struct module *const modules[] = { &place_module, &response_module, &account_module, &post_module,
                                                &person_module, &passage_module, &inbox_module };

#define OFFSET 480 /* minutes: China */

static struct arena arena;
static struct registry registry;
static struct store *store;
static struct ctx base;
static char folder[64];
static struct id city, xun, shancheng, post, other_post;

/* ---- calling commands ---- */

static void finished(struct call *c) { (void)c; }

static struct ctx fresh(struct problems *ps)
{
    struct ctx c = base;
    problems_init(ps, &arena);
    c.problems = ps;
    return c;
}

/* Runs the command as the command line does; the answer's status must be `status`. The answer as a tree. */
static json_t *run(const char *name, struct id target, int status, json_t *data)
{
    struct call *c = ARENA_NEW(&arena, struct call);
    struct ctx ctx = base;
    const struct command *k = registry_command(&registry, str_of(name));
    assert_non_null(k);
    assert_non_null(data);
    ctx.command_id = id_new(base.now, 0);
    ctx.target = target;
    ctx.reason = S("测试");
    call_init(c, k, &ctx, &arena);
    c->finished = finished;
    assert_int_equal(call_allow(c), 0);
    if (call_decode(c, data)) {
        problems_write(&c->problems, &c->answer);
        c->status = problems_status(&c->problems);
    } else {
        call_run(c);
    }
    json_decref(data);
    if (c->status != status)
        fail_msg("%s: %d, not %d: %.*s", name, c->status, status, (int)c->answer.n, c->answer.p);
    return json_loadb(c->answer.p, c->answer.n, 0, NULL);
}

static struct id id_in(const json_t *answer, const char *key)
{
    struct id id = ID_ABSENT;
    struct str text = str_of(json_string_value(json_object_get(answer, key)));
    if (text.p)
        assert_int_equal(id_parse(text, &id), 0);
    return id;
}

static struct id created(const char *name, json_t *data)
{
    json_t *answer = run(name, ID_ABSENT, 201, data);
    struct id id = id_in(answer, "id");
    assert_false(id_absent(id));
    json_decref(answer);
    return id;
}

static const char *id_text(struct id id)
{
    char text[ID_TEXT];
    id_format(id, text);
    return str_c(&arena, str_of(text));
}

static const char *at(int64_t minutes_ago)
{
    char text[INSTANT_TEXT];
    instant_format((struct instant){ base.now.ms - minutes_ago * MINUTE_MS }, OFFSET, text);
    return str_c(&arena, str_of(text));
}

/* ---- a small city ---- */

static struct id make_place(const char *code, const char *kind, struct id parent)
{
    json_t *data = json_pack("{s:s, s:s, s:s}", "code", code, "name", code, "kind", kind);
    if (!id_absent(parent))
        json_object_set_new(data, "parent_id", json_string(id_text(parent)));
    return created("place/create", data);
}

static struct id make_post(const char *code, struct id place)
{
    struct id id = created("post/create", json_pack("{s:s, s:s, s:s, s:s, s:s}", "place_id", id_text(place), "code", code, "name", code,
                                                    "kind", "road", "level", "county"));
    json_decref(run("post/open", id, 200, json_pack("{s:s}", "at", at(60 * 24 * 60))));
    return id;
}

static void make_response(void)
{
    static const struct { const char *name; double value; } numbers[] = {
        { "fever_threshold", 37.3 }, { "valid_low", 34 }, { "valid_high", 43 }, { "low_reading", 35 }, { "cold_ambient", 10 },
        { "handover_minutes", 120 }, { "turned_back_hours", 24 }, { "observation_days_listed", 14 }, { "observation_days_other", 7 },
    };
    struct id response = created("response/create", json_pack("{s:s, s:s, s:s, s:s}", "place_id", id_text(city), "name", "测试疫情",
                                                              "pathogen", "x", "started_on", "2020-01-21"));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        created("profile_number/create", json_pack("{s:s, s:s, s:f, s:s, s:s}", "response_id", id_text(response), "name", numbers[i].name,
                                                   "value", numbers[i].value, "source", "测试", "from_on", "2020-01-21"));
}

static int setup(void **state)
{
    char why[WHY];
    (void)state;
    assert_true(sodium_init() >= 0);
    hash_setup();
    arena_init(&arena, 1 << 20);
    registry_build(&registry, modules, sizeof modules / sizeof modules[0]);
    const char *temporary = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.40s/redoubt-XXXXXX", temporary ? temporary : P_tmpdir);
    assert_non_null(mkdtemp(folder));
    struct store_config config = { .data = folder, .entities = registry.entities, .n_entities = registry.n_entities, .write = true,
                                   .offset_min = OFFSET };
    if (store_open(&config, &store, why))
        fail_msg("%s", why);
    base = (struct ctx){ .registry = &registry, .store = store, .now = clock_wall(), .offset_min = OFFSET, .arena = &arena,
                         .scratch = &arena, .at_device = INSTANT_ABSENT, .actor.system = true };
    base.db = store_reader(store);
    city = make_place("410600", "city", ID_ABSENT);
    xun = make_place("410621", "county", city);
    shancheng = make_place("410603", "county", city);
    make_response();
    post = make_post("XX01", xun);
    other_post = make_post("SC01", shancheng);
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

/* ---- passages ---- */

static json_t *entry(struct id where, const char *passed_at, const char *number, double temp, const char *decision)
{
    json_t *e = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:s, s:s}", "post_id", id_text(where), "direction", "in", "passed_at",
                          passed_at, "name", "方知秋", "transport", "car", "from_division", "410500", "device1", "ear", "temp1", temp,
                          "decision", decision, "reason", "测试");
    json_object_set_new(e, "doc_type", json_string(number ? "id_card" : "none"));
    if (number)
        json_object_set_new(e, "doc_no", json_string(number));
    else
        json_object_set_new(e, "no_doc_reason", json_string("证件遗失"));
    return e;
}

/* A number of a test's own: 4106031988010 and a serial, with its check character found by trying. */
static const char *number(int serial)
{
    struct identity id;
    for (int c = 0; c < 11; c++) {
        struct str s = str_fmt(&arena, "41060319880101%03d%c", serial, "0123456789X"[c]);
        if (identity_parse(s, DATE_ABSENT, &id) == 0)
            return str_c(&arena, s);
    }
    fail_msg("no check character");
    return NULL;
}

static void test_person_is_found_again(void **state)
{
    (void)state;
    json_t *first = run("passage/register", ID_ABSENT, 201, entry(post, at(50), number(1), 36.5, "pass"));
    json_t *again = run("passage/register", ID_ABSENT, 201, entry(post, at(40), number(1), 36.5, "pass"));
    json_t *other = run("passage/register", ID_ABSENT, 201, entry(post, at(40), number(2), 36.5, "pass"));
    json_t *elsewhere = run("passage/register", ID_ABSENT, 201, entry(other_post, at(30), number(1), 36.5, "pass"));
    assert_true(id_eq(id_in(first, "person_id"), id_in(again, "person_id")));
    assert_false(id_eq(id_in(first, "person_id"), id_in(other, "person_id")));
    assert_false(id_eq(id_in(first, "person_id"), id_in(elsewhere, "person_id"))); /* another lane keeps its own */
    assert_true(id_eq(id_in(first, "id"), id_in(first, "flow_id")));
    json_decref(first);
    json_decref(again);
    json_decref(other);
    json_decref(elsewhere);
}

static json_t *propose(struct id where, const char *document, const char *plate)
{
    json_t *e = json_pack("{s:s, s:f, s:s}", "post_id", id_text(where), "temp1", 36.5, "device1", "ear");
    if (document)
        json_object_update_new(e, json_pack("{s:s, s:s}", "doc_type", "id_card", "doc_no", document));
    if (plate)
        json_object_set_new(e, "plate", json_string(plate));
    return run("passage/propose", ID_ABSENT, 200, e);
}

static void check_turned(struct id where, const char *document, const char *plate, bool seen)
{
    json_t *answer = propose(where, document, plate);
    const json_t *turned = json_object_get(answer, "turned_back");
    assert_int_equal(json_is_object(turned), seen);
    assert_string_equal(json_string_value(json_object_get(answer, "proposal")), seen ? "turn_back" : "pass");
    if (seen) {
        assert_int_equal(json_object_size(turned), 3); /* where and when, and nothing else */
        assert_string_equal(json_string_value(json_object_get(turned, "post_name")), "XX01");
        assert_true(id_eq(id_in(turned, "post_id"), post));
    }
    json_decref(answer);
}

static void test_turned_back_is_seen_elsewhere(void **state)
{
    (void)state;
    json_t *e = entry(post, at(20), number(3), 36.5, "turn_back");
    json_object_set_new(e, "plate", json_string("鄂a·t0001"));
    json_decref(run("passage/register", ID_ABSENT, 201, e));
    check_turned(other_post, number(3), NULL, true);
    check_turned(other_post, NULL, "鄂A T0001", true);
    check_turned(other_post, number(4), "鄂AT0002", false);
    check_turned(post, number(3), "鄂AT0001", false); /* the post itself knows */
    json_decref(run("passage/register", ID_ABSENT, 201, entry(post, at(25 * 60), number(5), 36.5, "turn_back")));
    check_turned(other_post, number(5), NULL, false); /* 24 hours are over */
}

/* Scenario 1 of domain §6.4, and the closed loop. */
static void test_fever_opens_a_handover(void **state)
{
    (void)state;
    json_t *e = entry(post, at(15), number(6), 34.1, "pass");
    json_object_update_new(e, json_pack("{s:s, s:f}", "device1", "forehead", "ambient", -1.0));
    json_decref(run("passage/register", ID_ABSENT, 422, e)); /* not reliable: nobody passes */
    e = entry(post, at(15), number(6), 34.1, "fever_clinic");
    json_object_update_new(e, json_pack("{s:s, s:f, s:f, s:s, s:s}", "device1", "forehead", "ambient", -1.0, "temp2", 37.3, "device2",
                                        "mercury", "handed_to", "县人民医院"));
    json_t *answer = run("passage/register", ID_ABSENT, 201, e);
    assert_true(json_is_true(json_object_get(answer, "fever")));
    assert_string_equal(json_string_value(json_object_get(answer, "proposal")), "fever_clinic");
    struct id handover = id_in(answer, "handover_id");
    json_decref(answer);
    struct handover *h = row_new(&handover_entity, &arena);
    assert_int_equal(store_get(base.db, &handover_entity, -1, handover, &arena, h), 0);
    assert_true(id_eq(h->row.place_id, xun) && code_is(h->state, "waiting"));
    assert_int_equal(h->due_at.ms - h->sent_at.ms, 120 * MINUTE_MS);
    assert_int_equal(h->temp.v, 373);
    json_decref(run("handover/acknowledge", handover, 200, json_object()));
    json_decref(run("handover/acknowledge", handover, 409, json_object()));
}

/* A community is found by the destination's code: the longest part of it that is a known place. */
static void test_handover_goes_to_the_destination(void **state)
{
    (void)state;
    json_t *e = entry(post, at(10), number(7), 36.5, "community");
    json_object_set_new(e, "to_division", json_string("410603001"));
    json_t *answer = run("passage/register", ID_ABSENT, 201, e);
    struct handover *h = row_new(&handover_entity, &arena);
    assert_int_equal(store_get(base.db, &handover_entity, -1, id_in(answer, "handover_id"), &arena, h), 0);
    assert_true(id_eq(h->row.place_id, shancheng));
    json_decref(answer);
    json_decref(run("passage/register", ID_ABSENT, 422, entry(post, at(10), number(7), 36.5, "community"))); /* to whom? */
}

/* Numbers hold from their day on; where nothing responds nothing is proposed. */
static void test_profile_by_place_and_day(void **state)
{
    (void)state;
    struct problems ps;
    struct ctx c = fresh(&ps);
    struct profile p;
    struct date first, before;
    assert_int_equal(date_from_civil(2020, 1, 21, &first), 0);
    before.days = first.days - 1;
    assert_int_equal(response_profile(&c, xun, before, &p), -ERR_NO_RESPONSE);
    assert_int_equal(response_profile(&c, id_new(base.now, 0), first, &p), -ERR_NO_RESPONSE);
    assert_int_equal(response_profile(&c, xun, first, &p), 0);
    assert_int_equal(p.fever_threshold.v, 373);
    assert_int_equal(p.observation_days, 14);
    assert_true(str_is(p.area, "410600"));
    created("profile_number/create", json_pack("{s:s, s:s, s:f, s:s, s:s}", "response_id", id_text(p.response_id), "name",
                                               "turned_back_hours", "value", 12.0, "source", "测试", "from_on", "2020-01-25"));
    first.days += 3;
    assert_int_equal(response_profile(&c, xun, first, &p), 0);
    assert_int_equal(p.turned_back_hours, 24);
    first.days += 1;
    assert_int_equal(response_profile(&c, xun, first, &p), 0);
    assert_int_equal(p.turned_back_hours, 12);
}

/* ---- counters and retention ---- */

static int64_t counted(struct id place, struct date day, const char *key)
{
    struct problems ps;
    struct ctx c = fresh(&ps);
    struct buf out;
    const char *type = NULL;
    char text[DATE_TEXT];
    date_format(day, text);
    buf_init(&out, &arena);
    assert_int_equal(passage_read_live(&c, str_fmt(&arena, "under=%s&day=%s", id_text(place), text), &out, &type), 0);
    json_t *live = json_loadb(out.p, out.n, 0, NULL);
    const json_t *totals = json_object_get(live, "totals"), *v = json_object_get(totals, key);
    int64_t n = json_integer_value(v ? v : json_object_get(json_object_get(totals, "decision"), key));
    json_decref(live);
    return n;
}

static int64_t in_answer(json_t *answer, const char *key)
{
    int64_t n = json_integer_value(json_object_get(answer, key));
    json_decref(answer);
    return n;
}

static void test_fold_keeps_the_counts(void **state)
{
    (void)state;
    const int64_t old = 40 * 24 * 60, kept = 28 * 24 * 60 - 60; /* minutes */
    struct date day = date_of((struct instant){ base.now.ms - old * MINUTE_MS }, OFFSET);
    for (int i = 0; i < 3; i++)
        json_decref(run("passage/register", ID_ABSENT, 201, entry(post, at(old), number(20 + i), 36.5, "pass")));
    json_decref(run("passage/register", ID_ABSENT, 201, entry(post, at(kept), number(20), 36.5, "pass")));
    json_t *turned = run("passage/register", ID_ABSENT, 201, entry(post, at(old), number(23), 36.5, "turn_back"));
    assert_int_equal(counted(xun, day, "passage"), 4);
    char soon[DATE_TEXT];
    date_format((struct date){ date_of(base.now, OFFSET).days - 27 }, soon);
    json_decref(run("passage/fold", ID_ABSENT, 422, json_pack("{s:s}", "before", soon))); /* not before their time */

    json_t *answer = run("passage/fold", ID_ABSENT, 200, json_object());
    assert_int_equal(json_integer_value(json_object_get(answer, "persons")), 2); /* one passed again, one was turned back */
    assert_false(json_is_true(json_object_get(answer, "more")));
    assert_int_equal(in_answer(answer, "folded"), 3);
    assert_int_equal(in_answer(run("passage/fold", ID_ABSENT, 200, json_object()), "folded"), 0);

    assert_int_equal(counted(xun, day, "passage"), 4);
    assert_int_equal(counted(city, day, "pass"), 3);
    assert_int_equal(counted(shancheng, day, "passage"), 0);
    struct passage *p = row_new(&passage_entity, &arena);
    assert_int_equal(store_get(base.db, &passage_entity, -1, id_in(turned, "id"), &arena, p), 0);
    json_decref(turned);
}

/* ---- how the statements are carried out ---- */

/* The statement as it stands in the .sql files, with * for the columns of a row. */
static struct str statement(const char *name)
{
    struct str sql = STR_ABSENT;
    size_t at;
    for (size_t i = 0; i < sql_statements_n; i++)
        if (strcmp(sql_statements[i].name, name) == 0)
            sql = sql_statements[i].sql;
    assert_non_null(sql.p);
    if (!str_find(sql, S("{{columns "), &at))
        return sql;
    struct str rest = str_sub(sql, at, sql.n), marker = str_cut(&rest, '}');
    (void)marker;
    return str_fmt(&arena, "%.*s*%.*s", STR_ARG(str_sub(sql, 0, at)), STR_ARG(str_sub(rest, 1, rest.n)));
}

/* What stands on every registration or every look at the live screen must find its rows by an index that ends where they
 * end: a walk over a lane's table is fast in a test and slow in the third week. */
static void test_statements_find_their_rows(void **state)
{
    (void)state;
    static const struct { const char *name, *how; } wanted[] = {
        { "person_by_document", "person_doc_no (lane=? AND doc_no_hash=?)" },
        { "passage_turned_doc", "passage_turned_doc (doc_hash=? AND passed_at>? AND passed_at<?)" },
        { "passage_turned_plate", "passage_turned_plate (plate=? AND passed_at>? AND passed_at<?)" },
        { "passage_foldable", "passage_time (lane=? AND passed_at<?)" },
        { "declaration_live", "declaration_code (lane=? AND post_id=? AND code_hash=?" },
        { "live_tally", "(lane=? AND hour>? AND hour<?)" },
        { "live_handovers", "handover_waiting (lane=? AND due_at<?)" },
        { "live_inbox", "inbox_open (lane=?)" },
        { "account_by_token", "session_token (token_hash=?)" },
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct db_stmt *st = db_prepare(reader_db(base.db), str_fmt(&arena, "EXPLAIN QUERY PLAN %.*s", STR_ARG(statement(wanted[i].name))));
        bool found = false;
        size_t at;
        assert_non_null(st);
        while (db_step(st) == 1)
            found |= str_find(db_column(st, 3).s, str_of(wanted[i].how), &at);
        if (!found)
            fail_msg("%s does not use %s", wanted[i].name, wanted[i].how);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_person_is_found_again), cmocka_unit_test(test_turned_back_is_seen_elsewhere),
        cmocka_unit_test(test_fever_opens_a_handover), cmocka_unit_test(test_handover_goes_to_the_destination),
        cmocka_unit_test(test_profile_by_place_and_day), cmocka_unit_test(test_statements_find_their_rows),
        cmocka_unit_test(test_fold_keeps_the_counts),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
