// Two devices come back with queues of what they did offline: in whatever order it arrives, nothing is dropped, nothing doubled.
//
//   node tests/proof/queues.mjs [--build build] [--seed N] [--rounds 2] [--orders 5] [--servers 1]    REDOUBT_STORE=postgresql
//
// A round draws two queues (registrations, turned-back travellers who come again, changes of checkpoints, acknowledged
// hand-overs, input that is wrong). Each order delivers the same queues, the same ids and bytes, to a copy of the same
// store: cut into batches at random, the two devices interleaved or at the same moment, what is independent within a batch
// shuffled, batches sent twice. Held to be true of every order:
//   1. an item's answer is the same whenever it is sent;
//   2. an item stands in the journal exactly once: carried out, or held in the inbox under its id (refused items too);
//   3. everything sent again afterwards, in any order, changes no row and no entry of the journal;
//   4. items that touch what nobody else touches, and disjoint fields of one row, end the same in every order: outcome and
//      rows. Of two items that exclude each other (the same field of the same version, one hand-over acknowledged twice, one
//      code given twice) one is carried out, whichever came first, and the other waits in the inbox as a conflict.
// A traveller turned back by one device and let pass without a reason by the other is between: held if the turning back is
// known by then, let in otherwise; never dropped.
import { makeSetup, password } from '../api/scenario.mjs'
import { hangUp, json, login, request } from '../lib/client.mjs'
import { checkStore } from '../lib/load.mjs'
import { passage } from '../lib/passage.mjs'
import { copyStore, engine, removeStore, sqlOn } from '../lib/postgres.mjs'
import { newSeed, seeded } from '../lib/random.mjs'
import { Server, temporaryFolder } from '../lib/server.mjs'
import { optionsOf, verdict } from '../lib/verdict.mjs'
import { instant, uuid } from '../lib/words.mjs'

const options = optionsOf({ build: 'build', seed: newSeed(), rounds: 2, orders: 5, servers: 1 })
const { expectThat, finish } = verdict()
const DEVICES = ['command', 'district']
const random = seeded(options.seed)
const below = (n) => Math.floor(random() * n)
const pick = (list) => list[below(list.length)]
function shuffled(list) {
  const out = [...list]
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(i + 1)
    ;[out[i], out[j]] = [out[j], out[i]]
  }
  return out
}
console.log(`seed ${options.seed}`)

// ---- what both devices knew before they went offline: checkpoints and hand-overs ----

const { data: base, vars } = await makeSetup(options.build, 'city')
const ground = { posts: [], handovers: [] }
{
  const server = new Server(options.build, base)
  await server.start()
  const must = async (who, target, body) => {
    const answer = await json(server.url, 'POST', target, { token: await (tokens[who] ??= login(server.url, who, password)), data: body })
    if (answer.status >= 300) throw new Error(`${target}: ${answer.status} ${answer.text}`)
    return answer.value
  }
  const tokens = {}
  for (let i = 0; i < 12; i++) ground.posts.push((await must('command', '/api/v1/post', { place_id: vars.xun, code: `Q${i}`, name: `测试卡点${i}`, kind: 'road', level: 'county', direction: 'both', all_day: true })).id)
  for (let i = 0; i < 12; i++)
    ground.handovers.push((await must('officer', '/api/v1/passage', passage(vars.post, 900 + i, { temp1: 38.4, decision: 'fever_clinic', handed_to: '浚县人民医院发热门诊', device1: 'electronic', handover_place_id: vars.xun }))).handover_id)
  hangUp(server.url)
  await server.stop()
}

// ---- queues ----

let people = 1000
const line = (command, more) => ({ command, id: uuid(), at: instant(Date.now() - 600000 + below(500000)), ...more })
const register = (n, fields = {}) => {
  const { id, ...data } = passage(vars.post, n, { passed_at: instant(Date.now() - 7200000 + below(6000000)), ...fields })
  return line('passage/register', { id, data })
}

