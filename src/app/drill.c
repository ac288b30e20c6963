/* The demonstration city: real divisions and boundaries, checkpoints, generated staff, a day of passages. Seeded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/cli.h"
#include "app/spot.h"
#include "app/synth.h"
#include "domain/place/place.h"
#include "domain/post/post.h"

#define PASSWORD "Redoubt-Demo-2020"
#define CITY "410600"
#define POSTS_MAX 1200

struct drill_post { struct id id; struct id officer_id; const struct place_node *place; int daily; };

struct drill {
    struct app *app;
    struct arena arena;
    struct synth synth;
    struct date day;           /* passages fall into the 24 hours that end at `until` */
    struct instant until;
    const char *source;
    struct drill_post posts[POSTS_MAX];
    size_t n_posts;
    FILE *accounts;
    int64_t passages;
};

static int command(struct drill *d, const char *name, json_t *data, struct id *made)
{
    struct str answer;
    struct problems ps;
    int err = cli_call(d->app, &d->arena, name, ID_ABSENT, NULL, data, &answer);
    if (err)
        return err;
    problems_init(&ps, &d->arena);
    json_t *row = json_read(answer, &ps);
    if (made && id_parse(json_text(json_object_get(row, "id")), made))
        err = -ERR_INTERNAL;
    json_decref(row);
    return err;
}

static const char *id_text(struct drill *d, struct id id)
{
    char *text = arena_alloc(&d->arena, ID_TEXT);
    id_format(id, text);
    return text;
}

/* ---- places and response ---- */

static int table(struct drill *d, const char *entity, const char *file)
{
    struct import_report report = { 0 };
    char path[600];
    snprintf(path, sizeof(path), "%s/%s", d->source, file);
    int err = cli_import_file(d->app, entity, path, false, &report);
    return err ? err : report.bad ? -ERR_BAD_REQUEST : 0;
}

static const char *date_text(struct drill *d, int days_before)
{
    char *text = arena_alloc(&d->arena, DATE_TEXT);
    date_format((struct date){ d->day.days - days_before }, text);
    return text;
}

static int places(struct drill *d)
{
    int err = table(d, "place", "hebi-divisions.csv");
    if (!err)
        err = table(d, "place", "hebi-local-places.csv");
    if (!err)
        err = table(d, "place", "hebi-boundaries.geojson");
    return err;
}

/* The outbreak of the demonstration begins two weeks before its day, so that a live screen of today shows level I. */
static int response(struct drill *d)
{
    struct id made;
    const char *city = id_text(d, store_place_by_code(d->app->store, S(CITY))->id);
    int err = command(d, "response/create", json_pack("{s:s, s:s, s:s, s:s}", "place_id", city, "name", "新型冠状病毒感染的肺炎",
                      "pathogen", "2019 新型冠状病毒(2019-nCoV)", "started_on", date_text(d, 14)), &made);
    if (!err)
        err = command(d, "response_level/create", json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "place_id", city, "response_id",
                      id_text(d, made), "level", "I", "from_on", date_text(d, 10), "legal_basis", "《突发公共卫生事件应急条例》", "order_no",
                      "演示文号〔2020〕1号", "issuer", "省人民政府(演示)"), NULL);
    if (!err)
        err = table(d, "profile_number", "demo-profile-number.csv");
    return err ? err : table(d, "listed_area", "demo-listed-area.csv");
}

/* ---- people ---- */

static int account(struct drill *d, const char *login, const char *role, const struct place_node *place, const char *card,
                   const char *shown, struct id *made)
{
    struct str name = synth_name(&d->synth), phone = synth_phone(&d->synth);
    json_t *data = json_pack("{s:s, s:s, s:s%, s:s%, s:s, s:s}", "place_id", id_text(d, place->id), "login", login, "name", name.p, name.n,
                             "phone", phone.p, phone.n, "password", PASSWORD, "role", role);
    if (card)
        json_object_set_new(data, "card_no", json_string(card));
    if (shown)
        fprintf(d->accounts, "  %-12s %s\n", login, shown);
    return command(d, "account/create", data, made);
}

