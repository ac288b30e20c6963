// What the deployment tests share: certificates, rendered configurations, programs in the foreground, a load.
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import path from 'node:path'
import { passage } from '../lib/passage.mjs'
import { root } from '../lib/server.mjs'

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// ---- outcomes ----

export const counts = { passed: 0, failed: 0 }
export function expectThat(what, good, detail = '') {
  good ? counts.passed++ : counts.failed++
  console.log(`${good ? 'ok' : 'FAILED'} ${what}${detail ? ': ' + String(detail).slice(0, good ? 200 : 3000).trim() : ''}`)
}

// ---- programs ----

/** Runs to the end. {status, out}. */
export function run(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: 'utf8', cwd: root, timeout: 60000, ...options })
  return { status: done.error ? done.error.code : done.status, out: (done.stdout ?? '') + (done.stderr ?? '') }
}

/** The same without blocking what else goes on here. */
export function runAsync(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => { out += piece })
    child.on('error', (error) => resolve({ status: error.code, out }))
    child.on('close', (status, signal) => resolve({ status: status ?? signal, out }))
  })
}

/** A program in the foreground, stopped by its own id. */
export class Daemon {
  constructor(program, args) {
    this.log = ''
    this.exit = null
    this.child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (piece) => { this.log += piece })
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => { this.exit = error.code; resolve() })
      this.child.on('close', (code, signal) => { this.exit = code ?? signal; resolve() })
    })
  }

  async stop(signal = 'SIGTERM') {
    if (this.exit === null) this.child.kill(signal)
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 10000)
    await this.ended
    clearTimeout(timer)
  }
}

/** Paths of programs that Debian keeps where ordinary users do not look. */
export const found = (name) => [`/usr/sbin/${name}`, `/usr/bin/${name}`, `/sbin/${name}`].find((file) => fs.existsSync(file))

// ---- files ----

/** A certificate for localhost that signs itself, and its key: kind 'ec' or 'rsa'. */
export function certificate(folder, name, kind = 'ec') {
  const cert = path.join(folder, `${name}.pem`), key = path.join(folder, `${name}.key`)
  const algorithm = kind === 'ec' ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] : ['-newkey', 'rsa:2048']
  const { status, out } = run('openssl', ['req', '-x509', ...algorithm, '-nodes', '-keyout', key, '-out', cert, '-days', '3', '-subj', `/CN=${name}`,
    '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'])
  if (status !== 0) throw new Error(`openssl: ${out}`)
  fs.writeFileSync(path.join(folder, `${name}.both.pem`), fs.readFileSync(cert, 'utf8') + fs.readFileSync(key, 'utf8'))
  return { cert, key, both: path.join(folder, `${name}.both.pem`), ca: fs.readFileSync(cert) }
}

/** A file of deploy/ with the values that an administrator changes put in; each must be there. */
export function render(name, values) {
  let text = fs.readFileSync(path.join(root, 'deploy', name), 'utf8')
  for (const [from, to] of Object.entries(values)) {
    if (!text.includes(from)) throw new Error(`deploy/${name} has no ${from}`)
    text = text.replaceAll(from, to)
  }
  return text
}

// ---- requests ----

/** One request. {status, headers, text, sent: the connection was there}, or with `error`. options: agent, ca, headers, body. */
export function ask(url, method, target, { headers = {}, body, agent, ca, timeout = 30000, ...tls } = {}) {
  const client = url.startsWith('https') ? https : http
  return new Promise((resolve) => {
    let sent = false
    const rq = client.request(url + target, { method, headers, agent: agent ?? false, ca, timeout, ...tls }, (answer) => {
      const pieces = []
      answer.on('data', (piece) => pieces.push(piece))
      answer.on('error', (error) => resolve({ status: 0, error: error.code ?? error.message, sent: true }))
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(pieces).toString('utf8'), sent: true }))
    })
    rq.on('socket', (socket) => {
      if (rq.reusedSocket) sent = true
      else socket.once(client === https ? 'secureConnect' : 'connect', () => { sent = true })
    })
    rq.on('timeout', () => rq.destroy(new Error('no answer in time')))
    rq.on('error', (error) => resolve({ status: 0, error: error.code ?? error.message, sent }))
    rq.end(body)
  })
}

/** Event stream: {status, changes: [ids with the time of arrival], ended: 'no'|'well'|'broken', close()}. */
export function events(url, target, { headers = {}, ca } = {}) {
  const client = url.startsWith('https') ? https : http
  return new Promise((resolve, reject) => {
    const rq = client.request(url + target, { headers: { accept: 'text/event-stream', ...headers }, agent: false, ca }, (answer) => {
      const feed = { status: answer.statusCode, headers: answer.headers, at: new Map(), ended: 'no', close: () => rq.destroy() }
      let rest = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece) => {
        const blocks = (rest + piece).split('\n\n')
        rest = blocks.pop()
        for (const data of blocks.map((block) => /^data: (.*)$/m.exec(block)?.[1]).filter(Boolean))
          for (const { id } of JSON.parse(data)) feed.at.set(id, Date.now())
      })
      answer.on('error', () => { feed.ended = 'broken' })
      answer.on('end', () => { feed.ended = answer.complete ? 'well' : 'broken' })
      resolve(feed)
    })
    rq.on('error', reject)
    rq.end()
  })
}

/** Passages from `lanes` clients, each sending its next when the last is answered, until stop(). Half of them on
 * connections kept alive. Outcomes: answered (Map id -> status), refused (the connection was), lost (sent, no answer). */
export function load(url, { token, post, lanes = 16, ca, first = 1 }) {
  const client = url.startsWith('https') ? https : http
  const outcome = { answered: new Map(), refused: 0, lost: [], running: true }
  let n = first
  async function lane(index) {
    const agent = new client.Agent({ keepAlive: index % 2 === 0, maxSockets: 1 })
    while (outcome.running) {
      const body = passage(post, n++)
      const answer = await ask(url, 'POST', '/api/v1/passage', {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body), agent, ca })
      if (answer.status) outcome.answered.set(body.id, answer.status)
      else if (answer.sent) outcome.lost.push(answer.error)
      else outcome.refused++
      if (!answer.status) await sleep(5)
    }
    agent.destroy()
  }
  const all = Promise.all(Array.from({ length: lanes }, (_, i) => lane(i)))
  outcome.stop = async () => { outcome.running = false; await all }
  return outcome
}

/** Ids of every passage of a server. */
export async function everyPassage(url, token, ca) {
  const ids = []
  for (let after = ''; after !== null;) {
    const { status, text } = await ask(url, 'GET', `/api/v1/passage?limit=1000&sort=passed_at${after && `&after=${encodeURIComponent(after)}`}`,
      { headers: { authorization: `Bearer ${token}` }, ca })
    if (status !== 200) throw new Error(`list: ${status} ${text}`)
    const page = JSON.parse(text)
    ids.push(...page.items.map(({ id }) => id))
    after = page.next
  }
  return ids
}
