/* Forward-only migrations, each in one transaction; a store newer than the program is refused. */
#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/migrations.h"

static int present(struct db *d)
{
    struct db_stmt *st = db_prepare(d, S("SELECT coalesce(max(number), 0) FROM migration"));
    if (!st)
        return 0;
    int n = db_step(st) == 1 ? (int)db_column(st, 0).i : -1;
    if (n >= 0)
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

int store_migrate(struct store *s, char why[256])
{
    struct db *d = s->writer->db;
    int have = present(d), newest = (int)migrations_n;
    if (have > newest) {
        snprintf(why, 256, "数据文件(版本 %d)比程序(版本 %d)新,请升级程序 · the store (version %d) is newer than this program (version %d)",
                 have, newest, have, newest);
        return -ERR_STORE_NEWER;
    }
    if (!s->config.write) {
        if (have < newest)
            snprintf(why, 256, "数据文件须先由写入程序升级 · the store must first be opened for writing, to be brought up to date");
        return have < newest ? -ERR_STORE_UNREADABLE : 0;
    }
    for (size_t i = 0; i < migrations_n; i++) {
        int err = migrations[i].number > have ? apply(d, &migrations[i]) : 0;
        if (err) {
            snprintf(why, 256, "数据文件升级失败 · migration %s failed: %s", migrations[i].name, db_error(d));
            return err;
        }
    }
    return 0;
}
