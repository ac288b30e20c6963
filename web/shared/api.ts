/* The client of docs/api.md. Every failure is a Problem; a lost session is also told to onSessionLost. */
import { lang } from './i18n'
import type { BatchAnswer, BatchLine, HistoryItem, Id, ImportReport, ProblemItem } from './types'

export type Query = Record<string, string | number | boolean | null | undefined>
export interface Page<T> { items: T[]; next: string | null }

const BASE = '/api/v1'

/* An RFC 9457 answer, or the network's failure (status 0, code "offline"). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly titleEn: string,
    readonly problems: ProblemItem[] = [],
    /* Seconds after which to send again, from Retry-After; null if the server did not say. */
    readonly retryAfter: number | null = null,
  ) {
    super(`${status} ${code}`)
    this.name = 'Problem'
  }

  /* The title in the language of the screen. */
  get text(): string {
    return lang.value === 'en' ? this.titleEn : this.title
  }

  /* Nothing is wrong with what was sent: it may be sent again as it is. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 503 || this.status === 507
  }

  /* Message for one field, or null. */
  forField(field: string): string | null {
    const item = this.problems.find((p) => p.field === field)
    return item ? problemText(item) : null
  }

  /* All fields with a problem: field name to message. */
  byField(): Record<string, string> {
    const out: Record<string, string> = {}
    for (const item of this.problems) if (item.field && !(item.field in out)) out[item.field] = problemText(item)
    return out
  }
}

export function problemText(item: ProblemItem): string {
  const text = lang.value === 'en' ? item.message_en : item.message
  const shown = text || item.message || item.code
  return item.detail ? `${shown} (${item.detail})` : shown
}

/* What an exception means to the user; for anything that is not a Problem, its own text. */
export function errorText(error: unknown): string {
  if (error instanceof Problem) return error.text
  return error instanceof Error ? error.message : String(error)
}

/* Makes a Problem of an answer's body, whatever a proxy in between made of it. */
export function problemFrom(status: number, body: unknown, retryAfter: string | null): Problem {
  const b = (body && typeof body === 'object' ? body : {}) as Record<string, unknown>
  const text = (v: unknown, otherwise: string) => (typeof v === 'string' && v ? v : otherwise)
  const seconds = retryAfter && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null
  return new Problem(
    status,
    text(b['code'], `http_${status}`),
    text(b['title'], `服务器未能完成请求(${status})`),
    text(b['title_en'], `The server could not do this (${status})`),
    Array.isArray(b['problems']) ? (b['problems'] as ProblemItem[]) : [],
    seconds,
  )
}

export function offlineProblem(): Problem {
  return new Problem(0, 'offline', '网络不通,请检查连接', 'No connection to the server')
}

type LostHook = (problem: Problem) => void
const lostHooks = new Set<LostHook>()

/* Called with the 401 when the session is gone. Returns the function that takes the hook away. */
export function onSessionLost(hook: LostHook): () => void {
  lostHooks.add(hook)
  return () => lostHooks.delete(hook)
}

export function queryString(query?: Query): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {}))
    if (value !== null && value !== undefined && value !== '') params.append(key, String(value))
  const text = params.toString()
  return text ? `?${text}` : ''
}

export function apiUrl(path: string, query?: Query): string {
  return BASE + (path.startsWith('/') ? path : `/${path}`) + queryString(query)
}

interface Options { query?: Query; body?: unknown; type?: string; idempotencyKey?: string; signal?: AbortSignal; timeoutMs?: number }

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text()
  if (!text) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function refusal(response: Response, body: unknown): Problem {
  const problem = problemFrom(response.status, body, response.headers.get('Retry-After'))
  const lost = problem.code === 'unauthenticated' || problem.code === 'session_expired'
  if (response.status === 401 && lost) for (const hook of lostHooks) hook(problem)
  return problem
}

function encodeBody(o: Options): BodyInit | undefined {
  if (o.body === undefined) return undefined
  return typeof o.body === 'string' || o.body instanceof Blob ? o.body : JSON.stringify(o.body)
}

