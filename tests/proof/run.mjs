// Runs the proofs one after the other, each on both engines; ends with "N passed, N failed".
//
//   node tests/proof/run.mjs [--large] [NAME…]        each by itself: the first lines of tests/proof/NAME.mjs
//
// --large is for bench/: many kills, orders and failovers, most of an hour; its figures go to var/proof.json.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const both = ['sqlite', 'postgresql']
// Options: those of ./check, and one run for each of the large size. What needs several servers or a standby is about
// PostgreSQL alone. The kills are a part of ./check by themselves.
const proofs = [
  { name: 'tamper', on: both },
  { name: 'queues', on: ['sqlite'], small: '--rounds 1', large: ['--rounds 20 --orders 10'] },
  { name: 'queues', on: ['postgresql'], small: '--rounds 1 --servers 2', large: ['--rounds 20 --orders 10', '--rounds 20 --orders 10 --servers 2'] },
  { name: 'clock', on: both },
  { name: 'disk', on: both, large: ['--times 10'] },
  { name: 'backup', on: both, large: ['--times 5'] },
  { name: 'refuse', on: ['postgresql'] },
  { name: 'servers', on: ['postgresql'], large: ['--ms 20000'] },
  { name: 'failover', on: ['postgresql'], large: ['', '--pause 0', '--pause 200', '--pause 3000'] },
  { name: 'crash', file: '../crash/run', on: both, small: null, large: ['100'] },
  { name: 'crash', file: '../crash/run', on: ['postgresql'], small: null, large: ['100 --servers 3'] },
]
const words = process.argv.slice(2)
const large = words.includes('--large'), wanted = words.filter((word) => word !== '--large')
for (const word of wanted)
  if (!proofs.some(({ name }) => name === word)) {
    console.error(`no proof ${word}; there are ${[...new Set(proofs.map(({ name }) => name))].join(' ')}`)
    process.exit(2)
  }

function run(file, engine, args) {
  return new Promise((done) => {
    const child = spawn(process.execPath, [path.join(here, `${file}.mjs`), ...args.split(' ').filter(Boolean)], { env: { ...process.env, REDOUBT_STORE: engine }, stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (piece) => { out += piece })
    child.on('close', (status) => done({ status, out }))
  })
}

let passed = 0, failed = 0
const failures = []
const figures = []
for (const { name, file = name, on, small = '', large: sizes = [''] } of proofs) {
  if (wanted.length && !wanted.includes(name)) continue
  for (const engine of on) for (const args of large ? sizes : small === null && !wanted.length ? [] : [small ?? '']) {
    const began = Date.now()
    const { status, out } = await run(file, engine, args)
    const sum = /^(\d+) passed, (\d+) failed$/m.exec(out)
    const bad = sum ? Number(sum[2]) : 1
    passed += sum ? Number(sum[1]) : 0
    failed += bad || (status ? 1 : 0)
    for (const line of out.split('\n').filter((text) => text.startsWith('FAILED'))) failures.push(`FAILED ${name} on ${engine}: ${line.slice(7, 1500)}`)
    const seconds = (Date.now() - began) / 1000
    console.log(`${bad || status ? 'FAILED' : 'ok'} ${name} on ${engine}${args && ` ${args}`} (${seconds.toFixed(0)} s)`)
    console.log(out.split('\n').filter((line) => bad || status || line.startsWith('{') || line.startsWith('LEFT OUT')).map((line) => '  ' + line).join('\n'))
    for (const line of out.split('\n').filter((text) => text.startsWith('{'))) figures.push({ name, args, seconds, ...JSON.parse(line) })
  }
}
if (large) fs.writeFileSync(path.join(here, '../../var/proof.json'), JSON.stringify(figures, null, 2) + '\n')
for (const line of failures) console.log(line)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
