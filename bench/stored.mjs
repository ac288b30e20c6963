// Import by batch, and what reading costs as the stored passages grow.
import { hangUp, json, login, request } from '../tests/lib/client.mjs'
import { passage } from '../tests/lib/passage.mjs'
import { instant } from '../tests/lib/words.mjs'
import { account, cli, engines, officer, password, pause, result, round, rows, say, serve, stop, wrk } from './lib.mjs'

const LINES = 2000 // of a batch
const SENDERS = 4  // connections that send batches

async function batch(server, token, post, from, lines) {
  const body = Array.from({ length: lines }, (_, i) => {
    const { id, ...data } = passage(post, from + i)
    return JSON.stringify({ command: 'passage/register', id, at: data.passed_at, data }) + '\n'
  }).join('')
  let status, text
  do {
    ({ status, text } = await request(server.url, 'POST', '/api/v1/batch', {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' }, body, timeout: 120000,
    }))
    if (status === 503) await pause(100) // busy, nothing was written: more is queued than it wants; the same lines again
  } while (status === 503)
  const good = text.match(/"status":201/g)?.length ?? 0
  if (status !== 200 || good !== lines) throw new Error(`a batch: ${status}, ${good} of ${lines} accepted\n${text.slice(0, 1000)}`)
}

/** So many passages by POST /api/v1/batch, over posts of the whole city. */
export async function importing(engine, total) {
  const data = engine.folder('import')
  cli(data, 'drill')
  account(data, 'load-officer', 'checkpoint_officer')
  const server = await serve(data)
  const { token, posts } = await officer(server, 'load-officer', 8)
  let next = 0
  const started = Date.now()
  const sender = async () => {
    while (next < total) {
      const from = next, lines = Math.min(LINES, total - from)
      next += lines
      await batch(server, token, posts[(from / LINES) % posts.length], 20000000 + from, lines)
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
  const rps = total / ((Date.now() - started) / 1000)
  hangUp(server.url)
  await stop(server)
  engine.remove(data)
  result[engine.prefix + 'import_rps'] = Math.round(rps)
  rows.push([`import of ${total} by batch, ${engine.title}`, rps, null, null, null, null])
}

/** Lets checkpoints and the response have begun so many days ago, as a city's that has been at it for months. */
async function age(server, token, days) {
  const must = async (method, target, body) => {
    const answer = await json(server.url, method, '/api/v1' + target, { token, data: body })
    if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`)
    return answer.value
  }
  const day = instant(Date.now() - days * 86400000).slice(0, 10)
  const start = `${day}T00:00:00+08:00`
  const [response] = (await must('GET', '/response')).items
  await must('PATCH', `/response/${response.id}`, { started_on: day, version: response.version })
  for (const row of (await must('GET', '/profile_number?limit=1000')).items)
    await must('PATCH', `/profile_number/${row.id}`, { from_on: day, version: row.version })
  for (let after = ''; after !== null; ) {
    const page = await must('GET', `/post?limit=1000${after && '&after=' + encodeURIComponent(after)}`)
    for (const { id, opened_at, closed_at } of page.items)
      if (!closed_at && Date.parse(opened_at) > Date.parse(start)) await must('POST', `/post/${id}/open`, { at: start })
    after = page.next ?? null
  }
}

async function reading(server, token, target, what, seconds) {
  const check = await json(server.url, 'GET', target, { token })
  if (check.status !== 200) throw new Error(`GET ${target}: ${check.status} ${check.text}`)
  const found = await wrk(server, 'bench/get.lua', 1, seconds, target, { TOKEN: token })
  rows.push([what, found.rps, found.p50_ms, found.p99_ms, null, null])
  return found.p50_ms
}

/** A store with so many days of so many passages each; median ms of the live screen and of a page of the list. It is made
 * on SQLite and moved: so both engines read the very same, and PostgreSQL's is made in minutes. */
export async function stored(engine, daily, days, seconds) {
  const n = daily * days
  const data = engines.sqlite.folder('stored')
  cli(data, 'drill')
  account(data, 'load-desk', 'command_office')
  let server = await serve(data)
  let token = await login(server.url, 'load-desk', password)
  await age(server, token, days + 1)
  hangUp(server.url)
  await stop(server)
  const started = Date.now()
  cli(data, 'gen', '--passages', String(n), '--days', String(days))
  engine.adopt(data)
  say(`  ${engine.title}: ${n} passages made in ${((Date.now() - started) / 1000).toFixed(0)} s`)
  server = await serve(data)
  token = await login(server.url, 'load-desk', password)
  const place = (await json(server.url, 'GET', '/api/v1/place?code=410600', { token })).value.items[0].id
  const live = await reading(server, token, `/api/v1/live?under=${place}&day=${instant(Date.now()).slice(0, 10)}`, `live screen, ${n} stored, ${engine.title}`, seconds)
  const list = await reading(server, token, '/api/v1/passage?limit=50&sort=-passed_at', `list page, ${n} stored, ${engine.title}`, seconds)
  await stop(server)
  engine.remove(data)
  return { live, list }
}

/** The same busy day, once and ever more days of it: list and live screen must not grow with what lies before. */
export async function growth(engine, sizes, seconds) {
  const found = []
  for (const n of sizes) {
    const each = await stored(engine, sizes[0], n / sizes[0], seconds)
    for (const what of ['list', 'live']) result[`${engine.prefix}${what}_${n}_ms`] = round(each[what])
    found.push(each)
  }
  for (const what of ['list', 'live']) result[`${engine.prefix}${what}_growth`] = round(found.at(-1)[what] / found[0][what])
}
