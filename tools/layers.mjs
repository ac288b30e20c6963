// Checks every #include "…" of src/ against src/LAYERS. Prints each offence; ends with "N passed, N failed" (files).
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), '..'))

const may = new Map()
const problems = []
fs.readFileSync('src/LAYERS', 'utf8').split('\n').forEach((line, i) => {
  if (!line.trim() || line.startsWith('#')) return
  const [folder, rest] = line.split(':')
  for (const name of rest.trim().split(/\s+/).filter(Boolean))
    if (![...may.keys()].some((known) => known === name || known.startsWith(name + '/')))
      problems.push(`src/LAYERS:${i + 1}: ${name} does not stand above ${folder}`)
  may.set(folder.trim(), rest.trim().split(/\s+/).filter(Boolean))
})

function walk(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`
    return entry.isDirectory() ? walk(file) : /\.(c|h|def)$/.test(entry.name) ? [file] : []
  })
}

/** The folder of LAYERS that a folder belongs to: itself, or the nearest above it. */
function layer(folder) {
  return may.has(folder) ? folder : folder.includes('/') ? layer(path.dirname(folder)) : null
}

function offence(file, folder, target) {
  if (!target.includes('/')) return fs.existsSync(path.join(path.dirname(file), target)) ? 'write the path from src/' : null // a library's
  const other = layer(path.dirname(target))
  if (!fs.existsSync(`src/${target}`)) return 'there is no such file (paths start at src/)'
  if (target.endsWith('.c') && !(file.endsWith('_test.c') && other === folder)) return 'only a test includes a .c file, of its own folder'
  if (other === folder) return null
  if (!may.get(folder).some((name) => other === name || other?.startsWith(name + '/'))) return `src/LAYERS does not let ${folder} include ${other}`
  if (folder.startsWith('domain/') && other.startsWith('domain/') && path.basename(target) !== path.basename(other) + '.h')
    return `of ${other} only its header ${other}/${path.basename(other)}.h may be included`
  return null
}

const files = walk('src').sort()
let bad = 0
for (const file of files) {
  const folder = layer(path.dirname(file).slice('src/'.length))
  const found = []
  if (!folder) found.push(`${file}: src/LAYERS has no line for ${path.dirname(file)}`)
  else
    fs.readFileSync(file, 'utf8').split('\n').forEach((line, i) => {
      const target = /^\s*#\s*include\s*"([^"]+)"/.exec(line)?.[1]
      const why = target && offence(file, folder, target)
      if (why) found.push(`${file}:${i + 1}: "${target}": ${why}`)
    })
  problems.push(...found)
  if (found.length) bad++
}
for (const problem of problems) console.log(problem)
const failed = Math.max(bad, problems.length ? 1 : 0)
console.log(`${files.length - bad} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
