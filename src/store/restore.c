/* Restore. Everything that can be refused is refused before the first write: damaged files, increments that do not follow,
 * a key that does not fit, a target that holds something. */
#include "store/restore.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/journal.h"
#include "store/migrations.h"
#include "store/replay.h"

#define ENTRIES_MAX 1000 /* replayed in one transaction */

/* A store without lock, key and writer: enough to replay into. */
struct bare { struct store store; struct reader reader; };

static int bare_open(struct bare *x, const struct copy *c)
{
    memset(x, 0, sizeof(*x));
    x->store.config.entities = c->entities;
    x->store.config.n_entities = c->n_entities;
    x->store.places = places_new();
    x->reader.store = &x->store;
    x->reader.db = c->to;
    return places_load(x->store.places, c->to);
}

static void bare_close(struct bare *x) { places_free(x->store.places); }

/* ---- increments ---- */

struct feed {
    struct restore *r;
    struct replay replay;
    struct heads *at;              /* how far the target's journal goes */
    struct copy_progress p;
    int open;                      /* entries in the open transaction */
    const char *broken;
};

static int turn(struct feed *f)
{
    struct db *d = f->replay.to->db;
    int err = replay_settle(&f->replay);
    if (!err)
        err = db_commit(d);
    if (!err)
        err = db_begin(d);
    f->open = 0;
    if (!err && f->r->copy.progress)
        f->r->copy.progress(f->r->copy.arg, &f->p);
    return err;
}

static int each_entry(void *arg, const struct journal_row *j)
{
    struct feed *f = arg;
    struct sha256 h = journal_hash(j, &f->at->lane[j->lane].hash);
    if (j->seq != f->at->lane[j->lane].seq + 1 || memcmp(h.b, j->hash.b, 32) != 0)
        return -ERR_STORE_UNREADABLE;
    f->at->lane[j->lane].seq = j->seq;
    f->at->lane[j->lane].hash = h;
    int err = replay_entry(&f->replay, j);
    f->p.done++;
    f->r->replayed++;
    return err ? err : ++f->open == ENTRIES_MAX ? turn(f) : 0;
}

static int put_head(struct db *d, const struct heads *h, int lane)
{
    struct value v[] = { value_int(lane), value_int(h->lane[lane].seq), value_blob(h->lane[lane].hash.b, 32) };
    return db_run(d, S("INSERT INTO lane_head (lane, seq, hash) VALUES ($1, $2, $3) ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq, "
                       "hash = excluded.hash"), v, 3);
}

static int put_name(void *arg, const struct value *v)
{
    return db_run(arg, S("INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"), v, 2);
}

static int put_installation(struct db *to, struct db *from)
{
    struct scan scan;
    scan_init(&scan, from, &table_installation);
    int n = scan_page(&scan, put_name, to);
    scan_end(&scan);
    return n < 0 ? n : 0;
}

static int replay_lane(struct feed *f, struct reader *from, int lane, int64_t after)
{
    struct db *d = f->replay.to->db;
    struct arena chunk;
    arena_init(&chunk, 256 * 1024);
    int err = db_begin(d);
    if (!err)
        err = journal_each(from, lane, after, &chunk, each_entry, f);
    if (!err)
        err = turn(f);
    if (!err)
        err = put_head(d, f->at, lane);
    if (!err)
        err = db_commit(d);
    arena_free(&chunk);
    return err;
}

/* Lane 0 first: it holds the places that the others refer to. */
static int replay_file(struct feed *f, struct backup_file *b, char why[WHY])
{
    struct reader from = { .store = f->replay.store, .db = b->db };
    struct db *to = f->replay.to->db;
    int err = 0;
    for (int lane = 0; !err && lane < LANES; lane++)
        if (b->to.lane[lane].seq > b->from.lane[lane].seq)
            err = replay_lane(f, &from, lane, b->from.lane[lane].seq);
    if (!err && memcmp(f->at, &b->to, sizeof(b->to)) != 0)
        err = -ERR_STORE_UNREADABLE;
    if (!err)
        err = db_begin(to);
    if (!err)
        err = put_installation(to, b->db);
    if (!err)
        err = db_commit(to);
    if (err) {
        copy_fail(why, err, b->path, db_error(to)[0] ? to : b->db);
        db_rollback(to);
    }
    return err;
}

