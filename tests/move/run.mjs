// Moving, backup, restore: an installation goes from SQLite to SQLite to PostgreSQL and back and is the same; broken-off
// copies go on or begin anew; backups under load hold what was acknowledged before they began; increments follow each other,
// and what was erased stays erased; everything that cannot work is refused in one line with nothing changed.
//
//   node tests/move/run.mjs [copy] [backup] [--build build] [--seed N]
import { execFileSync, spawn } from 'node:child_process'
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { makeSetup, password } from '../api/scenario.mjs'
import { hangUp, json, login } from '../lib/client.mjs'
import { Load } from '../lib/load.mjs'
import { passage } from '../lib/passage.mjs'
import { database, psql } from '../lib/postgres.mjs'
import { newSeed, seeded } from '../lib/random.mjs'
import { environment, redoubtAsync, root, Server, temporaryFolder } from '../lib/server.mjs'
import { smallFileSystem } from '../lib/smallfs.mjs'
import { optionsOf, verdict } from '../lib/verdict.mjs'
import { instant } from '../lib/words.mjs'

const options = optionsOf({ build: 'build', seed: newSeed() })
const { expectThat, finish } = verdict()
const wanted = (part) => !options.words.length || options.words.includes(part)
const home = temporaryFolder('move')
process.on('exit', () => fs.rmSync(home, { recursive: true, force: true }))
const at = (...names) => path.join(home, ...names)
const store = (name) => at(name, 'redoubt.db')

const run = (...args) => redoubtAsync(options.build, args)
const tail = ({ status, out }) => `exit ${status}: ${out.trim().slice(-400)}`
const hashOf = (file) => crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex')
const sqlite = (file, statement) => execFileSync('sqlite3', ['-bail', file, statement], { encoding: 'utf8', maxBuffer: 1 << 30 }).trimEnd()

async function works(what, ...args) {
  const done = await run(...args)
  expectThat(what, done.status === 0, done.status === 0 ? '' : tail(done))
  return done
}

/** Exit 2 and one line in both languages that matches. */
async function refused(what, pattern, ...args) {
  const done = await run(...args)
  const lines = done.out.trim().split('\n')
  const clear = lines.length === 1 && /[\u4e00-\u9fff].* · .*[a-z]/u.test(lines[0]) && pattern.test(lines[0])
  expectThat(`refused: ${what}`, done.status === 2 && clear, done.status === 2 && clear ? '' : tail(done))
}

/** What a SQLite store holds: table -> digest of its rows in key order. Counters at nought count as absent. */
function contents(file) {
  const tables = sqlite(file, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('migration', 'backup_table') ORDER BY name").split('\n')
  return Object.fromEntries(tables.map((name) => [name, crypto.createHash('sha256').update(execFileSync('sqlite3',
    [file, '.mode quote', `SELECT * FROM "${name}" ${{ tally: 'WHERE n <> 0', lane_head: 'WHERE seq > 0' }[name] ?? ''} ORDER BY 1, 2, 3${name === 'tally' ? ', 4, 5' : ''}`.replace(
      ', 2, 3', name === 'installation' ? ', 2' : ', 2, 3')], { maxBuffer: 1 << 30 })).digest('hex')]))
}

function same(what, x, y) {
  const [a, b] = [contents(x), contents(y)]
  const different = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name])
  expectThat(what, different.length === 0 && Object.keys(a).length > 15, different.join(' '))
}

/** table -> rows and sum, from what `store copy` prints. */
const sums = (out) => Object.fromEntries([...out.matchAll(/^(\w+) +(\d+) +([0-9a-f]{16}) +equal$/gm)].map(([, name, rows, sum]) => [name, `${rows} ${sum}`]))

async function good(what, ...where) {
  await works(`${what}: the chain verifies`, 'journal', 'verify', ...where)
  await works(`${what}: a rebuild is equal`, 'rebuild', '--check', ...where)
}

/** Starts a copy and kills it in the middle; true when it was the middle. */
async function killed(args, middle) {
  const child = spawn(path.join(root, options.build, 'redoubt'), args, { cwd: root, env: environment, stdio: 'ignore' })
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal)))
  const until = Date.now() + 60000
  while (child.exitCode === null && Date.now() < until && !middle()) await new Promise((resolve) => setTimeout(resolve, 2))
  child.kill('SIGKILL')
  return (await ended) === 'SIGKILL'
}

