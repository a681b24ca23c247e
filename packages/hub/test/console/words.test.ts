import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '../../src/platform/ids.ts'
import { withTransaction } from '../../src/store/database.ts'
import { insertParked } from '../../src/store/parked.ts'
import { insertParkedValues } from '../../src/store/parked-values.ts'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'
import { itemsOf } from '../support/hub.ts'

describe('the words of systems', () => {
  let scene: ConsoleScene
  before(async () => {
    scene = await startConsole()
  })
  after(() => scene.close())

  /** Parks a message that cannot be read for a word. */
  async function park(value: string): Promise<void> {
    const messageId = newId()
    await withTransaction(scene.hub.pool, async (tx) => {
      const { rows } = await tx.query<{ now: Date }>(
        `select date_trunc('milliseconds', now()) as now`,
      )
      const now = rows[0]?.now ?? new Date(0)
      await tx.query(
        `insert into inbox_message (connection_id, message_id, received_at, topic, external_id, body_hash, body, actor, outcome, code)
         values ('erp', $1, $2, 'canonical-events', ($1::uuid)::text, '', $3, 'test', 'parked', 'MD01')`,
        [messageId, now, Buffer.from('{}')],
      )
      const message = { messageId, connectionId: 'erp', topic: 'canonical-events' }
      const parked = { ...message, receivedAt: now, code: 'MD01', detail: null }
      await insertParked(tx, [{ ...parked, waitsFor: [], isWaiting: false }], now)
      await insertParkedValues(tx, [{ ...message, company: null, vocabulary: 'reason', value }])
    })
  }

  test('that nobody waits for are said to be none', async () => {
    const page = await scene.open('/words')
    await page.getByRole('heading', { name: 'No word is waited for' }).waitFor()
    await page.getByRole('heading', { name: 'There are no words' }).waitFor()
    await page.context().close()
  })

  test('get their likely meaning by one click, and what waited tries again', async () => {
    await park('Defective')
    const page = await scene.open('/words?vocabulary=reason')
    const card = page.getByRole('article', { name: 'Defective' })
    await card.getByText('1 message waits').waitFor()
    await card
      .getByRole('button', { name: /^Means/ })
      .first()
      .click()
    await page.getByRole('status').getByText('1 message tries again.').waitFor()
    await card.waitFor({ state: 'detached' })
    await page.getByRole('cell', { name: 'Defective', exact: true }).waitFor()
    assert.deepEqual(itemsOf(await scene.hub.request('GET', '/api/v1/unmapped')), [])
    await page.context().close()
  })

  test('get another meaning by keys alone; one that there is not is refused with the reason', async () => {
    await park('Qwx')
    const page = await scene.open('/words?vocabulary=reason', { expectsFailures: true })
    const field = page.getByLabel('Another meaning of “Qwx”')
    await field.focus()
    await page.keyboard.type('no_such_reason')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await field.focus()
    await page.keyboard.press('Control+A')
    await page.keyboard.type('wrong_goods')
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('1 message tries again.').waitFor()
    await page.getByLabel('Begins with').fill('qw')
    await page.getByRole('cell', { name: 'wrong_goods' }).waitFor()
    await page.getByRole('cell', { name: 'Defective', exact: true }).waitFor({ state: 'detached' })
    assert.match(page.url(), /prefix=qw/)
    await page.context().close()
  })

  test('are read by an auditor, who is told why they cannot change them', async () => {
    await park('Abc')
    const page = await scene.open('/words', { as: 'auditor' })
    const set = page.getByRole('article', { name: 'Abc' }).getByRole('button', { name: 'Set' })
    assert.equal(await set.getAttribute('aria-disabled'), 'true')
    await page.context().close()
  })

  test('that could not be loaded can be asked for again', async () => {
    const page = await scene.open('/words', { expectsFailures: true })
    await page.getByRole('article', { name: 'Abc' }).waitFor()
    await page.route('**/api/v1/unmapped*', (route) => route.abort())
    await page.reload()
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor()
    await page.unroute('**/api/v1/unmapped*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('article', { name: 'Abc' }).waitFor()
    await page.context().close()
  })

  for (const scheme of ['light', 'dark'] as const) {
    test(`are accessible in ${scheme}, in German too`, async () => {
      const page = await scene.open('/words?vocabulary=reason', { scheme, language: 'de' })
      await page.getByRole('article', { name: 'Abc' }).waitFor()
      await page.getByRole('cell', { name: 'Defective', exact: true }).waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }
})
