/* src/io/http/forward.c: named proxies, and whom they name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "io/http/http.h"

static struct arena a;

static int begin(void **state)
{
    (void)state;
    arena_init(&a, 4096);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&a);
    return 0;
}

/* The address as text, or "-" for none. */
static const char *address(const char *text)
{
    struct http_address x;
    return http_address_parse(str_of(text), &x) ? "-" : str_c(&a, http_address_text(&x, &a));
}

static void addresses_with_and_without_ports(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "192.0.2.1", "192.0.2.1" }, { " 192.0.2.1 ", "192.0.2.1" }, { "192.0.2.1:4711", "192.0.2.1" },
        { "2001:DB8::1", "2001:db8::1" }, { "[2001:db8::1]", "2001:db8::1" }, { "[2001:db8::1]:443", "2001:db8::1" },
        { "::ffff:192.0.2.1", "192.0.2.1" }, { "[::ffff:192.0.2.1]:1", "192.0.2.1" }, { "::1", "::1" },
        { "", "-" }, { "unknown", "-" }, { "_hidden", "-" }, { "192.0.2", "-" }, { "192.0.2.256", "-" }, { "192.0.2.1:", "-" },
        { "192.0.2.1:65536", "-" }, { "192.0.2.1:-1", "-" }, { "192.0.2.1:x", "-" }, { "192.0.2.1/24", "-" }, { "[2001:db8::1", "-" },
        { "[2001:db8::1]x", "-" }, { "[2001:db8::1]:", "-" }, { "[]", "-" }, { "fe80::1%eth0", "-" }, { "0300.0.2.1", "-" },
        { "1:2", "-" }, { "2001:db8::12345", "-" }, { "192.0.2.1, 192.0.2.2", "-" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(address(cases[i][0]), cases[i][1]) != 0)
            fail_msg("%s: %s", cases[i][0], address(cases[i][0]));
    struct http_address x;
    assert_int_equal(http_address_parse((struct str){ "127.0.0.1\0x", 11 }, &x), -1);
}

