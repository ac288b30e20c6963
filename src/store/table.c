/* The list of all tables, reading them in key order, their sums, and comparing them. */
#include "store/table.h"

#include <sodium.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/internal.h"

/* ---- the list ---- */

static const struct str tally_columns[] = { STR_INIT("lane"), STR_INIT("hour"), STR_INIT("place_id"), STR_INIT("subject"), STR_INIT("measure"), STR_INIT("n") };
static const struct str lane_head_columns[] = { STR_INIT("lane"), STR_INIT("seq"), STR_INIT("hash") };
static const struct str installation_columns[] = { STR_INIT("name"), STR_INIT("value") };

#define COLUMNS(array) (array), sizeof(array) / sizeof((array)[0])

static const struct db_table tally_table = {
    STR_INIT("tally"), COLUMNS(tally_columns),
    STR_INIT("INSERT INTO tally (lane, hour, place_id, subject, measure, n) VALUES ($1, $2, $3, $4, $5, $6)"),
};
static const struct db_table lane_head_table = {
    STR_INIT("lane_head"), COLUMNS(lane_head_columns), STR_INIT("INSERT INTO lane_head (lane, seq, hash) VALUES ($1, $2, $3)"),
};
static const struct db_table installation_table = {
    STR_INIT("installation"), COLUMNS(installation_columns), STR_INIT("INSERT INTO installation (name, value) VALUES ($1, $2)"),
};

const struct store_table table_journal = { &journal_table, .n_key = 2 };
static const struct store_table table_tally = { &tally_table, .n_key = 5 };
const struct store_table table_lane_head = { &lane_head_table, .n_key = 1 };
/* A copy that is under way is marked there; the mark is no part of what is copied. */
const struct store_table table_installation = { &installation_table, .n_key = 1, .where = STR_INIT("name <> 'copying'") };

static struct store_table entity_table(const struct entity *e, struct arena *a)
{
    struct column *c;
    size_t n = entity_columns(e, a, &c);
    struct str *names = ARENA_ARRAY(a, struct str, n);
    for (size_t i = 0; i < n; i++)
        names[i] = c[i].name;
    struct db_table *t = ARENA_NEW(a, struct db_table);
    *t = (struct db_table){ str_of(e->name), names, (int)n, sql_insert(e, a) };
    return (struct store_table){ t, .n_key = 2 };
}

size_t store_tables(const struct entity *const *entities, size_t n_entities, struct arena *a, struct store_table **out)
{
    struct store_table *t = ARENA_ARRAY(a, struct store_table, n_entities + 4);
    size_t n = 0;
    for (; n < n_entities; n++)
        t[n] = entity_table(entities[n], a);
    t[n++] = table_tally;
    t[n++] = table_journal;
    t[n++] = table_lane_head;
    t[n++] = table_installation;
    *out = t;
    return n;
}

/* ---- pages ---- */

static void put_list(struct buf *b, const struct store_table *t, int n)
{
    for (int i = 0; i < n; i++)
        buf_printf(b, "%s\"%.*s\"", i ? ", " : "", STR_ARG(t->t->columns[i]));
}

static struct str page_sql(const struct store_table *t, bool after, struct arena *a)
{
    struct buf b;
    buf_init(&b, a);
    buf_cstr(&b, "SELECT ");
    put_list(&b, t, t->t->n);
    buf_printf(&b, " FROM \"%.*s\"", STR_ARG(t->t->name));
    if (after || t->where.p)
        buf_printf(&b, " WHERE %.*s%s", STR_ARG(t->where), after && t->where.p ? " AND " : "");
    if (after) {
        buf_char(&b, '(');
        put_list(&b, t, t->n_key);
        buf_cstr(&b, ") > (");
        for (int i = 0; i < t->n_key; i++)
            buf_printf(&b, "%s$%d", i ? ", " : "", i + 2);
        buf_char(&b, ')');
    }
    buf_cstr(&b, " ORDER BY ");
    put_list(&b, t, t->n_key);
    buf_cstr(&b, " LIMIT $1");
    return buf_view(&b);
}

void scan_init(struct scan *s, struct db *db, const struct store_table *t)
{
    memset(s, 0, sizeof(*s));
    s->db = db;
    s->table = t;
    arena_init(&s->text, 8192);
    arena_init(&s->keys[0], 1024);
    arena_init(&s->keys[1], 1024);
    s->first = page_sql(t, false, &s->text);
    s->next = page_sql(t, true, &s->text);
}

