/* Inputs that failed their checks: kept sealed, with all their problems, until a person corrects or discards them. */
#ifndef CORE_INBOX_H
#define CORE_INBOX_H

#include "core/command.h"

struct inbox {
    struct row row;            /* place_id: home place of the sender */
    struct str command;
    struct id command_id, target_id;
    struct code source;        /* batch, import */
    int64_t line;
    struct code state;         /* needs_correction, conflict, corrected, discarded */
    struct document problems;  /* JSON list; codes and field names, no values */
    struct sealed content;     /* the input as JSON */
    struct instant at_device;
    struct id actor_id;
    struct str note;           /* why it was discarded */
};

struct inbox_correct_in { struct document data; };

extern const struct entity inbox_entity;
extern const struct module inbox_module;

/* A row for the inbox; NULL when there is no place to keep it at. */
struct inbox *inbox_row(struct ctx *ctx, struct str command, struct str source, int64_t line, struct str content, struct arena *a);

#endif
