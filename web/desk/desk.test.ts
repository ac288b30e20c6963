import { beforeEach, describe, expect, it, vi } from 'vitest'
import { setOffset } from '@shared/time'
import type { Post } from '@shared/types'
import { fieldsOf } from './app/fields'
import { changedFields, editable, givenFields } from './app/record'
import { formatHash, parseHash } from './app/route'
import { atMostEvery } from './app/throttle'
import { FEED_ROWS, feedRow, mergeFeed } from './features/live/feed'
import { liveFilter, liveQuery, passageQuery, within } from './features/live/filter'
import { passageApiQuery, passageFilter } from './features/passage/filter'
import { byLevel, hasGap, isOpen, matches, postFilter } from './features/post/filter'

const PLACE = '01712345-6789-8abc-bf01-020304050607'
beforeEach(() => setOffset(480))

describe('addresses', () => {
  it('gives back what was put in', () => {
    const query = { under: PLACE, from: '2020-02-04T00:00', q: '马 & 李?' }
    expect(parseHash(formatHash('/passage', query))).toEqual({ path: '/passage', query })
  })
  it('leaves empty filters out and stays readable', () => {
    expect(formatHash('/live', { under: null, day: '', from_hour: 0, at: '08:00,09:00' })).toBe('#/live?from_hour=0&at=08:00,09:00')
  })
  it('shows the first page for an address that is none', () => {
    expect(['', '#', '#nonsense', '#/'].map((hash) => parseHash(hash).path)).toEqual(['/live', '/live', '/live', '/live'])
    expect(parseHash('#/post/').path).toBe('/post')
  })
})

describe('the live screen', () => {
  it('is the whole of today when the address says nothing, or nonsense', () => {
    const all = { under: 'root', day: '2020-02-04', fromHour: 0, toHour: 24 }
    expect(liveFilter({}, 'root', '2020-02-04')).toEqual(all)
    expect(liveFilter({ day: 'tomorrow', from_hour: '9', to_hour: '9' }, 'root', '2020-02-04')).toEqual(all)
    expect(liveFilter({ from_hour: '-1', to_hour: '25' }, 'root', '2020-02-04')).toEqual(all)
  })
  it('asks counts and list for the same time', () => {
    const f = liveFilter({ under: PLACE, day: '2020-02-03', from_hour: '8', to_hour: '10' }, 'root', '2020-02-04')
    expect(liveQuery(f)).toEqual({ under: PLACE, day: '2020-02-03', from_hour: 8, to_hour: 10 })
    expect(passageQuery(f)).toEqual({
      under: PLACE, 'passed_at.from': '2020-02-03T08:00:00.000+08:00', 'passed_at.to': '2020-02-03T10:00:00.000+08:00',
    })
    expect(['2020-02-03T00:00:00Z', '2020-02-03T01:59:59Z', '2020-02-03T02:00:00Z'].map((at) => within(f, at))).toEqual([true, true, false])
  })
  it('puts new registrations on top by time, once each, and keeps a bounded number', () => {
    const row = (id: string, second: number, decision = 'pass') =>
      feedRow(id, { post_id: 'p', passed_at: new Date(1580774400000 + second * 1000).toISOString(), decision, temp1: 36.5 }, false)
    const merged = mergeFeed([row('b', 2), row('a', 1)], [row('a', 1, 'hold'), row('c', 3)])
    expect(merged.map((r) => r.id)).toEqual(['c', 'b', 'a'])
    expect(merged[2]?.decision).toBe('hold')
    const many = Array.from({ length: FEED_ROWS + 20 }, (_, i) => row(String(i), i))
    expect(mergeFeed([], many)).toHaveLength(FEED_ROWS)
    expect(mergeFeed([], many)[0]?.id).toBe(String(FEED_ROWS + 19))
  })
  it('shows the second reading where there is one', () => {
    expect(feedRow('a', { temp1: 37.8, temp2: 36.9 }, true).temp).toBe(36.9)
    expect(feedRow('a', { temp1: 37.8, temp2: null }, true).temp).toBe(37.8)
  })
})

