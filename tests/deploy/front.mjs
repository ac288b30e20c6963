// nginx or HAProxy with the configuration of deploy/, in front of two servers.
import fs from 'node:fs'
import path from 'node:path'
import { password } from '../api/scenario.mjs'
import { passage } from '../lib/passage.mjs'
import { freePort, Server } from '../lib/server.mjs'
import { ask, certificate, Daemon, events, everyPassage, expectThat, found, load, render, runAsync, sleep } from './lib.mjs'

const ROWS = 100000 // of a table larger than other bodies may be

function startNginx(folder, ports, servers, pair) {
  fs.mkdirSync(path.join(folder, 'nginx'))
  fs.writeFileSync(path.join(folder, 'nginx/site.conf'), render('nginx.conf', {
    'listen 80;': `listen 127.0.0.1:${ports.plain};`, 'listen 443 ssl': `listen 127.0.0.1:${ports.secure} ssl`, 'redoubt.example': 'localhost',
    '/etc/redoubt/tls.pem': pair.cert, '/etc/redoubt/tls.key': pair.key, '10.0.0.11:8080': `127.0.0.1:${servers[0].port}`, '10.0.0.12:8080': `127.0.0.1:${servers[1].port}`,
  }))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/nginx/${name};`).join('\n')
  fs.writeFileSync(path.join(folder, 'nginx/nginx.conf'), `${process.getuid() === 0 ? 'user root;' : ''}
    daemon off; worker_processes 2; pid ${folder}/nginx/pid; error_log stderr warn;
    events { worker_connections 1024; }
    http { access_log off; ${temporary} include ${folder}/nginx/site.conf; }`)
  return new Daemon(found('nginx'), ['-p', `${folder}/nginx`, '-e', 'stderr', '-c', `${folder}/nginx/nginx.conf`])
}

function startHaproxy(folder, ports, servers, pair) {
  const file = path.join(folder, 'haproxy.cfg')
  fs.writeFileSync(file, render('haproxy.cfg', {
    'bind :80 ': `bind 127.0.0.1:${ports.plain} `, 'bind :443 ': `bind 127.0.0.1:${ports.secure} `, '/etc/redoubt/haproxy.pem': pair.both,
    '10.0.0.11:8080': `127.0.0.1:${servers[0].port}`, '10.0.0.12:8080': `127.0.0.1:${servers[1].port}`,
  }))
  return new Daemon(found('haproxy'), ['-db', '-f', file])
}

async function until(what, test, ms = 15000) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) if (await test()) return
  throw new Error(`${what}: not within ${ms} ms`)
}

/** Servers that do not share a store do not share what was just written: then some of several tries has to do. */
async function someOf(tries, attempt) {
  let answer
  for (let left = tries; left > 0; left--) if ((answer = await attempt()).status === 200) break
  return answer
}

const jsonBody = (data, headers = {}) => ({ headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(data) })

async function addressing({ url, plainUrl, ca, pair }) {
  const curl = (...args) => runAsync('curl', ['--silent', '--cacert', pair.cert, '--max-time', '20', '--output', '/dev/null', ...args])
  const two = await curl('--http2', '--write-out', '%{http_version} %{http_code}', `${url}/api/v1/code`)
  expectThat('HTTP/2', two.out === '2 200', two.out)
  const redirect = await ask(plainUrl, 'GET', '/t/?a=1')
  expectThat('what comes without TLS is sent to https', redirect.status === 301 && /^https:\/\/127\.0\.0\.1(:\d+)?\/t\/\?a=1$/.test(redirect.headers.location), redirect.headers?.location)
  const old = await curl('--tls-max', '1.1', '--ciphers', 'DEFAULT@SECLEVEL=0', url)
  expectThat('no TLS before 1.2', old.status === 35, old.status)
  const metrics = await ask(url, 'GET', '/metrics', { ca })
  expectThat('the monitoring is not for the outside', metrics.status === 403, metrics.status)
}

async function signingIn({ url, ca, shared }) {
  const login = await ask(url, 'POST', '/api/v1/session/login', { ca, ...jsonBody({ login: 'officer', password, kind: 'browser' }) })
  const cookie = login.headers?.['set-cookie']?.[0] ?? ''
  expectThat('sign-in: the cookie is for TLS only', login.status === 200 && /; Secure$/.test(cookie), `${login.status} ${cookie} ${login.error ?? ''}`)
  expectThat('browsers are told to come back by TLS, once', login.headers['strict-transport-security'] === 'max-age=31536000', login.headers['strict-transport-security'])
  const headers = { cookie: cookie.split(';')[0] }
  const me = await someOf(shared ? 1 : 6, () => ask(url, 'GET', '/api/v1/me', { ca, headers }))
  expectThat('the cookie is taken', me.status === 200, me.text)
  const foreign = await ask(url, 'POST', '/api/v1/session/logout', { ca, ...jsonBody({}, { ...headers, origin: 'https://evil.example' }) })
  expectThat('a page of another origin may not write', foreign.status === 403, foreign.status)
  const out = await someOf(shared ? 1 : 6, () => ask(url, 'POST', '/api/v1/session/logout', { ca, ...jsonBody({}, { ...headers, origin: url }) }))
  expectThat('a page of this origin may', out.status === 200, `${out.status} ${out.text}`)
}

/** Each address of 127.0.0.0/8 is a client of its own; those of 127.0.0.1 are the named proxy's. */
async function limits({ url, ca }) {
  const guess = (localAddress, headers = {}) => ask(url, 'POST', '/api/v1/session/login', { ca, localAddress, ...jsonBody({ login: 'nobody', password: 'wrong' }, headers) })
  let last
  for (let i = 0; i < 100 && last?.status !== 429; i++) last = await guess('127.0.0.2', { 'x-forwarded-for': '127.0.0.3', 'x-real-ip': '127.0.0.3', forwarded: 'for=127.0.0.3' })
  expectThat('one client is slowed down, whatever it says of itself', last.status === 429, last.status)
  const others = [await guess('127.0.0.3'), await guess('127.0.0.3'), await guess('127.0.0.4')].map(({ status }) => status)
  expectThat('others are not', others.every((status) => status === 401), others)
}

async function liveEvents({ url, ca, token, vars, shared }) {
  const feed = await events(url, '/api/v1/events?entity=passage', { ca, headers: { authorization: `Bearer ${vars.command_token}` } })
  const sentAt = new Map()
  for (let i = 0; i < 8; i++) {
    const body = passage(vars.post, 500000 + i)
    sentAt.set(body.id, Date.now())
    await ask(url, 'POST', '/api/v1/passage', { ca, ...jsonBody(body, { authorization: `Bearer ${token}` }) })
    await sleep(60)
  }
  await sleep(900)
  const took = [...feed.at].map(([id, at]) => at - sentAt.get(id))
  // Round robin: with stores of their own, half of them were written where the stream is not.
  expectThat('live events come through within a second', feed.status === 200 && took.length >= (shared ? 8 : 2) && took.every((ms) => ms < 1000), `${took} ms`)
  feed.close()
}

async function largeTables({ url, ca, vars, name, folder }) {
  const table = 'code,name,kind\n' + `L-X,${'名'.repeat(40)},other\n`.repeat(ROWS)
  const from = Date.now()
  const dry = await ask(url, 'POST', '/api/v1/place.csv?dry_run=1', { ca, headers: { authorization: `Bearer ${vars.command_token}`, 'content-type': 'text/csv' }, body: table, timeout: 120000 })
  const rows = dry.status === 200 ? JSON.parse(dry.text).rows : dry.text
  expectThat('a table of ' + (Buffer.byteLength(table) >> 20) + ' MB goes through', dry.status === 200 && rows === ROWS, `${dry.status} ${rows} rows, ${Date.now() - from} ms ${dry.error ?? ''}`)
  if (name === 'nginx') {
    const kept = fs.readdirSync(path.join(folder, 'nginx'), { recursive: true }).filter((file) => /\/\d+$/.test(String(file)))
    expectThat('nothing of it was kept on the disk of the proxy', kept.length === 0, kept)
  }
}

async function stopping({ url, ca, servers, token, vars, name, ready, shared }) {
  const busy = load(url, { token, post: vars.post, lanes: 16, ca, first: 600000 })
  const ends = []
  await sleep(500)
  for (const server of [servers[0], servers[1], servers[0]]) {
    ends.push(await server.stop())
    await sleep(700)
    await server.start()
    await ready()
  }
  await sleep(300)
  await busy.stop()
  const wrong = [...busy.answered.values()].filter((status) => status !== 201)
  expectThat(`${name}: three stops under load and not one failed request`, ends.every((end) => end === null) && busy.answered.size > 200 && !wrong.length && !busy.lost.length && !busy.refused,
    `${busy.answered.size} answered, ${wrong.length} wrong ${wrong.slice(0, 5)}, ${busy.lost.length} lost ${busy.lost.slice(0, 3)}, ${busy.refused} refused; ${ends}`)
  const there = new Map()
  for (const server of shared ? [servers[0]] : servers)
    for (const id of await everyPassage(server.url, token)) there.set(id, (there.get(id) ?? 0) + 1)
  const missing = [...busy.answered.keys()].filter((id) => there.get(id) !== 1)
  expectThat(`${name}: what was answered is there, once`, missing.length === 0, `${missing.length} of ${busy.answered.size}`)
}

export async function proxyTests(world, name) {
  const { build, folder, copy, more } = world
  const pair = certificate(folder, 'localhost')
  const options = [...more, '--proxy', '127.0.0.1']
  const servers = [new Server(build, copy('one'), options), new Server(build, copy('two'), options)]
  for (const server of servers) await server.start()
  const ports = { plain: await freePort(), secure: await freePort() }
  const proxy = (name === 'nginx' ? startNginx : startHaproxy)(folder, ports, servers, pair)
  const all = { ...world, shared: more.length > 0, name, servers, pair, ca: pair.ca, url: `https://127.0.0.1:${ports.secure}`, plainUrl: `http://127.0.0.1:${ports.plain}` }
  // Both servers get requests: HAProxy asks /readyz itself, nginx tries a failed one again after fail_timeout.
  const seen = (server) => (server.log.match(/ POST \/api\/v1\/passage | GET \/api\/v1\/code /g) ?? []).length
  all.ready = async () => {
    const before = servers.map(seen)
    await until('both servers in use', async () => { await ask(all.url, 'GET', '/api/v1/code', { ca: pair.ca }); return servers.every((server, i) => seen(server) > before[i]) })
  }
  try {
    await until(name, async () => {
      if (proxy.exit !== null) throw new Error(`${name} ended`)
      return (await ask(all.url, 'GET', '/readyz', { ca: pair.ca })).status === 200
    })
    await all.ready()
    for (const test of [addressing, signingIn, liveEvents, limits, largeTables, stopping]) await test(all)
  } catch (error) {
    error.stack += `\n${name} said: ${proxy.log.slice(-3000)}`
    throw error
  } finally {
    await proxy.stop(name === 'nginx' ? 'SIGQUIT' : 'SIGTERM')
    for (const server of servers) if (server.exit === null) expectThat(`${name}: a server ends well`, (await server.stop()) === null)
  }
}
