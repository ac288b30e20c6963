/* Descriptions printed from the tables: TypeScript types and the data dictionary. Never written by hand. */
#include "app/app.h"

#include <string.h>

#include "model/code.h"

/* ---- TypeScript ---- */

static void pascal(struct buf *out, const char *snake)
{
    bool up = true;
    for (; *snake; snake++) {
        if (*snake == '_' || *snake == '/') {
            up = true;
            continue;
        }
        buf_char(out, up && *snake >= 'a' && *snake <= 'z' ? (char)(*snake - 32) : *snake);
        up = false;
    }
}

static void ts_type(struct buf *out, const struct field *f)
{
    if (f->codes) {
        pascal(out, f->codes);
        buf_cstr(out, f->type == TYPE_LIST ? "Code[]" : "Code");
    } else {
        buf_cstr(out, type_of(f->type)->ts);
    }
}

static void ts_fields(struct buf *out, const struct shape *s, bool input)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        if ((f->flags & F_HIDDEN) || (input && (f->flags & F_READONLY)))
            continue;
        bool must = input && (f->flags & F_REQUIRED);
        buf_printf(out, "  /** %s · %s%s%s */\n  %s%s: ", f->zh, f->en, f->unit ? ", " : "", f->unit ? f->unit : "", f->name,
                   input && !must ? "?" : "");
        ts_type(out, f);
        buf_cstr(out, must ? "\n" : " | null\n");
    }
}

static void ts_codes(struct buf *out)
{
    for (size_t i = 0; i < code_lists_n; i++) {
        buf_cstr(out, "export type ");
        pascal(out, code_lists[i].name);
        buf_cstr(out, "Code =");
        for (size_t k = 0; k < code_lists[i].n; k++)
            buf_printf(out, "%s'%s'", k ? " | " : " ", code_lists[i].items[k].code);
        buf_cstr(out, "\n");
    }
}

static void ts_entity(struct buf *out, const struct entity *e)
{
    buf_printf(out, "\n/** %s · %s */\nexport interface ", e->zh, e->en);
    pascal(out, e->name);
    buf_cstr(out, " {\n  id: Id\n  version: number\n");
    if (e->place != PLACE_NONE)
        buf_cstr(out, "  place_id: Id | null\n");
    ts_fields(out, &e->shape, false);
    buf_cstr(out, "}\n");
}

static void ts_input(struct buf *out, const struct command *c)
{
    buf_printf(out, "\n/** %s · %s: POST /api/v1/%s */\nexport interface ", c->zh, c->en, c->flags & CMD_CREATES ? c->entity->name : c->name);
    pascal(out, c->name);
    buf_cstr(out, "Input {\n");
    if (c->in == &c->entity->shape && c->entity->place == PLACE_GIVEN)
        buf_cstr(out, "  place_id: Id\n");
    ts_fields(out, c->in, true);
    buf_cstr(out, "}\n");
}

/* ---- what forms know ---- */

static double shown_limit(const struct field *f, int64_t v)
{
    return (double)v / (f->type == TYPE_TENTHS ? 10 : f->type == TYPE_DEGREES ? 1000000 : 1);
}

static void ts_quoted(struct buf *out, const char *key, const char *text)
{
    struct jw w;
    jw_init(&w, out);
    buf_printf(out, ", %s: ", key);
    jw_cstr(&w, text);
}

static void ts_form_field(struct buf *out, const struct field *f)
{
    static const char *const kinds[TYPE_COUNT] = {
        [TYPE_INTEGER] = "integer", [TYPE_TEXT] = "text", [TYPE_ID] = "id", [TYPE_TENTHS] = "tenths", [TYPE_DEGREES] = "degrees",
        [TYPE_FLAG] = "flag", [TYPE_CODE] = "code", [TYPE_LIST] = "list", [TYPE_SEALED] = "text", [TYPE_SECRET] = "text",
        [TYPE_DATE] = "date", [TYPE_INSTANT] = "instant", [TYPE_DIGEST] = "text", [TYPE_DOCUMENT] = "document",
    };
    static const struct { uint32_t flag; const char *name; } flags[] = {
        { F_REQUIRED, "required" }, { F_READONLY, "readonly" }, { F_ONCE, "once" }, { F_LINES, "lines" }, { F_PERSONAL, "personal" },
        { F_FILTER, "filter" }, { F_SORT, "sort" },
    };
    buf_printf(out, "    { name: '%s'", f->name);
    ts_quoted(out, "zh", f->zh);
    ts_quoted(out, "en", f->en);
    buf_printf(out, ", kind: '%s'", kinds[f->type]);
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (f->flags & flags[i].flag)
            buf_printf(out, ", %s: true", flags[i].name);
    if (f->codes)
        ts_quoted(out, "codes", f->codes);
    if (f->target)
        ts_quoted(out, "target", f->target);
    if (f->unit)
        ts_quoted(out, "unit", f->unit);
    if (f->min)
        buf_printf(out, ", min: %g", shown_limit(f, f->min));
    if (f->max)
        buf_printf(out, ", max: %.10g", shown_limit(f, f->max));
    buf_cstr(out, " },\n");
}

static void ts_form(struct buf *out, const struct shape *s)
{
    buf_printf(out, "  %s: [\n", s->name);
    for (size_t i = 0; i < s->n; i++)
        if (!(s->fields[i].flags & F_HIDDEN))
            ts_form_field(out, &s->fields[i]);
    buf_cstr(out, "  ],\n");
}

