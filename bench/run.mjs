// The measuring itself; see bench/run and bench/README.md.
import fs from 'node:fs'
import path from 'node:path'
import { passage } from '../tests/lib/passage.mjs'
import { root, Server, temporaryFolder } from '../tests/lib/server.mjs'
import { optionsOf } from '../tests/lib/verdict.mjs'
import { account, cli, cpuMs, engines, loadOf, officer, pause, program, proof, result, round, rows, rssMib, say, serve, stop, wrk } from './lib.mjs'
import { growth, importing, stored } from './stored.mjs'

const PARTS = ['passages', 'servers', 'import', 'sizes', 'proofs']
const options = optionsOf({ short: false, large: false, engine: 'both', part: '' })
const { short } = options
const chosen = options.engine === 'both' ? Object.values(engines) : [engines[options.engine]].filter(Boolean)
if (!chosen.length || options.words.length || (options.part && !PARTS.includes(options.part))) {
  console.error(`bench/run [--short | --large] [--engine sqlite|postgresql|both] [--part ${PARTS.join('|')}]`)
  process.exit(2)
}
const wanted = (part) => !options.part || options.part === part
const SECONDS = short ? 2 : 10
const SIZES = short ? [1000, 10000] : [10000, 100000, 1000000, ...(options.large ? [10000000] : [])]
const IMPORTED = short ? 20000 : 1000000
const KILLS = short ? 5 : 100
// The same busy day either way: one day of it, or a hundred.
const DAILY = short ? 3000 : 30000, DAYS = short ? 10 : 100

// ---- passages ----

async function passages(engine, server, who, connections) {
  const pid = server.child.pid
  let most = 0
  const watch = setInterval(() => { most = Math.max(most, rssMib(pid)) }, 100)
  const cpu = cpuMs(pid)
  const found = await wrk(server, 'bench/passages.lua', connections, SECONDS, '/', loadOf(who))
  const used = cpuMs(pid) - cpu
  clearInterval(watch)
  const us = (used * 1000) / found.requests
  const key = `${engine.prefix}passages_${connections}`
  rows.push([`passages, ${connections} connections, ${engine.title}`, found.rps, found.p50_ms, found.p99_ms, us, most])
  result[`${key}_rps`] = Math.round(found.rps)
  result[`${key}_p99_ms`] = round(found.p99_ms)
  const load = engine.prefix + 'load_rss_mib'
  result[load] = Math.max(result[load] ?? 0, round(most))
}

async function bare(engine, plain) {
  const copy = engine.again(plain)
  try {
    return JSON.parse(await program(`build/bench/${engine.bare}`, [copy, String(SECONDS)])).rps
  } finally {
    engine.drop(copy)
  }
}

