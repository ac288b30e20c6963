// The command office's live screen.
import { passage } from '../lib/passage.mjs'

export async function signInAtDesk(on, page) {
  await page.goto(on.url + '/')
  await page.fill('input[name=username]', 'e2e-desk')
  await page.fill('input[name=password]', on.password)
  await page.click('button[type=submit]')
  await page.waitForSelector('[data-kpi="passage"] b')
}

const figure = async (page, name) => Number((await page.textContent(`[data-kpi="${name}"] b`)).replace(/\D/g, ''))

export const tests = {
  'shows the city, and a registration within a second, without reloading': async (on) => {
    const { page } = await on.open('desk')
    await signInAtDesk(on, page)
    await page.waitForSelector('canvas, svg') // the map and the chart are drawn
    await page.waitForSelector('li[data-passage]')
    await page.waitForTimeout(1500)
    await on.picture(page, 'desk-live')
    const before = await figure(page, 'passage')
    const loads = await page.evaluate(() => performance.getEntriesByType('navigation').length)
    const body = passage(on.post.id, 700001)
    const officer = await on.token('e2e-officer')
    const answer = await on.send('/api/v1/passage', body, officer)
    const registered = Date.now()
    on.same('registered', answer.status, 201)
    await page.waitForSelector(`li[data-passage="${body.id}"]`, { timeout: 1000 })
    await on.until('the figure rises by one', async () => (await figure(page, 'passage')) === before + 1, 1000 - (Date.now() - registered))
    on.same('the page was not loaded again', await page.evaluate(() => performance.getEntriesByType('navigation').length), loads)
    const shown = await page.textContent(`li[data-passage="${body.id}"]`)
    on.holds('the feed names nobody', !shown.includes(body.name) && !shown.includes(body.doc_no))
  },

  'a fever raises its own figure and the hand-overs that wait': async (on) => {
    const { page } = await on.open('desk')
    await signInAtDesk(on, page)
    const fever = await figure(page, 'fever'), waiting = await figure(page, 'handover')
    const officer = await on.token('e2e-officer')
    const body = passage(on.post.id, 700002, { temp1: 38.4, device1: 'ear', decision: 'fever_clinic', handed_to: '浚县人民医院发热门诊', handover_place_id: on.post.place_id })
    on.same('registered', (await on.send('/api/v1/passage', body, officer)).status, 201)
    await on.until('one fever more', async () => (await figure(page, 'fever')) === fever + 1, 1500)
    await on.until('one hand-over more', async () => (await figure(page, 'handover')) === waiting + 1, 1500)
    await on.picture(page, 'desk-fever')
  },

  'filters by place, and gives the list as CSV': async (on) => {
    const { page } = await on.open('desk')
    await signInAtDesk(on, page)
    const whole = await figure(page, 'passage')
    await page.goto(`${on.url}/#/live?under=${on.post.place_id}`)
    await on.until('the place has fewer than the city', async () => {
      const n = await figure(page, 'passage')
      return n > 0 && n < whole
    })
    await page.goto(`${on.url}/#/passage`)
    await page.waitForSelector('table tbody tr, [role=table] [role=row]')
    await page.waitForTimeout(500)
    await on.picture(page, 'desk-list')
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=/导出|CSV/')])
    const text = (await (await download.createReadStream()).toArray()).join('')
    on.holds('the table has a header and rows', /^\ufeff?id,version,place,/.test(text) && text.split('\n').length > 10)
  },
}
