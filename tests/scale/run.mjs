// Ready for a PostgreSQL that is spread over servers: the schema made there equals the entities' and its keys keep to the lane,
// every statement compiles there, `store distribute` does what it says with and without the extension, and a batch of passages
// reaches the server as COPY. The extension itself is not among Debian's packages: its functions are played by functions of the
// same names that write down how they were called.
//
//   node tests/scale/run.mjs [--build build]
process.env.REDOUBT_STORE = 'postgresql'
const fs = await import('node:fs')
const path = await import('node:path')
const { makeSetup, password } = await import('../api/scenario.mjs')
const { hangUp, login, request } = await import('../lib/client.mjs')
const { passage } = await import('../lib/passage.mjs')
const { database, psql, removeStore, storeOf } = await import('../lib/postgres.mjs')
const { redoubtAsync, Server, temporaryFolder } = await import('../lib/server.mjs')
const { optionsOf, verdict } = await import('../lib/verdict.mjs')

const options = optionsOf({ build: 'build' })
const { expectThat: told, finish } = verdict()
const expectThat = (what, good, detail = '') => told(what, good, good ? '' : detail)
const home = temporaryFolder('scale')
process.on('exit', () => fs.rmSync(home, { recursive: true, force: true }))
const run = (...args) => redoubtAsync(options.build, args)
const tail = ({ status, out }) => `exit ${status}: ${out.trim().slice(-600)}`

async function gives(what, status, pattern, ...args) {
  const done = await run(...args)
  const good = done.status === status && pattern.test(done.out)
  expectThat(what, good, good ? '' : tail(done))
  return done.out
}
const refused = (what, pattern, ...args) => gives(what, 2, new RegExp(`^redoubt: [^\\n]*[\\u4e00-\\u9fff][^\\n]* · [^\\n]*(?:${pattern})[^\\n]*\\n$`, 'u'), ...args)
const tables = (url) => psql(url, "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace")

/** Columns and indexes of a database, in words. */
const shape = (url) => psql(url, `
  SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`)

const printed = (await run('sql')).out.split('\n').map((line) => line.split('\t'))
const byLane = printed.filter(([what]) => what === '-- by lane').map(([, name]) => name).sort()
const all = byLane.length + printed.filter(([what]) => what === '-- reference').length
expectThat('the large tables are by lane, the small ones are not', ['declaration', 'handover', 'inbox', 'journal', 'lane_head', 'passage', 'person', 'tally']
  .every((name) => byLane.includes(name)) && !['place', 'account', 'grant', 'session', 'installation', 'migration'].some((name) => byLane.includes(name)), byLane.join(' '))

// ---- the same tables, whichever way they were made ----

{
  const url = database()
  const where = ['--store', url]
  await gives('an empty database: fresh tables are those of the entities', 0, /entities equal their tables\n\d+ tables: keys keep to the lane/, 'schema', '--check', ...where)
  expectThat('and it is empty again', tables(url) === '0', tables(url))
  await gives('every named and generated statement compiles on PostgreSQL', 0, /^[1-9]\d\d statements, 0 bad\n$/, 'sql', '--check', ...where)
  expectThat('and it is empty again', tables(url) === '0', tables(url))

  // what the entities say, made by hand, against what the migrations make
  const described = database()
  const { out } = await run('schema')
  psql(described, out.replaceAll(/\bINTEGER\b/g, 'bigint').replaceAll(/\bBLOB\b/g, 'bytea').replaceAll(/\bTEXT\b/g, 'text COLLATE "C"').replaceAll(') STRICT;', ');'))
  await gives('the store is made', 0, /./, 'init', '--bare', '--data', path.join(home, 'made'), ...where)
  const own = /^column (journal|tally|lane_head|installation|migration)\.| ON public\.(journal|tally|lane_head|installation|migration) /
  const migrated = shape(url).split('\n').filter((line) => !own.test(line)).join('\n')
  expectThat('migrated tables, types, and indexes equal those of the entities', migrated === shape(described) && migrated.length > 5000, '')
  await gives('a store that is there is checked as it is', 0, /keys keep to the lane/, 'schema', '--check', ...where)
  expectThat('and stays', tables(url) === String(all), tables(url))

  // the checks can fail
  psql(url, 'CREATE UNIQUE INDEX wrong ON passage (plate)')
  await gives('a unique index without the lane is found', 1, /passage: .*must contain lane: wrong\n/, 'schema', '--check', ...where)
  psql(url, 'DROP INDEX wrong; ALTER TABLE person DROP CONSTRAINT person_pkey; ALTER TABLE person ADD PRIMARY KEY (id, lane)')
  await gives('a primary key that does not begin with the lane is found', 1, /person: .*must begin with lane\n/, 'schema', '--check', ...where)
  psql(url, 'ALTER TABLE person DROP CONSTRAINT person_pkey')
  await gives('a missing primary key is found', 1, /DO NOT keep to the lane/, 'schema', '--check', ...where)
  psql(url, 'ALTER TABLE person ADD PRIMARY KEY (lane, id); CREATE TABLE stranger (id bigint PRIMARY KEY)')
  await gives('an unknown table is found', 1, /stranger: /, 'schema', '--check', ...where)
  psql(url, 'DROP TABLE stranger; ALTER TABLE passage DROP COLUMN seat')
  await gives('a missing column is found', 1, /DIFFER/, 'schema', '--check', ...where)
  await gives('a statement that no longer compiles is found', 1, /insert passage: /, 'sql', '--check', ...where)
  await refused('a file that is not there', 'cannot be read', 'schema', '--check', '--store', path.join(home, 'none.db'))
}

