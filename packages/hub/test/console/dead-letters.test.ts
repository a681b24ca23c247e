import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'

const line = { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'wrong_goods' } }

describe('the screens of dead letters', () => {
  let scene: ConsoleScene
  before(async () => {
    scene = await startConsole()
    const page = await scene.open('/dead-letters')
    await page.getByRole('heading', { name: 'No letter is dead' }).waitFor()
    await page.context().close()
    for (const name of ['one', 'two', 'three']) await makeDead(name)
  })
  after(() => scene.close())

  async function makeDead(name: string): Promise<void> {
    scene.hub.erp.replyNext({ kind: 'answer', status: 400 })
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
    await scene.hub.settled()
  }

  for (const scheme of ['light', 'dark'] as const) {
    test(`are accessible in ${scheme}, and in German`, async () => {
      const page = await scene.open('/dead-letters', { scheme, language: 'de' })
      await page.locator('tr.record').nth(2).waitFor()
      await assertAccessible(page)
      await page.getByRole('link', { name: 'Nachrichten' }).click()
      await page.getByRole('heading', { name: 'Nachrichten' }).waitFor()
      await page.locator('tr.record').first().waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }

  test('lead by keys to a delivery with its command and its tries', async () => {
    const page = await scene.open('/dead-letters')
    await page.locator('tr.record').nth(2).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Tries' }).waitFor()
    await page.getByRole('cell', { name: 'REQUEST_REJECTED' }).waitFor()
    await assertAccessible(page)
    await page.context().close()
  })

  test('give those up that are selected, with a reason, after saying what that does', async () => {
    const page = await scene.open('/dead-letters')
    await page.locator('tr.record').nth(2).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.getByRole('button', { name: 'Discard selected' }).click()
    const look = page.getByRole('button', { name: 'See what would happen' })
    assert.equal(await look.isDisabled(), true)
    await page.getByLabel('Reason').fill('The shop closed.')
    await look.click()
    await page.getByText('1 thing would be done.').waitFor()
    await assertAccessible(page)
    const discard = page.getByRole('button', { name: 'Do it for 1' })
    assert.equal(await discard.isDisabled(), true)
    await page.getByLabel(/Type 1 to confirm/).fill('1')
    await discard.click()
    await page.getByText('ended: 1 of 1').waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.locator('tr.record').nth(2).waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('send all that fit again', async () => {
    const page = await scene.open('/dead-letters')
    await page.locator('tr.record').nth(1).waitFor()
    await page.getByRole('button', { name: 'Replay all that fit' }).click()
    await page.getByRole('button', { name: 'See what would happen' }).click()
    await page.getByText('2 things would be done.').waitFor()
    await page.getByRole('button', { name: 'Do it for 2' }).click()
    await page.getByText('ended: 2 of 2').waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('heading', { name: 'No letter is dead' }).waitFor()
    await page.context().close()
  })

  test('show a message without personal data, and all of it for a reason that is written down', async () => {
    await scene.hub.request('POST', '/api/v1/returns', {
      body: {
        channel: 'edi',
        sourceRef: 'four',
        customer: { partyId: 'C-1', name: 'Kim Doe', email: 'kim@example.com' },
        currency: 'EUR',
        lines: [line],
      },
      headers: { 'idempotency-key': 'four' },
    })
    await scene.hub.settled()
    const page = await scene.open('/messages?state=applied')
    await page.locator('tr.record').first().getByRole('link').first().click()
    const body = page.getByRole('region', { name: 'As it was sent' })
    await body.waitFor()
    const shown = (await body.textContent()) ?? ''
    assert.match(shown, /C-1/)
    assert.doesNotMatch(shown, /Kim|kim@/)
    await page.getByRole('button', { name: 'Show all of it' }).click()
    await page.getByLabel('Reason').fill('The shop asks what it has sent')
    await page.keyboard.press('Tab')
    await page.getByRole('dialog').getByRole('button', { name: 'Show all of it' }).click()
    await body.getByText('Kim Doe').waitFor()
    const { rows } = await scene.hub.pool.query<{ detail: unknown }>(
      `select detail from audit_entry where action = 'message.revealed'`,
    )
    assert.deepEqual(
      rows.map(({ detail }) => detail),
      [{ reason: 'The shop asks what it has sent' }],
    )
    await assertAccessible(page)
    await page.context().close()
  })
})
