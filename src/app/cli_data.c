/* import, export, account. While a server holds the store, what writes is handed to it over its local socket. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/cli.h"
#include "io/table/csv.h"

/* ---- import ---- */

static int read_file(const char *path, struct arena *a, struct str *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int err = fd < 0 ? -1 : import_read_all(fd, a, out);
    if (fd >= 0)
        close(fd);
    return err;
}

static void show_progress(void *arg, const struct import_report *r)
{
    (void)arg;
    if (isatty(2))
        fprintf(stderr, "\r%lld 行 · rows", (long long)r->rows);
}

static int print_report(const struct import_report *r, bool dry_run)
{
    if (isatty(2))
        fprintf(stderr, "\r");
    cli_problems(&r->problems);
    printf("%s行 rows %lld  新建 created %lld  修改 changed %lld  未变 unchanged %lld  有误 bad %lld  待更正 held %lld\n",
           dry_run ? "(试运行 dry run) " : "", (long long)r->rows, (long long)r->created, (long long)r->changed, (long long)r->unchanged,
           (long long)r->bad, (long long)r->held);
    return r->bad ? 1 : 0;
}

static bool is_geojson(const char *path)
{
    return str_ends(str_of(path), S(".geojson")) || str_ends(str_of(path), S(".json"));
}

int cli_import_file(struct app *app, const char *entity, const char *path, bool dry_run, struct import_report *report)
{
    struct arena a;
    struct ctx ctx;
    struct problems ps;
    struct str text;
    int err = -ERR_NOT_FOUND;
    arena_init(&a, 64 * 1024);
    cli_ctx(app, &ctx, &a, &ps);
    ctx.db = app->serving[0].db;
    struct import im = { .app = app, .ctx = &ctx, .dry_run = dry_run, .progress = show_progress,
                         .entity = registry_entity(&app->registry, str_of(entity)) };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fprintf(stderr, "redoubt: 无法读取 · cannot read %s: %s\n", path, strerror(errno));
    } else if (is_geojson(path)) {
        err = read_file(path, &a, &text);
        if (!err)
            err = import_boundaries(&im, text, str_of(strrchr(path, '/') ? strrchr(path, '/') + 1 : path), report);
    } else {
        struct csv_source source = csv_from_fd(&fd);
        err = import_table(&im, &source, report);
    }
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && (err || report->problems.n))
        cli_problems(&report->problems);
    report->problems.n = 0;
    arena_free(&a);
    return err;
}

/* The server's report in the words of the command line's own. */
static int print_remote_report(struct str answer, struct arena *a, bool dry_run)
{
    static const char *const names[] = { "rows", "created", "changed", "unchanged", "bad", "held" };
    struct import_report r = { 0 };
    int64_t *counts[] = { &r.rows, &r.created, &r.changed, &r.unchanged, &r.bad, &r.held };
    problems_init(&r.problems, a);
    json_t *body = json_read(answer, &r.problems);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        *counts[i] = json_integer_value(json_object_get(body, names[i]));
    cli_problem_list(json_object_get(body, "problems"));
    json_decref(body);
    return print_report(&r, dry_run);
}

static int import_remote(const struct options *o, const char *entity, const char *path, bool dry_run)
{
    struct arena a;
    struct str text, answer;
    arena_init(&a, 64 * 1024);
    int status = -1;
    if (read_file(path, &a, &text))
        fprintf(stderr, "redoubt: 无法读取 · cannot read %s\n", path);
    else
        status = cli_remote(o, &a, str_fmt(&a, "/api/v1/%s.csv%s%c", entity, dry_run ? "?dry_run=1" : "", 0).p,
                            is_geojson(path) ? "application/geo+json" : "text/csv", text, &answer);
    int code = status > 0 && status < 400 ? print_remote_report(answer, &a, dry_run) : 2;
    arena_free(&a);
    return code;
}

int cli_import(const struct options *given)
{
    struct options o = *given;
    struct app app;
    struct import_report report = { 0 };
    bool dry_run = cli_flag(&o, "--dry-run");
    int bad = cli_nothing_left(&o, 2);
    if (bad)
        return bad;
    int err = app_open(&app, &o, true);
    if (err == -ERR_STORE_LOCKED)
        return import_remote(&o, o.argv[0], o.argv[1], dry_run);
    if (err)
        return 2;
    const struct entity *e = registry_entity(&app.registry, str_of(o.argv[0]));
    if (!e || e->no_import) {
        fprintf(stderr, "redoubt: 不能导入 · cannot be imported: %s\n", o.argv[0]);
        app_close(&app);
        return 2;
    }
    app.serving[0].db = store_reader(app.store);
    err = writer_start(app.store);
    if (!err)
        err = cli_import_file(&app, o.argv[0], o.argv[1], dry_run, &report);
    writer_stop(app.store);
    bad = err ? 2 : print_report(&report, dry_run);
    app_close(&app);
    return bad;
}

/* ---- export: the same rows as GET /api/v1/<entity>.csv, for the account that owns the store's files ---- */

