/* The tree of places. READ FIRST: fields, entities, commands. */
#include "domain/place/place.h"
#include "domain/place/place_plan.h"
#include "io/table/geojson.h"

static const struct field place_fields[] = {
    FIELD(place, parent_id, F_ONCE | F_FILTER, "上级", "Parent place", .target = "place"),
    FIELD(place, code, F_REQUIRED | F_KEY | F_ONCE | F_FILTER | F_SORT, "区划代码", "Division code", .min = 2, .max = 24,
          .check = place_check_code, .source = "GB/T 2260; statistical codes of the National Bureau of Statistics; local codes begin with L"),
    FIELD(place, code_kind, F_FILTER | F_ONCE, "代码类别", "Kind of code", .codes = "place_code_kind"),
    FIELD(place, name, F_REQUIRED | F_SORT | F_SEARCH, "名称", "Name", .max = 60),
    FIELD(place, kind, F_REQUIRED | F_FILTER, "层级", "Level", .codes = "place_kind"),
    FIELD(place, path, F_READONLY | F_SORT, "路径", "Path", .max = 200),
    FIELD(place, valid_from, 0, "代码启用日期", "Code valid from"),
    FIELD(place, valid_to, 0, "代码停用日期", "Code valid to"),
    FIELD(place, head, F_PERSONAL, "负责人", "Responsible person", .max = 40, .purpose = "charge of the place"),
    FIELD(place, head_phone, F_PERSONAL, "负责人电话", "Phone of the responsible person", .max = 20, .mask = MASK_PHONE,
          .purpose = "charge of the place"),
    FIELD(place, deputy, F_PERSONAL, "副负责人", "Deputy", .max = 40, .purpose = "charge of the place"),
    FIELD(place, deputy_phone, F_PERSONAL, "副负责人电话", "Phone of the deputy", .max = 20, .mask = MASK_PHONE,
          .purpose = "charge of the place"),
    FIELD(place, population, 0, "人口", "Population", .unit = "people", .min = 0, .max = 2000000000),
    FIELD(place, households, 0, "户数", "Households", .unit = "households", .min = 0, .max = 1000000000),
    FIELD(place, lng, 0, "经度", "Longitude", .unit = "°", .min = -180000000, .max = 180000000),
    FIELD(place, lat, 0, "纬度", "Latitude", .unit = "°", .min = -90000000, .max = 90000000),
    FIELD(place, lane_no, F_READONLY, "分区号", "Lane number"),
    FIELD(place, source, 0, "来源", "Source", .max = 200),
};

static const struct index place_indexes[] = {
    { "path", "path", NULL, false },
};

static void place_check(const struct check_env *env, const void *p)
{
    const struct place *place = p;
    if (!date_absent(place->valid_from) && !date_absent(place->valid_to) && place->valid_to.days < place->valid_from.days)
        problems_add(env->problems, ERR_BAD_ORDER, "valid_to");
}

const struct entity place_entity = {
    .name = "place", .zh = "区划", .en = "Place",
    .shape = { "place", FIELDS(place_fields), sizeof(struct place) },
    .place = PLACE_SELF, .indexes = FIELDS(place_indexes), .key_sql = "code", .check = place_check, .sort = "path",
    .no_create = true,
};

static const struct field boundary_fields[] = {
    FIELD(boundary, geometry, F_REQUIRED, "边界", "Boundary (GeoJSON geometry, WGS 84)", .max = 4000000),
    FIELD(boundary, source, 0, "来源", "Source", .max = 200),
};

/* Reads it as the only feature of a collection: the same rules as an import. */
static void boundary_check(const struct check_env *env, const void *p)
{
    const struct boundary *b = p;
    struct geo_feature *features;
    size_t n;
    struct problems found;
    if (!b->geometry.json.p)
        return;
    problems_init(&found, env->problems->arena);
    struct str collection = str_fmt(env->problems->arena, "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"id\":\"0\","
                                    "\"properties\":{},\"geometry\":%.*s}]}", STR_ARG(b->geometry.json));
    if (geojson_read(collection, env->problems->arena, &found, &features, &n))
        problems_detail(env->problems, ERR_BAD_GEOMETRY, "geometry", "%.*s", STR_ARG(found.n ? found.items[0].detail : S("")));
}

const struct entity boundary_entity = {
    .name = "boundary", .zh = "边界", .en = "Boundary",
    .shape = { "boundary", FIELDS(boundary_fields), sizeof(struct boundary) },
    .place = PLACE_GIVEN, .key_sql = "place_id", .check = boundary_check,
};

static const struct entity *const entities[] = { &place_entity, &boundary_entity };

/* The columns of data/hebi-divisions.csv, as statistical tables name them. */
const struct column_alias place_import_aliases[] = { { "level", "kind" }, { "parent", "parent_id" } };
const size_t place_import_aliases_n = sizeof place_import_aliases / sizeof place_import_aliases[0];

static const struct command commands[] = {
    { "place/create", &place_entity, &place_entity.shape, "place.create", CMD_CREATES, NULL, place_plan_create,
      "新建区划", "Create a place" },
};

static const struct read_route reads[] = {
    { "place/map", "place.read", place_read_map, "地图边界", "Boundaries as a GeoJSON FeatureCollection" },
};

const struct module place_module = { "place", FIELDS(entities), FIELDS(commands), FIELDS(reads) };
