/* Opens the application without a network: all its files are put aside when it is installed. Answers of the API never
 * pass through here; what of them must survive stands in IndexedDB (shell/reference.ts), personal data sealed.
 * A new version replaces the files as a whole at the next start; half of one version is never mixed with another. */
export {}

interface ExtendableEvent extends Event { waitUntil(work: Promise<unknown>): void }
interface FetchEvent extends ExtendableEvent { request: Request; respondWith(answer: Promise<Response>): void }
interface WorkerScope {
  registration: { scope: string }
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
  addEventListener(kind: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void
  addEventListener(kind: 'fetch', listener: (event: FetchEvent) => void): void
}
const scope = self as unknown as WorkerScope

const PREFIX = 'redoubt-field-'
const CACHE = PREFIX + __REVISION__
const files = new Set(__ASSETS__.filter((name) => !name.endsWith('.map')))
/* The server gives the page at the folder's own address. */
const PAGE = ''

async function install(): Promise<void> {
  const cache = await caches.open(CACHE)
  const names = [PAGE, ...[...files].filter((name) => name !== 'index.html')]
  await Promise.all(names.map(async (name) => {
    const url = new URL(name, scope.registration.scope)
    const answer = await fetch(url, { cache: 'no-cache' })
    if (!answer.ok) throw new Error(`${answer.status} ${url.pathname}`)
    await cache.put(url, answer)
  }))
  await scope.skipWaiting()
}

async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
  await scope.clients.claim()
}

/* The file's name below the application's address, or null for what is not ours. */
function ours(request: Request): string | null {
  const base = scope.registration.scope
  if (request.method !== 'GET' || !request.url.startsWith(base)) return null
  const name = request.url.slice(base.length).replace(/[?#].*$/, '')
  if (request.mode === 'navigate' || name === 'index.html') return PAGE
  return files.has(name) ? name : null
}

async function answer(name: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  return (await cache.match(new URL(name, scope.registration.scope))) ?? fetch(request)
}

scope.addEventListener('install', (event) => event.waitUntil(install()))
scope.addEventListener('activate', (event) => event.waitUntil(activate()))
scope.addEventListener('fetch', (event) => {
  const name = ours(event.request)
  if (name !== null) event.respondWith(answer(name, event.request))
})
