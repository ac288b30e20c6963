/* The same vectors as the C tests: what a phone says without a network is what the server would say. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { normalDocument, parseIdentity, validDivision, validDocument, validPhone } from './identity'
import { normalPlate, parsePlate } from './plate'
import { divisionStem, proposeDecision, ruleProfile, type RuleEntry, type RuleProfile, type RuleProposal } from './rules'

function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../tests/fixtures/${name}.json`, import.meta.url), 'utf8')) as T
}

interface RuleVectors {
  profiles: Record<string, RuleProfile>
  cases: { name: string; profile: string; entry: RuleEntry; today: string; turned_back: boolean; expect: RuleProposal }[]
}
const rules = fixture<RuleVectors>('passage_rules')

describe('proposed decision', () => {
  it('has vectors', () => expect(rules.cases.length).toBeGreaterThan(50))
  it.each(rules.cases.map((c) => [c.name, c] as const))('%s', (_name, c) => {
    const profile = rules.profiles[c.profile]
    if (!profile) throw new Error(`no profile ${c.profile}`)
    expect(proposeDecision(profile, c.entry, c.today, c.turned_back)).toEqual(c.expect)
  })
  it('cuts codes to what tells', () => {
    expect(['420000', '330300', '410611000000', '410611001', '110000'].map(divisionStem)).toEqual(['42', '3303', '410611', '410611001', '11'])
  })
  it('does not propose from a profile with a gap', () => {
    const numbers = { fever_threshold: { value: 37.3, source: 's' } }
    expect(ruleProfile({ numbers, listed: [] }, '410600', 480)).toBeNull()
    const names = ['valid_low', 'valid_high', 'low_reading', 'cold_ambient', 'observation_days_listed', 'observation_days_other']
    const whole = { ...numbers, ...Object.fromEntries(names.map((name, i) => [name, { value: i, source: 's' }])) }
    expect(ruleProfile({ numbers: whole, listed: [] }, '410600', 480)).toMatchObject({ fever_threshold: 37.3, observation_days: 4, area: '410600' })
  })
})

interface IdentityVectors {
  numbers: { number: string; today: string | null; born_on?: string; sex?: string; division?: string; refused?: string }[]
  documents: [string, string, boolean][]
  document_normal: [string, string][]
  phones: { good: string[]; bad: string[] }
  divisions: { good: string[]; bad: string[] }
}
const identity = fixture<IdentityVectors>('identity')

describe('identity', () => {
  it.each(identity.numbers)('number $number on $today', (v) => {
    const read = parseIdentity(v.number, v.today)
    if (v.refused) expect(typeof read).toBe('string')
    else expect(read).toEqual({ bornOn: v.born_on, sex: v.sex, division: v.division })
  })
  it('says what is wrong', () => {
    const error = (n: string) => parseIdentity(n, '2020-02-04')
    expect(error('1101051949')).toBe('short')
    expect(error('11010519491231002X0')).toBe('long')
    expect(error('1101051949X')).toBe('characters')
    expect(error('110105194912310021')).toBe('check')
    expect(error('410611180002291235')).toBe('date')
    expect(error('410611202002050014')).toBe('future')
    expect(error('440524188001010014')).toBe('age')
  })
  it.each(identity.documents)('%s %s: %s', (type, number, good) => {
    expect(validDocument(type, number, '2020-02-04')).toBe(good)
  })
  it.each(identity.document_normal)('normal form of %s', (raw, normal) => expect(normalDocument(raw)).toBe(normal))
  it('phones', () => {
    expect(identity.phones.good.filter((p) => !validPhone(p))).toEqual([])
    expect(identity.phones.bad.filter(validPhone)).toEqual([])
  })
  it('divisions', () => {
    expect(identity.divisions.good.filter((d) => !validDivision(d))).toEqual([])
    expect(identity.divisions.bad.filter(validDivision)).toEqual([])
  })
})

const plates = fixture<{ parse: [string, string | null][]; normal: [string, string][] }>('plate')

describe('plates', () => {
  it.each(plates.parse)('%s is %s', (plate, kind) => expect(parsePlate(plate)).toBe(kind))
  it.each(plates.normal)('%s is written %s', (raw, normal) => expect(normalPlate(raw)).toBe(normal))
})
