/* Running one command. */
#include "core/call.h"

#include <pthread.h>
#include <string.h>

#include "core/generic.h"
#include "core/inbox.h"
#include "core/memo.h"
#include "core/registry.h"

void call_init(struct call *c, const struct command *command, const struct ctx *ctx, struct arena *arena)
{
    memset(c, 0, sizeof(*c));
    c->command = command;
    c->ctx = *ctx;
    c->ctx.arena = arena;
    c->ctx.command = command;
    c->ctx.problems = &c->problems;
    c->ctx.answer = &c->writer;
    problems_init(&c->problems, arena);
    buf_init(&c->answer, arena);
}

/* ---- decoding ---- */

static bool in_row(const struct command *k) { return k->in == &k->entity->shape; }

/* place_id stands in the head of a row, not among its fields. */
static void take_place(struct call *c, json_t *data)
{
    json_t *v = json_object_get(data, "place_id");
    if (!v || !in_row(c->command) || c->command->entity->place != PLACE_GIVEN)
        return;
    struct str text = json_text(v);
    c->ctx.given_place = true;
    if (!text.p)
        problems_add(&c->problems, ERR_WRONG_TYPE, "place_id");
    else if (id_parse(text, &ROW(c->in)->place_id))
        problems_add(&c->problems, ERR_BAD_ID, "place_id");
    json_object_del(data, "place_id");
}

/* The same content gives the same digest, however it was written down. */
static struct digest digest_of(struct call *c)
{
    struct buf b;
    char id[ID_TEXT];
    buf_init(&b, c->ctx.arena);
    buf_printf(&b, "%s\x1f", c->command->name);
    if (!id_absent(c->ctx.target))
        buf_put(&b, id, id_format(c->ctx.target, id));
    buf_printf(&b, "\x1f%lld\x1f%.*s", (long long)c->ctx.base_version, STR_ARG(c->ctx.reason));
    for (size_t i = 0; c->decoded && c->command->in && i < c->command->in->n; i++) {
        if (!(c->ctx.given >> i & 1))
            continue;
        buf_printf(&b, "\x1f%zu=", i);
        field_to_text(&c->command->in->fields[i], c->in, 0, true, &b);
    }
    if (c->ctx.given_place)
        buf_put(&b, ROW(c->in)->place_id.b, 16);
    if (!c->decoded)
        buf_str(&b, c->hold_content);
    return store_hash(c->ctx.store, "payload", buf_view(&b));
}

static void check_input(struct call *c)
{
    const struct command *k = c->command;
    bool whole = !(k->flags & CMD_PARTIAL) && (!in_row(k) || (k->flags & CMD_CREATES));
    field_set which = whole ? ~(field_set)0 : c->ctx.given;
    shape_check(k->in, c->in, which, c->ctx.now, c->ctx.offset_min, &c->problems);
    struct check_env env = { c->ctx.now, c->ctx.offset_min, &c->problems };
    if (whole && k->in->check)
        k->in->check(&env, c->in);
    bool wants_place = in_row(k) && (k->flags & CMD_CREATES) && k->entity->place == PLACE_GIVEN;
    if (wants_place && !c->ctx.given_place)
        problems_add(&c->problems, ERR_REQUIRED, "place_id");
    if ((k->flags & CMD_REASON) && !c->ctx.reason.n)
        problems_add(&c->problems, ERR_REASON_REQUIRED, "reason");
}

/* For inputs that were filled in without JSON: checks and digest. */
int call_check(struct call *c)
{
    c->problems.entity = c->command->entity->name;
    if (c->command->in)
        check_input(c);
    c->problems.entity = NULL;
    c->decoded = c->problems.n == 0;
    c->payload = digest_of(c);
    return c->decoded ? 0 : -(int)problems_worst(&c->problems);
}