static int offices(struct drill *d)
{
    struct store *s = d->app->store;
    static const char *const counties[] = { "410602", "410603", "410611", "410621", "410622", "410671", "L-BAOSHAN", "L-SHIFAN" };
    static const char *const logins[] = { "heshan", "shancheng", "qibin", "xunxian", "qixian", "kaifaqu", "baoshan", "shifan" };
    const struct place_node *city = store_place_by_code(s, S(CITY));
    int err = account(d, "admin", "system_administrator", city, NULL, "系统管理员 · system administrator", NULL);
    if (!err)
        err = account(d, "command", "command_office", city, "HB-0001", "市指挥部办公室 · city command office", NULL);
    if (!err)
        err = account(d, "auditor", "auditor", city, NULL, "审计 · auditor", NULL);
    for (size_t i = 0; !err && i < sizeof(counties) / sizeof(counties[0]); i++)
        err = account(d, logins[i], "district_office", store_place_by_code(s, str_of(counties[i])), NULL,
                      i == 2 ? "淇滨区指挥部 · district office (also heshan shancheng xunxian qixian kaifaqu baoshan shifan)" : NULL, NULL);
    return err;
}

/* ---- posts ---- */

struct post_plan { const char *code, *name, *kind, *place, *neighbour, *road; int daily; };

static const struct post_plan city_posts[] = {
    { "HB01", "鹤壁东站卡点", "station", "410611", "", "高铁鹤壁东站", 900 },
    { "HB02", "鹤壁汽车站卡点", "station", "410611", "", "鹤壁长途汽车站", 520 },
    { "HB03", "京港澳高速鹤壁站卡点", "ramp", "410611", "410522", "G4 京港澳高速", 1100 },
    { "HB04", "京港澳高速淇县站卡点", "ramp", "410622", "410781", "G4 京港澳高速", 860 },
    { "HB05", "鹤辉高速鹤壁西站卡点", "ramp", "410603", "410522", "S26 鹤辉高速", 480 },
    { "HB06", "范辉高速浚县站卡点", "ramp", "410621", "410526", "S26 范辉高速", 560 },
    { "HB07", "107 国道淇县南卡点", "road", "410622", "410781", "G107", 780 },
    { "HB08", "107 国道淇滨北卡点", "road", "410611", "410522", "G107", 820 },
    { "HB09", "鹤煤九矿路口卡点", "road", "410602", "410502", "鹤安公路", 430 },
    { "HB10", "山城石林路口卡点", "road", "410603", "410522", "S302", 390 },
    { "HB11", "开发区金山路口卡点", "road", "410671", "410522", "金山大道", 350 },
    { "HB12", "浚县东界卡点", "road", "410621", "410526", "S301", 470 },
};

static const char *const xunxian_names[] = { "卫溪街道入口卡点", "浚州街道南门卡点", "黎阳街道东卡点", "善堂镇界卡点", "屯子镇界卡点",
                                             "新镇镇界卡点", "小河镇界卡点", "卫贤镇界卡点", "王庄镇界卡点" };

static const void *boundary_of(struct boundary *key, struct id place_id)
{
    memset(key, 0, sizeof(*key));
    key->row.place_id = place_id;
    return key;
}

/* Somewhere in the nearest place above that has a boundary; the zones without one lie in 淇滨区. */
static void somewhere(struct drill *d, const struct place_node *place, double *lng, double *lat)
{
    struct store *s = d->app->store;
    struct boundary key, *row = row_new(&boundary_entity, &d->arena);
    struct reader *r = store_writer(s);
    *lng = 114.29;
    *lat = 35.75;
    for (const struct place_node *at = place; at; at = store_place(s, at->parent)) {
        bool known = store_find_key(r, &boundary_entity, boundary_of(&key, at->id), &d->arena, row) == 0;
        if (!known && str_is(at->kind, "county"))
            known = store_find_key(r, &boundary_entity, boundary_of(&key, store_place_by_code(s, S("410611"))->id), &d->arena, row) == 0;
        if (known && spot_within(&d->synth, row->geometry.json, lng, lat) == 0)
            return;
    }
}

