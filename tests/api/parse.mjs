// The text format of tests/api/*.test.
//
//   # A comment. The one right above a step names it.
//   setup: city                                which tests/api/setup/<name>.setup it starts from (city)
//   engine: sqlite                             only on this engine: the whole file, or as the first line of a step that step
//
//   login officer                              signs in; the account and the name are the same,
//   login boss as desk1 Password-of-desk1      or not; without a password the one of tests/api/setup/password
//
//   let card = ${idcard:41062119900101123}     a value for later; ${…}: see tests/lib/words.mjs
//
//   POST /api/v1/passage as officer            a step: request line, headers, body, expected status, expectations
//   Idempotency-Key: ${uuid}
//   {"decision":"pass",
//    "doc_no":"${card}"}
//   201
//   Content-Type: /json/                       a header: exact text, or /regex/, whose named groups become values; - for none
//   {"id":"${id:uuid}","decision":"pass"}      a pattern: see tests/lib/match.mjs
//
// Steps are parted by blank lines. Other bodies, put together from lines:
//   | text                  the line and a newline (NDJSON, CSV); `|` alone is an empty line
//   bytes "a\xff\r\n"       exactly these bytes
//   hex 00 ff
//   repeat 5000 "["         text, many times
//   file PATH [ENCODING]    a file of the tree, converted to the encoding by iconv
// Other expectations on the body:
//   contains: TEXT          !contains: TEXT          matches: REGEX (named groups become values)
//   tries: 45               sends it again, up to so many times, until the status is the expected one
//   | {"status":201}        one line of an NDJSON answer, a pattern each, all of them
// Other steps:
//   RAW                     bytes straight to the socket; status 0: closed without an answer; then `closed` or `open` may follow
//   EVENTS feed PATH as desk           opens a stream of events (expects 200)
//   event feed within 1000 PATTERN     waits until one of the stream's changes matches; `no event feed within 500 PATTERN`
//   cli import place x.csv             the program, with --data ${data} unless it says so itself; then `exit 0` and contains/matches on its output
//   restart [OPTIONS]                  ends and starts the server; also: stop, start [OPTIONS]
//   sql STATEMENT                      on the store of a stopped server: for states that no request leads to
//   log !contains: TEXT                what the server has printed so far (also: contains)
//   wait 1200                          milliseconds

const METHODS = /^(GET|POST|PATCH|PUT|DELETE|HEAD|OPTIONS|TRACE|BREW) /
const HEADER = /^([A-Za-z][A-Za-z0-9-]*): ?(.*)$/

