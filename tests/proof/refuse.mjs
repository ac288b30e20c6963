// What must not be opened is refused: one clear line that says what to do, exit 2, nothing changed.
//
//   node tests/proof/refuse.mjs [--build build]
//
// On PostgreSQL, whatever the engine of the run: a newer store, one half made, a wrong password, no such database, a database
// without rights, another encoding, a foreign key file, another program on the same store, a server that is not there.
import fs from 'node:fs'
import path from 'node:path'
import { bind, database, psql, removeStore } from '../lib/postgres.mjs'
import { redoubtAsync, root, Server, temporaryFolder } from '../lib/server.mjs'
import { optionsOf, verdict } from '../lib/verdict.mjs'

const options = optionsOf({ build: 'build' })
const { expectThat, finish } = verdict()
const folders = []

/** A data folder bound to a new database, with an installation in it if wanted. */
async function store(made = true) {
  const data = temporaryFolder('refuse'), url = database()
  folders.push(data)
  bind(data, url)
  if (made) {
    const { status, out } = await redoubtAsync(options.build, ['init', '--data', data])
    if (status !== 0) throw new Error(out)
  }
  return { data, url }
}

const tables = (url) => psql(url, "SELECT coalesce(string_agg(relname || ':' || (xpath('/row/c/text()', query_to_xml('SELECT count(*) AS c FROM public.' || quote_ident(relname), false, true, '')))[1]::text, ' ' ORDER BY relname), '-') FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")

/** serve has to end with 2, one line and the word, and leave the database as it was. */
async function refused(what, { data, url }, word, args = []) {
  const before = url && tables(url)
  const { status, out } = await redoubtAsync(options.build, ['serve', '--port', '0', '--data', data, ...args])
  const lines = out.trim().split('\n')
  expectThat(`${what}: exit 2, one line`, status === 2 && lines.length === 1 && lines[0].startsWith('redoubt: ') && out.includes(word), `exit ${status}: ${out.trim().slice(0, 400)}`)
  expectThat(`${what}: nothing changed`, !url || tables(url) === before, url ? `${before} -> ${tables(url)}` : '')
}

const url = (good, change) => {
  const u = new URL(good)
  change(u)
  return u.href
}

{
  const s = await store()
  psql(s.url, "INSERT INTO migration (number, name, applied_at) VALUES (9000, '9000-later', 0)")
  await refused('a store of a newer program', s, 'newer than this program')
}
{
  const s = await store()
  psql(s.url, 'DROP TABLE handover')
  await refused('a store that is half made', s, 'handover')
}
{
  const s = await store()
  psql(s.url, 'ALTER TABLE passage DROP COLUMN plate CASCADE')
  await refused('a table that was changed by hand', s, 'passage')
}
{
  const s = await store(), other = await store()
  fs.copyFileSync(path.join(other.data, 'redoubt.key'), path.join(s.data, 'redoubt.key'))
  await refused('a key file of another store', s, 'is not the one of this store')
}
{
  const s = await store()
  fs.rmSync(path.join(s.data, 'redoubt.key'))
  await refused('no key file', s, 'redoubt.key')
  expectThat('no key is made for a store that has one', !fs.existsSync(path.join(s.data, 'redoubt.key')))
}
{
  const s = await store(false)
  psql(s.url, "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stranger') THEN CREATE ROLE stranger LOGIN PASSWORD 'right'; END IF; END $$")
  const as = (user, password) => url(s.url, (u) => { u.username = user; u.password = password })
  await refused('a wrong password', { data: temporaryFolder('refuse'), url: null }, 'check user and password', ['--store', as('stranger', 'wrong')])
  await refused('a database without rights', { data: temporaryFolder('refuse'), url: s.url }, 'GRANT CREATE ON SCHEMA public', ['--store', as('stranger', 'right')])
  const shown = await redoubtAsync(options.build, ['serve', '--port', '0', '--data', temporaryFolder('refuse'), '--store', as('stranger', 'wrong-and-secret')])
  expectThat('a password is not shown', !shown.out.includes('wrong-and-secret'), shown.out.trim())
  await refused('no such database', { data: temporaryFolder('refuse'), url: null }, 'make the database', ['--store', url(s.url, (u) => { u.pathname = '/nosuch' })])
  await refused('no server there', { data: temporaryFolder('refuse'), url: null }, 'the database is not running', ['--store', url(s.url, (u) => { u.port = '1' })])
  psql(s.url, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
  await refused('a database of another encoding', { data: temporaryFolder('refuse'), url: null }, 'UTF8', ['--store', url(s.url, (u) => { u.pathname = '/latin' })])
  psql(s.url, 'DROP DATABASE latin')
}
{
  // The same program with one more byte at its end is another program.
  const s = await store(), server = new Server(options.build, s.data)
  await server.start()
  const other = path.join(root, 'var/test', `other-${process.pid}`)
  fs.mkdirSync(other, { recursive: true })
  fs.copyFileSync(path.join(root, options.build, 'redoubt'), path.join(other, 'redoubt'))
  fs.appendFileSync(path.join(other, 'redoubt'), 'x')
  const { status, out } = await redoubtAsync(path.relative(root, other), ['serve', '--port', '0', '--data', s.data])
  expectThat('another program on the same store', status === 2 && out.includes('another version of the program'), `exit ${status}: ${out.trim().slice(0, 300)}`)
  expectThat('the first one goes on', await server.alive())
  const ended = await server.stop()
  expectThat('and ends well', ended === null, ended ?? '')
  fs.rmSync(other, { recursive: true })
}
for (const data of folders) removeStore(data)
finish()
