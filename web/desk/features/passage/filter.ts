/* Filters of the passage list, as they stand in the address, and as the API takes them. */
import type { Query } from '@shared/api'
import { instantOfLocal } from '@shared/time'
import type { QueryMap } from '../../app/route'

/* from and to are as the clock at the place shows them, YYYY-MM-DDTHH:mm; from inclusive, to exclusive. */
export const PASSAGE_KEYS = ['under', 'post', 'decision', 'fever', 'direction', 'transport', 'from', 'to', 'person', 'flow'] as const

export type PassageFilter = Partial<Record<(typeof PASSAGE_KEYS)[number], string>>

export function passageFilter(query: QueryMap): PassageFilter {
  const out: PassageFilter = {}
  for (const key of PASSAGE_KEYS) if (query[key]) out[key] = query[key]
  return out
}

export function passageApiQuery(f: PassageFilter): Query {
  return {
    under: f.under, post_id: f.post, decision: f.decision, direction: f.direction, transport: f.transport,
    fever: f.fever === 'true' || f.fever === 'false' ? f.fever : null, person_id: f.person, flow_id: f.flow,
    'passed_at.from': instantOfLocal(f.from), 'passed_at.to': instantOfLocal(f.to), sort: '-passed_at',
  }
}
