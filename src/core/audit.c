/* GET /api/v1/journal: entries of one lane, newest first, without values. */
#include "core/audit.h"

#include "io/http/http.h"
#include "store/journal.h"

#define AUDIT_LIMIT 100

struct audit { struct ctx *ctx; struct jw w; };

/* lane= (default: the one of the actor's first place with the right), before= a seq, command= */
struct audit_query { int64_t lane, before; struct str command; };

static void put_id(struct jw *w, const char *key, struct id id)
{
    char text[ID_TEXT];
    id_format(id, text);
    jw_kstr(w, key, id_absent(id) ? STR_ABSENT : str_of(text));
}

/* Which rows it touched: entity, id, version; never what was in them. */
static void put_touched(struct jw *w, struct str changes)
{
    json_t *list = changes.p ? json_loadb(changes.p, changes.n, 0, NULL) : NULL;
    jw_key(w, "rows");
    jw_array(w);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *c = json_array_get(list, i);
        jw_object(w);
        jw_kstr(w, "entity", json_text(json_object_get(c, "e")));
        jw_kstr(w, "id", json_text(json_object_get(c, "id")));
        jw_kint(w, "version", json_integer_value(json_object_get(c, "v")));
        jw_kbool(w, "deleted", json_is_true(json_object_get(c, "del")));
        jw_end_object(w);
    }
    jw_end_array(w);
    json_decref(list);
}

static int put_entry(void *arg, const struct journal_row *j)
{
    struct audit *u = arg;
    char at[INSTANT_TEXT];
    struct journal_view v = journal_view(j);
    jw_object(&u->w);
    jw_kint(&u->w, "lane", v.lane);
    jw_kint(&u->w, "seq", v.seq);
    instant_format(v.received, u->ctx->offset_min, at);
    jw_kcstr(&u->w, "at", at);
    put_id(&u->w, "actor_id", v.actor_id);
    jw_kstr(&u->w, "command", v.command);
    put_id(&u->w, "target_id", v.target_id);
    jw_kstr(&u->w, "reason", v.reason);
    jw_kstr(&u->w, "device", v.device);
    jw_kint(&u->w, "status", v.status);
    put_touched(&u->w, v.changes);
    jw_end_object(&u->w);
    return 0;
}

/* A lane may be read where its whole part of the tree lies in the actor's scope; lane 0 holds accounts and posts of
 * all, so it takes the root. */
static int may_read(struct ctx *ctx, const struct scope *sc, int64_t lane)
{
    const struct place_node *at = lane == 0 ? store_place(ctx->store, store_root(ctx->store)) : store_place_of_lane(ctx->store, lane);
    return sc->everything || (at && scope_has(sc, at->path)) ? 0 : -ERR_NOT_FOUND;
}

static int parse(struct ctx *ctx, struct str query, struct audit_query *q)
{
    struct str name, value;
    int more;
    while ((more = http_query_next(&query, ctx->arena, &name, &value)) == 1) {
        int64_t *number = str_is(name, "lane") ? &q->lane : str_is(name, "before") ? &q->before : NULL;
        if (number && (str_to_i64(value, number) || *number < 0))
            problems_add(ctx->problems, ERR_OUT_OF_RANGE, number == &q->lane ? "lane" : "before");
        else if (str_is(name, "command"))
            q->command = value;
        else if (!number)
            problems_name(ctx->problems, ERR_BAD_FILTER, name);
    }
    if (more < 0)
        problems_add(ctx->problems, ERR_BAD_REQUEST, NULL);
    return ctx->problems->n ? -(int)problems_worst(ctx->problems) : 0;
}

static int read_journal(struct ctx *ctx, struct str query, struct buf *out, const char **content_type)
{
    struct scope sc = access_scope(ctx, "journal.read");
    const struct place_node *home = sc.n ? store_place_by_path(ctx->store, sc.paths[0]) : NULL;
    struct audit_query q = { .lane = home ? home->lane : 0, .before = INT64_MAX };
    struct audit u = { .ctx = ctx };
    int64_t next = 0;
    (void)content_type;
    int err = parse(ctx, query, &q);
    if (!err)
        err = may_read(ctx, &sc, q.lane);
    if (err)
        return err;
    jw_init(&u.w, out);
    jw_object(&u.w);
    jw_key(&u.w, "items");
    jw_array(&u.w);
    err = journal_newest(ctx->db, q.lane, q.before, q.command, AUDIT_LIMIT, ctx->arena, &next, put_entry, &u);
    jw_end_array(&u.w);
    jw_key(&u.w, "next");
    next > 1 ? jw_int(&u.w, next) : jw_null(&u.w);
    jw_end_object(&u.w);
    return err;
}

static const struct read_route reads[] = {
    { "journal", "journal.read", read_journal, "操作日志", "Who did what to which row, why; without values" },
};

const struct module audit_module = { "audit", NULL, 0, NULL, 0, FIELDS(reads) };
