/* Digests. SHA-256 for the journal's chain; keyed BLAKE2b-128 to find sealed values; a fast
 * non-cryptographic hash for tables in memory. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

struct sha256 { uint8_t b[32]; };
struct digest { uint8_t b[16]; bool present; };

void hash_setup(void);                                   /* once, before threads start */
struct sha256 hash_sha256(const struct str *parts, size_t n); /* of the concatenation */
struct digest hash_keyed(const uint8_t key[32], struct str s);
uint64_t hash_fast(const void *p, size_t n);
bool hash_same(const void *a, const void *b, size_t n);  /* constant time */
void hash_hex(const void *p, size_t n, char *out);       /* 2n characters and NUL */
int hash_unhex(struct str s, void *out, size_t n);       /* 0 or -1 */

#endif
