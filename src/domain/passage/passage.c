/* Passages, hand-overs, travellers' own forms. READ FIRST: fields, entities, commands. */
#include "domain/passage/passage.h"
#include "domain/passage/passage_facts.h"
#include "domain/passage/passage_plan.h"
#include "domain/person/person.h"

/* Limits are format limits (domain §2.2); what counts as fever or invalid comes from the profile. */
#define TEMP_LIMITS .unit = "°C", .min = 300, .max = 450

static const struct field passage_fields[] = {
    FIELD(passage, post_id, F_READONLY | F_FILTER | F_LIVE, "卡点", "Checkpoint", .target = "post"),
    FIELD(passage, flow_id, F_READONLY | F_FILTER | F_LIVE, "同车编号", "Flow (one vehicle)"),
    FIELD(passage, person_id, F_READONLY | F_FILTER, "人员", "Person", .target = "person"),
    FIELD(passage, direction, F_READONLY | F_FILTER | F_LIVE, "方向", "Direction", .codes = "direction"),
    FIELD(passage, passed_at, F_READONLY | F_FILTER | F_SORT | F_LIVE, "通过时间", "Passed at"),
    FIELD(passage, doc_hash, F_HIDDEN, "证件摘要", "Document hash"),
    FIELD(passage, plate, F_READONLY | F_PERSONAL, "车牌号", "Plate", .max = 12, .mask = MASK_NONE, .purpose = "to find who shared a vehicle",
          .source = "GA 36"),
    FIELD(passage, plate_kind, F_READONLY, "号牌种类", "Kind of plate", .codes = "plate_kind"),
    FIELD(passage, transport, F_READONLY | F_FILTER | F_LIVE, "交通方式", "Transport", .codes = "transport"),
    FIELD(passage, occupants, F_READONLY | F_LIVE, "同车人数", "Occupants", .unit = "people"),
    FIELD(passage, seat, F_READONLY, "座位", "Seat", .codes = "seat"),
    FIELD(passage, from_division, F_READONLY | F_FILTER, "来自", "From division", .max = 12),
    FIELD(passage, left_at, F_READONLY, "离开时间", "Left at"),
    FIELD(passage, via, F_READONLY, "14 天行程", "Route of 14 days", .max = 20),
    FIELD(passage, to_division, F_READONLY | F_FILTER, "去往", "To division", .max = 12),
    FIELD(passage, to_address, F_READONLY | F_PERSONAL, "详细地址", "Address", .max = 200, .mask = MASK_ALL, .purpose = "hand-over to the community"),
    FIELD(passage, local_contact, F_READONLY | F_PERSONAL, "本地联系人", "Local contact", .max = 60, .mask = MASK_NAME, .purpose = "hand-over to the community"),
    FIELD(passage, local_contact_phone, F_READONLY | F_PERSONAL, "联系人电话", "Contact's phone", .max = 20, .mask = MASK_PHONE,
          .purpose = "hand-over to the community"),
    FIELD(passage, purpose, F_READONLY | F_FILTER, "事由", "Purpose", .codes = "purpose"),
    FIELD(passage, temp1, F_READONLY | F_LIVE, "首测体温", "First temperature", TEMP_LIMITS),
    FIELD(passage, device1, F_READONLY, "首测器具", "First device", .codes = "thermometer"),
    FIELD(passage, ambient, F_READONLY, "环境温度", "Ambient temperature", .unit = "°C", .min = -500, .max = 600),
    FIELD(passage, temp2, F_READONLY | F_LIVE, "复测体温", "Second temperature", TEMP_LIMITS),
    FIELD(passage, device2, F_READONLY, "复测器具", "Second device", .codes = "thermometer"),
    FIELD(passage, symptoms, F_READONLY | F_PERSONAL, "症状", "Symptoms", .codes = "symptom", .max = 12, .mask = MASK_NONE, .purpose = "triage"),
    FIELD(passage, history, F_READONLY | F_PERSONAL, "接触史", "Exposure history", .codes = "exposure", .max = 8, .mask = MASK_NONE, .purpose = "triage"),
    FIELD(passage, proposal, F_READONLY | F_FILTER, "建议处置", "Proposal", .codes = "decision"),
    FIELD(passage, why, F_READONLY, "建议依据", "Why", .codes = "passage_why", .max = WHY_MAX),
    FIELD(passage, decision, F_READONLY | F_FILTER | F_LIVE, "处置", "Decision", .codes = "decision"),
    FIELD(passage, reason, F_READONLY, "处置理由", "Reason", .max = 300),
    FIELD(passage, handed_to, F_READONLY, "移交对象", "Handed to", .max = 100),
    FIELD(passage, handover_id, F_READONLY, "移交单", "Hand-over", .target = "handover"),
    FIELD(passage, fever, F_READONLY | F_FILTER | F_LIVE, "发热", "Fever"),
    FIELD(passage, officer_id, F_READONLY | F_FILTER, "查验员", "Officer", .target = "account"),
    FIELD(passage, officer_card, F_READONLY, "上岗证号", "Officer's card number", .max = 20),
    FIELD(passage, proxy, F_READONLY, "代录", "Entered for somebody else or from paper"),
    FIELD(passage, declaration_id, F_READONLY, "自填表", "Traveller's own form", .target = "declaration"),
};

