/* What is known of one passage before it is decided; for the files of the passage module alone. */
#ifndef DOMAIN_PASSAGE_PASSAGE_FACTS_H
#define DOMAIN_PASSAGE_PASSAGE_FACTS_H

#include "core/command.h"
#include "domain/passage/passage.h"
#include "domain/post/post.h"

/* Where and when a traveller or vehicle was turned back; nothing else of their history is ever looked up. */
struct turned { bool found; struct id post_id; struct str post_name; struct instant at; };

struct facts {
    struct post post;
    bool has_post, has_profile;
    struct profile profile;      /* in force at the post on the day of the passage */
    struct date day;
    int64_t lane;
    struct str plate, doc_no;    /* normal forms; absent when not given */
    struct code plate_kind;
    struct digest doc_hash;
    struct turned turned;
    struct proposal proposal;
};

/* Gathers them and proposes. `partial`: a form being filled in; what is missing or not yet right is left out instead of
 * reported. 0, or negative with all problems found. */
int facts_gather(struct ctx *ctx, const struct passage_entry *e, bool partial, struct facts *out);
/* What registering this passage is going to read: the passages of the same document and plate, the person. */
void facts_ahead(struct ctx *ctx, const void *in, struct ahead *ahead);
void turned_write(struct ctx *ctx, const struct turned *t, struct jw *w);
/* Adds the problem unless the field has it already. Returns -code. */
int problem_once(struct ctx *ctx, enum err code, const char *field);

/* The hand-over that a decision brings about, appended to the changes; NULL with a problem when the receiver is not told. */
struct handover *handover_open(struct ctx *ctx, const struct passage_entry *e, const struct facts *f, const struct passage *p,
                               struct changes *out);
/* Marks the traveller's own form as used. Its id, or absent when there is none (any more). */
struct id declaration_use(struct ctx *ctx, const struct facts *f, struct str code, struct changes *out);

#endif
