// Runs tests/api/*.test: each file is a scenario on a server and an installation of its own. The format: parse.mjs.
//
//   node tests/api/run.mjs [--build build-asan] [--lanes 2] [NAME…]        REDOUBT_STORE=postgresql: on PostgreSQL
//
// Ends with "N passed, N failed" (steps that expect something). A failed step is shown with what was sent and what came.
import fs from 'node:fs'
import path from 'node:path'
import { copyStore, engine, removeStore } from '../lib/postgres.mjs'
import { temporaryFolder } from '../lib/server.mjs'
import { parse } from './parse.mjs'
import { end, here, makeSetup, newRun, runSteps } from './scenario.mjs'

const options = { build: 'build-asan', lanes: 2 }
const wanted = []
for (let args = process.argv.slice(2); args.length; ) {
  const word = args.shift()
  if (word === '--build') options.build = args.shift()
  else if (word === '--lanes') options.lanes = Number(args.shift())
  else wanted.push(path.basename(word, '.test'))
}

/** Each setup is made once; scenarios get copies. */
const prepared = new Map()
function prepare(name) {
  if (!prepared.has(name)) prepared.set(name, makeSetup(options.build, name))
  return prepared.get(name)
}

async function scenario(file) {
  const started = Date.now()
  let run = newRun(options.build, '')
  try {
    const { setup, engine: only, steps } = parse(fs.readFileSync(path.join(here, file), 'utf8'), `tests/api/${file}`)
    if (only && only !== engine) {
      run.left.push(`tests/api/${file} (the whole file)`)
      return run
    }
    const template = await prepare(setup)
    const data = temporaryFolder('api')
    copyStore(template.data, data)
    run = newRun(options.build, data, template.vars)
    await run.server.start()
    run.vars.port = run.server.port
    await runSteps(steps, run)
    if (!run.server.exit) await end(run)
    else if (run.server.exit.code !== 0) throw new Error(`the server ended: ${JSON.stringify(run.server.exit)}\n${run.server.log.slice(-6000)}`)
    removeStore(data)
  } catch (error) {
    run.failed++
    run.reports.push(`FAILED tests/api/${file}\n  ${error.message}\n`)
    run.server.child?.kill('SIGKILL')
  }
  for (const text of run.reports) console.log(text)
  console.log(`${run.failed ? 'not ok' : 'ok'} tests/api/${file}: ${run.passed} passed, ${run.failed} failed (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  return run
}

const files = fs.readdirSync(here).filter((name) => name.endsWith('.test') && (!wanted.length || wanted.includes(name.slice(0, -5)))).sort()
const totals = { passed: 0, failed: 0, left: [] }
async function lane() {
  while (files.length) {
    const { passed, failed, left } = await scenario(files.shift())
    totals.passed += passed
    totals.failed += failed
    totals.left.push(...left)
  }
}
await Promise.all(Array.from({ length: options.lanes }, lane))
for (const template of prepared.values()) await template.then(({ data }) => removeStore(data), () => {})
if (totals.left.length) console.log(`Left out, since they are not about ${engine}: ${totals.left.length}\n${totals.left.map((where) => '  ' + where).join('\n')}`)
if (!totals.passed && !totals.failed) totals.failed++ // no test ran: not a success
console.log(`${totals.passed} passed, ${totals.failed} failed`)
process.exit(totals.failed ? 1 : 0)
