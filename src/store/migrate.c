/* Forward-only migrations, each in one transaction; a store newer than the program is refused. */
#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/migrations.h"

int store_version(struct db *d)
{
    struct db_stmt *st = db_prepare(d, S("SELECT coalesce(max(number), 0) FROM migration"));
    int more = st ? db_step(st) : 0;
    int n = more == 1 ? (int)db_column(st, 0).i : more;
    if (more == 1)
        db_reset(st);
    return n;
}

static int apply(struct db *d, const struct migration *m)
{
    struct value v[] = { value_int(m->number), value_text(str_of(m->name)), value_int(clock_wall().ms) };
    int err = db_begin(d);
    if (!err)
        err = db_schema(d, m->sql);
    if (!err)
        err = db_run(d, S("INSERT INTO migration (number, name, applied_at) VALUES ($1, $2, $3)"), v, 3);
    if (!err)
        err = db_commit(d);
    if (err)
        db_rollback(d);
    return err;
}

/* Another process may be at the same step: then ours fails, and its step is there when we look again. */
static int step(struct db *d, const struct migration *m, char words[256])
{
    int err = apply(d, m);
    snprintf(words, 256, "%s", db_error(d));
    return err && store_version(d) >= m->number ? 0 : err;
}

int store_migrate(struct store *s, struct db *d, char why[WHY])
{
    int have = store_version(d), newest = (int)migrations_n;
    if (have > newest) {
        snprintf(why, WHY, "数据文件(版本 %d)比程序(版本 %d)新,请升级程序 · the store (version %d) is newer than this program (version %d)",
                 have, newest, have, newest);
        return -ERR_STORE_NEWER;
    }
    if (!s->config.write) {
        if (have < newest)
            snprintf(why, WHY, "数据文件须先由写入程序升级 · the store must first be opened for writing, to be brought up to date");
        return have < newest ? -ERR_STORE_UNREADABLE : 0;
    }
    for (size_t i = 0; i < migrations_n; i++) {
        char words[256];
        int err = migrations[i].number > have ? step(d, &migrations[i], words) : 0;
        if (err && s->shared)
            store_why(s, words, why);
        else if (err)
            snprintf(why, WHY, "数据文件升级失败 · migration %s failed: %s", migrations[i].name, words);
        if (err)
            return err;
    }
    return store_key_check(s, d, why);
}

int store_others(struct store *s, struct db *d, char why[WHY])
{
    char other[64];
    if (!db_other_program(d, s->config.build, other, sizeof(other)))
        return 0;
    snprintf(why, WHY, "另一版本的程序(%s)正在使用此数据库,请先停止它,或使用同一版本 · another version of the program (%s) is using this database; "
                       "stop it first, or use the same one", other, other);
    return -ERR_STORE_UNREADABLE;
}