static const struct index passage_indexes[] = {
    { "time", "lane, passed_at, id", NULL, false },
    { "post", "lane, post_id, passed_at, id", NULL, false },
    { "turned_doc", "doc_hash, passed_at", "decision = 'turn_back' AND doc_hash IS NOT NULL", false },
    { "turned_plate", "plate, passed_at", "decision = 'turn_back' AND plate IS NOT NULL", false },
};

const struct entity passage_entity = {
    .name = "passage", .zh = "通行登记", .en = "Passage",
    .shape = { "passage", FIELDS(passage_fields), sizeof(struct passage) },
    .place = PLACE_SET, .lane_scoped = true, .indexes = FIELDS(passage_indexes), .derive = passage_derive,
    .no_create = true, .no_change = true, .sort = "-passed_at", .list_time = "passed_at", .retention_days = 28,
};

static const struct field entry_fields[] = {
    FIELD(passage_entry, post_id, F_REQUIRED, "卡点", "Checkpoint", .target = "post"),
    FIELD(passage_entry, flow_id, 0, "同车编号", "Flow (one vehicle)"),
    FIELD(passage_entry, direction, F_REQUIRED, "方向", "Direction", .codes = "direction"),
    FIELD(passage_entry, passed_at, F_REQUIRED | F_PAST, "通过时间", "Passed at"),
    FIELD(passage_entry, name, F_REQUIRED | F_PERSONAL, "姓名", "Name", .max = 60),
    FIELD(passage_entry, doc_type, F_REQUIRED, "证件类型", "Document type", .codes = "doc_type"),
    FIELD(passage_entry, doc_no, F_PERSONAL, "证件号码", "Document number", .max = 30),
    FIELD(passage_entry, no_doc_reason, 0, "无证件理由", "Reason for no document", .max = 200),
    FIELD(passage_entry, sex, F_PERSONAL, "性别", "Sex", .codes = "sex"),
    FIELD(passage_entry, born_on, F_PERSONAL | F_PAST, "出生日期", "Born on"),
    FIELD(passage_entry, phone, F_PERSONAL, "电话", "Phone", .max = 20, .check = person_check_phone),
    FIELD(passage_entry, home_division, 0, "户籍地区划", "Home division", .max = 12, .check = person_check_division),
    FIELD(passage_entry, plate, F_PERSONAL, "车牌号", "Plate", .max = 16),
    FIELD(passage_entry, plate_kind, 0, "号牌种类", "Kind of plate", .codes = "plate_kind"),
    FIELD(passage_entry, transport, F_REQUIRED, "交通方式", "Transport", .codes = "transport"),
    FIELD(passage_entry, occupants, 0, "同车人数", "Occupants", .min = 1, .max = 200),
    FIELD(passage_entry, seat, 0, "座位", "Seat", .codes = "seat"),
    FIELD(passage_entry, from_division, F_REQUIRED, "来自", "From division", .max = 12, .check = person_check_division),
    FIELD(passage_entry, left_at, F_PAST, "离开时间", "Left at"),
    FIELD(passage_entry, via, 0, "14 天行程", "Route of 14 days", .max = 20),
    FIELD(passage_entry, to_division, 0, "去往", "To division", .max = 12, .check = person_check_division),
    FIELD(passage_entry, to_address, F_PERSONAL, "详细地址", "Address", .max = 200),
    FIELD(passage_entry, local_contact, F_PERSONAL, "本地联系人", "Local contact", .max = 60),
    FIELD(passage_entry, local_contact_phone, F_PERSONAL, "联系人电话", "Contact's phone", .max = 20, .check = person_check_phone),
    FIELD(passage_entry, purpose, 0, "事由", "Purpose", .codes = "purpose"),
    FIELD(passage_entry, temp1, F_REQUIRED, "首测体温", "First temperature", TEMP_LIMITS),
    FIELD(passage_entry, device1, F_REQUIRED, "首测器具", "First device", .codes = "thermometer"),
    FIELD(passage_entry, ambient, 0, "环境温度", "Ambient temperature", .unit = "°C", .min = -500, .max = 600),
    FIELD(passage_entry, temp2, 0, "复测体温", "Second temperature", TEMP_LIMITS),
    FIELD(passage_entry, device2, 0, "复测器具", "Second device", .codes = "thermometer"),
    FIELD(passage_entry, symptoms, F_PERSONAL, "症状", "Symptoms", .codes = "symptom", .max = 12),
    FIELD(passage_entry, history, F_PERSONAL, "接触史", "Exposure history", .codes = "exposure", .max = 8),
    FIELD(passage_entry, decision, F_REQUIRED, "处置", "Decision", .codes = "decision"),
    FIELD(passage_entry, reason, 0, "处置理由", "Reason", .max = 300),
    FIELD(passage_entry, handed_to, 0, "移交对象", "Handed to", .max = 100),
    FIELD(passage_entry, handover_place_id, 0, "接收地区", "Receiving place", .target = "place"),
    FIELD(passage_entry, officer_card, 0, "上岗证号", "Officer's card number", .max = 20),
    FIELD(passage_entry, proxy, 0, "代录", "Entered for somebody else or from paper"),
    FIELD(passage_entry, declaration_code, 0, "登记码", "Code of the traveller's own form", .max = 8),
};
const struct shape passage_entry_shape = { "passage_entry", FIELDS(entry_fields), sizeof(struct passage_entry), passage_entry_check };

