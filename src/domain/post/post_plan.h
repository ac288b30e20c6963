/* Inputs, handlers and reads of the post module; for post.c alone. */
#ifndef DOMAIN_POST_POST_PLAN_H
#define DOMAIN_POST_POST_PLAN_H

#include "core/command.h"

struct post_period_in { struct instant at; };

/* ---- pure (post_rules.c) ---- */
int post_check_code(struct str code);
bool post_period_holds(struct instant opened_at, struct instant closed_at, struct instant t);

int post_plan_create(struct ctx *ctx, void *in, struct changes *out);
int post_plan_open(struct ctx *ctx, void *in, struct changes *out);
int post_plan_close(struct ctx *ctx, void *in, struct changes *out);
int post_read_qr(struct ctx *ctx, struct str query, struct buf *out, const char **content_type);
int post_read_public(struct ctx *ctx, struct str query, struct buf *out, const char **content_type);

#endif
