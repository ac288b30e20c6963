/* OpenAPI 3.1, printed from the same tables that serve the requests. */
#include "app/app.h"

#include <stdio.h>
#include <string.h>

#include "model/code.h"

static void field_schema(struct jw *w, const struct field *f)
{
    static const char *const types[TYPE_COUNT] = {
        [TYPE_INTEGER] = "integer", [TYPE_TEXT] = "string", [TYPE_ID] = "string", [TYPE_TENTHS] = "number", [TYPE_DEGREES] = "number",
        [TYPE_FLAG] = "boolean", [TYPE_CODE] = "string", [TYPE_LIST] = "array", [TYPE_SEALED] = "string", [TYPE_SECRET] = "string",
        [TYPE_DATE] = "string", [TYPE_INSTANT] = "string", [TYPE_DIGEST] = "string",
    };
    static const char *const formats[TYPE_COUNT] = { [TYPE_ID] = "uuid", [TYPE_DATE] = "date", [TYPE_INSTANT] = "date-time" };
    int places = f->type == TYPE_TENTHS ? 1 : f->type == TYPE_DEGREES ? 6 : 0;
    jw_object(w);
    if (types[f->type]) {
        jw_key(w, "type");
        jw_array(w);
        jw_cstr(w, types[f->type]);
        jw_cstr(w, "null");
        jw_end_array(w);
    }
    if (formats[f->type])
        jw_kcstr(w, "format", formats[f->type]);
    jw_kcstr(w, "title", f->zh);
    jw_kcstr(w, "description", f->en);
    bool text = f->type == TYPE_TEXT || f->type == TYPE_SEALED;
    if (text)
        jw_kint(w, "maxLength", f->max ? f->max : 200);
    if (!text && !f->codes && f->type != TYPE_LIST && (f->min || f->max)) {
        jw_key(w, "minimum");
        jw_scaled(w, f->min, places);
        jw_key(w, "maximum");
        jw_scaled(w, f->max, places);
    }
    jw_end_object(w);
}

static void code_schema(struct jw *w, const struct field *f)
{
    const struct code_list *l = code_list(f->codes);
    jw_object(w);
    if (f->type == TYPE_LIST) {
        jw_kcstr(w, "type", "array");
        jw_kcstr(w, "title", f->zh);
        jw_kcstr(w, "description", f->en);
        jw_key(w, "items");
        jw_object(w);
    } else {
        jw_kcstr(w, "title", f->zh);
        jw_kcstr(w, "description", f->en);
    }
    jw_key(w, "enum");
    jw_array(w);
    for (size_t i = 0; l && i < l->n; i++)
        jw_cstr(w, l->items[i].code);
    if (f->type != TYPE_LIST)
        jw_null(w);
    jw_end_array(w);
    if (f->type == TYPE_LIST)
        jw_end_object(w);
    jw_end_object(w);
}

static void id_property(struct jw *w, const char *name)
{
    jw_key(w, name);
    jw_object(w);
    jw_kcstr(w, "type", "string");
    jw_kcstr(w, "format", "uuid");
    jw_end_object(w);
}

static void properties(struct jw *w, const struct shape *s, bool input)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        if ((f->flags & F_HIDDEN) || (input && (f->flags & F_READONLY)))
            continue;
        jw_key(w, f->name);
        if (f->codes)
            code_schema(w, f);
        else
            field_schema(w, f);
    }
}

static void required(struct jw *w, const struct shape *s, bool place)
{
    jw_key(w, "required");
    jw_array(w);
    if (place)
        jw_cstr(w, "place_id");
    for (size_t i = 0; i < s->n; i++)
        if ((s->fields[i].flags & F_REQUIRED) && !(s->fields[i].flags & F_READONLY))
            jw_cstr(w, s->fields[i].name);
    jw_end_array(w);
}

static void row_schema(struct jw *w, const struct entity *e)
{
    jw_key(w, e->name);
    jw_object(w);
    jw_kcstr(w, "type", "object");
    jw_kcstr(w, "title", e->zh);
    jw_kcstr(w, "description", e->en);
    jw_key(w, "properties");
    jw_object(w);
    id_property(w, "id");
    jw_key(w, "version");
    jw_raw(w, S("{\"type\":\"integer\"}"));
    if (e->place != PLACE_NONE)
        id_property(w, "place_id");
    properties(w, &e->shape, false);
    jw_end_object(w);
    jw_end_object(w);
}

