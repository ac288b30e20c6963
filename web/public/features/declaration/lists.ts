/* Code lists of the traveller's form, built into the page: it is read without signing in. The same files as the server's. */
import docType from '../../../../codes/doc_type.csv?raw'
import exposure from '../../../../codes/exposure.csv?raw'
import purpose from '../../../../codes/purpose.csv?raw'
import symptom from '../../../../codes/symptom.csv?raw'
import { t } from '@shared/i18n'

export interface Item { code: string; zh: string; en: string }

/* RFC 4180: quoted cells may hold commas and doubled quotes. */
export function cells(line: string): string[] {
  const out: string[] = []
  for (const m of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) out.push(m[1] !== undefined ? m[1].replaceAll('""', '"') : m[2] ?? '')
  return out
}

export function readList(text: string): Item[] {
  return text.split(/\r?\n/).slice(1).filter(Boolean).map((line) => {
    const [code = '', zh = '', en = ''] = cells(line)
    return { code, zh, en }
  })
}

export const DOC_TYPES = readList(docType)
export const EXPOSURES = readList(exposure)
export const PURPOSES = readList(purpose)
export const SYMPTOMS = readList(symptom)

export function label(item: Item): string {
  return t(item.zh, item.en)
}
