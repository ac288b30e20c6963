/* A growing byte buffer. With an arena its memory belongs to the arena; without one, to the heap
 * (release with buf_free). */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"
#include "base/str.h"

struct buf {
    char *p;
    size_t n, cap;
    struct arena *arena; /* NULL: heap */
};

void buf_init(struct buf *b, struct arena *arena);
void buf_reserve(struct buf *b, size_t more);
void buf_put(struct buf *b, const void *p, size_t n);
void buf_char(struct buf *b, char c);
void buf_str(struct buf *b, struct str s);
void buf_cstr(struct buf *b, const char *s);
void buf_int(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str buf_view(const struct buf *b); /* slice over the content, valid until the next write */
void buf_clear(struct buf *b);
void buf_free(struct buf *b);

#endif
