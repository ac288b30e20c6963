// The traveller's page by a post's code, then the officer who only measures.
import { documentOf } from '../lib/passage.mjs'
import { closeKeypad, signInAtPost } from './field.e2e.mjs'

const at = (name) => `[data-testid="${name}"]`
const DOC = documentOf(740000)

async function fillIn(on, page) {
  await page.goto(`${on.url}/t/#${on.post.code}`)
  await page.waitForSelector(at('notice'))
  on.holds('the post is named', (await page.textContent(at('post-name'))).includes(on.post.name))
  on.holds('no form before the notice was read', !(await page.isVisible(at('submit'))))
  await on.picture(page, 'public-notice')
  await page.check(at('notice-read'))
  await page.fill(at('name'), '柏知秋')
  await page.fill(at('doc_no'), DOC)
  await page.waitForSelector(at('doc_no-good'))
  await page.fill(at('phone'), '13900740000')
  await page.selectOption(at('from-1'), { index: 1 })
  for (const list of ['from-2', 'from-3'])
    if (await page.isVisible(at(list))) await page.selectOption(at(list), { index: 1 })
  await page.click(at('symptoms-none'))
  await page.click(at('history-none'))
  await on.picture(page, 'public-form')
}

export const tests = {
  'a traveller fills in the form, the officer enters the code and only measures': async (on) => {
    const { page } = await on.open('phone')
    await fillIn(on, page)
    await page.click(at('submit'))
    await page.waitForSelector(at('code'))
    const code = (await page.textContent(at('code'))).replace(/\D/g, '')
    on.holds(`a code of six digits: ${code}`, /^\d{6}$/.test(code))
    await page.waitForSelector(at('qr'))
    await on.picture(page, 'public-code')

    const officer = (await on.open('phone')).page
    await signInAtPost(on, officer)
    await officer.click(at('declaration-open'))
    for (const digit of code) await officer.click(at(`code-key-${digit}`))
    await on.until('the form is filled in', async () => (await officer.inputValue(at('occupant-1-name'))) === '柏知秋')
    on.same('the number', (await officer.inputValue(at('occupant-1-doc_no'))).replace(/\s/g, ''), DOC)
    await officer.click(at('occupant-1-temp1'))
    for (const key of ['device-ear', 'temp-whole-36', 'temp-key-4']) await officer.click(at(key))
    await closeKeypad(officer)
    if (await officer.isVisible(at('plate-none'))) await officer.click(at('plate-none'))
    await on.picture(officer, 'field-declaration')
    on.same('ready', await officer.getAttribute(at('confirm'), 'data-ready'), 'true')
    await officer.click(at('confirm'))
    await officer.waitForSelector(at('receipt'))
    const [passage] = await on.until('the passage on the server', async () => {
      const [one] = (await on.send('/api/v1/person/search', { doc_no: DOC })).value.items
      const rows = one && (await on.get(`/api/v1/passage?person_id=${one.id}`)).items
      return rows?.length && rows
    })
    on.holds('it refers to the form', passage.declaration_id)
  },

  'a code that does not exist is told kindly': async (on) => {
    const { page } = await on.open('phone')
    await page.goto(`${on.url}/t/#NOSUCH`)
    await page.waitForSelector(at('post-error'))
    await on.picture(page, 'public-no-post')
  },
}