void scan_end(struct scan *s)
{
    arena_free(&s->text);
    arena_free(&s->keys[0]);
    arena_free(&s->keys[1]);
}

/* The key before stays bound until the statement has ended: the new one gets the other memory. */
static void keep_key(struct scan *s, const struct value *v, struct value *key)
{
    struct arena *a = &s->keys[s->turn ^= 1];
    arena_reset(a);
    for (int i = 0; i < s->table->n_key; i++) {
        key[i] = v[i];
        if (v[i].kind == VALUE_TEXT || v[i].kind == VALUE_BLOB)
            key[i].s = str_dup(a, v[i].s);
    }
}

int scan_page(struct scan *s, int (*each)(void *arg, const struct value *v), void *arg)
{
    struct db_stmt *st = s->ended ? NULL : db_prepare(s->db, s->begun ? s->next : s->first);
    struct value v[TABLE_COLUMNS], key[5];
    int rows = 0, more, err = 0;
    if (!st)
        return s->ended ? 0 : -ERR_STORE_UNREADABLE;
    db_bind(st, 1, value_int(SCAN_ROWS));
    for (int i = 0; s->begun && i < s->table->n_key; i++)
        db_bind(st, i + 2, s->key[i]);
    while ((more = db_step(st)) == 1) {
        for (int i = 0; i < s->table->t->n; i++)
            v[i] = db_column(st, i);
        err = each(arg, v);
        if (err) {
            db_reset(st);
            return err;
        }
        if (++rows == SCAN_ROWS)
            keep_key(s, v, key);
    }
    if (more < 0)
        return more;
    s->begun = true;
    s->ended = rows < SCAN_ROWS;
    if (!s->ended)
        memcpy(s->key, key, sizeof(key));
    return rows;
}

int64_t table_rows(struct db *db, const struct store_table *t)
{
    struct arena a;
    arena_init(&a, 512);
    struct db_stmt *st = db_prepare(db, str_fmt(&a, "SELECT count(*) FROM \"%.*s\"%s%.*s", STR_ARG(t->t->name), t->where.p ? " WHERE " : "",
                                                STR_ARG(t->where)));
    int more = st ? db_step(st) : -ERR_STORE_UNREADABLE;
    int64_t n = more == 1 ? db_column(st, 0).i : more;
    if (more == 1)
        db_reset(st);
    arena_free(&a);
    return n;
}

int table_last(struct db *db, const struct store_table *t, struct arena *a, struct value key[5])
{
    struct buf b;
    buf_init(&b, a);
    buf_cstr(&b, "SELECT ");
    put_list(&b, t, t->n_key);
    buf_printf(&b, " FROM \"%.*s\"%s%.*s ORDER BY ", STR_ARG(t->t->name), t->where.p ? " WHERE " : "", STR_ARG(t->where));
    for (int i = 0; i < t->n_key; i++)
        buf_printf(&b, "%s\"%.*s\" DESC", i ? ", " : "", STR_ARG(t->t->columns[i]));
    buf_cstr(&b, " LIMIT 1");
    struct db_stmt *st = db_prepare(db, buf_view(&b));
    int more = st ? db_step(st) : -ERR_STORE_UNREADABLE;
    for (int i = 0; more == 1 && i < t->n_key; i++)
        key[i] = db_column_copy(st, i, a);
    if (more == 1)
        db_reset(st);
    return more;
}

int key_compare(const struct value *x, const struct value *y, int n)
{
    for (int i = 0; i < n; i++) {
        int c = x[i].kind == VALUE_INT ? (x[i].i > y[i].i) - (x[i].i < y[i].i) : str_cmp(x[i].s, y[i].s);
        if (c)
            return c;
    }
    return 0;
}

/* ---- sums ---- */

struct summing {
    crypto_generichash_state *state; /* in the room, at the 64 bytes that it wants */
    int64_t rows;
    int n;
    struct buf b;
    char room[sizeof(crypto_generichash_state) + 64];
};

static void put_number(struct buf *b, uint64_t v)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(v >> 8 * i);
    buf_put(b, bytes, sizeof(bytes));
}

struct summing *sum_begin(const struct store_table *t)
{
    struct summing *s = mem_zalloc(sizeof(*s));
    s->state = (void *)(((uintptr_t)s->room + 63) & ~(uintptr_t)63);
    crypto_generichash_init(s->state, NULL, 0, 32);
    buf_init(&s->b, NULL);
    s->n = t->t->n;
    buf_str(&s->b, t->t->name);
    for (int i = 0; i < t->t->n; i++) {
        buf_char(&s->b, 0);
        buf_str(&s->b, t->t->columns[i]);
    }
    return s;
}

