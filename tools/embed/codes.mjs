// codes/*.csv -> the code lists of src/model/code.h; codes/right.csv (role,right) -> src/core/rights.h.
import { csv, fail, finish, literal, names, symbol } from './embed.mjs'

const files = names('codes').filter((name) => name.endsWith('.csv'))
const lists = files.map((file) => file.slice(0, -4)).filter((name) => name !== 'right')
const out = ['/* Written by tools/embed/codes.mjs from codes/. */', '#include "core/rights.h"', '#include "model/code.h"', '']

for (const list of lists) {
  const rows = csv(`codes/${list}.csv`)
  const seen = new Set()
  out.push(`static const struct code_item items_${symbol(list)}[] = {`)
  rows.forEach((row, i) => {
    const where = `codes/${list}.csv: row ${i + 2}`
    for (const name of ['code', 'zh', 'en']) if (!row[name]) fail(`${where}: ${name} is missing`)
    if (seen.has(row.code)) fail(`${where}: code ${row.code} occurs twice`)
    seen.add(row.code)
    const cells = ['code', 'zh', 'en', 'standard', 'source'].map((name) => (row[name] ? literal(row[name]) : 'NULL'))
    out.push(`    { ${cells.join(', ')} },`)
  })
  if (!rows.length) fail(`codes/${list}.csv: no codes`)
  out.push('};')
}
out.push('', 'const struct code_list code_lists[] = {')
for (const list of lists) {
  const items = `items_${symbol(list)}`
  out.push(`    { ${literal(list)}, ${items}, sizeof(${items}) / sizeof(${items}[0]) },`)
}
out.push('    { NULL, NULL, 0 },', '};', `const size_t code_lists_n = ${lists.length};`, '')

const rights = files.includes('right.csv') ? csv('codes/right.csv') : []
out.push('const struct role_right role_rights[] = {')
rights.forEach((row, i) => {
  if (!row.role || !row.right) fail(`codes/right.csv: row ${i + 2}: needs role and right`)
  out.push(`    { ${literal(row.role)}, ${literal(row.right)} },`)
})
out.push('    { NULL, NULL },', '};', `const size_t role_rights_n = ${rights.length};`, '')
finish(out.join('\n'))