static void input_schema(struct jw *w, const struct command *c)
{
    bool place = c->in && c->in == &c->entity->shape && c->entity->place == PLACE_GIVEN;
    jw_object(w);
    jw_kcstr(w, "type", "object");
    jw_kbool(w, "additionalProperties", false);
    jw_key(w, "properties");
    jw_object(w);
    if (c->flags & CMD_CREATES)
        id_property(w, "id");
    if (place)
        id_property(w, "place_id");
    if ((c->flags & CMD_ON_ROW)) {
        jw_key(w, "version");
        jw_raw(w, S("{\"type\":\"integer\",\"minimum\":1}"));
    }
    if (!c->in || !shape_field(c->in, S("reason"), NULL)) {
        jw_key(w, "reason");
        jw_raw(w, S("{\"type\":\"string\",\"maxLength\":300}"));
    }
    if (c->in)
        properties(w, c->in, true);
    jw_end_object(w);
    if (c->in && !(c->flags & CMD_PARTIAL) && !(c->in == &c->entity->shape && (c->flags & CMD_ON_ROW)))
        required(w, c->in, place);
    jw_end_object(w);
}

static void answer(struct jw *w, const char *status, const char *description, const char *schema)
{
    jw_key(w, status);
    jw_object(w);
    jw_kcstr(w, "description", description);
    if (schema) {
        jw_key(w, "content");
        jw_object(w);
        jw_key(w, "application/json");
        jw_object(w);
        jw_key(w, "schema");
        jw_raw(w, str_of(schema));
        jw_end_object(w);
        jw_end_object(w);
    }
    jw_end_object(w);
}

static void answers(struct jw *w, const char *good, const char *schema)
{
    jw_key(w, "responses");
    jw_object(w);
    answer(w, good, "好 · good", schema);
    jw_key(w, "default");
    jw_raw(w, S("{\"description\":\"RFC 9457\",\"content\":{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/problem\"}}}}"));
    jw_end_object(w);
}

static void operation_head(struct jw *w, const char *method, const char *zh, const char *en, const char *tag)
{
    jw_key(w, method);
    jw_object(w);
    jw_kcstr(w, "summary", zh);
    jw_kcstr(w, "description", en);
    jw_key(w, "tags");
    jw_array(w);
    jw_cstr(w, tag);
    jw_end_array(w);
}

static void parameter(struct jw *w, const char *name, const char *in, bool must, const char *schema)
{
    jw_object(w);
    jw_kcstr(w, "name", name);
    jw_kcstr(w, "in", in);
    jw_kbool(w, "required", must);
    jw_key(w, "schema");
    jw_raw(w, str_of(schema));
    jw_end_object(w);
}

static void list_parameters(struct jw *w, const struct entity *e)
{
    jw_key(w, "parameters");
    jw_array(w);
    parameter(w, "limit", "query", false, "{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000}");
    parameter(w, "after", "query", false, "{\"type\":\"string\"}");
    parameter(w, "sort", "query", false, "{\"type\":\"string\"}");
    parameter(w, "under", "query", false, "{\"type\":\"string\",\"format\":\"uuid\"}");
    parameter(w, "q", "query", false, "{\"type\":\"string\"}");
    for (size_t i = 0; i < e->shape.n; i++)
        if (e->shape.fields[i].flags & F_FILTER)
            parameter(w, e->shape.fields[i].name, "query", false, "{\"type\":\"string\"}");
    jw_end_array(w);
}

static void body(struct jw *w, const struct command *c)
{
    jw_key(w, "requestBody");
    jw_object(w);
    jw_key(w, "content");
    jw_object(w);
    jw_key(w, "application/json");
    jw_object(w);
    jw_key(w, "schema");
    input_schema(w, c);
    jw_end_object(w);
    jw_end_object(w);
    jw_end_object(w);
}

static void operation(struct jw *w, const char *method, const struct command *c)
{
    char ref[128];
    snprintf(ref, sizeof(ref), "{\"$ref\":\"#/components/schemas/%s\"}", c->entity->name);
    operation_head(w, method, c->zh, c->en, c->entity->name);
    if (c->flags & CMD_PUBLIC)
        jw_key(w, "security"), jw_raw(w, S("[]"));
    if (c->flags & CMD_ON_ROW) {
        jw_key(w, "parameters");
        jw_array(w);
        parameter(w, "id", "path", true, "{\"type\":\"string\",\"format\":\"uuid\"}");
        jw_end_array(w);
    }
    body(w, c);
    answers(w, c->flags & CMD_CREATES ? "201" : "200", ref);
    jw_end_object(w);
}

