/* The command line: one table gives dispatch and help. */
#include "app/cli.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static const struct verb verbs[] = {
    { "init", cli_init, "新建数据文件", "Make a new store with a system administrator",
      "redoubt init [--data DIR] [--login NAME] [--password-file FILE]\n"
      "  新建 DIR/redoubt.db 和密钥 DIR/redoubt.key,并建立系统管理员;未给密码文件时随机生成并打印一次。\n"
      "  Makes the store and its key, and a system administrator; without a password file a random one is printed once." },
    { "serve", cli_serve, "启动服务", "Serve the API and the applications",
      "redoubt serve [--port N] [--address A] [--tls-cert FILE --tls-key FILE] [--proxy ADDR[/BITS],…] [--log FILE] [--quiet] [--drain S] [--hsts DAYS]\n"
      "  默认 http://127.0.0.1:8080 。SIGTERM 或 Ctrl-C 停止:已受理的请求先答复完。SIGHUP 重新打开日志、重读证书。\n"
      "  Stops at SIGTERM or Ctrl-C after answering what it accepted. SIGHUP opens the log anew and reads the certificate again.\n"
      "  --tls-cert, --tls-key  PEM 证书链和私钥,程序自己提供 https · PEM chain and key: https by the program itself\n"
      "  --proxy  只相信这些反向代理的 X-Forwarded-For/-Proto/-Host · the only proxies whose X-Forwarded-… is believed\n"
      "  --log    日志文件,默认标准错误;--quiet 不逐条记录请求 · log file, default standard error; --quiet: no line per request\n"
      "  --drain  停止前先让 /readyz 答 503 的秒数 · seconds between /readyz saying 503 and the stop (0)\n"
      "  --hsts   让浏览器在这些天内只用 https · days in which browsers shall use https only" },
    { "import", cli_import, "导入表格", "Read a table into the store",
      "redoubt import ENTITY FILE [--dry-run]\n"
      "  CSV(UTF-8、GB18030、UTF-16;逗号、分号或制表符);place 也接受 GeoJSON 边界。同一文件再次导入不产生变化;\n"
      "  有问题的行逐条列出并留在待更正。 CSV, or GeoJSON boundaries for place. The same file twice changes nothing." },
    { "export", cli_export, "导出表格", "Write a table as CSV", "redoubt export ENTITY [FILE]\n  不给 FILE 时写到标准输出。 To standard output without FILE." },
    { "account", cli_account, "账号管理", "Create, grant, list, reset accounts",
      "redoubt account create LOGIN --role ROLE --place CODE [--name NAME] [--card NO] [--password-file FILE]\n"
      "redoubt account grant LOGIN --role ROLE --place CODE\n"
      "redoubt account password LOGIN [--password-file FILE]\n"
      "redoubt account list\n"
      "  岗位 roles: system_administrator command_office district_office checkpoint_leader checkpoint_officer auditor" },
    { "backup", cli_backup, "在线备份", "Copy the store while it is in use",
      "redoubt backup FILE [--since EARLIER]\n"
      "  不停机;FILE 是单个文件,两种数据库格式相同。--since 只备份较早备份 EARLIER 之后的日志(增量)。备份不含密钥:redoubt.key 须另行保存。\n"
      "  While serving; one file, the same for both engines. --since: only what came after an earlier backup, full or\n"
      "  incremental. The key file is not in the backup: keep it separately." },
    { "restore", cli_restore, "从备份恢复", "Make a store from backups",
      "redoubt restore FILE [INCREMENT...] [--store TO] [--data DIR] [--again]\n"
      "  完整备份加按顺序的增量;目标须不存在或为空。密钥 redoubt.key 放在目标目录;没有也能恢复,但加密字段打不开。--again 清空中断的恢复后重来。\n"
      "  A full backup, then increments in order, into a new or empty target. Put redoubt.key into its folder; without it\n"
      "  sealed fields stay sealed. --again: begin anew where one was broken off." },
    { "store", cli_store, "迁移数据", "Move an installation to another store",
      "redoubt store copy FROM TO [--data DIR] [--resume | --again]\n"
      "redoubt store status\n"
      "  FROM、TO:文件、sqlite:PATH 或 postgresql://USER@HOST/DATABASE,PostgreSQL 的密钥在 DIR。源库不变;目标须为空。复制后逐表比对。\n"
      "  中断后 --resume 继续,--again 清空重来。 The source is not changed, the target must be empty; all tables are compared.\n"
      "  The key of a PostgreSQL store stands in DIR. --resume goes on where a copy was broken off, --again begins anew.\n"
      "redoubt store distribute --store postgresql://… [--shards N]\n"
      "  有 citus 扩展时:大表按 lane 分布,其余为各节点副本;可重复执行。 With the extension citus: large tables by lane, the others on\n"
      "  every node; may be run again (docs/scale.md)." },
    { "journal", cli_journal, "日志校验", "Check the journal's chain", "redoubt journal verify\n  校验每个分区日志的编号与哈希链。 Numbering and hash chain of every lane." },
    { "rebuild", cli_rebuild, "重放核对", "Replay the journal and compare", "redoubt rebuild --check\n  把日志重放到空数据文件,逐表比对。 Replays into an empty store and compares every table." },
    { "drill", cli_drill, "演示城市", "Make the demonstration city", "redoubt drill [--data DIR] [--seed N] [--day YYYY-MM-DD]\n  真实区划、城市卡点、村级卡点、虚构人员和一天的通行。同一种子结果相同。 Seeded: the same each time." },
    { "gen", cli_gen, "生成负载数据", "Fill a store with generated passages", "redoubt gen --passages N [--days D] [--seed N]\n  用于容量测试。 For measurements of size." },
    { "schema", cli_schema, "表结构", "Print or compare the tables of the entities", "redoubt schema [--check [--store URL]]\n"
      "  --check 建新库(SQLite 临时文件,或 --store 给出的空数据库,用后清空)比对;--store 非空时检查现有表。\n"
      "  --check compares a new store: a temporary file, or the empty database of --store, emptied again; else the tables there are." },
    { "openapi", cli_openapi, "接口描述", "Print the OpenAPI 3.1 description", "redoubt openapi" },
    { "tsgen", cli_tsgen, "类型描述", "Print the TypeScript types", "redoubt tsgen" },
    { "dictionary", cli_dictionary, "数据字典", "Print the data dictionary", "redoubt dictionary" },
    { "sql", cli_sql, "语句检查", "Prepare every statement", "redoubt sql [--check [--store URL]]\n  打印全部语句;--check 逐条编译。 Prints all statements; --check prepares each." },
};