export function parse(text, file) {
  const steps = []
  let setup = 'city', engine = null, comment = '', block = [], blockLine = 0
  const flush = () => {
    if (block.length) steps.push({ file, line: blockLine, name: comment, lines: block, ...step(block, `${file}:${blockLine}`) })
    if (block.length) comment = ''
    block = []
  }
  const lines = text.split('\n')
  lines.forEach((line, i) => {
    if (/^\s*$/.test(line)) flush()
    else if (!block.length && line.startsWith('#')) comment = line.replace(/^#+\s*/, '')
    else if (!block.length && line.startsWith('setup:')) setup = line.slice(6).trim()
    else if (!block.length && !steps.length && /^engine: \w+$/.test(line) && lines[i + 1] === '') engine = line.slice(8)
    else {
      if (!block.length) blockLine = i + 1
      block.push(line)
    }
  })
  flush()
  return { setup, engine, steps }
}

function step(lines, where) {
  const only = /^engine: (sqlite|postgresql)$/.exec(lines[0])
  if (only) return { ...step(lines.slice(1), where), engine: only[1] }
  const [first] = lines
  let found
  if (METHODS.test(first)) return http(lines, where)
  if (first === 'RAW') return { kind: 'raw', ...bodyAndExpectation(lines.slice(1), where) }
  if ((found = /^login (\S+)(?: as (\S+))?(?: (\S+))?$/.exec(first))) return { kind: 'login', who: found[1], login: found[2] ?? found[1], password: found[3] }
  if ((found = /^let (\w+) = (.*)$/.exec(first))) return { kind: 'let', variable: found[1], value: found[2] }
  if ((found = /^EVENTS (\w+) (\S+)(?: as (\S+))?$/.exec(first))) return { kind: 'events', feed: found[1], path: found[2], who: found[3] }
  if ((found = /^(no )?event (\w+) within (\d+) ?([^]*)$/.exec(lines.join('\n'))))
    return { kind: 'event', none: !!found[1], feed: found[2], ms: Number(found[3]), pattern: found[4] || '{}' }
  if ((found = /^cli (.*)$/.exec(first))) return { kind: 'cli', args: found[1], ...cliExpectation(lines.slice(1), where) }
  if ((found = /^(restart|start|stop)(?: (.*))?$/.exec(first))) return { kind: found[1], args: found[2] ?? '' }
  if ((found = /^sql (.*)$/.exec(first))) return { kind: 'sql', statement: found[1] }
  if ((found = /^log (!?)contains: (.*)$/.exec(first))) return { kind: 'log', negative: !!found[1], text: found[2] }
  if ((found = /^wait (\d+)$/.exec(first))) return { kind: 'wait', ms: Number(found[1]) }
  throw new Error(`${where}: not a step: ${first}`)
}

function http(lines, where) {
  const [, method, path, who] = /^(\S+) (.+?)(?: as (\S+))?$/.exec(lines[0])
  const headers = []
  let at = 1
  for (; at < lines.length && HEADER.test(lines[at]); at++) headers.push(HEADER.exec(lines[at]).slice(1))
  return { kind: 'http', method, path, who, headers, ...bodyAndExpectation(lines.slice(at), where) }
}

function bodyAndExpectation(lines, where) {
  const at = lines.findIndex((line) => /^([1-5]\d\d|0)$/.test(line))
  if (at < 0) throw new Error(`${where}: no expected status`)
  const expect = { status: Number(lines[at]), headers: [], contains: [], matches: [], lines: [], json: '', socket: null, tries: 1 }
  let json = []
  for (const line of lines.slice(at + 1)) {
    const text = /^(!?)contains: (.*)$/.exec(line)
    if (text) expect.contains.push({ negative: !!text[1], text: text[2] })
    else if (line.startsWith('matches: ')) expect.matches.push(line.slice(9))
    else if (line === 'closed' || line === 'open') expect.socket = line
    else if (/^tries: \d+$/.test(line)) expect.tries = Number(line.slice(7))
    else if (line.startsWith('| ')) expect.lines.push(line.slice(2))
    else if (!json.length && HEADER.test(line)) expect.headers.push(HEADER.exec(line).slice(1))
    else json.push(line)
  }
  expect.json = json.join('\n')
  return { body: lines.slice(0, at), expect }
}

function cliExpectation(lines, where) {
  const expect = { exit: null, contains: [], matches: [] }
  for (const line of lines) {
    const text = /^(!?)contains: (.*)$/.exec(line)
    if (text) expect.contains.push({ negative: !!text[1], text: text[2] })
    else if (line.startsWith('matches: ')) expect.matches.push(line.slice(9))
    else if (/^exit \d+$/.test(line)) expect.exit = Number(line.slice(5))
    else throw new Error(`${where}: not an expectation on the command line: ${line}`)
  }
  if (expect.exit === null) throw new Error(`${where}: no expected exit`)
  return { expect }
}

/** The words of a command line: blanks part, double quotes hold together. */
export function words(text) {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => (quoted !== undefined ? quoted.replace(/\\(.)/g, '$1') : plain))
}

/** The bytes of "…" with \r \n \t \0 \" \\ \xNN; other characters as UTF-8. */
export function quotedBytes(text, where) {
  if (!/^".*"$/s.test(text)) throw new Error(`${where}: expected "…", got ${text}`)
  const pieces = []
  for (const [piece] of text.slice(1, -1).matchAll(/\\x[0-9a-fA-F]{2}|\\.|[^\\]+/gs)) {
    if (piece.startsWith('\\x')) pieces.push(Buffer.from(piece.slice(2), 'hex'))
    else if (piece.startsWith('\\')) pieces.push(Buffer.from({ r: '\r', n: '\n', t: '\t', 0: '\0' }[piece[1]] ?? piece[1]))
    else pieces.push(Buffer.from(piece))
  }
  return Buffer.concat(pieces)
}
