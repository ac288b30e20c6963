/* What the live screen shows, as it stands in the address: #/live?under=…&day=…&from_hour=…&to_hour=… */
import { instantAt } from '@shared/time'
import type { Day, Id } from '@shared/types'
import type { QueryMap } from '../../app/route'

export interface LiveFilter { under: Id | null; day: Day; fromHour: number; toHour: number }

const hour = (text: string | undefined, otherwise: number) => {
  const n = Number(text)
  return text !== undefined && Number.isInteger(n) && n >= 0 && n <= 24 ? n : otherwise
}

/* What an address does not say, or says wrongly, is the whole of today. */
export function liveFilter(query: QueryMap, root: Id | null, today: Day): LiveFilter {
  const fromHour = hour(query['from_hour'], 0)
  const toHour = hour(query['to_hour'], 24)
  const day = /^\d{4}-\d\d-\d\d$/.test(query['day'] ?? '') ? query['day'] as Day : today
  const inOrder = fromHour < toHour
  return { under: query['under'] || root, day, fromHour: inOrder ? fromHour : 0, toHour: inOrder ? toHour : 24 }
}

/* Query of GET /live. */
export function liveQuery(f: LiveFilter): Record<string, string | number | null> {
  return { under: f.under, day: f.day, from_hour: f.fromHour || null, to_hour: f.toHour < 24 ? f.toHour : null }
}

/* Query of GET /passage for the same people. */
export function passageQuery(f: LiveFilter): Record<string, string | null> {
  return { under: f.under, 'passed_at.from': instantAt(f.day, f.fromHour), 'passed_at.to': instantAt(f.day, f.toHour) }
}

export function within(f: LiveFilter, passedAt: string): boolean {
  const ms = Date.parse(passedAt)
  return ms >= Date.parse(instantAt(f.day, f.fromHour)) && ms < Date.parse(instantAt(f.day, f.toHour))
}