static const struct field handover_fields[] = {
    FIELD(handover, passage_id, F_READONLY | F_FILTER, "通行登记", "Passage", .target = "passage"),
    FIELD(handover, from_post_id, F_READONLY | F_FILTER | F_LIVE, "移出卡点", "From checkpoint", .target = "post"),
    FIELD(handover, kind, F_READONLY | F_FILTER | F_LIVE, "类别", "Kind", .codes = "handover_kind"),
    FIELD(handover, to_name, F_READONLY | F_LIVE, "接收单位", "Receiver", .max = 100),
    FIELD(handover, name, F_READONLY | F_PERSONAL, "姓名", "Name", .max = 60, .mask = MASK_NAME, .purpose = "to receive the right person"),
    FIELD(handover, phone, F_READONLY | F_PERSONAL, "电话", "Phone", .max = 20, .mask = MASK_PHONE, .purpose = "to reach the person"),
    FIELD(handover, to_address, F_READONLY | F_PERSONAL, "详细地址", "Address", .max = 200, .mask = MASK_ALL, .purpose = "to find the person"),
    FIELD(handover, temp, F_READONLY, "体温", "Temperature", TEMP_LIMITS),
    FIELD(handover, sent_at, F_READONLY, "移交时间", "Sent"),
    FIELD(handover, due_at, F_READONLY | F_FILTER | F_SORT | F_LIVE, "应确认时间", "Due"),
    FIELD(handover, acknowledged_at, F_READONLY, "确认时间", "Acknowledged"),
    FIELD(handover, state, F_READONLY | F_FILTER | F_LIVE, "状态", "State", .codes = "handover_state"),
    FIELD(handover, acknowledged_by, F_READONLY, "确认人", "Acknowledged by", .target = "account"),
    FIELD(handover, note, F_READONLY, "备注", "Note", .max = 300),
};

