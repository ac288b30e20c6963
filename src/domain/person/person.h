/* A traveller's identity; checks of Chinese identity numbers and phones. Document number and phone are sealed. */
#ifndef DOMAIN_PERSON_PERSON_H
#define DOMAIN_PERSON_PERSON_H

#include "core/command.h"

struct person {
    struct row row;             /* place_id: where first registered */
    struct str name;
    struct code doc_type;       /* id_card, passport, …, none */
    struct sealed doc_no;
    struct str no_doc_reason;
    struct code sex;            /* from the 17th digit for id cards */
    struct date born_on;
    struct sealed phone;
    struct str home_division;
    struct date seen_on;        /* day of the latest passage in this lane: the clock of retention */
};

extern const struct entity person_entity;
extern const struct module person_module;

/* ---- pure (person_rules.c) ---- */
struct identity { struct date born_on; bool male; char division[7]; };
/* GB 11643: 18 characters, weights and check character, a real date not after today and not over 120 years ago.
 * 0, or -ERR_BAD_DOC_NO. `today` absent skips the comparison with today. Source: domain §2.2 [V1]. */
int identity_parse(struct str number, struct date today, struct identity *out);
/* Form of a number for its document type; id_card as above. 0 or -ERR_BAD_DOC_NO. */
int person_check_document(struct str type, struct str number, struct date today);
int person_check_phone(struct str phone);   /* mobile, landline, +country; 0 or -ERR_BAD_PHONE */
int person_check_division(struct str code); /* 6, 9 or 12 digits; 0 or -ERR_BAD_DIVISION */
/* Upper case, without blanks; x -> X. */
struct str person_document_normal(struct str number, struct arena *a);

/* Sex and birth date as the number tells them, and the home division unless it is given, for documents whose number does; else p stays as it is. */
void person_from_number(struct person *p, struct date today);

/* ---- for plans of other modules ---- */
/* Finds the person of this document in a lane: 1 found, 0 not, negative. */
int person_by_document(struct ctx *ctx, int64_t lane, struct digest doc_hash, struct person *out);
void person_ahead(struct ctx *ctx, int64_t lane, struct digest doc_hash); /* it is going to be asked for */
/* Problems of an identity as given: document against type, reason for none, phone, division. doc_no in normal form. What
 * ps already says of a field is not said again. */
void person_check_given(struct problems *ps, struct date today, struct code doc_type, struct str doc_no, struct str no_doc_reason,
                        struct str phone, struct str home_division);

#endif
