/* The journal: what changed, in commit order, chained by hash. It holds effects, not requests. Personal values stand
 * in `personal`, which can be erased; the chain covers only their salted digest, so it still verifies after. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/journal.h"
#include "store/values.h"

/* ---- encoding changes ---- */

static void put_stored(struct jw *w, struct stored v, struct arena *a)
{
    if (v.kind == STORED_INT) {
        jw_int(w, v.i);
    } else if (v.kind == STORED_BLOB) {
        char *hex = arena_alloc(a, v.s.n * 2 + 1);
        hash_hex(v.s.p, v.s.n, hex);
        jw_str(w, (struct str){ hex, v.s.n * 2 });
    } else if (v.kind == STORED_TEXT) {
        jw_str(w, v.s);
    } else {
        jw_null(w);
    }
}

static void put_field(struct jw *w, const struct field *f, const void *row, struct arena *a)
{
    const struct type *t = type_of(f->type);
    const void *m = field_in(f, row);
    bool absent = t->absent(m);
    jw_key(w, f->name);
    put_stored(w, absent ? (struct stored){ .kind = STORED_NULL } : t->store(m, a), a);
    if (f->type == TYPE_SEALED && (f->flags & F_FIND)) {
        char key[72];
        const struct digest *d = &((const struct sealed *)m)->hash;
        snprintf(key, sizeof(key), "%s_hash", f->name);
        jw_key(w, key);
        put_stored(w, d->present ? (struct stored){ .kind = STORED_BLOB, .s = { (const char *)d->b, 16 } }
                                 : (struct stored){ .kind = STORED_NULL }, a);
    }
}

static bool kept_apart(const struct field *f)
{
    return (f->flags & F_PERSONAL) || f->type == TYPE_SEALED || f->type == TYPE_SECRET || f->type == TYPE_DIGEST;
}

/* Fields of one side (personal or not) that the change sets. 1 when there were any. */
static bool put_side(struct jw *w, const struct change *c, field_set set, bool personal, struct arena *a)
{
    bool some = false;
    for (size_t i = 0; i < c->entity->shape.n; i++) {
        const struct field *f = &c->entity->shape.fields[i];
        if (!(set >> i & 1) || kept_apart(f) != personal)
            continue;
        put_field(w, f, c->after, a);
        some = true;
    }
    return some;
}

static field_set present_fields(const struct change *c)
{
    field_set set = 0;
    for (size_t i = 0; i < c->entity->shape.n; i++) {
        const struct field *f = &c->entity->shape.fields[i];
        if (!type_of(f->type)->absent(field_in(f, c->after)))
            set |= (field_set)1 << i;
    }
    return set;
}

static void put_id(struct jw *w, const char *key, struct id id)
{
    char text[ID_TEXT];
    size_t n = id_format(id, text);
    jw_kstr(w, key, id_absent(id) ? STR_ABSENT : (struct str){ text, n });
}

/* The personal side of a change: {"salt":…,"set":{…}}; its digest goes into the chained part. */
static struct str personal_side(const struct change *c, field_set set, struct arena *a)
{
    struct buf b;
    struct jw w;
    uint8_t salt[16];
    char hex[33];
    buf_init(&b, a);
    jw_init(&w, &b);
    randombytes_buf(salt, sizeof(salt));
    hash_hex(salt, sizeof(salt), hex);
    jw_object(&w);
    jw_kcstr(&w, "salt", hex);
    jw_key(&w, "set");
    jw_object(&w);
    bool some = put_side(&w, c, set, true, a);
    jw_end_object(&w);
    jw_end_object(&w);
    return some ? buf_view(&b) : STR_ABSENT;
}

