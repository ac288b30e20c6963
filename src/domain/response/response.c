/* Responses. READ FIRST: fields, entities, commands. */
#include "domain/response/response.h"
#include "domain/response/response_plan.h"

static const struct field response_fields[] = {
    FIELD(response, name, F_REQUIRED | F_KEY | F_SEARCH, "疫情名称", "Name", .max = 80),
    FIELD(response, pathogen, F_REQUIRED, "病原体", "Pathogen", .max = 80),
    FIELD(response, started_on, F_REQUIRED, "开始日期", "Started on"),
    FIELD(response, ended_on, 0, "结束日期", "Ended on"),
};

static void response_check(const struct check_env *env, const void *p)
{
    const struct response *r = p;
    if (!date_absent(r->ended_on) && r->ended_on.days < r->started_on.days)
        problems_add(env->problems, ERR_BAD_ORDER, "ended_on");
}

const struct entity response_entity = {
    .name = "response", .zh = "应急响应", .en = "Response",
    .shape = { "response", FIELDS(response_fields), sizeof(struct response) },
    .place = PLACE_GIVEN, .key_sql = "place_id, name", .check = response_check,
};

static const struct field response_level_fields[] = {
    FIELD(response_level, response_id, F_REQUIRED | F_ONCE | F_FILTER | F_KEY, "应急响应", "Response", .target = "response"),
    FIELD(response_level, level, F_REQUIRED | F_FILTER, "响应级别", "Response level", .codes = "response_level"),
    FIELD(response_level, from_on, F_REQUIRED | F_KEY | F_SORT, "自何日起", "In force from"),
    FIELD(response_level, legal_basis, F_REQUIRED, "法律依据", "Legal basis", .max = 300),
    FIELD(response_level, order_no, F_REQUIRED, "文号", "Order number", .max = 80),
    FIELD(response_level, issuer, F_REQUIRED, "发布机关", "Issuer", .max = 80),
};

const struct entity response_level_entity = {
    .name = "response_level", .zh = "响应级别", .en = "Response level",
    .shape = { "response_level", FIELDS(response_level_fields), sizeof(struct response_level) },
    .place = PLACE_GIVEN, .key_sql = "response_id, place_id, from_on", .sort = "-from_on",
};

static const struct field profile_number_fields[] = {
    FIELD(profile_number, response_id, F_REQUIRED | F_ONCE | F_FILTER | F_KEY, "应急响应", "Response", .target = "response"),
    FIELD(profile_number, name, F_REQUIRED | F_ONCE | F_FILTER | F_KEY, "参数", "Number", .codes = "profile_number"),
    FIELD(profile_number, value, F_REQUIRED, "数值", "Value", .min = 0, .max = 100000),
    FIELD(profile_number, source, F_REQUIRED, "来源", "Source", .max = 300),
    FIELD(profile_number, from_on, F_REQUIRED | F_KEY, "自何日起", "In force from"),
};

const struct entity profile_number_entity = {
    .name = "profile_number", .zh = "病种参数", .en = "Disease profile number",
    .shape = { "profile_number", FIELDS(profile_number_fields), sizeof(struct profile_number) },
    .place = PLACE_NONE, .key_sql = "response_id, name, from_on",
};

static const struct field listed_area_fields[] = {
    FIELD(listed_area, response_id, F_REQUIRED | F_ONCE | F_FILTER | F_KEY, "应急响应", "Response", .target = "response"),
    FIELD(listed_area, division, F_REQUIRED | F_KEY | F_SORT, "区划代码", "Division code", .min = 6, .max = 12,
          .check = response_check_division, .source = "GB/T 2260"),
    FIELD(listed_area, name, F_REQUIRED | F_SEARCH, "地区名称", "Area", .max = 60),
    FIELD(listed_area, kind, F_REQUIRED | F_FILTER, "类别", "Kind", .codes = "listed_area_kind"),
    FIELD(listed_area, from_on, F_REQUIRED | F_KEY, "列入日期", "Listed from"),
    FIELD(listed_area, to_on, 0, "解除日期", "Listed until"),
    FIELD(listed_area, source, F_REQUIRED, "依据", "Source", .max = 300),
};

static void listed_area_check(const struct check_env *env, const void *p)
{
    const struct listed_area *a = p;
    if (!date_absent(a->to_on) && a->to_on.days < a->from_on.days)
        problems_add(env->problems, ERR_BAD_ORDER, "to_on");
}

const struct entity listed_area_entity = {
    .name = "listed_area", .zh = "重点地区", .en = "Listed area",
    .shape = { "listed_area", FIELDS(listed_area_fields), sizeof(struct listed_area) },
    .place = PLACE_NONE, .key_sql = "response_id, division, from_on", .check = listed_area_check,
};

static const struct entity *const entities[] = { &response_entity, &response_level_entity, &profile_number_entity,
                                                 &listed_area_entity };

static const struct read_route reads[] = {
    { "response/profile", NULL, response_read_profile, "现行参数", "Profile in force at a place: level, numbers, listed areas" },
};

const struct module response_module = { "response", FIELDS(entities), NULL, 0, FIELDS(reads) };
