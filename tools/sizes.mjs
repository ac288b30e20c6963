// Limits of size: files 1,200 lines, functions of C 100 lines. Ends with "N passed, N failed" (files).
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), '..'))
const FILE_LINES = 1200, FUNCTION_LINES = 100

// What git keeps or would keep; without git, everything but what is made.
function files() {
  try {
    return execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')
  } catch {
    return execFileSync('find', ['.', '-name', 'node_modules', '-prune', '-o', '-path', './build*', '-prune', '-o', '-path', './var', '-prune',
      '-o', '-type', 'f', '-print'], { encoding: 'utf8' }).split('\n')
  }
}

let passed = 0, failed = 0
for (const file of files().filter((name) => /\.(c|h|sql|ts|vue|mjs|css|def)$|^(run|check)$|^tools\/[a-z]+$/.test(name) && fs.existsSync(name))) {
  if (/api\.gen\.ts$/.test(file)) continue
  const lines = fs.readFileSync(file, 'utf8').split('\n')
  const found = []
  if (lines.length > FILE_LINES) found.push(`${file}: ${lines.length} lines (at most ${FILE_LINES})`)
  if (file.endsWith('.c')) {
    let start = -1
    lines.forEach((line, i) => {
      if (line === '{') start = i
      else if (line === '}' && start >= 0) {
        if (i - start - 1 > FUNCTION_LINES) found.push(`${file}:${start}: a function of ${i - start - 1} lines (at most ${FUNCTION_LINES})`)
        start = -1
      }
    })
  }
  found.forEach((line) => console.log(line))
  found.length ? failed++ : passed++
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
