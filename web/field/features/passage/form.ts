/* The register form: one vehicle, its people. Pure functions over plain data, so that it can be kept as a draft and
 * tested. Temperatures are texts while they are typed ("36.5"); absent is "". */
import { newId } from '@shared/api'
import { ageOn, normalDocument, parseIdentity, validDocument, validPhone, type Identity } from '@shared/identity'
import { normalPlate, parsePlate } from '@shared/plate'
import type { RuleEntry } from '@shared/rules'
import type { BatchLine, PassageEntry } from '@shared/types'

export interface Occupant {
  id: string               /* of the passage: made here, so that sending twice makes one */
  docType: string; docNo: string; noDocReason: string
  sex: string; bornOn: string; homeDivision: string
  name: string; phone: string
  temp1: string; device1: string; temp2: string; device2: string
  symptoms: string[]; history: string[]
  decision: string         /* '' until the officer decides otherwise than proposed */
  reason: string; handedTo: string
  declarationCode: string
}

export interface Vehicle {
  flowId: string
  direction: string; transport: string
  plated: 'plate' | 'none' | 'other'   /* a plate of GA 36, none, or another kind (temporary, foreign) */
  plate: string
  fromDivision: string; leftOn: string; via: string[]
  toDivision: string; toAddress: string; localContact: string; localContactPhone: string
  purpose: string
  ambient: string
  proxy: boolean; passedAt: string     /* passedAt 'YYYY-MM-DDTHH:mm' at the place, only for paper */
}

export interface Form { owner: string; vehicle: Vehicle; occupants: Occupant[]; current: number }

/* What carries over from one vehicle to the next. */
export interface Habits { direction: string; transport: string; device: string; ambient: string; toDivision: string }
export const FIRST_HABITS: Habits = { direction: 'in', transport: 'car', device: 'forehead', ambient: '', toDivision: '' }

export const PLATE_DEFAULT = '豫F'
export const OCCUPANTS_MAX = 60

export function emptyOccupant(habits: Habits): Occupant {
  return {
    id: newId(), docType: 'id_card', docNo: '', noDocReason: '', sex: '', bornOn: '', homeDivision: '', name: '', phone: '',
    temp1: '', device1: habits.device, temp2: '', device2: 'mercury', symptoms: [], history: [], decision: '', reason: '',
    handedTo: '', declarationCode: '',
  }
}

export function emptyForm(owner: string, habits: Habits): Form {
  return {
    owner,
    vehicle: {
      flowId: newId(), direction: habits.direction, transport: habits.transport,
      plated: unplated(habits.transport) ? 'none' : 'plate', plate: unplated(habits.transport) ? '' : PLATE_DEFAULT,
      fromDivision: '', leftOn: '', via: [], toDivision: '', toAddress: '', localContact: '', localContactPhone: '', purpose: '',
      ambient: habits.ambient, proxy: false, passedAt: '',
    },
    occupants: [emptyOccupant(habits)],
    current: 0,
  }
}

export function unplated(transport: string): boolean {
  return transport === 'foot' || transport === 'bicycle' || transport === 'train'
}

export function habitsOf(form: Form): Habits {
  const last = form.occupants[form.occupants.length - 1]
  return { direction: form.vehicle.direction, transport: form.vehicle.transport, device: last?.device1 ?? 'forehead',
    ambient: form.vehicle.ambient, toDivision: form.vehicle.toDivision }
}

/* Has anything been typed that would be a loss? */
export function touched(form: Form): boolean {
  const v = form.vehicle
  return form.occupants.length > 1 || (v.plate !== '' && v.plate !== PLATE_DEFAULT) || v.fromDivision !== '' || v.toAddress !== '' ||
    v.via.length > 0 || form.occupants.some((o) => o.docNo !== '' || o.name !== '' || o.temp1 !== '' || o.phone !== '')
}

/* ---- reading the fields ---- */

