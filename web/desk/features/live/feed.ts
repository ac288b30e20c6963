/* Rows of the live feed, pure. */
import type { Id, Passage } from '@shared/types'

export interface FeedRow {
  id: Id; post_id: Id; passed_at: string; direction: string; transport?: string | null; temp: number | null
  fever: boolean; decision: string; fresh: boolean
}

export const FEED_ROWS = 80

export function feedRow(id: Id, p: Partial<Passage>, fresh: boolean): FeedRow {
  return {
    id, fresh, post_id: p.post_id ?? '', passed_at: p.passed_at ?? '', direction: p.direction ?? '', transport: p.transport,
    temp: p.temp2 ?? p.temp1 ?? null, fever: p.fever === true, decision: p.decision ?? '',
  }
}

/* New rows on top in order of time, known ones replaced, the oldest dropped. */
export function mergeFeed(rows: FeedRow[], news: FeedRow[]): FeedRow[] {
  const ids = new Set(news.map((row) => row.id))
  return [...news, ...rows.filter((row) => !ids.has(row.id))]
    .sort((a, b) => Date.parse(b.passed_at) - Date.parse(a.passed_at)).slice(0, FEED_ROWS)
}