const bytes = (file) => ['', '-wal'].reduce((sum, end) => sum + (fs.statSync(file + end, { throwIfNoEntry: false })?.size ?? 0), 0)
const half = (to) => () => bytes(to) > 7 << 20
const rowsThere = (url, n) => {
  try { return Number(psql(url, 'SELECT count(*) FROM passage')) > n } catch { return false }
}

// ---- moving ----

async function copying() {
  const data = at('city')
  await works('the demonstration city', 'drill', '--data', data)
  const before = hashOf(store('city'))
  const first = await works('SQLite to SQLite', 'store', 'copy', store('city'), `sqlite:${store('second')}`)
  const url = database()
  const second = await works('SQLite to PostgreSQL', 'store', 'copy', store('second'), url, '--data', at('pg'))
  const third = await works('PostgreSQL to SQLite', 'store', 'copy', url, store('third'), '--data', at('pg'))
  const [a, b, c] = [first, second, third].map(({ out }) => JSON.stringify(sums(out)))
  expectThat('the sums are the same on both engines', a === b && b === c && Object.keys(sums(first.out)).length >= 20, `${a}\n${b}\n${c}`.slice(0, a === c ? 0 : 2000))
  same('what came back is what went out', store('city'), store('third'))
  expectThat('the source is untouched', hashOf(store('city')) === before)
  expectThat('the key went along', ['second', 'pg', 'third'].every((name) => hashOf(at(name, 'redoubt.key')) === hashOf(at('city', 'redoubt.key'))))
  await good('the third', '--data', at('third'))
  await good('on PostgreSQL', '--data', at('pg'), '--store', url)
  await refused('a target that holds an installation', /not empty/, 'store', 'copy', store('city'), store('third'))
  await refused('the same on PostgreSQL', /not empty/, 'store', 'copy', store('city'), url, '--data', at('pg'))
  await refused('--again without an interrupted copy', /no interrupted copy/, 'store', 'copy', store('city'), store('third'), '--again')
  same('and nothing was changed', store('city'), store('third'))
}

async function interrupted() {
  const args = (to, ...more) => ['store', 'copy', store('city'), to, '--data', at('pg'), ...more]
  expectThat('killed in the middle', await killed(args(store('broken')), half(store('broken'))))
  fs.copyFileSync(at('city', 'redoubt.key'), at('broken', 'redoubt.key'))
  await refused('a half copy is not served', /partly copied/, 'serve', '--port', '0', '--data', at('broken'))
  await refused('a half copy is no source', /partly copied/, 'store', 'copy', store('broken'), store('further'))
  await refused('a copy onto a half one, without a word', /--resume/, ...args(store('broken')))
  const partly = Number(sqlite(store('broken'), 'SELECT count(*) FROM passage'))
  await works('goes on', ...args(store('broken'), '--resume'))
  same('and is equal', store('city'), store('broken'))
  expectThat('some of it was there already', partly > 0, `${partly} passages`)
  await good('gone on with', '--data', at('broken'))

  expectThat('killed once more', await killed(args(store('anew')), half(store('anew'))))
  await works('begun anew', ...args(store('anew'), '--again'))
  same('and is equal too', store('city'), store('anew'))

  expectThat('killed with a source that then changes', await killed(args(store('stale')), half(store('stale'))))
  fs.cpSync(at('city'), at('moved-on'), { recursive: true })
  await works('the source changes', 'account', 'password', 'command', '--password-file', 'tests/api/setup/password', '--data', at('moved-on'))
  await refused('going on from a changed source', /--again/, 'store', 'copy', store('moved-on'), store('stale'), '--resume')
  await works('anew from it', 'store', 'copy', store('moved-on'), store('stale'), '--again')
  same('equal to the changed source', store('moved-on'), store('stale'))

  const url = database()
  expectThat('killed on PostgreSQL', await killed(args(url), () => rowsThere(url, 2000)))
  await refused('half there on PostgreSQL', /partly copied/, 'journal', 'verify', '--data', at('pg'), '--store', url)
  await works('goes on there', ...args(url, '--resume'))
  await good('on PostgreSQL after that', '--data', at('pg'), '--store', url)
  await works('and back', 'store', 'copy', url, store('returned'), '--data', at('pg'))
  same('equal after all', store('city'), store('returned'))
}

