// The database dies under load and its standby takes over: nothing acknowledged is lost, nothing is there twice.
//
//   node tests/proof/failover.mjs [--build build] [--seed N] [--servers 3] [--pause 500]        (PostgreSQL only)
//
// A primary and a synchronous standby on loopback; load through several servers, whose URL names both hosts. The primary and
// all its processes are killed with -9 and, after a pause (ms), the standby is promoted. In between requests get 503 with
// Retry-After and nothing else. What was acknowledged is there, once, what got no answer is resolved by its id.
import fs from 'node:fs'
import { makeSetup, password } from '../api/scenario.mjs'
import { hangUp, json, login } from '../lib/client.mjs'
import { checkLoad, checkStore, Load } from '../lib/load.mjs'
import { bind, durable, engine, killCluster, ownCluster, promote, startStandby, storeOf } from '../lib/postgres.mjs'
import { newSeed, seeded } from '../lib/random.mjs'
import { Server } from '../lib/server.mjs'
import { optionsOf, verdict } from '../lib/verdict.mjs'

const options = optionsOf({ build: 'build', seed: newSeed(), servers: 3, pause: 500 })
const { expectThat, finish } = verdict()
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
if (engine !== 'postgresql') {
  console.error('a failover needs a database: REDOUBT_STORE=postgresql')
  process.exit(2)
}
console.log(`seed ${options.seed}`)

durable()
const { data, vars } = await makeSetup(options.build, 'city')
const primary = ownCluster()
const standby = startStandby(primary)
bind(data, storeOf(data).replace(`:${primary.port}/`, `:${primary.port},127.0.0.1:${standby.port}/`) + '&target_session_attrs=read-write')

const servers = Array.from({ length: options.servers }, () => new Server(options.build, data))
for (const server of servers) await server.start()
const token = await login(servers[0].url, 'officer', password)
const desk = await login(servers[0].url, 'command', password)
const load = new Load(servers, token, vars.post, seeded(options.seed))
load.start()
await wait(1500)

const before = load.acknowledged.size
killCluster(primary)
const killed = Date.now()
await wait(options.pause)
const away = []
for (const { url } of servers) {
  const answer = await json(url, 'GET', '/api/v1/passage?limit=5', { token })
  away.push(`${answer.status} ${answer.value?.code}${answer.headers['retry-after'] ? ' Retry-After' : ''}`)
}
const asked = Math.max(Date.now(), killed + 100) // by then nothing of before the kill is still on its way here
promote(standby)
const promoted = Date.now()
const since = (ms) => [...load.acknowledged.values()].filter((at) => at > ms).sort((a, b) => a - b)[0]
while (!since(asked) && Date.now() < promoted + 30000) await wait(20)
const first = since(asked)
await wait(1500)
await load.stop()
await load.drain()

expectThat('the load was real', before >= 100, `${before} acknowledged before`)
expectThat('while no database is there, reads get 503 with Retry-After', away.every((text) => text === '503 store_away Retry-After'), away.join(', '))
expectThat('writes flow again', first !== undefined && load.acknowledged.size > before + 50, first ? `${((first - killed) / 1000).toFixed(2)} s after the kill, ${((first - promoted) / 1000).toFixed(2)} s after the promotion` : '')
expectThat('requests in between were put off', load.refusals[503] > 0, JSON.stringify(load.refusals))
expectThat('all that was sent is answered in the end', load.unanswered.size === 0, `${load.unanswered.size} of ${load.sent.size}`)
const found = await checkLoad(load, servers[0], desk, expectThat)
for (const { url } of servers) hangUp(url)
const ended = (await Promise.all(servers.map((server) => server.stop()))).filter(Boolean)
expectThat('the servers end well', ended.length === 0, ended.join('\n'))
found.doubled += await checkStore(options.build, data, expectThat)
fs.rmSync(data, { recursive: true, force: true })
console.log(JSON.stringify({ proof: 'failover', engine, servers: options.servers, failover_seconds: (first - killed) / 1000, after_promotion_seconds: (first - promoted) / 1000,
  acknowledged: load.acknowledged.size, lost_acknowledged: found.lost_acknowledged, doubled: found.doubled }))
finish()
