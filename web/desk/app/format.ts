/* How a field's value is shown. */
import { codeLabel, codeLabels } from '@shared/codes'
import { divisionName } from '@shared/divisions'
import { lang, t } from '@shared/i18n'
import { fullTimeOf } from '@shared/time'
import { fieldsOf, type Field } from './fields'
import { accountName, placePath, postName } from './store'

export function fieldLabel(field: Field): string {
  return lang.value === 'en' ? field.en : field.zh
}

/* Label of a field of an entity by name; the name itself when it is not known. */
export function labelOf(entity: string, name: string): string {
  const field = fieldsOf(entity).find((f) => f.name === name)
  return field ? fieldLabel(field) : name
}

export function isDivision(field: Field): boolean {
  return /(^|_)division$/.test(field.name)
}

function showId(field: Field, value: string): string {
  if (field.target === 'place') return placePath(value) || short(value)
  if (field.target === 'post') return postName(value) || short(value)
  if (field.target === 'account') return accountName(value) || short(value)
  return short(value)
}

/* An id is shown by its last part: the first is the time, the same for all of a minute. */
export function short(id: string): string {
  return `#${id.slice(-6)}`
}

export function showValue(field: Field, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  if (Array.isArray(value)) {
    if (field.codes) return codeLabels(field.codes, value as string[])
    return (value as string[]).map((v) => (field.name === 'via' ? divisionName(v) : v)).join(lang.value === 'en' ? ', ' : '、')
  }
  /* In the journal, personal values are digests. */
  if (typeof value === 'object') return '***'
  if (field.kind === 'flag') return value === true ? t('是', 'Yes') : t('否', 'No')
  if (field.kind === 'code' && field.codes) return codeLabel(field.codes, String(value))
  if (field.kind === 'instant') return fullTimeOf(String(value))
  if (field.kind === 'id') return showId(field, String(value))
  if (isDivision(field)) return divisionName(String(value))
  if (field.kind === 'tenths' && field.unit === '°C') return `${Number(value).toFixed(1)} °C`
  if (field.unit && typeof value === 'number') return `${value.toLocaleString('zh-CN')} ${unitText(field.unit)}`
  return String(value)
}

function unitText(unit: string): string {
  if (unit === 'people') return t('人', 'people')
  if (unit === 'households') return t('户', 'households')
  return unit
}

/* 12,345 */
export function number(n: number | null | undefined): string {
  return (n ?? 0).toLocaleString('zh-CN')
}

export function temperature(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : `${value.toFixed(1)}°`
}
