/* What the inbox knows of commands: which fields they take and how they are called. */
import { codeLabel } from '@shared/codes'
import { t } from '@shared/i18n'
import type { InboxItem } from '@shared/types'
import { fieldsOf, type Field } from '../../app/fields'
import { labelOf } from '../../app/format'

const SHAPES: Record<string, string> = { 'passage/register': 'passage_entry', 'passage/create': 'passage_entry', 'account/create': 'account_create' }

/* The field table of a command's input: "post/create" takes the fields of post. */
export function entityOf(command: string): string {
  return SHAPES[command] ?? command.split('/')[0] ?? ''
}

/* The fields of an input: all the command's own, then those of the data that it does not know, as text. */
export function inputFields(command: string, data: Record<string, unknown>): Field[] {
  const known = fieldsOf(entityOf(command)).filter((field) => !field.readonly || field.name in data)
  const place: Field[] = 'place_id' in data && !known.some((f) => f.name === 'place_id')
    ? [{ name: 'place_id', zh: '地区', en: 'Place', kind: 'id', target: 'place' }] : []
  const names = new Set([...known, ...place].map((field) => field.name))
  const rest = Object.keys(data).filter((name) => !names.has(name))
  return [...place, ...known, ...rest.map((name): Field => ({ name, zh: name, en: name, kind: 'text' }))]
}

export function fieldName(entity: string, name: string | null | undefined): string {
  return name ? labelOf(entity, name) : ''
}

const NAMES: Record<string, [string, string]> = {
  'passage/register': ['登记通行', 'Passage'], 'post/create': ['设立卡点', 'New checkpoint'], 'place/create': ['新建区划', 'New place'],
  'account/create': ['新建账号', 'New account'], 'grant/create': ['授权', 'Grant'], 'person/create': ['登记人员', 'Person'],
  'listed_area/create': ['重点地区', 'Listed area'], 'response_level/create': ['响应级别', 'Response level'],
  'profile_number/create': ['病种参数', 'Profile number'], 'handover/acknowledge': ['确认接收', 'Acknowledgement'],
}

export function commandName(command: string): string {
  const pair = NAMES[command]
  return pair ? t(...pair) : command
}

export function sourceName(item: InboxItem): string {
  const name = codeLabel('inbox_source', item.source)
  return item.line ? `${name} ${t(`第 ${item.line} 行`, `line ${item.line}`)}` : name
}
