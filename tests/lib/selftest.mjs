// The test tools are tested too: what must not match does not. Ends with "N passed, N failed".
import { literals, offences } from '../../tools/lanes.mjs'
import { parse, quotedBytes, words } from '../api/parse.mjs'
import { match } from './match.mjs'
import { documentNumber, expand, instant, uuid } from './words.mjs'

let passed = 0, failed = 0
function expectThat(what, condition) {
  if (condition) passed++
  else { failed++; console.log(`FAILED ${what}`) }
}
const matches = (pattern, value) => match(pattern, value) === null

for (const [pattern, value, expected] of [
  [{ a: 1 }, { a: 1, b: 2 }, true], [{ a: 1 }, { a: 2 }, false], [{ a: 1 }, {}, false], [{ a: '@absent' }, {}, true],
  [{ a: '@absent' }, { a: 0 }, false], [{ a: '@any' }, { a: null }, false], [[1, 2], [1, 2], true], [[1, 2], [1, 2, 3], false],
  [['...', 2], [1, 2], true], [['...', 2, 2], [1, 2], false], [['...', 3], [1, 2], false], ['@uuid', uuid(), true], ['@uuid', 'x', false],
  ['@/^a/', 'abc', true], ['@/^a/', 'bc', false], ['@>= 3', 3, true], ['@> 3', 3, false], ['@> 3', '4', false], ['@length 0', [], true],
  ['@length 1', [], false], ['1', 1, false], [{}, [], false], [[], {}, false], [null, null, true], [null, 0, false],
  ['@instant', '2020-02-04T10:00:00+08:00', true], ['@instant', '2020-02-04', false], ['@not a', 'a', false], ['@not a', 'b', true],
]) expectThat(`match ${JSON.stringify(pattern)} ${JSON.stringify(value)} is ${expected}`, matches(pattern, value) === expected)

const vars = {}
match({ id: '${x:int}', other: 1 }, { id: 5, other: 2 }, vars)
expectThat('nothing is captured when it does not match', !('x' in vars))
match({ id: '${x:int}' }, { id: 5 }, vars)
expectThat('captures', vars.x === 5)
expectThat('GB 11643 check character', documentNumber('11010519491231002') === '11010519491231002X')
expectThat('expand', expand('a ${x} ${id:uuid}', { x: 7 }) === 'a 7 ${id:uuid}')
expectThat('instant', instant(0) === '1970-01-01T08:00:00+08:00')
expectThat('bytes', quotedBytes('"a\\xff\\r\\"é"', '').equals(Buffer.from([97, 255, 13, 34, 0xc3, 0xa9])))
expectThat('words', JSON.stringify(words('a "b c" d')) === '["a","b c","d"]')
const { steps, setup } = parse('setup: small\n\n# name\nPOST /x as me\nA: b\n{"a":\n1}\n201\nB: /c/\n{"d":1}\n\nGET /y\n404\n', 'f')
expectThat('parse', setup === 'small' && steps.length === 2 && steps[0].name === 'name' && steps[0].who === 'me' &&
  steps[0].body.length === 2 && steps[0].expect.status === 201 && steps[0].expect.json === '{"d":1}' && steps[1].expect.status === 404)
const left = parse('# about files\nengine: sqlite\n\nGET /y\n404\n\nengine: postgresql\nGET /z\n404\n', 'f')
expectThat('parse: engines', left.engine === 'sqlite' && !left.steps[0].engine && left.steps[1].engine === 'postgresql' && left.steps[1].path === '/z')
let refused = false
try { parse('GET /y\n', 'f') } catch { refused = true }
expectThat('a step without a status is refused', refused)

