// The server's clock is set back an hour and forward a day while it serves: order, numbering, sessions and locks hold.
//
//   node tests/proof/clock.mjs [--build build] [--seed N]        REDOUBT_STORE=postgresql: on PostgreSQL
//
// libfaketime (Debian package faketime) gives the server a wall clock that this test sets; the monotonic clock, which cannot
// be set, stays as it is. Devices have clocks of their own.
import fs from 'node:fs'
import path from 'node:path'
import { makeSetup, password } from '../api/scenario.mjs'
import { events, hangUp, json, login, request } from '../lib/client.mjs'
import { checkStore, everyPassage, Load } from '../lib/load.mjs'
import { passage } from '../lib/passage.mjs'
import { engine, removeStore, sqlOn } from '../lib/postgres.mjs'
import { newSeed, seeded } from '../lib/random.mjs'
import { Server } from '../lib/server.mjs'
import { optionsOf, verdict } from '../lib/verdict.mjs'
import { instant } from '../lib/words.mjs'

const options = optionsOf({ build: 'build', seed: newSeed() })
const { expectThat, finish } = verdict()
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const HOUR = 3600000, DAY = 24 * HOUR

const library = fs.readdirSync('/usr/lib').map((triple) => `/usr/lib/${triple}/faketime/libfaketimeMT.so.1`).find((file) => fs.existsSync(file))
if (!library) throw new Error('libfaketime is missing (Debian package faketime)')
const { data, vars } = await makeSetup(options.build, 'city')
const offsetFile = path.join(data, 'clock')
let offset = 0 // ms that the server's clock is ahead
function setClock(ms) {
  offset = ms
  // Replaced, not rewritten: the server reads it at any moment.
  fs.writeFileSync(offsetFile + '.new', `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1000}\n`)
  fs.renameSync(offsetFile + '.new', offsetFile)
}
setClock(0)
const server = new Server(options.build, data, [], null,
  { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: offsetFile, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' })
await server.start()
const url = server.url
const tokens = {}
for (const who of ['officer', 'district', 'command', 'admin']) tokens[who] = await login(url, who, password)

/** What the server takes for now. */
async function serverTime() {
  const { headers } = await json(url, 'GET', '/healthz')
  return Date.parse(headers.date)
}

/** One after the other, each sent when the one before was answered; the order of the journal must be this one. */
const sequence = []
async function step(fields = {}) {
  const body = passage(vars.post, 500000 + sequence.length, { passed_at: instant(Date.now() + Math.min(offset, 0) - 60000), ...fields })
  const answer = await json(url, 'POST', '/api/v1/passage', { token: tokens.officer, data: body })
  if (answer.status === 201) sequence.push(body.id)
  return answer
}

/** Load at this setting of the clock, and the sequence through it. */
const load = new Load([server], tokens.officer, vars.post, seeded(options.seed), { writers: 4, fields: () => ({ passed_at: instant(Date.now() + Math.min(offset, 0) - 60000) }) })
async function at(what, ms) {
  setClock(ms)
  const before = load.acknowledged.size
  load.start()
  const answers = []
  for (let i = 0; i < 10; i++) answers.push((await step()).status)
  await wait(300)
  await load.stop()
  expectThat(`clock ${what}: passages are taken`, answers.every((status) => status === 201) && load.acknowledged.size > before, `${answers.join(' ')}; ${load.acknowledged.size - before} more under load`)
}

async function signIn(word, kind = 'program', who = 'leader') {
  return json(url, 'POST', '/api/v1/session/login', { data: { login: who, password: word, kind } })
}
const me = async (token) => (await json(url, 'GET', '/api/v1/me', { token })).status

const feed = await events(url, '/api/v1/events?entity=passage', { headers: { authorization: `Bearer ${tokens.district}` } })
const heard = (id) => feed.wait(() => feed.events.some(({ data }) => data.includes(id)), 3000)

// ---- as it is ----

await at('right', 0)
const cookie = /redoubt_session=[0-9a-f]+/.exec(String((await signIn(password, 'browser')).headers['set-cookie']))?.[0]
const browser = async () => (await json(url, 'GET', '/api/v1/me', { headers: { cookie } })).status
expectThat('a browser is signed in', (await browser()) === 200)

// ---- an hour back ----

await at('an hour back', -HOUR)
const shown = await serverTime()
expectThat('the server believes the clock', Math.abs(shown - (Date.now() - HOUR)) < 5000, new Date(shown).toISOString())
expectThat('sessions go on', (await me(tokens.officer)) === 200 && (await browser()) === 200)
const told = (await step()).status === 201 && (await heard(sequence.at(-1)))
expectThat('live screens are told', told)

// A phone whose clock is right: its passages lie in the server's future. They are not let in, and not dropped.
const ahead = Array.from({ length: 3 }, (_, i) => passage(vars.post, 700000 + i))
const lines = ahead.map(({ id, ...data }) => JSON.stringify({ command: 'passage/register', id, at: data.passed_at, data }) + '\n').join('')
const send = async () => (await request(url, 'POST', '/api/v1/batch', { headers: { authorization: `Bearer ${tokens.officer}`, 'content-type': 'application/x-ndjson' }, body: lines }))
  .text.split('\n').filter(Boolean).map((line) => JSON.parse(line))
const first = await send()
expectThat('what lies in its future is refused with the reason', first.every((line) => line.status === 422 && JSON.stringify(line).includes('in_future')), JSON.stringify(first[0]).slice(0, 200))
const waiting = async () => (await json(url, 'GET', '/api/v1/inbox?state=needs_correction&limit=100', { token: tokens.district })).value.items
  .filter(({ command_id: id }) => ahead.some((body) => body.id === id))
expectThat('and waits in the inbox', (await waiting()).length === ahead.length, `${(await waiting()).length} of ${ahead.length}`)

// The limiter counts by the minute: another hour is another minute, nobody waits for an hour.
let limited = null
for (let i = 0; i < 40 && limited !== 429; i++) limited = (await signIn('wrong', 'program', 'nobody-here')).status
expectThat('many sign-ins are limited', limited === 429, String(limited))
setClock(-2 * HOUR)
expectThat('the limit does not last when the clock goes back', (await signIn(password)).status === 200)

// ---- a day forward ----

await at('a day forward', DAY)
expectThat('sessions of programs go on', (await me(tokens.officer)) === 200)
const refusedLogins = []
for (let i = 0; i < 6; i++) refusedLogins.push((await signIn('not the password', 'program', 'other-officer')).status)
// A sign-in empties the memory of sessions lately seen, which may be 30 s old.
expectThat('a browser\'s session of 12 hours is over', (await browser()) === 401)
expectThat('five wrong passwords lock the account', refusedLogins.at(-1) === 403, refusedLogins.join(' '))

// ---- put right ----

await at('right again', 0)
expectThat('the browser\'s session holds again', (await browser()) === 200)
const unlocked = await signIn(password, 'program', 'other-officer')
expectThat('a lock set a day ahead does not lock for a day', unlocked.status === 200, `${unlocked.status} ${unlocked.value?.code ?? ''}`)

// The phone's passages, corrected (here: unchanged, for now they are not in the future).
for (const item of await waiting()) {
  const content = await json(url, 'GET', `/api/v1/inbox/${item.id}/content`, { token: tokens.district })
  const corrected = await json(url, 'POST', `/api/v1/inbox/${item.id}/correct`, { token: tokens.district, data: { data: content.value } })
  if (corrected.status !== 200) expectThat('the waiting passage can be corrected', false, `${corrected.status} ${corrected.text.slice(0, 300)}`)
}
expectThat('nothing waits any more', (await waiting()).length === 0)

// A phone whose clock is a week off: when it says is kept, and orders nothing.
const stray = passage(vars.post, 800000, { passed_at: instant(Date.now() - 120000) })
const claimed = Date.now() - 7 * DAY
const { id: strayId, ...strayData } = stray
await request(url, 'POST', '/api/v1/batch', { headers: { authorization: `Bearer ${tokens.officer}`, 'content-type': 'application/x-ndjson' },
  body: JSON.stringify({ command: 'passage/register', id: strayId, at: instant(claimed), data: strayData }) + '\n' })
sequence.push(strayId)
await step()

await load.drain()
const there = await everyPassage(url, tokens.district)
const lost = [...load.acknowledged.keys(), ...sequence].filter((id) => !there.has(id))
expectThat('nothing was refused that should not be', load.problems.length === 0, load.problems.join('\n'))
expectThat('every acknowledged passage is there, once', lost.length === 0 && [...there.values()].every((n) => n === 1), `${lost.length} lost of ${load.acknowledged.size + sequence.length}`)
const lane = Number(sqlOn(data, "SELECT max(lane) FROM journal WHERE command = 'passage/register'"))
const audit = (await json(url, 'GET', `/api/v1/journal?lane=${lane}`, { token: tokens.district })).value?.items ?? []
expectThat('the journal\'s list is in its order', audit.length > 10 && audit.every((entry, i) => !i || entry.seq === audit[i - 1].seq - 1), `${audit.length} entries`)
feed.close()
hangUp(url)
const ended = await server.stop()
expectThat('the server ends well', ended === null, ended ?? '')

// ---- the journal itself ----

const hexOf = engine === 'sqlite' ? 'lower(hex(command_id))' : "encode(command_id, 'hex')"
const entries = sqlOn(data, `SELECT seq, ${hexOf}, received, coalesce(at_device, 0) FROM journal WHERE lane = ${lane} ORDER BY seq`).split('\n')
  .map((row) => row.split('|')).map(([seq, id, received, device]) => ({ seq: Number(seq), id, received: Number(received), device: Number(device) }))
const order = new Map(entries.map(({ id }, i) => [id, i]))
const places = sequence.map((id) => order.get(id.replaceAll('-', '')))
const backwards = entries.filter(({ received }, i) => i && received < entries[i - 1].received - HOUR / 2).length
expectThat('numbers have no gap', entries.every(({ seq }, i) => seq === i + 1), `${entries.length} entries`)
expectThat('the clock did go back in it', backwards >= 2, `${backwards} times`)
expectThat('what was answered before stands before', places.every((place, i) => place !== undefined && (!i || place > places[i - 1])), `${places.length} in a row`)
expectThat('the device\'s time is kept beside it', entries[order.get(strayId.replaceAll('-', ''))]?.device === Math.floor(claimed / 1000) * 1000)
await checkStore(options.build, data, expectThat)
removeStore(data)
console.log(JSON.stringify({ proof: 'clock', engine, seed: options.seed, lost_acknowledged: lost.length }))
finish()
