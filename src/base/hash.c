#include "base/hash.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Fetched once: EVP_sha256() looks the implementation up on every use, which costs more than the hash of a short
 * entry. Written by hash_setup before threads start, only read afterwards. */
static EVP_MD *sha256_method;

static void must(bool good, const char *what)
{
    if (good)
        return;
    log_error("%s failed", what);
    abort();
}

void hash_setup(void)
{
    must(sodium_init() >= 0, "sodium_init");
    if (!sha256_method)
        sha256_method = EVP_MD_fetch(NULL, "SHA256", NULL);
    must(sha256_method != NULL, "EVP_MD_fetch");
}

struct sha256 hash_sha256(const struct str *parts, size_t n)
{
    struct sha256 out;
    unsigned size = sizeof out.b;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    must(c && sha256_method && EVP_DigestInit_ex2(c, sha256_method, NULL), "EVP_DigestInit_ex2");
    for (size_t i = 0; i < n; i++)
        must(EVP_DigestUpdate(c, parts[i].p, parts[i].n), "EVP_DigestUpdate");
    must(EVP_DigestFinal_ex(c, out.b, &size), "EVP_DigestFinal_ex");
    EVP_MD_CTX_free(c);
    return out;
}

struct digest hash_keyed(const uint8_t key[32], struct str s)
{
    struct digest d = { .present = false };
    if (!s.p)
        return d;
    int bad = crypto_generichash(d.b, sizeof d.b, (const unsigned char *)s.p, s.n, key, 32);
    must(bad == 0, "crypto_generichash");
    d.present = true;
    return d;
}

/* ---- fast hash: multiply two 64-bit words to 128 bits and fold the halves, 16 bytes a round. Not against an
 * attacker who can choose keys; tables keyed by outside text must be bounded. */

__extension__ typedef unsigned __int128 u128;

static uint64_t fold(uint64_t a, uint64_t b)
{
    u128 r = (u128)a * b;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

static uint64_t word(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    memcpy(&v, p, n);
    return v;
}

/* Odd constants with half their bits set: fractional parts of the square roots of 2, 3 and 5. */
#define K0 UINT64_C(0x6A09E667F3BCC909)
#define K1 UINT64_C(0xBB67AE8584CAA73B)
#define K2 UINT64_C(0x3C6EF372FE94F82B)

uint64_t hash_fast(const void *data, size_t n)
{
    const unsigned char *p = data;
    uint64_t h = K0 ^ n;
    size_t left = n;
    for (; left > 16; left -= 16, p += 16)
        h = fold(word(p, 8) ^ K1, word(p + 8, 8) ^ h);
    uint64_t a = left > 8 ? word(p, 8) : left ? word(p, left) : 0;
    uint64_t b = left > 8 ? word(p + 8, left - 8) : 0;
    h = fold(a ^ K1, b ^ h);
    return fold(h ^ K2, K1);
}

bool hash_same(const void *a, const void *b, size_t n)
{
    const volatile unsigned char *x = a, *y = b;
    unsigned char differ = 0;
    for (size_t i = 0; i < n; i++)
        differ |= (unsigned char)(x[i] ^ y[i]);
    return differ == 0;
}

void hash_hex(const void *p, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *b = p;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[b[i] >> 4];
        out[2 * i + 1] = digits[b[i] & 15];
    }
    out[2 * n] = 0;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int hash_unhex(struct str s, void *out, size_t n)
{
    unsigned char *b = out;
    if (s.n != 2 * n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        int high = nibble(s.p[2 * i]), low = nibble(s.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return -1;
        b[i] = (unsigned char)(high << 4 | low);
    }
    return 0;
}
