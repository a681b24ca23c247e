import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { newId } from '../../src/platform/ids.ts'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'
import { textIn } from '../support/hub.ts'

/** Where screenshots go when somebody wants to look at them. */
const pictures = process.env['SCREENSHOT_DIR']

describe('the customer’s status page', () => {
  let scene: ConsoleScene
  let path: string
  before(async () => {
    scene = await startConsole({
      config: {
        statusPage: {
          name: 'Example Shop',
          question: 'order_or_postcode',
          supportEmail: 'help@example.com',
          supportPhone: '+49 30 1234567',
          decisionDays: 2,
        },
      },
    })
    const { hub } = scene
    const line = { lineNo: 1, product: { sku: 'PUMP-12V', name: 'Pump 12 V' }, quantity: '2' }
    const body = {
      channel: 'ecommerce',
      sourceRef: newId(),
      customer: { partyId: 'C-1' },
      currency: 'EUR',
      orderRefs: ['SO-4711'],
      lines: [{ ...line, reason: { code: 'wrong_goods' } }],
    }
    const headers = { 'idempotency-key': newId() }
    const made = await hub.request('POST', '/api/v1/returns', { body, headers })
    const id = textIn(made.json, 'id')
    const say = (type: string, data: object) =>
      hub.request('POST', '/api/v1/events', {
        body: {
          specversion: '1.0',
          id: newId(),
          source: 'desk',
          type: `backhaul.${type}.v1`,
          subject: id,
          time: new Date().toISOString(),
          data,
        },
      })
    await say('return.approved', {
      lines: [{ lineNo: 1, quantity: '2' }],
      validUntil: '2030-01-31T00:00:00Z',
      customerText: 'Please wrap the pump well.',
    })
    await say('label.issued', {
      parcel: { parcelId: 'P-1', carrier: 'DHL', tracking: 'JD0146' },
      label: { url: 'https://labels.example.com/1.pdf', qrUrl: 'https://labels.example.com/1.png' },
    })
    const link = await hub.request('POST', `/api/v1/returns/${id}/status-link`)
    path = new URL(textIn(link.json, 'url')).pathname
  })
  after(() => scene.close())

  async function answer(page: Awaited<ReturnType<ConsoleScene['open']>>): Promise<void> {
    await page.getByLabel('Order number or postcode').fill('so 4711')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Your return RMA-' }).waitFor()
  }

  for (const scheme of ['light', 'dark'] as const) {
    test(`is accessible in ${scheme}, and fits a telephone`, async () => {
      const page = await scene.open(path, { as: null, scheme, width: 360 })
      await assertAccessible(page)
      await answer(page)
      await assertAccessible(page)
      const width = await page.evaluate<number>('document.documentElement.scrollWidth')
      assert.ok(width <= 360, `${width} px wide`)
      if (pictures) await page.screenshot({ path: join(pictures, `${scheme}.png`), fullPage: true })
      await page.context().close()
    })
  }

  test('answers by keys alone, where no script runs', async () => {
    const page = await scene.open(path, { as: null, javaScript: false })
    await page.getByLabel('Order number or postcode').press('Shift+Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.type('so 4711')
    await page.keyboard.press('Enter')
    await page.getByText('Your return is approved.').waitFor()
    await page.getByText('Please send the goods by January 31, 2030.').waitFor()
    await page.getByText('Please wrap the pump well.').waitFor()
    const label = page.getByRole('link', { name: 'Print the return label' })
    assert.equal(await label.getAttribute('href'), 'https://labels.example.com/1.pdf')
    await page.getByRole('link', { name: 'Deutsch' }).click()
    await page.getByText('Ihre Rücksendung ist genehmigt.').waitFor()
    assert.equal(await page.getAttribute('html', 'lang'), 'de')
    await page.context().close()
  })

  test('can be printed: what leads nowhere on paper is left out', async () => {
    const page = await scene.open(path, { as: null, javaScript: false })
    await answer(page)
    await page.emulateMedia({ media: 'print' })
    assert.equal(await page.getByRole('navigation').isVisible(), false)
    assert.equal(await page.getByText('Your return is approved.').isVisible(), true)
    if (pictures) await page.screenshot({ path: join(pictures, 'print.png'), fullPage: true })
    await page.context().close()
  })

  test('says what is wrong with an answer, and with a link, in an accessible way', async () => {
    const page = await scene.open(path, { as: null, expectsFailures: true })
    await page.getByLabel('Order number or postcode').fill('nothing')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('This does not fit.').waitFor()
    await assertAccessible(page)
    await page.goto(`${scene.url}/status/nothing`)
    await page.getByRole('heading', { name: 'This link leads nowhere' }).waitFor()
    await assertAccessible(page)
    await page.context().close()
  })
})
