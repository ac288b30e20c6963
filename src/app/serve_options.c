/* The options of `serve`: read and checked before the store is touched. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/cli.h"
#include "base/log.h"

#define DRAIN_S_MAX 600
#define HSTS_DAYS_MAX 730

static int read_tls(struct options *o, struct serve_options *out)
{
    char why[HTTP_WHY];
    const char *cert = cli_option(o, "--tls-cert"), *key = cli_option(o, "--tls-key");
    if (!cert && !key)
        return 0;
    if (!cert || !key) {
        fprintf(stderr, "redoubt: --tls-cert 和 --tls-key 须同时给出 · --tls-cert and --tls-key go together\n");
        return 2;
    }
    out->tls = http_tls_open(cert, key, why);
    if (!out->tls)
        fprintf(stderr, "redoubt: %s\n", why);
    else if (http_tls_expires_ms(out->tls) < clock_wall().ms)
        log_warn("证书已过期 · the certificate has expired: %s", cert);
    return out->tls ? 0 : 2;
}

static int read_proxies(struct options *o, struct serve_options *out)
{
    const char *list = cli_option(o, "--proxy");
    struct str wrong;
    int n = list ? http_nets_parse(str_of(list), out->proxies, &wrong) : 0;
    if (n < 0) {
        fprintf(stderr, "redoubt: --proxy 须为地址或网段,以逗号分隔,至多 %d 个 · addresses or nets with commas between, at most %d"
                        " (127.0.0.1,10.1.0.0/16): %.*s\n", HTTP_NETS_MAX, HTTP_NETS_MAX, STR_ARG(wrong));
        return 2;
    }
    out->n_proxies = (size_t)n;
    return 0;
}

static int read_number(struct options *o, const char *name, int max, int *out)
{
    const char *text = cli_option(o, name);
    int64_t n = 0;
    if (text && (str_to_i64(str_of(text), &n) || n < 0 || n > max)) {
        fprintf(stderr, "redoubt: %s 须为 0-%d 的整数 · must be a whole number 0-%d: %s\n", name, max, max, text);
        return 2;
    }
    *out = (int)n;
    return 0;
}

static int read_log(struct options *o, struct serve_options *out)
{
    out->log = cli_option(o, "--log");
    if (!out->log || log_open(out->log) == 0)
        return 0;
    fprintf(stderr, "redoubt: 无法写日志文件 · cannot write the log file %s: %s\n", out->log, strerror(errno));
    return 2;
}

static int check_hsts(const struct serve_options *so)
{
    if (!so->hsts_days || so->tls || so->n_proxies)
        return 0;
    fprintf(stderr, "redoubt: --hsts 只能与 --tls-cert 或 --proxy 一起用 · --hsts needs --tls-cert or --proxy\n");
    return 2;
}

int serve_options_read(struct options *o, struct serve_options *out)
{
    memset(out, 0, sizeof *out);
    out->quiet = cli_flag(o, "--quiet");
    if (read_proxies(o, out) || read_number(o, "--drain", DRAIN_S_MAX, &out->drain_s)
        || read_number(o, "--hsts", HSTS_DAYS_MAX, &out->hsts_days) || read_tls(o, out) || check_hsts(out) || read_log(o, out)) {
        serve_options_close(out);
        return 2;
    }
    return 0;
}

void serve_options_close(struct serve_options *so)
{
    http_tls_close(so->tls);
    so->tls = NULL;
}