// ---- store distribute ----

const played = `
  CREATE SCHEMA citus;
  CREATE TABLE citus.calls (n bigint GENERATED ALWAYS AS IDENTITY, logicalrelid regclass, partmethod "char", repmodel "char", colocationid int, words text);
  CREATE VIEW citus.pg_dist_partition AS SELECT logicalrelid, partmethod, colocationid, repmodel FROM citus.calls;
  CREATE FUNCTION citus.citus_version() RETURNS text LANGUAGE sql AS $$ SELECT 'played' $$;
  CREATE FUNCTION citus.create_reference_table(table_name regclass) RETURNS void LANGUAGE sql AS
    $$ INSERT INTO citus.calls (logicalrelid, partmethod, repmodel, colocationid, words) VALUES (table_name, 'n', 't', 1, 'reference') $$;
  CREATE FUNCTION citus.create_distributed_table(table_name regclass, distribution_column text, distribution_type text DEFAULT 'hash',
      colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      IF table_name = 'tally'::regclass AND current_setting('test.broken', true) = 'on' THEN RAISE 'a worker is away'; END IF;
      INSERT INTO citus.calls (logicalrelid, partmethod, repmodel, colocationid, words) VALUES (table_name, 'h', 's',
        CASE colocate_with WHEN 'none' THEN 7 ELSE (SELECT colocationid FROM citus.calls WHERE logicalrelid = colocate_with::regclass) END,
        format('%s %s %s %s', distribution_column, distribution_type, colocate_with, coalesce(shard_count, 0)));
    END $$;`

{
  const url = database()
  const name = new URL(url).pathname.slice(1)
  const distribute = ['store', 'distribute', '--store', url]
  await refused('no store yet', 'redoubt init first', ...distribute)
  await gives('a store is made', 0, /./, 'init', '--bare', '--data', path.join(home, 'spread'), '--store', url)
  const before = shape(url)
  await refused('without the extension', 'the extension citus is not there, nothing was changed', ...distribute)
  expectThat('nothing was changed', shape(url) === before)
  await refused('SQLite', 'only a PostgreSQL store', 'store', 'distribute', '--data', path.join(home, 'spread'))
  await refused('shards', '--shards must be', ...distribute, '--shards', '0')

  psql(url, `${played} ALTER DATABASE ${name} SET search_path = public, citus; ALTER DATABASE ${name} SET test.broken = 'on'`)
  await gives('a failure says which words Citus gave', 2, /Citus.*a worker is away/, ...distribute, '--shards', '64')
  psql(url, `ALTER DATABASE ${name} SET test.broken = 'off'`)
  const out = await gives('what is left is done when it is run again', 0, /journal +按 lane 分布 distributed by lane  已是 already\n/, ...distribute, '--shards', '64')
  const calls = psql(url, 'SELECT logicalrelid::text, partmethod, colocationid, words FROM citus.calls ORDER BY 1').split('\n').map((line) => line.split('|'))
  const spread = calls.filter(([, method]) => method === 'h').map(([table]) => table.replaceAll('"', ''))
  expectThat('every table once', calls.length === all && new Set(calls.map(([table]) => table)).size === all, calls.join('\n'))
  expectThat('those by lane are distributed, the others are not', JSON.stringify(spread) === JSON.stringify(byLane), spread.join(' '))
  expectThat('all beside the journal, by lane', calls.every(([table, method, group, words]) => method === 'n' ||
    (group === '7' && words === (table === 'journal' ? 'lane hash none 64' : 'lane hash journal 0'))), calls.join('\n'))
  expectThat('a line for each table', out.trim().split('\n').length === all, out)
  await gives('again: nothing is left to do', 0, /^(?:[^\n]*already\n)+$/, ...distribute)
  expectThat('and nothing was called', psql(url, 'SELECT count(*) FROM citus.calls') === String(all))
  psql(url, "UPDATE citus.calls SET colocationid = 8 WHERE logicalrelid = 'passage'::regclass")
  await gives('a table that lies elsewhere is not touched', 2, /passage 已按别的方式分布/, ...distribute)
  psql(url, "UPDATE citus.calls SET colocationid = 7, partmethod = 'n', repmodel = 't' WHERE logicalrelid = 'passage'::regclass")
  await gives('nor a reference table that should be distributed', 2, /passage 已按别的方式分布/, ...distribute)
  psql(url, "DELETE FROM citus.calls WHERE logicalrelid = 'passage'::regclass; CREATE UNIQUE INDEX wrong ON passage (plate)")
  await gives('nor a schema that Citus would refuse', 2, /must contain lane: wrong[^]*cannot be distributed by lane/, ...distribute)
  expectThat('and nothing was called', psql(url, 'SELECT count(*) FROM citus.calls') === String(all - 1))
}

