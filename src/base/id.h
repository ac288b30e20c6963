/* Ids are made by whoever makes the record, also offline: UUID version 8 (RFC 9562), 48 bits of Unix
 * milliseconds, 12 bits of lane, the rest random. Ordered by time, so inserts stay local. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/str.h"
#include "base/time.h"

struct id { uint8_t b[16]; };

#define ID_TEXT 37 /* with NUL */
#define ID_ABSENT ((struct id){ { 0 } })

struct id id_make(struct instant now, int lane, const uint8_t random[8]);
struct id id_new(struct instant now, int lane);   /* random from the system */
bool id_absent(struct id a);
bool id_eq(struct id a, struct id b);
int id_cmp(struct id a, struct id b);
/* Any UUID text of 36 characters, either case; the nil UUID is refused. 0 or -1. */
int id_parse(struct str s, struct id *out);
size_t id_format(struct id a, char out[ID_TEXT]);
struct instant id_time(struct id a);
int id_lane(struct id a); /* as its maker knew it; 0 when it did not */

#endif