static const char common_help[] =
    "共同选项 · options of all commands:\n"
    "  --data DIR     数据目录,默认 var · data folder, default var\n"
    "  --store URL    数据文件 sqlite:PATH(密钥在其旁)或 postgresql://USER@HOST/DB(密钥在 DIR)· the store; default DIR/redoubt.db\n"
    "  --help         帮助 · help\n";

static int usage(FILE *to, int code)
{
    fprintf(to, "战疫堡垒 Redoubt %s\n\nredoubt COMMAND [OPTIONS]\n\n", REDOUBT_VERSION);
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        fprintf(to, "  %-11s %s · %s\n", verbs[i].name, verbs[i].zh, verbs[i].en);
    fprintf(to, "\n%s", common_help);
    return code;
}

static void drop(struct options *o, int at, int n)
{
    for (int i = at; i + n < o->argc; i++)
        o->argv[i] = o->argv[i + n];
    o->argc -= n;
}

const char *cli_option(struct options *o, const char *name)
{
    size_t length = strlen(name);
    for (int i = 0; i < o->argc; i++) {
        const char *value = NULL;
        if (strcmp(o->argv[i], name) == 0 && i + 1 < o->argc) {
            value = o->argv[i + 1];
            drop(o, i, 2);
        } else if (strncmp(o->argv[i], name, length) == 0 && o->argv[i][length] == '=') {
            value = o->argv[i] + length + 1;
            drop(o, i, 1);
        }
        if (value)
            return value;
    }
    return NULL;
}

