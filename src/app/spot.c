/* Points within a boundary: draws in the bounding box until one is inside (even-odd rule over all rings). */
#include "app/spot.h"

#define TRIES 200

struct box { double west, south, east, north; };

static double number(const json_t *pair, size_t i) { return json_number_value(json_array_get(pair, i)); }

static void widen(struct box *b, const json_t *ring)
{
    for (size_t i = 0; i < json_array_size(ring); i++) {
        const json_t *p = json_array_get(ring, i);
        double x = number(p, 0), y = number(p, 1);
        b->west = x < b->west ? x : b->west;
        b->east = x > b->east ? x : b->east;
        b->south = y < b->south ? y : b->south;
        b->north = y > b->north ? y : b->north;
    }
}

static bool crosses(const json_t *ring, double x, double y)
{
    bool odd = false;
    size_t n = json_array_size(ring);
    for (size_t i = 0, j = n - 1; i < n; j = i++) {
        const json_t *a = json_array_get(ring, i), *b = json_array_get(ring, j);
        double ya = number(a, 1), yb = number(b, 1);
        if ((ya > y) != (yb > y) && x < (number(b, 0) - number(a, 0)) * (y - ya) / (yb - ya) + number(a, 0))
            odd = !odd;
    }
    return odd;
}

/* Calls for every ring of every polygon; a Polygon is a MultiPolygon of one. */
static bool inside(const json_t *polygons, bool one, double x, double y)
{
    bool odd = false;
    for (size_t p = 0; p < (one ? 1 : json_array_size(polygons)); p++) {
        const json_t *rings = one ? polygons : json_array_get(polygons, p);
        for (size_t r = 0; r < json_array_size(rings); r++)
            odd ^= crosses(json_array_get(rings, r), x, y);
    }
    return odd;
}

int spot_within(struct synth *s, struct str geometry, double *lng, double *lat)
{
    json_t *g = geometry.p ? json_loadb(geometry.p, geometry.n, 0, NULL) : NULL;
    const json_t *polygons = json_object_get(g, "coordinates");
    bool one = str_is(json_text(json_object_get(g, "type")), "Polygon"), found = false;
    struct box b = { 180, 90, -180, -90 };
    for (size_t p = 0; p < (one ? 1 : json_array_size(polygons)); p++)
        widen(&b, json_array_get(one ? polygons : json_array_get(polygons, p), 0));
    for (int i = 0; i < TRIES && !found && b.west < b.east; i++) {
        double x = b.west + (b.east - b.west) * (double)synth_below(s, 1000000) / 1e6;
        double y = b.south + (b.north - b.south) * (double)synth_below(s, 1000000) / 1e6;
        found = inside(polygons, one, x, y);
        *lng = found ? x : *lng;
        *lat = found ? y : *lat;
    }
    json_decref(g);
    return found ? 0 : -1;
}
