// Whoever writes into the store past the program is found out, and what was touched is named.
//
//   node tests/proof/tamper.mjs [--build build]        REDOUBT_STORE=postgresql: on PostgreSQL
//
// Each case changes a copy of a good store by SQL. `redoubt journal verify` has to name lane, number and what is wrong;
// `redoubt rebuild --check` the table of a row that does not come from the journal.
import { makeSetup, password } from '../api/scenario.mjs'
import { hangUp, json, login } from '../lib/client.mjs'
import { passage } from '../lib/passage.mjs'
import { copyStore, engine, removeStore, sqlOn } from '../lib/postgres.mjs'
import { redoubtAsync, Server, temporaryFolder } from '../lib/server.mjs'
import { optionsOf, verdict } from '../lib/verdict.mjs'

const options = optionsOf({ build: 'build' })
const { expectThat, finish } = verdict()

const { data: base, vars } = await makeSetup(options.build, 'city')
const server = new Server(options.build, base)
await server.start()
const token = await login(server.url, 'officer', password)
for (let i = 0; i < 20; i++) {
  const { status, text } = await json(server.url, 'POST', '/api/v1/passage', { token, data: passage(vars.post, i) })
  if (status !== 201) throw new Error(`${status} ${text}`)
}
hangUp(server.url)
await server.stop()

const blob = (hex) => (engine === 'sqlite' ? `x'${hex}'` : `'\\x${hex}'::bytea`)
const other = blob('22'.repeat(16)) // an absent id is stored as nothing, and counts as zeros in the chain
const lane = Number(sqlOn(base, "SELECT max(lane) FROM journal WHERE command = 'passage/register'"))
const last = Number(sqlOn(base, `SELECT max(seq) FROM journal WHERE lane = ${lane}`))
const seq = last - 10 // one in the middle, with a passage
const at = `WHERE lane = ${lane} AND seq = ${seq}`
const columns = sqlOn(base, engine === 'sqlite' ? "SELECT group_concat(name, ', ') FROM pragma_table_info('journal')"
  : "SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'journal'::regclass AND attnum > 0 AND NOT attisdropped").split(', ')

/** A copy of the store with this done to it. */
async function tampered(statements, check) {
  const data = temporaryFolder('tamper')
  copyStore(base, data)
  for (const statement of [].concat(statements)) sqlOn(data, statement)
  const done = await redoubtAsync(options.build, [...check, '--data', data])
  removeStore(data)
  return done
}

/** journal verify has to end with 1 and name lane, number and what. */
async function found(what, statements, { on = lane, number, word }) {
  const { status, out } = await tampered(statements, ['journal', 'verify'])
  const named = out.includes(`lane ${on} seq ${number} (${word})`)
  expectThat(`${what} is found and named`, status === 1 && named, `exit ${status}: ${out.trim().slice(-200)}`)
}

const good = await tampered([], ['journal', 'verify'])
expectThat('the store is good before', good.status === 0, good.out.trim().slice(-200))

// Every column that the chain covers, by another value.
const changed = {
  command_id: other, command: "'post/change'", actor_id: 'NULL', place_id: other, device: "'another'", reason: "'another reason'", at_device: 'coalesce(at_device, 0) + 1',
  received: 'received - 60000', payload: other, status: 'status + 1', hash: blob('11'.repeat(32)), changes: "replace(changes, 'pass', 'turn_back')", target_id: other,
}
for (const [column, value] of Object.entries(changed)) await found(`a changed entry (${column})`, `UPDATE journal SET ${column} = ${value} ${at}`, { number: seq, word: 'hash' })
await found('a changed personal value', `UPDATE journal SET personal = replace(personal, 'salt', 'tlas') ${at}`, { number: seq, word: 'personal' })
const uncovered = columns.filter((name) => !(name in changed) && !['lane', 'seq', 'personal'].includes(name))
expectThat('the chain covers every column but the answer, which erasing takes with it', uncovered.sort().join() === 'answer,answer_private', uncovered.join())

await found('an entry that was taken out of the middle', `DELETE FROM journal ${at}`, { number: seq + 1, word: 'gap' })
await found('the first entry taken away', `DELETE FROM journal WHERE lane = ${lane} AND seq = 1`, { number: 2, word: 'gap' })
await found('a taken-out entry whose gap was closed', [`DELETE FROM journal ${at}`, ...Array.from({ length: last - seq }, (_, i) => `UPDATE journal SET seq = ${seq + i} WHERE lane = ${lane} AND seq = ${seq + i + 1}`)], { number: seq, word: 'hash' })
await found('a swapped pair', [`UPDATE journal SET seq = 999999 ${at}`, `UPDATE journal SET seq = ${seq} WHERE lane = ${lane} AND seq = ${seq + 1}`,
  `UPDATE journal SET seq = ${seq + 1} WHERE lane = ${lane} AND seq = 999999`], { number: seq, word: 'hash' })
const copied = columns.map((name) => ({ seq: last + 1, command_id: other })[name] ?? name)
await found('an entry put at the end', `INSERT INTO journal (${columns.join(', ')}) SELECT ${copied.join(', ')} FROM journal ${at}`, { number: last + 1, word: 'hash' })
await found('an entry moved to another lane', `UPDATE journal SET lane = 0, seq = (SELECT max(seq) + 1 FROM journal WHERE lane = 0) WHERE lane = ${lane} AND seq = ${last}`,
  { on: 0, number: Number(sqlOn(base, 'SELECT max(seq) + 1 FROM journal WHERE lane = 0')), word: 'hash' })

await found('the last entry taken away', `DELETE FROM journal WHERE lane = ${lane} AND seq = ${last}`, { number: last, word: 'end' })
await found('a whole lane taken away', `DELETE FROM journal WHERE lane = ${lane}`, { number: 1, word: 'end' })
await found('a head set back', `UPDATE lane_head SET seq = seq - 1 WHERE lane = ${lane}`, { number: last, word: 'end' })

for (const [what, told, statement] of [
  ['a changed row', 'passage: 1 rows differ', "UPDATE passage SET decision = 'turn_back' WHERE id = (SELECT id FROM passage ORDER BY id LIMIT 1)"],
  ['a removed row', 'passage: 1 rows differ', 'DELETE FROM passage WHERE id = (SELECT id FROM passage ORDER BY id LIMIT 1)'],
  ['a changed counter', 'tally: ', "UPDATE tally SET n = n + 1 WHERE measure = 'passage'"],
]) {
  const { status, out } = await tampered(statement, ['rebuild', '--check'])
  expectThat(`${what} is found by the rebuild`, status === 1 && out.includes(told), `exit ${status}: ${out.trim().slice(0, 300)}`)
}
removeStore(base)
finish()
