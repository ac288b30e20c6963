// A private PostgreSQL for tests (tools/postgres): one per test process, in var/test/, ended with the process.
//
// REDOUBT_STORE=postgresql in the environment lets every data folder of a test have a database of its own there:
// server.mjs reads its URL from DIR/store.url and gives it to the program as --store.
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const tool = path.join(root, 'tools/postgres')

/** The engine of this run: sqlite or postgresql. */
export const engine = process.env.REDOUBT_STORE || 'sqlite'
if (!['sqlite', 'postgresql'].includes(engine)) {
  console.error(`REDOUBT_STORE must be sqlite or postgresql, not ${engine}`)
  process.exit(2)
}

const started = new Set()
function endAll() {
  for (const dir of started) {
    try { execFileSync(tool, ['stop', dir]) } catch { /* it has ended by itself */ }
    fs.rmSync(dir, { recursive: true, force: true })
  }
  started.clear()
}
process.on('exit', endAll)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130))

/** Starts one in a new folder; {dir, url, port}. fast: without fsync, for what proves nothing about crashes. */
export function startCluster({ fast = true } = {}) {
  const dir = newFolder()
  const url = execFileSync(tool, ['start', dir, ...(fast ? ['--fast'] : [])], { encoding: 'utf8' }).trim()
  return { dir, url, port: Number(new URL(url).port) }
}

/** In var/test, or in the system's folder when the server's user (root's is postgres) cannot reach the tree. */
function newFolder() {
  const within = path.join(root, 'var/test')
  fs.mkdirSync(within, { recursive: true })
  const reached = process.getuid() !== 0 || spawnSync('runuser', ['-u', 'postgres', '--', 'test', '-x', within]).status === 0
  const dir = fs.mkdtempSync(path.join(reached ? within : os.tmpdir(), 'pg-'))
  started.add(dir)
  return dir
}

/** A standby of it that confirms every commit, in a new folder; the same shape. */
export function startStandby(of) {
  const dir = newFolder()
  const url = execFileSync(tool, ['standby', dir, of.dir], { encoding: 'utf8' }).trim()
  psql(of.url, "ALTER SYSTEM SET synchronous_standby_names = 'standby'")
  psql(of.url, 'SELECT pg_reload_conf()')
  for (const until = Date.now() + 20000; psql(of.url, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") !== '1';)
    if (Date.now() > until) throw new Error('the standby does not follow')
  return { dir, url, port: Number(new URL(url).port) }
}

export function promote({ dir }) {
  execFileSync(tool, ['promote', dir])
}

/** kill -9 of the server and all processes that it started. */
export function killCluster({ dir }) {
  const postmaster = Number(fs.readFileSync(path.join(dir, 'data/postmaster.pid'), 'utf8').split('\n')[0])
  const parent = (pid) => {
    try { return Number(/\) \S (\d+)/.exec(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))[1]) } catch { return 0 }
  }
  const children = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parent(name) === postmaster).map(Number)
  for (const pid of [postmaster, ...children])
    try { process.kill(pid, 'SIGKILL') } catch { /* it has ended */ }
}

let cluster = null
let fast = true
/** Before the first database: this process proves what a crash leaves, so its cluster keeps fsync. */
export function durable() {
  fast = false
}

/** The cluster in which database() makes them. */
export function ownCluster() {
  return (cluster ??= startCluster({ fast }))
}

/** The same server, another database. */
const beside = (url, name) => url.replace(/^(postgresql:\/\/[^/]*\/)[^?]*/, `$1${name}`)

/** One statement, or several, on a database; rows as text, columns parted by |. */
export function psql(url, statement) {
  return execFileSync('psql', [url, '-qAtXw', '-v', 'ON_ERROR_STOP=1', '-c', statement], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 }).trimEnd()
}

let count = 0
/** A new empty database, or a copy of one to which nobody is connected, in a tablespace if one is named; its URL. */
export function database(template = null, space = '') {
  const { url } = ownCluster()
  const name = `t${process.pid}_${++count}`
  // Copied through the journal of the server: a copy of files would need a checkpoint before and after.
  psql(url, `CREATE DATABASE ${name} TEMPLATE ${template ? new URL(template).pathname.slice(1) : 'template0'} STRATEGY wal_log${space && ` TABLESPACE ${space}`}`)
  return beside(url, name)
}

export function dropDatabase(url) {
  psql(cluster.url, `DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`)
}

// ---- data folders and their databases ----

const note = (data) => path.join(data, 'store.url')

/** The URL of the database that a data folder is bound to; null: the folder's own SQLite file. */
export function storeOf(data) {
  try {
    return fs.readFileSync(note(data), 'utf8').trim()
  } catch {
    return null
  }
}

/** Binds a folder to a database. */
export function bind(data, url) {
  fs.mkdirSync(data, { recursive: true })
  fs.writeFileSync(note(data), url + '\n', { mode: 0o600 })
}

/** A copy of a data folder with its key, and of its database. Nothing may be running on it. */
export function copyStore(from, to) {
  fs.cpSync(from, to, { recursive: true, filter: (file) => !file.endsWith('.sock') })
  const url = storeOf(from)
  if (url) bind(to, database(url))
}

/** Removes a data folder and its database. */
export function removeStore(data) {
  const url = storeOf(data)
  if (url && cluster) dropDatabase(url)
  fs.rmSync(data, { recursive: true, force: true })
}

/** SQL on the store of a data folder, past the program; what it answers as text. */
export function sqlOn(data, statement) {
  const url = storeOf(data)
  if (url) return psql(url, statement)
  return execFileSync('sqlite3', ['-bail', path.join(data, 'redoubt.db'), statement], { encoding: 'utf8', maxBuffer: 1 << 28 }).trimEnd()
}