static const struct index handover_indexes[] = {
    { "waiting", "lane, due_at, id", "state = 'waiting'", false },
};

const struct entity handover_entity = {
    .name = "handover", .zh = "移交", .en = "Hand-over",
    .shape = { "handover", FIELDS(handover_fields), sizeof(struct handover) },
    .place = PLACE_SET, .lane_scoped = true, .indexes = FIELDS(handover_indexes), .derive = handover_derive,
    .no_create = true, .no_change = true, .no_import = true, .sort = "due_at", .list_time = "due_at",
};

static const struct field declaration_fields[] = {
    FIELD(declaration, post_id, F_READONLY, "卡点", "Checkpoint", .target = "post"),
    FIELD(declaration, code_hash, F_HIDDEN, "登记码摘要", "Code hash"),
    FIELD(declaration, content, F_HIDDEN | F_PERSONAL, "内容", "Content", .max = 8000, .purpose = "filled in by the traveller beforehand"),
    FIELD(declaration, expires_at, F_READONLY, "失效时间", "Expires"),
    FIELD(declaration, used, F_READONLY, "已使用", "Used"),
};

static const struct index declaration_indexes[] = {
    { "code", "lane, post_id, code_hash, expires_at", NULL, false },
    { "expires", "lane, expires_at", NULL, false },
};

const struct entity declaration_entity = {
    .name = "declaration", .zh = "自填表", .en = "Traveller's own form",
    .shape = { "declaration", FIELDS(declaration_fields), sizeof(struct declaration) },
    .place = PLACE_SET, .lane_scoped = true, .indexes = FIELDS(declaration_indexes),
    .no_create = true, .no_change = true, .no_list = true, .no_import = true, .retention_days = 1,
};

static const struct entity *const entities[] = { &passage_entity, &handover_entity, &declaration_entity };

static const struct field acknowledge_fields[] = {
    FIELD(handover_in, note, 0, "备注", "Note", .max = 300),
};
static const struct shape acknowledge_shape = { "handover_acknowledge", FIELDS(acknowledge_fields), sizeof(struct handover_in) };

