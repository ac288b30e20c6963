/* Tables from outside: cells are valid UTF-8 however the bytes arrive, and what is written from them reads back the
 * same, guarded or not. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "io/table/csv.h"

#define HOLDS(c) do { if (!(c)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Gives at most `step` bytes at a time. */
struct drip { struct str rest; size_t step; };

static int64_t drip_read(void *arg, char *p, size_t n)
{
    struct drip *d = arg;
    n = n < d->step ? n : d->step;
    n = n < d->rest.n ? n : d->rest.n;
    if (n)
        memcpy(p, d->rest.p, n);
    d->rest = str_sub(d->rest, n, d->rest.n);
    return (int64_t)n;
}

/* Reads the whole table and writes its good records anew. */
static struct str rewrite(struct csv_source source, struct arena *a, bool unguard, size_t *records, size_t *bad)
{
    struct buf out;
    struct str *cells;
    size_t n;
    int why = 0;
    int64_t line = 0;
    struct csv *c = csv_open(source);
    buf_init(&out, a);
    buf_cstr(&out, CSV_BOM);
    *records = *bad = 0;
    for (enum csv_result r; (r = csv_next(c, a, &cells, &n, &why)) != CSV_END;) {
        HOLDS(csv_line(c) > line);
        line = csv_line(c);
        if (r == CSV_BAD) {
            HOLDS(why == ERR_BAD_UTF8 || why == ERR_TOO_LARGE || why == ERR_TOO_MANY);
            ++*bad;
            continue;
        }
        HOLDS(n >= 1 && n <= 512);
        for (size_t i = 0; i < n; i++) {
            HOLDS(cells[i].p && utf8_valid(cells[i]));
            csv_put_cell(&out, unguard ? csv_unguard(cells[i]) : cells[i], i == 0);
        }
        csv_end_record(&out);
        ++*records;
    }
    csv_close(c);
    return buf_view(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    size_t records, bad, records_again, bad_again;
    arena_init(&a, 65536);
    struct drip d = { { size ? (const char *)data : "", size }, size ? 1 + data[size - 1] % 9 : 1 };
    struct str whole = d.rest;
    struct str once = rewrite((struct csv_source){ drip_read, &d }, &a, false, &records, &bad);
    struct str same = rewrite(csv_from_str(&whole), &a, false, &records_again, &bad_again);
    HOLDS(str_eq(once, same) && bad == bad_again); /* chunk ends change nothing */
    struct str rest = once;
    struct str twice = rewrite(csv_from_str(&rest), &a, true, &records_again, &bad_again);
    HOLDS(str_eq(once, twice) && records == records_again && bad_again == 0);
    arena_free(&a);
    return 0;
}