int call_decode(struct call *c, const json_t *data)
{
    const struct command *k = c->command;
    uint32_t refuse = F_READONLY | (k->flags & CMD_ON_ROW ? F_ONCE : 0);
    c->problems.entity = k->entity->name;
    if (k->in) {
        c->in = arena_zalloc(c->ctx.arena, k->in->size);
        shape_clear(k->in, c->in);
        take_place(c, (json_t *)data);
        if (data)
            shape_from_json(k->in, data, refuse, c->ctx.arena, &c->problems, c->in, &c->ctx.given);
        check_input(c);
    } else {
        const char *key;
        json_t *v;
        json_object_foreach((json_t *)data, key, v)
            problems_name(&c->problems, ERR_UNKNOWN_KEY, str_dup(c->ctx.arena, str_of(key)));
        if ((k->flags & CMD_REASON) && !c->ctx.reason.n)
            problems_add(&c->problems, ERR_REASON_REQUIRED, "reason");
    }
    c->problems.entity = NULL;
    c->decoded = c->problems.n == 0;
    c->payload = digest_of(c);
    return c->decoded ? 0 : -problems_worst(&c->problems);
}

int call_allow(struct call *c)
{
    const struct actor *a = &c->ctx.actor;
    if (c->command->flags & CMD_PUBLIC)
        return 0;
    if (id_absent(a->account_id) && !a->system)
        return -ERR_UNAUTHENTICATED;
    if (c->command->flags & CMD_SELF)
        return 0;
    if (a->must_change)
        return -ERR_FORBIDDEN;
    c->scope = access_scope(&c->ctx, c->command->right);
    return c->scope.everything || c->scope.n ? 0 : -ERR_FORBIDDEN;
}

/* ---- answering ---- */

void call_write_row(const struct entity *e, const void *row, int offset_min, bool brief, struct jw *w)
{
    char id[ID_TEXT];
    size_t n = id_format(CROW(row)->id, id);
    jw_kstr(w, "id", (struct str){ id, n });
    jw_kint(w, "version", CROW(row)->version);
    if (e->place != PLACE_NONE) {
        n = id_format(CROW(row)->place_id, id);
        jw_kstr(w, "place_id", id_absent(CROW(row)->place_id) ? STR_ABSENT : (struct str){ id, n });
    }
    shape_to_json(&e->shape, row, offset_min, brief, w);
}

/* The row that the command is about: the first change of its entity. */
static const void *main_row(const struct call *c, const struct changes *changes)
{
    for (size_t i = 0; i < changes->n; i++)
        if (changes->items[i].entity == c->command->entity && changes->items[i].after)
            return changes->items[i].after;
    return NULL;
}

static void finish_answer(struct call *c, const struct changes *changes)
{
    const void *row = changes ? main_row(c, changes) : NULL;
    if (row && !c->ctx.answer_private && c->ctx.answer_status < 400)
        call_write_row(c->command->entity, row, c->ctx.offset_min, true, &c->writer);
    jw_end_object(&c->writer);
    if (c->ctx.answer_status >= 400) {
        buf_clear(&c->answer);
        problems_write(&c->problems, &c->answer);
    }
    c->status = c->ctx.answer_status ? c->ctx.answer_status : c->command->flags & CMD_CREATES ? 201 : 200;
}

static void finish(struct entry *e, const struct changes *changes)
{
    struct call *c = e->finish_arg;
    finish_answer(c, changes);
    e->status = c->status;
    e->answer = buf_view(&c->answer);
    e->answer_private = c->ctx.answer_private;
}

static struct entry entry_of(struct call *c, const char *name)
{
    return (struct entry){
        .command_id = c->ctx.command_id, .command = name, .actor_id = c->ctx.actor.account_id, .place_id = c->ctx.actor.place_id,
        .target_id = c->ctx.target,
        .device = c->ctx.device, .reason = c->ctx.reason, .at_device = c->ctx.at_device, .received = c->ctx.now,
        .payload = c->payload, .lane = c->ctx.lane, .offset_min = c->ctx.offset_min, .finish_arg = c,
    };
}

/* ---- in the writer ---- */

