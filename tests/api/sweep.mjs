// Two sweeps over everything that openapi.json offers, so that a new route cannot be forgotten:
//   1. bad input in every field of every body and every filter: refused with a problem document that names the field,
//      no 5xx, nothing written;
//   2. every read and every command on another district's rows: not found, nothing shown, nothing written.
//
//   node tests/api/sweep.mjs [--build build-asan]        REDOUBT_STORE=postgresql: on PostgreSQL
// Ends with "N passed, N failed" (a field of a route, a filter, a route seen from another district count one each).
import { hangUp, json, login, request } from '../lib/client.mjs'
import { passage } from '../lib/passage.mjs'
import { removeStore } from '../lib/postgres.mjs'
import { Server } from '../lib/server.mjs'
import { uuid } from '../lib/words.mjs'
import { makeSetup, password } from './scenario.mjs'

let build = 'build-asan'
for (let args = process.argv.slice(2); args.length; ) if (args.shift() === '--build') build = args.shift()

const { data, vars } = await makeSetup(build, 'city')
const server = new Server(build, data)
await server.start()
const url = server.url

const ROLES = ['admin', 'command', 'district', 'officer', 'leader', 'auditor']
const tokens = {}
for (const role of [...ROLES, 'other-district', 'other-officer']) tokens[role] = await login(url, role, password)

let passed = 0, failed = 0
function outcome(what, problems) {
  if (!problems.length) { passed++; return }
  failed++
  console.log(`FAILED ${what}\n${problems.slice(0, 6).map((line) => '    ' + line.slice(0, 500)).join('\n')}`)
}

// ---- rows that belong to 浚县, so that there is something not to see ----

