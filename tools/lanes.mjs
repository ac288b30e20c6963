// Is every SQL statement ready for tables that are spread by lane over several servers?
//
// Looks at what `redoubt sql` prints (the modules' named statements, and what is generated) and at the literal statements in
// src/. A statement may join tables by lane only with the same lane on all sides; ON CONFLICT names columns that contain the
// lane; the lane is never changed; nothing is used that does not work across servers. What reads one table in all lanes must
// say so: a comment line `-- across lanes: reason` in the .sql file, the same words in a C comment within the three lines above a
// literal; such a line where none is needed is an offence too. Ends with "N passed, N failed". --list: prints those reads.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

// ---- words and brackets ----

/** Tokens of a statement, brackets as nested lists; names in quotes as bare words, keywords in capitals. */
function tree(sql) {
  const stack = [[]]
  for (const [word] of sql.matchAll(/'(?:[^']|'')*'|"[^"]*"|\$\d+|\d+|[A-Za-z_]\w*|%\.\*s|%[a-z]+|<>|<=|>=|::|\S/g)) {
    if (word === '(') stack.push([])
    else if (word === ')') { const inner = stack.pop(); (stack.at(-1) ?? stack[stack.push([]) - 1]).push(inner) }
    else stack.at(-1).push(word.startsWith('"') ? word.slice(1, -1) : /^[A-Za-z_]/.test(word) && KEYWORDS.has(word.toUpperCase()) ? word.toUpperCase() : word)
  }
  while (stack.length > 1) { const inner = stack.pop(); stack.at(-1).push(inner) }
  return stack[0]
}
const KEYWORDS = new Set(('SELECT FROM WHERE GROUP ORDER HAVING LIMIT OFFSET FOR UNION EXCEPT INTERSECT ALL JOIN LEFT RIGHT FULL INNER OUTER CROSS ' +
  'LATERAL ON AND OR NOT AS INSERT INTO UPDATE DELETE SET VALUES CONFLICT DO RETURNING WITH RECURSIVE ROLLUP CUBE GROUPING MERGE ORDINALITY USING').split(' '))
const CLAUSES = new Set(['SELECT', 'FROM', 'WHERE', 'GROUP', 'ORDER', 'HAVING', 'LIMIT', 'OFFSET', 'FOR', 'SET', 'VALUES', 'RETURNING'])
const isQuery = (x) => Array.isArray(x) && (x[0] === 'SELECT' || (Array.isArray(x[0]) && isQuery(x[0])))

function split(list, word) {
  const parts = [[]]
  for (const x of list) word.includes(x) ? parts.push([]) : parts.at(-1).push(x)
  return parts
}

function clauses(list) {
  const found = {}
  let at = null
  for (const x of list) CLAUSES.has(x) ? (found[(at = x)] = []) : at && found[at].push(x)
  return found
}

// ---- what a statement reads, and by which lane ----

class Reading {
  constructor(byLane) {
    Object.assign(this, { byLane, parent: new Map(), groups: [], count: 0 })
  }

  find(x) {
    while (this.parent.has(x)) x = this.parent.get(x)
    return x
  }

  same(x, y) {
    const [a, b] = [this.find(x), this.find(y)]
    if (a !== b) /^[$\d]|^k\./.test(a) ? this.parent.set(b, a) : this.parent.set(a, b) // what is given stays the root
  }

  /** A table that comes by a pattern of C may be any. */
  spread(name) { return this.byLane.has(name) || name.startsWith('%') }

  /** The key of `alias.lane`, `lane`, `alias.lane_no`, `$1`, `0`, `k.a1`; null for anything else. */
  operand(x, scope) {
    if (x.length === 1 && /^(\$\d+|\d+)$/.test(x[0])) return x[0]
    if (x.length === 1 && x[0] === 'lane') { const own = [...scope.aliases.values()]; return own.length === 1 ? `${own[0].key}.lane` : null }
    if (x.length !== 3 || x[1] !== '.') return null
    for (let at = scope; at; at = at.outer) {
      const table = at.aliases.get(x[0])
      if (table) return x[2] === 'lane' || (x[2] === 'lane_no' && table.name === 'place') ? `${table.key}.${x[2]}` : null
    }
    return null
  }