// ---- backup and restore ----

let serving = null // the last server, for what it says when it dies

const idOf = (hex) => [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
const passagesIn = (file) => new Set(sqlite(file, 'SELECT lower(hex(id)) FROM passage').split('\n').filter(Boolean).map(idOf))

function restored(name, key) {
  fs.mkdirSync(at(name), { recursive: true, mode: 0o700 })
  if (key) fs.copyFileSync(key, at(name, 'redoubt.key'))
  return at(name)
}

async function post(server, who, url, data) {
  const { status, value, text } = await json(server.url, 'POST', url, { token: await login(server.url, who, password), data })
  if (status >= 300) throw new Error(`${url}: ${status} ${text}`)
  return value
}

async function backups() {
  const { data, vars } = await makeSetup(options.build, 'city')
  process.on('exit', () => fs.rmSync(data, { recursive: true, force: true }))
  const key = path.join(data, 'redoubt.key'), home_db = path.join(data, 'redoubt.db')
  const server = (serving = new Server(options.build, data))
  await server.start()
  await post(server, 'leader', `/api/v1/post/${vars.post}/open`, { at: instant(Date.now() - 40 * 86400000) })
  const officer = await login(server.url, 'officer', password)
  const old = await post(server, 'officer', '/api/v1/passage', passage(vars.post, 900001, { passed_at: instant(Date.now() - 30 * 86400000), proxy: true }))
  const load = new Load([server], officer, vars.post, seeded(options.seed))
  load.start()
  await new Promise((resolve) => setTimeout(resolve, 1500))

  // under load: each holds all that was acknowledged before it began
  const marks = []
  for (const [file, since] of [['full.db', null], ['one.db', 'full.db'], ['two.db', 'one.db']]) {
    if (file === 'two.db') await post(server, 'command', '/api/v1/passage/fold', { reason: '满 28 天' })
    const acknowledged = new Set(load.acknowledged.keys())
    const done = await works(`backup under load: ${file}`, 'backup', at(file), ...(since ? ['--since', at(since)] : []), '--data', data)
    expectThat(`${file} says up to when`, /截至 up to 20\d\d-.*lane \d+ seq \d+\) +\d+ 条日志 entries/.test(done.out), done.out)
    marks.push(acknowledged)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  await load.stop()
  expectThat('the load was real', load.acknowledged.size > 200 && load.problems.length === 0, `${load.acknowledged.size} acknowledged ${load.problems}`)
  await works('an increment at rest', 'backup', at('three.db'), '--since', at('two.db'), '--data', data)
  await works('a full backup at rest', 'backup', at('last.db'), '--data', data)
  hangUp(server.url)
  expectThat('the server ends well', (await server.stop()) === null)
  expectThat('increments are small', ['one.db', 'two.db', 'three.db'].every((name) => fs.statSync(at(name)).size < fs.statSync(at('last.db')).size / 2),
    ['full.db', 'one.db', 'two.db', 'three.db', 'last.db'].map((name) => fs.statSync(at(name)).size >> 10).join(' KiB, ') + ' KiB')
  expectThat('backups are for their owner alone', ['full.db', 'one.db'].every((name) => (fs.statSync(at(name)).mode & 0o777) === 0o600))
  const secret = fs.readFileSync(key)
  expectThat('no backup holds the key', ['full.db', 'one.db', 'last.db'].every((name) => {
    const bytesOf = fs.readFileSync(at(name))
    return !bytesOf.includes(secret) && !bytesOf.includes(secret.toString('hex'))
  }))

  const chains = [['full.db'], ['full.db', 'one.db'], ['full.db', 'one.db', 'two.db']]
  for (const [i, files] of chains.entries()) {
    const to = restored(`restored-${i}`, key)
    const done = await works(`restore ${files.join(' ')}`, 'restore', ...files.map((name) => at(name)), '--data', to)
    expectThat('it says up to when', /恢复到 · restored up to 20\d\d-.*\(lane \d+ seq \d+\)/.test(done.out), done.out)
    const there = passagesIn(path.join(to, 'redoubt.db'))
    const lost = [...marks[i]].filter((id) => !there.has(id))
    expectThat('what was acknowledged before it began is there', lost.length === 0 && marks[i].size > 0, `${marks[i].size} acknowledged, ${lost.length} lost`)
    await good(files.at(-1), '--data', to)
  }
  const whole = ['full.db', 'one.db', 'two.db', 'three.db'].map((name) => at(name))
  await works('restore everything', 'restore', ...whole, '--data', restored('all', key))
  same('increments lead to the same store as the last full backup', home_db, store('all'))
  await works('restore the last full one', 'restore', at('last.db'), '--data', restored('last', key))
  same('which is the store', home_db, store('last'))
  await erased(old.id, vars)
  await servedAgain(load, vars)

  // the other engine: the same files
  const url = database()
  await works('restore to PostgreSQL', 'restore', ...whole, '--store', url, '--data', restored('pg-restored', key))
  await good('restored on PostgreSQL', '--store', url, '--data', at('pg-restored'))
  await works('and to SQLite again', 'store', 'copy', url, store('pg-back'), '--data', at('pg-restored'))
  same('the same store', home_db, store('pg-back'))
  await onPostgres(url, vars, key)
  return { data, whole, key }
}

/** Deleted after the full backup: its personal values are in no entry of what was restored. */
async function erased(id) {
  const hex = id.replaceAll('-', '')
  const there = (file) => Number(sqlite(file, `SELECT count(*) FROM journal WHERE lower(hex(command_id)) = '${hex}' AND (personal LIKE '%salt%' OR answer IS NOT NULL)`))
  expectThat('the full backup still held it', there(store('restored-0')) === 1)
  expectThat('erased stays erased in a restored store', there(store('restored-2')) === 0 && there(store('all')) === 0)
}

async function servedAgain(load, vars) {
  const server = (serving = new Server(options.build, at('all')))
  await server.start()
  const token = await login(server.url, 'officer', password)
  const { status } = await json(server.url, 'POST', '/api/v1/passage', { token, data: passage(vars.post, 800001) })
  const [, body] = [...load.sent].at(0)
  const again = await json(server.url, 'POST', '/api/v1/passage', { token, data: body })
  hangUp(server.url)
  expectThat('a restored store is served and written', status === 201, String(status))
  expectThat('and knows the commands it has answered', again.status === 201 || again.status === 200, String(again.status))
  expectThat('the restored server ends well', (await server.stop()) === null)
  await good('written after the restore', '--data', at('all'))
}

/** Backups from PostgreSQL, while it is served. */
async function onPostgres(url, vars, key) {
  const data = at('pg-restored')
  const server = (serving = new Server(options.build, data, ['--store', url]))
  await server.start()
  const token = await login(server.url, 'officer', password)
  const load = new Load([server], token, vars.post, seeded(options.seed + 1))
  load.people = 500000
  load.start()
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const acknowledged = new Set(load.acknowledged.keys())
  await works('backup of PostgreSQL under load', 'backup', at('pg-full.db'), '--store', url, '--data', data)
  await works('increment of PostgreSQL under load', 'backup', at('pg-one.db'), '--since', at('pg-full.db'), '--store', url, '--data', data)
  await load.stop()
  await works('an increment at rest', 'backup', at('pg-two.db'), '--since', at('pg-one.db'), '--store', url, '--data', data)
  hangUp(server.url)
  expectThat('that server ends well', (await server.stop()) === null)
  const files = ['pg-full.db', 'pg-one.db', 'pg-two.db'].map((name) => at(name))
  await works('restore what PostgreSQL held', 'restore', files[0], '--data', restored('pg-full', key))
  const there = passagesIn(store('pg-full'))
  const lost = [...acknowledged].filter((id) => !there.has(id))
  expectThat('what was acknowledged before that backup is there', acknowledged.size > 0 && lost.length === 0, `${acknowledged.size} acknowledged, ${lost.length} lost`)
  await works('with its increments', 'restore', ...files, '--data', restored('pg-all', key))
  await works('the database itself as a file', 'store', 'copy', url, store('pg-now'), '--data', data)
  same('increments of PostgreSQL lead to the same store', store('pg-now'), store('pg-all'))
}

// ---- what cannot work ----

async function refusals({ data, whole, key }) {
  const to = restored('never', key)
  const nothing = () => expectThat('nothing was left', fs.readdirSync(to).filter((name) => !/^redoubt\.(key|lock)$/.test(name)).length === 0, fs.readdirSync(to).join(' '))
  const [full, one, two] = whole
  await refused('an increment left out', /two\.db.*does not follow/, 'restore', full, two, '--data', to)
  await refused('increments in the wrong order', /does not follow/, 'restore', full, two, one, '--data', to)
  await refused('an increment alone', /increment/, 'restore', one, '--data', to)
  await refused('a full backup as an increment', /no incremental/, 'restore', full, at('last.db'), '--data', to)
  await refused('a file that is not there', /cannot read/, 'restore', at('nowhere.db'), '--data', to)
  fs.writeFileSync(at('letter.db'), 'not a backup '.repeat(1000))
  await refused('a file that is no backup', /no backup/, 'restore', at('letter.db'), '--data', to)
  sqlite(at('other.db'), 'CREATE TABLE thing (a); INSERT INTO thing VALUES (1)')
  await refused('another program\'s database', /no backup/, 'restore', at('other.db'), '--data', to)

  const damaged = (name, change) => {
    fs.copyFileSync(full, at(name))
    change(at(name))
    return at(name)
  }
  await refused('a truncated backup', /damaged/, 'restore', damaged('short.db', (file) => fs.truncateSync(file, fs.statSync(file).size - 50000)), '--data', to)
  await refused('a torn page', /damaged/, 'restore', damaged('torn.db', (file) => {
    const fd = fs.openSync(file, 'r+')
    for (let page = 30; page < 60; page++) fs.writeSync(fd, crypto.randomBytes(4096), 0, 4096, page * 8192)
    fs.closeSync(fd)
  }), '--data', to)
  await refused('a row that was changed', /table passage/, 'restore', damaged('changed.db', (file) => sqlite(file, 'UPDATE passage SET temp1 = 360 WHERE rowid = (SELECT min(rowid) FROM passage)')), '--data', to)
  await refused('a backup of a newer program', /newer/, 'restore', damaged('newer.db', (file) => sqlite(file, "INSERT INTO migration VALUES (99, 'later', 0)")), '--data', to)
  fs.copyFileSync(one, at('forged.db'))
  sqlite(at('forged.db'), "UPDATE journal SET changes = replace(changes, 'pass', 'hold') WHERE changes LIKE '%\"pass\"%'; DROP TABLE backup_table")
  await refused('a forged increment', /forged\.db/, 'restore', full, at('forged.db'), '--data', to)
  nothing()
  const url = database()
  await refused('a forged increment onto PostgreSQL', /forged\.db/, 'restore', full, at('forged.db'), '--store', url, '--data', to)
  await works('which is empty again', 'restore', full, '--store', url, '--data', to)
  const half = database()
  const onto = ['restore', ...whole, '--store', half, '--data', to]
  expectThat('a restore to PostgreSQL is killed', await killed(onto, () => rowsThere(half, 500)))
  await refused('again without a word', /--again/, ...onto)
  await works('begun anew with --again', ...onto, '--again')
  await good('on PostgreSQL after that', '--store', half, '--data', to)

  const other = restored('other-key')
  fs.writeFileSync(path.join(other, 'redoubt.key'), crypto.randomBytes(32), { mode: 0o600 })
  await refused('a key that does not fit', /key/, 'restore', full, '--data', other)
  await refused('a target that is there', /exists already/, 'restore', full, '--data', data)
  await refused('a backup over a file', /exists already/, 'backup', full, '--data', data)
  await refused('since a file that is no backup', /no backup/, 'backup', at('new.db'), '--since', at('letter.db'), '--data', data)
  await works('another installation', 'init', '--bare', '--data', at('alone'))
  await refused('since another installation\'s backup', /no earlier backup/, 'backup', at('new.db'), '--since', full, '--data', at('alone'))
  expectThat('and no backup was left', !fs.existsSync(at('new.db')) && !fs.existsSync(at('new.db.making')))

  const bytesAlone = await works('restore without a key', 'restore', full, '--data', restored('keyless'))
  expectThat('says that sealed fields stay sealed', /sealed fields stay sealed/.test(bytesAlone.out), bytesAlone.out)
  await refused('served without its key', /key/, 'serve', '--port', '0', '--data', at('keyless'))
  fs.copyFileSync(key, at('keyless', 'redoubt.key'))
  await works('good with the key', 'journal', 'verify', '--data', at('keyless'))

  // of the migration before the last: brought up to date on the way
  const older = damaged('older.db', (file) => sqlite(file, 'DELETE FROM migration WHERE number >= 3; DROP TABLE lane_head; DROP TABLE installation; DROP TABLE backup_table'))
  await works('a backup of an older program', 'restore', older, one, '--data', restored('older', key))
  await good('brought up to date', '--data', at('older'))

  // broken off: begun again by the same words
  const again = restored('again', key)
  const args = ['restore', ...whole, '--data', again]
  expectThat('a restore is killed', await killed(args, () => bytes(path.join(again, 'redoubt.db.restoring')) > 1 << 20))
  expectThat('nothing stands under its name', !fs.existsSync(path.join(again, 'redoubt.db')))
  await works('begun again', ...args)
  await good('after that', '--data', again)
}

async function copyRefusals(data) {
  const to = at('nobody', 'redoubt.db')
  const copy = (...args) => ['store', 'copy', ...args]
  const from = path.join(data, 'redoubt.db')
  await refused('a source that is not there', /source/, ...copy(at('nowhere', 'redoubt.db'), to))
  fs.mkdirSync(at('foreign'))
  fs.copyFileSync(at('other.db'), at('foreign', 'redoubt.db'))
  fs.writeFileSync(at('foreign', 'redoubt.key'), crypto.randomBytes(32), { mode: 0o600 })
  await refused('a source of another program', /no store of this program/, ...copy(at('foreign', 'redoubt.db'), to))
  await refused('an increment as a source', /key|increment/, ...copy(at('one.db'), to))
  await refused('source and target the same', /the same/, ...copy(from, from))
  await refused('another kind of store', /unsupported store/, ...copy(from, 'mysql://host/db'))
  await refused('two wishes at once', /exclude/, ...copy(from, to, '--resume', '--again'))
  await refused('another key in the target\'s folder', /another key/, ...copy(from, at('other-key', 'redoubt.db')))
  const gone = new URL(database())
  gone.port = '1'
  await refused('a database that does not answer', /target cannot be opened/, ...copy(from, gone.href, '--data', at('unused')))
  expectThat('no key was written for what failed', !fs.existsSync(at('unused', 'redoubt.key')))
}

async function fullDisk({ data, whole, key }) {
  const small = smallFileSystem('sqlite', 16)
  if (!small || small.way === 'limit') return console.log('# no small disk can be made here: the full disk is left out')
  fs.copyFileSync(key, path.join(small.dir, 'redoubt.key'))
  small.room(2)
  const left = () => fs.readdirSync(small.dir).filter((name) => !/^(redoubt\.(key|lock)|ballast)$/.test(name)).join(' ')
  await refused('a restore onto a full disk', /full/, 'restore', ...whole, '--data', small.dir)
  expectThat('nothing half-made', left() === '', left())
  await refused('a backup onto a full disk', /full/, 'backup', path.join(small.dir, 'b.db'), '--data', data)
  expectThat('no half backup', left() === '', left())
  await refused('a copy onto a full disk', /full/, 'store', 'copy', path.join(data, 'redoubt.db'), path.join(small.dir, 'redoubt.db'))
  small.free()
  await works('goes on when there is room', 'store', 'copy', path.join(data, 'redoubt.db'), path.join(small.dir, 'redoubt.db'), '--resume')
  same('and is equal on the small disk', path.join(data, 'redoubt.db'), path.join(small.dir, 'redoubt.db'))
}

try {
  if (wanted('copy')) {
    await copying()
    await interrupted()
  }
  if (wanted('backup')) {
    const made = await backups()
    await refusals(made)
    await copyRefusals(made.data)
    await fullDisk(made)
  }
} catch (error) {
  expectThat('nothing unexpected', false, `${error.stack}\n${serving?.log.slice(-3000) ?? ''}`)
}
finish()
