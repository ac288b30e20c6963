/* Travellers. READ FIRST: fields, entities, commands. */
#include "domain/person/person.h"
#include "domain/person/person_plan.h"

static const struct field person_fields[] = {
    FIELD(person, name, F_REQUIRED | F_PERSONAL, "姓名", "Name", .max = 60, .mask = MASK_NAME, .purpose = "to reach the right person"),
    FIELD(person, doc_type, F_REQUIRED | F_FILTER, "证件类型", "Document type", .codes = "doc_type"),
    FIELD(person, doc_no, F_PERSONAL | F_FIND, "证件号码", "Document number", .max = 30, .mask = MASK_DOC_NO,
          .purpose = "to tell people apart and find contacts", .source = "GB 11643-1999 for id_card"),
    FIELD(person, no_doc_reason, 0, "无证件理由", "Reason for no document", .max = 200),
    FIELD(person, sex, F_PERSONAL, "性别", "Sex", .codes = "sex", .mask = MASK_NONE, .purpose = "identity"),
    FIELD(person, born_on, F_PERSONAL, "出生日期", "Born on", .mask = MASK_ALL, .purpose = "identity, care by age"),
    FIELD(person, phone, F_PERSONAL | F_FIND, "电话", "Phone", .max = 20, .mask = MASK_PHONE, .check = person_check_phone,
          .purpose = "to reach contacts"),
    FIELD(person, home_division, F_FILTER, "户籍地区划", "Home division", .max = 12, .check = person_check_division),
    FIELD(person, seen_on, F_READONLY, "最近通行日期", "Last passage on"),
};

static const struct index person_indexes[] = {
    { "doc_no", "lane, doc_no_hash, id", "doc_no_hash IS NOT NULL", false },
};

static void person_check(const struct check_env *env, const void *row)
{
    const struct person *p = row;
    person_check_given(env->problems, date_of(env->now, env->offset_min), p->doc_type, p->doc_no.plain, p->no_doc_reason,
                       p->phone.plain, p->home_division);
}

const struct entity person_entity = {
    .name = "person", .zh = "人员", .en = "Person",
    .shape = { "person", FIELDS(person_fields), sizeof(struct person) },
    .place = PLACE_GIVEN, .lane_scoped = true, .indexes = FIELDS(person_indexes), .check = person_check, .no_create = true, .sort = "-id",
    .retention_days = 28,
};

static const struct entity *const entities[] = { &person_entity };

static const struct command commands[] = {
    { "person/create", &person_entity, &person_entity.shape, "person.create", CMD_CREATES, NULL, person_plan_create,
      "登记人员", "Register a person" },
    { "person/reveal", &person_entity, NULL, "person.reveal", CMD_ON_ROW | CMD_REASON | CMD_NO_BATCH, NULL, person_plan_reveal,
      "查看明文", "Show the full identity, with a reason that is kept" },
};

const struct module person_module = { "person", FIELDS(entities), FIELDS(commands), NULL, 0 };
