/* Checkpoints. READ FIRST: fields, entities, commands. */
#include "domain/post/post.h"
#include "domain/person/person.h"
#include "domain/post/post_plan.h"

static const struct field post_fields[] = {
    FIELD(post, code, F_REQUIRED | F_KEY | F_ONCE | F_FILTER | F_SORT, "卡点编号", "Code", .min = 2, .max = 16, .check = post_check_code),
    FIELD(post, name, F_REQUIRED | F_SORT | F_SEARCH, "卡点名称", "Name", .max = 60),
    FIELD(post, kind, F_REQUIRED | F_FILTER, "类型", "Kind", .codes = "post_kind"),
    FIELD(post, level, F_REQUIRED | F_FILTER, "级别", "Level", .codes = "post_level"),
    FIELD(post, site, 0, "位置", "Site", .max = 120),
    FIELD(post, road, 0, "道路", "Road", .max = 80),
    FIELD(post, direction, 0, "查验方向", "Direction", .codes = "post_direction"),
    FIELD(post, neighbour_division, 0, "相邻区划", "Neighbouring division", .max = 12),
    FIELD(post, lng, 0, "经度", "Longitude", .unit = "°", .min = -180000000, .max = 180000000),
    FIELD(post, lat, 0, "纬度", "Latitude", .unit = "°", .min = -90000000, .max = 90000000),
    FIELD(post, all_day, F_FILTER, "24 小时", "24 hours"),
    FIELD(post, owner, F_PERSONAL, "包保人", "Owner", .max = 40, .purpose = "every point has an owner"),
    FIELD(post, owner_phone, F_PERSONAL, "包保人电话", "Owner's phone", .max = 20, .mask = MASK_PHONE, .check = person_check_phone,
          .purpose = "every point has an owner"),
    FIELD(post, deputy, F_PERSONAL, "副包保人", "Deputy", .max = 40, .purpose = "every point has a deputy"),
    FIELD(post, deputy_phone, F_PERSONAL, "副包保人电话", "Deputy's phone", .max = 20, .mask = MASK_PHONE, .check = person_check_phone,
          .purpose = "every point has a deputy"),
    FIELD(post, opened_at, F_READONLY, "启用时间", "Opened"),
    FIELD(post, closed_at, F_READONLY | F_FILTER, "停用时间", "Closed"),
};

const struct entity post_entity = {
    .name = "post", .zh = "卡点", .en = "Checkpoint",
    .shape = { "post", FIELDS(post_fields), sizeof(struct post) },
    .place = PLACE_GIVEN, .key_sql = "code", .no_create = true, .sort = "code",
};

static const struct field post_period_fields[] = {
    FIELD(post_period, post_id, F_READONLY | F_FILTER, "卡点", "Checkpoint", .target = "post"),
    FIELD(post_period, opened_at, F_READONLY, "启用时间", "Opened"),
    FIELD(post_period, closed_at, F_READONLY, "停用时间", "Closed"),
    FIELD(post_period, reason, F_READONLY, "理由", "Reason", .max = 300),
};

static const struct index post_period_indexes[] = { { "post", "post_id", NULL, false } };

const struct entity post_period_entity = {
    .name = "post_period", .zh = "启用时段", .en = "Open period",
    .shape = { "post_period", FIELDS(post_period_fields), sizeof(struct post_period) },
    .place = PLACE_SET, .indexes = FIELDS(post_period_indexes), .no_create = true, .no_change = true, .no_import = true,
};

static const struct entity *const entities[] = { &post_entity, &post_period_entity };

static const struct field period_fields[] = {
    FIELD(post_period_in, at, F_PAST, "时间", "At"),
};
static const struct shape period_shape = { "post_period_at", FIELDS(period_fields), sizeof(struct post_period_in) };

static const struct command commands[] = {
    { "post/create", &post_entity, &post_entity.shape, "post.create", CMD_CREATES, NULL, post_plan_create, "设立卡点", "Set up a checkpoint" },
    { "post/open", &post_entity, &period_shape, "post.change", CMD_ON_ROW, NULL, post_plan_open, "启用", "Open" },
    { "post/close", &post_entity, &period_shape, "post.change", CMD_ON_ROW | CMD_REASON, NULL, post_plan_close, "停用", "Close" },
};

static const struct read_route reads[] = {
    { "post/{id}/qr.svg", "post.read", post_read_qr, "二维码", "QR code of the traveller's page" },
    { "public/post", "", post_read_public, "卡点名称", "Name of an open checkpoint by its code, for the traveller's page" },
};

const struct module post_module = { "post", FIELDS(entities), FIELDS(commands), FIELDS(reads) };
