/* Runs an asynchronous action at most once in `ms`, never twice at the same time, and once more after the last call:
 * a stream of changes becomes a bounded stream of requests. */
export interface Throttled { (): void; cancel(): void }

export function atMostEvery(ms: number, action: () => Promise<unknown>): Throttled {
  let timer: ReturnType<typeof setTimeout> | undefined
  let running = false
  let wanted = false
  let last = -Infinity
  let cancelled = false

  const run = async () => {
    timer = undefined
    running = true
    wanted = false
    last = Date.now()
    try {
      await action()
    } finally {
      running = false
      if (wanted) plan()
    }
  }

  const plan = () => {
    if (cancelled || timer !== undefined) return
    timer = setTimeout(() => void run().catch(() => undefined), Math.max(0, last + ms - Date.now()))
  }

  const call = () => {
    wanted = true
    if (!running) plan()
  }
  call.cancel = () => {
    cancelled = true
    clearTimeout(timer)
  }
  return call
}