  /** Equalities that must hold, and the queries inside; gives the tables by lane of those. */
  condition(list, scope) {
    const within = []
    const must = list.includes('OR') ? [] : split(list, ['AND'])
    for (const one of must) {
      const sides = split(one, ['='])
      if (sides.length !== 2) continue
      const [x, y] = sides.map((side) => this.operand(side, scope))
      if (x && y) this.same(x, y)
    }
    const inside = (x) => { if (isQuery(x)) within.push(...this.query(x, scope)); else if (Array.isArray(x)) x.forEach(inside) }
    list.forEach(inside)
    return within
  }

  table(name, alias, scope) {
    const table = { name, key: `${alias}#${this.count++}` }
    scope.aliases.set(alias, table)
    return this.spread(name) ? [table] : []
  }

  from(list, scope) {
    const tables = []
    const conditions = []
    for (const part of split(list, ['JOIN', ','])) {
      const words = part.filter((x) => !['LEFT', 'RIGHT', 'FULL', 'INNER', 'OUTER', 'CROSS', 'LATERAL'].includes(x))
      const on = words.indexOf('ON')
      const [what, ...rest] = (on < 0 ? words : words.slice(0, on)).filter((x) => x !== 'AS')
      if (on >= 0) conditions.push(words.slice(on + 1))
      if (isQuery(what)) tables.push(...this.query(what, scope))
      else if (typeof what === 'string' && !Array.isArray(rest[0])) tables.push(...this.table(what, rest[0] ?? what, scope))
    }
    for (const one of conditions) tables.push(...this.condition(one, scope))
    return tables
  }

  /** Tables by lane that must agree; branches of UNION and queries among the results stand for themselves. */
  query(list, outer) {
    if (Array.isArray(list[0]) && list.length === 1) return this.query(list[0], outer)
    const branches = split(list.filter((x, i) => !(x === 'ALL' && list[i - 1] === 'UNION')), ['UNION', 'EXCEPT', 'INTERSECT'])
    const found = branches.map((branch) => {
      const scope = { aliases: new Map(), outer }
      const { FROM = [], WHERE = [], SELECT = [], HAVING = [] } = clauses(branch)
      const tables = [...this.from(FROM, scope), ...this.condition(WHERE, scope), ...this.condition(HAVING, scope)]
      for (const x of SELECT) if (isQuery(x)) this.groups.push(this.query(x, scope))
      return tables
    })
    if (branches.length === 1) return found[0]
    this.groups.push(...found)
    return []
  }
}

/** { problems, across }: across: reads or writes one table by lane in more lanes than one. */
export function judge(sql, byLane) {
  const reading = new Reading(byLane)
  const problems = []
  const words = tree(sql.replace(/--[^\n]*/g, ' ').trim())
  const flat = words.flat(Infinity)
  const scope = { aliases: new Map(), outer: null }
  for (const bad of ['RECURSIVE', 'ROLLUP', 'CUBE', 'GROUPING', 'MERGE']) if (flat.includes(bad)) problems.push(`${bad} does not work across lanes`)
  if (words[0] === 'INSERT') {
    const [, , name, columns] = words
    const conflict = words.indexOf('CONFLICT')
    if (reading.spread(name) && !(Array.isArray(columns) && columns.includes('lane')) && !name.startsWith('%')) problems.push(`INSERT INTO ${name} does not name the lane`)
    if (conflict >= 0 && !Array.isArray(words[conflict + 1])) problems.push('ON CONFLICT names no columns')
    else if (conflict >= 0 && reading.spread(name) && !words[conflict + 1].includes('lane')) problems.push('the columns of ON CONFLICT do not contain the lane')
    const select = words.indexOf('SELECT')
    if (select >= 0) reading.groups.push(reading.query(words.slice(select, conflict < 0 ? undefined : conflict - 1), null))
  } else if (words[0] === 'UPDATE' || words[0] === 'DELETE') {
    const name = words[words[0] === 'UPDATE' ? 1 : 2]
    const { SET = [], WHERE = [] } = clauses(words.slice(1))
    const own = reading.table(name, name, scope)
    reading.groups.push([...own, ...reading.condition(WHERE, scope)])
    if (own.length && split(SET, [',']).some(([column]) => column === 'lane')) problems.push('the lane of a row is changed')
  } else reading.groups.push(reading.query(words, null))
  let across = false
  for (const group of reading.groups) {
    const lanes = new Set(group.map((table) => reading.find(`${table.key}.lane`)))
    if (lanes.size > 1) problems.push(`joins ${[...new Set(group.map((table) => table.name))].join(', ')} without the same lane on all sides`)
    across ||= [...lanes].some((lane) => !/^[$\d]/.test(lane))
  }
  if (across && clauses(words).FOR?.[0] === 'UPDATE') problems.push('FOR UPDATE over several lanes')
  return { problems, across }
}

