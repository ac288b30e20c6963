// Runs the unit tests of a build folder (programs tests/*_test, cmocka writing TAP).
//   node tests/unit/run.mjs [--build build-asan] [NAME…]
// Ends with "N passed, N failed" (test functions; a program that breaks off counts as one failure).
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { environment, root } from '../lib/server.mjs'

let build = 'build-asan'
const wanted = []
for (let args = process.argv.slice(2); args.length; ) {
  const word = args.shift()
  if (word === '--build') build = args.shift()
  else wanted.push(word.replace(/(_test)?(\.c)?$/, '_test'))
}

const folder = path.join(root, build, 'tests')
const programs = fs.readdirSync(folder).filter((name) => name.endsWith('_test') && (!wanted.length || wanted.includes(name))).sort()
let passed = 0, failed = 0

function runProgram(name) {
  return new Promise((done) => {
    // The tree is the working folder: tests read tests/fixtures/.
    const child = spawn(path.join(folder, name), { cwd: root, env: { ...environment, CMOCKA_MESSAGE_OUTPUT: 'TAP' }, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), 120000)
    child.stdout.on('data', (piece) => { out += piece })
    child.stderr.on('data', (piece) => { out += piece })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const good = (out.match(/^ok \d+/gm) ?? []).length
      const bad = (out.match(/^not ok \d+/gm) ?? []).length
      const broken = bad === 0 && (code !== 0 || good === 0) ? 1 : 0
      passed += good
      failed += bad + broken
      if (bad || broken) console.log(`FAILED ${name} (${signal ?? 'exit ' + code})\n${out.slice(-6000).replace(/^/gm, '    ')}`)
      else console.log(`ok ${name}: ${good}`)
      done()
    })
  })
}

const queue = [...programs]
async function lane() {
  while (queue.length) await runProgram(queue.shift())
}
await Promise.all([lane(), lane()])
if (!programs.length) { console.log(`no unit tests in ${build}/tests`); failed++ }
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
