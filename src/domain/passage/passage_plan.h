/* Inputs, handlers and reads of the passage module; for passage.c alone. */
#ifndef DOMAIN_PASSAGE_PASSAGE_PLAN_H
#define DOMAIN_PASSAGE_PASSAGE_PLAN_H

#include "core/command.h"

struct passage_entry;

struct handover_in { struct str note; };
struct declaration_in {
    struct str post_code;
    struct str name;
    struct code doc_type;
    struct str doc_no, no_doc_reason;
    struct code sex;            /* for documents that do not tell */
    struct date born_on;
    struct str phone, home_division, plate;
    struct code transport;
    struct str from_division;
    struct list via;
    struct str to_division, to_address, local_contact, local_contact_phone;
    struct code purpose;
    struct list symptoms, history;
    struct flag notice_read;
};
struct declaration_find_in { struct id post_id; struct str code; };
struct fold_in { struct date before; };

extern const struct shape declaration_shape; /* of struct declaration_in */

int passage_check_plate(struct str plate);
/* What the fields of a whole entry say together: document and plate. Pure. */
void passage_entry_check(const struct check_env *env, const void *entry);
/* The plate of an entry in normal form with its kind. 0, or -ERR_BAD_PLATE, -ERR_REQUIRED. Pure. */
int passage_plate(const struct passage_entry *e, struct arena *a, struct str *plate, struct code *kind);
int passage_plan_register(struct ctx *ctx, void *in, struct changes *out);
int passage_plan_propose(struct ctx *ctx, void *in, struct changes *out);
int passage_plan_fold(struct ctx *ctx, void *in, struct changes *out);
int handover_plan_acknowledge(struct ctx *ctx, void *in, struct changes *out);
int handover_plan_reveal(struct ctx *ctx, void *in, struct changes *out);
int declaration_plan_create(struct ctx *ctx, void *in, struct changes *out);
int declaration_plan_find(struct ctx *ctx, void *in, struct changes *out);
int passage_read_live(struct ctx *ctx, struct str query, struct buf *out, const char **content_type);
void handover_derive(const void *before, const void *after, struct tally_sink *sink);
void passage_derive(const void *before, const void *after, struct tally_sink *sink);

#endif