static int replay_all(struct restore *r, struct backup_file *files, char why[WHY])
{
    struct bare *bare = mem_zalloc(sizeof(*bare));
    struct feed f = { .r = r, .at = mem_alloc(sizeof(*f.at)), .p = { "重放增量", "replaying", 0, 0 } };
    int err = bare_open(bare, &r->copy);
    if (err)
        copy_fail(why, err, "目标库 · the target", r->copy.to);
    *f.at = files[0].to;
    for (size_t i = 1; i < r->n_files; i++)
        f.p.total += files[i].moment.entries - files[i - 1].moment.entries;
    replay_init(&f.replay, &bare->store, &bare->reader, r->offset_min, true);
    for (size_t i = 1; !err && i < r->n_files; i++)
        err = replay_file(&f, &files[i], why);
    replay_free(&f.replay);
    bare_close(bare);
    mem_free(bare);
    mem_free(f.at);
    return err;
}

/* ---- the full backup ---- */

/* A backup of an older program: a working copy of it is brought up to date first. */
static int newer_copy(struct backup_file *b, const char *temporary, struct db **out, char why[WHY])
{
    file_drop(temporary);
    int err = db_copy_file(b->db, temporary, NULL, NULL);
    if (err)
        return copy_fail(why, err, b->path, b->db);
    err = db_open(temporary, true, out, NULL);
    if (err)
        return copy_fail(why, err, temporary, NULL);
    return copy_migrate(*out, why);
}

static int same_sums(struct restore *r, struct backup_file *b, char why[WHY])
{
    for (size_t i = 0; i < r->copy.n_tables; i++) {
        const struct copied *x = &r->copy.tables[i];
        if (backup_sum_is(b, x->name, &x->sum))
            continue;
        snprintf(why, WHY, "%s: 备份已损坏(表 %.*s 与备份时不符) · the backup is damaged: the table %.*s is not what it was", b->path,
                 STR_ARG(x->name), STR_ARG(x->name));
        return -ERR_STORE_UNREADABLE;
    }
    return 0;
}

static int copy_full(struct restore *r, struct backup_file *b, char why[WHY])
{
    char temporary[600];
    struct db *older = NULL;
    bool same = b->version == (int)migrations_n;
    snprintf(temporary, sizeof(temporary), "%s/redoubt.older", r->folder);
    int err = same ? 0 : newer_copy(b, temporary, &older, why);
    r->copy.from = same ? b->db : older;
    r->copy.sealed = true;
    if (!err)
        err = store_copy(&r->copy, why);
    if (!err && same)
        err = same_sums(r, b, why);
    if (!same) {
        db_close(older);
        file_drop(temporary);
    }
    return err;
}

/* ---- checks before, and after ---- */

static int open_files(struct restore *r, struct backup_file *files, char why[WHY])
{
    int err = 0;
    for (size_t i = 0; !err && i < r->n_files; i++) {
        err = backup_open(r->files[i], &files[i], why);
        if (!err)
            err = backup_whole(&files[i], why);
        if (!err && i == 0 && files[0].increment) {
            snprintf(why, WHY, "%s: 是增量备份,须先给出完整备份 · this is an increment: a full backup comes first", r->files[0]);
            err = -ERR_STORE_UNREADABLE;
        }
        if (!err && i > 0)
            err = backup_follows(&files[i], &files[i - 1].to, why);
    }
    return err;
}

