// kill -9 under load: what was acknowledged is there, once.
//
//   node tests/crash/run.mjs [KILLS] [--build build] [--seed N] [--servers N]        REDOUBT_STORE=postgresql: on PostgreSQL
//
// The load of tests/lib/load.mjs; a server is killed at a random moment 10 to 400 ms into it and started again, KILLS times
// (50). With several servers of one database, one of them or all are killed, and what got no answer is sent to another. At
// the end every passage that was acknowledged is there exactly once, nothing is there that was never sent, the counters
// agree with the rows, the journal's chain verifies, and a rebuild is equal. The last line but one is JSON for bench/.
import { makeSetup, password } from '../api/scenario.mjs'
import { hangUp, login } from '../lib/client.mjs'
import { checkLoad, checkStore, Load } from '../lib/load.mjs'
import { durable, engine, removeStore } from '../lib/postgres.mjs'
import { newSeed, seeded } from '../lib/random.mjs'
import { Server } from '../lib/server.mjs'
import { optionsOf, verdict } from '../lib/verdict.mjs'

const options = optionsOf({ build: 'build', seed: newSeed(), servers: 1 })
const kills = Number(options.words[0] ?? 50)
const random = seeded(options.seed)
const { expectThat, finish } = verdict()
if (engine === 'sqlite' && options.servers > 1) {
  console.error('several servers need a database: REDOUBT_STORE=postgresql')
  process.exit(2)
}

async function round(load) {
  await Promise.all(load.servers.filter(({ exit, child }) => !child || exit).map((server) => server.start()))
  const before = load.acknowledged.size
  load.start()
  await new Promise((resolve) => setTimeout(resolve, 10 + random() * 390))
  const all = random() < 0.3
  const doomed = all ? load.servers : [load.servers[Math.floor(random() * load.servers.length)]]
  await Promise.all(doomed.map((server) => server.kill()))
  // The others take what got no answer.
  if (doomed.length < load.servers.length) await new Promise((resolve) => setTimeout(resolve, 100))
  await load.stop()
  return load.acknowledged.size - before
}

durable()
const { data, vars } = await makeSetup(options.build, 'city')
const servers = Array.from({ length: options.servers }, () => new Server(options.build, data))
await servers[0].start()
const token = await login(servers[0].url, 'officer', password)
hangUp(servers[0].url)
await servers[0].stop()

const started = Date.now()
const load = new Load(servers, token, vars.post, random)
let withLoad = 0
for (let i = 0; i < kills; i++) if (await round(load)) withLoad++
console.log(`seed ${options.seed}: ${kills} kills in ${((Date.now() - started) / 1000).toFixed(0)} s; ${load.sent.size} sent, ${load.acknowledged.size} acknowledged, ${load.unanswered.size} unanswered`)

const [server] = servers
if (server.exit) await server.start()
const found = await checkLoad(load, server, await login(server.url, 'command', password), expectThat)
const ended = (await Promise.all(servers.filter(({ exit }) => !exit).map((one) => one.stop()))).filter(Boolean)
expectThat('the load was real', withLoad >= kills * 0.6 && load.acknowledged.size >= kills * 5, `${withLoad} rounds with acknowledged passages`)
expectThat('the server ends well after all', ended.length === 0, ended.join('\n'))
found.doubled += await checkStore(options.build, data, expectThat)
removeStore(data)
console.log(JSON.stringify({ engine, servers: options.servers, crashes: kills, lost_acknowledged: found.lost_acknowledged, doubled: found.doubled, acknowledged: load.acknowledged.size }))
finish()
