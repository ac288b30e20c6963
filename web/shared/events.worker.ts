/* The SharedWorker that owns the one event stream of this browser: HTTP/1.1 allows six connections to a host, and
 * each tab with its own stream would use them up. Pages say "start", "restart" (after signing in) and "close". */
import { createStream, type StreamMessage } from './stream'

interface WorkerScope { onconnect: ((event: MessageEvent) => void) | null }

const ports = new Set<MessagePort>()
let last: StreamMessage = { kind: 'state', state: 'connecting' }

const stream = createStream((message) => {
  if (message.kind === 'state') last = message
  for (const port of ports) port.postMessage(message)
})

function obey(port: MessagePort, word: string): void {
  if (word === 'close') {
    ports.delete(port)
    if (!ports.size) stream.stop()
    return
  }
  ports.add(port)
  port.postMessage(last)
  if (word === 'restart') stream.restart()
  else stream.start()
}

;(self as unknown as WorkerScope).onconnect = (event) => {
  const port = event.ports[0]
  if (port) port.onmessage = ({ data }: MessageEvent<string>) => obey(port, data)
}
