// Runs the proofs one after the other, each on both engines; ends with "N passed, N failed".
//
//   node tests/proof/run.mjs [NAME…]        each by itself: node tests/proof/NAME.mjs --help is its first lines
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const both = ['sqlite', 'postgresql']
// What needs several servers or a standby is about PostgreSQL alone, whatever the engine of the run.
const proofs = { tamper: both, queues: both, clock: both, disk: both, backup: both, refuse: ['postgresql'], failover: ['postgresql'] }
const wanted = process.argv.slice(2)
for (const name of wanted)
  if (!proofs[name]) {
    console.error(`no proof ${name}; there are ${Object.keys(proofs).join(' ')}`)
    process.exit(2)
  }

function run(name, engine) {
  return new Promise((done) => {
    const child = spawn(process.execPath, [path.join(here, `${name}.mjs`)], { env: { ...process.env, REDOUBT_STORE: engine }, stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (piece) => { out += piece })
    child.on('close', (status) => done({ status, out }))
  })
}

let passed = 0, failed = 0
for (const name of wanted.length ? wanted : Object.keys(proofs)) {
  for (const engine of proofs[name]) {
    const began = Date.now()
    const { status, out } = await run(name, engine)
    const sum = /^(\d+) passed, (\d+) failed$/m.exec(out)
    const bad = sum ? Number(sum[2]) : 1
    passed += sum ? Number(sum[1]) : 0
    failed += bad || (status ? 1 : 0)
    console.log(`${bad || status ? 'FAILED' : 'ok'} ${name} on ${engine} (${((Date.now() - began) / 1000).toFixed(0)} s)`)
    console.log(out.split('\n').filter((line) => bad || status || line.startsWith('{')).map((line) => '  ' + line).join('\n'))
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
