/* Vehicle plates: the twin of plate_parse and plate_normal in src/domain/passage/passage_rules.c. Both pass
 * tests/fixtures/plate.json. Source: GA 36, domain §2.2 [V3]. */
import { halfWidth } from './identity'

export type PlateKind = 'standard' | 'new_energy' | 'special'

export const PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼'
export const PLATE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ' /* no I, no O: they read as 1 and 0 */
export const PLATE_SUFFIXES = '警学挂领使港澳'

const HEAD = `^[${PROVINCES}][A-Z]`
const CHAR = '[A-HJ-NP-Z0-9]'
const FORMS: [PlateKind, RegExp][] = [
  ['standard', new RegExp(`${HEAD}${CHAR}{5}$`)],
  ['new_energy', new RegExp(`${HEAD}([DF]${CHAR}\\d{4}|\\d{5}[DF])$`)],
  ['special', new RegExp(`${HEAD}${CHAR}{4}[${PLATE_SUFFIXES}]$`)],
  ['special', /^(使\d{6}|\d{6}使)$/], /* embassies have no province (GK) */
]

/* Upper case, half width, without blanks, hyphens and the dots that people put behind the letter. */
export function normalPlate(plate: string): string {
  return halfWidth(plate.replace(/[ \t\-.\u3000\u00B7\u2022\u30FB]/g, '')).replace(/[ \-.]/g, '')
    .replace(/[a-z]/g, (c) => c.toUpperCase())
}

/* The kind of a plate in normal form; null when it is none, or not yet. */
export function parsePlate(plate: string): PlateKind | null {
  return FORMS.find(([, form]) => form.test(plate))?.[0] ?? null
}
