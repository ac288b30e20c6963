/* From what is typed to form F1: gaps, decisions, the entry that is sent. */
import { beforeEach, describe, expect, it } from 'vitest'
import {
  decisionGaps, effectiveDecision, emptyForm, emptyOccupant, entryOf, FIRST_HABITS, gapsOf, habitsOf, lineOf, maskName, maskPlate, ruleEntry, temperature,
  touched, type Form, type Setting,
} from './form'

const TODAY = '2020-02-04'
const S: Setting = { postId: 'p1', officerCard: 'HB01-007', now: '2020-02-04T02:10:00.000+08:00', offset: '+08:00', today: TODAY }
let form: Form

beforeEach(() => {
  form = emptyForm('a', FIRST_HABITS)
  form.vehicle.plate = '豫FA1234'
  form.vehicle.fromDivision = '410500'
  Object.assign(form.occupants[0]!, { docNo: '11010519491231002X', name: ' 测试甲 ', temp1: '36.5' })
})
const fields = () => gapsOf(form, TODAY).map((g) => `${g.occupant ?? ''}${g.field}${g.bad ? '!' : ''}`)

describe('gaps', () => {
  it('has none when the form is complete', () => expect(fields()).toEqual([]))
  it('names all at once, of the vehicle first', () => {
    form = emptyForm('a', FIRST_HABITS)
    expect(fields()).toEqual(['plate', 'from_division', '0doc_no', '0name', '0temp1'])
  })
  it('tells wrong from missing', () => {
    form.vehicle.plate = '豫FI2345'
    Object.assign(form.occupants[0]!, { docNo: '110105194912310021', phone: '12345', temp1: '3' })
    expect(fields()).toEqual(['plate!', '0doc_no!', '0phone!', '0temp1!'])
  })
  it('asks why there is no document, and takes a person without one', () => {
    Object.assign(form.occupants[0]!, { docType: 'none', docNo: '' })
    expect(fields()).toEqual(['0no_doc_reason'])
    form.occupants[0]!.noDocReason = '遗失'
    expect(fields()).toEqual([])
    expect(entryOf(form, 0, 'pass', S)).toMatchObject({ doc_type: 'none', doc_no: null, no_doc_reason: '遗失' })
  })
  it('wants no plate from people on foot', () => {
    form = emptyForm('a', { ...FIRST_HABITS, transport: 'foot' })
    expect(fields()).not.toContain('plate')
  })
})

describe('decisions', () => {
  const o = () => form.occupants[0]!
  const gaps = (proposal: string | null) => decisionGaps(o(), 0, proposal).map((g) => g.field)

  it('takes a proposal to let pass as decided, nothing heavier', () => {
    expect(effectiveDecision(o(), 'pass')).toBe('pass')
    expect(gaps('pass')).toEqual([])
    for (const heavier of ['turn_back', 'fever_clinic', 'community', 'hold']) expect(gaps(heavier)).toEqual(['decision'])
    expect(gaps(null)).toEqual(['decision'])
  })
  it('never lets pass on an unreliable reading', () => {
    expect(gaps('remeasure')).toEqual(['temp2'])
    o().decision = 'pass'
    o().reason = '急'
    expect(gaps('remeasure')).toEqual(['temp2'])
  })
  it('wants a reason against the proposal and a receiver for a transfer', () => {
    o().decision = 'fever_clinic'
    expect(gaps('fever_clinic')).toEqual(['handed_to'])
    expect(gaps('pass')).toEqual(['reason', 'handed_to'])
    Object.assign(o(), { reason: '现场医务人员判断', handedTo: '最近的发热门诊' })
    expect(gaps('pass')).toEqual([])
  })
})

describe('entry', () => {
  it('reads the number, trims, keeps both readings', () => {
    form.vehicle.ambient = '-1'
    Object.assign(form.occupants[0]!, { temp1: '34.1', temp2: '37.3', device2: 'mercury', decision: 'fever_clinic', handedTo: '120', homeDivision: '' })
    expect(entryOf(form, 0, 'fever_clinic', S)).toMatchObject({
      post_id: 'p1', name: '测试甲', sex: 'female', born_on: '1949-12-31', home_division: '110105', plate: '豫FA1234', plate_kind: 'standard',
      temp1: 34.1, temp2: 37.3, device1: 'forehead', device2: 'mercury', ambient: -1, seat: 'driver', occupants: 1, officer_card: 'HB01-007',
      decision: 'fever_clinic', handed_to: '120', passed_at: S.now,
    })
  })
  it('gives all people of a car one flow and their own ids', () => {
    form.occupants.push({ ...emptyOccupant(FIRST_HABITS), docNo: '440524188001010014', name: '乙', temp1: '36.4' })
    const [a, b] = [entryOf(form, 0, 'pass', S), entryOf(form, 1, 'pass', S)]
    expect(a.flow_id).toBe(b.flow_id)
    expect([a.occupants, b.occupants, a.seat, b.seat]).toEqual([2, 2, 'driver', 'passenger'])
    expect(form.occupants[0]!.id).not.toBe(form.occupants[1]!.id)
  })
  it('bears the time of the paper only for an entry from paper', () => {
    form.vehicle.passedAt = '2020-02-03T23:40'
    expect(entryOf(form, 0, 'pass', S)).toMatchObject({ passed_at: S.now, proxy: null })
    form.vehicle.proxy = true
    expect(entryOf(form, 0, 'pass', S)).toMatchObject({ passed_at: '2020-02-03T23:40:00+08:00', proxy: true })
  })
  it('sends what is known and leaves out what is absent', () => {
    const line = lineOf('id1', entryOf(form, 0, 'pass', S), S.now)
    expect(line).toMatchObject({ command: 'passage/register', id: 'id1', at: S.now })
    expect(Object.values(line.data)).not.toContain(null)
    expect(Object.keys(line.data)).not.toContain('temp2')
    expect(Object.keys(line.data)).not.toContain('handed_to')
  })
  it('gives the rules no half-typed field', () => {
    form.vehicle.plate = '豫FA12'
    Object.assign(form.occupants[0]!, { docNo: '1101051949', temp1: '36' })
    expect(ruleEntry(form, 0, S)).toMatchObject({ plate: null, doc_no: null, temp1: 36 })
    form.occupants[0]!.temp1 = '3'
    expect(ruleEntry(form, 0, S).temp1).toBeUndefined()
  })
})

describe('small things', () => {
  it('reads temperatures', () => expect(['36.5', '36', '36.', '365', '3', ''].map(temperature)).toEqual([36.5, 36, null, null, null, null]))
  it('masks', () => {
    expect(maskName('测试甲')).toBe('测**')
    expect(maskName('测甲')).toBe('测*')
    expect(maskPlate('豫FA1234')).toBe('豫F·A***4')
    expect(maskName('')).toBe('')
  })
  it('carries device, ambient and direction over, nothing personal', () => {
    Object.assign(form.vehicle, { ambient: '-1', direction: 'out', toDivision: '410621' })
    expect(habitsOf(form)).toEqual({ direction: 'out', transport: 'car', device: 'forehead', ambient: '-1', toDivision: '410621' })
  })
  it('knows an untouched form', () => {
    expect(touched(emptyForm('a', FIRST_HABITS))).toBe(false)
    expect(touched(form)).toBe(true)
  })
})
