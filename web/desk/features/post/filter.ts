/* Filters of the list of checkpoints, as they stand in the address. The whole list is at hand, so they apply here. */
import type { Post } from '@shared/types'
import type { QueryMap } from '../../app/route'

export interface PostFilter { under?: string; level?: string; kind?: string; state?: 'open' | 'closed'; gap?: 'owner'; q?: string }

export function postFilter(query: QueryMap): PostFilter {
  const { under, level, kind, state, gap, q } = query
  return {
    under, level, kind, q, state: state === 'open' || state === 'closed' ? state : undefined, gap: gap === 'owner' ? 'owner' : undefined,
  }
}

export function isOpen(post: Post): boolean {
  return Boolean(post.opened_at) && !post.closed_at
}

/* Every point has an owner and a deputy: those without are listed as gaps. */
export function hasGap(post: Post): boolean {
  return !post.owner || !post.deputy
}

const LEVELS = ['city', 'county', 'township', 'village']

/* The city's own posts first, then by code. */
export function byLevel(a: Post, b: Post): number {
  return LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || (a.code < b.code ? -1 : 1)
}

export function matches(post: Post, f: PostFilter, under: (place: string | null | undefined, above: string | undefined) => boolean): boolean {
  const words = [post.code, post.name, post.site, post.road, post.owner].join(' ').toLowerCase()
  return under(post.place_id, f.under) && (!f.level || post.level === f.level) && (!f.kind || post.kind === f.kind) &&
    (!f.state || isOpen(post) === (f.state === 'open')) && (!f.gap || hasGap(post)) && (!f.q || words.includes(f.q.toLowerCase()))
}
