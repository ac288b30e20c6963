/* Whom a request came from when it came through a proxy. Only what a named proxy says is believed: anybody can send
 * X-Forwarded-For. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "io/http/http.h"

static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF }; /* ::ffff:0:0/96, IPv4 among IPv6. RFC 4291, 2.5.5.2 */

static bool is_v4(const struct http_address *a)
{
    return memcmp(a->b, mapped, sizeof mapped) == 0;
}

void http_address_v4(const void *four_bytes, struct http_address *out)
{
    memcpy(out->b, mapped, sizeof mapped);
    memcpy(out->b + sizeof mapped, four_bytes, 4);
}

static int parse_bare(struct str s, struct http_address *out)
{
    char text[INET6_ADDRSTRLEN];
    if (!s.n || s.n >= sizeof text || memchr(s.p, 0, s.n))
        return -1;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    if (inet_pton(AF_INET6, text, out->b) == 1)
        return 0;
    memcpy(out->b, mapped, sizeof mapped);
    return inet_pton(AF_INET, text, out->b + sizeof mapped) == 1 ? 0 : -1;
}

static bool is_port(struct str s)
{
    int64_t port;
    return s.n && s.n <= 5 && s.p[0] != '-' && str_to_i64(s, &port) == 0 && port <= 65535;
}

/* Some proxies add the port: "192.0.2.1:4711", "[2001:db8::1]:4711". */
int http_address_parse(struct str s, struct http_address *out)
{
    size_t at;
    s = str_trim(s);
    if (str_starts(s, S("["))) {
        if (!str_find(s, S("]"), &at))
            return -1;
        struct str after = str_sub(s, at + 1, s.n);
        if (after.n && !(after.p[0] == ':' && is_port(str_sub(after, 1, after.n))))
            return -1;
        return parse_bare(str_sub(s, 1, at - 1), out);
    }
    struct str rest = s, host = str_cut(&rest, ':');
    if (rest.p && is_port(rest) && str_find(host, S("."), &at))
        return parse_bare(host, out);
    return parse_bare(s, out);
}

struct str http_address_text(const struct http_address *a, struct arena *arena)
{
    char text[INET6_ADDRSTRLEN];
    if (is_v4(a))
        inet_ntop(AF_INET, a->b + sizeof mapped, text, sizeof text);
    else
        inet_ntop(AF_INET6, a->b, text, sizeof text);
    return str_dup(arena, str_of(text));
}

static void keep_bits(struct http_address *a, int bits)
{
    for (int i = 0; i < 16; i++, bits -= 8)
        if (bits < 8)
            a->b[i] &= (unsigned char)(bits <= 0 ? 0 : 0xFF << (8 - bits));
}

struct str http_address_net(struct str address, int v4_bits, int v6_bits, struct arena *arena)
{
    struct http_address a;
    if (http_address_parse(address, &a))
        return address; /* "local" */
    int bits = is_v4(&a) ? v4_bits : v6_bits;
    keep_bits(&a, is_v4(&a) ? 96 + bits : bits);
    return str_fmt(arena, "%.*s/%d", STR_ARG(http_address_text(&a, arena)), bits);
}

/* ---- named proxies */

static int parse_net(struct str s, struct http_net *out)
{
    int64_t bits;
    struct http_address all;
    struct str rest = s, address = str_cut(&rest, '/');
    if (parse_bare(address, &out->address))
        return -1;
    int whole = is_v4(&out->address) && !memchr(address.p, ':', address.n) ? 32 : 128;
    if (!rest.p)
        bits = whole;
    else if (!rest.n || rest.n > 3 || rest.p[0] == '-' || str_to_i64(rest, &bits) || bits < 1 || bits > whole)
        return -1; /* of 0 bits everybody would be a proxy */
    out->bits = (int)bits + 128 - whole;
    all = out->address;
    keep_bits(&all, out->bits);
    return memcmp(all.b, out->address.b, sizeof all.b) ? -1 : 0; /* 10.1.2.3/8: which of the two was meant? */
}

int http_nets_parse(struct str list, struct http_net out[HTTP_NETS_MAX], struct str *wrong)
{
    int n = 0;
    while (list.p) {
        struct str one = str_trim(str_cut(&list, ','));
        *wrong = one;
        if (n == HTTP_NETS_MAX || parse_net(one, &out[n]))
            return -1;
        n++;
    }
    return n;
}

bool http_nets_have(const struct http_net *nets, size_t n, const struct http_address *a)
{
    for (size_t i = 0; i < n; i++) {
        struct http_address masked = *a;
        keep_bits(&masked, nets[i].bits);
        if (memcmp(masked.b, nets[i].address.b, sizeof masked.b) == 0)
            return true;
    }
    return false;
}

/* ---- what they say */

struct str http_forwarded_last(struct str header)
{
    size_t from = header.n;
    while (from && header.p[from - 1] != ',')
        from--;
    return str_trim(str_sub(header, from, header.n));
}

struct http_address http_forwarded_for(struct str header, const struct http_net *nets, size_t n, struct http_address peer)
{
    struct http_address said;
    while (header.n && http_nets_have(nets, n, &peer)) {
        size_t from = header.n;
        while (from && header.p[from - 1] != ',')
            from--;
        if (http_address_parse(str_sub(header, from, header.n), &said))
            break; /* "unknown": the last that is known counts */
        peer = said;
        header.n = from ? from - 1 : 0;
    }
    return peer;
}

/* What a Host may be made of (RFC 3986, 3.2.2, without the rarely used): it goes into addresses and QR codes. */
bool http_host_valid(struct str host)
{
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (!c || !strchr(".-_:[]", c)))
            return false;
    }
    return host.n > 0 && host.n <= 255;
}
