import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'
import { textIn } from '../support/hub.ts'

const line = { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'wrong_goods' } }

describe('the list of cases', () => {
  let scene: ConsoleScene
  const numbers: string[] = []

  before(async () => {
    scene = await startConsole()
    const first = await scene.open('/cases')
    await first.getByRole('heading', { name: 'No returns yet' }).waitFor()
    await assertAccessible(first)
    await first.context().close()
    for (const channel of ['edi', 'edi', 'ecommerce']) await ask(channel)
  })
  after(() => scene.close())

  async function ask(channel: string): Promise<string> {
    const sourceRef = `case-${numbers.length}`
    const { json } = await scene.hub.request('POST', '/api/v1/returns', {
      body: {
        channel,
        sourceRef,
        customer: { partyId: 'C-1' },
        currency: 'EUR',
        orderRefs: [`S0004${numbers.length}`],
        lines: [line],
      },
      headers: { 'idempotency-key': sourceRef },
    })
    numbers.push(textIn(json, 'caseNo'))
    return textIn(json, 'caseNo')
  }

  async function shown(page: Page, count: number): Promise<void> {
    const rows = page.locator('tr.record')
    await rows.nth(count).waitFor({ state: 'detached' })
    await rows.nth(count - 1).waitFor()
    assert.equal(await page.locator('tr.record').count(), count)
  }

  for (const scheme of ['light', 'dark'] as const) {
    test(`is accessible in ${scheme}, and in German`, async () => {
      const page = await scene.open('/cases', { scheme, language: 'de' })
      await shown(page, 3)
      await page.getByRole('tab', { name: /^Angefragt/ }).waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }

  test('says how many there are and which row each is', async () => {
    const page = await scene.open('/cases')
    await shown(page, 3)
    assert.equal(await page.getByRole('table').getAttribute('aria-rowcount'), '4')
    assert.equal(await page.locator('tr.record').first().getAttribute('aria-rowindex'), '2')
    await page.getByRole('tab', { name: 'Requested 3' }).waitFor()
    await page.context().close()
  })

  test('is filtered by what is typed, and the address says so', async () => {
    const page = await scene.open('/cases')
    await shown(page, 3)
    const filter = page.getByRole('combobox', { name: 'Filter' })
    await filter.fill('chan')
    await page.getByRole('option', { name: 'channel:', exact: true }).waitFor()
    await filter.fill('channel:edi')
    await filter.press('Enter')
    await shown(page, 2)
    assert.equal(new URL(page.url()).searchParams.get('channel'), 'edi')
    await page.reload()
    await shown(page, 2)
    await page.getByRole('tab', { name: 'Done 0' }).click()
    await page.getByRole('heading', { name: 'No case fits' }).waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Show all cases' }).click()
    await shown(page, 3)
    await page.goBack()
    await page.getByRole('heading', { name: 'No case fits' }).waitFor()
    await page.context().close()
  })

  test('is worked through by keys alone: move, select, look, open', async () => {
    const page = await scene.open('/cases')
    await shown(page, 3)
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.keyboard.press('j')
    await page.keyboard.press('Shift+X')
    await page.getByText('2 selected').waitFor()
    await page.keyboard.press('Space')
    const preview = page.getByRole('complementary', { name: `Preview of ${numbers[1]}` })
    await preview.getByText('Waiting for a decision').waitFor()
    await page.keyboard.press('j')
    await page.getByRole('complementary', { name: `Preview of ${numbers[0]}` }).waitFor()
    await assertAccessible(page)
    await page.keyboard.press('Escape')
    await preview.waitFor({ state: 'detached' })
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/cases/${numbers[1]}`)
    await page.context().close()
  })

  test('shows the columns that one chooses, in the order that one chooses', async () => {
    const page = await scene.open('/cases?sort=since')
    await shown(page, 3)
    assert.equal(await page.getByLabel('Order', { exact: true }).inputValue(), 'since')
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Priority' }).click()
    await page.getByRole('columnheader', { name: 'Priority' }).waitFor()
    await page.context().close()
  })

  test('announces what is new, and moves nothing until one wants it', async () => {
    const page = await scene.open('/cases')
    await shown(page, 3)
    const made = await ask('field')
    await page.getByRole('button', { name: '1 new · show' }).waitFor()
    assert.equal(await page.locator('tr.record').count(), 3)
    await page.getByRole('button', { name: '1 new · show' }).click()
    await page.getByRole('link', { name: made }).waitFor()
    await shown(page, 4)
    await page.context().close()
  })

  test('gives all that fits as a table, with what the role may not see masked', async () => {
    const page = await scene.open('/cases?channel=edi', { as: 'warehouse' })
    await shown(page, 2)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSV' }).click(),
    ])
    assert.equal(download.suggestedFilename(), 'returns.csv')
    await page.context().close()
  })

  test('says what went wrong where it cannot be read', async () => {
    const page = await scene.open('/cases', { expectsFailures: true })
    await shown(page, numbers.length)
    await page
      .context()
      .route('**/api/v1/returns?*', (route) => route.fulfill({ status: 500, body: 'no' }))
    await page.reload()
    await page.getByRole('alert').getByText('This could not be loaded').waitFor()
    await page.context().unroute('**/api/v1/returns?*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await shown(page, numbers.length)
    await page.context().close()
  })
})