static int repeated(struct call *c)
{
    struct repeated r;
    if (journal_find(c->ctx.db, c->ctx.command_id, c->ctx.arena, &r) != 1)
        return 0;
    c->problems.n = 0;
    c->replied_from_journal = true;
    if (!hash_same(r.payload.b, c->payload.b, sizeof(r.payload.b)) || !id_eq(r.actor_id, c->ctx.actor.account_id))
        return problems_add(&c->problems, ERR_ID_REUSED, c->command->flags & CMD_CREATES ? "id" : NULL);
    buf_clear(&c->answer);
    buf_str(&c->answer, r.answer.p ? r.answer : S("{}"));
    c->status = r.status;
    return 1;
}

/* Rows of the command's own entity must lie where the actor holds the right. */
static int check_scope(struct call *c)
{
    for (size_t i = 0; c->command->right && !c->scope.everything && i < c->changes.n; i++) {
        const struct change *x = &c->changes.items[i];
        const struct row *rows[2] = { x->before, x->after };
        if (x->entity != c->command->entity || x->entity->place == PLACE_NONE)
            continue;
        for (int k = 0; k < 2; k++) {
            /* a new place is judged by its parent */
            struct id at = rows[k] ? rows[k]->place_id : ID_ABSENT;
            if (rows[k] && x->entity->place == PLACE_SELF)
                at = x->before ? rows[k]->id : *(const struct id *)field_in(shape_field(&x->entity->shape, S("parent_id"), NULL), rows[k]);
            const struct place_node *place = store_place(c->ctx.store, at);
            if (rows[k] && !(place && scope_has(&c->scope, place->path)))
                return problems_add(&c->problems, ERR_UNKNOWN_REF, x->entity->place == PLACE_SELF ? "parent_id" : "place_id");
        }
    }
    return 0;
}

static int plan(struct call *c)
{
    c->problems.entity = c->command->entity->name;
    if (c->command->in)
        generic_check_refs(&c->ctx, c->command->in, c->in, c->ctx.given);
    int err = c->problems.n ? -(int)problems_worst(&c->problems) : c->command->plan(&c->ctx, c->in, &c->changes);
    c->problems.entity = NULL;
    if (err && c->problems.n == 0)
        problems_add(&c->problems, err < 0 ? -err : ERR_INTERNAL, NULL);
    if (c->problems.n && c->ctx.answer_status == 0)
        err = -problems_worst(&c->problems);
    return err;
}

/* tx: NULL outside a writer. */
static void start_over(struct call *c, struct reader *db, const struct tx *tx)
{
    c->ctx.db = db;
    if (tx) {
        c->ctx.memo = c->ctx.registry->writer_memos[tx_writer(tx)];
        memo_begin(c->ctx.memo, tx_reference_seq(tx));
    }
    c->ctx.answer_status = 0;
    c->ctx.answer_private = false;
    c->ctx.lane = 0;
    c->changes = (struct changes){ .arena = c->ctx.arena };
    c->problems.n = 0;
    buf_clear(&c->answer);
    jw_init(&c->writer, &c->answer);
    jw_object(&c->writer);
}

/* Plans; once more when what was read may have changed before the lanes were held. */
static int plan_held(struct call *c, struct tx *tx)
{
    for (int attempt = 0;; attempt++) {
        start_over(c, tx_reader(tx), tx);
        int err = plan(c);
        if (!err)
            err = check_scope(c);
        int again = err ? 0 : tx_hold(tx, &c->changes);
        if (again != 1 || attempt)
            return err ? err : again < 0 ? again : 0;
    }
}

static int run_command(struct call *c, struct tx *tx)
{
    start_over(c, tx_reader(tx), tx);
    if (tx_careful(tx)) {
        int r = repeated(c);
        if (r)
            return r < 0 ? r : 0;
    }
    int err = plan_held(c, tx);
    if (!err) {
        struct entry e = entry_of(c, c->command->name);
        e.finish = finish;
        err = store_commit(tx, &e, &c->changes, &c->problems);
        if (err && c->problems.n == 0 && tx_careful(tx))
            problems_add(&c->problems, -err, NULL);
        return err;
    }
    /* a command that was carried out before often cannot be planned again */
    if (!tx_careful(tx)) {
        struct problems kept = c->problems;
        int r = repeated(c);
        if (r)
            return r < 0 ? r : 0;
        c->problems = kept;
    }
    return err;
}

