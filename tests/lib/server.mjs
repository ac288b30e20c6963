// Starts and stops the program for tests: data folders under var/test/, free ports, everything it prints kept.
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { bind, database, engine, storeOf } from './postgres.mjs'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

const sanitizers = {
  ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:exitcode=99:detect_stack_use_after_return=1',
  UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1:exitcode=99',
}
export const environment = { ...process.env, ...sanitizers, LC_ALL: 'C.UTF-8', TZ: 'UTC' }

/** On the disk that real data would be on (the system's own may be in memory). */
export function temporaryFolder(name) {
  fs.mkdirSync(path.join(root, 'var/test'), { recursive: true })
  return fs.mkdtempSync(path.join(root, 'var/test', `${name}-`))
}

/** Paths as the program gets them: from the tree, since a socket's path may be only 107 bytes long. */
const near = (args) => args.map((arg) => (arg.startsWith(root + '/') ? arg.slice(root.length + 1) : arg))

/** Arguments with the store of their data folder: a folder that is made in a run on PostgreSQL gets a database there. */
function complete(args) {
  const at = args.indexOf('--data') + 1
  if (!at || args.includes('--store')) return near(args)
  const data = path.resolve(root, args[at])
  if (engine === 'postgresql' && !storeOf(data) && ['init', 'drill'].includes(args[0])) bind(data, database())
  const url = storeOf(data)
  return near(url ? [...args, '--store', url] : args)
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** Runs the program once. Returns {status, out} with both outputs together. Synchronous: for preparing. */
export function redoubt(build, args, { cwd = root, input = '' } = {}) {
  const done = spawnSync(path.join(root, build, 'redoubt'), complete(args), { cwd, env: environment, input, encoding: 'utf8', timeout: 1800000, maxBuffer: 1 << 28 })
  return { status: done.status, out: done.stdout + done.stderr, stdout: done.stdout }
}

/** The same without blocking the other lane. */
export function redoubtAsync(build, args, { input = '' } = {}) {
  return new Promise((resolve) => {
    const child = spawn(path.join(root, build, 'redoubt'), complete(args), { cwd: root, env: environment, stdio: ['pipe', 'pipe', 'pipe'] })
    let out = '', stdout = ''
    child.stdout.on('data', (piece) => { out += piece; stdout += piece })
    child.stderr.on('data', (piece) => { out += piece })
    child.on('close', (status, signal) => resolve({ status: status ?? signal, out, stdout }))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

export class Server {
  /** build: folder of the binary; data: its data folder; args: more options of serve; logFile: where its log goes instead of
   * this.log, for measurements: reading it here would take a core from the server. */
  constructor(build, data, args = [], logFile = null) {
    Object.assign(this, { build, data, args, logFile, port: 0, log: '', exit: null, child: null })
  }

  get url() {
    return `http://127.0.0.1:${this.port}`
  }

  async start(more = []) {
    this.port ||= await freePort()
    this.exit = null
    const args = ['serve', '--data', this.data, '--port', String(this.port), ...this.args, ...more]
    this.child = spawn(path.join(root, this.build, 'redoubt'), complete(args), { cwd: root, env: environment, stdio: ['ignore', 'pipe', this.logFile ? fs.openSync(this.logFile, 'a') : 'pipe'] })
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (piece) => { this.log += piece })
    this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => {
      this.exit = { code, signal }
      resolve(this.exit)
    }))
    const until = Date.now() + 30000
    while (!(await this.alive())) {
      if (this.exit) throw new Error(`the server ended at its start (${JSON.stringify(this.exit)}):\n${this.log.slice(-3000)}`)
      if (Date.now() > until) throw new Error(`the server does not answer:\n${this.log.slice(-3000)}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  alive() {
    return new Promise((resolve) => {
      const request = http.get(`${this.url}/healthz`, { agent: false, timeout: 5000 }, (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode === 200))
      })
      request.on('timeout', () => request.destroy())
      request.on('error', () => resolve(false))
    })
  }

  /** Ends it politely; answers what is wrong with how it ended, or null. */
  async stop() {
    if (!this.exit) this.child.kill('SIGTERM')
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 20000)
    const { code, signal } = await this.ended
    clearTimeout(timer)
    const report = /(ERROR: (Address|Leak)Sanitizer|runtime error:)[\s\S]{0,3000}/.exec(this.log)
    if (report) return report[0]
    return code === 0 ? null : `the server ended with ${signal ?? 'exit ' + code}`
  }

  async kill() {
    this.child.kill('SIGKILL')
    await this.ended
  }
}