void journal_encode(struct store *s, const struct change *c, int64_t lane, bool first, struct buf *changes, struct buf *personal,
                    struct arena *a)
{
    struct jw w;
    const struct row *row = c->after ? c->after : c->before;
    field_set set = !c->after ? 0 : c->before ? shape_diff(&c->entity->shape, c->before, c->after) : present_fields(c);
    struct str apart = c->after ? personal_side(c, set, a) : STR_ABSENT;
    (void)s, (void)lane;
    buf_char(changes, first ? '[' : ',');
    jw_init(&w, changes);
    jw_object(&w);
    jw_kcstr(&w, "e", c->entity->name);
    put_id(&w, "id", row->id);
    jw_kint(&w, "v", c->after ? row->version : row->version + 1);
    jw_kint(&w, "was", c->before ? CROW(c->before)->seq : 0);
    if (!c->after)
        jw_kbool(&w, "del", true);
    else if (!c->before || !id_eq(CROW(c->before)->place_id, row->place_id))
        put_id(&w, "place", row->place_id);
    jw_key(&w, "set");
    jw_object(&w);
    put_side(&w, c, c->after ? set : 0, false, a);
    jw_end_object(&w);
    if (apart.p) {
        char hex[65];
        struct sha256 d = hash_sha256(&apart, 1);
        hash_hex(d.b, 32, hex);
        jw_kcstr(&w, "personal", hex);
    }
    jw_end_object(&w);
    /* as a string, so that its bytes stay exactly those of the digest */
    buf_char(personal, first ? '[' : ',');
    jw_init(&w, personal);
    jw_str(&w, apart);
}

/* ---- the chain ---- */

struct sha256 journal_hash(const struct journal_row *j, const struct sha256 *before)
{
    int64_t numbers[5] = { j->lane, j->seq, j->at_device.ms, j->received.ms, j->status };
    /* lengths keep the fields apart; absent and empty differ */
    struct str texts[4] = { j->command, j->device, j->reason, j->changes };
    int64_t lengths[4];
    struct str parts[13];
    size_t n = 0;
    for (int i = 0; i < 4; i++)
        lengths[i] = texts[i].p ? (int64_t)texts[i].n : -1;
    parts[n++] = (struct str){ (const char *)before->b, 32 };
    parts[n++] = (struct str){ (const char *)numbers, sizeof(numbers) };
    parts[n++] = (struct str){ (const char *)lengths, sizeof(lengths) };
    parts[n++] = (struct str){ (const char *)j->command_id.b, 16 };
    parts[n++] = (struct str){ (const char *)j->actor_id.b, 16 };
    parts[n++] = (struct str){ (const char *)j->place_id.b, 16 };
    parts[n++] = (struct str){ (const char *)j->target_id.b, 16 };
    parts[n++] = (struct str){ (const char *)j->payload.b, 16 };
    for (int i = 0; i < 4; i++)
        if (texts[i].p)
            parts[n++] = texts[i];
    return hash_sha256(parts, n);
}

static const struct str journal_columns[] = {
    STR_INIT("lane"), STR_INIT("seq"), STR_INIT("command_id"), STR_INIT("command"), STR_INIT("actor_id"), STR_INIT("place_id"),
    STR_INIT("device"), STR_INIT("reason"), STR_INIT("at_device"), STR_INIT("received"), STR_INIT("payload"), STR_INIT("status"),
    STR_INIT("answer_private"), STR_INIT("hash"), STR_INIT("changes"), STR_INIT("personal"), STR_INIT("answer"), STR_INIT("target_id"),
};

const struct db_table journal_table = {
    STR_INIT("journal"), journal_columns, sizeof(journal_columns) / sizeof(journal_columns[0]),
    STR_INIT("INSERT INTO journal (" JOURNAL_COLUMNS ") VALUES "
             "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"),
};

int journal_insert(struct db *d, const struct journal_row *j)
{
    struct value v[] = {
        value_int(j->lane), value_int(j->seq), value_blob(j->command_id.b, 16), value_text(j->command), value_of_id(&j->actor_id),
        value_of_id(&j->place_id), value_text(j->device), value_text(j->reason),
        instant_absent(j->at_device) ? value_null() : value_int(j->at_device.ms), value_int(j->received.ms),
        value_blob(j->payload.b, 16), value_int(j->status), value_int(j->answer_private), value_blob(j->hash.b, 32),
        value_text(j->changes), value_text(j->personal), value_blob(j->answer.p, j->answer.n), value_of_id(&j->target_id),
    };
    return db_insert(d, &journal_table, v);
}

static struct str text_from(struct db_stmt *st, int at, struct arena *a)
{
    struct value v = db_column(st, at);
    return v.kind == VALUE_NULL ? STR_ABSENT : str_dup(a, v.s);
}