static const struct field declaration_in_fields[] = {
    FIELD(declaration_in, post_code, F_REQUIRED, "卡点编号", "Checkpoint code", .max = 16),
    FIELD(declaration_in, name, F_REQUIRED | F_PERSONAL, "姓名", "Name", .max = 60),
    FIELD(declaration_in, doc_type, F_REQUIRED, "证件类型", "Document type", .codes = "doc_type"),
    FIELD(declaration_in, doc_no, F_PERSONAL, "证件号码", "Document number", .max = 30),
    FIELD(declaration_in, no_doc_reason, 0, "无证件理由", "Reason for no document", .max = 200),
    FIELD(declaration_in, sex, F_PERSONAL, "性别", "Sex", .codes = "sex"),
    FIELD(declaration_in, born_on, F_PERSONAL | F_PAST, "出生日期", "Born on"),
    FIELD(declaration_in, phone, F_PERSONAL, "电话", "Phone", .max = 20, .check = person_check_phone),
    FIELD(declaration_in, home_division, 0, "户籍地区划", "Home division", .max = 12, .check = person_check_division),
    FIELD(declaration_in, plate, F_PERSONAL, "车牌号", "Plate", .max = 16, .check = passage_check_plate),
    FIELD(declaration_in, transport, 0, "交通方式", "Transport", .codes = "transport"),
    FIELD(declaration_in, from_division, F_REQUIRED, "来自", "From division", .max = 12, .check = person_check_division),
    FIELD(declaration_in, via, 0, "14 天行程", "Route of 14 days", .max = 20),
    FIELD(declaration_in, to_division, 0, "去往", "To division", .max = 12, .check = person_check_division),
    FIELD(declaration_in, to_address, F_PERSONAL, "详细地址", "Address", .max = 200),
    FIELD(declaration_in, local_contact, F_PERSONAL, "本地联系人", "Local contact", .max = 60),
    FIELD(declaration_in, local_contact_phone, F_PERSONAL, "联系人电话", "Contact's phone", .max = 20, .check = person_check_phone),
    FIELD(declaration_in, purpose, 0, "事由", "Purpose", .codes = "purpose"),
    FIELD(declaration_in, symptoms, F_PERSONAL, "症状", "Symptoms", .codes = "symptom", .max = 12),
    FIELD(declaration_in, history, F_PERSONAL, "接触史", "Exposure history", .codes = "exposure", .max = 8),
    FIELD(declaration_in, notice_read, F_REQUIRED, "已读告知", "Notice read"),
};
const struct shape declaration_shape = { "declaration_entry", FIELDS(declaration_in_fields), sizeof(struct declaration_in) };

static const struct field find_fields[] = {
    FIELD(declaration_find_in, post_id, F_REQUIRED, "卡点", "Checkpoint", .target = "post"),
    FIELD(declaration_find_in, code, F_REQUIRED, "登记码", "Code", .min = 4, .max = 8),
};
static const struct shape find_shape = { "declaration_find", FIELDS(find_fields), sizeof(struct declaration_find_in) };

static const struct field fold_fields[] = {
    FIELD(fold_in, before, 0, "此日之前", "Before this day (default: 28 days ago)"),
};
static const struct shape fold_shape = { "passage_fold", FIELDS(fold_fields), sizeof(struct fold_in) };

static const struct command commands[] = {
    { "passage/register", &passage_entity, &passage_entry_shape, "passage.create", CMD_CREATES, NULL, passage_plan_register,
      "登记通行", "Register a passage", facts_ahead },
    { "passage/propose", &passage_entity, &passage_entry_shape, "passage.create", CMD_READS | CMD_NO_BATCH | CMD_PARTIAL, NULL, passage_plan_propose,
      "建议处置", "Propose a decision and say why" },
    { "passage/fold", &passage_entity, &fold_shape, "passage.fold", CMD_REASON, NULL, passage_plan_fold,
      "到期汇总删除", "Fold passed travellers of 28 days ago into hourly counts" },
    { "handover/acknowledge", &handover_entity, &acknowledge_shape, "handover.acknowledge", CMD_ON_ROW, NULL,
      handover_plan_acknowledge, "确认接收", "Acknowledge a hand-over" },
    { "handover/reveal", &handover_entity, NULL, "handover.acknowledge", CMD_ON_ROW | CMD_REASON | CMD_NO_BATCH, NULL,
      handover_plan_reveal, "查看明文", "Show whom to receive, with a reason that is kept" },
    { "declaration/create", &declaration_entity, &declaration_shape, NULL, CMD_CREATES | CMD_PUBLIC | CMD_NO_BATCH, NULL,
      declaration_plan_create, "自填登记", "A traveller's own form" },
    { "declaration/find", &declaration_entity, &find_shape, "passage.create", CMD_READS | CMD_NO_BATCH, NULL,
      declaration_plan_find, "取登记码", "Find a traveller's own form by its code" },
};

static const struct read_route reads[] = {
    { "live", "passage.read", passage_read_live, "实时态势", "Today's counts for the live screen" },
};

const struct module passage_module = { "passage", FIELDS(entities), FIELDS(commands), FIELDS(reads) };
