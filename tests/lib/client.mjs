// HTTP for tests: whole answers, exact bytes, no cleverness.
import http from 'node:http'
import net from 'node:net'

const agents = new Map()

/** {status, headers, body: Buffer, text}. body: Buffer, string or undefined. */
export function request(url, method, target, { headers = {}, body, timeout = 30000 } = {}) {
  if (!agents.has(url)) agents.set(url, new http.Agent({ keepAlive: true, maxSockets: 64 }))
  const path = target.replace(/[^\x21-\x7e]/gu, (c) => encodeURIComponent(c))
  const { hostname, port } = new URL(url)
  // A large body is sent only when the server wants it: one that refuses it would close while it is still being written.
  const large = body !== undefined && Buffer.byteLength(body) > 1000000
  if (large) headers = { ...headers, expect: '100-continue', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const rq = http.request({ hostname, port, method, path, headers, agent: agents.get(url), timeout }, (answer) => {
      const pieces = []
      answer.on('data', (piece) => pieces.push(piece))
      answer.on('error', reject)
      answer.on('end', () => {
        const whole = Buffer.concat(pieces)
        resolve({ status: answer.statusCode, headers: answer.headers, body: whole, text: whole.toString('utf8') })
        if (large) rq.destroy()
      })
    })
    rq.on('timeout', () => rq.destroy(new Error(`no answer within ${timeout} ms`)))
    rq.on('error', reject)
    if (!large) rq.end(body)
    else rq.on('continue', () => rq.end(body)).flushHeaders()
  })
}

/** Connections kept open are closed, so that a server can end. */
export function hangUp(url) {
  agents.get(url)?.destroy()
  agents.delete(url)
}

export async function json(url, method, target, { token, data, headers = {} } = {}) {
  const answer = await request(url, method, target, {
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(data === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: data === undefined ? undefined : JSON.stringify(data),
  })
  let value = null
  try {
    value = JSON.parse(answer.text)
  } catch { /* not every answer is JSON */ }
  return { ...answer, value }
}

export async function login(url, name, password) {
  const answer = await json(url, 'POST', '/api/v1/session/login', { data: { login: name, password, kind: 'program' } })
  if (answer.status !== 200 && answer.status !== 201) throw new Error(`login ${name}: ${answer.status} ${answer.text.slice(0, 500)}`)
  return answer.value.token
}

/** Sends bytes as they are and reads until the server closes, or is silent for `quiet` ms. {status, headers, text, closed} */
export function raw(url, bytes, quiet = 1500) {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const pieces = []
    const socket = net.connect({ host: hostname, port: Number(port) }, () => socket.write(bytes))
    const finish = (closed) => {
      socket.destroy()
      const text = Buffer.concat(pieces).toString('utf8')
      const [head, ...rest] = text.split('\r\n\r\n')
      const headers = {}
      for (const line of head.split('\r\n').slice(1)) headers[line.split(':')[0].toLowerCase()] = line.slice(line.indexOf(':') + 1).trim()
      const body = rest.join('\r\n\r\n')
      resolve({ status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0), headers, text: body, body: Buffer.from(body), closed })
    }
    socket.setTimeout(quiet, () => finish(false))
    socket.on('data', (piece) => pieces.push(piece))
    socket.on('end', () => finish(true))
    socket.on('error', (error) => (error.code === 'ECONNRESET' || error.code === 'EPIPE' ? finish(true) : reject(error)))
  })
}

/** Server-sent events: {events: [{event, data}], comments, status, wait(test, ms), close()}. */
export function events(url, target, { headers = {} } = {}) {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const rq = http.request({ hostname, port, path: target, headers: { accept: 'text/event-stream', ...headers }, agent: false }, (answer) => {
      const feed = { status: answer.statusCode, events: [], comments: 0, ended: false, close: () => rq.destroy() }
      let rest = ''
      const listeners = new Set()
      answer.setEncoding('utf8')
      answer.on('data', (piece) => {
        rest += piece
        const blocks = rest.split('\n\n')
        rest = blocks.pop()
        for (const block of blocks) take(feed, block)
        for (const listener of [...listeners]) listener()
      })
      answer.on('error', () => {})
      answer.on('close', () => { feed.ended = true; for (const listener of [...listeners]) listener() })
      feed.wait = (test, ms) => new Promise((done) => {
        const timer = setTimeout(() => { listeners.delete(look); done(null) }, ms)
        const look = () => {
          const found = test(feed)
          if (!found) return
          clearTimeout(timer)
          listeners.delete(look)
          done(found)
        }
        listeners.add(look)
        look()
      })
      resolve(feed)
    })
    rq.on('error', reject)
    rq.end()
  })
}

function take(feed, block) {
  let event = 'message'
  const data = []
  for (const line of block.split('\n')) {
    if (line.startsWith(':')) feed.comments++
    else if (line.startsWith('event:')) event = line.slice(6).trim()
    else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
  }
  if (data.length) feed.events.push({ event, data: data.join('\n') })
}