void journal_row_read(struct db_stmt *st, struct arena *a, struct journal_row *j)
{
    memset(j, 0, sizeof(*j));
    j->lane = db_column(st, 0).i;
    j->seq = db_column(st, 1).i;
    j->command_id = id_of_value(db_column(st, 2));
    j->command = text_from(st, 3, a);
    j->actor_id = id_of_value(db_column(st, 4));
    j->place_id = id_of_value(db_column(st, 5));
    j->device = text_from(st, 6, a);
    j->reason = text_from(st, 7, a);
    j->at_device.ms = db_column(st, 8).kind == VALUE_NULL ? INT64_MIN : db_column(st, 8).i;
    j->received.ms = db_column(st, 9).i;
    struct value payload = db_column(st, 10);
    if (payload.kind == VALUE_BLOB && payload.s.n == 16)
        memcpy(j->payload.b, payload.s.p, 16);
    j->status = db_column(st, 11).i;
    j->answer_private = db_column(st, 12).i != 0;
    struct value hash = db_column(st, 13);
    if (hash.kind == VALUE_BLOB && hash.s.n == 32)
        memcpy(j->hash.b, hash.s.p, 32);
    j->changes = text_from(st, 14, a);
    j->personal = text_from(st, 15, a);
    j->answer = text_from(st, 16, a);
    j->target_id = id_of_value(db_column(st, 17));
}

/* A command's id is unique in a lane: one probe of the index for each lane. */
int journal_find(struct reader *r, struct id command_id, struct arena *a, struct repeated *out)
{
    /* across lanes: a repeated command whose lane is not known; one probe of the unique index in each */
    struct db_stmt *st = db_prepare(r->db, S("SELECT " JOURNAL_COLUMNS_OF_J " FROM lane_head l "
                                             "JOIN journal j ON j.lane = l.lane AND j.command_id = $1 LIMIT 1"));
    struct journal_row j;
    if (!st)
        return -ERR_INTERNAL;
    db_bind(st, 1, value_blob(command_id.b, 16));
    int more = db_step(st);
    if (more != 1)
        return more;
    journal_row_read(st, a, &j);
    db_reset(st);
    *out = (struct repeated){ (int)j.status, j.payload, j.actor_id, j.answer, j.lane, j.seq };
    if (j.answer_private && j.answer.p && store_unseal(r->store, j.answer, S("journal.answer"), a, &out->answer))
        out->answer = STR_ABSENT;
    return 1;
}

/* ---- reading it again ---- */

int journal_each(struct reader *r, int64_t lane, int64_t after, struct arena *a,
                 int (*each)(void *arg, const struct journal_row *j), void *arg)
{
    int err = 0;
    for (;;) {
        struct db_stmt *st = db_prepare(r->db, S("SELECT " JOURNAL_COLUMNS " FROM journal WHERE lane = $1 AND seq > $2 ORDER BY seq LIMIT 500"));
        int rows = 0, more;
        if (!st)
            return -ERR_STORE_UNREADABLE;
        db_bind(st, 1, value_int(lane));
        db_bind(st, 2, value_int(after));
        arena_reset(a);
        while ((more = db_step(st)) == 1) {
            struct journal_row j;
            journal_row_read(st, a, &j);
            after = j.seq;
            rows++;
            err = each(arg, &j);
            if (err) {
                db_reset(st);
                return err;
            }
        }
        if (more < 0 || rows == 0)
            return more;
    }
}

struct journal_view journal_view(const struct journal_row *j)
{
    return (struct journal_view){ j->lane, j->seq, j->status, j->received, j->actor_id, j->target_id, j->command, j->reason, j->device, j->changes };
}

#define NEWEST_WINDOW 20000 /* entries: what a page may cost, however rare the command */

static int64_t newest_seq(struct reader *r, int64_t lane)
{
    struct db_stmt *st = db_prepare(r->db, S("SELECT coalesce(max(seq), 0) FROM journal WHERE lane = $1"));
    int64_t seq = 0;
    if (!st)
        return 0;
    db_bind(st, 1, value_int(lane));
    if (db_step(st) == 1)
        seq = db_column(st, 0).i;
    db_reset(st);
    return seq;
}

int journal_newest(struct reader *r, int64_t lane, int64_t before, struct str command, int limit, struct arena *a, int64_t *next,
                   int (*each)(void *arg, const struct journal_row *j), void *arg)
{
    struct db_stmt *st = db_prepare(r->db, S("SELECT " JOURNAL_COLUMNS " FROM journal WHERE lane = $1 AND seq < $2 AND seq >= $5 "
                                             "AND (command = $3 OR $3 IS NULL) ORDER BY seq DESC LIMIT $4"));
    int64_t newest = newest_seq(r, lane), from;
    int n = 0, more, err = 0;
    if (!st)
        return -ERR_STORE_UNREADABLE;
    before = before > newest ? newest + 1 : before;
    from = before > NEWEST_WINDOW ? before - NEWEST_WINDOW : 0;
    *next = from;
    db_bind(st, 5, value_int(from));
    db_bind(st, 1, value_int(lane));
    db_bind(st, 2, value_int(before));
    db_bind(st, 3, value_text(command));
    db_bind(st, 4, value_int(limit));
    while (!err && (more = db_step(st)) == 1) {
        struct journal_row j;
        journal_row_read(st, a, &j);
        err = each(arg, &j);
        if (++n == limit)
            *next = j.seq;
    }
    db_reset(st);
    return err;
}

