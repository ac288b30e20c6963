/* The form on the screen and what it leads to: one per application. */
import { computed, reactive, ref, watch } from 'vue'
import { isoOf, today } from '@shared/time'
import { proposeDecision, type RuleProposal } from '@shared/rules'
import type { TurnedBack } from '@shared/types'
import type { LogRow } from '../outbox/db'
import { keep } from '../outbox/sync'
import { mayDo, officer } from '../session/officer'
import { recall, remember } from '../../shell/cache'
import { post, profile } from '../../shell/reference'
import { dropDraft, loadDraft, saveDraft } from './draft'
import {
  FIRST_HABITS, OCCUPANTS_MAX, decisionGaps, effectiveDecision, emptyForm, emptyOccupant, entryOf, gapsOf, habitsOf, lineOf, maskName,
  maskPlate, ruleEntry, temperature, touched, type Form, type Gap, type Habits, type Occupant, type Setting,
} from './form'
import { answerFor, type ServerAnswer } from './propose'

export const form = reactive<Form>(emptyForm('', FIRST_HABITS))
export const recentFrom = ref<string[]>([])
export const recentTo = ref<string[]>([])
/* Turns at midnight, also when the phone lies open: ages and listed areas go by the day. */
export const day = ref(today())
setInterval(() => { day.value = today() }, 30000)

const RECENT = 5
let habits: Habits = FIRST_HABITS

export function setting(): Setting {
  const now = isoOf()
  return { postId: post.value?.id ?? '', officerCard: officer.value?.account.card_no ?? null, now, offset: now.slice(-6), today: day.value }
}

export const current = computed<Occupant>(() => form.occupants[form.current] ?? form.occupants[0]!)

/* ---- the proposal for each person ---- */

export interface Advice extends RuleProposal { turnedBack: TurnedBack | null }

function adviceFor(index: number): Advice | null {
  const o = form.occupants[index]
  if (!o) return null
  const server: ServerAnswer | null = answerFor(o.id)
  const turnedBack = server?.turned_back ?? null
  if (temperature(o.temp1) === null) return turnedBack ? { proposal: 'turn_back', why: ['turned_back'], fever: false, remeasure: false, turnedBack } : null
  if (profile.value) return { ...proposeDecision(profile.value, ruleEntry(form, index, setting()), day.value, turnedBack !== null), turnedBack }
  return server?.fresh ? { proposal: server.proposal as RuleProposal['proposal'], why: server.why, fever: server.fever, remeasure: server.remeasure, turnedBack } : null
}

export const advice = computed<(Advice | null)[]>(() => form.occupants.map((_o, i) => adviceFor(i)))

/* A person's proposal counts once there is a temperature; before that it is only a warning. */
export function proposalOf(index: number): string | null {
  const o = form.occupants[index]
  return o && temperature(o.temp1) !== null ? advice.value[index]?.proposal ?? null : null
}

export function decisionOf(index: number): string {
  const o = form.occupants[index]
  return o ? effectiveDecision(o, proposalOf(index)) : ''
}

export const gaps = computed<Gap[]>(() => {
  const open = gapsOf(form, day.value)
  form.occupants.forEach((o, i) => {
    if (temperature(o.temp1) !== null) open.push(...decisionGaps(o, i, proposalOf(i)))
  })
  return open
})

export function gapOf(field: Gap['field'], occupant: number | null): Gap | null {
  return gaps.value.find((g) => g.field === field && g.occupant === occupant) ?? null
}

/* ---- people ---- */

export function addOccupant(): void {
  if (form.occupants.length >= OCCUPANTS_MAX) return
  const device = form.occupants[form.occupants.length - 1]?.device1 ?? habits.device
  form.occupants.push(emptyOccupant({ ...habits, device }))
  form.current = form.occupants.length - 1
}

export function removeOccupant(index: number): void {
  if (form.occupants.length < 2) return
  form.occupants.splice(index, 1)
  form.current = Math.min(form.current, form.occupants.length - 1)
}

export function clearForm(): void {
  Object.assign(form, emptyForm(officer.value?.account.id ?? '', habits))
}

/* ---- confirm ---- */

async function noteHabits(): Promise<void> {
  habits = habitsOf(form)
  const push = (list: string[], code: string) => (code ? [code, ...list.filter((c) => c !== code)].slice(0, RECENT) : list)
  recentFrom.value = push(recentFrom.value, form.vehicle.fromDivision)
  recentTo.value = push(recentTo.value, form.vehicle.toDivision)
  await remember('habits', habits)
  await remember('recent_divisions', { from: recentFrom.value, to: recentTo.value })
}

function logRow(index: number, owner: string): LogRow {
  const o = form.occupants[index]!
  return {
    id: o.id, owner, at: Date.now() + index / 1000, name: maskName(o.name), plate: form.vehicle.plated === 'none' ? '' : maskPlate(form.vehicle.plate),
    temp: temperature(o.temp2) === null ? o.temp1 : o.temp2, decision: decisionOf(index), fever: advice.value[index]?.fever ?? false, state: 'waiting',
  }
}

export interface Receipt { people: number; decisions: string[] }

let confirming = false

/* Keeps all people of the vehicle on the phone, then a new form. Null when something is still missing, or when a
 * second tap came before the first was done. */
export async function confirm(): Promise<Receipt | null> {
  const who = officer.value
  if (!who || confirming || gaps.value.length > 0 || !post.value || !mayDo('passage.create')) return null
  confirming = true
  try {
    const s = setting()
    const owner = { id: who.account.id, name: who.account.name }
    const plate = form.vehicle.plated === 'none' ? '' : ` · ${maskPlate(form.vehicle.plate)}`
    const entries = form.occupants.map((o, i) => ({ line: lineOf(o.id, entryOf(form, i, proposalOf(i), s), s.now), label: maskName(o.name) + plate }))
    const log = form.occupants.map((_o, i) => logRow(i, owner.id))
    const receipt: Receipt = { people: form.occupants.length, decisions: form.occupants.map((_o, i) => decisionOf(i)) }
    await keep(entries, owner, log)
    await noteHabits()
    clearForm()
    await dropDraft()
    return receipt
  } finally {
    confirming = false
  }
}

/* ---- start and draft ---- */

let saving: ReturnType<typeof setTimeout> | undefined

async function saveNow(): Promise<void> {
  clearTimeout(saving)
  if (touched(form)) await saveDraft(JSON.parse(JSON.stringify(form)) as Form)
  else await dropDraft()
}

/* True if a draft came back. Call it when officer and post are known. */
export async function startRegister(): Promise<boolean> {
  const owner = officer.value?.account.id ?? ''
  habits = (await recall<Habits>('habits')) ?? FIRST_HABITS
  const recent = await recall<{ from: string[]; to: string[] }>('recent_divisions')
  recentFrom.value = recent?.from ?? []
  recentTo.value = recent?.to ?? []
  const draft = await loadDraft(owner)
  Object.assign(form, draft ?? emptyForm(owner, habits))
  if (!draft && post.value?.direction && post.value.direction !== 'both') form.vehicle.direction = post.value.direction
  return draft !== null
}

watch(form, () => {
  clearTimeout(saving)
  saving = setTimeout(() => void saveNow(), 250)
})
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') void saveNow() })