static int post(struct drill *d, const struct post_plan *p, const char *level, bool all_day, struct id *made)
{
    const struct place_node *place = store_place_by_code(d->app->store, str_of(p->place));
    double lng, lat;
    struct str owner = synth_name(&d->synth), deputy = synth_name(&d->synth), phone = synth_phone(&d->synth);
    somewhere(d, place, &lng, &lat);
    json_t *data = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:f, s:b, s:s%, s:s%, s:s%}", "place_id", id_text(d, place->id), "code", p->code,
                             "name", p->name, "kind", p->kind, "level", level, "direction", "both", "lng", lng, "lat", lat, "all_day",
                             all_day, "owner", owner.p, owner.n, "owner_phone", phone.p, phone.n, "deputy", deputy.p, deputy.n);
    if (p->neighbour[0])
        json_object_set_new(data, "neighbour_division", json_string(p->neighbour));
    if (p->road[0])
        json_object_set_new(data, "road", json_string(p->road));
    int err = command(d, "post/create", data, made);
    if (!err)
        err = cli_call(d->app, &d->arena, "post/open", *made, NULL, json_pack("{s:s}", "at", str_fmt(&d->arena, "%sT00:00:00+08:00%c", date_text(d, 40), 0).p), NULL);
    if (!err && d->n_posts < POSTS_MAX)
        d->posts[d->n_posts++] = (struct drill_post){ .id = *made, .place = place, .daily = p->daily };
    return err;
}

/* A leader and two officers for a post; the second officer's name goes on the passages. */
static int crew(struct drill *d, const char *code, const struct place_node *place, bool shown)
{
    char login[40], card[40];
    struct id made;
    int err = 0;
    for (int i = 0; !err && i < 3; i++) {
        snprintf(login, sizeof(login), i ? "%s-%d" : "%s-leader", code, i);
        snprintf(card, sizeof(card), "%s-%02d", code, i + 1);
        for (char *c = login; *c; c++)
            *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
        err = account(d, login, i ? "checkpoint_officer" : "checkpoint_leader", place, card,
                      shown ? (i == 0 ? "卡点负责人 · checkpoint leader" : i == 1 ? "卡点查验员 · checkpoint officer" : NULL) : NULL, &made);
    }
    d->posts[d->n_posts - 1].officer_id = made;
    return err;
}

static int staffed_posts(struct drill *d)
{
    struct id made;
    int err = 0;
    for (size_t i = 0; !err && i < sizeof(city_posts) / sizeof(city_posts[0]); i++) {
        err = post(d, &city_posts[i], "city", true, &made);
        if (!err)
            err = crew(d, city_posts[i].code, d->posts[d->n_posts - 1].place, i == 2);
    }
    for (int i = 0; !err && i < 9; i++) {
        char *code = (char *)str_fmt(&d->arena, "XX%02d%c", i + 1, 0).p;
        struct post_plan p = { code, xunxian_names[i], "road", "410621", "", "", 150 };
        err = post(d, &p, "county", true, &made);
        if (!err)
            err = crew(d, code, d->posts[d->n_posts - 1].place, false);
    }
    return err;
}

struct villages { struct drill *drill; int err; size_t n; struct str *codes; struct str *names; };

static int take_village(void *arg, const void *row)
{
    struct villages *v = arg;
    const struct place *p = row;
    v->codes[v->n] = str_dup(&v->drill->arena, p->code);
    v->names[v->n++] = str_dup(&v->drill->arena, p->name);
    return 0;
}

/* A village post for every other village or community; their passages are entered by the township's desk. */
static int village_posts(struct drill *d, struct id officer)
{
    struct villages v = { .drill = d };
    struct list_query q = { .entity = &place_entity, .scope = { .everything = true }, .limit = 1000 };
    const struct field *kind = shape_field(&place_entity.shape, S("kind"), NULL);
    struct list_filter f = { .field = kind, .op = OP_EQ, .value = { .kind = STORED_TEXT, .s = S("community") } };
    struct str next = STR_ABSENT;
    v.codes = ARENA_ARRAY(&d->arena, struct str, 4000);
    v.names = ARENA_ARRAY(&d->arena, struct str, 4000);
    q.filters = &f;
    q.n_filters = 1;
    q.sort = shape_field(&place_entity.shape, S("path"), NULL);
    do {
        q.after = next;
        store_list(store_writer(d->app->store), &q, &d->arena, take_village, &v, &next);
    } while (next.p && v.n < 3000);
    for (size_t i = 0; i < v.n && !v.err; i += 2) {
        struct id made;
        struct str code = str_fmt(&d->arena, "C%04zu%c", i / 2 + 1, 0), name = str_fmt(&d->arena, "%.*s卡点%c", STR_ARG(v.names[i]), 0);
        struct str place = str_fmt(&d->arena, "%.*s%c", STR_ARG(v.codes[i]), 0);
        struct post_plan p = { code.p, name.p, "village", place.p, "", "", 3 };
        v.err = post(d, &p, "village", i % 3 != 0, &made);
        if (!v.err)
            d->posts[d->n_posts - 1].officer_id = officer;
    }
    return v.err;
}