/** Items: {device, kind, line, after: an item that comes before it}. */
function draw() {
  const items = []
  const add = (device, kind, text, after = null) => {
    items.push({ device, kind, line: text, after })
    return items.at(-1)
  }
  const posts = shuffled(ground.posts), handovers = shuffled(ground.handovers)
  for (const device of [0, 1]) {
    for (let i = 0; i < 8 + below(8); i++) add(device, 'own', register(people++, random() < 0.2 ? { temp1: 38.2, device1: 'electronic', decision: 'fever_clinic', handed_to: '浚县人民医院发热门诊', handover_place_id: vars.xun } : {}))
    const again = people++ // turned back, and let pass later with a reason, by the same device
    const back = add(device, 'own', register(again, { decision: 'turn_back', reason: '无通行证', passed_at: instant(Date.now() - 7000000) }))
    add(device, 'own', register(again, { reason: '已核实通行证', passed_at: instant(Date.now() - 3000000) }), back)
    add(device, 'wrong', register(people++, { temp1: 'hot' }))
    add(device, 'wrong', line('passage/register', { data: { post_id: vars.post } }))
    const post = posts.pop() // nobody else touches this checkpoint
    const change = add(device, 'own', line('post/change', { target: post, version: 1, data: { site: `岗亭${below(1000)}` } }))
    add(device, 'own', line('post/change', { target: post, version: 1, data: { road: `S${below(1000)}` } }), change)
    add(device, 'own', line('handover/acknowledge', { target: handovers.pop(), data: { note: '已接收' } }))
    add(device, 'own', line('post/create', { data: { place_id: vars.xun, code: `N${people++}`, name: '新设卡点', kind: 'road', level: 'county', direction: 'both' } }))
  }
  const both = (kind, make) => [add(0, kind, make(0)), add(1, kind, make(1))].forEach((item, i, pair) => { item.other = pair[1 - i] })
  for (let i = 0; i < 2; i++) {
    const [shared, fought, handover] = [posts.pop(), posts.pop(), handovers.pop()]
    both('disjoint', (device) => line('post/change', { target: shared, version: 1, data: device ? { site: `路口${i}` } : { road: `G${i}` } }))
    both('exclude', (device) => line('post/change', { target: fought, version: 1, data: { site: `甲乙`[device] + i } }))
    both('exclude', () => line('handover/acknowledge', { target: handover, data: { note: '已接收' } }))
  }
  const code = `D${people++}`
  both('exclude', (device) => line('post/create', { data: { place_id: vars.xun, code, name: `同号卡点${device}`, kind: 'road', level: 'county', direction: 'both' } }))
  const walker = people++
  add(0, 'between', register(walker, { decision: 'turn_back', reason: '无通行证', passed_at: instant(Date.now() - 7000000) }))
  add(1, 'between', register(walker, { passed_at: instant(Date.now() - 3000000) }))
  return DEVICES.map((_, device) => arranged(items.filter((item) => item.device === device)))
}

/** In a random order in which nothing comes before what it follows. */
function arranged(items) {
  const out = []
  for (const item of shuffled(items)) {
    if (item.after && !out.includes(item.after)) out.push(item.after)
    if (!out.includes(item)) out.push(item)
  }
  return out
}

// ---- delivery ----