bool cli_flag(struct options *o, const char *name)
{
    for (int i = 0; i < o->argc; i++) {
        if (strcmp(o->argv[i], name) == 0) {
            drop(o, i, 1);
            return true;
        }
    }
    return false;
}

int cli_nothing_left(const struct options *o, int wanted)
{
    if (o->argc > wanted) {
        fprintf(stderr, "redoubt: 未知的选项或参数 · unknown option or argument: %s\n", o->argv[wanted]);
        return 2;
    }
    if (o->argc < wanted) {
        fprintf(stderr, "redoubt: 缺少参数,见 --help · an argument is missing, see --help\n");
        return 2;
    }
    return 0;
}

static const struct verb *find(const char *name)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

/* sqlite:PATH, sqlite:///PATH and a bare path name a file; NULL for other kinds of store. */
const char *store_path(const char *store)
{
    if (strncmp(store, "sqlite://", 9) == 0)
        return store + 9;
    if (strncmp(store, "sqlite:", 7) == 0)
        return store + 7;
    return strstr(store, "://") ? NULL : store;
}

/* The lock, the key and the socket stand beside the store's file, so that a store named by its path has one of each. */
static const char *folder_of(const char *store, char out[512])
{
    const char *path = store_path(store), *slash = path ? strrchr(path, '/') : NULL;
    if (!path || !slash)
        return path ? "." : NULL;
    snprintf(out, 512, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return out;
}

static int read_common(struct options *o)
{
    const char *port = cli_option(o, "--port");
    const char *data = cli_option(o, "--data"), *address = cli_option(o, "--address");
    int64_t n = 8080;
    o->store_url = cli_option(o, "--store");
    const char *beside = o->store_url ? folder_of(o->store_url, o->folder) : NULL;
    o->data = beside ? beside : data ? data : "var";
    o->address = address ? address : "127.0.0.1";
    if (port && (str_to_i64(str_of(port), &n) || n < 0 || n > 65535)) {
        fprintf(stderr, "redoubt: 端口须为 0-65535 · the port must be 0-65535: %s\n", port);
        return 2;
    }
    o->port = (int)n;
    if (strlen(o->data) > 400) {
        fprintf(stderr, "redoubt: 路径过长 · the path is too long\n");
        return 2;
    }
    return 0;
}

int cli_main(int argc, char **argv)
{
    struct options o = { .argc = argc - 2, .argv = argv + 2 };
    if (argc < 2)
        return usage(stderr, 2);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return usage(stdout, 0);
    if (strcmp(argv[1], "--version") == 0)
        return printf("%s\n", REDOUBT_VERSION), 0;
    const struct verb *v = find(argv[1]);
    if (!v) {
        fprintf(stderr, "redoubt: 没有此命令 · no such command: %s (redoubt --help)\n", argv[1]);
        return 2;
    }
    if (cli_flag(&o, "--help"))
        return printf("%s\n\n%s", v->help, common_help), 0;
    /* nonces and salts by the thousand: ChaCha20 in the process, seeded by the kernel, instead of a system call each */
    randombytes_set_implementation(&randombytes_internal_implementation);
    if (sodium_init() < 0)
        return 2;
    hash_setup();
    json_object_seed(0);
    int bad = read_common(&o);
    return bad ? bad : v->run(&o);
}

/* ---- what the commands share ---- */

void cli_ctx(struct app *app, struct ctx *ctx, struct arena *a, struct problems *ps)
{
    problems_init(ps, a);
    *ctx = (struct ctx){
        .registry = &app->registry, .store = app->store, .db = store_writer(app->store), .arena = a, .scratch = a, .problems = ps,
        .now = clock_wall(), .offset_min = app->offset_min, .at_device = INSTANT_ABSENT, .actor = { .system = true },
        .device = S("cli"),
    };
}

void cli_problems(const struct problems *ps)
{
    for (size_t i = 0; i < ps->n; i++) {
        const struct problem *p = &ps->items[i];
        const struct err_info *e = err_info((int)p->code);
        if (p->row)
            fprintf(stderr, "第 %lld 行 · line %lld: ", (long long)p->row, (long long)p->row);
        fprintf(stderr, "%s%s%.*s: %s · %s", p->field ? p->field : "", p->name.p ? " " : "", STR_ARG(p->name), e->zh, e->en);
        if (p->detail.n)
            fprintf(stderr, " (%.*s)", STR_ARG(p->detail));
        fputc('\n', stderr);
    }
}

static void finished(struct call *c) { (void)c; }

/* The same command as a request to the server that holds the store. */
static int call_remote(struct app *app, struct arena *a, const struct command *k, struct id target, const char *reason, json_t *data, struct str *answer)
{
    const char *verb = strchr(k->name, '/') + 1;
    char id[ID_TEXT];
    struct str path, unused;
    id_format(target, id);
    if (k->flags & CMD_CREATES)
        path = str_fmt(a, "/api/v1/%s%c", k->entity->name, 0);
    else
        path = str_fmt(a, "/api/v1/%s/%s/%s%c", k->entity->name, id, verb, 0);
    if (reason)
        json_object_set_new(data, "reason", json_string(reason));
    int status = cli_remote(app->remote, a, path.p, "application/json", json_print(data, a), answer ? answer : &unused);
    json_decref(data);
    return status >= 200 && status < 400 ? 0 : -1;
}

int cli_call(struct app *app, struct arena *a, const char *command, struct id target, const char *reason, json_t *data, struct str *answer)
{
    struct ctx ctx;
    struct problems ps;
    struct call *c = ARENA_NEW(a, struct call);
    if (app->remote)
        return call_remote(app, a, registry_command(&app->registry, str_of(command)), target, reason, data, answer);
    cli_ctx(app, &ctx, a, &ps);
    ctx.command_id = id_new(ctx.now, 0);
    ctx.target = target;
    ctx.reason = str_of(reason);
    call_init(c, registry_command(&app->registry, str_of(command)), &ctx, a);
    c->finished = finished;
    call_allow(c);
    int err = call_decode(c, data);
    if (!err && c->command->prepare)
        err = c->command->prepare(&c->ctx, c->in);
    if (!err && store_has_writer(app->store))
        call_many(&c, 1);
    else if (!err)
        call_run(c);
    json_decref(data);
    cli_problems(&c->problems);
    if (answer)
        *answer = buf_view(&c->answer);
    return err ? err : c->status >= 400 ? -1 : 0;
}

void cli_problem_list(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *p = json_array_get(list, i);
        json_int_t row = json_integer_value(json_object_get(p, "row"));
        if (row)
            fprintf(stderr, "第 %lld 行 · line %lld: ", (long long)row, (long long)row);
        fprintf(stderr, "%.*s: %.*s · %.*s\n", STR_ARG(json_text(json_object_get(p, "field"))),
                STR_ARG(json_text(json_object_get(p, "message"))), STR_ARG(json_text(json_object_get(p, "message_en"))));
    }
}

static void remote_problems(struct str document, struct arena *a)
{
    struct problems none;
    problems_init(&none, a);
    json_t *body = json_read(document, &none);
    cli_problem_list(json_object_get(body, "problems"));
    json_decref(body);
}

int cli_remote(const struct options *o, struct arena *a, const char *path, const char *content_type, struct str body, struct str *answer)
{
    char socket_path[600];
    snprintf(socket_path, sizeof(socket_path), "%s/redoubt.sock", o->data);
    int status = http_call_unix(socket_path, "POST", path, content_type, STR_ABSENT, body, a, answer);
    if (status < 0)
        fprintf(stderr, "redoubt: 数据文件正被使用,且服务无应答 · the store is in use and its server does not answer\n");
    else if (status >= 400)
        remote_problems(*answer, a);
    return status;
}