/* ---- passages ---- */

/* Traffic by the hour of the day, per mille (GK: two peaks). */
static const int by_hour[24] = { 8, 5, 4, 4, 6, 14, 34, 62, 82, 74, 62, 56, 48, 50, 54, 58, 66, 84, 78, 56, 40, 28, 17, 10 };

static struct instant moment(struct drill *d)
{
    int64_t pick = synth_below(&d->synth, 1000);
    int hour = 0;
    while (hour < 23 && pick >= by_hour[hour])
        pick -= by_hour[hour++];
    int64_t within = hour * HOUR_MS + synth_below(&d->synth, 3600) * 1000;
    struct instant t = { date_start(d->day, d->app->offset_min).ms + within };
    if (t.ms > d->until.ms)
        t.ms -= DAY_MS;
    return t;
}

struct chunk { struct arena arena; struct call *calls[500]; size_t n; };

/* Drawn plates and people may meet one that was turned back: the officer then says why he decides otherwise. */
static void say_why(struct call *c)
{
    ((struct passage_entry *)c->in)->reason = S("核实身份,另有安排");
    c->problems.n = 0;
    if (call_check(c) == 0)
        call_many(&c, 1);
}

static int flush(struct drill *d, struct chunk *c)
{
    int bad = 0;
    call_many(c->calls, c->n);
    for (size_t i = 0; i < c->n; i++)
        if (c->calls[i]->status == 422 && problems_worst(&c->calls[i]->problems) == ERR_REASON_AGAINST)
            say_why(c->calls[i]);
    for (size_t i = 0; i < c->n; i++) {
        if (c->calls[i]->status >= 400 && !bad++)
            cli_problems(&c->calls[i]->problems);
        d->passages += c->calls[i]->status < 400;
    }
    c->n = 0;
    arena_reset(&c->arena);
    return bad ? -ERR_BAD_REQUEST : 0;
}

static void queue(struct drill *d, struct chunk *c, const struct drill_post *p, struct passage_entry *entry)
{
    struct ctx ctx;
    struct problems ps;
    struct call *call = ARENA_NEW(&c->arena, struct call);
    cli_ctx(d->app, &ctx, &c->arena, &ps);
    ctx.actor.account_id = p->officer_id;
    ctx.actor.place_id = p->place->id;
    ctx.command_id = synth_id(&d->synth, entry->passed_at);
    call_init(call, registry_command(&d->app->registry, S("passage/register")), &ctx, &c->arena);
    call_allow(call);
    call->in = entry;
    call->ctx.given = ~(field_set)0;
    call_check(call);
    c->calls[c->n++] = call;
    if (call->problems.n)
        cli_problems(&call->problems);
}

static int profile_now(struct drill *d, struct ctx *ctx, struct problems *ps, struct profile *profile)
{
    cli_ctx(d->app, ctx, &d->arena, ps);
    return response_profile(ctx, store_place_by_code(d->app->store, S(CITY))->id, d->day, profile);
}


static int passages(struct drill *d)
{
    struct chunk c = { .n = 0 };
    struct profile profile;
    struct ctx ctx;
    struct problems ps;
    int err = profile_now(d, &ctx, &ps, &profile);
    arena_init(&c.arena, 1 << 20);
    d->synth.arena = &c.arena;
    for (size_t i = 0; !err && i < d->n_posts; i++) {
        for (int left = d->posts[i].daily; !err && left > 0;) {
            struct passage_entry *e = ARENA_ARRAY(&c.arena, struct passage_entry, 8);
            size_t n = synth_flow(&d->synth, d->posts[i].id, moment(d), d->posts[i].place->code, e);
            for (size_t k = 0; k < n; k++) {
                synth_decide(&profile, date_of(e[k].passed_at, d->app->offset_min), &e[k]);
                queue(d, &c, &d->posts[i], &e[k]);
            }
            left -= (int)n;
            if (c.n > 480)
                err = flush(d, &c);
        }
    }
    if (!err)
        err = flush(d, &c);
    d->synth.arena = &d->arena;
    arena_free(&c.arena);
    return err;
}

