// Performs the steps of a scenario (see parse.mjs) against a running server, and prepares installations for them.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { events, hangUp, login, raw, request } from '../lib/client.mjs'
import { match } from '../lib/match.mjs'
import { engine, sqlOn } from '../lib/postgres.mjs'
import { redoubtAsync, root, Server, temporaryFolder } from '../lib/server.mjs'
import { expand } from '../lib/words.mjs'
import { parse, quotedBytes, words } from './parse.mjs'

export const here = path.join(root, 'tests/api')
export const password = fs.readFileSync(path.join(here, 'setup/password'), 'utf8').trim()

// ---- bodies and expectations ----

function body(lines, vars, where) {
  if (!lines.length) return undefined
  if (!/^(\||bytes |hex |repeat |file )/.test(lines[0])) return Buffer.from(expand(lines.join('\n'), vars))
  return Buffer.concat(lines.map((line) => {
    let found
    if (line.startsWith('|')) return Buffer.from(expand(line.slice(1).replace(/^ /, ''), vars) + '\n')
    if (line.startsWith('bytes ')) return quotedBytes(expand(line.slice(6), vars), where)
    if (line.startsWith('hex ')) return Buffer.from(line.slice(4).replace(/\s/g, ''), 'hex')
    if ((found = /^repeat (\d+) (".*")$/.exec(line))) {
      const piece = quotedBytes(expand(found[2], vars), where)
      return Buffer.alloc(piece.length * Number(found[1]), piece)
    }
    if ((found = /^file (\S+)(?: (\S+))?$/.exec(line))) {
      const file = path.join(root, found[1])
      return found[2] ? execFileSync('iconv', ['-f', 'UTF-8', '-t', found[2], file], { maxBuffer: 1 << 28 }) : fs.readFileSync(file)
    }
    throw new Error(`${where}: not a body line: ${line}`)
  }))
}

function checkText(text, value, { negative }) {
  if (value.includes(text) !== negative) return null
  return negative ? `must not contain: ${text}` : `does not contain: ${text}`
}

function checkRegex(source, value, vars) {
  const found = new RegExp(source, 'u').exec(value)
  if (!found) return `does not match: ${source}`
  Object.assign(vars, found.groups)
  return null
}

function checkHeader([name, wantedValue], headers, vars) {
  const came = headers[name.toLowerCase()]
  const value = Array.isArray(came) ? came.join('\n') : came
  if (wantedValue === '-') return value === undefined ? null : `header ${name} must not be there: ${value}`
  if (value === undefined) return `header ${name} is missing`
  const regex = /^\/(.*)\/$/.exec(wantedValue)
  if (regex) return checkRegex(regex[1], value, vars) && `header ${name}: ${value} does not match ${wantedValue}`
  const text = expand(wantedValue, vars)
  return value === text ? null : `header ${name}: expected ${text}, got ${value}`
}

function parsePattern(text, vars, where) {
  try {
    return JSON.parse(expand(text, vars))
  } catch (error) {
    throw new Error(`${where}: the expected JSON: ${error.message}`)
  }
}

function checkJson(pattern, text, vars, where) {
  let value
  try {
    value = JSON.parse(text)
  } catch {
    return 'the answer is not JSON'
  }
  return match(parsePattern(pattern, vars, where), value, vars)
}

function checkLines(patterns, text, vars, where) {
  const lines = text.split('\n').filter(Boolean)
  if (lines.length !== patterns.length) return `expected ${patterns.length} lines, got ${lines.length}`
  for (const [i, pattern] of patterns.entries()) {
    const wrong = checkJson(pattern, lines[i], vars, where)
    if (wrong) return `line ${i + 1}: ${wrong}`
  }
  return null
}

function checkAnswer(answer, expect, vars, where) {
  if (answer.status !== expect.status) return `expected ${expect.status}, got ${answer.status}`
  if (expect.socket && (expect.socket === 'closed') !== answer.closed) return `the connection is ${answer.closed ? 'closed' : 'open'}`
  for (const header of expect.headers) {
    const wrong = checkHeader(header, answer.headers, vars)
    if (wrong) return wrong
  }
  for (const contains of expect.contains) {
    const wrong = checkText(expand(contains.text, vars), answer.text, contains)
    if (wrong) return wrong
  }
  for (const source of expect.matches) {
    const wrong = checkRegex(source, answer.text, vars)
    if (wrong) return wrong
  }
  if (expect.lines.length) return checkLines(expect.lines, answer.text, vars, where)
  return expect.json ? checkJson(expect.json, answer.text, vars, where) : null
}

// ---- steps: each returns null, or {wrong, sent, came} ----

