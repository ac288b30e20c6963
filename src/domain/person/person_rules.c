/* Pure rules of a traveller's identity: document numbers, phones, division codes. No I/O, no clock.
 *
 * A wrong check costs more here than elsewhere: an officer in the rain types 18 digits, and one digit alone tells a
 * forged log from a real one (domain finding 8). But care is never refused for a missing document: domain §2.2. */
#include <string.h>

#include "base/utf8.h"
#include "domain/person/person.h"

static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool upper(char c) { return c >= 'A' && c <= 'Z'; }

/* How many of the characters from `at` on are digits. */
static size_t digits(struct str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.n && digit(s.p[at + n]))
        n++;
    return n;
}

/* ---- GB 11643 ---- */

/* ISO 7064 MOD 11-2: the check character of 17 digits. Source: GB 11643-1999, domain §2.2 [V1]. */
static char check_character(const char *p)
{
    static const int weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (p[i] - '0') * weights[i];
    return "10X98765432"[sum % 11];
}

static int number_of(const char *p, int n)
{
    int v = 0;
    for (int i = 0; i < n; i++)
        v = v * 10 + (p[i] - '0');
    return v;
}

/* Nobody alive is older; a higher age is a typing error. Source: domain §2.2. */
#define AGE_MAX 120

static int birth(struct str s, struct date today, struct date *out)
{
    if (date_from_civil(number_of(s.p + 6, 4), number_of(s.p + 10, 2), number_of(s.p + 12, 2), out))
        return -ERR_BAD_DOC_NO;
    if (date_absent(today))
        return 0;
    return out->days > today.days || age_on(*out, today) > AGE_MAX ? -ERR_BAD_DOC_NO : 0;
}

/* Numbers of 15 digits are out of use since 2013 and have no check character: refused. An unknown area code is no error,
 * codes get abolished. */
int identity_parse(struct str number, struct date today, struct identity *out)
{
    if (!number.p || number.n != 18 || digits(number, 0) < 17 || number.p[0] == '0' || check_character(number.p) != number.p[17])
        return -ERR_BAD_DOC_NO;
    if (birth(number, today, &out->born_on))
        return -ERR_BAD_DOC_NO;
    out->male = (number.p[16] - '0') % 2 == 1;
    memcpy(out->division, number.p, 6);
    out->division[6] = 0;
    return 0;
}

/* ---- other documents ---- */

/* ASCII capitals and digits, between min and max of them. */
static bool alphanumeric(struct str s, size_t min, size_t max)
{
    for (size_t i = 0; i < s.n; i++)
        if (!digit(s.p[i]) && !upper(s.p[i]))
            return false;
    return s.n >= min && s.n <= max;
}

/* Lengths are wide on purpose (GK): formats of other states change, and a refused passport helps nobody. */
static const struct { const char *type; size_t min, max; } permits[] = {
    { "passport", 6, 17 },        /* ICAO 9303 allows 9 in the machine zone; a few states print more */
    { "hk_macau_permit", 9, 11 }, /* H or M and 8 or 10 digits; C and 8, of which one may be a letter */
    { "taiwan_permit", 8, 11 },
    { "exit_entry_permit", 7, 12 },
};

/* The residence permit for people of Hong Kong, Macau and Taiwan has a citizen's number that begins 81, 82 or 83 (GK). */
static int residence_parse(struct str number, struct date today)
{
    struct identity id;
    if (identity_parse(number, today, &id) || id.division[0] != '8' || id.division[1] < '1' || id.division[1] > '3')
        return -ERR_BAD_DOC_NO;
    return 0;
}

/* Free text that a person can compare with the card: 军字第…号 and documents we do not know. */
static bool free_text(struct str s, size_t min)
{
    size_t n = utf8_length(s);
    return n >= min && n <= 30 && !utf8_has_control(s);
}

int person_check_document(struct str type, struct str number, struct date today)
{
    struct identity id;
    if (!number.p || str_is(type, "none"))
        return -ERR_BAD_DOC_NO;
    if (str_is(type, "id_card"))
        return identity_parse(number, today, &id);
    if (str_is(type, "hmt_residence"))
        return residence_parse(number, today);
    if (str_is(type, "officer_card") || str_is(type, "other"))
        return free_text(number, str_is(type, "other") ? 1 : 4) ? 0 : -ERR_BAD_DOC_NO;
    for (size_t i = 0; i < sizeof permits / sizeof permits[0]; i++)
        if (str_is(type, permits[i].type))
            return alphanumeric(number, permits[i].min, permits[i].max) ? 0 : -ERR_BAD_DOC_NO;
    return -ERR_BAD_DOC_NO;
}

