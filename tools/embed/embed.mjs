// What the embed tools share: reading, C literals, writing only what changed, depfiles. Plain Node, no packages.
import fs from 'node:fs'
import path from 'node:path'

const [, , root, output, depfile] = process.argv
export { root, output }

// Everything read, also folders: ninja runs the tool again when a file is added to one of them.
const read = new Set()

/** Sorted names in a folder of the tree, or [] when there is no such folder; folders end with '/'. */
export function names(folder) {
  const full = path.join(root, folder)
  if (!fs.existsSync(full)) {
    read.add(path.dirname(full))
    return []
  }
  read.add(full)
  return fs.readdirSync(full, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => entry.name + (entry.isDirectory() ? '/' : ''))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/** All files below a folder, as paths relative to it. */
export function walk(folder) {
  return names(folder).flatMap((name) =>
    name.endsWith('/') ? walk(path.join(folder, name)).map((rest) => name + rest) : [name])
}

export function bytes(file) {
  const full = path.join(root, file)
  read.add(full)
  return fs.readFileSync(full)
}

export function text(file) {
  const data = bytes(file)
  const decoded = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  try {
    return decoded.decode(data).replace(/\r\n/g, '\n')
  } catch {
    return fail(`${file}: not valid UTF-8`)
  }
}

export function fail(message) {
  console.error(message)
  process.exit(1)
}

/** A C string literal, one source line per line of text. */
export function literal(value) {
  if (value === undefined || value === null) return 'NULL'
  const lines = value.split('\n')
  const rows = lines.map((line, i) => escape(line) + (i < lines.length - 1 ? '\\n' : ''))
  const shown = rows.filter((row, i) => row !== '' || (i === 0 && rows.length === 1))
  return shown.map((row) => `"${row}"`).join('\n        ')
}

function escape(line) {
  return line.replace(/[\\"]/g, (c) => '\\' + c).replace(/\t/g, '\\t')
    // eslint-disable-next-line no-control-regex
    .replace(/[\x00-\x1f\x7f]/g, (c) => '\\' + c.charCodeAt(0).toString(8).padStart(3, '0'))
}

/** A struct str initialiser. */
export function slice(value) {
  return `{ ${literal(value)}, ${Buffer.byteLength(value)} }`
}

export function symbol(name) {
  return name.replace(/[^A-Za-z0-9]/g, '_')
}

/** CSV records of a small, well-formed file: quotes, doubled quotes, line ends in quotes. */
export function csv(file) {
  const source = text(file)
  const records = []
  let cells = [], cell = '', quoted = false
  for (let i = 0; i < source.length; i++) {
    const c = source[i]
    if (quoted) {
      if (c !== '"') cell += c
      else if (source[i + 1] === '"') { cell += '"'; i++ }
      else quoted = false
    } else if (c === '"') quoted = true
    else if (c === ',') { cells.push(cell); cell = '' }
    else if (c === '\n') { records.push([...cells, cell]); cells = []; cell = '' }
    else cell += c
  }
  if (cell !== '' || cells.length) records.push([...cells, cell])
  const rows = records.filter((record) => record.some((value) => value !== ''))
  const header = rows.shift() ?? fail(`${file}: empty`)
  return rows.map((record, i) => {
    if (record.length > header.length) fail(`${file}: row ${i + 2} has more cells than the header`)
    return Object.fromEntries(header.map((name, at) => [name, (record[at] ?? '').trim()]))
  })
}

export function write(file, data) {
  const content = Buffer.from(data)
  if (fs.existsSync(file) && fs.readFileSync(file).equals(content)) return
  fs.writeFileSync(file, content)
}

/** Writes the C file and the depfile. */
export function finish(source) {
  write(output, source)
  const spaces = (file) => file.replace(/ /g, '\\ ')
  fs.writeFileSync(depfile, `${spaces(output)}: ${[...read].map(spaces).join(' ')}\n`)
}
