/* Prometheus text: what an operator watches. No personal values, no identifiers. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"

static void gauge(struct buf *out, const char *name, const char *help, int64_t v)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %lld\n", name, help, name, name, (long long)v);
}

static int64_t resident_kib(void)
{
    char line[256];
    long long kib = 0;
    FILE *f = fopen("/proc/self/status", "re");
    while (f && fgets(line, sizeof(line), f))
        if (strncmp(line, "VmRSS:", 6) == 0)
            sscanf(line + 6, "%lld", &kib);
    if (f)
        fclose(f);
    return kib;
}

void metrics_write(struct app *app, struct buf *out)
{
    static const char *const classes[] = { "gone", "1xx", "2xx", "3xx", "4xx", "5xx" };
    const struct app_metrics *m = &app->metrics;
    buf_cstr(out, "# HELP redoubt_requests_total Requests by status class.\n# TYPE redoubt_requests_total counter\n");
    for (int i = 0; i < 6; i++)
        buf_printf(out, "redoubt_requests_total{class=\"%s\"} %lld\n", classes[i], (long long)atomic_load(&m->requests[i]));
    buf_printf(out, "# HELP redoubt_request_seconds_total Time spent in requests.\n# TYPE redoubt_request_seconds_total counter\n"
                    "redoubt_request_seconds_total %.6f\n", (double)atomic_load(&m->us_total) / 1e6);
    buf_printf(out, "# HELP redoubt_commands_total Commands answered.\n# TYPE redoubt_commands_total counter\nredoubt_commands_total %lld\n",
               (long long)atomic_load(&m->commands));
    buf_printf(out, "# HELP redoubt_held_total Inputs kept in the inbox.\n# TYPE redoubt_held_total counter\nredoubt_held_total %lld\n",
               (long long)atomic_load(&m->held));
    gauge(out, "redoubt_writer_queue", "Commands waiting for the writer.", (int64_t)writer_queued(app->store));
    gauge(out, "redoubt_live_streams", "Open live screens.", (int64_t)hub_streams(app->hub));
    gauge(out, "redoubt_resident_bytes", "Resident memory.", resident_kib() * 1024);
    if (app->serve->tls)
        gauge(out, "redoubt_certificate_expires_timestamp_seconds", "End of the certificate's validity, Unix time.", http_tls_expires_ms(app->serve->tls) / 1000);
    gauge(out, "redoubt_uptime_seconds", "Since the start.", (clock_wall().ms - app->started_ms) / 1000);
}
