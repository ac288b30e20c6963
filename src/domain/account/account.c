/* Accounts, grants, sessions. READ FIRST: fields, entities, commands. */
#include "domain/account/account.h"
#include "domain/account/account_plan.h"

static const struct field account_fields[] = {
    FIELD(account, login, F_REQUIRED | F_KEY | F_ONCE | F_FILTER | F_SORT, "账号", "Account", .min = 2, .max = 40,
          .check = account_check_login),
    FIELD(account, name, F_REQUIRED | F_PERSONAL | F_SORT | F_SEARCH, "姓名", "Name", .max = 40, .purpose = "who is on duty"),
    FIELD(account, phone, F_PERSONAL, "电话", "Phone", .max = 20, .mask = MASK_PHONE, .purpose = "to reach staff"),
    FIELD(account, card_no, F_FILTER, "上岗证号", "Duty card number", .max = 20),
    FIELD(account, active, F_FILTER, "启用", "Active"),
    FIELD(account, must_change, F_READONLY, "须改密码", "Password must be changed"),
    FIELD(account, password_hash, F_HIDDEN, "密码摘要", "Password hash"),
    FIELD(account, failures, F_READONLY, "连续失败次数", "Failed sign-ins in a row"),
    FIELD(account, locked_until, F_READONLY, "锁定至", "Locked until"),
};

const struct entity account_entity = {
    .name = "account", .zh = "账号", .en = "Account",
    .shape = { "account", FIELDS(account_fields), sizeof(struct account) },
    .place = PLACE_GIVEN, .key_sql = "login", .no_create = true, .sort = "login",
};

static const struct field grant_fields[] = {
    FIELD(grant_row, account_id, F_REQUIRED | F_ONCE | F_FILTER | F_KEY, "账号", "Account", .target = "account"),
    FIELD(grant_row, role, F_REQUIRED | F_ONCE | F_FILTER | F_KEY, "岗位", "Role", .codes = "role"),
    FIELD(grant_row, from_on, 0, "自", "From"),
    FIELD(grant_row, to_on, 0, "至", "Until"),
};

const struct entity grant_entity = {
    .name = "grant", .zh = "授权", .en = "Grant",
    .shape = { "grant", FIELDS(grant_fields), sizeof(struct grant_row) },
    .place = PLACE_GIVEN, .key_sql = "account_id, role, place_id", .no_create = true,
};

static const struct field session_fields[] = {
    FIELD(session, account_id, F_READONLY | F_FILTER, "账号", "Account", .target = "account"),
    FIELD(session, token_hash, F_HIDDEN, "令牌摘要", "Token hash"),
    FIELD(session, kind, F_READONLY | F_FILTER, "方式", "Kind", .codes = "session_kind"),
    FIELD(session, device, F_READONLY, "设备", "Device", .max = 200),
    FIELD(session, started_at, F_READONLY, "登录时间", "Started"),
    FIELD(session, expires_at, F_READONLY, "到期时间", "Expires"),
    FIELD(session, revoked_at, F_READONLY, "注销时间", "Revoked"),
};

static const struct index session_indexes[] = {
    { "token", "token_hash", NULL, true },
    { "account", "account_id", NULL, false },
};

const struct entity session_entity = {
    .name = "session", .zh = "会话", .en = "Session",
    .shape = { "session", FIELDS(session_fields), sizeof(struct session) },
    .place = PLACE_SET, .indexes = FIELDS(session_indexes),
    .no_create = true, .no_change = true, .no_import = true, .sort = "-id",
};

static const struct entity *const entities[] = { &account_entity, &grant_entity, &session_entity };

static const struct field create_fields[] = {
    FIELD(account_create_in, place_id, F_REQUIRED, "所属地区", "Home place", .target = "place"),
    FIELD(account_create_in, login, F_REQUIRED, "账号", "Account", .min = 2, .max = 40, .check = account_check_login),
    FIELD(account_create_in, name, F_REQUIRED | F_PERSONAL, "姓名", "Name", .max = 40),
    FIELD(account_create_in, phone, F_PERSONAL, "电话", "Phone", .max = 20),
    FIELD(account_create_in, card_no, 0, "上岗证号", "Duty card number", .max = 20),
    FIELD(account_create_in, password, F_PERSONAL, "初始密码", "Initial password", .max = 200),
    FIELD(account_create_in, role, 0, "岗位", "Role", .codes = "role"),
};
static const struct shape create_shape = { "account_create", FIELDS(create_fields), sizeof(struct account_create_in) };

