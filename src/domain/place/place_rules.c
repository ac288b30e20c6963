/* Pure rules of places: codes and levels. */
#include "domain/place/place.h"

static bool digit(char c) { return c >= '0' && c <= '9'; }

static bool local_char(char c) { return digit(c) || (c >= 'A' && c <= 'Z') || c == '-'; }

static bool digits_only(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!digit(s.p[i]))
            return false;
    return s.n > 0;
}

/* County 6 digits (GB/T 2260), township 9 (GB/T 10114), community 12 (statistical code), grid below it 15 (GK). Zones and
 * grids without a national code have a local one, which no national code can equal. The path is made of codes, so none
 * may hold '/'. */
int place_check_code(struct str code)
{
    if (digits_only(code))
        return code.p[0] != '0' && (code.n == 6 || code.n == 9 || code.n == 12 || code.n == 15) ? 0 : -ERR_BAD_DIVISION;
    if (code.n < 2 || code.n > 24 || code.p[0] != 'L')
        return -ERR_BAD_DIVISION;
    for (size_t i = 1; i < code.n; i++)
        if (!local_char(code.p[i]))
            return -ERR_BAD_DIVISION;
    return 0;
}

const char *place_code_kind(struct str code)
{
    if (!digits_only(code))
        return "local";
    return code.n == 6 ? "gb2260" : "statistical";
}

/* Depth by kind; 0 for kinds that may stand anywhere. */
static int rank(struct str kind)
{
    static const char *const order[] = { "province", "city", "county", "township", "community", "grid" };
    for (int i = 0; i < (int)(sizeof order / sizeof order[0]); i++)
        if (str_is(kind, order[i]))
            return i + 1;
    return 0;
}

bool place_kind_below(struct str kind, struct str above)
{
    int k = rank(kind), a = above.p ? rank(above) : 0;
    return k == 0 || a == 0 || k > a;
}