export function identityOf(o: Occupant, today: string | null): Identity | null {
  if (o.docType !== 'id_card' && o.docType !== 'hmt_residence') return null
  const read = parseIdentity(normalDocument(o.docNo), today)
  return typeof read === 'object' ? read : null
}

export function ageOf(o: Occupant, today: string): number | null {
  const born = identityOf(o, today)?.bornOn ?? o.bornOn
  return born ? ageOn(born, today) : null
}

export function temperature(text: string): number | null {
  return /^\d{2}(\.\d)?$/.test(text) ? Number(text) : null
}

function numberOrNull(text: string): number | null {
  return /^-?\d{1,2}(\.\d)?$/.test(text) ? Number(text) : null
}

const orNull = (text: string) => (text.trim() === '' ? null : text.trim())

/* ---- what is still missing ---- */

export type FieldName = 'plate' | 'from_division' | 'doc_no' | 'no_doc_reason' | 'name' | 'phone' | 'temp1' | 'local_contact_phone' |
  'decision' | 'reason' | 'handed_to' | 'temp2'
export interface Gap { occupant: number | null; field: FieldName; bad: boolean }

function vehicleGaps(v: Vehicle): Gap[] {
  const gaps: Gap[] = []
  const plate = normalPlate(v.plate)
  const bare = plate === '' || plate === PLATE_DEFAULT
  if (v.plated === 'plate' && parsePlate(plate) === null) gaps.push({ occupant: null, field: 'plate', bad: !bare })
  if (v.plated === 'other' && plate === '') gaps.push({ occupant: null, field: 'plate', bad: false })
  if (v.fromDivision === '') gaps.push({ occupant: null, field: 'from_division', bad: false })
  if (v.localContactPhone && !validPhone(v.localContactPhone)) gaps.push({ occupant: null, field: 'local_contact_phone', bad: true })
  return gaps
}

function occupantGaps(o: Occupant, index: number, today: string): Gap[] {
  const gaps: Gap[] = []
  const gap = (field: FieldName, bad: boolean) => gaps.push({ occupant: index, field, bad })
  if (o.docType === 'none') {
    if (orNull(o.noDocReason) === null) gap('no_doc_reason', false)
  } else if (!validDocument(o.docType, normalDocument(o.docNo), today)) gap('doc_no', o.docNo !== '')
  if (orNull(o.name) === null) gap('name', false)
  if (o.phone !== '' && !validPhone(o.phone)) gap('phone', true)
  if (temperature(o.temp1) === null) gap('temp1', o.temp1 !== '')
  return gaps
}

export function gapsOf(form: Form, today: string): Gap[] {
  return [...vehicleGaps(form.vehicle), ...form.occupants.flatMap((o, i) => occupantGaps(o, i, today))]
}

/* ---- decisions ---- */

export const TRANSFERS = ['fever_clinic', 'community']

/* What will be sent: the officer's own decision, else a proposal to let pass. Anything heavier must be decided. */
export function effectiveDecision(o: Occupant, proposal: string | null): string {
  return o.decision || (proposal === 'pass' ? 'pass' : '')
}

export function decisionGaps(o: Occupant, index: number, proposal: string | null): Gap[] {
  const gaps: Gap[] = []
  const decision = effectiveDecision(o, proposal)
  if (decision === '') return [{ occupant: index, field: proposal === 'remeasure' ? 'temp2' : 'decision', bad: false }]
  if (proposal === 'remeasure' && decision === 'pass') gaps.push({ occupant: index, field: 'temp2', bad: true })
  if (proposal !== null && decision !== proposal && o.reason.trim() === '') gaps.push({ occupant: index, field: 'reason', bad: false })
  if (TRANSFERS.includes(decision) && o.handedTo.trim() === '') gaps.push({ occupant: index, field: 'handed_to', bad: false })
  return gaps
}

/* ---- what is sent ---- */

export interface Setting { postId: string; officerCard: string | null; now: string; offset: string; today: string }