static void ahead(struct job *job, struct tx *tx, struct ahead *ahead)
{
    struct call *c = (struct call *)job;
    start_over(c, tx_reader(tx), tx);
    ahead_key(ahead, S("id"), (struct str){ (const char *)c->ctx.command_id.b, sizeof(c->ctx.command_id.b) });
    c->command->ahead(&c->ctx, c->in, ahead);
}

static const char *held_state(const struct call *c) { return c->status == 409 ? "conflict" : "needs_correction"; }

/* Keeps the failing input in the inbox, under the sender's id: sent again, it gets the same answer. */
static int run_hold(struct call *c, struct tx *tx)
{
    struct problems none, *ps = &none;
    struct buf list;
    struct jw w;
    start_over(c, tx_reader(tx), tx);
    c->problems.n = c->hold_problems;
    if (tx_careful(tx)) {
        int r = repeated(c);
        if (r)
            return r < 0 ? r : 0;
    }
    problems_init(ps, c->ctx.arena);
    buf_init(&list, c->ctx.arena);
    jw_init(&w, &list);
    problems_write_list(&c->problems, &w);
    struct inbox *row = inbox_row(&c->ctx, str_of(c->command->name), c->hold_source, c->hold_line, c->hold_content, c->ctx.arena);
    if (!row)
        return 0;
    row->row.id = id_new(c->ctx.now, 0);
    row->command_id = c->ctx.command_id;
    row->problems.json = buf_view(&list);
    row->state = code_of(held_state(c));
    change_create(&c->changes, &inbox_entity, row);
    char id[ID_TEXT];
    id_format(row->row.id, id);
    jw_kcstr(&c->writer, "inbox_id", id);
    jw_key(&c->writer, "problems");
    jw_raw(&c->writer, buf_view(&list));
    jw_end_object(&c->writer);
    struct entry e = entry_of(c, "inbox/hold");
    e.status = c->status;
    e.answer = buf_view(&c->answer);
    c->inbox_id = row->row.id;
    return store_commit(tx, &e, &c->changes, ps);
}

static int run(struct job *job, struct tx *tx)
{
    struct call *c = (struct call *)job;
    return c->holding ? run_hold(c, tx) : run_command(c, tx);
}

static void write_problems(struct call *c)
{
    buf_clear(&c->answer);
    problems_write(&c->problems, &c->answer);
    c->status = problems_status(&c->problems);
}

static bool worth_holding(const struct call *c)
{
    if (!c->hold_source.p || c->holding || c->replied_from_journal)
        return false;
    return c->status == 422 || c->status == 400 || (c->status == 409 && problems_worst(&c->problems) != ERR_ID_REUSED);
}

/* Not the command's own error: what its plan took for missing may only have been out of reach. */
static bool of_store(int err)
{
    return err == -ERR_STORE_FULL || err == -ERR_STORE_AWAY || err == -ERR_STORE_UNREADABLE || err == -ERR_BUSY;
}

static void done(struct job *job, int err)
{
    struct call *c = (struct call *)job;
    if (err && (c->problems.n == 0 || of_store(err))) {
        c->problems.n = 0;
        problems_add(&c->problems, -err, NULL);
        c->holding = false;
        c->hold_source = STR_ABSENT;
    }
    if (err && !c->holding)
        write_problems(c);
    if (err && worth_holding(c)) {
        call_hold(c);
        return;
    }
    c->finished(c);
}

/* Where it is written, as far as can be told before it is planned. */
static void set_job(struct call *c)
{
    const struct place_node *home = store_place(c->ctx.store, c->ctx.actor.place_id);
    int64_t target = id_absent(c->ctx.target) ? 0 : id_lane(c->ctx.target);
    c->job.run = run;
    c->job.done = done;
    int64_t lane = home ? home->lane : 0;
    c->job.home = c->leader ? c->leader->job.home : lane;
    c->job.lane = target ? target : lane;
    c->job.reference = !c->command->entity->lane_scoped;
    c->job.ahead = c->command->ahead && c->decoded && !c->holding ? ahead : NULL;
}