/* ---- hand-overs: all but the last few are acknowledged ---- */

#define WAITING_LEFT 9

struct waiting { struct drill *drill; struct id ids[2000]; size_t n; };

static int take_handover(void *arg, const void *row)
{
    struct waiting *w = arg;
    if (w->n < sizeof(w->ids) / sizeof(w->ids[0]))
        w->ids[w->n++] = CROW(row)->id;
    return 0;
}

static int acknowledge(struct drill *d)
{
    struct waiting *w = ARENA_NEW(&d->arena, struct waiting);
    struct list_query q = { .entity = &handover_entity, .scope = { .everything = true }, .limit = 1000 };
    struct str next = STR_ABSENT;
    int err = 0;
    w->drill = d;
    q.sort = shape_field(&handover_entity.shape, S("due_at"), NULL);
    do {
        q.after = next;
        err = store_list(store_writer(d->app->store), &q, &d->arena, take_handover, w, &next);
    } while (!err && next.p);
    for (size_t i = 0; !err && i + WAITING_LEFT < w->n; i++)
        err = cli_call(d->app, &d->arena, "handover/acknowledge", w->ids[i], NULL, json_pack("{s:s}", "note", "已接收"), NULL);
    return err;
}

/* ---- the command ---- */

/* data/ beside the working folder, or beside the program's own. */
static const char *data_folder(struct drill *d)
{
    char self[400];
    struct stat st;
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (stat("data/hebi-divisions.csv", &st) == 0 || n < 0)
        return "data";
    self[n] = 0;
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = 0;
    return str_fmt(&d->arena, "%s/../data%c", self, 0).p;
}

static FILE *open_accounts(const struct options *o)
{
    char path[600];
    snprintf(path, sizeof(path), "%s/demo-accounts.txt", o->data);
    FILE *f = fopen(path, "we");
    if (f) {
        chmod(path, 0600);
        fprintf(f, "演示账号 · demonstration accounts(密码 password: %s)\n", PASSWORD);
    }
    return f;
}

static int build(struct drill *d, const struct options *o)
{
    struct id desk = ID_ABSENT;
    d->accounts = open_accounts(o);
    if (!d->accounts)
        return -ERR_STORE_FULL;
    int err = places(d);
    if (!err)
        err = response(d);
    if (!err)
        err = offices(d);
    if (!err)
        err = staffed_posts(d);
    if (!err)
        err = account(d, "village-desk", "checkpoint_officer", store_place_by_code(d->app->store, S(CITY)), "HB-9001", NULL, &desk);
    if (!err)
        err = village_posts(d, desk);
    fclose(d->accounts);
    if (!err)
        err = passages(d);
    return err ? err : acknowledge(d);
}

static int open_for(struct drill *d, const struct options *o, struct app *app)
{
    int err = app_open(app, o, true);
    if (err == -ERR_STORE_LOCKED)
        fprintf(stderr, "redoubt: 数据文件正被使用 · the store is in use: %s\n", o->data);
    if (err)
        return err;
    app->serving[0].db = store_reader(app->store);
    d->app = app;
    arena_init(&d->arena, 1 << 20);
    d->synth.arena = &d->arena;
    d->source = data_folder(d);
    return writer_start(app->store);
}

int cli_drill(const struct options *given)
{
    struct options o = *given;
    struct app app;
    const char *seed = cli_option(&o, "--seed"), *day = cli_option(&o, "--day");
    struct drill *d = mem_zalloc(sizeof(*d));
    int64_t n = 2020;
    int bad = cli_nothing_left(&o, 0);
    if (!bad && seed && str_to_i64(str_of(seed), &n))
        bad = (fprintf(stderr, "redoubt: --seed N\n"), 2);
    d->synth.state = (uint64_t)n;
    d->until = clock_wall();
    d->day = date_of(d->until, 480);
    if (!bad && day && date_parse(str_of(day), &d->day))
        bad = (fprintf(stderr, "redoubt: --day YYYY-MM-DD\n"), 2);
    if (day)
        d->until = (struct instant){ date_start(d->day, 480).ms + DAY_MS - 1 };
    if (bad || open_for(d, &o, &app))
        return mem_free(d), 2;
    bool fresh = id_absent(store_root(app.store));
    int err = fresh ? build(d, &o) : 0;
    if (!fresh)
        printf("演示城市已存在 · the demonstration city exists already: %s\n", store_shown(app.store));
    else if (!err)
        printf("演示城市已建立 · made the demonstration city: %zu 卡点 posts, %lld 通行 passages\n", d->n_posts, (long long)d->passages);
    writer_stop(app.store);
    app_close(&app);
    arena_free(&d->arena);
    mem_free(d);
    return err ? 2 : 0;
}

