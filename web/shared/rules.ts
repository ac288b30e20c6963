/* The proposed decision: the twin of src/domain/passage/passage_rules.c, so that a phone without a network proposes what
 * the server would. Both pass tests/fixtures/passage_rules.json; read the C page for the sources of each rule. Pure: no
 * clock, no network. A rule proposes, a named officer decides. */
import type { PassageEntry, Profile } from './types'

export type Decision = 'pass' | 'turn_back' | 'fever_clinic' | 'community' | 'hold' | 'remeasure'

export interface ListedArea { division: string; name: string; kind: string; from_on: string; to_on?: string | null }

/* The numbers in force; temperatures in °C, observation in days. No number stands in the rules. */
export interface RuleProfile {
  fever_threshold: number; valid_low: number; valid_high: number; low_reading: number; cold_ambient: number
  observation_days: number; observation_days_other: number
  area: string       /* code of the place that responds: destinations below it are local */
  offset_min: number
  listed: ListedArea[]
}

export type RuleEntry = Partial<PassageEntry>

export interface RuleProposal { proposal: Decision; why: string[]; fever: boolean; remeasure: boolean }

/* What speaks for a decision, weightiest first: the order of codes/passage_why.csv. */
const FINDINGS = [
  'fever', 'transfer_120', 'not_measured', 'reading_out_of_range', 'reading_low', 'cold_forehead', 'contact_case', 'exposure',
  'symptoms', 'first_reading_high', 'turned_back', 'listed_area', 'watched_area', 'local_destination', 'central_observation',
  'passing_through', 'seeks_care', 'leaving', 'no_document',
] as const
type Finding = (typeof FINDINGS)[number]
type Findings = Set<Finding>
const WHY_MAX = 12

/* Tenths, so that 37.3 compares exactly. */
const tenths = (v: number) => Math.round(v * 10)

function add(set: Findings, finding: Finding, yes: boolean): void {
  if (yes) set.add(finding)
}

/* ---- areas ---- */

/* The part of a code that tells: 420000 -> 42, 330300 -> 3303, 410611000000 -> 410611. */
export function divisionStem(code: string): string {
  while (code.length > 2) {
    const group = code.length > 6 ? 3 : 2
    if (!code.endsWith('0'.repeat(group))) break
    code = code.slice(0, -group)
  }
  return code
}

export function divisionWithin(division: string | null | undefined, area: string | null | undefined): boolean {
  return division != null && area != null && division.startsWith(divisionStem(area))
}

/* People write 武汉 as well as 武汉市. */
function nameStem(name: string): string {
  return [...name].length > 2 ? name.replace(/[省市区县]$/, '') : name
}

function stationIn(station: string, area: ListedArea): boolean {
  if (/^\d+$/.test(station)) return divisionWithin(station, area.division)
  return station !== '' && area.name !== '' && station.includes(nameStem(area.name))
}

const dayNumber = (day: string) => Math.floor(Date.parse(`${day}T00:00:00Z`) / 86400000)

function dayAt(instant: string, offsetMin: number): number {
  return Math.floor((Date.parse(instant) + offsetMin * 60000) / 86400000)
}

function areaDays(p: RuleProfile, area: ListedArea): number {
  return area.kind === 'listed' ? p.observation_days : p.observation_days_other
}

/* Came from the area and left it while it was listed, or before, not longer ago than it counts. */
function cameFrom(p: RuleProfile, e: RuleEntry, today: number, area: ListedArea): boolean {
  const left = e.left_at ? dayAt(e.left_at, p.offset_min) : today
  const listedThen = !area.to_on || dayNumber(area.to_on) > left
  return listedThen && today - left <= areaDays(p, area) && divisionWithin(e.from_division, area.division)
}

/* The route has no dates: the area counts if it was listed on any day that counts. */
function cameThrough(p: RuleProfile, e: RuleEntry, today: number, area: ListedArea): boolean {
  if (area.to_on && dayNumber(area.to_on) <= today - areaDays(p, area)) return false
  return (e.via ?? []).some((station) => stationIn(station, area))
}

/* ---- readings ---- */

interface Reading { temp: number | null; device: string | null | undefined }

/* Guns and gates read the skin from afar: wrong in the cold, and no match for a high reading. */
const fromAfar = (device: string | null | undefined) => device === 'forehead' || device === 'gate'

function readingFaults(p: RuleProfile, r: Reading, ambient: number | null | undefined): Findings {
  const set: Findings = new Set()
  const v = tenths(r.temp ?? 0)
  const outside = v < tenths(p.valid_low) || v > tenths(p.valid_high)
  add(set, 'reading_out_of_range', outside)
  add(set, 'reading_low', !outside && v < tenths(p.low_reading))
  add(set, 'cold_forehead', fromAfar(r.device) && ambient != null && tenths(ambient) < tenths(p.cold_ambient))
  return set
}

function readingValid(p: RuleProfile, r: Reading, ambient: number | null | undefined): boolean {
  return r.temp != null && readingFaults(p, r, ambient).size === 0
}

interface Measured { first: Reading; second: Reading; counts: Reading; ok: boolean }

