// The checkpoint screen on a phone: a car of three, with and without a network.
import { documentOf } from '../lib/passage.mjs'

const at = (name) => `[data-testid="${name}"]`

export async function signInAtPost(on, page) {
  await page.goto(on.url + '/field/')
  await page.fill(at('login-name'), 'e2e-officer')
  await page.fill(at('login-password'), on.password)
  await on.picture(page, 'field-login')
  await page.click(at('login-submit'))
  await page.click(at(`post-${on.post.code}`))
  await page.waitForSelector(at('plate'))
}

/** It may be closing by itself at this moment: what counts is that it is closed. */
export async function closeKeypad(page) {
  if (await page.isVisible(at('key-close'))) await page.click(at('key-close'), { timeout: 3000 }).catch(() => {})
  await page.waitForSelector(at('key-close'), { state: 'hidden' })
}

/** As an officer does it: the keypads, not a keyboard. */
async function press(page, field, keys) {
  await page.click(at(field))
  for (const key of keys) await page.click(at(key))
}

const digits = (text) => [...text].map((digit) => `num-key-${digit}`)

async function person(page, n, { doc, name, whole = '36', tenth = '5' }) {
  if (n > 1) await page.click(at('occupant-add'))
  await press(page, `occupant-${n}-doc_no`, digits(doc))
  await page.waitForSelector(at(`occupant-${n}-identity`)) // sex, birth date and home, as it is typed
  await closeKeypad(page)
  await page.fill(at(`occupant-${n}-name`), name)
  await closeKeypad(page)
  await press(page, `occupant-${n}-temp1`, ['device-ear', `temp-whole-${whole}`, `temp-key-${tenth}`])
  await closeKeypad(page)
}

async function carOfThree(page, plate, first) {
  await press(page, 'plate', [...plate].map((key) => `plate-key-${key}`))
  await closeKeypad(page)
  await page.click(at('from-410603'))
  await person(page, 1, { doc: documentOf(first), name: '温若一' })
  await person(page, 2, { doc: documentOf(first + 1), name: '温知秋' })
  await person(page, 3, { doc: documentOf(first + 2), name: '温晚晴' })
}

/** Passages of these people as the server has them. */
async function registered(on, first, count) {
  const found = []
  for (let n = first; n < first + count; n++) {
    const people = (await on.send('/api/v1/person/search', { doc_no: documentOf(n) })).value.items
    for (const { id } of people) found.push(...(await on.get(`/api/v1/passage?person_id=${id}`)).items)
  }
  return found
}

const netState = (page) => page.getAttribute(at('net-state'), 'data-state')

export const tests = {
  'a car of three is registered as one flow': async (on) => {
    const { page } = await on.open('phone')
    await signInAtPost(on, page)
    await on.picture(page, 'field-form')
    const started = Date.now()
    await carOfThree(page, 'A1234', 710000)
    await page.waitForSelector(at('confirm') + '[data-ready="true"]')
    await on.picture(page, 'field-three')
    await page.click(at('confirm'))
    await page.waitForSelector(at('receipt'))
    on.holds('within 30 seconds', Date.now() - started < 30000)
    await on.picture(page, 'field-receipt')
    const rows = await on.until('three passages on the server', async () => {
      const found = await registered(on, 710000, 3)
      return found.length === 3 && found
    })
    on.same('one vehicle', new Set(rows.map((row) => row.flow_id)).size, 1)
    on.same('all let pass', rows.map((row) => row.decision), ['pass', 'pass', 'pass'])
    on.same('the plate', new Set(rows.map((row) => row.plate)).size, 1)
  },

  'without a network it goes on; nothing is lost, nothing doubled': async (on) => {
    const { page, context } = await on.open('phone')
    await signInAtPost(on, page)
    await context.setOffline(true)
    await carOfThree(page, 'B2345', 720000)
    await page.click(at('confirm'))
    await page.waitForSelector(at('receipt'))
    await on.until('it says that it is offline', async () => (await netState(page)) === 'offline')
    await on.until('three wait', async () => (await page.textContent(at('outbox-count')))?.includes('3'))
    await on.picture(page, 'field-offline')
    on.same('nothing has arrived', (await registered(on, 720000, 3)).length, 0)

    // Opened again without a network, it still knows.
    await page.reload()
    await on.until('three still wait', async () => (await page.textContent(at('outbox-count')))?.includes('3'), 10000)
    await carOfThree(page, 'C3456', 720003)
    await page.click(at('confirm'))
    await on.until('six wait', async () => (await page.textContent(at('outbox-count')))?.includes('6'))

    await context.setOffline(false)
    await on.until('all six arrive', async () => (await registered(on, 720000, 6)).length === 6, 30000)
    await on.until('nothing waits', async () => !(await page.isVisible(at('outbox-count'))) || !/[1-9]/.test(await page.textContent(at('outbox-count'))), 10000)
    await page.waitForTimeout(3000) // whoever sends again would do so now
    const rows = await registered(on, 720000, 6)
    on.same('six and no more', rows.length, 6)
    on.same('two vehicles', new Set(rows.map((row) => row.flow_id)).size, 2)
  },

  'a fever is proposed in words and colour, and waits for the officer': async (on) => {
    const { page } = await on.open('phone')
    await signInAtPost(on, page)
    await press(page, 'plate', [...'D4567'].map((key) => `plate-key-${key}`))
    await closeKeypad(page)
    await page.click(at('from-410603'))
    await person(page, 1, { doc: documentOf(730000), name: '温望舒', whole: '38', tenth: '6' })
    await on.until('the proposal', async () => (await page.getAttribute(at('occupant-1-proposal'), 'data-proposal')) === 'fever_clinic')
    await on.picture(page, 'field-fever')
    on.holds('one tap does not let pass', (await page.getAttribute(at('confirm'), 'data-ready')) !== 'true')
  },
}
