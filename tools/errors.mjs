// Every error code of src/base/errors.def occurs in a test. Ends with "N passed, N failed" (codes).
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), '..'))

function walk(folder, ends) {
  if (!fs.existsSync(folder)) return []
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(`${folder}/${entry.name}`, ends) : ends.test(entry.name) ? [`${folder}/${entry.name}`] : [])
}
const tests = [...walk('tests', /(\.test|_test\.c|\.mjs)$/), ...walk('src', /_test\.c$/)]
const text = tests.map((file) => fs.readFileSync(file, 'utf8')).join('\n')

let passed = 0, failed = 0
for (const [, name, code] of fs.readFileSync('src/base/errors.def', 'utf8').matchAll(/^ERR\((\w+), "(\w+)"/gm)) {
  if (new RegExp(`["' ,(]${code}["' ,)\\n]|\\bERR_${name}\\b`).test(text)) passed++
  else {
    failed++
    console.log(`src/base/errors.def: no test meets ${code} (ERR_${name})`)
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
