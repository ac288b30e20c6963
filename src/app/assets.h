/* The web applications, built into the program from web/dist/. Empty when they were not built. */
#ifndef APP_ASSETS_H
#define APP_ASSETS_H

#include "base/str.h"

struct asset {
    const char *path;         /* "/desk/index.html", sorted bytewise */
    const char *content_type;
    const char *etag;         /* with its quotes */
    struct str raw;
    struct str gzip;          /* absent when not smaller */
    bool immutable;           /* its name carries a digest: may be cached for ever */
};

extern const struct asset assets[];
extern const size_t assets_n;

#endif