/* One request. `timeoutMs` (default 20 s) covers the weak network of a checkpoint: then it is "offline". */
export async function request<T>(method: string, path: string, o: Options = {}): Promise<T> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), o.timeoutMs ?? 20000)
  o.signal?.addEventListener('abort', () => stop.abort())
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (o.body !== undefined) headers['Content-Type'] = o.type ?? 'application/json'
  if (o.idempotencyKey) headers['Idempotency-Key'] = o.idempotencyKey
  let response: Response
  let body: unknown
  try {
    response = await fetch(apiUrl(path, o.query), {
      method, headers, body: encodeBody(o), credentials: 'same-origin', cache: 'no-store', signal: stop.signal,
    })
    body = await readBody(response)
  } catch (error) {
    if (o.signal?.aborted) throw error
    throw offlineProblem()
  } finally {
    clearTimeout(timer)
  }
  if (!response.ok) throw refusal(response, body)
  return body as T
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => request<T>('GET', path, { query, signal }),

  list: <T>(entity: string, query?: Query, signal?: AbortSignal) =>
    request<Page<T>>('GET', `/${entity}`, { query, signal }),

  /* For filters that must not stand in an address: document numbers, phones. */
  search: <T>(entity: string, filters: Record<string, unknown>) => request<Page<T>>('POST', `/${entity}/search`, { body: filters }),

  one: <T>(entity: string, id: Id) => request<T>('GET', `/${entity}/${id}`),

  history: (entity: string, id: Id) => request<{ items: HistoryItem[] }>('GET', `/${entity}/${id}/history`),

  /* The row carries its own id, so that sending it twice makes one row. */
  create: <T>(entity: string, row: object) =>
    request<T>('POST', `/${entity}`, { body: { id: newId(), ...row } }),

  change: <T>(entity: string, id: Id, version: number, fields: object) =>
    request<T>('PATCH', `/${entity}/${id}`, { body: { ...fields, version } }),

  /* A verb: path is "handover/<id>/acknowledge". The same key makes a retry safe. */
  command: <T>(path: string, body: object = {}, key: Id = newId()) =>
    request<T>('POST', `/${path}`, { body, idempotencyKey: key }),

  /* Every page of a list, one after the other; at most `max` rows. */
  async all<T>(entity: string, query: Query = {}, max = 20000): Promise<T[]> {
    const rows: T[] = []
    let after: string | null = null
    do {
      const page: Page<T> = await request<Page<T>>('GET', `/${entity}`, { query: { limit: 1000, ...query, after } })
      rows.push(...page.items)
      after = page.next
    } while (after && rows.length < max)
    return rows
  },

  importCsv: (entity: string, file: Blob, dryRun: boolean) =>
    request<ImportReport>('POST', `/${entity}.csv`,
      { query: dryRun ? { dry_run: 1 } : {}, body: file, type: 'text/csv', timeoutMs: 300000 }),

  /* The door of the offline queue: at most 4,096 lines; an answer for each, in order. */
  async batch(lines: BatchLine[], timeoutMs = 60000): Promise<BatchAnswer[]> {
    const body = lines.map((line) => JSON.stringify(line)).join('\n') + '\n'
    const answer = await request<unknown>('POST', '/batch', { body, type: 'application/x-ndjson', timeoutMs })
    return parseNdjson<BatchAnswer>(answer)
  },
}

/* readBody has parsed the answer already if it was a single line. */
export function parseNdjson<T>(answer: unknown): T[] {
  if (typeof answer !== 'string') return answer === null ? [] : [answer as T]
  return answer.split('\n').filter((line) => line.trim()).map((line) => JSON.parse(line) as T)
}

/* UUID version 8 as src/base/id.h makes it: 48 bits of Unix milliseconds, 12 bits of lane, the rest random.
 * Lane 0 is always right: the server finds the lane from the record's place. getRandomValues works also where
 * the page is served without TLS, which randomUUID does not. */
export function newId(lane = 0, nowMs = Date.now(), random: Uint8Array = randomBytes(8)): Id {
  const b = new Uint8Array(16)
  let ms = nowMs
  for (let i = 5; i >= 0; i--) {
    b[i] = ms % 256
    ms = Math.floor(ms / 256)
  }
  b[6] = 0x80 | ((lane >> 8) & 0x0f)
  b[7] = lane & 0xff
  b.set(random.subarray(0, 8), 8)
  b[8] = ((b[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(b, (v) => v.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function randomBytes(n: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(n))
}

/* Milliseconds since 1970 in an id made by newId. */
export function idTime(id: Id): number {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}
