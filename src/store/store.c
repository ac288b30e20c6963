/* Opening a store: the lock, the key, the migrations, the writer's connection, the tree of places. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

static int fail(struct store *s, int err, char why[256], const char *what)
{
    if (!why[0])
        snprintf(why, 256, "%s", what);
    store_close(s);
    return err;
}

/* One process writes at a time: every SQLite up to 3.51.2 can lose pages when two do, and ours need not try. */
static int lock(struct store *s, char why[256])
{
    char path[560];
    snprintf(path, sizeof(path), "%s/redoubt.lock", s->data);
    s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock_fd < 0) {
        snprintf(why, 256, "数据目录不可写 · the data folder %s cannot be written: %s", s->data, strerror(errno));
        return errno == ENOSPC ? -ERR_STORE_FULL : -ERR_STORE_UNREADABLE;
    }
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    snprintf(why, 256, "另一个程序正在使用 · another process is using %s", s->file);
    return -ERR_STORE_LOCKED;
}

static int open_writer(struct store *s, char why[256])
{
    s->writer = mem_zalloc(sizeof(*s->writer));
    s->writer->store = s;
    int err = db_open(s->file, s->config.write, &s->writer->db, NULL);
    if (err)
        snprintf(why, 256, err == -ERR_STORE_FULL ? "磁盘已满 · the disk is full: %s" : "数据文件无法读取 · the store cannot be read: %s", s->file);
    return err;
}

static void write_statements(struct store *s)
{
    s->write_sql = mem_zalloc(s->config.n_entities * sizeof(*s->write_sql));
    struct arena a;
    arena_init(&a, 16384);
    for (size_t i = 0; i < s->config.n_entities; i++) {
        struct str *t[3] = { &s->write_sql[i].insert, &s->write_sql[i].update, &s->write_sql[i].del };
        struct str made[3] = { sql_insert(s->config.entities[i], &a), sql_update(s->config.entities[i], &a),
                               sql_delete(s->config.entities[i], &a) };
        for (int k = 0; k < 3; k++) {
            char *copy = mem_alloc(made[k].n);
            memcpy(copy, made[k].p, made[k].n);
            *t[k] = (struct str){ copy, made[k].n };
        }
    }
    arena_free(&a);
}

int store_open(const struct store_config *config, struct store **out, char why[256])
{
    struct store *s = mem_zalloc(sizeof(*s));
    why[0] = 0;
    s->config = *config;
    s->lock_fd = -1;
    arena_init(&s->batch_arena, 256 * 1024);
    s->places = places_new();
    snprintf(s->data, sizeof(s->data), "%s", config->data);
    if (config->file)
        snprintf(s->file, sizeof(s->file), "%s", config->file);
    else
        snprintf(s->file, sizeof(s->file), "%s/redoubt.db", config->data);
    if (config->write && mkdir(s->data, 0700) != 0 && errno != EEXIST)
        snprintf(why, 256, "无法建立数据目录 · cannot make the data folder %s: %s", s->data, strerror(errno));
    int err = why[0] ? -ERR_STORE_UNREADABLE : config->write ? lock(s, why) : 0;
    if (!err)
        err = store_key(s, why);
    if (!err)
        err = open_writer(s, why);
    if (!err)
        err = store_migrate(s, why);
    if (!err)
        err = places_load(s->places, s->writer->db);
    if (!err)
        err = journal_load_heads(s);
    if (err)
        return fail(s, err, why, "数据文件无法读取 · the store cannot be read");
    write_statements(s);
    *out = s;
    return 0;
}

static void free_statements(struct store *s)
{
    for (size_t i = 0; s->write_sql && i < s->config.n_entities; i++) {
        mem_free((void *)s->write_sql[i].insert.p);
        mem_free((void *)s->write_sql[i].update.p);
        mem_free((void *)s->write_sql[i].del.p);
    }
    mem_free(s->write_sql);
}

void store_close(struct store *s)
{
    if (!s)
        return;
    writer_stop(s);
    reader_close(s->writer);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    free_statements(s);
    places_free(s->places);
    arena_free(&s->batch_arena);
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
int64_t store_working_seq(const struct store *s) { return s->heads[0].seq + s->undone * (INT64_C(1) << 40); }
const char *store_file(const struct store *s) { return s->file; }
const char *store_folder(const struct store *s) { return s->data; }
