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
#include "store/internal.h"
#include "store/journal.h"
#include "store/migrations.h"
#include "store/schema.h"
#include "store/sql.h"

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

static void progress(void *arg, int64_t left, int64_t total)
{
    (void)arg;
    if (isatty(2) && total)
        fprintf(stderr, "\r%3lld %%", (long long)((total - left) * 100 / total));
}

int cli_backup(const struct options *o)
{
    struct app app;
    struct stat st;
    int bad = cli_nothing_left(o, 1);
    if (bad || opened(&app, o, false))
        return 2;
    const char *to = o->argv[0];
    int err = -1;
    if (stat(to, &st) == 0)
        fprintf(stderr, "redoubt: 文件已存在 · the file exists already: %s\n", to);
    else if ((err = db_copy_file(reader_db(store_writer(app.store)), to, progress, NULL)) != 0)
        fprintf(stderr, "redoubt: 备份失败 · the backup failed: %s\n", err_info(err)->en);
    else if (stat(to, &st) == 0)
        printf("已备份 · backed up to %s (%lld KiB)。密钥 %s/redoubt.key 须另行保存 · keep the key file separately\n", to,
               (long long)st.st_size / 1024, o->data);
    app_close(&app);
    return err ? 2 : 0;
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

static void remove_folder(const char *folder);

/* A new store in a folder of its own, made by the migrations alone; remove it with fresh_close. */
static int fresh_open(struct app *app, char folder[64])
{
    struct options o = { .data = folder };
    const char *temporary = getenv("TMPDIR");
    snprintf(folder, 64, "%.40s/redoubt-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(folder))
        return fprintf(stderr, "redoubt: 无法建立临时目录 · cannot make a temporary folder: %s\n", strerror(errno)), 2;
    return opened(app, &o, true);
}

static void fresh_close(struct app *app, const char *folder)
{
    app_close(app);
    remove_folder(folder);
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

int cli_schema(const struct options *given)
{
    struct options o = *given;
    struct app app;
    struct buf report;
    char folder[64];
    int err = 0;
    if (!cli_flag(&o, "--check"))
        return print_from(&o, schema_all);
    if (cli_nothing_left(&o, 0) || fresh_open(&app, folder))
        return 2;
    buf_init(&report, NULL);
    for (size_t i = 0; i < app.registry.n_entities; i++)
        err |= schema_compare(store_writer(app.store), app.registry.entities[i], &report);
    fwrite(report.p ? report.p : "", 1, report.n, stdout);
    printf("%zu entities %s\n", app.registry.n_entities, err ? "DIFFER from their tables" : "equal their tables");
    buf_free(&report);
    fresh_close(&app, folder);
    return err ? 1 : 0;
}

/* Every named statement compiles against the present tables. */
int cli_sql(const struct options *given)
{
    struct options o = *given;
    struct app app;
    char folder[64];
    int bad = 0;
    if (!cli_flag(&o, "--check") || cli_nothing_left(&o, 0))
        return fprintf(stderr, "redoubt sql --check\n"), 2;
    if (fresh_open(&app, folder))
        return 2;
    for (size_t i = 0; i < sql_statements_n; i++) {
        if (!statement_prepares(store_writer(app.store), sql_statements[i].name)) {
            printf("%s: %s\n", sql_statements[i].name, db_error(reader_db(store_writer(app.store))));
            bad++;
        }
    }
    printf("%zu statements, %d bad\n", sql_statements_n, bad);
    fresh_close(&app, folder);
    return bad ? 1 : 0;
}
