/* Sessions: signing in and out, finding out who is asking. */
#include <sodium.h>

#include "core/rights.h"
#include "domain/account/account_access.h"
#include "core/call.h"
#include "domain/account/account_plan.h"
#include "store/values.h"

#define TOKEN_BYTES 32

/* A hash of no account, made with the parameters of account_plan.c: verifying against it takes as long as for an account
 * that exists, so that the time of an answer does not tell whether one does. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$ThpL2K+DWe57CNOrMvXV0A$Pw8MouQeCM0MXsIjQJJ+tXfHBuFcquo2A/1x1S3eERE";

bool account_verify(struct str hash, struct str password)
{
    char text[crypto_pwhash_STRBYTES] = { 0 };
    bool known = hash.p && hash.n < sizeof text;
    memcpy(text, known ? hash.p : nobody, known ? hash.n : sizeof nobody - 1);
    return crypto_pwhash_str_verify(text, password.p ? password.p : "", password.n) == 0 && known;
}

int account_find(struct ctx *ctx, struct str login, struct account *out)
{
    const struct value args[] = { value_text(login) };
    return store_find(ctx->db, &account_entity, "account_by_login", args, 1, ctx->arena, out);
}

static struct str lower(struct ctx *ctx, struct str s)
{
    char *out = arena_alloc(ctx->arena, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        out[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] - 'A' + 'a' : s.p[i]);
    return (struct str){ out, s.n };
}

int session_prepare_login(struct ctx *ctx, void *in)
{
    struct session_login_in *given = in;
    struct account *a = row_new(&account_entity, ctx->arena);
    given->login = lower(ctx, str_trim(given->login));
    int found = account_find(ctx, given->login, a);
    given->known = found == 1;
    given->right = account_verify(given->known ? a->password_hash.s : STR_ABSENT, given->password);
    return found < 0 ? found : 0;
}

/* A wrong password is counted: the change is kept although the answer is a refusal. */
static int refuse(struct ctx *ctx, struct account *before, struct changes *out)
{
    struct account *after = row_copy(&account_entity, before, out->arena);
    after->failures = before->failures == INT_ABSENT ? 1 : before->failures + 1;
    after->locked_until = account_lock_until(after->failures, ctx->now);
    change_update(out, &account_entity, before, after);
    ctx_problem(ctx, ERR_LOGIN_FAILED, NULL);
    ctx->answer_status = err_info(ERR_LOGIN_FAILED)->http;
    return 0;
}

static void put_id(struct jw *w, const char *key, struct id id)
{
    char text[ID_TEXT];
    size_t n = id_absent(id) ? 0 : id_format(id, text);
    jw_kstr(w, key, n ? (struct str){ text, n } : STR_ABSENT);
}

static void put_account(struct jw *w, const struct account *a)
{
    jw_key(w, "account");
    jw_object(w);
    put_id(w, "id", a->row.id);
    jw_kstr(w, "login", a->login);
    jw_kstr(w, "name", a->name);
    jw_kstr(w, "card_no", a->card_no);
    put_id(w, "place_id", a->row.place_id);
    jw_kbool(w, "must_change", flag_true(a->must_change));
    jw_end_object(w);
}

static struct session *new_session(struct ctx *ctx, const struct session_login_in *given, const struct account *a, struct changes *out)
{
    struct session *s = row_new(&session_entity, out->arena);
    s->row.id = id_new(ctx->now, 0);
    s->row.place_id = a->row.place_id;
    s->account_id = a->row.id;
    s->kind = given->kind.s.p ? given->kind : code_of("browser");
    s->device = given->device;
    s->started_at = ctx->now;
    s->expires_at = session_end(s->kind, ctx->now);
    return s;
}

/* Only the digest of the token is kept; the answer that holds it stands sealed in the journal. */
static int admit(struct ctx *ctx, const struct session_login_in *given, struct account *before, struct changes *out)
{
    struct session *s = new_session(ctx, given, before, out);
    uint8_t token[TOKEN_BYTES];
    char hex[TOKEN_BYTES * 2 + 1], until[INSTANT_TEXT];
    randombytes_buf(token, sizeof token);
    hash_hex(token, sizeof token, hex);
    s->token_hash = store_hash(ctx->store, "session", (struct str){ hex, TOKEN_BYTES * 2 });
    change_create(out, &session_entity, s);
    if (before->failures > 0 || !instant_absent(before->locked_until)) {
        struct account *after = row_copy(&account_entity, before, out->arena);
        after->failures = 0;
        after->locked_until = INSTANT_ABSENT;
        change_update(out, &account_entity, before, after);
    }
    ctx->answer_private = true;
    put_account(ctx->answer, before);
    jw_kstr(ctx->answer, "expires_at", (struct str){ until, instant_format(s->expires_at, ctx->offset_min, until) });
    jw_kstr(ctx->answer, "token", (struct str){ hex, TOKEN_BYTES * 2 });
    return 0;
}

