// kill -9 under load: what was acknowledged is there, once.
//
//   node tests/crash/run.mjs [KILLS] [--build build] [--seed N]
//
// Writers on several connections register passages with ids of their own, one by one and in batches. The server is killed
// at a random moment 10 to 400 ms into the load and started again, KILLS times (50). What got no answer is sent again,
// the same id and content, as a phone does. At the end every passage that was acknowledged is there exactly once, nothing
// is there that was never sent, the counters agree with the rows, the journal's chain verifies, and a rebuild is equal.
import fs from 'node:fs'
import { makeSetup, password } from '../api/scenario.mjs'
import { hangUp, json, login, request } from '../lib/client.mjs'
import { passage } from '../lib/passage.mjs'
import { redoubtAsync, Server } from '../lib/server.mjs'

const options = { kills: 50, build: 'build', seed: Date.now() % 1000000 }
for (let args = process.argv.slice(2); args.length; ) {
  const word = args.shift()
  if (word === '--build') options.build = args.shift()
  else if (word === '--seed') options.seed = Number(args.shift())
  else options.kills = Number(word)
}
const WRITERS = 12, BATCH_LINES = 20

// mulberry32: small, seeded, so that a failure can be tried again.
let state = options.seed
function random() {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

const problems = []
const sent = new Map()         // id -> body
const acknowledged = new Set()
const unanswered = new Set()   // sent, no answer: may be there or not, sent again later
let people = 0

function refused(what, status, text) {
  if (problems.length < 20) problems.push(`${what}: ${status} ${text.slice(0, 300)}`)
}

function nextBody(post) {
  const body = passage(post, people++)
  sent.set(body.id, body)
  return body
}

/** One passage of its own. A broken connection leaves it unanswered. */
async function sendOne(server, token, body) {
  unanswered.add(body.id)
  const { status, text } = await json(server.url, 'POST', '/api/v1/passage', { token, data: body })
  if (status === 503) return
  unanswered.delete(body.id)
  if (status === 201 || status === 200) acknowledged.add(body.id)
  else refused('POST /api/v1/passage', status, text)
}

async function sendBatch(server, token, bodies) {
  for (const { id } of bodies) unanswered.add(id)
  const lines = bodies.map(({ id, ...data }) => JSON.stringify({ command: 'passage/register', id, at: data.passed_at, data }) + '\n')
  const { status, text } = await request(server.url, 'POST', '/api/v1/batch', {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' }, body: lines.join(''),
  })
  if (status === 503) return
  if (status !== 200) return refused('POST /api/v1/batch', status, text)
  for (const line of text.split('\n').filter(Boolean)) {
    let answer
    try { answer = JSON.parse(line) } catch { return } // the last line was cut by the kill
    if (answer.status === 503) continue
    unanswered.delete(answer.id)
    if (answer.status === 201 || answer.status === 200) acknowledged.add(answer.id)
    else refused('batch line', answer.status, line)
  }
}

async function writer(server, token, post, running) {
  while (running.on) {
    try {
      const again = [...unanswered].filter(() => random() < 0.3).slice(0, BATCH_LINES).map((id) => sent.get(id))
      if (again.length) await sendBatch(server, token, again)
      else if (random() < 0.2) await sendBatch(server, token, Array.from({ length: BATCH_LINES }, () => nextBody(post)))
      else await sendOne(server, token, nextBody(post))
    } catch {
      if (running.on) await new Promise((resolve) => setTimeout(resolve, 2)) // the server is gone
    }
  }
}

async function round(server, token, post) {
  await server.start()
  const running = { on: true }
  const writers = Array.from({ length: WRITERS }, () => writer(server, token, post, running))
  const before = acknowledged.size
  await new Promise((resolve) => setTimeout(resolve, 10 + random() * 390))
  await server.kill()
  running.on = false
  await Promise.all(writers)
  hangUp(server.url)
  return acknowledged.size - before
}

async function everyPassage(server, token) {
  const ids = new Map()
  for (let after = ''; after !== null; ) {
    const { status, value, text } = await json(server.url, 'GET', `/api/v1/passage?limit=1000&sort=passed_at${after && `&after=${encodeURIComponent(after)}`}`, { token })
    if (status !== 200) throw new Error(`list: ${status} ${text.slice(0, 300)}`)
    for (const { id } of value.items) ids.set(id, (ids.get(id) ?? 0) + 1)
    after = value.next
  }
  return ids
}

const results = []
function expectThat(what, good, detail = '') {
  results.push(good)
  console.log(`${good ? 'ok' : 'FAILED'} ${what}${detail ? ': ' + detail : ''}`)
}

const { data, vars } = await makeSetup(options.build, 'city')
const server = new Server(options.build, data)
await server.start()
const token = await login(server.url, 'officer', password)
hangUp(server.url)
await server.stop()

const started = Date.now()
let withLoad = 0
for (let i = 0; i < options.kills; i++) if (await round(server, token, vars.post)) withLoad++
console.log(`seed ${options.seed}: ${options.kills} kills in ${((Date.now() - started) / 1000).toFixed(0)} s; ${sent.size} sent, ${acknowledged.size} acknowledged, ${unanswered.size} unanswered`)

await server.start()
const there = await everyPassage(server, token)
const desk = await login(server.url, 'command', password)
// Live counters: all passages of this run lie in the last hours, which may be two days.
let counted = 0
for (const day of new Set([Date.now(), Date.now() - 3600000].map((ms) => new Date(ms + 8 * 3600000).toISOString().slice(0, 10))))
  counted += (await json(server.url, 'GET', `/api/v1/live?day=${day}`, { token: desk })).value?.totals?.passage ?? NaN
hangUp(server.url)
const ended = await server.stop()

const lost = [...acknowledged].filter((id) => !there.has(id))
const doubled = [...there].filter(([, n]) => n > 1)
const foreign = [...there.keys()].filter((id) => !sent.has(id))
expectThat('the load was real', withLoad >= options.kills * 0.6 && acknowledged.size >= options.kills * 5, `${withLoad} rounds with acknowledged passages`)
expectThat('nothing was refused', problems.length === 0, problems.join('\n'))
expectThat('every acknowledged passage is there', lost.length === 0, `${lost.length} lost ${lost.slice(0, 5)}`)
expectThat('no passage is there twice', doubled.length === 0, `${doubled.length} doubled`)
expectThat('nothing is there that was not sent', foreign.length === 0, `${foreign.length} foreign`)
expectThat('the counters agree with the rows', counted === there.size, `counted ${counted}, rows ${there.size}`)
expectThat('the server ends well after all', ended === null, ended ?? '')
for (const args of [['journal', 'verify'], ['rebuild', '--check']]) {
  const { status, out } = await redoubtAsync(options.build, [...args, '--data', data])
  expectThat(`redoubt ${args.join(' ')}`, status === 0, out.trim().slice(-500))
}
fs.rmSync(data, { recursive: true, force: true })
const failed = results.filter((good) => !good).length
console.log(`${results.length - failed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
