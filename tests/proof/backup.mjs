// A backup taken under load: it verifies, and holds everything that was acknowledged before it began.
//
//   node tests/proof/backup.mjs [--build build] [--seed N] [--times 3]
import fs from 'node:fs'
import path from 'node:path'
import { makeSetup, password } from '../api/scenario.mjs'
import { hangUp, json, login } from '../lib/client.mjs'
import { checkStore, everyPassage, Load } from '../lib/load.mjs'
import { bind, database, engine, removeStore } from '../lib/postgres.mjs'
import { newSeed, seeded } from '../lib/random.mjs'
import { redoubtAsync, Server, temporaryFolder } from '../lib/server.mjs'
import { optionsOf, verdict } from '../lib/verdict.mjs'

const options = optionsOf({ build: 'build', seed: newSeed(), times: 3 })
const { expectThat, finish } = verdict()
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
console.log(`seed ${options.seed}`)

/** A data folder with the store that a backup holds, on the engine of this run; the key comes from where it is kept. */
async function restored(file, from) {
  const data = temporaryFolder('restored')
  if (engine === 'postgresql') bind(data, database())
  fs.copyFileSync(path.join(from, 'redoubt.key'), path.join(data, 'redoubt.key'))
  const { status, out } = await redoubtAsync(options.build, ['restore', file, '--data', data])
  expectThat('the backup is restored and says up to when', status === 0 && /restored up to 20/.test(out), out.trim().slice(-300))
  return data
}

const { data, vars } = await makeSetup(options.build, 'city')
const server = new Server(options.build, data)
await server.start()
const token = await login(server.url, 'officer', password)
const load = new Load([server], token, vars.post, seeded(options.seed))
const backups = []
load.start()
for (let i = 0; i < options.times; i++) {
  await wait(500)
  const before = new Set(load.acknowledged.keys())
  const file = path.join(data, `copy-${i}.db`)
  const { status, out } = await redoubtAsync(options.build, ['backup', file, '--data', data])
  expectThat(`backup ${i + 1} succeeds while ${load.acknowledged.size - before.size} passages come in`, status === 0 && load.acknowledged.size > before.size, status ? out : '')
  backups.push({ file, before, sent: new Set(load.sent.keys()) })
}
await load.stop()
expectThat('nothing was refused that should not be', load.problems.length === 0, load.problems.join('\n'))
const ended = await server.stop()
expectThat('the server ends well', ended === null, ended ?? '')

for (const [i, { file, before, sent }] of backups.entries()) {
  const there = await restored(file, data)
  await checkStore(options.build, there, expectThat)
  const copy = new Server(options.build, there)
  await copy.start()
  const ids = await everyPassage(copy.url, await login(copy.url, 'officer', password))
  const lost = [...before].filter((id) => !ids.has(id))
  const [someone] = before
  const desk = await login(copy.url, 'command', password)
  const person = someone && (await json(copy.url, 'GET', `/api/v1/passage/${someone}`, { token: desk })).value?.person_id
  const shown = await json(copy.url, 'POST', `/api/v1/person/${person}/reveal`, { token: desk, data: { reason: '核对备份' } })
  hangUp(copy.url)
  await copy.stop()
  expectThat(`backup ${i + 1} holds all that was acknowledged before it`, lost.length === 0 && before.size > 0, `${lost.length} lost of ${before.size}, ${ids.size} in it`)
  expectThat(`backup ${i + 1} holds nothing that was not sent`, [...ids.keys()].every((id) => sent.has(id)))
  expectThat(`backup ${i + 1} opens with the key: sealed fields are read`, shown.value?.name === load.sent.get(someone)?.name, shown.text.slice(0, 200))
  removeStore(there)
}
removeStore(data)
console.log(JSON.stringify({ proof: 'backup', engine, seed: options.seed, times: options.times, acknowledged: load.acknowledged.size }))
finish()