struct verify { struct sha256 before; int64_t seq, count; struct journal_report *report; };

static int bad(struct verify *v, const struct journal_row *j, const char *what)
{
    v->report->bad_lane = j->lane;
    v->report->bad_seq = j->seq;
    v->report->what = what;
    return -ERR_STORE_UNREADABLE;
}

/* Does the erasable side still match its digest? Erased is fine, altered is not. */
static int verify_personal(struct verify *v, const struct journal_row *j)
{
    json_t *changes = json_loadb(j->changes.p ? j->changes.p : "[]", j->changes.p ? j->changes.n : 2, 0, NULL);
    json_t *apart = j->personal.p ? json_loadb(j->personal.p, j->personal.n, JSON_DECODE_ANY, NULL) : NULL;
    int err = 0;
    if (!json_is_array(changes))
        err = bad(v, j, "changes");
    for (size_t i = 0; !err && apart && i < json_array_size(changes); i++) {
        struct str digest = json_text(json_object_get(json_array_get(changes, i), "personal"));
        struct str side = json_text(json_array_get(apart, i));
        char hex[65];
        if (!digest.p || !side.p)
            continue;
        struct sha256 d = hash_sha256(&side, 1);
        hash_hex(d.b, 32, hex);
        if (str_is(digest, hex))
            v->report->personal++;
        else
            err = bad(v, j, "personal");
    }
    json_decref(changes);
    json_decref(apart);
    return err;
}

static int verify_row(void *arg, const struct journal_row *j)
{
    struct verify *v = arg;
    struct sha256 h = journal_hash(j, &v->before);
    if (j->seq != v->seq + 1)
        return bad(v, j, "gap");
    if (memcmp(h.b, j->hash.b, 32) != 0)
        return bad(v, j, "hash");
    v->before = h;
    v->seq = j->seq;
    v->report->entries++;
    return verify_personal(v, j);
}

/* The lane's last entry is the one that lane_head names: one that was cut off at the end leaves no gap. */
static int verify_head(struct reader *r, struct verify *v, int64_t lane, struct journal_report *report)
{
    struct db_stmt *st = db_prepare(r->db, S("SELECT seq, hash FROM lane_head WHERE lane = $1"));
    int64_t seq = 0;
    bool same = false;
    if (!st)
        return -ERR_STORE_UNREADABLE;
    db_bind(st, 1, value_int(lane));
    if (db_step(st) == 1) {
        struct value hash = db_column(st, 1);
        seq = db_column(st, 0).i;
        same = hash.kind == VALUE_BLOB && hash.s.n == 32 && memcmp(hash.s.p, v->before.b, 32) == 0;
        db_reset(st);
    }
    if (seq == v->seq && same)
        return 0;
    report->bad_lane = lane;
    report->bad_seq = seq > v->seq ? v->seq + 1 : v->seq;
    report->what = "end";
    return -ERR_STORE_UNREADABLE;
}

/* The next lane that stands in the journal or has a head. */
static int next_lane(struct db *d, int64_t after, int64_t *lane)
{
    int64_t head, seq;
    int in_journal = lane_in_journal(d, after, lane), more = in_journal < 0 ? in_journal : lane_next(d, after, &head, &seq);
    if (more == 1 && (in_journal == 0 || head < *lane))
        *lane = head;
    return more < 0 ? more : in_journal | more;
}

int journal_verify(struct reader *r, struct journal_report *report)
{
    struct arena a;
    int64_t lane = -1;
    int more = 0, err = db_begin(r->db); /* one state: a server may go on writing */
    memset(report, 0, sizeof(*report));
    arena_init(&a, 256 * 1024);
    while (!err && (more = next_lane(r->db, lane, &lane)) == 1) {
        struct verify v = { .report = report };
        err = journal_each(r, lane, 0, &a, verify_row, &v);
        if (!err)
            err = verify_head(r, &v, lane, report);
        report->lanes += v.seq > 0;
    }
    arena_free(&a);
    db_rollback(r->db);
    return err ? err : more;
}

