/* What a person corrects: names of fields, their values as text and back. */
import { t } from '@shared/i18n'

/* Labels of the fields of form F1, as in src/domain/passage/passage.c. */
const FIELD_NAMES: Record<string, [string, string]> = {
  post_id: ['卡点', 'Checkpoint'], direction: ['方向', 'Direction'], passed_at: ['通过时间', 'Passed at'], name: ['姓名', 'Name'], doc_type: ['证件类型', 'Document type'],
  doc_no: ['证件号码', 'Document number'], no_doc_reason: ['无证件理由', 'Reason for no document'], sex: ['性别', 'Sex'], born_on: ['出生日期', 'Born on'],
  phone: ['电话', 'Phone'], home_division: ['户籍地区划', 'Home division'], plate: ['车牌号', 'Plate'], plate_kind: ['号牌种类', 'Kind of plate'], transport: ['交通方式', 'Transport'],
  occupants: ['同车人数', 'Occupants'], seat: ['座位', 'Seat'], from_division: ['来自', 'From division'], left_at: ['离开时间', 'Left at'], via: ['14 天行程', 'Route of 14 days'],
  to_division: ['去往', 'To division'], to_address: ['详细地址', 'Address'], local_contact: ['本地联系人', 'Local contact'], local_contact_phone: ['联系人电话', "Contact's phone"],
  purpose: ['事由', 'Purpose'], temp1: ['首测体温', 'First temperature'], device1: ['首测器具', 'First device'], ambient: ['环境温度', 'Ambient temperature'],
  temp2: ['复测体温', 'Second temperature'], device2: ['复测器具', 'Second device'], symptoms: ['症状', 'Symptoms'], history: ['接触史', 'Exposure history'],
  decision: ['处置', 'Decision'], reason: ['处置理由', 'Reason'], handed_to: ['移交对象', 'Handed to'], officer_card: ['上岗证号', "Officer's card number"],
  proxy: ['代录', 'From paper'], declaration_code: ['登记码', 'Code'],
}

export function fieldName(field: string): string {
  const pair = FIELD_NAMES[field]
  return pair ? t(...pair) : field
}

/* Values of an entry as text to edit, and back in the type they had. */

export function editText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? value.join(' ') : String(value)
}

/* Null when emptied: the field is then left out. */
export function parseEdit(text: string, before: unknown): unknown {
  const trimmed = text.trim()
  if (trimmed === '') return null
  if (Array.isArray(before)) return trimmed.split(/[\s,,、]+/)
  if (typeof before === 'boolean') return trimmed === 'true' || trimmed === '是'
  if (typeof before === 'number' && !Number.isNaN(Number(trimmed))) return Number(trimmed)
  return trimmed
}
