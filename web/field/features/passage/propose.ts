/* The server's opinion, asked while typing: it alone knows who was turned back elsewhere. Without a network nothing is
 * asked and the phone's own rules stand. */
import { reactive, watch } from 'vue'
import { Problem, request } from '@shared/api'
import type { Proposal } from '@shared/types'
import { me } from '@shared/session'
import { reachable } from '../outbox/sync'
import type { Form, Setting } from './form'
import { ruleEntry } from './form'

const QUIET_MS = 350      /* after the last key */
const TIMEOUT_MS = 6000

export interface ServerAnswer extends Proposal { fresh: boolean }
interface Asked { key: string; asked: string; answer: Proposal | null; identity: string }

/* By occupant id. `key` is what is on the screen, `asked` what the answer belongs to. */
const known = reactive(new Map<string, Asked>())

/* The answer still counts for "turned back" while document and plate are the same; for the proposal only if all is. */
export function answerFor(occupantId: string): ServerAnswer | null {
  const k = known.get(occupantId)
  return k?.answer ? { ...k.answer, fresh: k.key === k.asked } : null
}

function worthAsking(entry: ReturnType<typeof ruleEntry>): boolean {
  return Boolean(entry.doc_no ?? entry.plate) || entry.temp1 !== undefined
}

function body(entry: ReturnType<typeof ruleEntry>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([, v]) => v !== null && v !== undefined))
}

async function ask(id: string, key: string, entry: Record<string, unknown>): Promise<void> {
  try {
    const answer = await request<Proposal>('POST', '/passage/propose', { body: entry, timeoutMs: TIMEOUT_MS })
    const k = known.get(id)
    if (k?.key === key) Object.assign(k, { answer, asked: key })
  } catch (error) {
    /* An opinion only: the entry itself is checked again when it is sent. */
    if (!(error instanceof Problem)) throw error
  }
}

export function watchProposals(form: Form, setting: () => Setting): void {
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  watch(() => form.occupants.map((o, i) => ({ id: o.id, entry: ruleEntry(form, i, setting()) })), (people) => {
    const present = new Set(people.map((p) => p.id))
    for (const id of known.keys()) if (!present.has(id)) known.delete(id)
    for (const { id, entry } of people) {
      const key = JSON.stringify({ ...entry, passed_at: '' })
      const identity = `${entry.doc_no ?? ''} ${entry.plate ?? ''}`
      const k = known.get(id)
      if (k?.key === key) continue
      known.set(id, { key, asked: k?.asked ?? '', answer: k?.identity === identity ? k.answer : null, identity })
      clearTimeout(timers.get(id))
      if (!worthAsking(entry) || !me.value || !reachable.value) continue
      timers.set(id, setTimeout(() => void ask(id, key, body(entry)), QUIET_MS))
    }
  }, { deep: true })
}
