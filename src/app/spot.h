/* Points within a boundary, for checkpoints of the demonstration city whose real coordinates are not published. */
#ifndef APP_SPOT_H
#define APP_SPOT_H

#include "app/synth.h"

/* Draws a point inside a GeoJSON Polygon or MultiPolygon. 0, or -1 when the text is none (the point is left as it was). */
int spot_within(struct synth *s, struct str geometry, double *lng, double *lat);

#endif