/* The second reading counts when it is valid, else the first. `ok` false: there is none to go by. */
function measure(p: RuleProfile, e: RuleEntry): Measured {
  const first = { temp: e.temp1 ?? null, device: e.device1 }
  const second = { temp: e.temp2 ?? null, device: e.device2 }
  const secondValid = readingValid(p, second, e.ambient)
  return { first, second, counts: secondValid ? second : first, ok: secondValid || readingValid(p, first, e.ambient) }
}

function measuredFindings(p: RuleProfile, e: RuleEntry, m: Measured): Findings {
  const last = m.second.temp == null ? m.first : m.second
  const t1 = m.first.temp
  const high = t1 != null && tenths(t1) >= tenths(p.fever_threshold) && tenths(t1) <= tenths(p.valid_high)
  const fever = m.ok && tenths(m.counts.temp ?? 0) >= tenths(p.fever_threshold)
  const set: Findings = m.ok ? new Set() : last.temp == null ? new Set<Finding>(['not_measured']) : readingFaults(p, last, e.ambient)
  add(set, 'fever', fever)
  add(set, 'first_reading_high', high && !fever)
  return set
}

/* ---- what else is known ---- */

function addAreas(set: Findings, p: RuleProfile, e: RuleEntry, today: number): void {
  add(set, 'listed_area', e.history?.includes('listed_area') ?? false)
  for (const area of p.listed) {
    if (dayNumber(area.from_on) > today) continue
    if (cameFrom(p, e, today, area) || cameThrough(p, e, today, area)) set.add(area.kind === 'listed' ? 'listed_area' : 'watched_area')
  }
}

function addTold(set: Findings, e: RuleEntry): void {
  const history = e.history ?? []
  add(set, 'contact_case', history.includes('contact_case'))
  add(set, 'exposure', ['contact_fever', 'cluster', 'clinic'].some((code) => history.includes(code)))
  add(set, 'symptoms', (e.symptoms ?? []).length > 0)
  add(set, 'no_document', e.doc_type === 'none')
}

/* ---- the decision ---- */

function decideListed(p: RuleProfile, e: RuleEntry, set: Findings): Decision {
  const elsewhere = e.to_division != null && !divisionWithin(e.to_division, p.area)
  if (e.to_division != null && !elsewhere) {
    set.add('local_destination')
    return 'community'
  }
  if (e.purpose === 'medical') {
    set.add('seeks_care')
    return 'hold'
  }
  if (elsewhere || e.purpose === 'transit' || e.purpose === 'visit') {
    set.add('passing_through')
    return 'turn_back'
  }
  set.add('central_observation')
  return 'community'
}

function decideTravel(p: RuleProfile, e: RuleEntry, set: Findings): Decision {
  if (e.direction === 'out') {
    add(set, 'leaving', set.has('turned_back') || set.has('listed_area') || set.has('watched_area'))
    return 'pass'
  }
  if (set.has('turned_back')) return 'turn_back'
  if (set.has('listed_area')) return decideListed(p, e, set)
  if (set.has('watched_area') && divisionWithin(e.to_division, p.area)) {
    set.add('local_destination')
    return 'community'
  }
  return 'pass'
}

function decide(p: RuleProfile, e: RuleEntry, m: Measured, set: Findings): Decision {
  const contact = set.has('contact_case') || set.has('exposure')
  if (set.has('fever')) {
    add(set, 'transfer_120', set.has('listed_area'))
    return 'fever_clinic'
  }
  if (!m.ok) return 'remeasure'
  if (contact && set.has('symptoms')) return 'fever_clinic'
  if (contact || set.has('symptoms')) return 'hold'
  if (set.has('first_reading_high') && fromAfar(m.counts.device)) return 'hold'
  return decideTravel(p, e, set)
}

/* Proposes from what is known; never decides. `today` is the day at the place. */
export function proposeDecision(profile: RuleProfile, entry: RuleEntry, today: string, turnedBack: boolean): RuleProposal {
  const m = measure(profile, entry)
  const set = measuredFindings(profile, entry, m)
  addTold(set, entry)
  addAreas(set, profile, entry, dayNumber(today))
  add(set, 'turned_back', turnedBack)
  const proposal = decide(profile, entry, m, set)
  return {
    proposal, fever: set.has('fever'), remeasure: proposal === 'remeasure',
    why: FINDINGS.filter((f) => set.has(f)).slice(0, WHY_MAX),
  }
}

/* Members of the profile by their names in codes/profile_number.csv. */
const NUMBERS = {
  fever_threshold: 'fever_threshold', valid_low: 'valid_low', valid_high: 'valid_high', low_reading: 'low_reading',
  cold_ambient: 'cold_ambient', observation_days: 'observation_days_listed', observation_days_other: 'observation_days_other',
} as const
type NumberName = keyof typeof NUMBERS

/* The profile as the rules want it, from the answer of GET /response/profile. Null when a number is missing: then the
 * phone does not propose by itself. */
export function ruleProfile(answer: Profile, area: string, offsetMin: number): RuleProfile | null {
  const numbers = {} as Record<NumberName, number>
  for (const name of Object.keys(NUMBERS) as NumberName[]) {
    const value = answer.numbers[NUMBERS[name]]?.value
    if (typeof value !== 'number') return null
    numbers[name] = value
  }
  return { ...numbers, area, offset_min: offsetMin, listed: answer.listed }
}
