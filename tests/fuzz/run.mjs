// Runs the fuzzers (libFuzzer, tests/fuzz/NAME_fuzz.c) for some seconds each, after the kept inputs of regression/NAME/.
//   node tests/fuzz/run.mjs [--seconds 30] [--lanes 1] [--keep] [NAME…]
// corpus/NAME/ is the kept corpus; what is found grows in var/fuzz/NAME/, and --keep merges it back. An input that breaks
// something is left in var/fuzz/: mend the bug, then move it to regression/NAME/.
// Ends with "N passed, N failed" (fuzzers).
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { root } from '../lib/server.mjs'

const options = { seconds: 30, lanes: 1, keep: false }
const wanted = []
for (let args = process.argv.slice(2); args.length; ) {
  const word = args.shift()
  if (word === '--seconds') options.seconds = Number(args.shift())
  else if (word === '--lanes') options.lanes = Number(args.shift())
  else if (word === '--keep') options.keep = true
  else wanted.push(word)
}

const programs = path.join(root, 'build-fuzz/tests')
const names = fs.readdirSync(path.join(root, 'tests/fuzz')).filter((name) => name.endsWith('_fuzz.c'))
  .map((name) => name.slice(0, -'_fuzz.c'.length)).filter((name) => !wanted.length || wanted.includes(name)).sort()

const environment = {
  ...process.env, ASAN_OPTIONS: 'detect_leaks=1:handle_abort=1', UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1', LC_ALL: 'C.UTF-8',
}

function command(name, args) {
  return new Promise((done) => {
    const child = spawn(path.join(programs, `${name}_fuzz`), args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), (options.seconds + 120) * 1000)
    child.stdout.on('data', (piece) => { out = (out + piece).slice(-200000) })
    child.stderr.on('data', (piece) => { out = (out + piece).slice(-200000) })
    child.on('error', (error) => done({ status: -1, out: error.message }))
    child.on('close', (status, signal) => { clearTimeout(timer); done({ status: status ?? signal, out }) })
  })
}

function folder(...parts) {
  const full = path.join(root, ...parts)
  fs.mkdirSync(full, { recursive: true })
  return full
}

async function fuzz(name) {
  const kept = folder('tests/fuzz/corpus', name), found = folder('var/fuzz', name)
  const regression = path.join(root, 'tests/fuzz/regression', name)
  if (fs.existsSync(regression)) {
    const inputs = fs.readdirSync(regression).map((file) => path.join(regression, file))
    const { status, out } = await command(name, inputs)
    if (status !== 0) return `a kept input of regression/${name} breaks it again\n${out.slice(-4000)}`
  }
  // Two folders: new inputs go into the first. A fixed memory limit and input size keep runs alike.
  const { status, out } = await command(name, ['-timeout=10', '-rss_limit_mb=2048', '-max_len=8192', `-max_total_time=${options.seconds}`,
    '-print_final_stats=1', `-artifact_prefix=${path.join(root, 'var/fuzz')}/${name}-`, found, kept])
  if (status !== 0) return out.slice(-6000)
  const runs = Number(/stat::number_of_executed_units:\s*(\d+)/.exec(out)?.[1] ?? 0)
  if (runs < 1000) return `only ${runs} inputs were tried\n${out.slice(-2000)}`
  console.log(`ok ${name}: ${runs} inputs`)
  if (options.keep) await command(name, ['-merge=1', '-max_len=8192', kept, found])
  return null
}

let passed = 0, failed = 0
const queue = [...names]
async function lane() {
  while (queue.length) {
    const name = queue.shift()
    const wrong = await fuzz(name)
    if (wrong) { failed++; console.log(`FAILED ${name}\n${wrong.replace(/^/gm, '    ')}`) } else passed++
  }
}
await Promise.all(Array.from({ length: options.lanes }, lane))
if (!names.length) { console.log('no fuzzers in tests/fuzz'); failed++ }
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