static void nets_are_checked(void **state)
{
    (void)state;
    struct http_net nets[HTTP_NETS_MAX];
    struct str wrong;
    assert_int_equal(http_nets_parse(S("127.0.0.1, 10.1.0.0/16,2001:db8::/32,::1"), nets, &wrong), 4);
    assert_int_equal(nets[0].bits, 128);
    assert_int_equal(nets[1].bits, 112);
    assert_int_equal(nets[2].bits, 32);
    static const struct { const char *list, *wrong; } bad[] = {
        { "", "" }, { "127.0.0.1,", "" }, { "127.0.0.1,,::1", "" }, { "proxy.example", "proxy.example" }, { "10.0.0.1/8", "10.0.0.1/8" },
        { "10.0.0.0/33", "10.0.0.0/33" }, { "0.0.0.0/0", "0.0.0.0/0" }, { "::/0", "::/0" }, { "10.0.0.0/", "10.0.0.0/" },
        { "10.0.0.0/-8", "10.0.0.0/-8" }, { "10.0.0.0/8x", "10.0.0.0/8x" }, { "2001:db8::/129", "2001:db8::/129" },
        { "10.0.0.1:80", "10.0.0.1:80" }, { "2001:db8::1/64", "2001:db8::1/64" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int n = http_nets_parse(str_of(bad[i].list), nets, &wrong);
        if (n != -1 || !str_is(wrong, bad[i].wrong))
            fail_msg("%s: %d %.*s", bad[i].list, n, STR_ARG(wrong));
    }
    struct buf many;
    buf_init(&many, &a);
    for (int i = 0; i <= HTTP_NETS_MAX; i++)
        buf_printf(&many, "%s10.0.0.%d", i ? "," : "", i);
    assert_int_equal(http_nets_parse(buf_view(&many), nets, &wrong), -1);
    assert_true(str_is(wrong, "10.0.0.32"));
}

/* Who asks, when `peer` sends this header and 127.0.0.1 and 10.1.0.0/16 are named. */
static const char *client(const char *peer, const char *header)
{
    struct http_net nets[HTTP_NETS_MAX];
    struct http_address p;
    struct str wrong;
    int n = http_nets_parse(S("127.0.0.1,10.1.0.0/16,2001:db8:1::/48"), nets, &wrong);
    assert_int_equal(n, 3);
    assert_int_equal(http_address_parse(str_of(peer), &p), 0);
    struct http_address c = http_forwarded_for(str_of(header), nets, (size_t)n, p);
    return str_c(&a, http_address_text(&c, &a));
}

static void the_right_most_stranger_counts(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        { "203.0.113.9", "198.51.100.1", "203.0.113.9" },                  /* not a proxy: not believed */
        { "127.0.0.1", "", "127.0.0.1" },
        { "127.0.0.1", "198.51.100.1", "198.51.100.1" },
        { "127.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1" },          /* what the client invented stands left */
        { "127.0.0.1", "127.0.0.1, 198.51.100.1", "198.51.100.1" },
        { "127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1" },         /* two proxies */
        { "127.0.0.1", "198.51.100.1,10.1.2.3,10.1.255.255", "198.51.100.1" },
        { "127.0.0.1", "198.51.100.1, 10.2.0.1", "10.2.0.1" },             /* outside the named net */
        { "127.0.0.1", "10.1.0.1, 10.1.0.2", "10.1.0.1" },                 /* nobody but proxies: the furthest */
        { "127.0.0.1", "198.51.100.1, unknown", "127.0.0.1" },             /* a proxy that hides whom it serves */
        { "127.0.0.1", "unknown, 10.1.0.2", "10.1.0.2" },
        { "127.0.0.1", "198.51.100.1,", "127.0.0.1" },
        { "127.0.0.1", ",198.51.100.1", "198.51.100.1" },
        { "127.0.0.1", "198.51.100.1:5555", "198.51.100.1" },
        { "2001:db8:1::5", "2001:db8:2::7, [2001:db8:1::6]:80", "2001:db8:2::7" },
        { "127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1" },
        { "::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(client(cases[i][0], cases[i][1]), cases[i][2]) != 0)
            fail_msg("%s said %s: %s", cases[i][0], cases[i][1], client(cases[i][0], cases[i][1]));
}

static const char *net(const char *address_text)
{
    return str_c(&a, http_address_net(str_of(address_text), 24, 48, &a));
}

static void nets_for_logs(void **state)
{
    (void)state;
    assert_string_equal(net("203.0.113.77"), "203.0.113.0/24");
    assert_string_equal(net("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
    assert_string_equal(net("local"), "local");
    assert_string_equal(str_c(&a, http_address_net(S("203.0.113.77"), 32, 64, &a)), "203.0.113.77/32");
    assert_string_equal(str_c(&a, http_address_net(S("203.0.113.77"), 20, 64, &a)), "203.0.112.0/20");
}

static void hosts_and_last_words(void **state)
{
    (void)state;
    assert_true(http_host_valid(S("redoubt.example:8443")) && http_host_valid(S("[::1]:80")));
    assert_false(http_host_valid(S("")) || http_host_valid(STR_ABSENT) || http_host_valid(S("a/b")) || http_host_valid(S("a b"))
                 || http_host_valid(S("a@b")) || http_host_valid((struct str){ "a\0b", 3 }) || http_host_valid(S("城")));
    assert_true(str_is(http_forwarded_last(S("https")), "https") && str_is(http_forwarded_last(S("https , http ")), "http"));
    assert_true(str_is(http_forwarded_last(S("https,")), ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(addresses_with_and_without_ports, begin, end),
        cmocka_unit_test_setup_teardown(nets_are_checked, begin, end),
        cmocka_unit_test_setup_teardown(the_right_most_stranger_counts, begin, end),
        cmocka_unit_test_setup_teardown(nets_for_logs, begin, end),
        cmocka_unit_test_setup_teardown(hosts_and_last_words, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