describe('the passage list', () => {
  it('takes only its own keys from the address', () => {
    expect(passageFilter({ decision: 'hold', tab: 'x', fever: '' })).toEqual({ decision: 'hold' })
  })
  it('asks the API for what the address says', () => {
    const query = passageApiQuery({ under: PLACE, post: 'p', fever: 'true', from: '2020-02-04T00:00', to: 'nonsense' })
    expect(query).toMatchObject({ under: PLACE, post_id: 'p', fever: 'true', 'passed_at.from': '2020-02-04T00:00:00.000+08:00', 'passed_at.to': null })
    expect(passageApiQuery({ fever: 'maybe' })['fever']).toBeNull()
  })
})

describe('checkpoints', () => {
  const post = { id: 'p', version: 1, code: 'HB001', name: '东站', kind: 'railway', level: 'city', owner: '甲', opened_at: '2020-01-26T00:00:00Z' } as Post
  const anywhere = () => true

  it('finds by word, level and state', () => {
    expect(matches(post, postFilter({ q: 'hb0', level: 'city', state: 'open' }), anywhere)).toBe(true)
    expect(matches(post, postFilter({ level: 'village' }), anywhere)).toBe(false)
    expect(matches({ ...post, closed_at: '2020-02-01T00:00:00Z' }, postFilter({ state: 'open' }), anywhere)).toBe(false)
    expect(matches(post, postFilter({}), () => false)).toBe(false)
  })
  it('lists the city\'s own first', () => {
    const row = (code: string, level: string) => ({ ...post, code, level }) as Post
    expect([row('A9', 'village'), row('B2', 'city'), row('A1', 'village'), row('C1', 'county'), row('B1', 'city')].sort(byLevel).map((p) => p.code))
      .toEqual(['B1', 'B2', 'C1', 'A1', 'A9'])
  })
  it('knows gaps: every post has an owner and a deputy', () => {
    expect(hasGap(post)).toBe(true)
    expect(hasGap({ ...post, deputy: '乙' })).toBe(false)
    expect(isOpen({ ...post, opened_at: null })).toBe(false)
  })
})

describe('field tables', () => {
  it('are those of the server', () => {
    expect(fieldsOf('post', ['code', 'lng'])).toEqual([
      { name: 'code', zh: '卡点编号', en: 'Code', kind: 'text', required: true, once: true, filter: true, sort: true, min: 2, max: 16 },
      { name: 'lng', zh: '经度', en: 'Longitude', kind: 'degrees', unit: '°', min: -180, max: 180 },
    ])
    expect(fieldsOf('account_create').map((f) => f.name)).toContain('password')
    expect(fieldsOf('nothing')).toEqual([])
  })
})

describe('editing a row', () => {
  const row = { name: '东站', owner_phone: '138****1023', lng: 114.2, all_day: null, via: ['410100'] }

  it('sends only what has changed, so that a mask is never stored', () => {
    const draft = { ...editable(row, fieldsOf('post', ['name', 'owner_phone', 'lng', 'all_day'])), name: '鹤壁东站' }
    expect(changedFields(row, draft)).toEqual({ name: '鹤壁东站' })
  })
  it('sends an emptied field as null, and lists by content', () => {
    expect(changedFields(row, { ...row, lng: null, via: ['410100'] })).toEqual({ lng: null })
    expect(changedFields(row, { ...row, via: [] })).toEqual({ via: [] })
  })
  it('creates with what was filled in', () => {
    expect(givenFields({ a: '', b: null, c: [], d: 0, e: false, f: 'x' })).toEqual({ d: 0, e: false, f: 'x' })
  })
})

describe('requests while changes stream in', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  it('runs at once, then at most twice a second, and once after the last change', async () => {
    let runs = 0
    const call = atMostEvery(500, async () => { runs++ })
    for (let ms = 0; ms < 2000; ms += 20) {
      call()
      await vi.advanceTimersByTimeAsync(20)
    }
    expect(runs).toBeGreaterThanOrEqual(4)
    expect(runs).toBeLessThanOrEqual(5)
    await vi.advanceTimersByTimeAsync(1000)
    expect(runs).toBe(5)
    await vi.advanceTimersByTimeAsync(5000)
    expect(runs).toBe(5)
  })
  it('never runs twice at the same time, and goes on after a failure', async () => {
    let running = 0
    let most = 0
    let runs = 0
    const call = atMostEvery(100, async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 700))
      running--
      if (++runs === 1) throw new Error('refused')
    })
    call()
    await vi.advanceTimersByTimeAsync(50)
    call()
    await vi.advanceTimersByTimeAsync(3000)
    expect([most, runs]).toEqual([1, 2])
  })
})
