// Load whose every request is accounted for. Writers on several connections register passages with ids of their own, one by
// one and in batches, on one server or several of one store. What got no answer is sent again, the same id and content, as
// a phone does, to whichever server answers; what was answered with success is acknowledged and has to be there, once.
import { hangUp, json, request } from './client.mjs'
import { passage } from './passage.mjs'
import { sqlOn } from './postgres.mjs'
import { redoubtAsync } from './server.mjs'

const BATCH_LINES = 20
const RETRY = new Set([503, 507]) // try again later: nothing was written

export class Load {
  /** servers: of one store; token: valid on all of them; random: see random.mjs. */
  constructor(servers, token, post, random, { writers = 12 } = {}) {
    Object.assign(this, { servers, token, post, random, writers, on: false })
    this.sent = new Map()          // id -> body
    this.acknowledged = new Map()  // id -> when the answer was here, ms
    this.unanswered = new Set()    // sent, no answer: may be there or not, sent again later
    this.problems = []             // answers that nobody should get
    this.refusals = {}             // status of RETRY -> how many
    this.people = 0
  }

  start() {
    this.on = true
    this.working = Array.from({ length: this.writers }, (_, i) => this.#writer(i))
  }

  /** Lets what is under way be answered. */
  async stop() {
    this.on = false
    await Promise.all(this.working)
    for (const server of this.servers) hangUp(server.url)
  }

  /** Sends again what got no answer, until all of it has one, or the time is over. */
  async drain(ms = 30000) {
    for (const until = Date.now() + ms; this.unanswered.size && Date.now() < until; ) {
      const bodies = [...this.unanswered].slice(0, BATCH_LINES).map((id) => this.sent.get(id))
      const good = await this.#batch(this.servers[0], bodies).catch(() => false)
      if (!good) await new Promise((resolve) => setTimeout(resolve, 100))
    }
    hangUp(this.servers[0].url)
  }

  #next() {
    const body = passage(this.post, this.people++)
    this.sent.set(body.id, body)
    return body
  }

  #answered(id, status, what, text, headers = null) {
    if (RETRY.has(status)) {
      this.refusals[status] = (this.refusals[status] ?? 0) + 1
      if (headers && status === 503 && !headers['retry-after']) this.#wrong(`${what}: 503 without Retry-After`)
      return
    }
    this.unanswered.delete(id)
    if (status === 201 || status === 200) this.acknowledged.set(id, Date.now())
    else this.#wrong(`${what}: ${status} ${text.slice(0, 300)}`)
  }

  #wrong(text) {
    if (this.problems.length < 20) this.problems.push(text)
  }

  /** One passage of its own. A broken connection leaves it unanswered. */
  async #one(server, body) {
    this.unanswered.add(body.id)
    const { status, text, headers } = await json(server.url, 'POST', '/api/v1/passage', { token: this.token, data: body })
    this.#answered(body.id, status, 'POST /api/v1/passage', text, headers)
    return !RETRY.has(status)
  }

  async #batch(server, bodies) {
    for (const { id } of bodies) this.unanswered.add(id)
    const lines = bodies.map(({ id, ...data }) => JSON.stringify({ command: 'passage/register', id, at: data.passed_at, data }) + '\n')
    const { status, text, headers } = await request(server.url, 'POST', '/api/v1/batch', {
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/x-ndjson' }, body: lines.join(''),
    })
    if (status !== 200) {
      if (RETRY.has(status)) this.#answered(null, status, 'POST /api/v1/batch', text, headers)
      else this.#wrong(`POST /api/v1/batch: ${status} ${text.slice(0, 300)}`)
      return false
    }
    let good = true
    for (const line of text.split('\n').filter(Boolean)) {
      let answer
      try { answer = JSON.parse(line) } catch { return false } // the last line was cut off
      this.#answered(answer.id, answer.status, 'a line of a batch', line)
      good &&= !RETRY.has(answer.status)
    }
    return good
  }

  async #writer(number) {
    const { random } = this
    for (let turn = number; this.on; turn++) {
      const server = this.servers[turn % this.servers.length]
      let good = false
      try {
        const again = [...this.unanswered].filter(() => random() < 0.3).slice(0, BATCH_LINES).map((id) => this.sent.get(id))
        if (again.length) good = await this.#batch(server, again)
        else if (random() < 0.2) good = await this.#batch(server, Array.from({ length: BATCH_LINES }, () => this.#next()))
        else good = await this.#one(server, this.#next())
      } catch { /* the server is gone: the outcome is unknown */ }
      if (!good && this.on) await new Promise((resolve) => setTimeout(resolve, 5 + random() * 20))
    }
  }
}

/** How often each passage is in the list. */
export async function everyPassage(url, token) {
  const ids = new Map()
  for (let after = ''; after !== null; ) {
    const { status, value, text } = await json(url, 'GET', `/api/v1/passage?limit=1000&sort=passed_at${after && `&after=${encodeURIComponent(after)}`}`, { token })
    if (status !== 200) throw new Error(`list: ${status} ${text.slice(0, 300)}`)
    for (const { id } of value.items) ids.set(id, (ids.get(id) ?? 0) + 1)
    after = value.next
  }
  return ids
}

/** Passages of the last hours (which may be two days) by the live screen's counters. desk: token of a command office. */
async function counted(url, desk) {
  let n = 0
  for (const day of new Set([Date.now(), Date.now() - 3600000].map((ms) => new Date(ms + 8 * 3600000).toISOString().slice(0, 10))))
    n += (await json(url, 'GET', `/api/v1/live?day=${day}`, { token: desk })).value?.totals?.passage ?? NaN
  return n
}

/** Compares a served store with what the load knows; {lost, doubled}. */
export async function checkLoad(load, server, desk, expectThat) {
  const there = await everyPassage(server.url, load.token)
  const lost = [...load.acknowledged.keys()].filter((id) => !there.has(id))
  const doubled = [...there].filter(([, n]) => n > 1)
  const foreign = [...there.keys()].filter((id) => !load.sent.has(id))
  const shown = await counted(server.url, desk)
  hangUp(server.url)
  expectThat('nothing was refused that should not be', load.problems.length === 0, load.problems.join('\n'))
  expectThat('every acknowledged passage is there', lost.length === 0, `${lost.length} lost of ${load.acknowledged.size} ${lost.slice(0, 5)}`)
  expectThat('no passage is there twice', doubled.length === 0, `${doubled.length} doubled`)
  expectThat('nothing is there that was not sent', foreign.length === 0, `${foreign.length} foreign`)
  expectThat('the counters agree with the rows', shown === there.size, `counted ${shown}, rows ${there.size}`)
  return { lost_acknowledged: lost.length, doubled: doubled.length, rows: there.size }
}

/** Chain, rows and journal of a stopped store; how many commands stand in the journal twice. */
export async function checkStore(build, data, expectThat) {
  const twice = Number(sqlOn(data, "SELECT count(*) - count(DISTINCT command_id) FROM journal WHERE command = 'passage/register'"))
  expectThat('no command stands in the journal twice', twice === 0, `${twice} doubled`)
  for (const args of [['journal', 'verify'], ['rebuild', '--check']]) {
    const { status, out } = await redoubtAsync(build, [...args, '--data', data])
    expectThat(`redoubt ${args.join(' ')}`, status === 0, out.trim().slice(-500))
  }
  return twice
}
