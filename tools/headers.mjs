// Every header of src/ compiles alone, with gcc and with clang. Ends with "N passed, N failed" (headers × compilers).
import { execFile, execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), '..'))

const flags = ['-fsyntax-only', '-std=gnu17', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Wshadow', '-Wstrict-prototypes', '-Werror',
  '-Isrc', '-isystem', 'node_modules/better-sqlite3/deps/sqlite3',
  ...execFileSync('pkg-config', ['--cflags', 'libmicrohttpd', 'libsodium', 'libcrypto', 'jansson', 'libpq'], { encoding: 'utf8' }).split(/\s+/).filter(Boolean)]

function walk(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(`${folder}/${entry.name}`) : entry.name.endsWith('.h') ? [`${folder}/${entry.name}`] : [])
}

// Through a file on standard input: as a main file, a header would draw warnings that do not matter.
const jobs = walk('src').sort().flatMap((header) => ['gcc', 'clang'].map((cc) => ({ header, cc })))
let failed = 0
const total = jobs.length
function compile({ header, cc }) {
  return new Promise((done) => {
    const child = execFile(cc, [...flags, '-x', 'c', '-'], (error, _, stderr) => {
      if (error) {
        failed++
        console.log(`${header} does not compile alone with ${cc}:\n${stderr}`)
      }
      done()
    })
    child.stdin.end(`#include "${header.slice('src/'.length)}"\n#include "${header.slice('src/'.length)}"\n`)
  })
}
async function lane() {
  while (jobs.length) await compile(jobs.shift())
}
await Promise.all([lane(), lane()])
console.log(`${total - failed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
