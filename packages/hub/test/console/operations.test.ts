import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'

const line = { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'wrong_goods' } }

describe('actions on many things', () => {
  let scene: ConsoleScene
  before(async () => {
    scene = await startConsole()
    for (const name of ['one', 'two', 'three']) {
      await scene.hub.request('POST', '/api/v1/returns', {
        body: {
          channel: 'edi',
          sourceRef: name,
          customer: { partyId: 'C-1' },
          currency: 'EUR',
          lines: [line],
        },
        headers: { 'idempotency-key': name },
      })
    }
    await scene.hub.settled()
  })
  after(() => scene.close())

  test('are none at first, and that is said', async () => {
    const page = await scene.open('/operations')
    await page.getByRole('heading', { name: 'There are no operations' }).waitFor()
    await page.context().close()
  })

  test('assign all returns that match, by keys alone, and leave out those that are assigned', async () => {
    const page = await scene.open('/cases?channel=edi')
    await page.locator('tr.record').nth(2).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.getByText('1 selected').waitFor()
    await page.getByRole('button', { name: 'Select all that match' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('All that match are selected').waitFor()
    await page.getByRole('button', { name: 'Assign…' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Person').fill('kim')
    await page.keyboard.press('Enter')
    await page.getByText('3 things would be done.').waitFor()
    await page.getByRole('button', { name: 'Do it for 3' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('ended: 3 of 3').waitFor()
    await page.getByRole('button', { name: 'Close' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Assign…' }).click()
    await page.getByLabel('Person').fill('kim')
    await page.getByRole('button', { name: 'See what would happen' }).click()
    await page.getByText('3 are left out:').waitFor()
    const start = page.getByRole('button', { name: /^Do it for 0/ })
    assert.equal(await start.isDisabled(), true)
    await page.context().close()
  })

  test('cancel what was picked when its number is typed, and tell it thing by thing', async () => {
    const page = await scene.open('/cases?channel=edi')
    await page.locator('tr.record').nth(2).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.getByRole('button', { name: 'Cancel…' }).click()
    await page.getByLabel('Reason').fill('Asked for twice')
    await page.getByRole('button', { name: 'See what would happen' }).click()
    await page.getByLabel(/Type 1 to confirm/).fill('1')
    await page.getByRole('button', { name: 'Do it for 1' }).click()
    await page.getByText('ended: 1 of 1').waitFor()
    await page.getByRole('link', { name: 'The whole report' }).click()
    await page.getByRole('heading', { name: 'Cancel returns', level: 1 }).waitFor()
    await page.getByRole('row', { name: /RMA-\d+-\d done/ }).waitFor()
    await page.getByLabel('State of the thing').selectOption('failed')
    await page.getByRole('heading', { name: 'Nothing is in this state' }).waitFor()
    assert.match(page.url(), /state=failed/)
    await page.context().close()
  })

  test('are offered, and refused with the reason, to who may not do them', async () => {
    const page = await scene.open('/cases?channel=edi', { as: 'warehouse' })
    await page.locator('tr.record').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    const cancel = page.getByRole('button', { name: 'Cancel…' })
    assert.equal(await cancel.getAttribute('aria-disabled'), 'true')
    await page.goto(`${scene.url}/operations`)
    await page.getByRole('heading', { name: 'There are no operations' }).waitFor()
    await page.context().close()
  })

  for (const scheme of ['light', 'dark'] as const) {
    test(`are accessible in ${scheme}, in German too`, async () => {
      const page = await scene.open('/operations', { scheme, language: 'de' })
      await page.getByRole('link', { name: 'Retouren stornieren' }).waitFor()
      await assertAccessible(page)
      await page.getByRole('link', { name: 'Retouren stornieren' }).click()
      await page.getByRole('row', { name: /erledigt/ }).waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }
})
