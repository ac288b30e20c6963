/* Checkpoints: where, of which kind and level, who is in charge, when open. Domain S12, S16, S19. */
#ifndef DOMAIN_POST_POST_H
#define DOMAIN_POST_POST_H

#include "core/command.h"

struct post {
    struct row row;             /* place_id: the place it stands in */
    struct str code;            /* short code on the poster, e.g. "HB03"; key */
    struct str name;
    struct code kind;           /* road, ramp, station, village, compound */
    struct code level;          /* city, county, township, village */
    struct str site, road;
    struct code direction;      /* in, out, both */
    struct str neighbour_division;
    struct degrees lng, lat;
    struct flag all_day;
    struct str owner, owner_phone, deputy, deputy_phone; /* 包保人 and deputy: no orphan point */
    struct instant opened_at, closed_at;                 /* of the current period */
};

struct post_period {
    struct row row;
    struct id post_id;
    struct instant opened_at, closed_at;
    struct str reason;
};

extern const struct entity post_entity, post_period_entity;
extern const struct module post_module;

/* The post of an id, if the actor holds the right where it stands (right NULL: anyone). Kept between requests: not for
 * changing. 0 or -ERR_NOT_FOUND. Texts live until the end of the request. */
int post_get(struct ctx *ctx, const char *right, struct id id, struct post *out);
/* By the code on the poster, whoever asks. 0 or -ERR_NOT_FOUND. */
int post_by_code(struct ctx *ctx, struct str code, struct post *out);
/* Was it open at the instant? From its current period; earlier periods are looked up. */
bool post_open_at(struct ctx *ctx, const struct post *p, struct instant t);

#endif
