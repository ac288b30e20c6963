/* Generated people and passages: for the demonstration city and for measurements. Seeded: the same each time. */
#ifndef APP_SYNTH_H
#define APP_SYNTH_H

#include "app/app.h"
#include "domain/passage/passage.h"

struct synth { uint64_t state; struct arena *arena; };

uint64_t synth_next(struct synth *s);
int64_t synth_below(struct synth *s, int64_t n);      /* 0 .. n-1 */
bool synth_chance(struct synth *s, int per_mille);
struct str synth_name(struct synth *s);
/* A number that passes GB 11643, of somebody born 1940-2012 in the division. */
struct str synth_id_card(struct synth *s, const char *division);
struct str synth_phone(struct synth *s);
struct str synth_plate(struct synth *s);
struct id synth_id(struct synth *s, struct instant when);

/* Draws the people of one vehicle (1-5) into `entries`; returns how many. to_division: where most of them go. */
size_t synth_flow(struct synth *s, struct id post_id, struct instant at, struct str to_division, struct passage_entry *entries);
/* Decides as proposed; readings that would have to be taken again are taken again. */
void synth_decide(const struct profile *profile, struct date today, struct passage_entry *e);

#endif
