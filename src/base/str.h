/* A string is a slice: a pointer and a length, never owned, not NUL-terminated unless said.
 * Text from outside is valid UTF-8 from the edge inwards (see utf8.h).
 * p == NULL means absent; p != NULL with n == 0 is the empty text. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct str {
    const char *p;
    size_t n;
};

/* A slice over a string literal. STR_INIT is for static tables. */
#define S(lit) ((struct str){ "" lit, sizeof(lit) - 1 })
#define STR_INIT(lit) { "" lit, sizeof(lit) - 1 }
#define STR_ABSENT ((struct str){ NULL, 0 })
/* For printf: "%.*s", STR_ARG(s) */
#define STR_ARG(s) (int)(s).n, (s).p

struct str str_of(const char *c);                       /* slice over a C string; absent for NULL */
bool str_eq(struct str a, struct str b);                /* absent equals only absent */
bool str_is(struct str a, const char *c);
int str_cmp(struct str a, struct str b);                /* bytewise, shorter first; absent before all */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_trim(struct str s);                      /* without ASCII blanks and U+3000 at both ends */
struct str str_sub(struct str s, size_t from, size_t n); /* clamps to the string */
/* Cuts s at the first `c`: returns what stands before it and leaves the rest in *s (absent at the end). */
struct str str_cut(struct str *s, char c);
bool str_find(struct str s, struct str what, size_t *at);
/* Copies live in the arena. str_c gives a NUL-terminated copy. */
struct str str_dup(struct arena *a, struct str s);
char *str_c(struct arena *a, struct str s);
struct str str_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str str_upper(struct arena *a, struct str s);    /* ASCII letters only */
/* Decimal integer, optional '-', nothing else around it. 0, or -1 when it is not one or overflows. */
int str_to_i64(struct str s, int64_t *out);
/* Decimal number with at most `places` digits after the point, scaled by 10^places ("37.3",1 -> 373).
 * 0, -1 not a number, -2 more places than allowed. */
int str_to_scaled(struct str s, int places, int64_t *out);

#endif
