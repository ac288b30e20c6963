// What an administrator sets up, on real programs: TLS, stopping, nginx and HAProxy in front of two servers, log rotation,
// the systemd unit. The configurations are those of deploy/, with ports and paths of this run put in.
//
//   node tests/deploy/run.mjs [--build build-asan] [--store URL] [NAME…]      NAME: tls stop nginx haproxy log unit
//
// --store: an empty database, in which an installation is made and which all servers share; without it each has a copy of
// an SQLite installation. Ends with "N passed, N failed".
import fs from 'node:fs'
import path from 'node:path'
import { hangUp, login } from '../lib/client.mjs'
import { Server, temporaryFolder } from '../lib/server.mjs'
import { makeSetup, password } from '../api/scenario.mjs'
import { proxyTests } from './front.mjs'
import { counts, expectThat } from './lib.mjs'
import { stopTests } from './stop.mjs'
import { logTests, unitTests } from './system.mjs'
import { tlsTests } from './tls.mjs'

let build = 'build-asan'
const wanted = [], more = []
for (let args = process.argv.slice(2); args.length;) {
  const word = args.shift()
  if (word === '--build') build = args.shift()
  else if (word === '--store') more.push('--store', args.shift())
  else wanted.push(word)
}

const parts = { tls: tlsTests, stop: stopTests, nginx: (world) => proxyTests(world, 'nginx'), haproxy: (world) => proxyTests(world, 'haproxy'), log: logTests, unit: unitTests }
for (const name of wanted) if (!parts[name]) { console.error(`no part ${name}: ${Object.keys(parts).join(' ')}`); process.exit(2) }

// Sessions are made once: a copy of the installation knows them too.
const { data, vars } = await makeSetup(build, 'city', more)
const server = new Server(build, data, more)
await server.start()
const token = await login(server.url, 'officer', password)
vars.command_token = await login(server.url, 'command', password)
hangUp(server.url)
await server.stop()

for (const [name, test] of Object.entries(parts)) {
  if (wanted.length && !wanted.includes(name)) continue
  const folder = temporaryFolder(`deploy-${name}`)
  const copy = (to) => {
    const place = path.join(folder, to)
    fs.cpSync(data, place, { recursive: true, filter: (file) => !file.endsWith('.sock') })
    return place
  }
  const failed = counts.failed
  try {
    await test({ build, more, folder, copy, data: copy('data'), vars, token })
  } catch (error) {
    expectThat(`${name} to its end`, false, error.stack)
  }
  if (counts.failed === failed) fs.rmSync(folder, { recursive: true, force: true })
}
fs.rmSync(data, { recursive: true, force: true })
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exit(counts.failed ? 1 : 0)
