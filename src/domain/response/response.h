/* The outbreak, response levels, the disease profile with a source for each number, listed areas. Domain S6, S18. */
#ifndef DOMAIN_RESPONSE_RESPONSE_H
#define DOMAIN_RESPONSE_RESPONSE_H

#include "core/command.h"

struct response {
    struct row row;             /* place_id: the area that responds */
    struct str name, pathogen;
    struct date started_on, ended_on;
};

struct response_level {         /* dated history: the latest from_on not after a day is in force */
    struct row row;             /* place_id: the area */
    struct id response_id;
    struct code level;          /* I II III IV lifted */
    struct date from_on;
    struct str legal_basis, order_no, issuer;
};

struct profile_number {         /* one number of the disease profile */
    struct row row;
    struct id response_id;
    struct code name;           /* code list profile_number: fever_threshold, … */
    struct tenths value;
    struct str source;
    struct date from_on;
};

struct listed_area {
    struct row row;
    struct id response_id;
    struct str division;        /* code, matched by prefix: 420000 is all of Hubei */
    struct str name;            /* matched in free text */
    struct code kind;           /* listed (observe 14 days), other */
    struct date from_on, to_on;
    struct str source;
};

/* The profile in force at a place on a day, gathered for pure rules. Values as stored (tenths). */
struct listed { struct str division, name; struct code kind; struct date from_on, to_on; };
struct profile {
    struct id response_id;      /* absent: no response */
    struct str name;            /* of the outbreak */
    struct code level;          /* in force; absent before the first */
    struct date level_from;
    struct tenths fever_threshold, valid_low, valid_high, low_reading, cold_ambient;
    int64_t handover_minutes, turned_back_hours, rest_minutes, readings_a_day, retention_days;
    int64_t observation_days, observation_days_other; /* from listed areas, from areas of kind other */
    struct str area;            /* code of the place that responds: destinations below it are local */
    int offset_min;             /* its time zone */
    struct listed *listed;
    size_t n_listed;
};

extern const struct entity response_entity, response_level_entity, profile_number_entity, listed_area_entity;
extern const struct module response_module;

/* Loads the profile for the response whose area holds the place, in force on `day`. 0 or -ERR_NO_RESPONSE. */
int response_profile(struct ctx *ctx, struct id place_id, struct date day, struct profile *out);

#endif
