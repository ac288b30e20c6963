/* UTF-8 at the edge. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

bool utf8_valid(struct str s);        /* RFC 3629: no surrogates, no overlong forms, <= U+10FFFF */
size_t utf8_length(struct str s);     /* code points of valid text */
/* Next code point of valid text at *at, advances *at; 0xFFFFFFFF at the end. */
uint32_t utf8_next(struct str s, size_t *at);
struct str utf8_head(struct str s, size_t points); /* the first `points` code points */
bool utf8_has_control(struct str s);  /* C0 controls other than tab, newline, return; DEL; U+0080-9F; bidi overrides */

#endif