async function offered(server, { token, post }) {
  const seconds = short ? 5 : 30, rate = 100
  const file = path.join(temporaryFolder('offered'), 'requests')
  const pieces = []
  for (let i = 0; i < rate * seconds; i++) {
    const body = JSON.stringify(passage(post, 5000000 + i))
    const text = `POST /api/v1/passage HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    pieces.push(`${Buffer.byteLength(text)}\n${text}`)
  }
  fs.writeFileSync(file, pieces.join(''))
  const found = JSON.parse(await program('build/bench/offered', ['127.0.0.1', String(server.port), String(rate), String(seconds), '16', file]))
  fs.rmSync(path.dirname(file), { recursive: true, force: true })
  if (found.failed) throw new Error(`${found.failed} of ${found.requests} offered requests failed`)
  rows.push(['passages, 100 a second offered', rate, found.p50_ms, found.p99_ms, null, null])
  result.offered_100_p99_ms = round(found.p99_ms)
}

async function floor(server) {
  const found = await wrk(server, 'bench/get.lua', 64, SECONDS, '/healthz')
  result.http_floor_rps = Math.round(found.rps)
  rows.push(['HTTP floor, /healthz', found.rps, found.p50_ms, found.p99_ms, null, null])
}

async function writing(engine) {
  say(`${engine.title}: making the demonstration city`)
  const { prefix } = engine
  const data = engine.folder('bench')
  cli(data, 'drill')
  account(data, 'load-officer', 'checkpoint_officer')
  const plain = engine.copy(data)
  const server = await serve(data)
  await pause(3000)
  result[prefix + 'idle_rss_mib'] = round(rssMib(server.child.pid))
  const who = await officer(server, 'load-officer')
  if (engine === engines.sqlite) await floor(server)
  const bares = []
  for (const connections of [1, 8, 64, 256]) {
    // Right before and right after what is compared with it: the machine may change its mind meanwhile.
    if (connections === 256) bares.push(await bare(engine, plain))
    say(`${engine.title}: passages, ${connections} connections`)
    await passages(engine, server, who, connections)
  }
  bares.push(await bare(engine, plain))
  if (engine === engines.sqlite) await offered(server, who)
  await stop(server)
  const limit = (bares[0] + bares[1]) / 2
  result[prefix + 'bare_rps'] = Math.round(limit)
  rows.push([`bare loop, 1,024 a transaction, ${engine.title}`, limit, null, null, null, null])
  for (const connections of [1, 8, 64, 256]) {
    const of = `${prefix}passages_${connections}_`
    result[of + 'ratio'] = round(result[of + 'rps'] / result[prefix + 'bare_rps'])
  }
  engine.drop(plain)
  engine.remove(data)
}

// ---- two servers of one database ----

/** Of all cores since the start of the machine: [idle, everything], in ticks. */
function ticks() {
  const all = fs.readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1, 9).map(Number)
  return [all[3] + all[4], all.reduce((a, b) => a + b)]
}

/** 128 connections from each officer, the first on one server, the second on the other: passages a second together, and
 * how much of all cores was idle, which tells whether a second server could bring more. */
async function together(title, servers, officers) {
  const from = ticks()
  const found = await Promise.all(servers.map((server, i) => wrk(server, 'bench/passages.lua', 128, SECONDS, '/', loadOf(officers[i]))))
  const rps = found[0].rps + found[1].rps, to = ticks()
  rows.push([title, rps, Math.max(...found.map((x) => x.p50_ms)), Math.max(...found.map((x) => x.p99_ms)), null, null])
  return { rps, idle: (to[0] - from[0]) / (to[1] - from[1]) }
}

async function twoServers() {
  const engine = engines.postgresql
  say('PostgreSQL: two servers')
  const data = engine.folder('two')
  cli(data, 'drill')
  account(data, 'load-one', 'checkpoint_officer', '410602')
  account(data, 'load-two', 'checkpoint_officer', '410603')
  const a = await serve(data)
  const one = await officer(a, 'load-one'), two = await officer(a, 'load-two')
  const b = new Server('build', data, [], path.join(data, 'server-b.log'))
  await b.start()
  // The one server before and after the two: the machine may change its mind meanwhile.
  const before = await together('one server, two counties, 2 × 128', [a, a], [one, two])
  const both = await together('two servers, a county each, 128 each', [a, b], [one, two])
  const after = await together('one server, two counties, 2 × 128', [a, a], [one, two])
  const same = await together('two servers, the same county, 128 each', [a, b], [one, one])
  await Promise.all([stop(a), stop(b)])
  engine.remove(data)
  const single = (before.rps + after.rps) / 2
  Object.assign(result, {
    pg_one_server_rps: Math.round(single), pg_two_servers_rps: Math.round(both.rps), pg_two_over_one: round(both.rps / single),
    pg_two_servers_same_lane_rps: Math.round(same.rps), pg_two_same_lane_over_one: round(same.rps / single),
    pg_one_server_idle_share: round((before.idle + after.idle) / 2), pg_two_servers_idle_share: round(both.idle),
  })
}

// ---- nothing lost ----

async function proofs() {
  Object.assign(result, { crashes: 0, lost_acknowledged: 0, doubled: 0 })
  const count = (found) => {
    for (const key of ['crashes', 'lost_acknowledged', 'doubled']) result[key] += found[key] ?? 0
  }
  for (const engine of chosen) {
    say(`${engine.title}: ${KILLS} times kill -9 under load`)
    count(await proof('tests/crash/run.mjs', [String(KILLS)], { REDOUBT_STORE: engine.name }))
  }
  const failover = 'tests/proof/failover.mjs'
  if (!chosen.includes(engines.postgresql) || !fs.existsSync(path.join(root, failover))) return
  say('PostgreSQL: failover to the standby')
  const found = await proof(failover, [], { REDOUBT_STORE: 'postgresql' })
  count({ ...found, crashes: 1 })
  result.failover_seconds = found.failover_seconds
}

// ---- the end ----

const GOALS = [
  ['ratio of 256 connections to the bare limit', 'passages_256_ratio', '>=', 0.35], ['p99 at 100 offered, ms', 'offered_100_p99_ms', '<', 20],
  ['resident when idle, MiB', 'idle_rss_mib', '<', 64], ['resident under load, MiB', 'load_rss_mib', '<', 160],
  [`live screen, ${DAYS} days over one`, 'live_3m_over_30k', '<=', 2],
  ['PostgreSQL: ratio of 256 connections to the bare limit', 'pg_passages_256_ratio', '>=', 0.25],
  ['PostgreSQL over SQLite at 256 connections', 'pg_over_sqlite_256', '>=', 1], ['two servers over one', 'pg_two_over_one', '>=', 1.3],
  ['list page, largest over smallest store', 'list_growth', '<=', 2], ['live screen, largest over smallest store', 'live_growth', '<=', 2],
  ['PostgreSQL: list page, largest over smallest store', 'pg_list_growth', '<=', 2],
  ['PostgreSQL: live screen, largest over smallest store', 'pg_live_growth', '<=', 2],
  ['acknowledged commands lost', 'lost_acknowledged', '<=', 0], ['commands doubled', 'doubled', '<=', 0],
]

function table() {
  const cell = (value, width, digits) => (value === null ? '' : value.toFixed(digits)).padStart(width)
  say('')
  say(`${''.padEnd(48)}${'requests/s'.padStart(12)}${'p50 ms'.padStart(10)}${'p99 ms'.padStart(10)}${'CPU µs'.padStart(10)}${'RSS MiB'.padStart(10)}`)
  for (const [name, rps, p50, p99, us, rss] of rows)
    say(name.padEnd(48) + cell(rps, 12, 0) + cell(p50, 10, 2) + cell(p99, 10, 2) + cell(us, 10, 1) + cell(rss, 10, 1))
  say('')
  for (const [name, key, sign, limit] of GOALS) {
    const value = result[key]
    if (value === undefined) continue
    const met = { '>=': value >= limit, '<': value < limit, '<=': value <= limit }[sign]
    say(`${met ? 'met   ' : 'MISSED'} ${name}: ${value} (${sign} ${limit})`)
  }
}

// One engine right after the other, so that they are compared on the same machine.
if (wanted('passages')) for (const engine of chosen) await writing(engine)
if (result.passages_256_rps && result.pg_passages_256_rps) result.pg_over_sqlite_256 = round(result.pg_passages_256_rps / result.passages_256_rps)
if (wanted('servers') && chosen.includes(engines.postgresql)) await twoServers()
for (const engine of wanted('import') ? chosen : []) {
  say(`${engine.title}: import of ${IMPORTED}`)
  await importing(engine, IMPORTED)
}
if (wanted('sizes')) {
  say('List and live screen')
  for (const engine of chosen) await growth(engine, SIZES, short ? 1 : 5)
  if (chosen.includes(engines.sqlite)) {
    const [few, many] = [await stored(engines.sqlite, DAILY, 1, short ? 2 : 5), await stored(engines.sqlite, DAILY, DAYS, short ? 2 : 5)]
    result.live_3m_over_30k = round(many.live / few.live)
  }
}
if (wanted('proofs')) await proofs()

table()
if (short || options.part || chosen.length < 2) say('\n' + JSON.stringify(result, null, 2))
else {
  fs.mkdirSync(path.join(root, 'var'), { recursive: true })
  fs.writeFileSync(path.join(root, 'var/bench.json'), JSON.stringify(result, null, 2) + '\n')
  say('\nWritten: var/bench.json')
}