// ---- a batch reaches the server as COPY ----

function batch(server, token, post, first) {
  const lines = Array.from({ length: 256 }, (_, n) => {
    const { id, ...body } = passage(post, first + n)
    return JSON.stringify({ command: 'passage/register', id, at: body.passed_at, data: body }) + '\n'
  })
  return request(server.url, 'POST', '/api/v1/batch', {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' }, body: lines.join(''),
  })
}

{
  const { data, vars } = await makeSetup(options.build, 'city')
  const url = storeOf(data)
  const server = new Server(options.build, data)
  await server.start()
  const token = await login(server.url, 'officer', password)
  const log = path.join(psql(url, 'SHOW data_directory'), 'server.log')
  psql(url, "ALTER SYSTEM SET log_statement = 'all'")
  psql(url, 'SELECT pg_reload_conf()')
  await new Promise((resolve) => setTimeout(resolve, 500))
  const from = fs.statSync(log).size
  const { status, text } = await batch(server, token, vars.post, 0)
  const accepted = text.split('\n').filter(Boolean).filter((line) => JSON.parse(line).status === 201).length
  expectThat('256 passages are registered by one request', status === 200 && accepted === 256, `${status} ${accepted} ${text.slice(0, 300)}`)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const said = fs.readFileSync(log).subarray(from).toString()
  const count = (pattern) => [...said.matchAll(pattern)].length
  const copies = (table) => count(new RegExp(`(?:statement|execute [^:]*): COPY "${table}" `, 'g'))
  const singles = (table) => count(new RegExp(`(?:statement|execute [^:]*): INSERT INTO "?${table}"? `, 'g'))
  const transactions = Number(psql(url, "SELECT count(DISTINCT xmin::text) FROM passage"))
  // the writer may take the first lines alone; up to three rows of a transaction are cheaper as single statements
  for (const table of ['journal', 'person', 'passage'])
    expectThat(`${table}: by COPY, not one by one`, copies(table) >= 1 && transactions <= 16 && copies(table) <= transactions && singles(table) <= 3 * transactions,
      `${copies(table)} COPY, ${singles(table)} INSERT`)
  const counters = Number(psql(url, 'SELECT count(*) FROM tally'))
  expectThat('counters: once per counter and transaction, not per passage', singles('tally') >= 1 && singles('tally') <= counters * transactions && singles('tally') < 128,
    `${singles('tally')} of ${counters} counters in ${transactions} transactions`)
  const executed = count(/LOG: +(?:statement|execute [^:]*): /g)
  expectThat('far fewer statements than passages', executed < 100, `${executed} statements`)
  console.log(`256 passages: ${executed} statements; COPY ${['journal', 'person', 'passage'].map((table) => `${table} ${copies(table)}`).join(', ')}; ` +
    `single INSERT: tally ${singles('tally')}; ${transactions} transactions`)
  expectThat('persons are looked up ahead, all at once', count(/ORDINALITY[^\n]* LATERAL/g) >= 1)
  hangUp(server.url)
  expectThat('the server ends well', (await server.stop()) === null)

  // where tables are spread, Citus refuses that lookup: one by one in a pipeline, so that nothing is read between the writes, and COPY as before
  psql(url, `${played} ALTER DATABASE ${new URL(url).pathname.slice(1)} SET search_path = public, citus`)
  await server.start()
  const here = fs.statSync(log).size
  const more = await batch(server, await login(server.url, 'officer', password), vars.post, 1000)
  const spreadLog = fs.readFileSync(log).subarray(here).toString()
  expectThat('on a spread store a batch is registered', more.status === 200 && more.text.split('"status":201').length === 257, more.text.slice(0, 300))
  expectThat('without that lookup', !/LATERAL/.test(spreadLog) && spreadLog.includes('FROM passage x'))
  for (const table of ['journal', 'person', 'passage'])
    expectThat(`${table}: by COPY there too`, spreadLog.includes(`COPY "${table}" `) && spreadLog.split(new RegExp(`INSERT INTO "?${table}`)).length <= 9) // of signing in
  hangUp(server.url)
  expectThat('the server ends well again', (await server.stop()) === null)
  removeStore(data)
}
finish()