int cli_export(const struct options *o)
{
    struct app app;
    if (o->argc != 1 && o->argc != 2)
        return cli_nothing_left(o, 2);
    if (app_open(&app, o, false))
        return 2;
    const struct entity *e = registry_entity(&app.registry, str_of(o->argv[0]));
    FILE *to = o->argc == 2 ? fopen(o->argv[1], "we") : stdout;
    int err = e && !e->no_list && to ? export_table(&app, e, to) : -ERR_NOT_FOUND;
    if (err)
        fprintf(stderr, "redoubt: 不能导出 · cannot be exported: %s\n", o->argv[0]);
    if (to && to != stdout)
        err |= fclose(to) ? -1 : 0;
    app_close(&app);
    return err ? 2 : 0;
}

/* ---- accounts ---- */

struct account_args { const char *login, *role, *place, *name, *card, *password_file; };

static const struct place_node *place_named(struct app *app, const char *code)
{
    const struct place_node *p = code ? store_place_by_code(app->store, str_of(code)) : NULL;
    if (!p)
        fprintf(stderr, "redoubt: 没有此区划代码 · no place has the code %s\n", code ? code : "(--place)");
    return p;
}

static int account_id(struct app *app, struct arena *a, const char *login, char text[ID_TEXT])
{
    struct id id;
    if (store_find_text(store_writer(app->store), registry_entity(&app->registry, S("account")), str_of(login), a, &id)) {
        fprintf(stderr, "redoubt: 没有此账号 · no such account: %s\n", login);
        return -1;
    }
    id_format(id, text);
    return 0;
}

static int create(struct app *app, struct arena *a, const struct account_args *g)
{
    char place[ID_TEXT], password[PASSWORD_MAX + 1];
    bool made;
    const struct place_node *p = place_named(app, g->place);
    if (!p || cli_password(g->password_file, password, &made))
        return 2;
    id_format(p->id, place);
    json_t *data = json_pack("{s:s, s:s, s:s, s:s}", "place_id", place, "login", g->login, "name", g->name ? g->name : g->login, "password", password);
    if (g->role)
        json_object_set_new(data, "role", json_string(g->role));
    if (g->card)
        json_object_set_new(data, "card_no", json_string(g->card));
    if (cli_call(app, a, "account/create", ID_ABSENT, NULL, data, NULL))
        return 2;
    printf("已建立 · created %s", g->login);
    printf(made ? "  密码 · password: %s\n" : "%.0s\n", password);
    return 0;
}

static int grant(struct app *app, struct arena *a, const struct account_args *g)
{
    char place[ID_TEXT], account[ID_TEXT];
    const struct place_node *p = place_named(app, g->place);
    if (!p || account_id(app, a, g->login, account))
        return 2;
    id_format(p->id, place);
    int err = cli_call(app, a, "grant/create", ID_ABSENT, NULL,
                       json_pack("{s:s, s:s, s:s}", "account_id", account, "place_id", place, "role", g->role ? g->role : ""), NULL);
    if (!err)
        printf("已授权 · granted %s to %s in %s\n", g->role, g->login, g->place);
    return err ? 2 : 0;
}

static int password(struct app *app, struct arena *a, const struct account_args *g)
{
    char account[ID_TEXT], secret[PASSWORD_MAX + 1];
    struct id id;
    bool made;
    if (account_id(app, a, g->login, account) || cli_password(g->password_file, secret, &made))
        return 2;
    id_parse(str_of(account), &id);
    if (cli_call(app, a, "account/set_password", id, "命令行重置 · reset at the command line", json_pack("{s:s}", "password", secret), NULL))
        return 2;
    printf("已重置 · reset %s", g->login);
    printf(made ? "  密码 · password: %s\n" : "%.0s\n", secret);
    return 0;
}

int cli_account(const struct options *given)
{
    struct options o = *given;
    struct app app;
    struct arena a;
    struct account_args g = { .role = cli_option(&o, "--role"), .place = cli_option(&o, "--place"), .name = cli_option(&o, "--name"),
                              .card = cli_option(&o, "--card"), .password_file = cli_option(&o, "--password-file") };
    const char *verb = o.argc ? o.argv[0] : "";
    bool list = strcmp(verb, "list") == 0;
    int bad = cli_nothing_left(&o, list ? 1 : 2), code = 2;
    if (bad)
        return bad;
    g.login = list ? NULL : o.argv[1];
    int err = app_open(&app, &o, !list);
    bool running = err == -ERR_STORE_LOCKED;
    if (running)
        err = app_open(&app, &o, false); /* to look up; what writes goes to the server */
    if (err)
        return 2;
    app.remote = running ? &o : NULL;
    arena_init(&a, 64 * 1024);
    if (list)
        code = export_table(&app, registry_entity(&app.registry, S("account")), stdout) ? 2 : 0;
    else if (strcmp(verb, "create") == 0)
        code = create(&app, &a, &g);
    else if (strcmp(verb, "grant") == 0)
        code = grant(&app, &a, &g);
    else if (strcmp(verb, "password") == 0)
        code = password(&app, &a, &g);
    else
        fprintf(stderr, "redoubt: 没有此操作 · no such verb: account %s\n", verb);
    arena_free(&a);
    app_close(&app);
    return code;
}
