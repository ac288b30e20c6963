// logrotate with deploy/logrotate.conf, and the systemd unit with its drop-ins.
import fs from 'node:fs'
import path from 'node:path'
import { Server, root } from '../lib/server.mjs'
import { ask, expectThat, found, load, render, run, runAsync, sleep } from './lib.mjs'

const ROTATIONS = 5

export async function logTests({ build, data, more, folder, vars, token }) {
  const logs = path.join(folder, 'log')
  fs.mkdirSync(logs, { mode: 0o750 })
  const log = path.join(logs, 'redoubt.log'), config = path.join(folder, 'logrotate.conf')
  const server = new Server(build, data, [...more, '--log', log])
  await server.start()
  fs.writeFileSync(config, render('logrotate.conf', {
    '/var/log/redoubt/redoubt.log': log, 'systemctl reload redoubt.service': `kill -HUP ${server.child.pid}`, dateext: 'dateext\n  dateformat -%s', delaycompress: 'nodelaycompress',
  }), { mode: 0o644 })
  const busy = load(server.url, { token, post: vars.post, lanes: 4, first: 1 })
  for (let i = 0; i < ROTATIONS; i++) {
    await sleep(1100) // a name has seconds
    const { status, out } = await runAsync(found('logrotate'), ['--force', '--state', path.join(folder, 'state'), config])
    if (status !== 0) expectThat('logrotate', false, out)
  }
  await sleep(200)
  await busy.stop()
  expectThat('the server ends well', (await server.stop()) === null)
  const files = fs.readdirSync(logs).sort()
  const text = files.map((file) => (file.endsWith('.gz') ? run('gzip', ['-dc', path.join(logs, file)]).out : fs.readFileSync(path.join(logs, file), 'utf8'))).join('')
  const lines = text.split('\n').filter((line) => / POST \/api\/v1\/passage \S+ 201 /.test(line)).length
  expectThat(`${ROTATIONS} rotations under load: a file each, and one that is written`, files.length === ROTATIONS + 1 && files.includes('redoubt.log'), files)
  expectThat('not a line is lost', lines === busy.answered.size && lines > 100, `${lines} lines, ${busy.answered.size} requests`)
  expectThat('the present log is written, by the service alone', (fs.statSync(log).mode & 0o037) === 0 && fs.readFileSync(log, 'utf8').includes('stopping'))
  expectThat('nothing personal is in it', !/410603\d{4}|139\d{8}|豫F|127\.0\.0\.1\b/.test(text), /.*(410603\d{4}|139\d{8}|豫F|127\.0\.0\.1\b).*/.exec(text)?.[0])
  expectThat('nothing went to standard error', !/ info /.test(server.log), server.log)
}

const systemd = (folder, ...args) => run(found('systemd-analyze'), args, { env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` } })

/** The unit with one of its drop-ins, as systemd reads it; the program is the one built here. */
function unitFolder(folder, build, dropIn) {
  const units = path.join(folder, dropIn || 'plain')
  fs.mkdirSync(path.join(units, 'redoubt.service.d'), { recursive: true })
  fs.writeFileSync(path.join(units, 'redoubt.service'), render('redoubt.service', { '/usr/local/bin/redoubt': path.join(root, build, 'redoubt') }))
  if (dropIn) fs.copyFileSync(path.join(root, 'deploy', dropIn), path.join(units, 'redoubt.service.d', dropIn))
  return units
}

/** Of the rating, 0 (closed) to 10: what the unit is open for. */
function exposure(units) {
  const { status, out } = systemd(units, 'security', '--offline=true', '--threshold=20', '--no-pager', path.join(units, 'redoubt.service'))
  return { status, level: Number(/Overall exposure level for \S+: ([\d.]+)/.exec(out)?.[1]), out }
}

export async function unitTests({ build, folder }) {
  for (const dropIn of ['', 'redoubt-tls.conf', 'redoubt-postgresql.conf']) {
    const units = unitFolder(folder, build, dropIn), what = `redoubt.service${dropIn && ' with ' + dropIn}`
    const verify = systemd(units, 'verify', '--man=no', path.join(units, 'redoubt.service'))
    // Other units of the machine may be named too: only lines about ours count.
    const ours = verify.out.split('\n').filter((line) => line.includes('redoubt'))
    expectThat(`${what}: systemd-analyze verify`, verify.status === 0 && !ours.length, verify.out)
    const { status, level, out } = exposure(units)
    expectThat(`${what}: exposure at most 2.0 of 10`, status === 0 && level <= 2, `${level}\n${status === 0 ? '' : out}`)
  }
  const broken = unitFolder(folder, build, 'redoubt-tls.conf')
  fs.appendFileSync(path.join(broken, 'redoubt.service'), '\n[Service]\nProtectSystm=strict\n')
  const misspelt = systemd(broken, 'verify', '--man=no', path.join(broken, 'redoubt.service'))
  expectThat('a misspelt line would be seen', /ProtectSystm/.test(misspelt.out), misspelt.out)
}
