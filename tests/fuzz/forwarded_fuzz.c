/* What proxies send, and their names on the command line: nobody becomes trusted by what he writes. Input: the list of
 * proxies, a line end, X-Forwarded-For. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "io/http/http.h"

#define HOLDS(c) do { if (!(c)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void address_goes_round(struct str s, struct arena *a)
{
    struct http_address x, y;
    if (http_address_parse(s, &x))
        return;
    struct str text = http_address_text(&x, a);
    HOLDS(http_address_parse(text, &y) == 0 && memcmp(&x, &y, sizeof x) == 0);
    HOLDS(str_eq(http_address_net(text, 32, 128, a), str_fmt(a, "%.*s/%d", STR_ARG(text), memchr(text.p, ':', text.n) ? 128 : 32)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct http_net nets[HTTP_NETS_MAX];
    struct str wrong = STR_ABSENT;
    arena_init(&a, 4096);
    struct str header = str_dup(&a, (struct str){ size ? (const char *)data : "", size });
    struct str list = str_cut(&header, '\n');
    address_goes_round(list, &a);
    int n = http_nets_parse(list, nets, &wrong);
    HOLDS(n >= -1 && n <= HTTP_NETS_MAX);
    if (n < 0)
        HOLDS(wrong.p && wrong.n <= list.n);
    for (int i = 0; i < n; i++)
        HOLDS(nets[i].bits >= 1 && nets[i].bits <= 128 && http_nets_have(nets, (size_t)n, &nets[i].address));
    struct http_address stranger, peer = n > 0 ? nets[0].address : (struct http_address){ 0 };
    HOLDS(http_address_parse(S("203.0.113.9"), &stranger) == 0);
    size_t known = n > 0 ? (size_t)n : 0;
    /* A stranger's word changes nothing. */
    struct http_address c = http_forwarded_for(header, nets, known, stranger);
    if (!http_nets_have(nets, known, &stranger))
        HOLDS(memcmp(&c, &stranger, sizeof c) == 0);
    /* A client behind a proxy cannot write itself away: what the proxy appends counts. */
    if (known && !http_nets_have(nets, known, &stranger)) {
        c = http_forwarded_for(str_fmt(&a, "%.*s, 203.0.113.9", STR_ARG(header)), nets, known, peer);
        HOLDS(memcmp(&c, &stranger, sizeof c) == 0);
    }
    struct str last = http_forwarded_last(header);
    HOLDS(last.n <= header.n && (!last.n || !memchr(last.p, ',', last.n)));
    HOLDS(!http_host_valid(last) || utf8_valid(last));
    address_goes_round(last, &a);
    arena_free(&a);
    return 0;
}