// tools/lanes.mjs: what must be found, and what must not
const byLane = new Set(['passage', 'person', 'tally', 'lane_head'])
for (const [sql, reason, offence] of [
  ['SELECT 1 FROM passage x WHERE x.lane = $1', null, null],
  ['SELECT 1 FROM passage WHERE lane = $1 AND id = $2', null, null],
  ['SELECT 1 FROM place p WHERE p.path >= $1', null, null],
  ['SELECT 1 FROM passage x WHERE x.plate = $1', null, /several lanes/],
  ['SELECT 1 FROM passage x WHERE x.plate = $1', 'any checkpoint', null],
  ['SELECT 1 FROM passage x WHERE x.lane = $1', 'not so', /keeps to one/],
  ['SELECT 1 FROM passage x WHERE x.lane = $1 OR x.plate = $2', null, /several lanes/],
  ['SELECT 1 FROM passage x WHERE x.lane > $1', null, /several lanes/],
  ['SELECT 1 FROM passage x JOIN person p ON p.id = x.person_id WHERE x.lane = $1', null, /without the same lane/],
  ['SELECT 1 FROM passage x JOIN person p ON p.id = x.person_id WHERE x.lane = $1', 'a reason does not help', /without the same lane/],
  ['SELECT 1 FROM passage x, person p WHERE p.id = x.person_id AND x.lane = $1 AND p.lane = $2', null, /without the same lane/],
  ['SELECT 1 FROM passage x, person p WHERE p.id = x.person_id AND x.lane = $1 AND p.lane = $1', null, null],
  ['SELECT 1 FROM passage x JOIN person p ON p.lane = x.lane AND p.id = x.person_id WHERE x.lane = $1', null, null],
  ['SELECT 1 FROM person p WHERE p.lane = $1 AND p.id NOT IN (SELECT x.person_id FROM passage x)', null, /without the same lane/],
  ['SELECT 1 FROM person p WHERE p.lane = $1 AND EXISTS (SELECT 1 FROM passage x WHERE x.lane = p.lane)', null, null],
  ['SELECT 1 FROM (SELECT * FROM passage x) y JOIN person p ON p.lane = $1', null, /without the same lane/],
  ['SELECT 1 FROM place l JOIN tally t ON t.lane = l.lane_no WHERE l.lane = 0', null, /several lanes/],
  ['SELECT * FROM (SELECT 1 FROM passage t WHERE t.lane = $1) a UNION ALL SELECT * FROM (SELECT 1 FROM passage t WHERE t.lane = $2) b', null, null],
  ['SELECT seq FROM lane_head WHERE lane = $1 FOR UPDATE', null, null],
  ['SELECT seq FROM lane_head FOR UPDATE', 'a queue', /FOR UPDATE/],
  ['UPDATE passage SET plate = $2 WHERE lane = $1', null, null],
  ['UPDATE passage SET lane = $2 WHERE lane = $1', null, /lane of a row/],
  ['UPDATE passage SET plate = $2 WHERE id = $1', null, /several lanes/],
  ['DELETE FROM passage', null, /several lanes/],
  ['INSERT INTO tally (lane, n) VALUES ($1, $2) ON CONFLICT (lane) DO UPDATE SET n = tally.n + excluded.n', null, null],
  ['INSERT INTO tally (lane, n) VALUES ($1, $2) ON CONFLICT (n) DO NOTHING', null, /ON CONFLICT do not contain/],
  ['INSERT INTO tally (lane, n) VALUES ($1, $2) ON CONFLICT DO NOTHING', null, /names no columns/],
  ['INSERT INTO tally (n) VALUES ($1)', null, /does not name the lane/],
  ['SELECT "plate", count(*) FROM passage x WHERE x."lane" = $1 GROUP BY ROLLUP (1)', null, /ROLLUP/],
  ['SELECT * FROM "%s" ORDER BY lane', null, /several lanes/],
]) {
  const found = offences(sql, byLane, reason).join('; ')
  expectThat(`lanes: ${sql} (${reason}): ${found}`, offence ? offence.test(found) : found === '')
}
const [one, two] = literals('/* across lanes: all of it */\nf(S("SELECT " COLUMNS " FROM passage "\n  "ORDER BY lane"));\n\n\n\ng("DELETE FROM person");')
expectThat('lanes: literals of C', one?.sql === 'SELECT lane_and_more FROM passage ORDER BY lane' && one.reason && two?.sql === 'DELETE FROM person' && !two.reason)

console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