static int check_key(struct restore *r, const struct backup_file *full, char why[WHY])
{
    uint8_t key[32];
    int err = key_read(r->folder, key, why);
    r->keyless = err == 1;
    sodium_memzero(key, sizeof(key));
    return err < 0 ? err : r->keyless ? 0 : key_fits(r->folder, full->db, why);
}

static int verify(struct restore *r, const struct heads *wanted, char why[WHY])
{
    struct bare *bare = mem_zalloc(sizeof(*bare));
    struct heads *h = mem_zalloc(sizeof(*h));
    struct journal_report report = { 0 };
    int err = bare_open(bare, &r->copy);
    if (!err)
        err = journal_verify(&bare->reader, &report);
    if (err)
        snprintf(why, WHY, "恢复后的日志损坏 · the restored journal is broken: lane %lld seq %lld (%s)", (long long)report.bad_lane,
                 (long long)report.bad_seq, report.what ? report.what : "read");
    if (!err)
        err = heads_from(r->copy.to, "lane_head", h);
    if (!err && memcmp(h, wanted, sizeof(*h)) != 0) {
        snprintf(why, WHY, "恢复后的日志链头不符 · the heads of the restored journal are not those of the backup");
        err = -ERR_STORE_UNREADABLE;
    }
    if (!err && (err = moment_read(r->copy.to, h, &r->moment)) != 0)
        copy_fail(why, err, "journal", r->copy.to);
    bare_close(bare);
    mem_free(bare);
    mem_free(h);
    return err;
}

/* ---- the target ---- */

struct target { const char *address; char temporary[600]; int lock; bool file; };

static int target_open(struct restore *r, struct target *t, char why[WHY])
{
    struct stat st;
    char words[256];
    t->lock = -1;
    t->file = db_kind_of(r->to) == DB_SQLITE;
    t->address = t->file ? t->temporary : r->to;
    if (t->file && (t->lock = folder_lock(r->folder, why)) < 0)
        return t->lock;
    if (t->file && lstat(r->to, &st) == 0) {
        snprintf(why, WHY, "目标已存在,不覆盖 · the target exists already and is not overwritten: %s", r->to);
        return -ERR_DUPLICATE;
    }
    if (t->file) {
        snprintf(t->temporary, sizeof(t->temporary), "%s.restoring", r->to);
        file_drop(t->temporary); /* of one that was broken off */
    }
    int err = db_open(t->address, true, &r->copy.to, words);
    if (err)
        snprintf(why, WHY, "无法打开目标 · the target cannot be opened: %s: %s · %s", words, err_info(err)->zh, err_info(err)->en);
    return err;
}

static int target_close(struct restore *r, struct target *t, int err, char why[WHY])
{
    if (!err && (err = copy_release(r->copy.to)) != 0)
        copy_fail(why, err, "目标库 · the target", r->copy.to);
    if (err && r->copy.marked && !t->file && copy_clear(&r->copy) == 0)
        copy_release(r->copy.to);
    db_close(r->copy.to);
    if (!err && t->file)
        err = file_finish(t->temporary, r->to, why);
    if (err && t->file && t->temporary[0])
        file_drop(t->temporary);
    if (t->lock >= 0)
        close(t->lock);
    return err;
}

int store_restore(struct restore *r, char why[WHY])
{
    struct backup_file *files = mem_zalloc(r->n_files * sizeof(*files));
    struct target target = { .lock = -1 };
    int err = open_files(r, files, why);
    if (!err)
        err = check_key(r, &files[0], why);
    if (!err) {
        err = target_open(r, &target, why);
        if (!err)
            err = copy_full(r, &files[0], why);
        if (!err)
            err = replay_all(r, files, why);
        if (!err)
            err = verify(r, &files[r->n_files - 1].to, why);
        err = target_close(r, &target, err, why);
    }
    for (size_t i = 0; i < r->n_files; i++)
        backup_close(&files[i]);
    mem_free(files);
    return err;
}
