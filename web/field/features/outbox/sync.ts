/* When the queue is sent, and what the state light shows. One sender at a time, across tabs too (Web Locks). */
import { computed, ref, watch } from 'vue'
import { api, Problem } from '@shared/api'
import { me } from '@shared/session'
import { needSignIn, officer } from '../session/officer'
import { recall, remember } from '../../shell/cache'
import { fieldStore, type LogRow } from './db'
import { Outbox, type NewEntry, type Owner } from './outbox'

export const waiting = ref(0)       /* all that is not yet on the server, whoever entered it */
export const waitingOfOthers = ref(0)
export const corrections = ref(0)
export const sending = ref(false)
export const reachable = ref(true)
export const lastSentAt = ref<number | null>(null)
export const lastProblem = ref<string | null>(null)
export const storageSealed = ref(true)

export type NetState = 'online' | 'sending' | 'offline' | 'sign_in'
export const netState = computed<NetState>(() => {
  if (!reachable.value) return 'offline'
  if (needSignIn.value) return 'sign_in'
  return sending.value ? 'sending' : 'online'
})

const QUIET_MS = 20000     /* between looks at the network while all is well */
const RETRY_MS = [3000, 6000, 12000, 20000]
let failures = 0
let timer: ReturnType<typeof setTimeout> | undefined

export async function outbox(): Promise<Outbox> {
  const { db, vault } = await fieldStore()
  storageSealed.value = vault.sealed
  return new Outbox(db, vault)
}

export async function refreshCounts(): Promise<void> {
  const counts = await (await outbox()).counts(officer.value?.account.id ?? null)
  waiting.value = counts.waiting
  corrections.value = counts.correction
  waitingOfOthers.value = counts.others
}

/* Kept on the phone first; sending starts at once but is not waited for. */
export async function keep(entries: NewEntry[], owner: Owner, log: LogRow[]): Promise<void> {
  await (await outbox()).add(entries, owner, log)
  await refreshCounts()
  void syncNow()
}

async function alone(work: () => Promise<void>): Promise<void> {
  if (navigator.locks) await navigator.locks.request('redoubt-field-outbox', { ifAvailable: true }, async (lock) => { if (lock) await work() })
  else await work()
}

async function ping(): Promise<void> {
  const answer = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout?.(8000) })
  if (answer.status >= 502) throw new Error('gateway')
}

/* Sends, or with nothing to send looks whether the server is there. */
async function round(): Promise<void> {
  const id = officer.value?.account.id
  const box = await outbox()
  if (id && me.value && waiting.value - waitingOfOthers.value > 0) {
    sending.value = true
    const result = await box.flush(id, (lines) => api.batch(lines))
    if (result.sent > 0) {
      lastSentAt.value = Date.now()
      await remember('last_sent_at', lastSentAt.value)
    }
    failures = result.kept > 0 ? failures + 1 : 0
    lastProblem.value = result.kept > 0 ? 'busy' : null
  } else {
    await ping()
    failures = 0
  }
  reachable.value = true
}

function failed(error: unknown): void {
  failures++
  if (error instanceof Problem && error.status !== 0) {
    reachable.value = true
    lastProblem.value = error.code
  } else {
    reachable.value = false
    lastProblem.value = null
  }
}

let running = false
let again = false /* something came while a round was running */

export async function syncNow(): Promise<void> {
  if (running) {
    again = true
    return
  }
  running = true
  clearTimeout(timer)
  try {
    await refreshCounts()
    await alone(round)
  } catch (error) {
    failed(error)
  } finally {
    sending.value = false
    running = false
    await refreshCounts().catch(() => undefined)
    schedule()
  }
}
function schedule(): void {
  const wait = again ? 0 : failures ? (RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] ?? QUIET_MS) : QUIET_MS
  again = false
  timer = setTimeout(() => void syncNow(), wait)
}

export async function startSync(): Promise<void> {
  lastSentAt.value = (await recall<number>('last_sent_at')) ?? null
  window.addEventListener('online', () => void syncNow())
  window.addEventListener('offline', () => { reachable.value = false })
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') void syncNow() })
  watch(me, (value) => { if (value) void syncNow() })
  await syncNow()
}
