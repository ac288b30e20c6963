/* What the forms and detail views know of the fields: labels, type, code list, limits. Printed by the program from its field
 * tables; the server checks everything again. */
import { FIELDS, type Field } from '@shared/api.gen'

export { FIELDS }
export type { Field, FieldKind } from '@shared/api.gen'

/* Of an entity, or of an input that is none (the name of its shape: "account_create", "passage_entry"). */
export function fieldsOf(entity: string, names?: string[]): Field[] {
  const all = FIELDS[entity] ?? []
  return names ? names.map((name) => all.find((f) => f.name === name)).filter((f): f is Field => Boolean(f)) : all
}