async function must(method, target, body, token = tokens.command) {
  const answer = await json(url, method, target, { token, data: body })
  if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`)
  return answer.value
}
await must('POST', '/api/v1/passage', passage(vars.post, 1), tokens.officer)
await must('POST', '/api/v1/passage', passage(vars.post, 2, { temp1: 38.4, decision: 'fever_clinic', handed_to: '浚县人民医院发热门诊',
  device1: 'electronic', handover_place_id: vars.xun, to_address: '东城街道 12 号' }), tokens.officer)

await request(url, 'POST', '/api/v1/batch', { headers: { authorization: `Bearer ${tokens.officer}`, 'content-type': 'application/x-ndjson' },
  body: JSON.stringify({ command: 'passage/register', id: uuid(), data: { post_id: vars.post } }) + '\n' }) // waits in the inbox

// ---- openapi.json ----

const api = (await json(url, 'GET', '/api/v1/openapi.json')).value ?? (await json(url, 'GET', '/api/v1/openapi.json', { token: tokens.admin })).value
if (!api?.paths) throw new Error('no openapi.json')
function resolve(schema) {
  if (schema?.$ref) return resolve(schema.$ref.slice(2).split('/').reduce((at, key) => at[key], api))
  if (schema?.allOf) return schema.allOf.map(resolve).reduce((all, one) => ({ ...all, ...one, properties: { ...all.properties, ...one.properties } }), {})
  return schema ?? {}
}
const prefix = Object.keys(api.paths).every((path) => path.startsWith('/api/v1') || path.startsWith('/healthz') || path.startsWith('/metrics')) ? '' : '/api/v1'
const operations = Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods)
  .filter(([method]) => ['get', 'post', 'patch', 'put', 'delete'].includes(method))
  .map(([method, operation]) => ({ method: method.toUpperCase(), path: path.startsWith('/api/') || /^\/(healthz|metrics)/.test(path) ? path : prefix + path, operation })))

const entityOf = (path) => /^\/api\/v1\/([a-z_]+)/.exec(path)?.[1]
const lists = operations.filter(({ method, path }) => method === 'GET' && /^\/api\/v1\/[a-z_]+$/.test(path)).map(({ path }) => path)

async function items(path, token) {
  const answer = await json(url, 'GET', `${path}?limit=1000`, { token })
  return answer.status === 200 && Array.isArray(answer.value?.items) ? answer.value.items : null
}

/** Rows of each entity as the whole city's office sees them. */
async function everything() {
  const all = new Map()
  for (const path of lists) {
    const rows = (await items(path, tokens.command)) ?? (await items(path, tokens.admin)) ?? (await items(path, tokens.auditor))
    if (rows) all.set(entityOf(path), rows)
  }
  return all
}
const before = await everything()

// ---- 1. bad input ----

/** Values that must not pass for a field of this schema, each with a word for reports. */
function badValues(name, schema) {
  if (!schema.type && !schema.enum) return [] // any JSON: what it must be is checked by tests of its own
  const bad = [['an object', { a: 1 }], ['deep nesting', [[[[[[1]]]]]]]]
  const type = [].concat(schema.type ?? []).find((one) => one !== 'null') ?? (schema.enum ? 'string' : undefined)
  if (type !== 'boolean') bad.push(['true', true])
  if (type === 'boolean') bad.push(['a text', 'perhaps'], ['a number', 3])
  if (type === 'integer' || type === 'number') {
    bad.push(['a text', 'many'], ['far too small', -1e15])
    if (type === 'integer' || schema.multipleOf) bad.push(['too precise', 36.123456])
    if (schema.maximum !== undefined) bad.push(['far too large', 1e15], ['above the maximum', schema.maximum + 1])
    if (schema.minimum !== undefined) bad.push(['below the minimum', schema.minimum - 1])
  }
  if (type === 'string') {
    bad.push(['a number', 12345])
    if (!['date', 'date-time', 'uuid'].includes(schema.format) && !schema.enum) bad.push(['over-long', '长'.repeat((schema.maxLength ?? 5000000 / 3) + 1)])
    bad.push(['a control character', 'a\u0001b'], ['a reversing character', 'a\u202eb'])
    if (schema.enum) bad.push(['an unknown code', 'no_such_code'])
    if (schema.format === 'uuid') bad.push(['not an id', '123'], ['the nil id', '00000000-0000-0000-0000-000000000000'])
    if (schema.format === 'date') bad.push(['no such day', '2020-02-30'], ['a word', 'tomorrow'])
    if (schema.format === 'date-time') bad.push(['no offset', '2020-02-04T10:00:00'], ['no such hour', '2020-02-04T25:00:00+08:00'])
  }
  if (type === 'array') bad.push(['a text', 'a,b'], ['a list of numbers', [1, 2]], ['too many', Array.from({ length: (schema.maxItems ?? 1000) + 1 }, () => 'x')])
  return bad
}

const namesField = (value, name) => value?.problems?.some((problem) => problem.field === name || problem.name === name)

async function refuse(operation, path, body, field, token, headers = {}) {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  const answer = await request(url, operation.method, path, {
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers }, body: text })
  let value = null
  try { value = JSON.parse(answer.text) } catch { /* told below */ }
  const shown = `${operation.method} ${path} ${String(text).slice(0, 160)} -> ${answer.status} ${answer.text.slice(0, 240)}`
  if (answer.status === 429) return null
  if (answer.status < 400 || answer.status >= 500) return `${shown}: not refused`
  if (!/^application\/problem\+json/.test(answer.headers['content-type'] ?? '') || !value?.code) return `${shown}: no problem document`
  if (field && answer.status !== 413 && !namesField(value, field)) return `${shown}: the problem does not name ${field}`
  return null
}

/** A role for which the operation is not forbidden, and the path with a real row. */
async function allowed({ method, path, operation }) {
  const entity = entityOf(path)
  const id = before.get(entity)?.[0]?.id ?? uuid()
  const target = path.replace('{id}', id)
  for (const role of ROLES) {
    const answer = await json(url, method, target, { token: tokens[role], data: { no_such_key: 1 } })
    if (![401, 403, 404].includes(answer.status)) return { target, token: tokens[role] }
  }
  return { target, token: null, public: operation.security?.length === 0 }
}

const bodies = operations.filter(({ method, operation }) => method !== 'GET' && operation.requestBody?.content?.['application/json'])
for (const operation of bodies) {
  const schema = resolve(operation.operation.requestBody.content['application/json'].schema)
  const { target, token } = await allowed(operation)
  const what = `${operation.method} ${operation.path}`
  if (!token) { outcome(what, [`no role of this test may do it: ${target}`]); continue }
  if (/session\/(logout|login)$/.test(target)) continue // would end the session; limited: session.test has them
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const problems = []
    for (const [word, value] of badValues(name, resolve(property))) {
      const wrong = await refuse(operation, target, { [name]: value }, name, token)
      if (wrong) problems.push(`${word}: ${wrong}`)
    }
    outcome(`${what}: ${name}`, problems)
  }
  const whole = [
    await refuse(operation, target, { no_such_key: 1 }, 'no_such_key', token),
    await refuse(operation, target, '{"a":1,"a":2}', null, token),
    await refuse(operation, target, '['.repeat(20000), null, token),
    await refuse(operation, target, Buffer.from('{"a":"\xff"}', 'latin1'), null, token),
    await refuse(operation, target, '{"a":', null, token),
    await refuse(operation, target, '"text"', null, token),
    await refuse(operation, target, '{"a":"' + 'x'.repeat(9000000) + '"}', null, token),
    await refuse(operation, target, '{}', null, token, { 'content-type': 'text/plain' }),
    await refuse(operation, target, {}, null, 'not-a-token'),
  ]
  if (operation.path.includes('{id}')) whole.push(await refuse(operation, operation.path.replace('{id}', 'nonsense'), {}, null, token),
    await refuse(operation, operation.path.replace('{id}', uuid()), {}, null, token))
  outcome(`${what}: the body as a whole`, whole.filter(Boolean))
}

for (const operation of operations.filter(({ method, operation: { parameters } }) => method === 'GET' && parameters?.length)) {
  const target = operation.path.replace('{id}', before.get(entityOf(operation.path))?.[0]?.id ?? uuid())
  for (const parameter of operation.operation.parameters.map(resolve).filter(({ in: where }) => where === 'query')) {
    const schema = resolve(parameter.schema)
    const values = [...(schema.type === 'integer' ? ['-1', 'many', '99999999999999999999'] : []), ...(schema.format ? ['nonsense'] : []),
      ...(schema.enum ? ['no_such_code'] : []), '%ff', '%']
    const problems = []
    for (const value of values) {
      const answer = await json(url, 'GET', `${target}?${parameter.name}=${value}`, { token: tokens.command })
      if (answer.status < 400 || answer.status >= 500) problems.push(`${parameter.name}=${value}: ${answer.status} ${answer.text.slice(0, 200)}`)
    }
    outcome(`GET ${operation.path}?${parameter.name}=`, problems)
  }
  if (!operation.path.includes('{id}')) outcome(`GET ${operation.path}: an unknown filter`, [(await json(url, 'GET', `${target}?no_such_filter=1`, { token: tokens.command }))]
    .filter(({ status }) => status < 400 || status >= 500).map(({ status, text }) => `${status} ${text.slice(0, 200)}`))
}

// ---- 2. another district ----

const foreign = [...before].flatMap(([entity, rows]) => rows
  .filter((row) => row.place_id === vars.xun || row.id === vars.xun).map((row) => ({ entity, id: row.id })))
outcome('there are rows of the district that must not be seen', foreign.length >= 4 ? [] : [JSON.stringify(foreign)])
const foreignIds = foreign.map(({ id }) => id)
const strangers = ['other-district', 'other-officer']

for (const { method, path, operation } of operations) {
  if (/openapi|healthz|metrics|session\/log|\/events|\/me$/.test(path)) continue
  const problems = []
  const targets = path.includes('{id}') ? foreign.filter(({ entity }) => entity === entityOf(path)).map(({ id }) => path.replace('{id}', id)) : [path]
  for (const target of targets) for (const who of strangers) {
    const body = method === 'GET' ? undefined : { reason: '测试', version: 1 }
    if (method !== 'GET' && !path.includes('{id}') && !target.endsWith('/search')) continue
    const query = method === 'GET' && !path.includes('{id}') && lists.includes(path) ? '?limit=1000' : ''
    const answer = await json(url, method, target + query, { token: tokens[who], data: body })
    const seen = foreignIds.filter((id) => answer.text.includes(id) && !(operation.security?.length === 0))
    // Of places the tree itself is known to everyone; what is in it is not.
    if (answer.status < 300 && path.includes('{id}') && entityOf(path) !== 'place') problems.push(`${who} ${method} ${target}: ${answer.status} ${answer.text.slice(0, 200)}`)
    else if (seen.some((id) => id !== vars.xun)) problems.push(`${who} ${method} ${target} shows ${seen}`)
    if (answer.status >= 500) problems.push(`${who} ${method} ${target}: ${answer.status}`)
  }
  if (targets.length) outcome(`another district: ${method} ${path}`, problems)
}

// ---- nothing was written, and it is still well ----

const after = await everything()
const changed = []
for (const [entity, rows] of before) {
  if (entity === 'session') continue
  const seen = new Map(rows.map((row) => [row.id, row.version]))
  for (const row of after.get(entity) ?? []) {
    if (!seen.has(row.id)) changed.push(`${entity} ${row.id} is new`)
    else if (seen.get(row.id) !== row.version) changed.push(`${entity} ${row.id} has changed`)
    seen.delete(row.id)
  }
  for (const id of seen.keys()) changed.push(`${entity} ${id} is gone`)
}
outcome('nothing was written', changed)
outcome('the log has nothing personal', ['安若一', '柏若一', '查若一', '13900000001', '410603195001'].filter((text) => server.log.includes(text)))
hangUp(url)
const ended = await server.stop()
outcome('the server ends well', ended ? [ended] : [])
removeStore(data)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
