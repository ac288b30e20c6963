// Does any SQL statement walk through a whole table that grows with the people and passages of a city?
//
// Plans every statement that `redoubt sql` prints on an empty store (so that no statistics hide anything) and looks for SCAN of a
// table that is kept by lane, and for SEARCH of one that uses the lane alone in a named statement: both cost more with each day.
// A statement that has to read all of something says so in its .sql file: `-- walks: reason`. Ends with "N passed, N failed".
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const program = path.join(root, 'build/redoubt')
const run = (file, args, input) => execFileSync(file, args, { cwd: root, encoding: 'utf8', input, maxBuffer: 1 << 26 })
// A handful of rows however large the city is.
const SMALL = new Set(['lane_head'])

/** name -> reason, of the statements that say why they walk. */
function said(folder, found = new Map()) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) said(file, found)
    else if (file.endsWith('.sql'))
      for (const block of fs.readFileSync(file, 'utf8').split(/^-- name: /m).slice(1)) {
        const reason = /^-- walks: (\S.*)/m.exec(block)
        if (reason) found.set(/^\w+/.exec(block)[0], reason[1])
      }
  }
  return found
}

const lines = run(program, ['sql']).split('\n').filter(Boolean)
const byLane = new Set(lines.filter((line) => line.startsWith('-- by lane\t')).map((line) => line.split('\t')[1]).filter((name) => !SMALL.has(name)))
const statements = lines.filter((line) => !line.startsWith('--')).map((line) => line.split('\t'))
const tables = run(program, ['schema'])
const own = fs.readFileSync(path.join(root, 'migrations/0001-start.sql'), 'utf8') + fs.readFileSync(path.join(root, 'migrations/0003-lane-head.sql'), 'utf8')
const asked = statements.map(([name, sql], i) => `SELECT '#${i}';\nEXPLAIN QUERY PLAN ${sql.replace(/;?\s*$/, ';')}\n`)
const plan = run('sqlite3', [':memory:'], `${own}\n${tables}\n${asked.join('')}`)

/** The table behind an alias of a statement. */
function tableOf(sql, alias) {
  if (byLane.has(alias)) return alias
  for (const table of byLane) if (new RegExp(`["\\s(,]${table}"?\\s+(AS\\s+)?${alias}\\b`, 'i').test(` ${sql}`)) return table
  return null
}

const reasons = said(path.join(root, 'src')), needed = new Set()
let failed = 0, at = 0
const tell = (name, text) => { console.log(`${name}: ${text}`); failed++ }
for (const line of plan.split('\n')) {
  const number = /^#(\d+)$/.exec(line)
  if (number) { at = Number(number[1]); continue }
  const scan = /\bSCAN (\w+)/.exec(line) ?? /\bSEARCH (\w+) USING .*\(lane=\?\)$/.exec(line)
  if (!scan) continue
  const [name, sql] = statements[at], table = tableOf(sql, scan[1])
  if (!table) continue
  // Lists and the reading of whole tables are generated, and page by key.
  if (name.includes(' ')) { if (/\bSCAN\b/.test(line) && !/^(scan|hash|all|list) /.test(name)) tell(name, line.trim()); continue }
  needed.add(name)
  if (!reasons.has(name)) tell(name, `walks through ${table}: ${line.replace(/^[\s|`-]+/, '')}`)
}
for (const name of reasons.keys()) if (!needed.has(name)) tell(name, 'says that it walks, and does not')
console.log(`${statements.length - failed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
