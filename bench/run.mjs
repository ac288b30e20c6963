// The measuring itself; see bench/run and bench/README.md.
import { execFileSync } from 'node:child_process'
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { hangUp, json, login } from '../tests/lib/client.mjs'
import { passage } from '../tests/lib/passage.mjs'
import { redoubt, root, Server, temporaryFolder } from '../tests/lib/server.mjs'
import { instant } from '../tests/lib/words.mjs'

const short = process.argv.includes('--short')
const SECONDS = short ? 2 : 10
// The same busy day either way: one day of it, or a hundred.
const DAILY = short ? 3000 : 30000, DAYS = short ? 10 : 100
const password = 'Bench-Only-2020'
const result = {}
const rows = []
const TICK_MS = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

function say(line) {
  console.log(line)
}

function cli(data, ...args) {
  const { status, out, stdout } = redoubt('build', [...args, '--data', data])
  if (status !== 0) throw new Error(`redoubt ${args.join(' ')}: exit ${status}\n${out}`)
  return stdout
}

function program(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = '', err = ''
    child.stdout.on('data', (piece) => { out += piece })
    child.stderr.on('data', (piece) => { err += piece })
    child.on('error', reject)
    child.on('close', (status) => (status === 0 ? resolve(out) : reject(new Error(`${command}: exit ${status}\n${out}${err}`))))
  })
}

async function wrk(server, script, connections, seconds, target, env = {}) {
  const threads = connections >= 64 ? 2 : 1
  const out = await program('wrk', [`-t${threads}`, `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, server.url + target], env)
  const found = JSON.parse(/^RESULT (.*)$/m.exec(out)[1])
  if (server.exit) throw new Error(`the server ended: ${JSON.stringify(server.exit)}\n${server.log.slice(-3000)}`)
  // A request that failed makes the number worthless, so it ends the whole run.
  if (found.failed) throw new Error(`${found.failed} of ${found.requests} requests failed (${target}, ${connections} connections)\n${out}\n${server.log.slice(-2000)}`)
  return { ...found, rps: found.requests / found.duration_s }
}

function cpuMs(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

function rssMib(pid) {
  if (!fs.existsSync(`/proc/${pid}/status`)) return 0
  return Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
}

async function account(data, name, role) {
  const file = path.join(data, 'bench-password')
  fs.writeFileSync(file, password + '\n', { mode: 0o600 })
  cli(data, 'account', 'create', name, '--role', role, '--place', '410600', '--name', '测试', '--password-file', file)
}

let base = 0
function loadEnvironment(token, post) {
  base += 10000000
  return { TOKEN: token, POST_ID: post, PASSED_AT: instant(Date.now() - 60000), BASE: String(base), RUN: Math.floor(Math.random() * 2 ** 32).toString(16).padStart(8, '0') }
}

async function passages(server, token, post, connections) {
  const pid = server.child.pid
  let most = 0
  const watch = setInterval(() => { most = Math.max(most, rssMib(pid)) }, 100)
  const cpu = cpuMs(pid)
  const found = await wrk(server, 'bench/passages.lua', connections, SECONDS, '/', loadEnvironment(token, post))
  const used = cpuMs(pid) - cpu
  clearInterval(watch)
  const us = (used * 1000) / found.requests
  rows.push([`passages, ${connections} connections`, found.rps, found.p50_ms, found.p99_ms, us, most])
  result[`passages_${connections}_rps`] = Math.round(found.rps)
  result[`passages_${connections}_p99_ms`] = round(found.p99_ms)
  result.load_rss_mib = Math.max(result.load_rss_mib ?? 0, round(most))
  return found
}

function round(x) {
  return Math.round(x * 1000) / 1000
}

async function bare(store) {
  const copy = path.join(temporaryFolder('bare'), 'store.db')
  fs.copyFileSync(store, copy)
  const found = JSON.parse(await program('build/bench/bare', [copy, String(SECONDS)]))
  fs.rmSync(path.dirname(copy), { recursive: true, force: true })
  return found.rps
}

async function offered(server, token, post) {
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

/** Lets checkpoints and the response have begun so many days ago, as a city's that has been at it for months. */
async function age(server, token, days) {
  const must = async (method, target, body) => {
    const answer = await json(server.url, method, '/api/v1' + target, { token, data: body })
    if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`)
    return answer.value
  }
  const day = instant(Date.now() - days * 86400000).slice(0, 10)
  const start = `${day}T00:00:00+08:00`
  const [response] = (await must('GET', '/response')).items
  await must('PATCH', `/response/${response.id}`, { started_on: day, version: response.version })
  for (const row of (await must('GET', '/profile_number?limit=1000')).items)
    await must('PATCH', `/profile_number/${row.id}`, { from_on: day, version: row.version })
  for (let after = ''; after !== null; ) {
    const page = await must('GET', `/post?limit=1000${after && '&after=' + encodeURIComponent(after)}`)
    for (const { id, opened_at, closed_at } of page.items)
      if (!closed_at && Date.parse(opened_at) > Date.parse(start)) await must('POST', `/post/${id}/open`, { at: start })
    after = page.next ?? null
  }
}

