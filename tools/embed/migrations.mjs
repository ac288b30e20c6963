// migrations/NNNN-name.sql -> the migrations of src/store/migrations.h, in order, without gaps.
import { fail, finish, literal, names, slice, text } from './embed.mjs'

const rows = names('migrations').filter((name) => name.endsWith('.sql')).map((file, i) => {
  const parts = /^(\d{3,4})-([a-z0-9-]+)\.sql$/.exec(file) ?? fail(`migrations/${file}: the name must be NNNN-what.sql`)
  if (Number(parts[1]) !== i + 1) fail(`migrations/${file}: number ${i + 1} is missing`)
  return `    { ${i + 1}, ${literal(parts[2])},\n      ${slice(text('migrations/' + file))} },`
})
finish(['/* Written by tools/embed/migrations.mjs from migrations/. */', '#include "store/migrations.h"', '',
  'const struct migration migrations[] = {', ...rows, '    { 0, NULL, { NULL, 0 } },', '};',
  `const size_t migrations_n = ${rows.length};`, ''].join('\n'))
