/* Opening a store: the lock, the key, the migrations, the writer's connection, the tree of places. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/copy.h"
#include "store/internal.h"
#include "store/schema.h"

static int fail(struct store *s, int err, char why[WHY], const char *what)
{
    if (!why[0])
        snprintf(why, WHY, "%s", what);
    store_close(s);
    return err;
}

int folder_make(const char *folder, char why[WHY])
{
    if (mkdir(folder, 0700) == 0 || errno == EEXIST)
        return 0;
    snprintf(why, WHY, "无法建立数据目录 · cannot make the data folder %s: %s", folder, strerror(errno));
    return -ERR_STORE_UNREADABLE;
}

/* One process writes at a time: every SQLite up to 3.51.2 can lose pages when two do, and ours need not try. */
int folder_lock(const char *folder, char why[WHY])
{
    char path[560];
    int err = folder_make(folder, why);
    if (err)
        return err;
    snprintf(path, sizeof(path), "%s/redoubt.lock", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        err = errno == ENOSPC ? -ERR_STORE_FULL : -ERR_STORE_UNREADABLE;
        snprintf(why, WHY, "数据目录不可写 · the data folder %s cannot be written: %s", folder, strerror(errno));
        return err;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    close(fd);
    snprintf(why, WHY, "另一个程序正在使用 · another process is using the store in %s", folder);
    return -ERR_STORE_LOCKED;
}

/* What stops a connection, and what to do about it. */
static const char *advice(const char *words)
{
    static const struct { const char *word, *advice; } known[] = {
        { "password authentication failed", "请核对用户名和密码 · check user and password" },
        { "no password supplied", "请提供密码(PGPASSFILE 或地址中) · give a password (PGPASSFILE, or in the address)" },
        { "does not exist", "请先建立数据库和用户 · make the database and its user first" },
        { "Connection refused", "数据库未启动或端口不对 · the database is not running, or the port is wrong" },
        { "could not translate host name", "主机名不对 · the host name is wrong" },
        { "permission denied", "请授权:GRANT CREATE ON SCHEMA public · grant it: GRANT CREATE ON SCHEMA public" },
        { "read-write", "没有可写的服务器 · no server that takes writes" },
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strstr(words, known[i].word))
            return known[i].advice;
    return "";
}

void store_why(const struct store *s, const char *words, char why[WHY])
{
    const char *say = advice(words), *fatal = strstr(words, "FATAL:"), *failed = strstr(words, " failed: ");
    /* Of libpq's words the cause alone, in which address and server stand once more. */
    const char *cause = fatal ? fatal + 6 + strspn(fatal + 6, " ") : failed ? failed + 9 : words;
    int length = (int)(strstr(cause, "  ") ? strstr(cause, "  ") - cause : (long)strlen(cause));
    snprintf(why, WHY, "数据库不可用 · cannot use %.80s: %.*s%s%s", s->shown, length > 60 ? 60 : length, cause, say[0] ? "; " : "", say);
}

static int open_writer(struct store *s, char why[WHY])
{
    char words[256] = "";
    struct reader *r = mem_zalloc(sizeof(*r));
    r->store = s;
    s->writers[0].store = s;
    s->writers[0].reader = r;
    int err = db_open(s->address, s->config.write, &r->db, words);
    if (err && s->shared)
        store_why(s, words, why);
    else if (err)
        snprintf(why, WHY, err == -ERR_STORE_FULL ? "磁盘已满 · the disk is full: %s" : "数据文件无法读取 · the store cannot be read: %s", s->shown);
    return err;
}

static struct str keep(struct store *s, struct str text) { return str_dup(&s->arena, text); }

static void write_statements(struct store *s)
{
    s->write_sql = arena_zalloc(&s->arena, s->config.n_entities * sizeof(*s->write_sql));
    struct arena a;
    arena_init(&a, 16384);
    for (size_t i = 0; i < s->config.n_entities; i++) {
        const struct entity *e = s->config.entities[i];
        struct column *c;
        size_t n = entity_columns(e, &a, &c);
        struct str *names = ARENA_ARRAY(&s->arena, struct str, n);
        for (size_t k = 0; k < n; k++)
            names[k] = keep(s, c[k].name);
        s->write_sql[i] = (struct write_sql){
            { str_of(e->name), names, (int)n, keep(s, sql_insert(e, &a)) }, keep(s, sql_update(e, &a)), keep(s, sql_delete(e, &a)),
        };
    }
    arena_free(&a);
}

/* Addresses of the kind of PostgreSQL also say which program this is: like ones know each other by it. */
static void take_address(struct store *s)
{
    const char *given = s->config.address;
    s->shared = given && db_kind_of(given) == DB_POSTGRES;
    if (!given)
        snprintf(s->address, sizeof(s->address), "%s/redoubt.db", s->data);
    else if (s->shared && s->config.build)
        snprintf(s->address, sizeof(s->address), "%s%capplication_name=%s", given, strchr(given, '?') ? '&' : '?', s->config.build);
    else
        snprintf(s->address, sizeof(s->address), "%s", given);
    struct str shown = db_address_shown(given ? given : s->address, &s->arena);
    snprintf(s->shown, sizeof(s->shown), "%.*s", STR_ARG(shown));
}

static int take_heads(struct store *s)
{
    int64_t lane = -1, seq;
    int more;
    while ((more = lane_next(s->writers[0].reader->db, lane, &lane, &seq)) == 1 && lane < LANES)
        atomic_store(&s->known[lane], seq);
    s->reference_known = atomic_load(&s->known[0]);
    return more;
}

/* The tables are those of the entities: a store that was half made, or made by hand, is not written to. */
static int check_tables(struct store *s, char why[WHY])
{
    struct buf report;
    int err = 0;
    buf_init(&report, NULL);
    for (size_t i = 0; !err && i < s->config.n_entities; i++)
        err = schema_compare(s->writers[0].reader->db, s->config.entities[i], &report);
    if (err)
        snprintf(why, WHY, "数据表与程序不符(未完整建立或被改动),请从备份恢复 · the tables are not this program's; restore from a backup: %.*s",
                 (int)(report.n ? report.n - 1 : 0), report.p ? report.p : "");
    buf_free(&report);
    return err;
}

static int open_steps(struct store *s, char why[WHY])
{
    bool fresh = !s->shared && access(s->address, F_OK) != 0;
    int err = s->config.write ? folder_make(s->data, why) : 0;
    if (!err && s->config.write && !s->shared && (s->lock_fd = folder_lock(s->data, why)) < 0)
        err = s->lock_fd;
    /* A key that cannot be made or does not fit is told before anything is written. */
    if (!err && !s->shared)
        err = store_key(s, fresh, why);
    if (!err)
        err = open_writer(s, why);
    struct db *d = err ? NULL : s->writers[0].reader->db;
    if (!err)
        err = store_copying(d, why);
    if (!err && s->shared)
        err = store_key(s, store_version(d) == 0, why);
    if (!err)
        err = store_key_check(s, d, why);
    if (!err && s->config.write && s->config.build)
        err = store_others(s, d, why);
    if (!err)
        err = store_migrate(s, d, why);
    if (!err && s->config.write)
        err = check_tables(s, why);
    if (!err) /* before the places: what is committed in between is then taken in once more, not missed */
        err = take_heads(s);
    return err ? err : places_load(s->places, d);
}

int store_open(const struct store_config *config, struct store **out, char why[WHY])
{
    struct store *s = mem_zalloc(sizeof(*s));
    why[0] = 0;
    s->config = *config;
    s->lock_fd = -1;
    s->n_writers = 1;
    pthread_mutex_init(&s->reference_lock, NULL);
    arena_init(&s->arena, 64 * 1024);
    for (int i = 0; i < WRITERS_MAX; i++)
        arena_init(&s->writers[i].arena, 256 * 1024);
    s->places = places_new();
    snprintf(s->data, sizeof(s->data), "%s", config->data);
    take_address(s);
    int err = open_steps(s, why);
    if (err)
        return fail(s, err, why, "数据文件无法读取 · the store cannot be read");
    write_statements(s);
    *out = s;
    return 0;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    writer_stop(s);
    for (int i = 0; i < WRITERS_MAX; i++) {
        reader_close(s->writers[i].reader);
        arena_free(&s->writers[i].arena);
    }
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    places_free(s->places);
    pthread_mutex_destroy(&s->reference_lock);
    arena_free(&s->arena);
    mem_free(s);
}

size_t entity_position(const struct store *s, const struct entity *e)
{
    for (size_t i = 0; i < s->config.n_entities; i++)
        if (s->config.entities[i] == e)
            return i;
    return 0;
}

const struct entity *store_entity(const struct store *s, struct str name)
{
    for (size_t i = 0; i < s->config.n_entities; i++)
        if (str_is(name, s->config.entities[i]->name))
            return s->config.entities[i];
    return NULL;
}

const struct entity *store_entity_at(const struct store *s, size_t i) { return s->config.entities[i]; }
size_t store_entities(const struct store *s) { return s->config.n_entities; }
int64_t store_reference_seq(const struct store *s) { return atomic_load(&s->reference_seq); }
const char *store_shown(const struct store *s) { return s->shown; }
const char *store_folder(const struct store *s) { return s->data; }
