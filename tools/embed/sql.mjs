// src/store/*.sql and src/domain/*/*.sql -> the statements of src/store/sql.h, sorted by name.
//
// A statement is a line `-- name: module_what`, further comment lines (args, rows, why), and SQL up to the next name.
// Each must say how it is bounded, or the build fails: {{scope x.place_id}} in the SQL, or a comment line
// `-- unscoped: reason` (may see every place, and why) or `-- scoped by: what` (its arguments bound it).
import { fail, finish, literal, names, slice, text } from './embed.mjs'

const folders = ['src/store', ...names('src/domain').filter((name) => name.endsWith('/')).map((name) => 'src/domain/' + name.slice(0, -1))]
const statements = new Map()

function take(file) {
  let current = null
  for (const line of text(file).split('\n')) {
    const name = /^-- name:\s*(\S*)\s*$/.exec(line)
    if (name) {
      if (!/^[a-z][a-z0-9_]*$/.test(name[1])) fail(`${file}: bad statement name '${name[1]}'`)
      if (statements.has(name[1])) fail(`${file}: statement ${name[1]} occurs twice (also in ${statements.get(name[1]).file})`)
      current = { file, comments: [], sql: [] }
      statements.set(name[1], current)
    } else if (/^\s*--/.test(line)) current?.comments.push(line)
    else if (line.trim()) {
      if (!current) fail(`${file}: SQL before the first '-- name:' line`)
      current.sql.push(line.trimEnd())
    }
  }
}

for (const folder of folders)
  for (const name of names(folder)) if (name.endsWith('.sql')) take(`${folder}/${name}`)

const sorted = [...statements].sort(([a], [b]) => (a < b ? -1 : 1))
const rows = sorted.map(([name, { file, comments, sql }]) => {
  const body = sql.join('\n').replace(/;\s*$/, '')
  if (!body) fail(`${file}: statement ${name} has no SQL`)
  const bounded = body.includes('{{scope') || comments.some((line) => /^\s*--\s*(unscoped|scoped by):\s*\S/.test(line))
  if (!bounded) fail(`${file}: statement ${name} needs {{scope …}}, '-- unscoped: reason' or '-- scoped by: what'`)
  return `    { ${literal(name)},\n      ${slice(body)} },`
})
finish(['/* Written by tools/embed/sql.mjs from src/store/ and src/domain/. */', '#include "store/sql.h"', '',
  'const struct sql_statement sql_statements[] = {', ...rows, '    { NULL, { NULL, 0 } },', '};',
  `const size_t sql_statements_n = ${rows.length};`, ''].join('\n'))