void call_hold(struct call *c)
{
    c->holding = true;
    c->hold_problems = c->problems.n;
    c->status = problems_status(&c->problems);
    set_job(c);
    int err = store_submit(c->ctx.store, &c->job);
    if (err)
        done(&c->job, err);
}

void call_submit(struct call *c)
{
    set_job(c);
    int err = store_submit(c->ctx.store, &c->job);
    if (err)
        done(&c->job, err);
}

void call_run(struct call *c)
{
    set_job(c);
    store_run(c->ctx.store, &c->job);
}

void call_read(struct call *c)
{
    start_over(c, c->ctx.db, NULL);
    int err = plan(c);
    if (err)
        write_problems(c);
    else
        finish_answer(c, NULL);
    c->finished(c);
}

int call_try(struct call *c)
{
    start_over(c, c->ctx.db, NULL);
    int err = plan(c);
    return err ? err : check_scope(c);
}

struct id call_content_id(const struct call *c, struct instant when)
{
    return id_make(when, 0, c->payload.b);
}

/* ---- many at once ---- */

struct gang { pthread_mutex_t lock; pthread_cond_t done; size_t left; };

static void gang_finished(struct call *c)
{
    struct gang *g = c->user;
    pthread_mutex_lock(&g->lock);
    if (--g->left == 0)
        pthread_cond_signal(&g->done);
    pthread_mutex_unlock(&g->lock);
}

void call_many(struct call **calls, size_t n)
{
    struct gang g = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, n };
    /* They share memory: one writer for all. */
    for (size_t i = 0; i < n; i++)
        calls[i]->leader = i ? calls[0] : NULL;
    if (n)
        set_job(calls[0]);
    for (size_t i = 0; i < n; i++) {
        calls[i]->finished = gang_finished;
        calls[i]->user = &g;
        if (calls[i]->decoded)
            call_submit(calls[i]);
        else
            call_hold(calls[i]);
    }
    pthread_mutex_lock(&g.lock);
    while (g.left > 0)
        pthread_cond_wait(&g.done, &g.lock);
    pthread_mutex_unlock(&g.lock);
    pthread_mutex_destroy(&g.lock);
    pthread_cond_destroy(&g.done);
}

/* ---- nested ---- */

int call_nested(struct ctx *ctx, struct str command, struct id command_id, struct id target, struct str data, struct changes *out)
{
    const struct command *k = registry_command(ctx->registry, command);
    struct call *c = ARENA_NEW(ctx->arena, struct call);
    json_t *object = json_read(data, ctx->problems);
    if (!object)
        return -ERR_BAD_JSON;
    if (!k) {
        json_decref(object);
        return ctx_problem(ctx, ERR_NOT_FOUND, "command");
    }
    call_init(c, k, ctx, ctx->arena);
    c->ctx.target = target;
    c->ctx.given = 0;
    c->ctx.command_id = command_id;
    c->ctx.answer = ctx->answer;
    int err = call_allow(c);
    if (err)
        problems_add(&c->problems, -err, NULL);
    if (!err)
        err = call_decode(c, object);
    json_decref(object);
    c->changes = (struct changes){ .arena = out->arena };
    if (!err)
        err = plan(c);
    if (!err)
        err = check_scope(c);
    for (size_t i = 0; i < c->problems.n; i++) {
        const struct problem *p = &c->problems.items[i];
        ctx->problems->entity = p->entity;
        problems_detail(ctx->problems, p->code, p->field, "%.*s", STR_ARG(p->detail));
    }
    for (size_t i = 0; !err && i < c->changes.n; i++) {
        const struct change *x = &c->changes.items[i];
        change_put(out, x->entity, x->before, x->after);
    }
    return err;
}
