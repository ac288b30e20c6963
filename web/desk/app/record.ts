/* Editing a row: what has changed, and nothing else, is sent. Masked values stay as they are unless typed over. */
import type { Field } from './fields'

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/* The fields of a row that a form may show, as a plain object to edit. */
export function editable(row: Record<string, unknown>, fields: Field[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field.name, row[field.name] ?? null]))
}

/* Fields whose value differs from the row's; an emptied field is null. */
export function changedFields(row: Record<string, unknown>, draft: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(draft).filter(([name, value]) => !same(value, row[name])))
}

/* For creation: only what was filled in. */
export function givenFields(draft: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) =>
    value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && !value.length)))
}
