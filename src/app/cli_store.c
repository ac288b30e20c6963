/* init, serve, backup, journal, rebuild and the descriptions that are printed from the tables. */
#include <errno.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/cli.h"
#include "base/log.h"
#include "domain/place/place.h"
#include "store/distribute.h"
#include "store/internal.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/table.h"

static int opened(struct app *app, const struct options *o, bool write)
{
    int err = app_open(app, o, write);
    if (err == -ERR_STORE_LOCKED)
        fprintf(stderr, "redoubt: 数据文件正被另一个程序使用 · another process is using the store in %s\n", o->data);
    return err ? 2 : 0;
}

/* First line of a file, or 20 random characters without those that look alike. */
int cli_password(const char *file, char out[PASSWORD_MAX + 1], bool *made)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    *made = !file;
    if (!file) {
        for (int i = 0; i < 20; i++)
            out[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
        out[20] = 0;
        return 0;
    }
    FILE *f = fopen(file, "re");
    if (!f || !fgets(out, PASSWORD_MAX, f)) {
        fprintf(stderr, "redoubt: 无法读取密码文件 · cannot read the password file %s\n", file);
        if (f)
            fclose(f);
        return 2;
    }
    fclose(f);
    out[strcspn(out, "\r\n")] = 0;
    return 0;
}

/* A store needs a place before it can have an account: without divisions yet, a root that stands for the installation. */
static int root_place(struct app *app, struct arena *a)
{
    if (!id_absent(store_root(app->store)))
        return 0;
    return cli_call(app, a, "place/create", ID_ABSENT, NULL,
                    json_pack("{s:s, s:s, s:s, s:s}", "code", PLACE_INSTALLATION, "name", "本级", "kind", "other", "code_kind", "local"), NULL);
}

int cli_administrator(struct app *app, struct arena *a, const char *login, const char *password)
{
    char place[ID_TEXT];
    struct str answer;
    int err = root_place(app, a);
    if (err)
        return err;
    id_format(store_root(app->store), place);
    return cli_call(app, a, "account/create", ID_ABSENT, NULL,
                    json_pack("{s:s, s:s, s:s, s:s, s:s}", "place_id", place, "login", login, "name", "系统管理员", "password", password, "role",
                              "system_administrator"),
                    &answer);
}

int cli_init(const struct options *given)
{
    struct options o = *given;
    struct app app;
    struct arena a;
    char password[PASSWORD_MAX + 1];
    bool made;
    const char *login = cli_option(&o, "--login"), *file = cli_option(&o, "--password-file");
    bool bare = cli_flag(&o, "--bare");
    int bad = cli_nothing_left(&o, 0);
    if (bad || cli_password(file, password, &made))
        return 2;
    if (opened(&app, &o, true))
        return 2;
    arena_init(&a, 64 * 1024);
    bool fresh = id_absent(store_root(app.store));
    int err = bare || !fresh ? 0 : cli_administrator(&app, &a, login ? login : "admin", password);
    if (!fresh)
        printf("数据文件已存在 · the store exists already: %s\n", store_shown(app.store));
    else if (!err)
        printf("已建立 · made %s\n", store_shown(app.store));
    if (!err && fresh && made && !bare)
        printf("系统管理员 · system administrator: %s  密码 · password: %s\n", login ? login : "admin", password);
    arena_free(&a);
    app_close(&app);
    return err ? 2 : 0;
}

int cli_serve(const struct options *given)
{
    struct options o = *given;
    struct app app;
    struct serve_options so;
    if (serve_options_read(&o, &so))
        return 2;
    int bad = cli_nothing_left(&o, 0) || opened(&app, &o, true) ? 2 : 0;
    if (!bad) {
        bad = app_serve(&app, &o, &so);
        app_close(&app);
    }
    serve_options_close(&so);
    return bad;
}

