/* From backups to a store: a full backup into an empty target of either engine, then increments through the journal. */
#ifndef STORE_RESTORE_H
#define STORE_RESTORE_H

#include "store/backup.h"

struct restore {
    struct copy copy;               /* entities, mode, progress, arena are given; the rest is the restore's own */
    const char *const *files;       /* a full backup, then increments in order */
    size_t n_files;
    const char *to;                 /* address of the target */
    const char *folder;             /* of its key and lock */
    int offset_min;
    /* out */
    struct moment moment;
    int64_t replayed;               /* entries of increments */
    bool keyless;                   /* there is no key file in the folder */
};
/* 0, or negative with a line; then nothing half-made is left: a file is not there, a database is empty again (or, when it
 * could not be reached any more, marked, and refused to servers). */
int store_restore(struct restore *r, char why[WHY]);

#endif
