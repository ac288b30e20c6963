// Browser tests: Debian's Chromium through playwright-core, on the release build with the demonstration city.
//   node tests/e2e/run.mjs [NAME…]          REDOUBT_STORE=postgresql: on PostgreSQL. NAME of tests/e2e/NAME.e2e.mjs
// A file exports `tests`: name -> async function of the stage below. Screenshots: var/screens/. Ends with "N passed, N failed".
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { hangUp, json, login } from '../lib/client.mjs'
import { removeStore } from '../lib/postgres.mjs'
import { redoubt, root, Server, temporaryFolder } from '../lib/server.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const screens = path.join(root, 'var/screens')
const wanted = process.argv.slice(2)
const PASSWORD = 'Browser-Test-2020'
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--disable-dev-shm-usage']
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
const DESK = { viewport: { width: 1440, height: 900 } }

/** The demonstration city with accounts of our own, served; {server, post, token}. */
async function prepare() {
  const data = temporaryFolder('e2e')
  const password = path.join(data, 'password')
  const cli = (...args) => {
    const { status, out } = redoubt('build', [...args, '--data', data])
    if (status !== 0) throw new Error(`redoubt ${args.join(' ')}: exit ${status}\n${out}`)
  }
  cli('drill')
  fs.writeFileSync(password, PASSWORD + '\n', { mode: 0o600 })
  cli('account', 'create', 'e2e-officer', '--role', 'checkpoint_officer', '--place', '410621', '--password-file', password)
  cli('account', 'create', 'e2e-desk', '--role', 'command_office', '--place', '410600', '--password-file', password)
  const server = new Server('build', data)
  await server.start()
  const token = await login(server.url, 'e2e-desk', PASSWORD)
  const xun = (await json(server.url, 'GET', '/api/v1/place?code=410621', { token })).value.items[0].id
  const posts = (await json(server.url, 'GET', `/api/v1/post?under=${xun}&level=county&limit=200`, { token })).value.items
  return { server, token, post: posts.find((item) => !item.closed_at), data }
}

/** What a test works on. */
function stage(prepared, browser) {
  const { server, token, post } = prepared
  const contexts = []
  return {
    url: server.url, post, password: PASSWORD, server,
    /** A fresh browser profile: open('phone') or open('desk'). */
    async open(kind, options = {}) {
      const size = { phone: PHONE, desk: DESK }[kind]
      const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...size, ...options })
      context.setDefaultTimeout(15000)
      contexts.push(context)
      const page = await context.newPage()
      page.on('pageerror', (error) => { page.errors = [...(page.errors ?? []), error.message] })
      return { context, page }
    },
    get: async (target) => (await json(server.url, 'GET', target, { token })).value,
    send: (target, data, as = token) => json(server.url, 'POST', target, { token: as, data }),
    token: (name) => login(server.url, name, PASSWORD),
    async picture(page, name) {
      await page.screenshot({ path: path.join(screens, `${name}.png`) })
    },
    same(what, value, expected) {
      if (JSON.stringify(value) !== JSON.stringify(expected)) throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(value)}`)
    },
    holds(what, condition) {
      if (!condition) throw new Error(what)
    },
    async until(what, test, ms = 5000) {
      const end = Date.now() + ms
      for (;;) {
        const value = await test()
        if (value) return value
        if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async close(name, failed) {
      for (const [i, context] of contexts.entries()) {
        if (failed) for (const page of context.pages()) await page.screenshot({ path: path.join(screens, `FAILED-${name}-${i}.png`) }).catch(() => {})
        await context.close()
      }
    },
    errors: () => contexts.flatMap((context) => context.pages().flatMap((page) => page.errors ?? [])),
  }
}

fs.mkdirSync(screens, { recursive: true })
for (const old of fs.readdirSync(screens)) if (old.startsWith('FAILED-')) fs.rmSync(path.join(screens, old))
let passed = 0, failed = 0
const prepared = await prepare()
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS })
for (const file of fs.readdirSync(here).filter((name) => name.endsWith('.e2e.mjs')).sort()) {
  const group = file.slice(0, -'.e2e.mjs'.length)
  if (wanted.length && !wanted.includes(group)) continue
  const { tests } = await import(path.join(here, file))
  for (const [name, test] of Object.entries(tests)) {
    const started = Date.now()
    const on = stage(prepared, browser)
    let wrong = null
    try {
      await test(on)
      if (on.errors().length) wrong = new Error(`errors in the page: ${on.errors().join('; ')}`)
    } catch (error) {
      wrong = error
    }
    await on.close(`${group}-${passed + failed}`, wrong)
    wrong ? failed++ : passed++
    console.log(`${wrong ? 'FAILED' : 'ok'} ${group}: ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)${wrong ? '\n    ' + wrong.stack.replace(/\n/g, '\n    ') : ''}`)
  }
}
await browser.close()
hangUp(prepared.server.url)
const ended = await prepared.server.stop()
if (ended) { failed++; console.log(`FAILED server: ${ended}`) }
removeStore(prepared.data)
if (!passed && !failed) failed++
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
