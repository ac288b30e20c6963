/* Generated people: names drawn from common characters, numbers with right check digits, nobody real. */
#include "app/synth.h"

#include <string.h>

/* splitmix64 (Steele, Lea, Flood 2014): small, seedable, good enough for drawing people */
uint64_t synth_next(struct synth *s)
{
    uint64_t z = (s->state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

int64_t synth_below(struct synth *s, int64_t n) { return (int64_t)(synth_next(s) % (uint64_t)n); }
bool synth_chance(struct synth *s, int per_mille) { return synth_below(s, 1000) < per_mille; }

struct id synth_id(struct synth *s, struct instant when)
{
    uint64_t r = synth_next(s);
    return id_make(when, 0, (const uint8_t *)&r);
}

struct str synth_name(struct synth *s)
{
    static const char *const family[] = { "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
                                          "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧" };
    static const char *const given[] = { "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
                                         "超", "兰", "霞", "平", "刚", "桂", "文", "辉", "玲", "宇", "欣", "晨", "浩", "雪", "佳", "梅" };
    const size_t nf = sizeof(family) / sizeof(family[0]), ng = sizeof(given) / sizeof(given[0]);
    const char *f = family[synth_below(s, (int64_t)nf)], *a = given[synth_below(s, (int64_t)ng)];
    const char *b = synth_chance(s, 650) ? given[synth_below(s, (int64_t)ng)] : "";
    return str_fmt(s->arena, "%s%s%s", f, a, b);
}

struct str synth_id_card(struct synth *s, const char *division)
{
    static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 }; /* GB 11643-1999 */
    static const char checks[] = "10X98765432";
    struct date born;
    int y, m, d, sum = 0;
    date_from_civil(1940, 1, 1, &born);
    born.days += (int32_t)synth_below(s, 72 * 365);
    date_to_civil(born, &y, &m, &d);
    struct str head = str_fmt(s->arena, "%.6s%04d%02d%02d%03d%c", division, y, m, d, (int)synth_below(s, 1000), '0');
    for (int i = 0; i < 17; i++)
        sum += (head.p[i] - '0') * weights[i];
    ((char *)head.p)[17] = checks[sum % 11];
    return head;
}

struct str synth_phone(struct synth *s)
{
    return str_fmt(s->arena, "1%d%09d", (int)(3 + synth_below(s, 7)), (int)synth_below(s, 1000000000));
}

struct str synth_plate(struct synth *s)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
    char tail[6] = { 0 };
    const char *area = synth_chance(s, 700) ? "豫F" : synth_chance(s, 800) ? "豫E" : synth_chance(s, 500) ? "冀D" : "鄂A";
    if (synth_chance(s, 120))
        return str_fmt(s->arena, "%sD%05d", area, (int)synth_below(s, 100000));
    for (int i = 0; i < 5; i++)
        tail[i] = letters[i < 1 ? synth_below(s, 24) : synth_below(s, 34)];
    return str_fmt(s->arena, "%s%s", area, tail);
}

static const char *origin(struct synth *s)
{
    static const char *const near[] = { "410611", "410602", "410603", "410621", "410622", "410502", "410522", "410702", "410922", "410105" };
    static const char *const far[] = { "130402", "370102", "110105", "440106", "330302", "610102" };
    static const char *const listed[] = { "420102", "420106", "420902", "421002" };
    if (synth_chance(s, 18))
        return listed[synth_below(s, 4)];
    return synth_chance(s, 120) ? far[synth_below(s, 6)] : near[synth_below(s, 10)];
}

/* Forehead readings scatter around 36.5; six in a thousand have fever. */
static struct tenths reading(struct synth *s)
{
    if (synth_chance(s, 6))
        return (struct tenths){ 373 + (int32_t)synth_below(s, 16) };
    return (struct tenths){ 360 + (int32_t)(synth_below(s, 6) + synth_below(s, 6)) };
}

static struct list one_code(struct arena *a, const char *code)
{
    struct list l = { ARENA_ARRAY(a, struct str, 1), 1, true };
    l.items[0] = str_of(code);
    return l;
}

static void person_fields(struct synth *s, struct passage_entry *e, const char *from)
{
    e->name = synth_name(s);
    e->doc_type = code_of("id_card");
    e->doc_no = synth_id_card(s, from);
    e->phone = synth_phone(s);
    e->home_division = str_dup(s->arena, str_sub(str_of(from), 0, 6));
    e->temp1 = reading(s);
    e->device1 = code_of("forehead");
    e->ambient = (struct tenths){ 110 + (int32_t)synth_below(s, 90) };
    e->symptoms = synth_chance(s, 8) ? one_code(s->arena, "cough") : (struct list){ NULL, 0, true };
    e->history = (struct list){ NULL, 0, true };
}

size_t synth_flow(struct synth *s, struct id post_id, struct instant at, struct str to_division, struct passage_entry *entries)
{
    static const char *const purposes[] = { "return_home", "work", "medical", "supply", "visit", "transit" };
    bool foot = synth_chance(s, 120);
    size_t n = foot ? 1 : 1 + (size_t)(synth_below(s, 3) + (synth_chance(s, 150) ? synth_below(s, 3) : 0));
    const char *from = origin(s), *purpose = purposes[synth_below(s, 6)];
    struct str plate = foot ? STR_ABSENT : synth_plate(s);
    struct id flow = synth_id(s, at);
    const char *way = synth_chance(s, 620) ? "in" : "out";
    for (size_t i = 0; i < n; i++) {
        struct passage_entry *e = &entries[i];
        memset(e, 0, sizeof(*e));
        shape_clear(&passage_entry_shape, e);
        e->post_id = post_id;
        e->flow_id = flow;
        e->direction = code_of(way);
        e->passed_at = at;
        e->plate = plate;
        e->transport = code_of(foot ? "foot" : "car");
        e->occupants = (int64_t)n;
        e->seat = code_of(i ? "passenger" : "driver");
        e->from_division = str_of(from);
        e->to_division = synth_chance(s, 850) ? to_division : S("410500");
        e->purpose = code_of(purpose);
        person_fields(s, e, from);
    }
    return n;
}

void synth_decide(const struct profile *profile, struct date today, struct passage_entry *e)
{
    struct proposal p;
    passage_propose(profile, e, today, false, &p);
    if (p.decision == DECIDE_REMEASURE) {
        e->temp2 = (struct tenths){ 366 };
        e->device2 = code_of("mercury");
        passage_propose(profile, e, today, false, &p);
    }
    e->decision = code_of(decision_code(p.decision));
    if (p.decision == DECIDE_FEVER_CLINIC && !tenths_absent(e->temp1) && tenths_absent(e->temp2)) {
        e->temp2 = e->temp1;
        e->device2 = code_of("mercury");
    }
    if (p.decision == DECIDE_FEVER_CLINIC)
        e->handed_to = S("就近发热门诊");
    else if (p.decision == DECIDE_COMMUNITY)
        e->handed_to = S("目的地村(社区)");
}