int session_plan_login(struct ctx *ctx, void *in, struct changes *out)
{
    const struct session_login_in *given = in;
    struct account *before = row_new(&account_entity, out->arena);
    int found = account_find(ctx, given->login, before);
    if (found != 1)
        return found < 0 ? found : ctx_problem(ctx, ERR_LOGIN_FAILED, NULL);
    ctx->target = before->row.id; /* nobody is signed in yet: the journal names the account as what it was about */
    if (account_locked(before->locked_until, ctx->now))
        return ctx_problem(ctx, ERR_ACCOUNT_LOCKED, NULL);
    if (!given->right)
        return refuse(ctx, before, out);
    if (before->active.v == 0)
        return ctx_problem(ctx, ERR_ACCOUNT_INACTIVE, NULL);
    return admit(ctx, given, before, out);
}

static void end_session(struct ctx *ctx, struct session *before, struct changes *out)
{
    struct session *after = row_copy(&session_entity, before, out->arena);
    after->revoked_at = ctx->now;
    change_update(out, &session_entity, before, after);
}

int session_plan_logout(struct ctx *ctx, void *in, struct changes *out)
{
    struct session *before = row_new(&session_entity, out->arena);
    (void)in;
    if (store_get(ctx->db, &session_entity, 0, ctx->actor.session_id, out->arena, before))
        return ctx_problem(ctx, ERR_NOT_FOUND, NULL);
    if (instant_absent(before->revoked_at))
        end_session(ctx, before, out);
    return 0;
}

/* One's own, or that of an account that one may change. */
int session_plan_revoke(struct ctx *ctx, void *in, struct changes *out)
{
    struct session *before = row_new(&session_entity, out->arena);
    (void)in;
    if (store_get(ctx->db, &session_entity, 0, ctx->target, out->arena, before))
        return ctx_problem(ctx, ERR_NOT_FOUND, NULL);
    if (!id_eq(before->account_id, ctx->actor.account_id) && access_place(ctx, "account.change", before->row.place_id))
        return ctx_problem(ctx, ERR_NOT_FOUND, NULL);
    if (!instant_absent(before->revoked_at))
        return ctx_problem(ctx, ERR_WRONG_STATE, "revoked_at");
    end_session(ctx, before, out);
    return 0;
}

/* ---- who is asking ---- */

#define GRANTS_MAX 64 /* of one account; more are left out, the first by role and place count */

static int load_grants(struct ctx *ctx)
{
    const struct value args[] = { value_of_id(&ctx->actor.account_id), value_int(date_of(ctx->now, ctx->offset_min).days) };
    struct db_stmt *st = store_query(ctx->db, "account_grants", args, 2);
    struct grant *grants = ARENA_ARRAY(ctx->arena, struct grant, GRANTS_MAX);
    size_t n = 0;
    int more;
    while ((more = store_next(st)) == 1) {
        struct id place_id = id_of_value(db_column(st, 1));
        const struct place_node *place = store_place(ctx->store, place_id);
        if (place && n < GRANTS_MAX)
            grants[n++] = (struct grant){ str_dup(ctx->arena, db_column(st, 0).s), place_id, place->path };
    }
    ctx->actor.grants = grants;
    ctx->actor.n_grants = n;
    return more;
}