static const struct field password_fields[] = {
    FIELD(account_password_in, password, F_REQUIRED | F_PERSONAL, "新密码", "New password", .max = 200),
    FIELD(account_password_in, present, F_PERSONAL, "原密码", "Present password", .max = 200),
};
static const struct shape password_shape = { "account_password", FIELDS(password_fields), sizeof(struct account_password_in) };

static const struct field login_fields[] = {
    FIELD(session_login_in, login, F_REQUIRED, "账号", "Account", .max = 40),
    FIELD(session_login_in, password, F_REQUIRED | F_PERSONAL, "密码", "Password", .max = 200),
    FIELD(session_login_in, kind, 0, "方式", "Kind", .codes = "session_kind"),
    FIELD(session_login_in, device, 0, "设备", "Device", .max = 200),
};
static const struct shape login_shape = { "session_login", FIELDS(login_fields), sizeof(struct session_login_in) };

static const struct field grant_in_fields[] = {
    FIELD(grant_create_in, account_id, F_REQUIRED, "账号", "Account", .target = "account"),
    FIELD(grant_create_in, place_id, F_REQUIRED, "地区", "Place", .target = "place"),
    FIELD(grant_create_in, role, F_REQUIRED, "岗位", "Role", .codes = "role"),
    FIELD(grant_create_in, from_on, 0, "自", "From"),
    FIELD(grant_create_in, to_on, 0, "至", "Until"),
};
static const struct shape grant_shape = { "grant_create", FIELDS(grant_in_fields), sizeof(struct grant_create_in) };

static const struct command commands[] = {
    { "account/create", &account_entity, &create_shape, "account.create", CMD_CREATES | CMD_NO_BATCH, account_prepare_create, account_plan_create,
      "新建账号", "Create an account" },
    { "account/set_password", &account_entity, &password_shape, "account.change", CMD_ON_ROW | CMD_REASON | CMD_NO_BATCH,
      account_prepare_password, account_plan_set_password, "重置密码", "Set a password for somebody" },
    { "account/change_password", &account_entity, &password_shape, NULL, CMD_SELF | CMD_NO_BATCH, account_prepare_password,
      account_plan_change_password, "修改密码", "Change one's own password" },
    { "account/unlock", &account_entity, NULL, "account.change", CMD_ON_ROW | CMD_REASON, NULL, account_plan_unlock,
      "解除锁定", "Unlock an account" },
    { "grant/create", &grant_entity, &grant_shape, "grant.create", CMD_CREATES, NULL, grant_plan_create, "授权", "Grant a role in a place" },
    { "grant/withdraw", &grant_entity, NULL, "grant.create", CMD_ON_ROW | CMD_REASON, NULL, grant_plan_withdraw,
      "撤销授权", "Withdraw a grant" },
    { "session/login", &session_entity, &login_shape, NULL, CMD_PUBLIC | CMD_NO_BATCH, session_prepare_login, session_plan_login,
      "登录", "Sign in" },
    { "session/logout", &session_entity, NULL, NULL, CMD_SELF | CMD_NO_BATCH, NULL, session_plan_logout, "退出", "Sign out" },
    { "session/revoke", &session_entity, NULL, NULL, CMD_SELF | CMD_ON_ROW, NULL, session_plan_revoke, "注销会话", "Revoke a session" },
};

static const struct read_route reads[] = {
    { "me", NULL, account_read_me, "本人", "Who is signed in: account, grants, rights" },
    { "me/session", NULL, account_read_sessions, "本人会话", "One's own open sessions" },
};

const struct module account_module = { "account", FIELDS(entities), FIELDS(commands), FIELDS(reads) };
