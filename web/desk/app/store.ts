/* Small reference data that every screen names things by: places, posts, accounts. Loaded once, kept by the event stream. */
import { computed, shallowRef } from 'vue'
import { api } from '@shared/api'
import { listen } from '@shared/events'
import { hasRight, me } from '@shared/session'
import type { Account, Id, Place, Post } from '@shared/types'
import { atMostEvery } from './throttle'

export type PlaceNode = { value: Id; label: string; children?: PlaceNode[] }

export const places = shallowRef<Map<Id, Place>>(new Map())
export const posts = shallowRef<Map<Id, Post>>(new Map())
const accounts = shallowRef<Map<Id, Account>>(new Map())

const byId = <T extends { id: Id }>(rows: T[]) => new Map(rows.map((row) => [row.id, row]))

async function loadPlaces(): Promise<void> {
  places.value = byId(await api.all<Place>('place'))
}

async function loadPosts(): Promise<void> {
  posts.value = byId(await api.all<Post>('post', { sort: 'code' }))
}

async function loadAccounts(): Promise<void> {
  if (hasRight('account.read')) accounts.value = byId(await api.all<Account>('account'))
}

let stop: (() => void) | null = null

/* After signing in. Accounts come later: no screen waits for the names of officers. */
export async function openStore(): Promise<void> {
  await Promise.all([loadPlaces(), loadPosts()])
  void loadAccounts().catch(() => undefined)
  const reload: Record<string, () => void> = {
    place: atMostEvery(5000, loadPlaces), post: atMostEvery(1000, loadPosts), account: atMostEvery(5000, loadAccounts),
  }
  stop?.()
  stop = listen(Object.keys(reload), (changes) => new Set(changes.map((c) => c.entity)).forEach((name) => reload[name]?.()),
    () => Object.values(reload).forEach((again) => again()))
}

export function closeStore(): void {
  stop?.()
  stop = null
  places.value = new Map()
  posts.value = new Map()
  accounts.value = new Map()
}

/* After a change of one's own, so that the screen does not wait for the stream. */
export const refreshPosts = loadPosts
export const refreshPlaces = loadPlaces
export const refreshAccounts = loadAccounts

/* The highest place the signed-in person answers for. */
export const root = computed<Place | null>(() => {
  const grants = [...(me.value?.grants ?? [])].sort((a, b) => a.path.length - b.path.length)
  for (const grant of grants) {
    const place = places.value.get(grant.place_id)
    if (place) return place
  }
  return [...places.value.values()].sort((a, b) => a.path.length - b.path.length)[0] ?? null
})

export function placeName(id: Id | null | undefined): string {
  return (id && places.value.get(id)?.name) || ''
}

/* Names from below the root down to the place: "淇滨区 / 金山街道". */
export function placePath(id: Id | null | undefined): string {
  const names: string[] = []
  for (let place = id ? places.value.get(id) : undefined; place; place = place.parent_id ? places.value.get(place.parent_id) : undefined) {
    if (place.id === root.value?.id && names.length) break
    names.unshift(place.name)
  }
  return names.join(' / ')
}

/* Is the place in the part of the tree below (or at) another? Unknown places are taken to be inside: the server
 * has sent them, so they are in scope. */
export function isUnder(id: Id | null | undefined, above: Id | null | undefined): boolean {
  const place = id ? places.value.get(id) : undefined
  const top = above ? places.value.get(above) : undefined
  return !place || !top || place.path.startsWith(top.path)
}

export function childrenOf(id: Id): Place[] {
  return [...places.value.values()].filter((place) => place.parent_id === id).sort((a, b) => (a.path < b.path ? -1 : 1))
}

/* The tree below the root, for pickers. */
export const placeTree = computed<PlaceNode[]>(() => {
  const nodes = new Map<Id, PlaceNode>()
  const tops: PlaceNode[] = []
  const sorted = [...places.value.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  for (const place of sorted) nodes.set(place.id, { value: place.id, label: place.name })
  for (const place of sorted) {
    const node = nodes.get(place.id)
    if (!node) continue
    const parent = place.parent_id ? nodes.get(place.parent_id) : undefined
    if (parent) (parent.children ??= []).push(node)
    else tops.push(node)
  }
  return tops
})

export function postName(id: Id | null | undefined): string {
  return (id && posts.value.get(id)?.name) || ''
}

export function accountName(id: Id | null | undefined): string {
  if (!id) return ''
  if (id === me.value?.account.id) return me.value.account.name
  return accounts.value.get(id)?.name ?? ''
}
