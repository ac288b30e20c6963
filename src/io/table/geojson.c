#include "io/table/geojson.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"

#define DECIMALS 5          /* 1e-5 degrees are about a metre */
#define SCALE 100000.0

/* What is gathered while one feature is walked through. */
struct walk {
    struct jw out;
    double west, east, south, north;
    const char *wrong; /* first thing that is wrong; NULL nothing */
};

/* ---- numbers */

static bool position(const json_t *v, double *lng, double *lat)
{
    const json_t *x = json_array_get(v, 0), *y = json_array_get(v, 1);
    if (!json_is_number(x) || !json_is_number(y))
        return false;
    *lng = json_number_value(x);
    *lat = json_number_value(y);
    return fabs(*lng) <= 180 && fabs(*lat) <= 90;
}

/* 114.3 rather than 114.30000: boundaries are long. */
static void put_degrees(struct jw *w, double v)
{
    int64_t scaled = llround(v * SCALE);
    int places = DECIMALS;
    while (places && scaled % 10 == 0) {
        scaled /= 10;
        places--;
    }
    jw_scaled(w, scaled, places);
}

/* ---- geometry */

static void put_position(struct walk *k, double lng, double lat)
{
    jw_array(&k->out);
    put_degrees(&k->out, lng);
    put_degrees(&k->out, lat);
    jw_end_array(&k->out);
    k->west = fmin(k->west, lng);
    k->east = fmax(k->east, lng);
    k->south = fmin(k->south, lat);
    k->north = fmax(k->north, lat);
}

static int fail(struct walk *k, const char *wrong)
{
    k->wrong = wrong;
    return -1;
}

static int put_ring(struct walk *k, const json_t *ring)
{
    size_t n = json_array_size(ring);
    double lng = 0, lat = 0, first_lng = 0, first_lat = 0;
    if (n < 4)
        return fail(k, "a ring has fewer than 4 positions");
    jw_array(&k->out);
    for (size_t i = 0; i < n; i++) {
        if (!position(json_array_get(ring, i), &lng, &lat))
            return fail(k, "a position is not a longitude and a latitude");
        if (i == 0) {
            first_lng = lng;
            first_lat = lat;
        }
        put_position(k, lng, lat);
    }
    jw_end_array(&k->out);
    if (lng != first_lng || lat != first_lat)
        return fail(k, "a ring is not closed");
    return 0;
}

static int put_polygon(struct walk *k, const json_t *rings)
{
    size_t n = json_array_size(rings);
    if (!n)
        return fail(k, "a polygon has no ring");
    jw_array(&k->out);
    for (size_t i = 0; i < n; i++)
        if (put_ring(k, json_array_get(rings, i)))
            return -1;
    jw_end_array(&k->out);
    return 0;
}

static int put_polygons(struct walk *k, const json_t *polygons)
{
    size_t n = json_array_size(polygons);
    if (!n)
        return fail(k, "a multipolygon has no polygon");
    jw_array(&k->out);
    for (size_t i = 0; i < n; i++)
        if (put_polygon(k, json_array_get(polygons, i)))
            return -1;
    jw_end_array(&k->out);
    return 0;
}

static int put_geometry(struct walk *k, const json_t *geometry)
{
    struct str type = json_text(json_object_get(geometry, "type"));
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    bool multi = str_is(type, "MultiPolygon");
    if (!multi && !str_is(type, "Polygon"))
        return fail(k, "the geometry is not a Polygon or MultiPolygon");
    jw_object(&k->out);
    jw_kstr(&k->out, "type", type);
    jw_key(&k->out, "coordinates");
    if (multi ? put_polygons(k, coordinates) : put_polygon(k, coordinates))
        return -1;
    jw_end_object(&k->out);
    return 0;
}

/* ---- features */

/* Codes come as text or, in some published files, as a number. */
static struct str code_of_json(const json_t *v, struct arena *a)
{
    if (json_is_integer(v))
        return str_fmt(a, "%lld", (long long)json_integer_value(v));
    struct str s = str_trim(json_text(v));
    return s.n ? str_dup(a, s) : STR_ABSENT;
}

static void set_centre(const struct walk *k, const json_t *properties, struct geo_feature *f)
{
    const json_t *centre = json_object_get(properties, "centre");
    if (!centre)
        centre = json_object_get(properties, "center");
    if (position(centre, &f->lng, &f->lat))
        return;
    f->lng = (k->west + k->east) / 2;
    f->lat = (k->south + k->north) / 2;
}

static int read_feature(const json_t *v, struct arena *a, struct problems *ps, struct geo_feature *f)
{
    struct buf out;
    struct walk k = { .west = 180, .east = -180, .south = 90, .north = -90 };
    const json_t *properties = json_object_get(v, "properties");
    buf_init(&out, a);
    jw_init(&k.out, &out);
    if (!str_is(json_text(json_object_get(v, "type")), "Feature"))
        return problems_detail(ps, ERR_BAD_GEOMETRY, NULL, "not a Feature");
    if (put_geometry(&k, json_object_get(v, "geometry")))
        return problems_detail(ps, ERR_BAD_GEOMETRY, "geometry", "%s", k.wrong);
    f->code = code_of_json(json_object_get(properties, "code"), a);
    if (!f->code.p)
        f->code = code_of_json(json_object_get(v, "id"), a);
    if (!f->code.p)
        return problems_detail(ps, ERR_BAD_GEOMETRY, "code", "neither properties.code nor id");
    f->name = str_dup(a, json_text(json_object_get(properties, "name")));
    f->geometry = buf_view(&out);
    set_centre(&k, properties, f);
    return 0;
}

static int read_features(const json_t *features, struct arena *a, struct problems *ps, struct geo_feature **out, size_t *n)
{
    size_t count = json_array_size(features);
    int64_t row = ps->row;
    int err = 0;
    *out = ARENA_ARRAY(a, struct geo_feature, count);
    for (size_t i = 0; i < count; i++) {
        ps->row = (int64_t)i + 1;
        if (read_feature(json_array_get(features, i), a, ps, &(*out)[i]))
            err = -ERR_BAD_GEOMETRY;
    }
    ps->row = row;
    *n = count;
    return err;
}

int geojson_read(struct str text, struct arena *a, struct problems *ps, struct geo_feature **out, size_t *n)
{
    *out = NULL;
    *n = 0;
    if (str_starts(text, S("\xEF\xBB\xBF")))
        text = str_sub(text, 3, text.n);
    json_t *root = json_read(text, ps);
    if (!root)
        return -ERR_BAD_JSON;
    const json_t *features = json_object_get(root, "features");
    int err;
    if (!str_is(json_text(json_object_get(root, "type")), "FeatureCollection") || !json_array_size(features))
        err = problems_detail(ps, ERR_BAD_GEOMETRY, "features", "not a FeatureCollection with features");
    else
        err = read_features(features, a, ps, out, n);
    json_decref(root);
    return err;
}
