// The disk runs full under load and is given room again: nothing half-written, and service resumes by itself.
//
//   node tests/proof/disk.mjs [--build build] [--seed N] [--times 1]        REDOUBT_STORE=postgresql: on PostgreSQL
//
// The store lies where room is short (tests/lib/smallfs.mjs says how; on PostgreSQL it is the database's tablespace). While
// it is full, writes get 507 with the problem store_full, and reads go on. After room was made the same server writes again.
// What was acknowledged is there, once; journal and rows agree.
import fs from 'node:fs'
import { execFileSync } from 'node:child_process'
import { makeSetup, password } from '../api/scenario.mjs'
import { hangUp, json, login } from '../lib/client.mjs'
import { checkLoad, checkStore, Load } from '../lib/load.mjs'
import { passage } from '../lib/passage.mjs'
import { bind, copyStore, database, durable, engine, psql, removeStore, storeOf } from '../lib/postgres.mjs'
import { newSeed, seeded } from '../lib/random.mjs'
import { Server, temporaryFolder } from '../lib/server.mjs'
import { smallFileSystem } from '../lib/smallfs.mjs'
import { optionsOf, verdict } from '../lib/verdict.mjs'

const options = optionsOf({ build: 'build', seed: newSeed(), times: 1 })
const { expectThat, finish } = verdict()
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const small = smallFileSystem(engine, 96 + 64 * options.times) // a log beside the store grows to 80 MiB between checkpoints
if (!small) {
  console.log(`LEFT OUT: no way here to make a small disk for ${engine} (root that may mount, or /dev/shm of at most 1 GiB); a full disk is not proven on it`)
  console.log('0 passed, 0 failed')
  process.exit(0)
}
console.log(`seed ${options.seed}, a small disk by ${small.way}`)

durable()
const made = await makeSetup(options.build, 'city')
let data = made.data
if (engine === 'sqlite') {
  data = `${small.dir}/store`
  copyStore(made.data, data)
} else {
  fs.mkdirSync(`${small.dir}/space`)
  if (process.getuid() === 0) execFileSync('chown', ['postgres', `${small.dir}/space`])
  data = temporaryFolder('disk')
  fs.cpSync(made.data, data, { recursive: true })
  const template = storeOf(made.data)
  psql(template.replace(/\/[^/?]*\?/, '/postgres?'), `CREATE TABLESPACE small LOCATION '${small.dir}/space'`)
  bind(data, database(template, 'small'))
}

const server = new Server(options.build, data)
await server.start()
small.of(server)
const token = await login(server.url, 'officer', password)
const desk = await login(server.url, 'command', password)
const load = new Load([server], token, made.vars.post, seeded(options.seed), { writers: 6 })

/** Writes until one is refused; its answer. */
async function refusal(ms) {
  for (const until = Date.now() + ms; Date.now() < until; ) {
    const body = passage(made.vars.post, load.people++)
    load.sent.set(body.id, body)
    const answer = await json(server.url, 'POST', '/api/v1/passage', { token, data: body })
    if (answer.status === 201) load.acknowledged.set(body.id, Date.now())
    else return answer
  }
  return null
}

let slowest = 0
for (let turn = 0; turn < options.times; turn++) {
  small.room(2)
  load.start()
  for (const until = Date.now() + 60000; !load.refusals[507] && Date.now() < until && !server.exit; ) await wait(10)
  await wait(500) // full, and the load goes on
  const answer = await refusal(2000)
  const reads = []
  for (const [target, as] of [['/api/v1/passage?limit=5', token], ['/api/v1/live', desk], ['/api/v1/post?limit=5', desk], ['/api/v1/me', token], ['/healthz']])
    reads.push([target, (await json(server.url, 'GET', target, { token: as })).status])
  await load.stop()
  expectThat('a write on a full disk gets 507', answer?.status === 507, `${answer?.status} ${answer?.value?.code ?? answer?.text.slice(0, 200)}`)
  expectThat('with a problem document that says what to do', answer?.value?.code === 'store_full' && /^application\/problem\+json/.test(answer.headers['content-type']), answer?.value?.title_en ?? answer?.text.slice(0, 300))
  expectThat('reads go on', reads.every(([, status]) => status === 200), reads.map(([target, status]) => `${target} ${status}`).join(', '))
  expectThat('the server lives', !server.exit, server.exit ? server.log.slice(-1000) : '')

  const before = load.acknowledged.size
  small.free()
  const freed = Date.now()
  load.start()
  while (load.acknowledged.size === before && Date.now() < freed + 20000) await wait(5)
  const took = (Date.now() - freed) / 1000
  slowest = Math.max(slowest, took)
  await wait(500)
  await load.stop()
  expectThat('service resumes by itself when there is room', load.acknowledged.size > before, `first write ${took.toFixed(2)} s after`)
}
await load.drain()
expectThat('all that was sent is answered in the end', load.unanswered.size === 0, `${load.unanswered.size} of ${load.sent.size}`)
expectThat('the load was real', load.acknowledged.size >= 200 && load.refusals[507] >= 5, `${load.acknowledged.size} acknowledged, ${load.refusals[507]} times 507`)
const found = await checkLoad(load, server, desk, expectThat)
hangUp(server.url)
const ended = await server.stop()
expectThat('the server ends well', ended === null, ended ?? '')
found.doubled += await checkStore(options.build, data, expectThat)
removeStore(data)
removeStore(made.data)
console.log(JSON.stringify({ proof: 'disk', engine, way: small.way, times: options.times, refused: load.refusals[507] ?? 0, resume_seconds: slowest, lost_acknowledged: found.lost_acknowledged, doubled: found.doubled }))
finish()
