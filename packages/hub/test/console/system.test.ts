import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'

describe('the page about the hub itself', () => {
  let scene: ConsoleScene
  before(async () => {
    scene = await startConsole()
    await scene.hub.pool.query(
      `insert into outbox_dead (case_id, delivery_no, created_at, connection_id, command_type, attempts, code, died_at)
       values (gen_random_uuid(), 1, now(), 'erp', 'event.publish', 12, 'TIMEOUT', now())`,
    )
  })
  after(() => scene.close())

  for (const scheme of ['light', 'dark'] as const) {
    test(`is accessible in ${scheme}`, async () => {
      const page = await scene.open('/system', { scheme })
      await page.getByRole('table', { name: 'Checks' }).waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }

  test('puts first what is not well, with the page that says what to do', async () => {
    const page = await scene.open('/system', { as: 'auditor' })
    const first = page.getByRole('table', { name: 'Checks' }).getByRole('row').nth(1)
    await first.waitFor()
    const said = (await first.textContent()) ?? ''
    assert.match(said, /Dead letters.*Warning.*docs\/runbooks\/dead-letters\.md/)
    await page
      .getByRole('table', { name: 'Processes' })
      .getByText(/deliver/)
      .waitFor()
    await page.context().close()
  })

  test('is reached by keys', async () => {
    const page = await scene.open('/')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.getByRole('heading', { name: 'System' }).waitFor()
    await page.context().close()
  })

  test('says to whom it may not be shown that it may not', async () => {
    const page = await scene.open('/system', { as: 'agent', expectsFailures: true })
    await page.getByRole('alert').getByText('Your role may not see this.').waitFor()
    await page.context().close()
  })
})
