/* Passages through a checkpoint: form F1, the proposed decision, hand-overs, travellers' own forms. */
#ifndef DOMAIN_PASSAGE_PASSAGE_H
#define DOMAIN_PASSAGE_PASSAGE_H

#include "core/command.h"
#include "domain/response/response.h"

struct passage {
    struct row row;              /* place_id: of the post */
    struct id post_id, flow_id, person_id; /* flow: one vehicle, however many people */
    struct code direction;       /* in, out */
    struct instant passed_at;
    struct digest doc_hash;      /* of the document, for "turned back at"; never given out */
    struct str plate;
    struct code plate_kind;      /* from the plate: standard, new_energy, none, other */
    struct code transport;       /* car, bus, truck, motorcycle, bicycle, foot, train */
    int64_t occupants;
    struct code seat;            /* driver, passenger */
    struct str from_division;
    struct instant left_at;
    struct list via;             /* the route of 14 days: codes or names of places */
    struct str to_division, to_address;
    struct str local_contact;
    struct sealed local_contact_phone;
    struct code purpose;
    struct tenths temp1, ambient, temp2;
    struct code device1, device2;
    struct list symptoms, history; /* history: listed_area, contact_case, contact_fever, cluster, clinic */
    struct code proposal;
    struct list why;             /* codes of passage_why */
    struct code decision;
    struct str reason;
    struct str handed_to;
    struct id handover_id;
    struct flag fever;
    struct id officer_id;
    struct str officer_card;
    struct flag proxy;           /* entered from paper or for somebody else */
    struct id declaration_id;
};

/* What is sent to register one passage: the passage's own fields and the person's identity, flat. */
struct passage_entry {
    struct id post_id, flow_id;
    struct code direction;
    struct instant passed_at;
    struct str name;
    struct code doc_type;
    struct str doc_no, no_doc_reason;
    struct code sex;             /* for documents that do not tell */
    struct date born_on;
    struct str phone, home_division;
    struct str plate;
    struct code plate_kind, transport;
    int64_t occupants;
    struct code seat;
    struct str from_division;
    struct instant left_at;
    struct list via;
    struct str to_division, to_address, local_contact, local_contact_phone;
    struct code purpose;
    struct tenths temp1, ambient, temp2;
    struct code device1, device2;
    struct list symptoms, history;
    struct code decision;
    struct str reason, handed_to;
    struct id handover_place_id;
    struct str officer_card;
    struct flag proxy;
    struct str declaration_code;
};

/* A hand-over that the receiver must acknowledge in time: the closed loop. */
struct handover {
    struct row row;              /* place_id: the receiver's place */
    struct id passage_id, from_post_id;
    struct code kind;            /* fever_clinic, community */
    struct str to_name;
    struct str name;             /* of the person */
    struct sealed phone;
    struct str to_address;
    struct tenths temp;
    struct instant sent_at, due_at, acknowledged_at;
    struct code state;           /* waiting, acknowledged */
    struct id acknowledged_by;
    struct str note;
};

/* A traveller's own form, found by post and short code; gone after a day. */
struct declaration {
    struct row row;              /* place_id: of the post */
    struct id post_id;
    struct digest code_hash;
    struct sealed content;       /* JSON of the answers */
    struct instant expires_at;
    struct flag used;
};

extern const struct entity passage_entity, handover_entity, declaration_entity;
extern const struct module passage_module;
extern const struct shape passage_entry_shape;

/* ---- pure (passage_rules.c) ---- */
enum decision { DECIDE_PASS, DECIDE_TURN_BACK, DECIDE_FEVER_CLINIC, DECIDE_COMMUNITY, DECIDE_HOLD, DECIDE_REMEASURE };
#define WHY_MAX 12
struct proposal {
    enum decision decision;
    const char *why[WHY_MAX];    /* codes of passage_why, weightiest first */
    size_t n_why;
    bool fever, remeasure;
};
/* Proposes from what is known; never decides. Source: Huangshan's rule [F2], domain §2.1 F1 and §2.2. */
void passage_propose(const struct profile *profile, const struct passage_entry *e, struct date today, bool turned_back_recently,
                     struct proposal *out);
const char *decision_code(enum decision d);
/* GA 36 and new-energy plates. 0 with *kind ("standard", "new_energy", "special"), or -ERR_BAD_PLATE. */
int plate_parse(struct str plate, const char **kind);
struct str plate_normal(struct str plate, struct arena *a); /* upper case; blanks, dots and hyphens away */

#endif
