/* Tables as text: UTF-8 (with or without byte order mark), UTF-16 with one, GB18030; separators , ; or tab;
 * quoted cells with line ends and doubled quotes; CRLF or LF. Streams: memory is one record. */
#ifndef IO_TABLE_CSV_H
#define IO_TABLE_CSV_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* Gives up to n bytes into p; 0 at the end; negative on a read error. */
struct csv_source {
    int64_t (*read)(void *arg, char *p, size_t n);
    void *arg;
};

struct csv_source csv_from_fd(int *fd);
struct csv_source csv_from_str(struct str *rest); /* consumes *rest */

struct csv;
/* Looks at the first 64 KiB to tell encoding and separator. Never NULL; release with csv_close. */
struct csv *csv_open(struct csv_source source);
void csv_close(struct csv *c);
const char *csv_encoding(const struct csv *c); /* "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE" */
char csv_separator(const struct csv *c);

enum csv_result { CSV_END, CSV_RECORD, CSV_BAD };
/* The next record that is not blank (some cell holds more than blanks). Cells live in the arena and are valid UTF-8.
 * CSV_BAD: this record could not be read (*why is an enum err: bad_utf8, too_large > 1 MiB, too_many > 512 cells,
 * internal: the source failed, what follows is missing); the next call goes on behind it. */
enum csv_result csv_next(struct csv *c, struct arena *a, struct str **cells, size_t *n, int *why);
int64_t csv_line(const struct csv *c); /* 1-based line on which the last record began */

/* Writing: RFC 4180, CRLF, quotes only where needed. A cell that a spreadsheet would take for a formula
 * (= + - @ tab return at the start, unless it is a plain number or a +phone) gets a leading apostrophe, which csv_next takes away
 * again only through csv_unguard. */
void csv_put_cell(struct buf *out, struct str cell, bool first);
void csv_end_record(struct buf *out);
struct str csv_unguard(struct str cell);
#define CSV_BOM "\xEF\xBB\xBF"

#endif
