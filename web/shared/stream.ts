/* The event stream itself: an EventSource that is opened again after a failure, a little later each time. Used inside
 * the SharedWorker, or in the page where there is none (Safari before 16, most phones). Knows no Vue. */
import type { ChangeEvent } from './types'

/* connecting: first try or trying again; open: events arrive; closed: nobody listens. */
export type StreamState = 'connecting' | 'open' | 'closed'
export type StreamMessage =
  | { kind: 'state'; state: StreamState }
  | { kind: 'change'; changes: ChangeEvent[] }

export interface Stream { start(): void; stop(): void; restart(): void }

export const STREAM_URL = '/api/v1/events'
const LONGEST_WAIT_MS = 15000

/* 0.5, 1, 2, … 15 s, and up to a quarter more so that a city's browsers do not all come back at once. */
export function backoffMs(failures: number, random: number): number {
  return Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(failures, 10)) * (1 + random / 4)
}

export function createStream(tell: (message: StreamMessage) => void): Stream {
  let source: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0

  const close = () => {
    clearTimeout(timer)
    timer = undefined
    source?.close()
    source = null
  }

  const open = () => {
    close()
    tell({ kind: 'state', state: 'connecting' })
    const mine = new EventSource(STREAM_URL)
    source = mine
    mine.onopen = () => {
      failures = 0
      tell({ kind: 'state', state: 'open' })
    }
    mine.addEventListener('change', (event) => {
      tell({ kind: 'change', changes: JSON.parse((event as MessageEvent<string>).data) as ChangeEvent[] })
    })
    mine.onerror = () => {
      if (source !== mine) return
      close()
      tell({ kind: 'state', state: 'connecting' })
      timer = setTimeout(open, backoffMs(failures++, Math.random()))
    }
  }

  return {
    start: () => { if (!source && timer === undefined) open() },
    stop: () => {
      close()
      tell({ kind: 'state', state: 'closed' })
    },
    /* After signing in again, or when the browser says that the network is back. */
    restart: () => {
      failures = 0
      open()
    },
  }
}