async function deliver(url, token, items) {
  const body = items.map((item) => JSON.stringify(item.line) + '\n').join('')
  const answer = await request(url, 'POST', '/api/v1/batch', { headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' }, body })
  if (answer.status !== 200) throw new Error(`batch: ${answer.status} ${answer.text.slice(0, 300)}`)
  return answer.text.split('\n').filter(Boolean).map((text) => JSON.parse(text))
}

/** A batch at a time from the front of a queue. */
function* batches(queue) {
  for (let at = 0; at < queue.length;) {
    const size = 1 + below(8)
    yield arranged(queue.slice(at, at + size))
    at += size
  }
}

/** One order of delivery on a copy of the store; {outcomes, state, journal, again}. */
async function order(queues) {
  const data = temporaryFolder('queues')
  copyStore(base, data)
  const servers = Array.from({ length: options.servers }, () => new Server(options.build, data))
  for (const server of servers) await server.start()
  const [{ url }] = servers
  const tokens = await Promise.all(DEVICES.map((who) => login(url, who, password)))
  const answers = new Map(), changed = []
  const send = async (device, items) => {
    for (const [i, answer] of (await deliver(pick(servers).url, tokens[device], items)).entries()) {
      const { id } = items[i].line
      const { line: _, ...rest } = answer
      const text = JSON.stringify(rest)
      if (answers.has(id) && answers.get(id).text !== text) changed.push(`${answers.get(id).text} then ${text}`)
      if (!answers.has(id)) answers.set(id, { text, answer })
    }
  }

  const running = queues.map(batches), sent = [[], []]
  let open = [0, 1]
  while (open.length) {
    const now = random() < 0.3 ? open : [pick(open)] // both at the same moment, or one
    await Promise.all(now.map(async (device) => {
      const { value, done } = running[device].next()
      if (done) { open = open.filter((one) => one !== device); return }
      sent[device].push(value)
      await send(device, value)
      if (random() < 0.3) await send(device, pick(sent[device])) // no answer came through: the same again
    }))
  }
  const before = await stateOf(url, data)
  for (const device of shuffled([0, 0, 1, 1])) for (const items of shuffled(sent[device])) await send(device, shuffled(items))
  const after = await stateOf(url, data)
  for (const server of servers) {
    hangUp(server.url)
    const ended = await server.stop()
    if (ended) throw new Error(ended)
  }
  const errors = servers.flatMap(({ log }) => log.split('\n').filter((text) => / error /.test(text)))
  return { data, answers, changed, errors, before, after }
}

/** Rows by what they hold, without ids that the server gave and the times it had. */
async function stateOf(url, data) {
  const desk = await login(url, 'command', password)
  const rows = {}
  for (const [entity, key] of [['passage', 'id'], ['post', 'id'], ['handover', 'passage_id'], ['inbox', 'command_id'], ['person', null]]) {
    const all = []
    for (let after = ''; after !== null;) {
      const page = (await json(url, 'GET', `/api/v1/${entity}?limit=1000${after && `&after=${encodeURIComponent(after)}`}`, { token: desk })).value
      all.push(...page.items)
      after = page.next
    }
    rows[entity] = all.map((row) => [key ? row[key] : '', row]).sort(([a], [b]) => (a < b ? -1 : 1))
  }
  const live = (await json(url, 'GET', '/api/v1/live', { token: desk })).value
  const journal = sqlOn(data, `SELECT ${engine === 'sqlite' ? 'lower(hex(command_id))' : "encode(command_id, 'hex')"}, command, status FROM journal WHERE command NOT LIKE 'session/%' ORDER BY lane, seq`)
  return { rows, live: { totals: live.totals, handover: live.handover, inbox: live.inbox }, journal }
}

const VOLATILE = { passage: ['person_id', 'handover_id', 'flow_id'], post: ['opened_at'], handover: ['id', 'person_id', 'acknowledged_at', 'due_at'], person: ['id'] }

/** What must be equal in every order, as text by row. */
function comparable(state, items) {
  const out = new Map()
  const loose = new Set(items.filter(({ kind }) => kind === 'exclude' || kind === 'between').map(({ line: { id, target } }) => target ?? id))
  for (const [entity, list] of Object.entries(state.rows)) {
    if (entity === 'inbox') continue
    for (const [key, row] of list) {
      if (loose.has(row.id) || loose.has(key)) continue
      const kept = Object.fromEntries(Object.entries(row).filter(([name]) => !VOLATILE[entity].includes(name)))
      out.set(`${entity} ${key || JSON.stringify(kept)}`, JSON.stringify(kept))
    }
  }
  return out
}

function differences(a, b) {
  const out = []
  for (const [key, text] of a) if (b.get(key) !== text) out.push(`${key}: ${text} / ${b.get(key)}`)
  for (const key of b.keys()) if (!a.has(key)) out.push(`${key}: nothing / ${b.get(key)}`)
  return out
}

const hex = (id) => id.replaceAll('-', '')

function judge(what, items, run, first) {
  const { answers, changed, errors, before, after } = run
  const entries = new Map()
  for (const row of before.journal.split('\n')) {
    const [id, command, status] = row.split('|')
    entries.set(id, [...(entries.get(id) ?? []), { command, status: Number(status) }])
  }
  const waits = new Map(before.rows.inbox.map(([id, row]) => [id, row]))
  const problems = [...errors.map((text) => `in the log: ${text.slice(0, 400)}`), ...changed.map((text) => `another answer: ${text.slice(0, 400)}`)]
  const fate = (item) => {
    const found = entries.get(hex(item.line.id)) ?? []
    const held = found.length === 1 && found[0].command === 'inbox/hold' && waits.has(item.line.id)
    const done = found.length === 1 && found[0].command !== 'inbox/hold' && !waits.has(item.line.id)
    return held ? 'held' : done ? 'done' : `lost: ${found.length} entries, ${answers.get(item.line.id)?.text}`
  }
  for (const item of items) {
    const was = fate(item)
    if (was.startsWith('lost')) problems.push(`${item.kind} ${JSON.stringify(item.line).slice(0, 200)}: ${was}`)
    const expected = { own: 'done', disjoint: 'done', wrong: 'held' }[item.kind]
    if (expected && was !== expected) problems.push(`${item.kind} ${item.line.command} should be ${expected}, is ${was}: ${answers.get(item.line.id)?.text.slice(0, 300)}`)
    const { status } = answers.get(item.line.id).answer
    if ((was === 'done') !== (status < 300)) problems.push(`${item.line.command} is ${was} but was answered ${status}`)
    if (item.kind === 'exclude' && was === 'held' && waits.get(item.line.id).state !== 'conflict') problems.push(`held as ${waits.get(item.line.id).state}, not as a conflict`)
    if (item.kind === 'exclude' && [was, fate(item.other)].sort().join() !== 'done,held') problems.push(`of two that exclude each other: ${was}, ${fate(item.other)} (${item.line.command})`)
  }
  for (const item of items.filter(({ kind, line: { command } }) => kind === 'exclude' && command === 'post/change')) {
    const site = before.rows.post.find(([id]) => id === item.line.target)[1].site
    if (fate(item) === 'done' && site !== item.line.data.site) problems.push(`the field is ${site}, and ${item.line.data.site} was carried out`)
  }
  expectThat(`${what}: every item is carried out once or waits in the inbox`, problems.length === 0, problems.slice(0, 5).join('\n'))
  const touched = before.journal === after.journal ? differences(flat(before), flat(after)) : ['the journal has grown']
  expectThat(`${what}: all of it again changes nothing`, touched.length === 0, touched.slice(0, 3).join('\n'))
  if (!first) return
  const unlike = differences(comparable(first.before, items), comparable(before, items))
  expectThat(`${what}: ends as the first order did`, unlike.length === 0, unlike.slice(0, 3).join('\n'))
}

const flat = (state) => new Map([...Object.entries(state.rows).flatMap(([entity, list]) => list.map(([key, row]) => [`${entity} ${key}${row.id}`, JSON.stringify(row)])), ['live', JSON.stringify(state.live)]])

let delivered = 0
for (let round = 0; round < options.rounds; round++) {
  const queues = draw()
  const items = queues.flat()
  let first = null
  for (let n = 0; n < options.orders; n++) {
    const run = await order(queues)
    delivered += items.length
    judge(`queues ${round + 1} (${items.length} items), order ${n + 1}`, items, run, first)
    first ??= run
    if (n === options.orders - 1) await checkStore(options.build, run.data, expectThat)
    removeStore(run.data)
  }
}
removeStore(base)
console.log(JSON.stringify({ proof: 'queues', engine, seed: options.seed, rounds: options.rounds, orders: options.orders, items: delivered }))
finish()
