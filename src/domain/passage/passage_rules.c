/* Pure rules of the passage module: plates, the weighing of readings, the proposed decision. No I/O, no clock.
 *
 * The proposal follows the rule of Huangshan, early February 2020 (domain §2.1 F1 [F2]) and the validation of domain
 * §2.2: measure and register all; a fever goes to the nearest fever clinic (from a listed area by a 120 vehicle);
 * without fever, who comes from a listed area and has a home here goes to the community for observation, who has
 * none to central observation; who only passes by is persuaded back. web/shared/rules.ts is the twin on the phone;
 * tests/fixtures/passage_rules.json holds both to the same answers.
 *
 * A rule proposes, a named officer decides (PIPL 24). No number stands here: all come from the profile. */
#include <string.h>

#include "base/utf8.h"
#include "domain/passage/passage.h"
#include "domain/passage/passage_plan.h"
#include "domain/person/person.h"

/* ---- plates ---- */

/* Provinces as they stand on plates. Source: GA 36. */
static const char provinces[] = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
/* Police, driving school, trailer, consulate, embassy, Hong Kong, Macau. Source: GA 36, domain §2.2. */
static const char suffixes[] = "警学挂领使港澳";

#define PLATE_BYTES 40

/* Is the character of 3 bytes at p one of `set` (all of 3 bytes in UTF-8)? */
static bool in_set(const char *set, size_t set_bytes, const char *p)
{
    for (size_t i = 0; i + 3 <= set_bytes; i += 3)
        if (!memcmp(set + i, p, 3))
            return true;
    return false;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Letters and digits of a plate's number; I and O are left out since they read as 1 and 0. */
static bool plate_char(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z' && c != 'I' && c != 'O');
}

static bool all(struct str s, bool (*is)(char))
{
    for (size_t i = 0; i < s.n; i++)
        if (!is(s.p[i]))
            return false;
    return true;
}

/* New energy, six characters: small cars D or F, a character, four digits; large ones five digits, then D or F.
 * Source: domain §2.2 [V3]. */
static bool new_energy(struct str s)
{
    bool small = (s.p[0] == 'D' || s.p[0] == 'F') && plate_char(s.p[1]) && all(str_sub(s, 2, 4), is_digit);
    bool large = (s.p[5] == 'D' || s.p[5] == 'F') && all(str_sub(s, 0, 5), is_digit);
    return small || large;
}

/* What follows province and letter. */
static int plate_number(struct str s, const char **kind)
{
    if (s.n == 5 && all(s, plate_char)) {
        *kind = "standard";
        return 0;
    }
    if (s.n == 6 && new_energy(s)) {
        *kind = "new_energy";
        return 0;
    }
    if (s.n == 7 && all(str_sub(s, 0, 4), plate_char) && in_set(suffixes, sizeof suffixes - 1, s.p + 4)) {
        *kind = "special";
        return 0;
    }
    return -ERR_BAD_PLATE;
}

/* Embassies have no province: six digits with 使 before or behind (GK). */
static bool embassy(struct str s)
{
    return s.n == 9 && ((str_starts(s, S("使")) && all(str_sub(s, 3, 6), is_digit)) ||
                        (str_ends(s, S("使")) && all(str_sub(s, 0, 6), is_digit)));
}

int plate_parse(struct str plate, const char **kind)
{
    if (plate.p && embassy(plate)) {
        *kind = "special";
        return 0;
    }
    if (!plate.p || plate.n < 9 || !in_set(provinces, sizeof provinces - 1, plate.p))
        return -ERR_BAD_PLATE;
    char letter = plate.p[3];
    if (letter < 'A' || letter > 'Z')
        return -ERR_BAD_PLATE;
    return plate_number(str_sub(plate, 4, plate.n - 4), kind);
}

/* Blanks, hyphens and the dots people put behind the letter: space, '-', '.', U+3000, U+00B7, U+2022, U+30FB. */
static bool plate_filler(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '-' || c == '.' || c == 0x3000 || c == 0xB7 || c == 0x2022 || c == 0x30FB;
}

/* Normal form into `out` of at least s.n bytes; gives the length. Full-width letters and digits become ASCII, as Chinese
 * keyboards mix both. */
static size_t plate_fold(struct str s, char *out)
{
    size_t n = 0;
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        uint32_t c = utf8_next(s, &at);
        if (c >= 0xFF01 && c <= 0xFF5E)
            c -= 0xFEE0;
        if (plate_filler(c))
            continue;
        if (c < 0x80) {
            out[n++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
            continue;
        }
        memcpy(out + n, s.p + from, at - from);
        n += at - from;
    }
    return n;
}

struct str plate_normal(struct str plate, struct arena *a)
{
    if (!plate.p)
        return STR_ABSENT;
    char *out = arena_alloc(a, plate.n + 1);
    return (struct str){ out, plate_fold(plate, out) };
}

int passage_check_plate(struct str plate)
{
    char out[PLATE_BYTES];
    const char *kind;
    if (!plate.p || plate.n > sizeof out)
        return -ERR_BAD_PLATE;
    return plate_parse((struct str){ out, plate_fold(plate, out) }, &kind);
}

/* A plate of GA 36 tells its kind. Others (temporary, military, foreign) are taken as they are when the officer says so;
 * without a plate there is nothing to check: e-tricycles have none. */
int passage_plate(const struct passage_entry *e, struct arena *a, struct str *plate, struct code *kind)
{
    const char *parsed;
    *plate = plate_normal(e->plate, a);
    *kind = e->plate_kind;
    if (plate->n == 0) {
        *plate = STR_ABSENT;
        bool named = code_is(*kind, "standard") || code_is(*kind, "new_energy") || code_is(*kind, "special");
        return named ? -ERR_REQUIRED : 0;
    }
    if (code_is(*kind, "other"))
        return 0;
    if (code_is(*kind, "none") || plate_parse(*plate, &parsed))
        return -ERR_BAD_PLATE;
    *kind = code_of(parsed);
    return 0;
}

/* Here and not in the plan, so that an officer hears of these together with what single fields have. */
void passage_entry_check(const struct check_env *env, const void *entry)
{
    const struct passage_entry *e = entry;
    struct arena *a = env->problems->arena;
    struct date day = date_of(instant_absent(e->passed_at) ? env->now : e->passed_at, env->offset_min);
    struct str plate, number = person_document_normal(e->doc_no, a);
    struct code kind;
    person_check_given(env->problems, day, e->doc_type, number.n ? number : STR_ABSENT, e->no_doc_reason, e->phone, e->home_division);
    int err = passage_plate(e, a, &plate, &kind);
    if (err)
        problems_add(env->problems, (enum err)-err, "plate");
}

/* ---- areas ---- */

/* The part of a division code that tells: 420000 -> 42, 330300 -> 3303, 410611000000 -> 410611. */
static struct str division_stem(struct str code)
{
    while (code.n > 2) { /* groups of two digits down to the county, of three below */
        size_t group = code.n > 6 ? 3 : 2;
        if (code.n < group || memcmp(code.p + code.n - group, "000", group))
            break;
        code.n -= group;
    }
    return code;
}

/* Is the division at or below `area`? */
static bool division_within(struct str division, struct str area)
{
    return division.p && area.p && str_starts(division, division_stem(area));
}

/* A name without its last 省, 市, 区, 县, if two characters or more are left: people write 武汉 as well as 武汉市. */
static struct str name_stem(struct str name)
{
    static const struct str ends[] = { STR_INIT("省"), STR_INIT("市"), STR_INIT("区"), STR_INIT("县") };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (str_ends(name, ends[i]) && utf8_length(name) > 2)
            return str_sub(name, 0, name.n - ends[i].n);
    return name;
}

/* One station of the route: a division code, or free text that names the area. */
static bool station_in(struct str station, const struct listed *area)
{
    size_t at;
    if (station.n && all(station, is_digit))
        return division_within(station, area->division);
    return station.n && area->name.n && str_find(station, name_stem(area->name), &at);
}

/* Days after leaving during which the area still counts. Day 1 is the day after the last stay, so the last day itself
 * is inside. Source: domain §2.2, "Dates". */
static int64_t area_days(const struct profile *p, const struct listed *area)
{
    return code_is(area->kind, "listed") ? p->observation_days : p->observation_days_other;
}

/* Came from the area, and left it while it was listed or was listed later, not longer ago than it counts. */
static bool came_from(const struct profile *p, const struct passage_entry *e, struct date today, const struct listed *area)
{
    struct date left = instant_absent(e->left_at) ? today : date_of(e->left_at, p->offset_min);
    bool listed_then = date_absent(area->to_on) || area->to_on.days > left.days;
    return listed_then && today.days - left.days <= area_days(p, area) && division_within(e->from_division, area->division);
}

/* The route covers the days that count but has no dates: the area counts if it was listed on any of them. */
static bool came_through(const struct profile *p, const struct passage_entry *e, struct date today, const struct listed *area)
{
    if (!date_absent(area->to_on) && area->to_on.days <= today.days - area_days(p, area))
        return false;
    for (size_t i = 0; i < e->via.n; i++)
        if (station_in(e->via.items[i], area))
            return true;
    return false;
}

/* ---- findings: what speaks for a decision, weightiest first; the order of codes/passage_why.csv ---- */
enum finding {
    FEVER, TRANSFER_120, NOT_MEASURED, READING_OUT_OF_RANGE, READING_LOW, COLD_FOREHEAD, CONTACT_CASE, EXPOSURE, SYMPTOMS,
    FIRST_READING_HIGH, TURNED_BACK, LISTED_AREA, WATCHED_AREA, LOCAL_DESTINATION, CENTRAL_OBSERVATION, PASSING_THROUGH,
    SEEKS_CARE, LEAVING, NO_DOCUMENT, FINDINGS
};

static const char *const finding_codes[FINDINGS] = {
    "fever", "transfer_120", "not_measured", "reading_out_of_range", "reading_low", "cold_forehead", "contact_case", "exposure",
    "symptoms", "first_reading_high", "turned_back", "listed_area", "watched_area", "local_destination", "central_observation",
    "passing_through", "seeks_care", "leaving", "no_document",
};

#define HAS(set, finding) (((set) >> (finding)) & 1u)

static uint32_t with(uint32_t set, enum finding f, bool yes) { return yes ? set | (1u << f) : set; }

/* ---- readings ---- */

struct reading { struct tenths temp; struct code device; };

/* Guns and gates read the skin from afar: in the cold they are wrong, and they cannot overrule a high reading. */
static bool from_afar(struct code device) { return code_is(device, "forehead") || code_is(device, "gate"); }

/* What is wrong with a reading that was taken; 0 for a valid one. At toll gates guns failed near 0 °C [M10]; the range
 * and cut-offs are design, domain §2.2. */
static uint32_t reading_faults(const struct profile *p, struct reading r, struct tenths ambient)
{
    bool outside = r.temp.v < p->valid_low.v || r.temp.v > p->valid_high.v;
    bool cold = from_afar(r.device) && !tenths_absent(ambient) && ambient.v < p->cold_ambient.v;
    uint32_t set = with(0, READING_OUT_OF_RANGE, outside);
    set = with(set, READING_LOW, !outside && r.temp.v < p->low_reading.v);
    return with(set, COLD_FOREHEAD, cold);
}

static bool reading_valid(const struct profile *p, struct reading r, struct tenths ambient)
{
    return !tenths_absent(r.temp) && !reading_faults(p, r, ambient);
}

/* The second reading counts when it is valid, else the first. `ok` false: there is none to go by. */
struct measured { struct reading first, second, counts; bool ok; };

static struct measured measure(const struct profile *p, const struct passage_entry *e)
{
    struct measured m = { .first = { e->temp1, e->device1 }, .second = { e->temp2, e->device2 } };
    bool second = reading_valid(p, m.second, e->ambient);
    m.ok = second || reading_valid(p, m.first, e->ambient);
    m.counts = second ? m.second : m.first;
    return m;
}

/* Fever, or why there is nothing to go by, or that the first reading was high and the one that counts is not. */
static uint32_t measured_findings(const struct profile *p, const struct passage_entry *e, const struct measured *m)
{
    struct reading last = tenths_absent(m->second.temp) ? m->first : m->second;
    bool high = !tenths_absent(m->first.temp) && m->first.temp.v >= p->fever_threshold.v && m->first.temp.v <= p->valid_high.v;
    bool fever = m->ok && m->counts.temp.v >= p->fever_threshold.v; /* inclusive [F2][F8][K2] */
    uint32_t set = with(0, FEVER, fever);
    set = with(set, FIRST_READING_HIGH, high && !fever);
    if (!m->ok)
        set |= tenths_absent(last.temp) ? with(0, NOT_MEASURED, true) : reading_faults(p, last, e->ambient);
    return set;
}

/* ---- what else is known ---- */

static uint32_t area_findings(const struct profile *p, const struct passage_entry *e, struct date today)
{
    uint32_t set = with(0, LISTED_AREA, list_has(e->history, "listed_area"));
    for (size_t i = 0; i < p->n_listed; i++) {
        const struct listed *area = &p->listed[i];
        if (area->from_on.days > today.days)
            continue;
        if (came_from(p, e, today, area) || came_through(p, e, today, area))
            set = with(set, code_is(area->kind, "listed") ? LISTED_AREA : WATCHED_AREA, true);
    }
    return set;
}

static uint32_t told_findings(const struct passage_entry *e)
{
    uint32_t set = with(0, CONTACT_CASE, list_has(e->history, "contact_case"));
    set = with(set, EXPOSURE, list_has(e->history, "contact_fever") || list_has(e->history, "cluster") || list_has(e->history, "clinic"));
    set = with(set, SYMPTOMS, e->symptoms.n > 0);
    return with(set, NO_DOCUMENT, code_is(e->doc_type, "none")); /* tells, but never blocks: domain §2.2 */
}

/* ---- the decision ---- */

/* Comes in from a listed area without fever, symptoms or contact. Source: [F2]; care is never blocked: domain §2.2. */
static enum decision decide_listed(const struct profile *p, const struct passage_entry *e, uint32_t *set)
{
    bool elsewhere = e->to_division.p && !division_within(e->to_division, p->area);
    if (e->to_division.p && !elsewhere) {
        *set = with(*set, LOCAL_DESTINATION, true);
        return DECIDE_COMMUNITY; /* observation at home, a named person is responsible */
    }
    if (code_is(e->purpose, "medical")) {
        *set = with(*set, SEEKS_CARE, true);
        return DECIDE_HOLD;
    }
    if (elsewhere || code_is(e->purpose, "transit") || code_is(e->purpose, "visit")) {
        *set = with(*set, PASSING_THROUGH, true);
        return DECIDE_TURN_BACK; /* "persuade back first" */
    }
    *set = with(*set, CENTRAL_OBSERVATION, true);
    return DECIDE_COMMUNITY; /* no home here: the community takes over and brings to the observation point */
}

/* Where from and where to, when nothing speaks for illness. Who leaves is not kept by where he came from. */
static enum decision decide_travel(const struct profile *p, const struct passage_entry *e, uint32_t *set)
{
    bool area = HAS(*set, TURNED_BACK) || HAS(*set, LISTED_AREA) || HAS(*set, WATCHED_AREA);
    if (code_is(e->direction, "out")) {
        *set = with(*set, LEAVING, area);
        return DECIDE_PASS;
    }
    if (HAS(*set, TURNED_BACK))
        return DECIDE_TURN_BACK; /* scenario 2, domain §6.4 */
    if (HAS(*set, LISTED_AREA))
        return decide_listed(p, e, set);
    if (HAS(*set, WATCHED_AREA) && division_within(e->to_division, p->area)) {
        *set = with(*set, LOCAL_DESTINATION, true);
        return DECIDE_COMMUNITY; /* the shorter observation: 7 days of others [F2] */
    }
    return DECIDE_PASS;
}

static enum decision decide(const struct profile *p, const struct passage_entry *e, const struct measured *m, uint32_t *set)
{
    bool contact = HAS(*set, CONTACT_CASE) || HAS(*set, EXPOSURE);
    if (HAS(*set, FEVER)) {
        *set = with(*set, TRANSFER_120, HAS(*set, LISTED_AREA)); /* 120 vehicle and notice to the command [F2] */
        return DECIDE_FEVER_CLINIC;
    }
    if (!m->ok)
        return DECIDE_REMEASURE; /* an unreliable reading never lets pass */
    if (contact && HAS(*set, SYMPTOMS))
        return DECIDE_FEVER_CLINIC; /* illness and contact within 14 days: suspected, WHO case definition B [G4] */
    if (contact || HAS(*set, SYMPTOMS))
        return DECIDE_HOLD; /* officers measure, doctors judge: domain §2.2, "Who may record what" [A1] */
    if (HAS(*set, FIRST_READING_HIGH) && from_afar(m->counts.device))
        return DECIDE_HOLD; /* one gun against another: confirm with mercury after rest [M10] */
    return decide_travel(p, e, set);
}

void passage_propose(const struct profile *profile, const struct passage_entry *e, struct date today, bool turned_back_recently,
                     struct proposal *out)
{
    struct measured m = measure(profile, e);
    uint32_t set = measured_findings(profile, e, &m) | told_findings(e) | area_findings(profile, e, today);
    set = with(set, TURNED_BACK, turned_back_recently);
    *out = (struct proposal){ .decision = decide(profile, e, &m, &set) };
    out->fever = HAS(set, FEVER);
    out->remeasure = out->decision == DECIDE_REMEASURE;
    for (int f = 0; f < FINDINGS && out->n_why < WHY_MAX; f++)
        if (HAS(set, f))
            out->why[out->n_why++] = finding_codes[f];
}

const char *decision_code(enum decision d)
{
    static const char *const codes[] = { "pass", "turn_back", "fever_clinic", "community", "hold", "remeasure" };
    return codes[d];
}
