/* Where the user is, kept in the address after '#', so that a link shows the same view: #/live?under=…&day=…  */
import { shallowRef } from 'vue'

export type QueryMap = Record<string, string>
export interface Route { path: string; query: QueryMap }

export const HOME = '/live'

export function parseHash(hash: string): Route {
  const text = hash.replace(/^#/, '')
  const at = text.indexOf('?')
  const path = (at < 0 ? text : text.slice(0, at)).replace(/\/+$/, '')
  const query: QueryMap = {}
  if (at >= 0) for (const [key, value] of new URLSearchParams(text.slice(at + 1))) query[key] = value
  return { path: path.startsWith('/') ? path : HOME, query }
}

export function formatHash(path: string, query: Record<string, string | number | null | undefined> = {}): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== null && value !== undefined && value !== '') params.append(key, String(value))
  /* Colons and commas may stand in a fragment as they are; encoded they only make the link hard to read. */
  const text = params.toString().replaceAll('%3A', ':').replaceAll('%2C', ',')
  return `#${path}${text ? `?${text}` : ''}`
}

const here = typeof location === 'undefined' ? '' : location.hash
export const route = shallowRef<Route>(parseHash(here))

if (typeof window !== 'undefined') addEventListener('hashchange', () => { route.value = parseHash(location.hash) })

export function go(path: string, query: Record<string, string | number | null | undefined> = {}): void {
  location.hash = formatHash(path, query)
}

/* Changes some keys; null or '' takes a key away. Does not make a new step for the Back button. */
export function setQuery(patch: Record<string, string | number | null | undefined>): void {
  const hash = formatHash(route.value.path, { ...route.value.query, ...patch })
  history.replaceState(null, '', hash)
  route.value = parseHash(hash)
}