/* Entities by their name, inputs of commands that are no entity by the name of their shape. */
static void ts_forms(const struct registry *r, struct buf *out)
{
    buf_cstr(out, "\nexport type FieldKind = 'text' | 'integer' | 'tenths' | 'degrees' | 'flag' | 'code' | 'list' | 'date' | 'instant' | 'id' | 'document'\n"
                  "export interface Field {\n  name: string; zh: string; en: string; kind: FieldKind\n"
                  "  required?: boolean; readonly?: boolean; once?: boolean; lines?: boolean; personal?: boolean; filter?: boolean; sort?: boolean\n"
                  "  codes?: string; target?: string; unit?: string\n"
                  "  /** Characters of a text, items of a list, the value of a number. */\n  min?: number; max?: number\n}\n\n"
                  "export const FIELDS: Record<string, Field[]> = {\n");
    for (size_t i = 0; i < r->n_entities; i++)
        ts_form(out, &r->entities[i]->shape);
    for (size_t i = 0; i < r->n_commands; i++) {
        const struct shape *in = r->commands[i]->in;
        bool told = !in || in == &r->commands[i]->entity->shape;
        for (size_t k = 0; k < i && !told; k++)
            told = r->commands[k]->in == in;
        if (!told)
            ts_form(out, in);
    }
    buf_cstr(out, "}\n");
}

void typescript_write(const struct registry *r, struct buf *out)
{
    buf_cstr(out, "// Printed by `redoubt tsgen` from the field tables; not written by hand.\n"
                  "export type Id = string\nexport type DateText = string\nexport type InstantText = string\n");
    ts_codes(out);
    for (size_t i = 0; i < r->n_entities; i++)
        ts_entity(out, r->entities[i]);
    for (size_t i = 0; i < r->n_commands; i++)
        if (r->commands[i]->in && !strstr(r->commands[i]->name, "/change"))
            ts_input(out, r->commands[i]);
    ts_forms(r, out);
}

/* ---- data dictionary ---- */

static void limits(struct buf *out, const struct field *f)
{
    static const int places[TYPE_COUNT] = { [TYPE_TENTHS] = 1, [TYPE_DEGREES] = 6 };
    int64_t scale = f->type == TYPE_TENTHS ? 10 : f->type == TYPE_DEGREES ? 1000000 : 1;
    if (f->codes)
        buf_printf(out, "`%s`", f->codes);
    else if (f->target)
        buf_printf(out, "→ %s", f->target);
    else if (f->min || f->max)
        buf_printf(out, "%.*f – %.*f", places[f->type], (double)f->min / (double)scale, places[f->type], (double)f->max / (double)scale);
    if (f->unit)
        buf_printf(out, " %s", f->unit);
}

static void dictionary_fields(struct buf *out, const struct shape *s)
{
    static const char *const masks[] = { "", "名 name", "证件 number", "电话 phone", "全部 all" };
    buf_cstr(out, "| 字段 field | 中文 | English | 类型 type | 必填 | 范围 limits | 个人 personal | 遮盖 mask | 用途与来源 purpose, source |\n"
                  "|---|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        if (f->flags & F_HIDDEN)
            continue;
        buf_printf(out, "| `%s` | %s | %s | %s | %s | ", f->name, f->zh, f->en, type_of(f->type)->name, f->flags & F_REQUIRED ? "是 yes" : "");
        limits(out, f);
        buf_printf(out, " | %s%s | %s | %s%s%s |\n", f->flags & F_PERSONAL ? "是 yes" : "", f->type == TYPE_SEALED ? " 加密 sealed" : "",
                   masks[f->mask], f->purpose ? f->purpose : "", f->purpose && f->source ? "; " : "", f->source ? f->source : "");
    }
}

static void dictionary_codes(struct buf *out)
{
    buf_cstr(out, "\n## 代码表 · Code lists\n");
    for (size_t i = 0; i < code_lists_n; i++) {
        buf_printf(out, "\n### `%s`\n\n| 代码 code | 中文 | English | 标准 standard | 来源 source |\n|---|---|---|---|---|\n", code_lists[i].name);
        for (size_t k = 0; k < code_lists[i].n; k++) {
            const struct code_item *c = &code_lists[i].items[k];
            buf_printf(out, "| `%s` | %s | %s | %s | %s |\n", c->code, c->zh, c->en, c->standard, c->source);
        }
    }
}

void dictionary_write(const struct registry *r, struct buf *out)
{
    buf_cstr(out, "# 数据字典 · Data dictionary\n\n由 `redoubt dictionary` 从字段表打印,不手写。 Printed from the field tables by `redoubt dictionary`; not written by hand.\n");
    for (size_t i = 0; i < r->n_entities; i++) {
        const struct entity *e = r->entities[i];
        buf_printf(out, "\n## %s · %s (`%s`)\n\n", e->zh, e->en, e->name);
        if (e->retention_days)
            buf_printf(out, "保存 %d 天(设计值) · kept %d days (design).\n\n", e->retention_days, e->retention_days);
        dictionary_fields(out, &e->shape);
    }
    buf_cstr(out, "\n# 操作输入 · Inputs of commands\n");
    for (size_t i = 0; i < r->n_commands; i++) {
        const struct command *c = r->commands[i];
        if (!c->in || c->in == &c->entity->shape)
            continue;
        buf_printf(out, "\n## %s · %s (`%s`)\n\n", c->zh, c->en, c->name);
        dictionary_fields(out, c->in);
    }
    dictionary_codes(out);
}
