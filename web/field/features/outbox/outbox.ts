/* The queue of what was entered and not yet answered. An entry is on the phone before anything else happens to it, and
 * leaves it only when the server's answer for that very line has arrived. Ids make a repeated line harmless, so a lost
 * answer costs nothing. Of a line's status: 2xx leaves the queue; 503 and 507 stay; any other goes to correction and is
 * never sent again by itself (the server keeps it in its inbox). */
import { Problem } from '@shared/api'
import type { BatchAnswer, BatchLine } from '@shared/types'
import type { FieldDb, LogRow, OutboxRow } from './db'
import type { Vault } from './vault'

export const LINES_AT_ONCE = 200

export interface Owner { id: string; name: string }
export interface NewEntry { line: BatchLine; label: string }
export type Post = (lines: BatchLine[]) => Promise<BatchAnswer[]>

export interface FlushResult { sent: number; kept: number; corrected: number; signInNeeded: boolean }

export class Outbox {
  constructor(private db: FieldDb, private vault: Vault) {}

  /* All or none: the people of one vehicle are kept together, with their lines in today's list. */
  async add(entries: NewEntry[], owner: Owner, log: LogRow[] = [], now: number = Date.now()): Promise<void> {
    const rows = await Promise.all(entries.map(async ({ line, label }, i): Promise<OutboxRow> => ({
      id: line.id, owner: owner.id, owner_name: owner.name, created: now + i / 1000, state: 'waiting', label,
      sealed: await this.vault.seal(line), problems: [], inbox_id: null, status: null,
    })))
    await this.db.transaction('rw', this.db.outbox, this.db.log, async () => {
      await this.db.outbox.bulkAdd(rows)
      await this.db.log.bulkPut(log)
    })
  }

  async counts(ownerId: string | null): Promise<{ waiting: number; correction: number; others: number }> {
    const rows = await this.db.outbox.toArray()
    return {
      waiting: rows.filter((r) => r.state === 'waiting').length,
      correction: rows.filter((r) => r.state === 'correction').length,
      others: rows.filter((r) => r.state === 'waiting' && r.owner !== ownerId).length,
    }
  }

  list(): Promise<OutboxRow[]> {
    return this.db.outbox.orderBy('created').toArray()
  }

  open(row: OutboxRow): Promise<BatchLine> {
    return this.vault.open<BatchLine>(row.sealed)
  }

  async remove(id: string): Promise<void> {
    await this.db.outbox.delete(id)
  }

  /* Sends what waits of this officer, oldest first, each line once, until nothing moves. Throws what `post` throws. */
  async flush(ownerId: string, post: Post): Promise<FlushResult> {
    const total: FlushResult = { sent: 0, kept: 0, corrected: 0, signInNeeded: false }
    const later = new Set<string>() /* answered "not now": not again in this flush */
    for (;;) {
      const rows = (await this.db.outbox.where('state').equals('waiting').sortBy('created'))
        .filter((r) => r.owner === ownerId && !later.has(r.id)).slice(0, LINES_AT_ONCE)
      if (rows.length === 0) return { ...total, kept: later.size }
      const round = await this.settle(rows, await this.answers(rows, post), later)
      total.sent += round.sent
      total.corrected += round.corrected
      total.signInNeeded ||= round.signInNeeded
      if (round.signInNeeded || round.sent + round.corrected === 0) return { ...total, kept: rows.length - round.sent - round.corrected }
    }
  }

  /* A refusal of the whole body would block the queue for ever: then the lines go one by one, and the one that is
   * refused alone has its answer. */
  private async answers(rows: OutboxRow[], post: Post): Promise<BatchAnswer[]> {
    const lines = await Promise.all(rows.map((row) => this.open(row)))
    try {
      return await post(lines)
    } catch (error) {
      if (!(error instanceof Problem) || !isRefusal(error.status)) throw error
      const first = lines[0]
      if (lines.length > 1 && first) return this.answers(rows.slice(0, 1), post)
      const problems = error.problems.length ? error.problems
        : [{ code: error.code, message: error.title, message_en: error.titleEn }]
      return first ? [{ line: 1, id: first.id, status: error.status, problems }] : []
    }
  }

  /* Applies the answers by id; a row without an answer (cut-off connection) stays as it is. */
  private async settle(rows: OutboxRow[], answers: BatchAnswer[], later: Set<string>): Promise<FlushResult> {
    const byId = new Map(answers.map((a) => [a.id?.toLowerCase(), a]))
    const result: FlushResult = { sent: 0, kept: 0, corrected: 0, signInNeeded: false }
    for (const row of rows) {
      const answer = byId.get(row.id)
      if (!answer) continue
      if (isTemporary(answer.status)) {
        later.add(row.id)
        if (answer.status === 401) result.signInNeeded = true
      } else if (answer.status >= 200 && answer.status < 300) {
        await this.db.outbox.delete(row.id)
        await this.db.log.update(row.id, { state: 'sent' })
        result.sent++
      } else {
        await this.db.outbox.update(row.id, {
          state: 'correction', problems: answer.problems ?? [], inbox_id: answer.inbox_id ?? null, status: answer.status,
        })
        await this.db.log.update(row.id, { state: 'correction' })
        result.corrected++
      }
    }
    return result
  }
}

/* The body itself is refused; not the session (401), not the hurry (408, 429). */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 408, 429].includes(status)
}

/* 401 is not the line's fault: the session ended between two lines. */
function isTemporary(status: number): boolean {
  return status === 503 || status === 507 || status === 401
}
