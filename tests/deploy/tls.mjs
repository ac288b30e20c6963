// TLS in the program: what it takes, what it refuses, and a new certificate under open connections.
import fs from 'node:fs'
import https from 'node:https'
import path from 'node:path'
import tls from 'node:tls'
import { ask, certificate, everyPassage, events, expectThat, load, sleep } from './lib.mjs'
import { password } from '../api/scenario.mjs'
import { passage } from '../lib/passage.mjs'
import { raw } from '../lib/client.mjs'
import { redoubtAsync, Server } from '../lib/server.mjs'

/** A handshake of our choice: {protocol, name (CN of the certificate)} or {error}. */
function handshake(port, options) {
  return new Promise((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options }, () => {
      resolve({ protocol: socket.getProtocol(), name: socket.getPeerCertificate().subject.CN })
      socket.destroy()
    })
    socket.on('error', (error) => resolve({ error: error.code ?? error.message }))
  })
}

export async function tlsTests({ build, more, data, vars, token, folder }) {
  const first = certificate(folder, 'first'), second = certificate(folder, 'second', 'rsa')
  const cert = path.join(folder, 'tls.pem'), key = path.join(folder, 'tls.key')
  const install = (c, k) => { fs.copyFileSync(c, cert); fs.copyFileSync(k, key) }
  install(first.cert, first.key)
  const server = new Server(build, data, [...more, '--tls-cert', cert, '--tls-key', key, '--hsts', '365'])
  server.alive = async () => (await ask(`https://127.0.0.1:${server.port}`, 'GET', '/healthz', { ca: first.ca })).status === 200
  await server.start()
  const url = `https://127.0.0.1:${server.port}`, ca = first.ca
  const reload = async () => { const from = server.log.length; server.child.kill('SIGHUP'); await sleep(400); return server.log.slice(from) }

  expectThat('the greeting says https', server.log.includes(`https://127.0.0.1:${server.port}/field/`))
  expectThat('TLS 1.3', (await handshake(server.port, { minVersion: 'TLSv1.3' })).protocol === 'TLSv1.3')
  expectThat('TLS 1.2', (await handshake(server.port, { maxVersion: 'TLSv1.2' })).protocol === 'TLSv1.2')
  const old = await handshake(server.port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
  expectThat('nothing older, refused by the server', /PROTOCOL_VERSION|ECONNRESET/.test(old.error ?? ''), JSON.stringify(old))
  const weak = await handshake(server.port, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:AES256-GCM-SHA384:@SECLEVEL=0' })
  expectThat('nothing without forward secrecy', !!weak.error, JSON.stringify(weak))
  const plain = await raw(`http://127.0.0.1:${server.port}`, 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
  expectThat('nothing without TLS', plain.status === 0, plain.text)

  const login = await ask(url, 'POST', '/api/v1/session/login', { ca, headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'officer', password, kind: 'browser' }) })
  expectThat('the cookie is for TLS only', login.status === 200 && /; Secure$/.test(login.headers['set-cookie']?.[0] ?? ''), login.text)
  expectThat('browsers are told to come back by TLS', login.headers['strict-transport-security'] === 'max-age=31536000')
  const local = await redoubtAsync(build, ['account', 'create', 'by-socket', '--role', 'auditor', '--place', '410621', '--password-file',
    'tests/api/setup/password', '--data', data, ...more])
  expectThat('the command line reaches it over the local socket', local.status === 0, local.out)

  // Bodies and late answers through TLS
  const table = 'code,name,kind\n' + `L-X,${'名'.repeat(40)},other\n`.repeat(30000)
  const dry = await ask(url, 'POST', '/api/v1/place.csv?dry_run=1', { ca, headers: { authorization: `Bearer ${vars.command_token}`, 'content-type': 'text/csv' }, body: table, timeout: 120000 })
  expectThat('a table of 4 MB goes in', dry.status === 200 && JSON.parse(dry.text).rows === 30000, `${dry.status} ${dry.text?.slice(0, 200)} ${dry.error ?? ''}`)

  // A new pair while connections are open
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
  const feed = await events(url, '/api/v1/events?entity=passage', { ca, headers: { authorization: `Bearer ${vars.command_token}` } })
  await ask(url, 'GET', '/healthz', { ca, agent })
  const busy = load(url, { token, post: vars.post, lanes: 8, ca: [first.ca, second.ca], first: 1 })
  await sleep(300)
  fs.copyFileSync(second.cert, cert)
  const errors = (text) => text.split('\n').filter((line) => / error /.test(line))
  let said = errors(await reload())
  expectThat('a key that does not fit changes nothing, in one line', said.length === 1 && said[0].includes('the certificate stays the old one') && (await handshake(server.port, {})).name === 'first', said)
  fs.rmSync(key)
  said = errors(await reload())
  expectThat('a missing file changes nothing', said.length === 1 && said[0].includes('cannot read') && (await handshake(server.port, {})).name === 'first', said)
  install(second.cert, second.key)
  await reload()
  expectThat('a new pair is taken by new handshakes', (await handshake(server.port, {})).name === 'second')
  const kept = await ask(url, 'GET', '/readyz', { ca, agent })
  expectThat('an open connection stays', kept.status === 200 && Object.values(agent.freeSockets).length === 1, kept.error)
  for (let i = 0; i < 20; i++) {
    i % 2 ? install(second.cert, second.key) : install(first.cert, first.key)
    server.child.kill('SIGHUP')
    await sleep(30)
  }
  await busy.stop()
  const wrong = [...busy.answered.values()].filter((status) => status !== 201).length
  expectThat('no request is lost while certificates change', busy.answered.size > 50 && !wrong && !busy.lost.length && !busy.refused,
    `${busy.answered.size} answered, ${wrong} wrong, ${busy.lost.length} lost, ${busy.refused} refused ${busy.lost[0] ?? ''}`)
  const own = passage(vars.post, 900001), before = Date.now()
  await ask(url, 'POST', '/api/v1/passage', { ca, agent, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(own) })
  for (let i = 0; i < 100 && !feed.at.has(own.id); i++) await sleep(10)
  expectThat('live events go on over the old connection', feed.at.has(own.id), `${feed.at.get(own.id) - before} ms`)
  const metrics = await ask(url, 'GET', '/metrics', { ca: [first.ca, second.ca] })
  const expires = Number(/^redoubt_certificate_expires_timestamp_seconds (\d+)$/m.exec(metrics.text)?.[1]) * 1000
  expectThat('the monitoring sees when it expires', Math.abs(expires - Date.now() - 3 * 86400000) < 86400000, expires)
  feed.close()
  agent.destroy()

  // A stop under load, through TLS
  install(first.cert, first.key)
  await reload()
  const last = load(url, { token, post: vars.post, lanes: 16, ca, first: 100000 })
  await sleep(400)
  const ended = await server.stop()
  await last.stop()
  expectThat('stopped under load: every accepted request was answered', ended === null && last.answered.size > 20 && last.lost.length === 0,
    `${last.answered.size} answered, ${last.lost.length} lost ${last.lost.slice(0, 3)} ${ended ?? ''}`)
  await server.start()
  const there = new Set(await everyPassage(url, token, ca))
  const missing = [...busy.answered.keys(), ...last.answered.keys()].filter((id) => !there.has(id))
  expectThat('what was answered is there', missing.length === 0, `${missing.length} missing`)
  expectThat('it ends well', (await server.stop()) === null, server.log.slice(-2000))
}