/* A value: its kind in one byte, then 8 bytes (little end first) of the number, or of the length and the bytes. */
void sum_row(struct summing *s, const struct value *v)
{
    for (int i = 0; i < s->n; i++) {
        buf_char(&s->b, (char)v[i].kind);
        if (v[i].kind == VALUE_INT) {
            put_number(&s->b, (uint64_t)v[i].i);
        } else if (v[i].kind != VALUE_NULL) {
            put_number(&s->b, v[i].s.n);
            buf_put(&s->b, v[i].s.p, v[i].s.n);
        }
    }
    s->rows++;
    if (s->b.n > 65536) {
        crypto_generichash_update(s->state, (const uint8_t *)s->b.p, s->b.n);
        buf_clear(&s->b);
    }
}

void sum_end(struct summing *s, struct table_sum *out)
{
    crypto_generichash_update(s->state, (const uint8_t *)s->b.p, s->b.n);
    crypto_generichash_final(s->state, out->hash.b, sizeof(out->hash.b));
    out->rows = s->rows;
    buf_free(&s->b);
    mem_free(s);
}

static int each_row(void *arg, const struct value *v)
{
    sum_row(arg, v);
    return 0;
}

int table_sum(struct db *db, const struct store_table *t, struct table_sum *out, void (*progress)(void *arg, int64_t rows), void *arg)
{
    struct scan scan;
    struct summing *s = sum_begin(t);
    int n;
    scan_init(&scan, db, t);
    while ((n = scan_page(&scan, each_row, s)) > 0)
        if (progress)
            progress(arg, n);
    scan_end(&scan);
    sum_end(s, out);
    return n;
}

/* ---- two stores side by side ---- */

/* One side: a page of its rows. */
struct side {
    struct scan scan;
    struct arena arena;  /* of the page's values */
    struct value *rows;  /* SCAN_ROWS rows of all columns */
    int n, at;
};

static void side_begin(struct side *s, struct db *db, const struct store_table *t)
{
    memset(s, 0, sizeof(*s));
    scan_init(&s->scan, db, t);
    arena_init(&s->arena, 64 * 1024);
    s->rows = mem_alloc((size_t)(SCAN_ROWS * t->t->n) * sizeof(*s->rows));
}

static void side_end(struct side *s)
{
    scan_end(&s->scan);
    arena_free(&s->arena);
    mem_free(s->rows);
}

static struct value *side_row(const struct side *s, int i) { return s->rows + i * s->scan.table->t->n; }

static int keep_row(void *arg, const struct value *v)
{
    struct side *s = arg;
    struct value *row = side_row(s, s->n++);
    for (int i = 0; i < s->scan.table->t->n; i++) {
        row[i] = v[i];
        if (v[i].kind == VALUE_TEXT || v[i].kind == VALUE_BLOB)
            row[i].s = str_dup(&s->arena, v[i].s);
    }
    return 0;
}

/* The row whose turn it is: 1, 0 at the end, or negative. */
static int side_next(struct side *s, const struct value **row)
{
    int n = 1;
    if (s->at == s->n) {
        arena_reset(&s->arena);
        s->n = s->at = 0;
        n = scan_page(&s->scan, keep_row, s);
    }
    *row = n > 0 ? side_row(s, s->at) : NULL;
    return n < 0 ? n : *row != NULL;
}

static bool same_row(const struct value *x, const struct value *y, int n)
{
    for (int i = 0; i < n; i++)
        if (x[i].kind != y[i].kind || (x[i].kind == VALUE_INT ? x[i].i != y[i].i : x[i].kind != VALUE_NULL && !str_eq(x[i].s, y[i].s)))
            return false;
    return true;
}

int64_t table_compare(struct db *x, struct db *y, const struct store_table *t, int64_t *rows)
{
    struct side sides[2];
    const struct value *a, *b;
    int64_t different = 0;
    int err = 0;
    side_begin(&sides[0], x, t);
    side_begin(&sides[1], y, t);
    while ((err = side_next(&sides[0], &a)) >= 0 && (err = side_next(&sides[1], &b)) >= 0 && (a || b)) {
        int order = !a ? 1 : !b ? -1 : key_compare(a, b, t->n_key);
        different += order || !same_row(a, b, t->t->n);
        *rows += order == 0;
        sides[0].at += order <= 0;
        sides[1].at += order >= 0;
    }
    side_end(&sides[0]);
    side_end(&sides[1]);
    return err < 0 ? err : different;
}
