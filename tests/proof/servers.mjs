// Several servers of one database are one installation: what one writes the others show, and who follows a lane's numbers
// misses none, whichever server gave them.
//
//   node tests/proof/servers.mjs [--build build] [--seed N] [--ms 3000]        (PostgreSQL only)
import { makeSetup, password } from '../api/scenario.mjs'
import { events, hangUp, json, login } from '../lib/client.mjs'
import { checkStore, Load } from '../lib/load.mjs'
import { passage } from '../lib/passage.mjs'
import { engine, psql, removeStore, storeOf } from '../lib/postgres.mjs'
import { newSeed, seeded } from '../lib/random.mjs'
import { Server } from '../lib/server.mjs'
import { optionsOf, verdict } from '../lib/verdict.mjs'

const options = optionsOf({ build: 'build', seed: newSeed(), ms: 3000 })
const { expectThat, finish } = verdict()
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
if (engine !== 'postgresql') {
  console.error('several servers need a database: REDOUBT_STORE=postgresql')
  process.exit(2)
}
console.log(`seed ${options.seed}`)

const { data, vars } = await makeSetup(options.build, 'city')
const a = new Server(options.build, data), b = new Server(options.build, data)
await a.start()
await b.start()
const officer = await login(a.url, 'officer', password), desk = await login(a.url, 'command', password)

/** Asks until it is so; ms it took, or null after two seconds. */
async function soon(question) {
  for (const began = Date.now(); Date.now() - began < 2000; await wait(5))
    if (await question()) return Date.now() - began
  return null
}

// ---- what one writes, the other shows
{
  const known = await json(b.url, 'GET', '/api/v1/me', { token: officer })
  expectThat('a session of one server holds on the other', known.status === 200, `${known.status} ${known.text.slice(0, 200)}`)

  const feed = await events(b.url, '/api/v1/events?entity=passage', { headers: { authorization: `Bearer ${desk}` } })
  const body = passage(vars.post, 1)
  const done = await json(a.url, 'POST', '/api/v1/passage', { token: officer, data: body })
  const came = await soon(() => feed.events.some((e) => e.event === 'change' && e.data.includes(body.id)))
  expectThat('a passage of one is on the live screen of the other within a second', done.status === 201 && came !== null && came < 1000, `${came} ms`)
  const own = passage(vars.post, 2)
  await json(b.url, 'POST', '/api/v1/passage', { token: officer, data: own })
  await wait(1500)
  const times = feed.events.filter((e) => e.event === 'change').flatMap((e) => JSON.parse(e.data)).filter((c) => c.id === own.id).length
  expectThat('its own passage comes once', times === 1, `${times} times`)
  feed.close()

  const place = await json(a.url, 'POST', '/api/v1/place', { token: await login(a.url, 'admin', password), data: { parent_id: vars.xun, code: '410621999001', code_kind: 'local', name: '新设网格', kind: 'grid' } })
  const code = `N${options.seed}`
  const taken = await soon(async () => (await json(b.url, 'POST', '/api/v1/post', { token: desk, data: { place_id: place.value?.id, code, name: '新卡点', kind: 'road', level: 'county', direction: 'both', all_day: true } })).status === 201)
  expectThat('a place made on one can be used on the other', place.status === 201 && taken !== null, `${place.status} ${place.text.slice(0, 200)}; after ${taken} ms`)

  const gone = await login(b.url, 'leader', password)
  await json(a.url, 'GET', '/api/v1/me', { token: gone })
  const out = await json(b.url, 'POST', '/api/v1/session/logout', { token: gone, data: {} })
  const refused = await soon(async () => (await json(a.url, 'GET', '/api/v1/me', { token: gone })).status === 401)
  expectThat('who signs out of one is signed out of the other', out.status < 300 && refused !== null, `${out.status}; after ${refused} ms`)
}

// ---- two servers write two lanes and one lane; a follower looks all the while
const other = await login(a.url, 'other-officer', password)
const loads = [new Load([a, b], officer, vars.post, seeded(options.seed)), new Load([b, a], other, vars.other_post, seeded(options.seed + 1), { fields: () => ({}) })]
loads[1].people = 500000
const url = storeOf(data), seen = new Map()
let gaps = 0, looks = 0
function look() {
  const rows = psql(url, 'SELECT lane, seq FROM journal ORDER BY lane, seq')
  looks++
  const now = new Map()
  for (const row of rows.split('\n').filter(Boolean)) {
    const [lane, seq] = row.split('|').map(Number)
    if (seq !== (now.get(lane) ?? 0) + 1) gaps++
    now.set(lane, seq)
  }
  for (const [lane, seq] of seen) if ((now.get(lane) ?? 0) < seq) gaps++
  for (const [lane, seq] of now) seen.set(lane, seq)
}
for (const load of loads) load.start()
for (const until = Date.now() + options.ms; Date.now() < until; await wait(30)) look()
for (const load of loads) await load.stop()
const acknowledged = loads.reduce((n, load) => n + load.acknowledged.size, 0)
const lanes = new Set(psql(url, "SELECT DISTINCT lane FROM journal WHERE command = 'passage/register'").split('\n'))
expectThat('the load was real, in two lanes', acknowledged > 200 && lanes.size === 2, `${acknowledged} acknowledged, ${lanes.size} lanes`)
expectThat('nothing was refused', loads.every((load) => load.problems.length === 0), loads.flatMap((load) => load.problems).join('\n'))
expectThat('no look at the journal saw a number without the one before', gaps === 0 && looks >= 5, `${gaps} gaps in ${looks} looks`)
for (const server of [a, b]) {
  hangUp(server.url)
  const ended = await server.stop()
  expectThat('a server ends well', ended === null, ended ?? '')
}
await checkStore(options.build, data, expectThat)
removeStore(data)
console.log(JSON.stringify({ proof: 'servers', engine, seed: options.seed, acknowledged, looks }))
finish()
