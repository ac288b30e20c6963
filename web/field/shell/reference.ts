/* What the register screen needs besides the form: posts and places of one's scope, the profile at the post. */
import { computed, ref, shallowRef } from 'vue'
import { api } from '@shared/api'
import { loadCodes } from '@shared/codes'
import { loadDivisions } from '@shared/divisions'
import { ruleProfile, type RuleProfile } from '@shared/rules'
import type { Id, Place, Post, Profile } from '@shared/types'
import { officer } from '../features/session/officer'
import { networkFirst, recall, remember } from './cache'

export const posts = shallowRef<Post[]>([])
export const places = shallowRef<Place[]>([])
export const post = shallowRef<Post | null>(null)
const profileAnswer = shallowRef<Profile | null>(null)
export const referenceAt = ref<number | null>(null) /* ms of the last complete refresh from the server */

const PLACES_MAX = 5000
const RECENT_POSTS = 6

/* Code of the city above a post: where an answer does not name the responding area. */
function cityOf(p: Post | null): string {
  const place = places.value.find((x) => x.id === p?.place_id)
  return place && /^\d{6}/.test(place.code) ? `${place.code.slice(0, 4)}00` : '410600'
}

/* The numbers for the rules; null as long as the phone has never seen a profile: then only the server proposes. */
export const profile = computed<RuleProfile | null>(() => profileAnswer.value &&
  ruleProfile(profileAnswer.value, profileAnswer.value.area ?? cityOf(post.value), officer.value?.offset_min ?? 480))

export async function loadLists(): Promise<void> {
  const [codes, kept, tree] = await Promise.allSettled([
    loadCodes(),
    networkFirst('posts', () => api.all<Post>('post', { sort: 'code' })),
    networkFirst('places', () => api.all<Place>('place', {}, PLACES_MAX)),
  ])
  if (kept.status === 'fulfilled' && kept.value) posts.value = kept.value
  if (tree.status === 'fulfilled' && tree.value) places.value = tree.value
  if (codes.status === 'fulfilled' && kept.status === 'fulfilled') referenceAt.value = Date.now()
  void loadDivisions().catch(() => undefined)
}

export async function loadProfile(): Promise<void> {
  const at = post.value?.place_id
  if (!at) return
  profileAnswer.value = (await networkFirst(`profile:${at}`, () => api.get<Profile>('/response/profile', { place: at }))) ?? null
}

/* ---- the post one stands at ---- */

export async function recentPosts(): Promise<Id[]> {
  return (await recall<Id[]>('recent_posts')) ?? []
}

export async function choosePost(chosen: Post): Promise<void> {
  post.value = chosen
  const recent = [chosen.id, ...(await recentPosts()).filter((id) => id !== chosen.id)].slice(0, RECENT_POSTS)
  await remember('recent_posts', recent)
  await remember('post', chosen.id)
  await loadProfile()
}

/* The post of last time, if it is still in one's scope. */
export async function rememberedPost(): Promise<Post | null> {
  const id = await recall<Id>('post')
  return posts.value.find((p) => p.id === id && isOpen(p)) ?? null
}

export function isOpen(p: Post): boolean {
  return Boolean(p.opened_at) && !p.closed_at
}