/* ---- history of one row: from its newest entry back along `was` ---- */

static int history_one(struct reader *r, int64_t lane, int64_t seq, struct arena *a, struct journal_row *j)
{
    struct db_stmt *st = db_prepare(r->db, S("SELECT " JOURNAL_COLUMNS " FROM journal WHERE lane = $1 AND seq = $2"));
    db_bind(st, 1, value_int(lane));
    db_bind(st, 2, value_int(seq));
    int more = db_step(st);
    if (more == 1) {
        journal_row_read(st, a, j);
        db_reset(st);
    }
    return more;
}

int journal_history(struct reader *r, const struct entity *e, const void *row, struct arena *a,
                    int (*each)(void *arg, const struct journal_row *j, const json_t *change, const json_t *personal), void *arg)
{
    char id[ID_TEXT];
    int64_t seq = CROW(row)->seq;
    struct journal_row j;
    int err = 0;
    id_format(CROW(row)->id, id);
    while (!err && seq > 0 && history_one(r, CROW(row)->lane, seq, a, &j) == 1) {
        json_t *changes = json_loadb(j.changes.p, j.changes.n, 0, NULL);
        json_t *apart = j.personal.p ? json_loadb(j.personal.p, j.personal.n, 0, NULL) : NULL;
        seq = 0;
        /* the last change of the row in this entry is its newest; earlier ones of the same entry follow by `was` */
        for (size_t i = json_array_size(changes); !err && i-- > 0;) {
            json_t *c = json_array_get(changes, i);
            if (str_is(json_text(json_object_get(c, "id")), id) && str_is(json_text(json_object_get(c, "e")), e->name)) {
                int64_t was = json_integer_value(json_object_get(c, "was"));
                struct str side = json_text(json_array_get(apart, i));
                json_t *personal = side.p ? json_loadb(side.p, side.n, 0, NULL) : NULL;
                err = each(arg, &j, c, json_object_get(personal, "set"));
                json_decref(personal);
                if (was != j.seq) {
                    seq = was;
                    break;
                }
            }
        }
        json_decref(changes);
        json_decref(apart);
    }
    return err;
}

/* Takes one row's erasable part out of an entry's array. Absent when nothing is left. */
static struct str without(struct str personal, const json_t *changes, const char *id, int64_t *was, struct arena *a)
{
    json_t *apart = personal.p ? json_loadb(personal.p, personal.n, 0, NULL) : NULL;
    size_t left = 0;
    for (size_t i = 0; i < json_array_size(changes); i++) {
        json_t *c = json_array_get(changes, i);
        bool mine = str_is(json_text(json_object_get(c, "id")), id);
        if (mine)
            *was = json_integer_value(json_object_get(c, "was"));
        if (mine && apart)
            json_array_set_new(apart, i, json_null());
        left += !json_is_null(json_array_get(apart, i)) && apart != NULL;
    }
    struct str text = left ? json_print(apart, a) : STR_ABSENT;
    json_decref(apart);
    return text;
}

int journal_redact(struct db *d, int64_t lane, int64_t seq, struct id row_id)
{
    int err = 0;
    char id[ID_TEXT];
    struct arena a;
    id_format(row_id, id);
    arena_init(&a, 4096);
    while (!err && seq > 0) {
        struct db_stmt *st = db_prepare(d, S("SELECT changes, personal FROM journal WHERE lane = $1 AND seq = $2"));
        int64_t was = 0;
        db_bind(st, 1, value_int(lane));
        db_bind(st, 2, value_int(seq));
        if (db_step(st) != 1)
            break;
        struct str text = db_column(st, 0).s, personal = db_column(st, 1).kind == VALUE_TEXT ? db_column(st, 1).s : STR_ABSENT;
        json_t *changes = text.p ? json_loadb(text.p, text.n, 0, NULL) : NULL;
        struct str left = without(personal, changes, id, &was, &a);
        db_reset(st);
        json_decref(changes);
        struct value v[] = { value_int(lane), value_int(seq), value_text(left) };
        err = db_run(d, S("UPDATE journal SET personal = $3, answer = NULL WHERE lane = $1 AND seq = $2"), v, 3);
        arena_reset(&a);
        seq = was < seq ? was : 0;
    }
    arena_free(&a);
    return err;
}
