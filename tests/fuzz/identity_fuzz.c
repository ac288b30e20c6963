/* Fuzzes what people type about themselves: identity numbers, documents, phones, plates, divisions. Besides memory errors
 * it looks for answers that contradict each other. Inputs are valid UTF-8, as everywhere behind the edge. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "domain/passage/passage.h"
#include "domain/passage/passage_plan.h"
#include "domain/person/person.h"
#include "domain/place/place.h"

#define MUST(what) do { if (!(what)) abort(); } while (0)

static void identity(struct str s)
{
    struct identity id;
    int year, month, day;
    if (identity_parse(s, DATE_ABSENT, &id))
        return;
    MUST(s.n == 18 && id.division[6] == 0 && memcmp(id.division, s.p, 6) == 0);
    date_to_civil(id.born_on, &year, &month, &day);
    MUST(year == (s.p[6] - '0') * 1000 + (s.p[7] - '0') * 100 + (s.p[8] - '0') * 10 + (s.p[9] - '0'));
    MUST(person_check_document(S("id_card"), s, DATE_ABSENT) == 0);
}

static void documents(struct str s, struct arena *a)
{
    static const char *const types[] = { "id_card", "passport", "officer_card", "hk_macau_permit", "taiwan_permit", "hmt_residence",
                                         "exit_entry_permit", "other", "none", "" };
    struct str normal = person_document_normal(s, a);
    MUST(normal.n <= s.n && utf8_valid(normal));
    MUST(str_eq(person_document_normal(normal, a), normal));
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        person_check_document(str_of(types[i]), normal, (struct date){ 18296 });
    MUST(person_check_document(S("none"), s, DATE_ABSENT) != 0);
}

static void plate(struct str s, struct arena *a)
{
    const char *kind = NULL;
    struct str normal = plate_normal(s, a);
    MUST(normal.n <= s.n && utf8_valid(normal));
    MUST(str_eq(plate_normal(normal, a), normal));
    if (plate_parse(normal, &kind) == 0) {
        MUST(kind && (!strcmp(kind, "standard") || !strcmp(kind, "new_energy") || !strcmp(kind, "special")));
        MUST(passage_check_plate(normal) == 0);
        MUST(utf8_length(normal) >= 7 && utf8_length(normal) <= 8);
    }
    passage_check_plate(s);
}

static void codes(struct str s)
{
    if (person_check_division(s) == 0)
        MUST(place_check_code(s) == 0);
    if (person_check_phone(s) == 0)
        MUST(s.n >= 8 && s.n <= 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct str s = { (const char *)data, size };
    if (size > 300 || !utf8_valid(s))
        return 0;
    /* a copy of the exact size, so that reading past its end is seen */
    char *copy = malloc(size ? size : 1);
    if (size)
        memcpy(copy, data, size);
    s.p = copy;
    arena_init(&a, 4096);
    identity(s);
    documents(s, &a);
    plate(s, &a);
    codes(s);
    arena_free(&a);
    free(copy);
    return 0;
}
