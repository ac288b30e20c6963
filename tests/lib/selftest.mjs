// The test tools are tested too: what must not match does not. Ends with "N passed, N failed".
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

console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