int cli_journal(const struct options *o)
{
    struct app app;
    struct journal_report r;
    int bad = cli_nothing_left(o, 1);
    if (bad || strcmp(o->argv[0], "verify") != 0)
        return bad ? bad : (fprintf(stderr, "redoubt journal verify\n"), 2);
    if (opened(&app, o, false))
        return 2;
    int err = journal_verify(store_writer(app.store), &r);
    if (err)
        printf("日志损坏 · journal broken: lane %lld seq %lld (%s)\n", (long long)r.bad_lane, (long long)r.bad_seq, r.what ? r.what : "read");
    else
        printf("日志完好 · journal good: %lld entries in %lld lanes, %lld personal parts present\n", (long long)r.entries,
               (long long)r.lanes, (long long)r.personal);
    app_close(&app);
    return err ? 1 : 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
    (void)st, (void)kind, (void)walk;
    return remove(path);
}

static void remove_folder(const char *folder) { nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

int cli_rebuild(const struct options *given)
{
    struct options o = *given;
    struct app app;
    struct buf report;
    char folder[600];
    bool check = cli_flag(&o, "--check");
    if (!check || cli_nothing_left(&o, 0))
        return fprintf(stderr, "redoubt rebuild --check\n"), 2;
    if (opened(&app, &o, false))
        return 2;
    snprintf(folder, sizeof(folder), "%s/rebuild-XXXXXX", o.data);
    buf_init(&report, NULL);
    int err = mkdtemp(folder) ? rebuild_check(app.store, store_writer(app.store), folder, &report) : -ERR_STORE_FULL;
    printf("%.*s%s\n", (int)report.n, report.p ? report.p : "", err ? "不一致 · NOT EQUAL" : "一致 · equal");
    remove_folder(folder);
    buf_free(&report);
    app_close(&app);
    return err ? 1 : 0;
}

/* ---- descriptions ---- */

static int print_from(const struct options *o, void (*write_it)(const struct registry *, struct buf *))
{
    struct registry r;
    struct buf out;
    if (cli_nothing_left(o, 0))
        return 2;
    registry_build(&r, app_modules, app_modules_n);
    buf_init(&out, NULL);
    write_it(&r, &out);
    fwrite(out.p, 1, out.n, stdout);
    buf_free(&out);
    registry_free(&r);
    return 0;
}

int cli_openapi(const struct options *o) { return print_from(o, openapi_write); }
int cli_tsgen(const struct options *o) { return print_from(o, typescript_write); }
int cli_dictionary(const struct options *o) { return print_from(o, dictionary_write); }

static void schema_all(const struct registry *r, struct buf *out)
{
    for (size_t i = 0; i < r->n_entities; i++)
        schema_entity(out, r->entities[i]);
}

/* ---- checks of a store's tables ---- */

/* What is checked: a new SQLite file, an empty PostgreSQL database that is emptied again afterwards, or a store as it is. */
struct checked {
    struct registry registry;
    struct arena arena;
    struct db *db;
    struct lane_table *tables;
    size_t n_tables;
    char folder[64], address[600];
    bool made;
    struct buf out;
    int statements, bad;
};

static int checked_file(struct checked *c)
{
    const char *temporary = getenv("TMPDIR");
    snprintf(c->folder, sizeof(c->folder), "%.40s/redoubt-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(c->folder)) {
        c->folder[0] = 0;
        return fprintf(stderr, "redoubt: 无法建立临时目录 · cannot make a temporary folder: %s\n", strerror(errno)), 2;
    }
    snprintf(c->address, sizeof(c->address), "%s/redoubt.db", c->folder);
    return 0;
}

static void checked_close(struct checked *c)
{
    for (size_t i = 0; c->made && c->db && !c->folder[0] && i < c->n_tables; i++)
        db_run(c->db, str_fmt(&c->arena, "DROP TABLE IF EXISTS \"%.*s\"", STR_ARG(c->tables[i].name)), NULL, 0);
    db_close(c->db);
    if (c->folder[0])
        remove_folder(c->folder);
    buf_free(&c->out);
    arena_free(&c->arena);
    registry_free(&c->registry);
}

static int checked_open(struct checked *c, const struct options *o)
{
    char why[WHY] = "";
    const char *path = o->store_url ? store_path(o->store_url) : NULL;
    *c = (struct checked){ 0 };
    registry_build(&c->registry, app_modules, app_modules_n);
    arena_init(&c->arena, 64 * 1024);
    buf_init(&c->out, NULL);
    c->n_tables = lane_tables(c->registry.entities, c->registry.n_entities, &c->arena, &c->tables);
    snprintf(c->address, sizeof(c->address), "%s", path ? path : o->store_url ? o->store_url : "");
    if (!o->store_url && checked_file(c))
        return checked_close(c), 2;
    bool missing = path && access(path, R_OK) != 0;
    int err = missing ? -ERR_STORE_UNREADABLE : db_open(c->address, !path, &c->db, why);
    c->made = !err && !path && tables_present(c->db) == 0; /* the new file has none either */
    if (c->made)
        err = copy_migrate(c->db, why);
    if (err)
        fprintf(stderr, "redoubt: %s · %s: %s\n", err_info(err)->zh, err_info(err)->en, missing ? path : why);
    if (err)
        checked_close(c);
    return err ? 2 : 0;
}

int cli_schema(const struct options *given)
{
    struct options o = *given;
    struct checked c;
    int err = 0;
    if (!cli_flag(&o, "--check"))
        return print_from(&o, schema_all);
    if (cli_nothing_left(&o, 0) || checked_open(&c, &o))
        return 2;
    for (size_t i = 0; i < c.registry.n_entities; i++)
        err |= schema_compare(c.db, c.registry.entities[i], &c.out);
    int lanes = lanes_check(c.db, c.tables, c.n_tables, &c.out);
    fwrite(c.out.p ? c.out.p : "", 1, c.out.n, stdout);
    printf("%zu entities %s\n", c.registry.n_entities, err ? "DIFFER from their tables" : "equal their tables");
    printf("%zu tables: keys %s\n", c.n_tables, lanes ? "DO NOT keep to the lane" : "keep to the lane");
    checked_close(&c);
    return err || lanes ? 1 : 0;
}

/* ---- statements ---- */

static void all_statements(struct checked *c, statement_each each)
{
    struct store_table *tables;
    statements_named(&c->arena, each, c);
    for (size_t i = 0; i < c->registry.n_entities; i++)
        statements_of_entity(c->registry.entities[i], &c->arena, each, c);
    size_t n = store_tables(NULL, 0, &c->arena, &tables);
    for (size_t i = 0; i < n; i++)
        each(c, str_fmt(&c->arena, "insert %.*s", STR_ARG(tables[i].t->name)), tables[i].t->insert);
}

static void prepare_one(void *arg, struct str name, struct str sql)
{
    struct checked *c = arg;
    c->statements++;
    if (db_prepare(c->db, sql))
        return;
    buf_printf(&c->out, "%.*s: %s\n", STR_ARG(name), db_error(c->db));
    c->bad++;
}

/* A statement a line: its name, a tab, its text. */
static void print_one(void *arg, struct str name, struct str sql)
{
    (void)arg;
    printf("%.*s\t", STR_ARG(name));
    for (size_t i = 0; i < sql.n; i++)
        putchar(sql.p[i] == '\n' ? ' ' : sql.p[i]);
    putchar('\n');
}

static int print_statements(const struct options *o)
{
    struct checked c = { 0 };
    if (cli_nothing_left(o, 0))
        return 2;
    registry_build(&c.registry, app_modules, app_modules_n);
    arena_init(&c.arena, 64 * 1024);
    buf_init(&c.out, NULL);
    c.n_tables = lane_tables(c.registry.entities, c.registry.n_entities, &c.arena, &c.tables);
    for (size_t i = 0; i < c.n_tables; i++)
        printf("-- %s\t%.*s\n", c.tables[i].by_lane ? "by lane" : "reference", STR_ARG(c.tables[i].name));
    all_statements(&c, print_one);
    checked_close(&c);
    return 0;
}

/* Every named and every generated statement compiles against the present tables. */
int cli_sql(const struct options *given)
{
    struct options o = *given;
    struct checked c;
    if (!cli_flag(&o, "--check"))
        return print_statements(&o);
    if (cli_nothing_left(&o, 0) || checked_open(&c, &o))
        return 2;
    all_statements(&c, prepare_one);
    fwrite(c.out.p ? c.out.p : "", 1, c.out.n, stdout);
    printf("%d statements, %d bad\n", c.statements, c.bad);
    int bad = c.bad;
    checked_close(&c);
    return bad ? 1 : 0;
}
