// SIGTERM: what was accepted is answered, new connections are not taken, streams end, and the program with 0.
import { ask, everyPassage, events, expectThat, load, sleep } from './lib.mjs'
import { Server } from '../lib/server.mjs'

const ROUNDS = 8

async function oneStop(server, { token, vars }, round, sum) {
  await server.start()
  const feed = await events(server.url, '/api/v1/events?entity=passage', { headers: { authorization: `Bearer ${vars.command_token}` } })
  const busy = load(server.url, { token, post: vars.post, lanes: 24, first: 200000 + round * 20000 })
  await sleep(150 + Math.random() * 250)
  const from = Date.now()
  const ended = await server.stop()
  sum.ms = Math.max(sum.ms, Date.now() - from)
  await sleep(30)
  await busy.stop()
  sum.refused += busy.refused
  sum.lost.push(...busy.lost)
  sum.wrong.push(...[...busy.answered.values()].filter((status) => status !== 201))
  if (ended) sum.wrong.push(ended)
  if (feed.ended !== 'well') sum.streams.push(feed.ended)
  for (const id of busy.answered.keys()) sum.answered.push(id)
}

export async function stopTests(world) {
  const { build, data, more, token, vars } = world
  const sum = { answered: [], refused: 0, lost: [], wrong: [], streams: [], ms: 0 }
  const server = new Server(build, data, more)
  for (let round = 0; round < ROUNDS; round++) await oneStop(server, world, round, sum)
  expectThat(`stopped under load ${ROUNDS} times: every accepted request was answered`, sum.answered.length > ROUNDS * 20 && !sum.lost.length && !sum.wrong.length,
    `${sum.answered.length} answered, ${sum.refused} refused, ${sum.lost.length} lost ${sum.lost.slice(0, 3)}, ${sum.wrong.slice(0, 3)}; ${sum.ms} ms at most`)
  expectThat('afterwards connections are refused', sum.refused > 0)
  expectThat('event streams were ended, not cut', sum.streams.length === 0, sum.streams)

  await server.start(['--drain', '5'])
  const there = new Set(await everyPassage(server.url, token))
  const missing = sum.answered.filter((id) => !there.has(id))
  expectThat('what was answered is there', missing.length === 0, `${missing.length} of ${sum.answered.length} missing`)

  // A while between not ready and not there
  const ready = await ask(server.url, 'GET', '/readyz')
  server.child.kill('SIGTERM')
  await sleep(300)
  const stopping = await ask(server.url, 'GET', '/readyz'), alive = await ask(server.url, 'GET', '/healthz')
  const busy = load(server.url, { token, post: vars.post, lanes: 4, first: 900000 })
  await sleep(300)
  expectThat('draining: not ready, and requests are answered', ready.status === 200 && stopping.status === 503 && stopping.text === '{"status":"stopping"}'
    && stopping.headers['retry-after'] === '1' && alive.status === 200 && busy.answered.size > 3 && !busy.refused && !busy.lost.length,
    `${ready.status} ${stopping.status} ${alive.status} ${busy.answered.size}`)
  expectThat('draining: connections are closed after their answer', alive.headers?.connection === 'close', alive.headers?.connection)
  const from = Date.now()
  const ended = await server.stop() // the second signal ends the draining
  const ms = Date.now() - from
  await busy.stop()
  expectThat('a second signal ends the draining', ended === null && ms < 3000 && !busy.lost.length, `${ms} ms ${ended ?? ''} ${busy.lost}`)
}
