/* Who is signed in. One per application. */
import { computed, ref } from 'vue'
import { api, onSessionLost, Problem } from './api'
import { setOffset } from './time'
import type { Id, Me } from './types'

/* undefined: not asked yet; null: nobody. */
export const me = ref<Me | null | undefined>(undefined)
/* The session ended under the user's hands: the sign-in page says so. */
export const sessionLost = ref(false)

export const signedIn = computed(() => Boolean(me.value))
export const mustChange = computed(() => Boolean(me.value?.account.must_change))

export function hasRight(right: string): boolean {
  return me.value?.rights.includes(right) ?? false
}

function accept(value: Me): Me {
  me.value = value
  setOffset(value.offset_min)
  return value
}

/* Asks the server. Nobody signed in is an answer, not an error; a broken network is an error. */
export async function loadMe(): Promise<Me | null> {
  try {
    return accept(await api.get<Me>('/me'))
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    me.value = null
    sessionLost.value = false
    return null
  }
}

/* Keeps using a remembered answer of /me where there is no network (the phone at a checkpoint). */
export function useRememberedMe(value: Me): void {
  accept(value)
}

export async function login(name: string, password: string, device: string): Promise<Me> {
  await api.command('session/login', { login: name, password, kind: 'browser', device })
  sessionLost.value = false
  return accept(await api.get<Me>('/me'))
}

export async function logout(): Promise<void> {
  try {
    await api.command('session/logout', {})
  } finally {
    me.value = null
  }
}

export async function changePassword(present: string, password: string): Promise<void> {
  await api.command('account/change_password', { present, password })
  await loadMe()
}

export async function revokeSession(id: Id): Promise<void> {
  await api.command(`session/${id}/revoke`, {})
}

/* A short name of this browser for the list of sessions: "Chrome · Windows". No version, nothing that tracks. */
export function deviceName(userAgent: string = navigator.userAgent): string {
  const pick = (pairs: [RegExp, string][]) => pairs.find(([re]) => re.test(userAgent))?.[1]
  const browser = pick([[/MicroMessenger/, '微信'], [/Edg/, 'Edge'], [/Firefox/, 'Firefox'], [/Chrome/, 'Chrome'], [/Safari/, 'Safari']])
  const system = pick([[/HarmonyOS/, 'HarmonyOS'], [/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'],
    [/Mac OS/, 'macOS'], [/Linux/, 'Linux']])
  return [browser ?? '浏览器', system].filter(Boolean).join(' · ')
}

onSessionLost(() => {
  if (me.value) sessionLost.value = true
  me.value = null
})