function leftAt(v: Vehicle, s: Setting): string | null {
  return v.leftOn ? `${v.leftOn}T00:00:00${s.offset}` : null
}

/* The part that the rules and POST /passage/propose need; half-typed fields are left out. */
export function ruleEntry(form: Form, index: number, s: Setting): RuleEntry & { post_id: string } {
  const v = form.vehicle
  const o = form.occupants[index]
  if (!o) throw new RangeError('no such occupant')
  const doc = normalDocument(o.docNo)
  const plate = normalPlate(v.plate)
  return {
    post_id: s.postId, direction: v.direction, passed_at: s.now, transport: v.transport, doc_type: o.docType,
    doc_no: o.docType !== 'none' && validDocument(o.docType, doc, s.today) ? doc : null,
    plate: v.plated !== 'none' && (v.plated === 'other' || parsePlate(plate)) && plate ? plate : null,
    from_division: orNull(v.fromDivision) ?? undefined, left_at: leftAt(v, s), via: v.via.length ? [...v.via] : null,
    to_division: orNull(v.toDivision), purpose: orNull(v.purpose),
    temp1: temperature(o.temp1) ?? undefined, device1: o.device1, ambient: numberOrNull(v.ambient),
    temp2: temperature(o.temp2), device2: temperature(o.temp2) === null ? null : o.device2,
    symptoms: o.symptoms.length ? [...o.symptoms] : null, history: o.history.length ? [...o.history] : null,
  }
}

function plateKind(v: Vehicle): string {
  return v.plated === 'plate' ? parsePlate(normalPlate(v.plate)) ?? 'other' : v.plated
}

/* One person's complete form F1. Call it when gapsOf is empty. */
export function entryOf(form: Form, index: number, proposal: string | null, s: Setting): PassageEntry {
  const v = form.vehicle
  const o = form.occupants[index]
  if (!o) throw new RangeError('no such occupant')
  const id = identityOf(o, s.today)
  const plate = orNull(normalPlate(v.plate))
  return {
    ...(ruleEntry(form, index, s) as PassageEntry),
    flow_id: v.flowId, passed_at: v.proxy && v.passedAt ? `${v.passedAt}:00${s.offset}` : s.now,
    name: o.name.trim(), doc_no: o.docType === 'none' ? null : normalDocument(o.docNo),
    no_doc_reason: o.docType === 'none' ? orNull(o.noDocReason) : null,
    sex: id?.sex ?? orNull(o.sex), born_on: id?.bornOn ?? orNull(o.bornOn), phone: orNull(o.phone),
    home_division: orNull(o.homeDivision) ?? id?.division ?? null,
    plate: v.plated === 'none' ? null : plate, plate_kind: plateKind(v), occupants: form.occupants.length,
    seat: v.plated === 'none' ? null : index === 0 ? 'driver' : 'passenger',
    to_address: orNull(v.toAddress), local_contact: orNull(v.localContact), local_contact_phone: orNull(v.localContactPhone),
    decision: effectiveDecision(o, proposal), reason: orNull(o.reason),
    handed_to: TRANSFERS.includes(effectiveDecision(o, proposal)) ? orNull(o.handedTo) : null,
    officer_card: s.officerCard, proxy: v.proxy ? true : null, declaration_code: orNull(o.declarationCode),
  }
}

/* As a line of the batch. Absent values are left out. */
export function lineOf(id: string, entry: PassageEntry, at: string): BatchLine {
  const data = Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null && value !== undefined))
  return { command: 'passage/register', id, at, data }
}

/* ---- masks, as the server shows them ---- */

export function maskName(name: string): string {
  const letters = [...name.trim()]
  return letters.length ? letters[0] + '*'.repeat(Math.max(1, letters.length - 1)) : ''
}

export function maskPlate(plate: string): string {
  const p = normalPlate(plate)
  return p.length > 4 ? `${p.slice(0, 2)}·${p[2]}***${p.slice(-1)}` : p
}