static void row_paths(struct jw *w, const struct registry *r, const struct entity *e)
{
    char path[128], ref[160];
    const struct command *create = registry_creates(r, e), *change;
    snprintf(path, sizeof(path), "/api/v1/%s", e->name);
    jw_key_str(w, str_of(path));
    jw_object(w);
    if (!e->no_list) {
        snprintf(ref, sizeof(ref), "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/%s\"}},"
                                   "\"next\":{\"type\":[\"string\",\"null\"]}}}", e->name);
        operation_head(w, "get", e->zh, e->en, e->name);
        list_parameters(w, e);
        answers(w, "200", ref);
        jw_end_object(w);
    }
    if (create)
        operation(w, "post", create);
    jw_end_object(w);
    if (e->no_list)
        return;
    snprintf(path, sizeof(path), "/api/v1/%s/{id}", e->name);
    snprintf(ref, sizeof(ref), "%s/change", e->name);
    change = registry_command(r, str_of(ref));
    jw_key_str(w, str_of(path));
    jw_object(w);
    snprintf(ref, sizeof(ref), "{\"$ref\":\"#/components/schemas/%s\"}", e->name);
    operation_head(w, "get", e->zh, e->en, e->name);
    jw_key(w, "parameters");
    jw_array(w);
    parameter(w, "id", "path", true, "{\"type\":\"string\",\"format\":\"uuid\"}");
    jw_end_array(w);
    answers(w, "200", ref);
    jw_end_object(w);
    if (change)
        operation(w, "patch", change);
    jw_end_object(w);
}

static void verb_path(struct jw *w, const struct command *c)
{
    char path[160];
    const char *verb = strchr(c->name, '/') + 1;
    if ((c->flags & CMD_CREATES) || strcmp(verb, "change") == 0)
        return;
    snprintf(path, sizeof(path), "/api/v1/%s/%s%s", c->entity->name, c->flags & CMD_ON_ROW ? "{id}/" : "", verb);
    jw_key_str(w, str_of(path));
    jw_object(w);
    operation(w, "post", c);
    jw_end_object(w);
}

static void read_path(struct jw *w, const struct read_route *r, const char *tag)
{
    char path[160];
    snprintf(path, sizeof(path), "/api/v1/%s", r->path);
    jw_key_str(w, str_of(path));
    jw_object(w);
    operation_head(w, "get", r->zh, r->en, tag);
    if (strstr(r->path, "{id}")) {
        jw_key(w, "parameters");
        jw_array(w);
        parameter(w, "id", "path", true, "{\"type\":\"string\",\"format\":\"uuid\"}");
        jw_end_array(w);
    }
    answers(w, "200", NULL);
    jw_end_object(w);
    jw_end_object(w);
}

static void paths(struct jw *w, const struct registry *r)
{
    jw_key(w, "paths");
    jw_object(w);
    for (size_t i = 0; i < r->n_entities; i++)
        row_paths(w, r, r->entities[i]);
    for (size_t i = 0; i < r->n_commands; i++)
        verb_path(w, r->commands[i]);
    for (size_t m = 0; m < r->n_modules; m++)
        for (size_t i = 0; i < r->modules[m]->n_reads; i++)
            read_path(w, &r->modules[m]->reads[i], r->modules[m]->name);
    jw_end_object(w);
}

void openapi_write(const struct registry *r, struct buf *out)
{
    struct jw w;
    jw_init(&w, out);
    jw_object(&w);
    jw_kcstr(&w, "openapi", "3.1.0");
    jw_key(&w, "info");
    jw_raw(&w, S("{\"title\":\"战疫堡垒 Redoubt\",\"version\":\"1\"}"));
    jw_key(&w, "security");
    jw_raw(&w, S("[{\"cookie\":[]},{\"bearer\":[]}]"));
    paths(&w, r);
    jw_key(&w, "components");
    jw_object(&w);
    jw_key(&w, "securitySchemes");
    jw_raw(&w, S("{\"cookie\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"redoubt_session\"},\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}}"));
    jw_key(&w, "schemas");
    jw_object(&w);
    jw_key(&w, "problem");
    jw_raw(&w, S("{\"type\":\"object\",\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"title_en\":{\"type\":\"string\"},"
                 "\"status\":{\"type\":\"integer\"},\"code\":{\"type\":\"string\"},\"problems\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}"));
    for (size_t i = 0; i < r->n_entities; i++)
        row_schema(&w, r->entities[i]);
    jw_end_object(&w);
    jw_end_object(&w);
    jw_end_object(&w);
    buf_char(out, '\n');
}
