/* The queue against every answer that a network and a server can give. */
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newId, Problem } from '@shared/api'
import type { BatchAnswer, BatchLine } from '@shared/types'
import { FieldDb, keyStore } from './db'
import { LINES_AT_ONCE, Outbox } from './outbox'
import { openVault, type Vault } from './vault'

const OWNER = { id: 'a', name: '查验员甲' }
let db: FieldDb
let vault: Vault
let box: Outbox
let n = 0

beforeEach(async () => {
  db = new FieldDb(`test-${++n}`)
  await db.open()
  vault = await openVault(keyStore(db))
  box = new Outbox(db, vault)
})
afterEach(() => db.delete())

function line(name = '甲'): BatchLine {
  return { command: 'passage/register', id: newId(), at: '2020-02-04T02:10:00+08:00', data: { name, doc_no: '11010519491231002X' } }
}
async function put(count: number, owner = OWNER): Promise<BatchLine[]> {
  const lines = Array.from({ length: count }, () => line())
  await box.add(lines.map((l) => ({ line: l, label: '甲**' })), owner)
  return lines
}

/* A server that remembers what it accepted; `status` says what it answers to the k-th line it ever sees. */
function server(status: (line: BatchLine, k: number) => number = () => 201) {
  const accepted: string[] = []
  const sent: string[] = []
  const post = (lines: BatchLine[]): Promise<BatchAnswer[]> => Promise.resolve(lines.map((l, i) => {
    const code = status(l, sent.push(l.id) - 1)
    if (code === 201 && !accepted.includes(l.id)) accepted.push(l.id)
    return code === 422 ? { line: i + 1, id: l.id, status: code, problems: [{ code: 'bad_phone', field: 'phone' }], inbox_id: 'in-1' } : { line: i + 1, id: l.id, status: code }
  }))
  return { accepted, sent, post }
}
const ids = async () => (await box.list()).map((r) => r.id)

describe('sending', () => {
  it('sends each entry once, oldest first, and forgets it at once', async () => {
    const lines = await put(3)
    const s = server()
    expect(await box.flush(OWNER.id, s.post)).toEqual({ sent: 3, kept: 0, corrected: 0, signInNeeded: false })
    expect(s.sent).toEqual(lines.map((l) => l.id))
    expect(await db.outbox.count()).toBe(0)
    await box.flush(OWNER.id, s.post)
    expect(s.sent).toHaveLength(3)
  })
  it('sends long queues in parts', async () => {
    await put(LINES_AT_ONCE + 5)
    const sizes: number[] = []
    const s = server()
    await box.flush(OWNER.id, (lines) => { sizes.push(lines.length); return s.post(lines) })
    expect(sizes).toEqual([LINES_AT_ONCE, 5])
    expect(await db.outbox.count()).toBe(0)
  })
  it('keeps everything when the network fails, and the repeated lines are the same', async () => {
    const lines = await put(2)
    const offline = () => Promise.reject(new Problem(0, 'offline', '', ''))
    await expect(box.flush(OWNER.id, offline)).rejects.toThrow('offline')
    expect(await ids()).toEqual(lines.map((l) => l.id))
    const seen: BatchLine[] = []
    await box.flush(OWNER.id, (l) => { seen.push(...l); return server().post(l) })
    expect(seen).toEqual(lines)
  })
  it('keeps a line whose answer was cut off, and sends that one again', async () => {
    const lines = await put(3)
    const s = server()
    let first = true
    const result = await box.flush(OWNER.id, async (l) => {
      const answers = await s.post(l)
      const cut = first ? answers.slice(0, 1) : answers
      first = false
      return cut
    })
    expect(result.sent).toBe(3)
    expect(s.accepted).toEqual(lines.map((l) => l.id))
    expect(s.sent).toHaveLength(5)
  })
  it('keeps 503 and 507 for later and does not press them again in the same round', async () => {
    const lines = await put(3)
    const s = server((_l, k) => [201, 503, 507][k] ?? 201)
    expect(await box.flush(OWNER.id, s.post)).toMatchObject({ sent: 1, kept: 2 })
    expect(s.sent).toHaveLength(3)
    expect(await ids()).toEqual(lines.slice(1).map((l) => l.id))
    expect(await box.flush(OWNER.id, s.post)).toMatchObject({ sent: 2, kept: 0 })
    expect(s.accepted).toHaveLength(3)
  })
  it('stops when the session ends between two lines, and loses nothing', async () => {
    await put(2)
    const s = server((_l, k) => [201, 401][k] ?? 201)
    expect(await box.flush(OWNER.id, s.post)).toEqual({ sent: 1, kept: 1, corrected: 0, signInNeeded: true })
    expect(await db.outbox.count()).toBe(1)
  })
})

