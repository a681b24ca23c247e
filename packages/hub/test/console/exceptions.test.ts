import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '../../src/platform/ids.ts'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'
import { textIn } from '../support/hub.ts'

const line = { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'wrong_goods' } }

describe('the screens of exceptions', () => {
  let scene: ConsoleScene
  before(async () => {
    scene = await startConsole()
    const page = await scene.open('/exceptions')
    await page.getByRole('heading', { name: 'Nothing is wrong' }).waitFor()
    await page.context().close()
    for (const name of ['one', 'two']) await makeException(name)
  })
  after(() => scene.close())

  async function makeException(name: string): Promise<void> {
    const { json } = await scene.hub.request('POST', '/api/v1/returns', {
      body: {
        channel: 'edi',
        sourceRef: name,
        customer: { partyId: 'C-1' },
        currency: 'EUR',
        lines: [line],
      },
      headers: { 'idempotency-key': name },
    })
    const body = {
      specversion: '1.0',
      id: newId(),
      source: 'desk',
      type: 'backhaul.exception.raised.v1',
      subject: textIn(json, 'id'),
      time: new Date().toISOString(),
      data: { code: 'CU03', detail: 'Says it was never worn.' },
    }
    await scene.hub.request('POST', '/api/v1/events', { body })
  }

  for (const scheme of ['light', 'dark'] as const) {
    test(`are accessible in ${scheme}, and in German`, async () => {
      const page = await scene.open('/exceptions', { scheme, language: 'de' })
      await page.locator('tr.record').first().waitFor()
      await assertAccessible(page)
      await page.getByText('Einzeln').click()
      await page.getByRole('columnheader', { name: 'Einzelheit' }).waitFor()
      await page.locator('tr.record').nth(1).waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }

  test('lead by keys from a cause to one exception, which is resolved there', async () => {
    const page = await scene.open('/exceptions')
    await page.getByRole('link', { name: /CU03/ }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.locator('tr.record').nth(1).waitFor()
    assert.equal(new URL(page.url()).searchParams.get('group'), 'CU03.case.-')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByText('Says it was never worn.').waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).click()
    await page.getByText('Acknowledged by').waitFor()
    await page.getByLabel('Assign to').fill('kim')
    await page.getByRole('button', { name: 'Assign', exact: true }).click()
    await page.getByRole('cell', { name: 'kim' }).waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.getByRole('button', { name: 'Open again' }).waitFor()
    await page.context().close()
  })

  test('snooze all of a cause', async () => {
    const page = await scene.open('/exceptions', { as: 'agent' })
    await page
      .locator('tr.record')
      .first()
      .click({ position: { x: 500, y: 10 } })
    await page.getByRole('button', { name: 'Snooze' }).click()
    await page.getByRole('menuitem', { name: 'For a day' }).click()
    await page.getByText('Noted for 1 exception in your queues.').waitFor()
    await page.getByText('0 seen, 1 snoozed').waitFor()
    await page.context().close()
  })

  test('let nobody work on them who may not', async () => {
    const page = await scene.open('/exceptions', { as: 'auditor' })
    await page
      .locator('tr.record')
      .first()
      .click({ position: { x: 500, y: 10 } })
    const button = page.getByRole('button', { name: 'Acknowledge' })
    assert.equal(await button.getAttribute('aria-disabled'), 'true')
    await page.context().close()
  })

  test('say that nothing fits, apart from that nothing is wrong', async () => {
    const page = await scene.open('/exceptions?queue=PU')
    await page.getByRole('heading', { name: 'No exception fits' }).waitFor()
    await page.getByRole('button', { name: 'Show all open ones' }).click()
    await page.locator('tr.record').first().waitFor()
    await page.context().close()
  })
})
