/* Boundaries: GeoJSON FeatureCollection of Polygon and MultiPolygon (RFC 7946). */
#ifndef IO_TABLE_GEOJSON_H
#define IO_TABLE_GEOJSON_H

#include "base/arena.h"
#include "base/err.h"

struct geo_feature {
    struct str code;       /* properties.code or id */
    struct str name;       /* properties.name; absent when there is none */
    struct str geometry;   /* the geometry object as compact JSON, coordinates with 5 decimals at most */
    double lng, lat;       /* properties.centre, else the middle of the bounding box */
};

/* Reads a whole collection. 0, or -ERR_BAD_GEOMETRY / -ERR_BAD_JSON with problems that name the feature (row). Rings must be
 * closed, have at least 4 positions, and lie within longitude and latitude. */
int geojson_read(struct str text, struct arena *a, struct problems *ps, struct geo_feature **out, size_t *n);

#endif