describe('refusals', () => {
  it('moves 422 to correction with its problems and never sends it again', async () => {
    const [bad, good] = await put(2)
    const s = server((l) => (l.id === bad!.id ? 422 : 201))
    expect(await box.flush(OWNER.id, s.post)).toMatchObject({ sent: 1, corrected: 1 })
    const row = await db.outbox.get(bad!.id)
    expect(row).toMatchObject({ state: 'correction', status: 422, inbox_id: 'in-1', problems: [{ code: 'bad_phone', field: 'phone' }] })
    expect((await box.open(row!)).data).toEqual(bad!.data)
    expect(s.accepted).toEqual([good!.id])
    await box.flush(OWNER.id, s.post)
    expect(s.sent).toHaveLength(2)
    expect(await box.counts(OWNER.id)).toEqual({ waiting: 0, correction: 1, others: 0 })
  })
  it('sends lines one by one when the body is refused, so that one bad line does not block the others', async () => {
    const [, poison] = await put(3)
    const s = server()
    const post = (lines: BatchLine[]) => (lines.some((l) => l.id === poison!.id)
      ? Promise.reject(new Problem(413, 'too_large', '内容过大', 'Too large')) : s.post(lines))
    expect(await box.flush(OWNER.id, post)).toMatchObject({ sent: 2, corrected: 1 })
    expect(await db.outbox.get(poison!.id)).toMatchObject({ state: 'correction', status: 413, inbox_id: null, problems: [{ code: 'too_large' }] })
  })
  it('takes an ended session, haste or a broken server for no refusal', async () => {
    await put(1)
    for (const status of [401, 408, 429, 500, 502]) {
      await expect(box.flush(OWNER.id, () => Promise.reject(new Problem(status, 'x', '', '')))).rejects.toThrow()
      expect(await box.counts(OWNER.id)).toMatchObject({ waiting: 1, correction: 0 })
    }
  })
})

describe('owners', () => {
  it("never sends an officer's entries under another's session", async () => {
    await put(1, { id: 'b', name: '查验员乙' })
    const [mine] = await put(1)
    const s = server()
    await box.flush(OWNER.id, s.post)
    expect(s.sent).toEqual([mine!.id])
    expect(await box.counts(OWNER.id)).toEqual({ waiting: 1, correction: 0, others: 1 })
  })
  it("moves the entry's line of today's list along", async () => {
    const l = line()
    const row = { id: l.id, owner: 'a', at: 1, name: '甲**', plate: '', temp: '36.5', decision: 'pass', fever: false, state: 'waiting' as const }
    await box.add([{ line: l, label: '甲**' }], OWNER, [row])
    expect((await db.log.get(l.id))?.state).toBe('waiting')
    await box.flush(OWNER.id, server().post)
    expect((await db.log.get(l.id))?.state).toBe('sent')
  })
  it('takes the same id once', async () => {
    const l = line()
    await box.add([{ line: l, label: '' }], OWNER)
    await expect(box.add([{ line: line(), label: '' }, { line: l, label: '' }], OWNER)).rejects.toThrow()
    expect(await db.outbox.count()).toBe(1)
  })
})

describe('at rest', () => {
  it('holds no readable personal text, and opens after a restart', async () => {
    const [l] = await put(1)
    const row = (await db.outbox.get(l!.id))!
    expect('plain' in row.sealed).toBe(false)
    const bytes = 'data' in row.sealed ? Buffer.from(row.sealed.data).toString('latin1') : ''
    expect(bytes.length).toBeGreaterThan(20)
    expect(bytes).not.toContain('11010519491231002X')
    const again = await openVault(keyStore(db))
    expect(await again.open(row.sealed)).toEqual(l)
  })
  it('does not let the key out', async () => {
    const key = (await db.keys.get('vault'))!.key
    expect(key.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
  })
  it('uses a fresh vector for each text', async () => {
    const a = await vault.seal('x')
    const b = await vault.seal('x')
    expect('iv' in a && 'iv' in b && Buffer.from(a.iv).equals(Buffer.from(b.iv))).toBe(false)
  })
  it('says so where the browser has no cryptography, and still works', async () => {
    const plain = await openVault(keyStore(db), null as unknown as undefined)
    expect(plain.sealed).toBe(false)
    expect(await plain.open(await plain.seal({ a: 1 }))).toEqual({ a: 1 })
  })
})