/* ---- gen: load for measurements ---- */

static int take_post(void *arg, const void *row)
{
    struct drill *d = arg;
    const struct post *p = row;
    if (d->n_posts < POSTS_MAX)
        d->posts[d->n_posts++] = (struct drill_post){ .id = p->row.id, .place = store_place(d->app->store, p->row.place_id), .daily = 1 };
    return 0;
}

static int load_posts(struct drill *d)
{
    struct list_query q = { .entity = &post_entity, .scope = { .everything = true }, .limit = 1000 };
    struct str next;
    int err = store_list(store_writer(d->app->store), &q, &d->arena, take_post, d, &next);
    return err ? err : d->n_posts ? 0 : -ERR_NOT_FOUND;
}

static int generate(struct drill *d, int64_t wanted, int64_t days)
{
    struct chunk c = { .n = 0 };
    struct profile profile;
    struct ctx ctx;
    struct problems ps;
    int err = profile_now(d, &ctx, &ps, &profile);
    struct instant until = d->until;
    arena_init(&c.arena, 1 << 20);
    d->synth.arena = &c.arena;
    while (!err && d->passages + (int64_t)c.n < wanted) {
        struct passage_entry *e = ARENA_ARRAY(&c.arena, struct passage_entry, 8);
        const struct drill_post *p = &d->posts[synth_below(&d->synth, (int64_t)d->n_posts)];
        /* in the order of time, as it would come */
        int64_t done = d->passages + (int64_t)c.n;
        struct instant at = { until.ms - (int64_t)((double)(wanted - done) / (double)wanted * (double)(days * DAY_MS)) };
        size_t n = synth_flow(&d->synth, p->id, at, p->place->code, e);
        for (size_t k = 0; k < n; k++) {
            synth_decide(&profile, d->day, &e[k]);
            queue(d, &c, p, &e[k]);
        }
        if (c.n > 480)
            err = flush(d, &c);
        if (isatty(2) && d->passages % 10000 < 500)
            fprintf(stderr, "\r%lld", (long long)d->passages);
    }
    if (!err)
        err = flush(d, &c);
    d->synth.arena = &d->arena;
    arena_free(&c.arena);
    return err;
}

int cli_gen(const struct options *given)
{
    struct options o = *given;
    struct app app;
    const char *passages_text = cli_option(&o, "--passages"), *days_text = cli_option(&o, "--days"), *seed = cli_option(&o, "--seed");
    struct drill *d = mem_zalloc(sizeof(*d));
    int64_t wanted = 0, days = 1, n = 1;
    int bad = cli_nothing_left(&o, 0);
    bool good = passages_text && !str_to_i64(str_of(passages_text), &wanted) && wanted > 0 &&
                (!days_text || (!str_to_i64(str_of(days_text), &days) && days > 0)) && (!seed || !str_to_i64(str_of(seed), &n));
    if (!bad && !good)
        bad = (fprintf(stderr, "redoubt gen --passages N [--days D] [--seed N]\n"), 2);
    d->synth.state = (uint64_t)n * 7919;
    d->until = clock_wall();
    d->day = date_of(d->until, 480);
    if (bad || open_for(d, &o, &app))
        return mem_free(d), 2;
    int err = load_posts(d);
    if (err)
        fprintf(stderr, "redoubt: 先建立卡点(redoubt drill)· there are no posts yet (redoubt drill)\n");
    else
        err = generate(d, wanted, days);
    printf("已生成 · generated %lld passages\n", (long long)d->passages);
    writer_stop(app.store);
    app_close(&app);
    arena_free(&d->arena);
    mem_free(d);
    return err ? 2 : 0;
}