/** The live screen's query on a store with so many days of so many passages: median ms. */
async function live(days) {
  const n = DAILY * days
  const data = temporaryFolder('live')
  cli(data, 'drill')
  await account(data, 'load-desk', 'command_office')
  const server = new Server('build', data, [], path.join(data, 'server.log'))
  await server.start()
  const token = await login(server.url, 'load-desk', password)
  await age(server, token, days + 1)
  hangUp(server.url)
  await server.stop()
  const started = Date.now()
  cli(data, 'gen', '--passages', String(n), '--days', String(days))
  say(`  ${n} passages generated in ${((Date.now() - started) / 1000).toFixed(0)} s`)
  await server.start()
  const place = (await json(server.url, 'GET', '/api/v1/place?code=410600', { token })).value.items[0].id
  const target = `/api/v1/live?under=${place}&day=${instant(Date.now()).slice(0, 10)}`
  const check = await json(server.url, 'GET', target, { token })
  if (check.status !== 200) throw new Error(`GET ${target}: ${check.status} ${check.text}`)
  const found = await wrk(server, 'bench/get.lua', 1, short ? 2 : 5, target, { TOKEN: token })
  await server.stop()
  fs.rmSync(data, { recursive: true, force: true })
  rows.push([`live screen, ${n} passages stored`, found.rps, found.p50_ms, found.p99_ms, null, null])
  return found.p50_ms
}

function table() {
  const cell = (value, width, digits) => (value === null ? '' : value.toFixed(digits)).padStart(width)
  say('')
  say(`${''.padEnd(36)}${'requests/s'.padStart(12)}${'p50 ms'.padStart(10)}${'p99 ms'.padStart(10)}${'CPU µs'.padStart(10)}${'RSS MiB'.padStart(10)}`)
  for (const [name, rps, p50, p99, us, rss] of rows)
    say(name.padEnd(36) + cell(rps, 12, 0) + cell(p50, 10, 2) + cell(p99, 10, 2) + cell(us, 10, 1) + cell(rss, 10, 1))
  say('')
  const goals = [
    ['ratio of 256 connections to the bare limit', result.passages_256_ratio, '>=', 0.35], ['p99 at 100 offered, ms', result.offered_100_p99_ms, '<', 20],
    ['resident when idle, MiB', result.idle_rss_mib, '<', 64], ['resident under load, MiB', result.load_rss_mib, '<', 160],
    [`live screen, ${DAYS} days over one`, result.live_3m_over_30k, '<=', 2],
  ]
  for (const [name, value, sign, limit] of goals) {
    const met = { '>=': value >= limit, '<': value < limit, '<=': value <= limit }[sign]
    say(`${met ? 'met   ' : 'MISSED'} ${name}: ${value} (${sign} ${limit})`)
  }
}

// ---- the run ----

say('Making the demonstration city')
const data = temporaryFolder('bench')
cli(data, 'drill')
await account(data, 'load-officer', 'checkpoint_officer')
const plain = path.join(temporaryFolder('plain'), 'store.db')
fs.copyFileSync(path.join(data, 'redoubt.db'), plain)

const server = new Server('build', data, [], path.join(data, 'server.log'))
await server.start()
await new Promise((resolve) => setTimeout(resolve, 3000))
result.idle_rss_mib = round(rssMib(server.child.pid))
const token = await login(server.url, 'load-officer', password)
const posts = (await json(server.url, 'GET', '/api/v1/post?limit=100', { token })).value.items
// The first post at which a passage can be registered now; it also shows that the bodies are right.
let post = null
for (const { id } of posts) {
  const { status, text } = await json(server.url, 'POST', '/api/v1/passage', { token, data: passage(id, 9000000) })
  if (status === 201) { post = id; break }
  else say(`  post ${id}: ${status} ${text.slice(0, 200)}`)
}
if (!post) throw new Error('no post takes passages')

say('HTTP floor')
const floor = await wrk(server, 'bench/get.lua', 64, SECONDS, '/healthz')
result.http_floor_rps = Math.round(floor.rps)
const bares = []
for (const connections of [1, 8, 64, 256]) {
  // Right before and right after what is compared with it: the machine may change its mind meanwhile.
  if (connections === 256) bares.push(await bare(plain))
  say(`Passages, ${connections} connections`)
  await passages(server, token, post, connections)
}
bares.push(await bare(plain))
say('Offered load')
await offered(server, token, post)
const ended = await server.stop()
if (ended) throw new Error(ended)
result.bare_rps = Math.round((bares[0] + bares[1]) / 2)
result.passages_256_ratio = round(result.passages_256_rps / result.bare_rps)
rows.unshift(['bare SQLite loop, 1,024 a transaction', result.bare_rps, null, null, null, null], ['HTTP floor, /healthz', floor.rps, floor.p50_ms, floor.p99_ms, null, null])
fs.rmSync(data, { recursive: true, force: true })
fs.rmSync(path.dirname(plain), { recursive: true, force: true })

say('Live screen')
const times = []
for (const days of [1, DAYS]) times.push(await live(days))
result.live_3m_over_30k = round(times[1] / times[0])

table()
if (!short) {
  fs.mkdirSync(path.join(root, 'var'), { recursive: true })
  fs.writeFileSync(path.join(root, 'var/bench.json'), JSON.stringify(result, null, 2) + '\n')
  say('\nWritten: var/bench.json')
}