/* Columns: session_id account_id expires_at revoked_at login card_no place_id active must_change. */
static int take_actor(struct ctx *ctx, struct db_stmt *st)
{
    bool inactive = db_column(st, 7).kind == VALUE_INT && db_column(st, 7).i == 0;
    if (db_column(st, 3).kind != VALUE_NULL || inactive)
        return -ERR_UNAUTHENTICATED;
    if (db_column(st, 2).i <= ctx->now.ms)
        return -ERR_SESSION_EXPIRED;
    ctx->actor = (struct actor){
        .session_id = id_of_value(db_column(st, 0)), .account_id = id_of_value(db_column(st, 1)),
        .login = str_dup(ctx->arena, db_column(st, 4).s), .place_id = id_of_value(db_column(st, 6)),
        .must_change = db_column(st, 8).kind == VALUE_INT && db_column(st, 8).i == 1,
    };
    if (db_column(st, 5).kind == VALUE_TEXT)
        ctx->actor.card_no = str_dup(ctx->arena, db_column(st, 5).s);
    return 0;
}

int account_authenticate(struct ctx *ctx, struct str token)
{
    if (token.n != TOKEN_BYTES * 2)
        return -ERR_UNAUTHENTICATED;
    struct digest digest = store_hash(ctx->store, "session", token);
    const struct value args[] = { value_of_digest(&digest) };
    struct db_stmt *st = store_query(ctx->db, "account_by_token", args, 1);
    int found = store_next(st);
    if (found != 1)
        return found < 0 ? found : -ERR_UNAUTHENTICATED;
    int err = take_actor(ctx, st);
    db_reset(st);
    return err ? err : load_grants(ctx);
}

/* ---- GET /me ---- */

static void put_grants(struct ctx *ctx, struct jw *w)
{
    jw_key(w, "grants");
    jw_array(w);
    for (size_t i = 0; i < ctx->actor.n_grants; i++) {
        const struct grant *g = &ctx->actor.grants[i];
        const struct place_node *place = store_place(ctx->store, g->place_id);
        jw_object(w);
        jw_kstr(w, "role", g->role);
        put_id(w, "place_id", g->place_id);
        jw_kstr(w, "place_name", place ? place->name : STR_ABSENT);
        jw_kstr(w, "path", g->path);
        jw_end_object(w);
    }
    jw_end_array(w);
}

static bool listed_before(size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(role_rights[i].right, role_rights[at].right) == 0)
            return true;
    return false;
}

/* Each right once that the actor has anywhere, in the order of codes/right.csv. */
static void put_rights(struct ctx *ctx, struct jw *w)
{
    jw_key(w, "rights");
    jw_array(w);
    for (size_t i = 0; i < role_rights_n; i++) {
        if (listed_before(i))
            continue;
        struct scope sc = access_scope(ctx, role_rights[i].right);
        if (sc.everything || sc.n)
            jw_cstr(w, role_rights[i].right);
    }
    jw_end_array(w);
}

int account_read_me(struct ctx *ctx, struct str query, struct buf *out, const char **content_type)
{
    struct account *a = row_new(&account_entity, ctx->arena);
    struct jw w;
    (void)query, (void)content_type;
    if (store_get(ctx->db, &account_entity, 0, ctx->actor.account_id, ctx->arena, a))
        return ctx_problem(ctx, ERR_UNAUTHENTICATED, NULL);
    jw_init(&w, out);
    jw_object(&w);
    put_account(&w, a);
    put_id(&w, "session_id", ctx->actor.session_id);
    put_grants(ctx, &w);
    put_rights(ctx, &w);
    jw_kint(&w, "offset_min", ctx->offset_min);
    jw_end_object(&w);
    return 0;
}

static int put_session(struct ctx *ctx, struct jw *w, struct id id)
{
    struct session *row = row_new(&session_entity, ctx->arena);
    int err = store_get(ctx->db, &session_entity, 0, id, ctx->arena, row);
    if (err)
        return err;
    jw_object(w);
    call_write_row(&session_entity, row, ctx->offset_min, false, w);
    jw_end_object(w);
    return 0;
}

int account_read_sessions(struct ctx *ctx, struct str query, struct buf *out, const char **content_type)
{
    const struct value args[] = { value_of_id(&ctx->actor.account_id), value_int(ctx->now.ms) };
    struct db_stmt *st = store_query(ctx->db, "account_open_sessions", args, 2);
    struct jw w;
    int more, err = 0;
    (void)query, (void)content_type;
    jw_init(&w, out);
    jw_object(&w);
    jw_key(&w, "items");
    jw_array(&w);
    while (!err && (more = store_next(st)) == 1)
        err = put_session(ctx, &w, id_of_value(db_column(st, 0)));
    jw_end_array(&w);
    jw_kstr(&w, "next", STR_ABSENT);
    jw_end_object(&w);
    return err;
}