/** Offences of a statement with the reason for which it may read all lanes, if it has one. */
export function offences(sql, byLane, reason) {
  const { problems, across } = judge(sql, byLane)
  if (across && !reason) problems.push("reads or writes several lanes: say why, `across lanes: reason`")
  if (!across && reason) problems.push('says `across lanes:` and keeps to one')
  return problems
}

// ---- where statements stand ----

// Put together from pieces; their whole texts: `redoubt sql` (query.c, sqlgen.c). table.c reads and counts whole tables, a page at a
// time in key order, to copy and to compare them; backup.c fills a file of its own, copy.c empties a broken-off target.
const PIECES = new Set(['src/store/query.c', 'src/store/sqlgen.c', 'src/store/table.c'])

/** Literal statements of a C file: adjacent strings as one, what a macro puts between them as a word. */
export function literals(text) {
  const found = []
  const lines = text.split('\n')
  for (const match of text.matchAll(/"(?=(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|MERGE)\b)(?:[^"\\\n]|\\.)*"(?:\s*(?:[A-Z][A-Z_0-9]+|"(?:[^"\\\n]|\\.)*"))*/g)) {
    const sql = match[0].replace(/"((?:[^"\\]|\\.)*)"|([A-Z][A-Z_0-9]+)/g, (_, string, macro) => (macro ? 'lane_and_more' : string))
      .replace(/\\n/g, ' ').replace(/\\(.)/g, '$1').replace(/\s+/g, ' ')
    const line = text.slice(0, match.index).split('\n').length
    const reason = /across lanes:\s*(\S.*)/.exec(lines.slice(Math.max(0, line - 4), line).join('\n'))?.[1]
    if (sql.trim().includes(' ') || sql.endsWith(' ')) found.push({ sql: sql.replace(/\(\s*lane_and_more\s*\)/, '(lane)'), line, reason })
  }
  return found
}

function walk(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`
    return entry.isDirectory() ? walk(file) : /\.[ch]$/.test(entry.name) ? [file] : /\.sql$/.test(entry.name) ? [file] : []
  })
}

function main() {
  process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), '..'))
  const printed = execFileSync('build/redoubt', ['sql'], { encoding: 'utf8' }).trimEnd().split('\n').map((line) => line.split('\t'))
  const byLane = new Set(printed.filter(([what]) => what === '-- by lane').map(([, name]) => name))
  const files = walk('src')
  const reasons = new Map()
  for (const file of files.filter((name) => name.endsWith('.sql')))
    for (const part of fs.readFileSync(file, 'utf8').split(/^-- name:/m).slice(1))
      reasons.set(part.trim().split(/\s/)[0], /^--\s*across lanes:\s*(\S.*)/m.exec(part)?.[1])
  const statements = printed.filter(([what]) => !what.startsWith('--'))
    .map(([name, sql]) => ({ name, sql, reason: reasons.get(name) ?? /\(across lanes: (.*)\)/.exec(name)?.[1] }))
  for (const file of files.filter((name) => name.endsWith('.c') && !PIECES.has(name) && !name.endsWith('_test.c')))
    for (const { sql, line, reason } of literals(fs.readFileSync(file, 'utf8'))) statements.push({ name: `${file}:${line}`, sql, reason })
  let failed = byLane.size < 3 || statements.length < 100 ? 1 : 0 // nothing was looked at
  if (failed) console.log(`only ${byLane.size} tables and ${statements.length} statements`)
  for (const { name, sql, reason } of statements) {
    const found = offences(sql, byLane, reason)
    for (const one of found) console.log(`${name}: ${one}\n    ${sql.slice(0, 200)}`)
    if (found.length) failed++
    else if (reason && process.argv.includes('--list')) console.log(`${name}: ${reason}`)
  }
  console.log(`${statements.length - Math.min(failed, statements.length)} passed, ${failed} failed`)
  process.exit(failed ? 1 : 0)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
