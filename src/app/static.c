/* The web applications, out of the program itself. */
#include <string.h>

#include "app/app.h"
#include "app/assets.h"

static const struct asset *find(struct str path)
{
    size_t low = 0, high = assets_n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int c = str_cmp(str_of(assets[mid].path), path);
        if (c == 0)
            return &assets[mid];
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* / is the desk, /field/ the phone, /t/ the traveller's page; unknown pages inside an application are its index. */
static const struct asset *resolve(struct str path, struct arena *a)
{
    static const struct { const char *url, *folder; } apps[] = { { "/field/", "/field/" }, { "/t/", "/public/" }, { "/", "/desk/" } };
    for (size_t i = 0; i < sizeof(apps) / sizeof(apps[0]); i++) {
        struct str url = str_of(apps[i].url);
        if (!str_starts(path, url))
            continue;
        struct str rest = str_sub(path, url.n, path.n);
        const struct asset *found = find(str_fmt(a, "%s%.*s", apps[i].folder, STR_ARG(rest)));
        size_t dot;
        bool page = !str_find(rest, S("."), &dot);
        return found || !page ? found : find(str_fmt(a, "%sindex.html", apps[i].folder));
    }
    return NULL;
}

void static_handle(struct http_request *rq)
{
    struct http_header h[SECURITY_HEADERS_MAX + 6];
    size_t n = security_headers(h, false), at;
    const struct asset *f;
    if (str_is(rq->path, "/field") || str_is(rq->path, "/t")) {
        h[n++] = (struct http_header){ "Location", str_fmt(rq->arena, "%.*s/", STR_ARG(rq->path)) };
        http_reply(rq, 308, h, n, S(""));
        return;
    }
    f = resolve(rq->path, rq->arena);
    if (!f) {
        reply_error(rq, -ERR_NOT_FOUND);
        return;
    }
    if (rq->method != HTTP_GET && rq->method != HTTP_HEAD) {
        reply_error(rq, -ERR_METHOD);
        return;
    }
    h[n++] = (struct http_header){ "ETag", str_of(f->etag) };
    h[n++] = (struct http_header){ "Cache-Control", f->immutable ? S("public, max-age=31536000, immutable") : S("no-cache") };
    h[n++] = (struct http_header){ "Vary", S("Accept-Encoding") };
    if (rq->if_none_match.p && str_find(rq->if_none_match, str_of(f->etag), &at)) {
        http_reply_static(rq, 304, h, n, S(""));
        return;
    }
    h[n++] = (struct http_header){ "Content-Type", str_of(f->content_type) };
    bool gzip = f->gzip.p && rq->accept_encoding.p && str_find(rq->accept_encoding, S("gzip"), &at);
    if (gzip)
        h[n++] = (struct http_header){ "Content-Encoding", S("gzip") };
    http_reply_static(rq, 200, h, n, gzip ? f->gzip : f->raw);
}
