/* Backups: files of SQLite's format, whatever engine the store is on. A full one is a store of its own, an increment holds
 * the journal's entries after an earlier backup. Neither holds a key. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/copy.h"

struct backup_file {
    const char *path;
    struct db *db;              /* a reader */
    bool increment;
    int version;                /* of its tables */
    struct heads from, to;      /* from: of an increment */
    struct moment moment;
};
/* Opens a backup and looks whether it is one. 0, or negative with a line that names the file. Release with backup_close. */
int backup_open(const char *path, struct backup_file *b, char why[WHY]);
void backup_close(struct backup_file *b);
/* Is the file whole? Reads all of it. */
int backup_whole(struct backup_file *b, char why[WHY]);
/* Does an increment follow these heads? 0, or negative with a line that names the file. */
int backup_follows(const struct backup_file *b, const struct heads *h, char why[WHY]);
/* Is the table as it was when the backup was made? sum: of its rows now. True also where the backup does not say. */
bool backup_sum_is(struct backup_file *b, struct str table, const struct table_sum *sum);

/* Makes a backup of c->from (c's entities, progress and arena are used): under another name, then renamed; nothing is left
 * when it fails. earlier: only what came after it; NULL: everything. 0 with *b open for what it holds, or negative with a
 * line. */
int backup_make(struct copy *c, const char *path, const char *earlier, struct backup_file *b, char why[WHY]);

/* The last step of a file that is written under another name: whole on the disk, one file, not over another's. */
int file_finish(const char *temporary, const char *path, char why[WHY]);
void file_drop(const char *temporary);

#endif
