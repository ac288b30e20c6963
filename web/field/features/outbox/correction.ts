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
