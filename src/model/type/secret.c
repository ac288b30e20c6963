/* Secrets: stored, never taken in from outside and never given out. */
#include "model/type/types.h"

int closed_from_json(const struct field *f, const json_t *v, struct arena *a, void *m)
{
    (void)f, (void)v, (void)a, (void)m;
    return -ERR_UNKNOWN_KEY;
}

int closed_from_text(const struct field *f, struct str text, int offset_min, struct arena *a, void *m)
{
    (void)f, (void)text, (void)offset_min, (void)a, (void)m;
    return -ERR_UNKNOWN_KEY;
}

void closed_to_json(const struct field *f, const void *m, int offset_min, struct jw *w)
{
    (void)f, (void)m, (void)offset_min;
    jw_null(w);
}

int no_limits(const struct field *f, const void *m, struct arena *a, struct str *detail)
{
    (void)f, (void)m, (void)a, (void)detail;
    return 0;
}

void closed_to_text(const struct field *f, const void *m, int offset_min, struct buf *out)
{
    (void)f, (void)m, (void)offset_min, (void)out;
}

const struct type type_secret = { "secret", "TEXT", sizeof(struct secret), "never", slice_clear, slice_absent, slice_same,
                                  closed_from_json, closed_from_text, closed_to_json, closed_to_text, slice_store, slice_load,
                                  no_limits };
