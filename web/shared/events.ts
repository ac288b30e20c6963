/* Live changes for a page. One stream per browser: a SharedWorker owns it; where there is none, the page does.
 *   const stop = listen(['passage', 'handover'], (changes) => …, () => refetch())
 * `again` is called each time the stream comes back after a gap: what happened meanwhile has to be fetched. */
import { ref } from 'vue'
import { createStream, type Stream, type StreamMessage, type StreamState } from './stream'
import type { ChangeEvent } from './types'

export const connection = ref<StreamState>('closed')

interface Listener { entities: string[]; changed: (changes: ChangeEvent[]) => void; again?: () => void }

const listeners = new Set<Listener>()
let stream: Stream | null = null
let wasOpen = false

function receive(message: StreamMessage): void {
  if (message.kind === 'state') {
    const back = message.state === 'open' && connection.value !== 'open'
    connection.value = message.state
    if (back && wasOpen) for (const listener of listeners) listener.again?.()
    if (message.state === 'open') wasOpen = true
    return
  }
  for (const listener of listeners) {
    const wanted = message.changes.filter((change) => listener.entities.includes(change.entity))
    if (wanted.length) listener.changed(wanted)
  }
}

function sharedStream(): Stream | null {
  if (typeof SharedWorker === 'undefined') return null
  try {
    const worker = new SharedWorker(new URL('./events.worker.ts', import.meta.url), { type: 'module', name: 'redoubt-events' })
    const post = (word: string) => worker.port.postMessage(word)
    worker.port.onmessage = ({ data }: MessageEvent<StreamMessage>) => receive(data)
    /* A browser that knows SharedWorker but not modules in it fails here: the page takes over. */
    worker.onerror = () => {
      stream = createStream(receive)
      stream.start()
    }
    return { start: () => post('start'), stop: () => post('close'), restart: () => post('restart') }
  } catch {
    return null
  }
}

function ensure(): Stream {
  if (stream) return stream
  stream = sharedStream() ?? createStream(receive)
  addEventListener('online', () => { if (connection.value !== 'closed') stream?.restart() })
  addEventListener('pagehide', () => stream?.stop())
  addEventListener('pageshow', (event) => { if (event.persisted) stream?.start() })
  return stream
}

/* Returns the function that ends the listening. The stream itself stays until stopEvents or the end of the page. */
export function listen(entities: string[], changed: (changes: ChangeEvent[]) => void, again?: () => void): () => void {
  const listener: Listener = { entities, changed, again }
  listeners.add(listener)
  ensure().start()
  return () => listeners.delete(listener)
}

/* After signing in (also as somebody else): the server decides by the session what the stream carries. */
export function restartEvents(): void {
  ensure().restart()
}

/* After signing out: nobody is there to listen. */
export function stopEvents(): void {
  stream?.stop()
  connection.value = 'closed'
  wasOpen = false
}