struct str person_document_normal(struct str number, struct arena *a)
{
    if (!number.p)
        return STR_ABSENT;
    char *out = arena_alloc(a, number.n + 1);
    size_t n = 0;
    for (size_t at = 0; at < number.n;) {
        size_t from = at;
        uint32_t c = utf8_next(number, &at);
        if (c == ' ' || c == '\t' || c == 0x3000)
            continue;
        if (c >= 0xFF01 && c <= 0xFF5E)
            c -= 0xFEE0; /* full-width form of ASCII */
        if (c < 0x80) {
            out[n++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
            continue;
        }
        memcpy(out + n, number.p + from, at - from);
        n += at - from;
    }
    return (struct str){ out, n };
}

/* ---- phones and divisions ---- */

/* Mobile 1[3-9] and nine digits; landline with area code, hyphen or not; abroad + and 7 to 15 digits (E.164).
 * Source: domain §2.2. One phone for many people is normal in villages: no uniqueness. */
int person_check_phone(struct str s)
{
    if (!s.p || s.n == 0)
        return -ERR_BAD_PHONE;
    if (s.p[0] == '+') {
        size_t n = digits(s, 1);
        return n >= 7 && n <= 15 && n + 1 == s.n && s.p[1] != '0' ? 0 : -ERR_BAD_PHONE;
    }
    if (s.p[0] == '1')
        return s.n == 11 && digits(s, 0) == 11 && s.p[1] >= '3' ? 0 : -ERR_BAD_PHONE;
    if (s.p[0] != '0' || s.n < 3 || s.p[1] < '1')
        return -ERR_BAD_PHONE;
    size_t head = digits(s, 0);
    if (head == s.n) /* 0392 and 7 digits, 010 and 8, 0371 and 8 */
        return s.n >= 11 && s.n <= 12 ? 0 : -ERR_BAD_PHONE;
    size_t tail = digits(s, head + 1);
    bool hyphen = s.p[head] == '-' && (head == 3 || head == 4) && (tail == 7 || tail == 8) && head + 1 + tail == s.n;
    return hyphen ? 0 : -ERR_BAD_PHONE;
}

/* County 6 digits, township 9, community 12. Source: GB/T 2260, GB/T 10114, statistical codes. */
int person_check_division(struct str code)
{
    bool length = code.n == 6 || code.n == 9 || code.n == 12;
    return code.p && length && digits(code, 0) == code.n && code.p[0] != '0' ? 0 : -ERR_BAD_DIVISION;
}

/* ---- an identity as given ---- */

/* The field's own check may have found the same already. */
static void add_once(struct problems *ps, enum err code, const char *field)
{
    for (size_t i = 0; i < ps->n; i++)
        if (ps->items[i].code == code && ps->items[i].field && !strcmp(ps->items[i].field, field) && ps->items[i].row == ps->row)
            return;
    problems_add(ps, code, field);
}

static bool blank(struct str s) { return str_trim(s).n == 0; }

void person_check_given(struct problems *ps, struct date today, struct code doc_type, struct str doc_no, struct str no_doc_reason,
                        struct str phone, struct str home_division)
{
    bool none = code_is(doc_type, "none");
    if (none && doc_no.p)
        add_once(ps, ERR_BAD_DOC_NO, "doc_no");
    if (none && blank(no_doc_reason))
        add_once(ps, ERR_REASON_REQUIRED, "no_doc_reason");
    if (!none && blank(doc_no))
        add_once(ps, ERR_REQUIRED, "doc_no");
    else if (!none && doc_type.s.p && person_check_document(doc_type.s, doc_no, today))
        add_once(ps, ERR_BAD_DOC_NO, "doc_no");
    if (phone.p && person_check_phone(phone))
        add_once(ps, ERR_BAD_PHONE, "phone");
    if (home_division.p && person_check_division(home_division))
        add_once(ps, ERR_BAD_DIVISION, "home_division");
}

void person_from_number(struct person *p, struct date today)
{
    struct identity id;
    bool tells = code_is(p->doc_type, "id_card") || code_is(p->doc_type, "hmt_residence");
    if (!tells || identity_parse(p->doc_no.plain, today, &id))
        return;
    p->sex = code_of(id.male ? "male" : "female");
    p->born_on = id.born_on;
    if (!p->home_division.p) /* where it was first registered: the best that is known until somebody says more */
        p->home_division = str_sub(p->doc_no.plain, 0, 6);
}
