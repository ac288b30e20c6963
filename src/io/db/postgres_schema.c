/* Tables are written once, in SQLite's words (migrations/NNNN-name.sql). Here they become PostgreSQL's. */
#include <string.h>

#include "io/db/postgres.h"

static const struct { const char *from, *to; } words[] = {
    { "INTEGER", "bigint" },
    { "BLOB", "bytea" },
    { "TEXT", "text COLLATE \"C\"" }, /* byte order, as SQLite's */
    { " STRICT", "" },
    { ", WITHOUT ROWID", "" },
};

static bool in_word(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

#define OURS "-- postgresql: " /* what stands behind it is for this engine alone */

/* The end of a part that stays as it is: 'text', "name" or a comment; the place itself when none begins here. */
static size_t untouched(struct str sql, size_t at)
{
    char c = sql.p[at];
    size_t end = at;
    if (c == '\'' || c == '"') {
        for (end = at + 1; end < sql.n && sql.p[end] != c;)
            end++;
        return end < sql.n ? end + 1 : end;
    }
    if (str_starts(str_sub(sql, at, sql.n), S("--")))
        while (end < sql.n && sql.p[end] != '\n')
            end++;
    return end;
}

static size_t replaced(struct str sql, size_t at, struct buf *out)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct str from = str_of(words[i].from);
        size_t end = at + from.n;
        bool begins = !in_word(from.p[0]) || at == 0 || !in_word(sql.p[at - 1]);
        if (begins && str_starts(str_sub(sql, at, sql.n), from) && (end == sql.n || !in_word(sql.p[end]))) {
            buf_cstr(out, words[i].to);
            return end;
        }
    }
    buf_char(out, sql.p[at]);
    return at + 1;
}

int pg_schema(struct db *d, struct str sql)
{
    struct buf out;
    buf_init(&out, NULL);
    for (size_t at = 0; at < sql.n;) {
        if (str_starts(str_sub(sql, at, sql.n), S(OURS)))
            at += sizeof(OURS) - 1;
        size_t end = untouched(sql, at);
        buf_str(&out, str_sub(sql, at, end - at));
        at = end > at ? end : replaced(sql, at, &out);
    }
    buf_char(&out, 0);
    int err = db_exec(d, out.p);
    buf_free(&out);
    return err;
}
