// What the measurements share: programs that are run, stores on both engines, servers with a load, results.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { json, login } from '../tests/lib/client.mjs'
import { passage } from '../tests/lib/passage.mjs'
import { bind, psql, startCluster, storeOf } from '../tests/lib/postgres.mjs'
import { redoubt, root, Server, temporaryFolder } from '../tests/lib/server.mjs'
import { instant } from '../tests/lib/words.mjs'

export const password = 'Bench-Only-2020'
const TICK_MS = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** Everything measured: bench.json. */
export const result = {}
/** Lines of the table: [name, requests/s, p50 ms, p99 ms, CPU µs, RSS MiB], null where nothing was measured. */
export const rows = []

export const say = (line) => console.log(line)
export const round = (x) => Math.round(x * 1000) / 1000
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

export function cli(data, ...args) {
  const { status, out, stdout } = redoubt('build', [...args, '--data', data])
  if (status !== 0) throw new Error(`redoubt ${args.join(' ')}: exit ${status}\n${out}`)
  return stdout
}

/** Runs a program to its end; {status, out}. */
function ran(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = '', err = ''
    child.stdout.on('data', (piece) => { out += piece })
    child.stderr.on('data', (piece) => { err += piece })
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, out, err }))
  })
}

export async function program(command, args, env = {}) {
  const { status, out, err } = await ran(command, args, env)
  if (status !== 0) throw new Error(`${command} ${args[0] ?? ''}: exit ${status}\n${out}${err}`)
  return out
}

/** What wrk found; a request that failed makes the number worthless, so it ends the whole run. */
export async function wrk(server, script, connections, seconds, target, env = {}) {
  const threads = connections >= 64 ? 2 : 1
  const out = await program('wrk', [`-t${threads}`, `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, server.url + target], env)
  const found = JSON.parse(/^RESULT (.*)$/m.exec(out)[1])
  if (server.exit) throw new Error(`the server ended: ${JSON.stringify(server.exit)}\n${server.log.slice(-3000)}`)
  if (found.failed) throw new Error(`${found.failed} of ${found.requests} requests failed (${target}, ${connections} connections)\n${out}\n${server.log.slice(-2000)}`)
  return { ...found, rps: found.requests / found.duration_s }
}

/** User and system time of a process until now. */
export function cpuMs(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

export function rssMib(pid) {
  if (!fs.existsSync(`/proc/${pid}/status`)) return 0
  return Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
}

// ---- stores ----

// What an administrator sets on a small server of its own; everything else is Debian's default. See README.md.
const SETTINGS = {
  shared_buffers: '1GB', effective_cache_size: '4GB', maintenance_work_mem: '256MB', wal_buffers: '64MB', min_wal_size: '2GB', max_wal_size: '8GB',
  checkpoint_timeout: '15min', wal_compression: 'lz4', default_toast_compression: 'lz4', random_page_cost: '1.1',
}

let cluster = null
function theCluster() {
  if (cluster) return cluster
  cluster = startCluster({ fast: false })
  for (const [name, value] of Object.entries(SETTINGS)) psql(cluster.url, `ALTER SYSTEM SET ${name} = '${value}'`)
  for (const verb of ['stop', 'start']) execFileSync(path.join(root, 'tools/postgres'), [verb, cluster.dir])
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes'])
    if (psql(cluster.url, `SHOW ${name}`) !== 'on') throw new Error(`${name} is off: what is measured would not be durable`)
  return cluster
}

let count = 0
function newDatabase(template = 'template0') {
  const name = `bench_${++count}`
  psql(theCluster().url, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY wal_log`)
  return theCluster().url.replace(/\/redoubt\?/, `/${name}?`)
}

const nameOf = (url) => new URL(url).pathname.slice(1)
const drop = (url) => psql(theCluster().url, `DROP DATABASE ${nameOf(url)} WITH (FORCE)`)

/** The two engines: prefix of the keys in bench.json, words for the table, and how stores are made there. */
export const engines = {
  sqlite: {
    name: 'sqlite', prefix: '', title: 'SQLite',
    folder: temporaryFolder,
    bare: 'bare',
    /** A copy of a store that is not served: what bare writes into. */
    copy(data) {
      const file = path.join(temporaryFolder('bare'), 'store.db')
      fs.copyFileSync(path.join(data, 'redoubt.db'), file)
      return file
    },
    again(from) {
      const file = path.join(temporaryFolder('bare'), 'store.db')
      fs.copyFileSync(from, file)
      return file
    },
    drop: (file) => fs.rmSync(path.dirname(file), { recursive: true, force: true }),
    adopt() {},
    remove: (data) => fs.rmSync(data, { recursive: true, force: true }),
  },
  postgresql: {
    name: 'postgresql', prefix: 'pg_', title: 'PostgreSQL',
    folder(name) {
      const data = temporaryFolder(name)
      bind(data, newDatabase())
      return data
    },
    bare: 'bare_pg',
    copy: (data) => newDatabase(nameOf(storeOf(data))),
    again: (from) => newDatabase(nameOf(from)),
    drop,
    /** Takes over a store that was made on SQLite; then what autovacuum does within minutes by itself. */
    adopt(data) {
      const url = newDatabase()
      cli(data, 'store', 'copy', path.join(data, 'redoubt.db'), url)
      bind(data, url)
      psql(url, 'VACUUM ANALYZE')
    },
    remove(data) {
      drop(storeOf(data))
      fs.rmSync(data, { recursive: true, force: true })
    },
  },
}

// ---- accounts, servers ----

export function account(data, name, role, place = '410600') {
  const file = path.join(data, 'bench-password')
  fs.writeFileSync(file, password + '\n', { mode: 0o600 })
  cli(data, 'account', 'create', name, '--role', role, '--place', place, '--name', '测试', '--password-file', file)
}

export async function serve(data) {
  const server = new Server('build', data, [], path.join(data, 'server.log'))
  await server.start()
  return server
}

export async function stop(server) {
  const wrong = await server.stop()
  if (wrong) throw new Error(wrong)
}

/** A signed-in officer and the first posts at which it can register a passage now; it also shows that the bodies are right. */
export async function officer(server, name, wanted = 1) {
  const token = await login(server.url, name, password)
  const posts = []
  let last = ''
  for (const { id } of (await json(server.url, 'GET', '/api/v1/post?limit=1000', { token })).value.items) {
    const { status, text } = await json(server.url, 'POST', '/api/v1/passage', { token, data: passage(id, 9000000 + posts.length) })
    if (status === 201) posts.push(id)
    else last = `${status} ${text.slice(0, 200)}`
    if (posts.length === wanted) break
  }
  if (!posts.length) throw new Error(`no post takes passages of ${name}: ${last}`)
  return { token, post: posts[0], posts }
}

let base = 0
/** Environment of passages.lua; no two runs have people or ids in common. */
export function loadOf({ token, post }) {
  base += 10000000
  return { TOKEN: token, POST_ID: post, PASSED_AT: instant(Date.now() - 60000), BASE: String(base), RUN: Math.floor(Math.random() * 2 ** 32).toString(16).padStart(8, '0') }
}

/** The last line of a proof that is JSON; the proof must have passed. */
export async function proof(script, args, env = {}) {
  const { status, out, err } = await ran('node', [script, ...args], env)
  if (status !== 0) throw new Error(`${script}: exit ${status}\n${out.slice(-3000)}${err.slice(-2000)}`)
  const line = out.split('\n').findLast((text) => text.startsWith('{'))
  if (!line) throw new Error(`${script} printed no figures`)
  return JSON.parse(line)
}
