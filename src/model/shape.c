/* Reading, checking and writing whole rows by their field table. */
#include <string.h>

#include "model/code.h"
#include "model/type/types.h"

/* A sender's clock may be a little ahead. Design value. */
#define CLOCK_SLACK_MS (5 * MINUTE_MS)

const struct type *type_of(enum type_kind kind)
{
    static const struct type *const types[TYPE_COUNT] = {
        [TYPE_INTEGER] = &type_integer, [TYPE_TEXT] = &type_text,       [TYPE_ID] = &type_id,
        [TYPE_TENTHS] = &type_tenths,   [TYPE_DEGREES] = &type_degrees, [TYPE_FLAG] = &type_flag,
        [TYPE_CODE] = &type_code,       [TYPE_LIST] = &type_list,       [TYPE_SEALED] = &type_sealed,
        [TYPE_SECRET] = &type_secret,   [TYPE_DATE] = &type_date,       [TYPE_INSTANT] = &type_instant,
        [TYPE_DIGEST] = &type_digest,   [TYPE_DOCUMENT] = &type_document,
    };
    return types[kind];
}

const struct field *shape_field(const struct shape *s, struct str name, size_t *index)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        if (f->name[0] == (name.n ? name.p[0] : 0) && str_is(name, f->name)) {
            if (index)
                *index = i;
            return f;
        }
    }
    return NULL;
}

void shape_clear(const struct shape *s, void *row)
{
    for (size_t i = 0; i < s->n; i++)
        type_of(s->fields[i].type)->clear(field_at(&s->fields[i], row));
}

static void read_member(const struct field *f, const json_t *v, struct arena *a, struct problems *ps, void *row)
{
    const struct type *t = type_of(f->type);
    if (json_is_null(v)) {
        t->clear(field_at(f, row));
        return;
    }
    int err = t->from_json(f, v, a, field_at(f, row));
    if (err) {
        t->clear(field_at(f, row));
        if (err == -ERR_UNKNOWN_CODE)
            problems_detail(ps, ERR_UNKNOWN_CODE, f->name, "%s", f->codes);
        else
            problems_add(ps, -err, f->name);
    }
}

int shape_from_json(const struct shape *s, const json_t *object, uint32_t refuse, struct arena *a, struct problems *ps,
                    void *row, field_set *given)
{
    size_t before = ps->n;
    const char *key;
    json_t *v;
    *given = 0;
    json_object_foreach((json_t *)object, key, v) {
        size_t i;
        const struct field *f = shape_field(s, str_of(key), &i);
        if (!f || (f->flags & (refuse | F_HIDDEN))) {
            problems_name(ps, ERR_UNKNOWN_KEY, str_dup(a, str_of(key)));
            continue;
        }
        *given |= (field_set)1 << i;
        read_member(f, v, a, ps, row);
    }
    return ps->n == before ? 0 : -1;
}

static struct str checked_text(const struct field *f, const void *row)
{
    if (f->type == TYPE_TEXT)
        return *(const struct str *)field_in(f, row);
    if (f->type == TYPE_SEALED)
        return ((const struct sealed *)field_in(f, row))->plain;
    return STR_ABSENT;
}

static bool in_future(const struct field *f, const void *row, struct instant now, int offset_min)
{
    if (f->type == TYPE_DATE)
        return ((const struct date *)field_in(f, row))->days > date_of(now, offset_min).days;
    return f->type == TYPE_INSTANT && ((const struct instant *)field_in(f, row))->ms > now.ms + CLOCK_SLACK_MS;
}

static void check_member(const struct field *f, const void *row, struct instant now, int offset_min, struct problems *ps)
{
    struct str detail = STR_ABSENT;
    int err = type_of(f->type)->limits(f, field_in(f, row), ps->arena, &detail);
    if (!err && f->check && checked_text(f, row).p)
        err = f->check(checked_text(f, row));
    if (!err && (f->flags & F_PAST) && in_future(f, row, now, offset_min))
        err = -ERR_IN_FUTURE;
    if (err && detail.p)
        problems_detail(ps, -err, f->name, "%.*s", STR_ARG(detail));
    else if (err)
        problems_add(ps, -err, f->name);
}

/* A field that already has a problem is not reported as missing too. */
static bool has_problem(const struct problems *ps, size_t from, const char *field)
{
    for (size_t i = from; i < ps->n; i++)
        if (ps->items[i].field && strcmp(ps->items[i].field, field) == 0 && ps->items[i].row == ps->row)
            return true;
    return false;
}

int shape_check(const struct shape *s, const void *row, field_set which, struct instant now, int offset_min, struct problems *ps)
{
    size_t before = ps->n;
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        bool absent = type_of(f->type)->absent(field_in(f, row));
        if (!(which >> i & 1))
            continue;
        if (!absent)
            check_member(f, row, now, offset_min, ps);
        else if ((f->flags & F_REQUIRED) && !has_problem(ps, 0, f->name))
            problems_add(ps, ERR_REQUIRED, f->name);
    }
    return ps->n == before ? 0 : -1;
}

/* The text that a mask works on: names, numbers, phones are text or sealed text; all else is masked whole. */
static bool masked(const struct field *f, bool unmask) { return !unmask && f->mask != MASK_NONE; }

void field_to_json(const struct field *f, const void *row, int offset_min, bool unmask, struct jw *w)
{
    const struct type *t = type_of(f->type);
    const void *m = field_in(f, row);
    if (t->absent(m)) {
        jw_null(w);
    } else if (masked(f, unmask)) {
        struct str s = checked_text(f, row);
        char room[512];
        jw_str(w, mask_into(f->mask, s.p ? s : S("*"), room, sizeof(room)));
    } else {
        t->to_json(f, m, offset_min, w);
    }
}

void field_to_text(const struct field *f, const void *row, int offset_min, bool unmask, struct buf *out)
{
    const struct type *t = type_of(f->type);
    const void *m = field_in(f, row);
    if (t->absent(m))
        return;
    if (masked(f, unmask)) {
        struct str s = checked_text(f, row);
        char room[512];
        buf_str(out, mask_into(f->mask, s.p ? s : S("*"), room, sizeof(room)));
    } else {
        t->to_text(f, m, offset_min, out);
    }
}

void shape_to_json(const struct shape *s, const void *row, int offset_min, bool brief, struct jw *w)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        if ((f->flags & F_HIDDEN) || (brief && type_of(f->type)->absent(field_in(f, row))))
            continue;
        jw_key(w, f->name);
        field_to_json(f, row, offset_min, false, w);
    }
}

field_set shape_diff(const struct shape *s, const void *a, const void *b)
{
    field_set set = 0;
    for (size_t i = 0; i < s->n; i++)
        if (!type_of(s->fields[i].type)->same(field_in(&s->fields[i], a), field_in(&s->fields[i], b)))
            set |= (field_set)1 << i;
    return set;
}
