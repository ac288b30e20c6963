import { describe, expect, it, beforeEach } from 'vitest'
import { idTime, newId, parseNdjson, Problem, problemFrom, queryString } from './api'
import { divisionParts, divisionTree, parseDivisions } from './divisions'
import { lang } from './i18n'
import { backoffMs } from './stream'
import { addDays, ago, dateTimeOf, dayOf, instantAt, instantOfLocal, isoOf, localOf, setOffset, timeOf } from './time'
import { divisionLines } from '../vite.divisions'

describe('ids', () => {
  const random = new Uint8Array([255, 1, 2, 3, 4, 5, 6, 7])

  it('lays out time, lane, version and variant as src/base/id.h does', () => {
    expect(newId(0xabc, 0x0171_2345_6789, random)).toBe('01712345-6789-8abc-bf01-020304050607')
    expect(newId(0, 0, random)).toBe('00000000-0000-8000-bf01-020304050607')
  })
  it('orders by time', () => {
    expect(newId(0, 1000, random) < newId(0, 1001, random)).toBe(true)
    expect(idTime(newId(7, 1580774400123, random))).toBe(1580774400123)
  })
})

describe('problems', () => {
  const body = {
    title: '必填', title_en: 'Required', code: 'required',
    problems: [
      { code: 'required', field: 'name', message: '必填', message_en: 'Required' },
      { code: 'out_of_range', field: 'temp1', message: '超出允许范围', message_en: 'Out of range', detail: '50' },
      { code: 'too_long', field: 'name', message: '内容过长', message_en: 'Too long' },
    ],
  }
  beforeEach(() => { lang.value = 'zh' })

  it('keeps the first problem of each field, in the language of the screen', () => {
    const problem = problemFrom(422, body, null)
    expect(problem.byField()).toEqual({ name: '必填', temp1: '超出允许范围 (50)' })
    lang.value = 'en'
    expect(problem.forField('temp1')).toBe('Out of range (50)')
    expect(problem.forField('plate')).toBeNull()
    expect(problem.text).toBe('Required')
  })
  it('makes sense of an answer that is not a problem document', () => {
    const problem = problemFrom(502, '<html>', '3')
    expect(problem.code).toBe('http_502')
    expect(problem.retryAfter).toBe(3)
    expect(problemFrom(503, null, 'Wed, 21 Oct 2015 07:28:00 GMT').retryAfter).toBeNull()
  })
  it('says which failures may be sent again unchanged', () => {
    expect([0, 503, 507, 409, 422, 500].filter((s) => new Problem(s, '', '', '').temporary)).toEqual([0, 503, 507])
  })
})

describe('requests', () => {
  it('leaves absent filters out', () => {
    expect(queryString({ q: '', a: null, b: undefined, limit: 50, fever: false })).toBe('?limit=50&fever=false')
    expect(queryString({})).toBe('')
    expect(queryString({ 'passed_at.from': '2020-02-04T00:00:00+08:00' })).toBe('?passed_at.from=2020-02-04T00%3A00%3A00%2B08%3A00')
  })
  it('reads answers line by line, also a single one', () => {
    expect(parseNdjson('{"line":1}\n{"line":2}\n')).toEqual([{ line: 1 }, { line: 2 }])
    expect(parseNdjson({ line: 1 })).toEqual([{ line: 1 }])
    expect(parseNdjson(null)).toEqual([])
  })
})

describe('time at the place', () => {
  beforeEach(() => setOffset(480))
  const midnight = '2020-02-04T00:00:00+08:00'

  it('shows the place, not the browser', () => {
    expect(dayOf(midnight)).toBe('2020-02-04')
    expect(timeOf('2020-02-03T16:30:09Z', true)).toBe('00:30:09')
    setOffset(-210)
    expect(dayOf('2020-02-04T03:00:00Z')).toBe('2020-02-03')
    expect(isoOf(Date.parse('2020-02-04T03:00:00Z'))).toBe('2020-02-03T23:30:00.000-03:30')
  })
  it('gives half-open days: midnight belongs to the new one', () => {
    expect(Date.parse(instantAt('2020-02-04'))).toBe(Date.parse(midnight))
    expect(Date.parse(instantAt('2020-02-03', 24))).toBe(Date.parse(midnight))
    expect(addDays('2020-02-28', 2)).toBe('2020-03-01')
  })
  it('leaves the year out only when it is this one', () => {
    const now = Date.parse('2020-12-31T12:00:00Z')
    expect(dateTimeOf(midnight, now)).toBe('02-04 00:00')
    expect(dateTimeOf('2019-02-04T00:00:00+08:00', now)).toBe('2019-02-04 00:00')
    expect(dateTimeOf(null)).toBe('')
    expect(dateTimeOf('not a time')).toBe('')
  })
  it('takes what a clock at the place shows', () => {
    expect(instantOfLocal('2020-02-04T08:30')).toBe('2020-02-04T08:30:00.000+08:00')
    expect(localOf('2020-02-04T00:30:00Z')).toBe('2020-02-04T08:30')
    expect(instantOfLocal('2020-02-04')).toBeNull()
    expect(instantOfLocal('2020-13-04T08:30')).toBeNull()
  })
  it('says how long ago', () => {
    const now = Date.parse(midnight)
    expect([10, 300, 7200, 200000].map((s) => ago(now - s * 1000, now)[1])).toEqual(['just now', '5 min ago', '2 h ago', '2 d ago'])
  })
})

describe('divisions', () => {
  const tree = [
    { code: '11', name: '北京市', children: [{ code: '1101', name: '市辖区', children: [{ code: '110101', name: '东城区' }] }] },
    { code: '41', name: '河南省', children: [
      { code: '4106', name: '鹤壁市', children: [{ code: '410611', name: '淇滨区' }] },
      { code: '4190', name: '省直辖县级行政区划', children: [{ code: '419001', name: '济源市' }] }] },
  ]
  const map = parseDivisions(divisionLines(tree).join('\n'))

  it('names a county with its city and province', () => {
    expect(divisionParts('410611', map)).toEqual(['河南省', '鹤壁市', '淇滨区'])
    expect(divisionParts('410611003', map).join('')).toBe('河南省鹤壁市淇滨区')
    expect(divisionParts('419001', map)).toEqual(['河南省', '济源市'])
    expect(divisionParts('110101', map)).toEqual(['北京市', '东城区'])
  })
  it('falls back to city and province for an abolished code', () => {
    expect(divisionParts('410699', map)).toEqual(['河南省', '鹤壁市'])
    expect(divisionParts('419999', map)).toEqual(['河南省'])
    expect(divisionParts('999999', map)).toEqual([])
  })
  it('makes a tree for cascaders', () => {
    const roots = divisionTree(map)
    const henan = roots.find((n) => n.value === '410000')
    expect(henan?.children?.map((n) => n.label)).toEqual(['鹤壁市', '济源市'])
    expect(roots.find((n) => n.value === '110000')?.children?.[0]?.label).toBe('东城区')
  })
})

describe('reconnecting', () => {
  it('waits longer each time, never more than 19 s, and spreads', () => {
    expect([0, 1, 2, 5, 50].map((n) => backoffMs(n, 0))).toEqual([500, 1000, 2000, 15000, 15000])
    expect(backoffMs(50, 1)).toBe(18750)
  })
})