const perform = {
  async http(step, run, where) {
    const headers = {}
    const data = body(step.body, run.vars, where)
    if (data && step.method !== 'GET') headers['content-type'] = 'application/json'
    if (step.who) headers.authorization = `Bearer ${run.tokens[step.who] ?? fail(`${where}: ${step.who} has not signed in`)}`
    for (const [name, value] of step.headers) {
      if (value === '-') delete headers[name.toLowerCase()]
      else headers[name.toLowerCase()] = expand(value, run.vars)
    }
    const target = expand(step.path, run.vars)
    let answer
    for (let left = step.expect.tries; left > 0 && answer?.status !== step.expect.status; left--)
      answer = await request(run.server.url, step.method, target, { headers, body: data })
    const wrong = checkAnswer(answer, step.expect, run.vars, where)
    return wrong && { wrong, sent: `${step.method} ${target}\n${data?.subarray(0, 2000) ?? ''}`, came: `${answer.status}\n${answer.text}` }
  },

  async raw(step, run, where) {
    const data = body(step.body, { ...run.vars, port: run.server.port }, where)
    const answer = await raw(run.server.url, data)
    const wrong = checkAnswer(answer, step.expect, run.vars, where)
    return wrong && { wrong, sent: data.subarray(0, 2000).toString('latin1'), came: `${answer.status}\n${answer.text}` }
  },

  async login(step, run) {
    run.tokens[step.who] = await login(run.server.url, step.login, step.password ? expand(step.password, run.vars) : password)
    return null
  },

  async let(step, run) {
    run.vars[step.variable] = expand(step.value, run.vars)
    return null
  },

  async events(step, run) {
    const headers = step.who ? { authorization: `Bearer ${run.tokens[step.who]}` } : {}
    const feed = await events(run.server.url, expand(step.path, run.vars), { headers })
    run.feeds[step.feed] = feed
    return feed.status === 200 ? null : { wrong: `expected 200, got ${feed.status}`, sent: step.path, came: '' }
  },

  async event(step, run, where) {
    const pattern = parsePattern(step.pattern, run.vars, where)
    const feed = run.feeds[step.feed] ?? fail(`${where}: no stream ${step.feed}`)
    const changes = () => feed.events.filter((e) => e.event === 'change').flatMap((e) => JSON.parse(e.data))
    const found = await feed.wait(() => changes().find((change) => !match(pattern, change, run.vars)), step.ms)
    if (!found === step.none) return null
    return { wrong: step.none ? 'such an event came' : `no such event within ${step.ms} ms`, sent: step.pattern, came: JSON.stringify(changes(), null, 1) }
  },

  async cli(step, run, where) {
    const args = words(expand(step.args, run.vars))
    const done = await redoubtAsync(run.build, args.includes('--data') ? args : [...args, '--data', run.data])
    const wrong = checkAnswer({ status: done.status, headers: {}, text: done.out },
      { ...step.expect, status: step.expect.exit, headers: [], lines: [], json: '' }, run.vars, where)
    return wrong && { wrong, sent: args.join(' '), came: done.out }
  },

  async restart(step, run) {
    await end(run)
    await perform.start(step, run)
    return null
  },

  async stop(step, run) {
    await end(run)
    return null
  },

  async start(step, run) {
    await run.server.start(words(expand(step.args, run.vars)))
    run.vars.port = run.server.port
    return null
  },

  async sql(step, run) {
    sqlOn(run.data, expand(step.statement, run.vars))
    return null
  },

  async log(step, run) {
    const wrong = checkText(expand(step.text, run.vars), run.server.log, step)
    return wrong && { wrong, sent: '', came: run.server.log.slice(-3000) }
  },

  async wait(step) {
    await new Promise((resolve) => setTimeout(resolve, step.ms))
    return null
  },
}
const silent = new Set(['login', 'let', 'wait', 'restart', 'start', 'stop', 'sql']) // no expectation of their own: not counted unless they fail

function fail(message) {
  throw new Error(message)
}

/** Ends the server of a run; throws when it did not end well. */
export async function end(run) {
  for (const feed of Object.values(run.feeds)) feed.close()
  run.feeds = {}
  hangUp(run.server.url)
  const wrong = await run.server.stop()
  if (wrong) throw new Error(wrong)
}

function report(step, { wrong, sent, came }) {
  const cut = (text) => text.slice(0, 3000).replace(/^/gm, '    ')
  return `FAILED ${step.file}:${step.line} ${step.name}\n  ${wrong}\n  sent:\n${cut(sent ?? '')}\n  came:\n${cut(came ?? '')}\n`
}

/** Performs steps one after the other; counts and reports in run. */
export async function runSteps(steps, run) {
  for (const step of steps) {
    const where = `${step.file}:${step.line}`
    if (step.engine && step.engine !== engine) {
      run.left.push(`${where} ${step.name}`)
      continue
    }
    let outcome
    try {
      outcome = await perform[step.kind](step, run, where)
    } catch (error) {
      outcome = { wrong: error.message, sent: step.lines.join('\n'), came: run.server.exit ? run.server.log.slice(-3000) : '' }
    }
    if (outcome) {
      run.failed++
      run.reports.push(report(step, outcome))
      if (run.server.exit?.code) break
    } else if (!silent.has(step.kind)) run.passed++
  }
}

/** A data folder made from setup/NAME.setup (command lines of the program) and setup/NAME.test (steps); {data, vars}.
 * more: options of every command, such as --store. */
export async function makeSetup(build, name, more = []) {
  const data = temporaryFolder(`setup-${name}`)
  const lines = fs.readFileSync(path.join(here, 'setup', `${name}.setup`), 'utf8').split('\n')
  for (const line of lines.filter((text) => text.trim() && !text.startsWith('#'))) {
    const { status, out } = await redoubtAsync(build, [...words(line), '--data', data, ...more])
    if (status !== 0) throw new Error(`setup ${name}: redoubt ${line}: exit ${status}\n${out}`)
  }
  const file = path.join(here, 'setup', `${name}.test`)
  const run = newRun(build, data, {}, more)
  if (fs.existsSync(file)) {
    await run.server.start()
    await runSteps(parse(fs.readFileSync(file, 'utf8'), path.relative(root, file)).steps, run)
    await end(run)
    if (run.failed) throw new Error(`setup ${name}:\n${run.reports.join('\n')}`)
  }
  return { data, vars: run.vars }
}

/** The state of one scenario on a copy of a data folder. */
export function newRun(build, data, vars = {}, more = []) {
  return { build, data, vars: { ...vars, data: path.relative(root, data) }, tokens: {}, feeds: {}, reports: [], left: [], passed: 0, failed: 0, server: new Server(build, data, more) }
}
