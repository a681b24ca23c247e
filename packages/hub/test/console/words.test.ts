import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { newId } from '../../src/platform/ids.ts'
import { withTransaction } from '../../src/store/database.ts'
import { insertParked } from '../../src/store/parked.ts'
import { insertParkedValues } from '../../src/store/parked-values.ts'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'
import { itemsOf, textIn } from '../support/hub.ts'

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

  async function openImport(page: Page): Promise<Locator> {
    await page.getByRole('button', { name: 'Import a table' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Or paste the table').waitFor()
    return dialog
  }

  /** Words of carriers, which can mean anything. */
  async function setCarriers(words: readonly string[], meaning: string): Promise<void> {
    const entries = words.map((sourceValue) => ({ sourceValue, canonicalValue: meaning }))
    const path = '/api/v1/vocabularies/carrier/entries'
    const { status } = await scene.hub.request('POST', path, { body: { entries } })
    assert.equal(status, 200)
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

  test('are imported as a table, after its plan is seen and a refused line is mended', async () => {
    await park('Scratched')
    const page = await scene.open('/words?vocabulary=reason')
    const dialog = await openImport(page)
    const table = dialog.getByLabel('Or paste the table')
    await table.fill(
      'source,canonical\nScratched,damaged_in_transit\nQwx,ordering_error\nOdd,no_such',
    )
    await dialog.getByLabel('Connection of rows that name none').selectOption('erp')
    await dialog.getByRole('button', { name: 'See what would change' }).click()
    await dialog.getByText('1 added · 1 changed · 0 unchanged · 1 refused').waitFor()
    await dialog.getByText(/^Line 4: canonical: is not among/).waitFor()
    const run = dialog.getByRole('button', { name: 'Import 2 words' })
    assert.equal(await run.isDisabled(), true)
    await table.fill('source,canonical\nScratched,damaged_in_transit\nQwx,ordering_error\n')
    await run.waitFor({ state: 'detached' })
    await dialog.getByRole('button', { name: 'See what would change' }).click()
    const rows = dialog.getByRole('region', { name: 'Rows that would change something' })
    await rows.getByRole('row', { name: '2 Scratched erp every – damaged_in_transit' }).waitFor()
    await rows.getByRole('row', { name: '3 Qwx erp every wrong_goods ordering_error' }).waitFor()
    await run.click()
    await dialog.getByRole('status').getByText('2 words were imported').waitFor()
    await dialog.getByText('1 message tries again.').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await page.getByRole('cell', { name: 'ordering_error', exact: true }).waitFor()
    await page.getByRole('article', { name: 'Scratched' }).waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('come from a file too; one that is no such table is refused with the reason', async () => {
    const page = await scene.open('/words?vocabulary=carrier', { expectsFailures: true })
    const dialog = await openImport(page)
    const choose = (name: string, text: string): Promise<void> =>
      dialog
        .locator('input[type=file]')
        .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
    const plan = dialog.getByRole('button', { name: 'See what would change' })
    assert.equal(await plan.isDisabled(), true, 'there is nothing to look at')
    await choose('odd.csv', 'one;two\nblue;van\n')
    await plan.click()
    await dialog.getByRole('alert').getByText('The first line must name the columns').waitFor()
    await choose('fine.csv', 'source,canonical,valid_to\nBlue Van,bluevan,2031-01-01\n')
    await dialog.getByRole('alert').waitFor({ state: 'detached' })
    assert.match(await dialog.getByLabel('Or paste the table').inputValue(), /Blue Van/)
    await plan.click()
    await dialog.getByRole('button', { name: 'Import 1 word' }).click()
    await dialog.getByRole('status').getByText('1 word was imported').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('row', { name: /^Blue Van bluevan up to .*2031/ }).waitFor()
    await page.context().close()
  })

  test('are imported by keys alone', async () => {
    const page = await scene.open('/words?vocabulary=warehouse')
    const button = page.getByRole('button', { name: 'Import a table' })
    await button.focus()
    await page.keyboard.press('Enter')
    const focused = page.locator('*:focus')
    await page.getByRole('dialog').getByLabel('Or paste the table').waitFor()
    await page.locator('textarea:focus').waitFor()
    await page.keyboard.type('source,canonical')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Hall 3,wh-3')
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('Tab')
    assert.equal(await focused.innerText(), 'See what would change')
    await page.keyboard.press('Enter')
    await page.locator('h3:focus', { hasText: 'What would change' }).waitFor()
    for (let step = 0; step < 2; step += 1) await page.keyboard.press('Tab')
    assert.equal(await focused.innerText(), 'Import 1 word')
    await page.keyboard.press('Enter')
    await page.getByText('1 word was imported').waitFor()
    await page.locator('button:focus', { hasText: 'Close' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.locator('button:focus', { hasText: 'Import a table' }).waitFor()
    await page.getByRole('cell', { name: 'Hall 3', exact: true }).waitFor()
    await page.context().close()
  })

  test('are removed by whoever confirms it, and their history says so', async () => {
    const page = await scene.open('/words?vocabulary=warehouse')
    const remove = page.getByRole('button', { name: 'Remove “Hall 3”' })
    await remove.click()
    const dialog = page.getByRole('dialog', { name: 'Remove “Hall 3”?' })
    await dialog.getByText('“Hall 3” will no longer mean “wh-3”').waitFor()
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.locator('button:focus', { hasText: 'Remove' }).waitFor()
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('“Hall 3” was removed.').waitFor()
    await page.getByRole('heading', { name: 'There are no words' }).waitFor()
    await page.getByRole('tab', { name: 'Changes' }).click()
    await page.getByRole('row', { name: /admin@example.com removed Hall 3 wh-3 –/ }).waitFor()
    await page.getByRole('row', { name: /admin@example.com added Hall 3 – wh-3/ }).waitFor()
    assert.match(page.url(), /view=changes/)
    await page.context().close()
  })

  test('that somebody else removed meanwhile are said to be gone', async () => {
    await setCarriers(['Late'], 'late')
    const page = await scene.open('/words?vocabulary=carrier&prefix=late', {
      expectsFailures: true,
    })
    await page.getByRole('button', { name: 'Remove “Late”' }).click()
    const path = '/api/v1/vocabularies/carrier/entries'
    const [entry] = itemsOf(await scene.hub.request('GET', `${path}?prefix=late`))
    await scene.hub.request('DELETE', `${path}/${textIn(entry, 'id')}`)
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await dialog.getByRole('alert').getByText('There is nothing here.').waitFor()
    await page.context().close()
  })

  test('and their changes are read page by page', async () => {
    const words = Array.from({ length: 130 }, (_none, index) => `Van ${1_000 + index}`)
    await setCarriers(words, 'van')
    const page = await scene.open('/words?vocabulary=carrier&prefix=van')
    await page.getByRole('cell', { name: 'Van 1099', exact: true }).waitFor()
    const more = page.getByRole('button', { name: 'Show more' })
    assert.equal(await page.getByRole('cell', { name: 'Van 1100', exact: true }).count(), 0)
    await more.click()
    await page.getByRole('cell', { name: 'Van 1129', exact: true }).waitFor()
    await more.waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: 'Changes' }).click()
    await page.getByRole('cell', { name: 'Van 1129', exact: true }).waitFor()
    for (const oldest of ['Van 1030', 'Blue Van']) {
      await more.click()
      await page.getByRole('cell', { name: oldest, exact: true }).waitFor()
    }
    await page.context().close()
  })

  test('that wait since one looks are announced, and shown when they are asked for', async () => {
    const page = await scene.open('/words')
    await page.getByRole('button', { name: 'Live' }).waitFor()
    await page.getByRole('heading', { name: 'No word is waited for' }).waitFor()
    await park('Fresh')
    await page.getByRole('button', { name: '1 new · show' }).click()
    await page.getByRole('article', { name: 'Fresh' }).waitFor()
    await page.getByRole('button', { name: '1 new · show' }).waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('are read by an auditor, who is told why they cannot change them', async () => {
    await park('Abc')
    const page = await scene.open('/words?vocabulary=reason', { as: 'auditor' })
    const set = page.getByRole('article', { name: 'Abc' }).getByRole('button', { name: 'Set' })
    assert.equal(await set.getAttribute('aria-disabled'), 'true')
    for (const name of ['Import a table', 'Remove “Defective”']) {
      const button = page.getByRole('button', { name })
      assert.equal(await button.getAttribute('aria-disabled'), 'true', name)
      await button.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('tooltip', { name: 'Your role (auditor) may not do this.' }).waitFor()
    }
    assert.equal(await page.getByRole('dialog').count(), 0)
    await page.getByRole('tab', { name: 'Changes' }).click()
    await page.getByRole('cell', { name: 'Scratched', exact: true }).waitFor()
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
      await page.getByRole('tab', { name: 'Änderungen' }).click()
      await page.getByRole('cell', { name: 'Scratched', exact: true }).waitFor()
      await assertAccessible(page)
      await page.context().close()
    })

    test(`are imported in a dialog that is accessible in ${scheme}`, async () => {
      const page = await scene.open('/words?vocabulary=reason', { scheme })
      const dialog = await openImport(page)
      await assertAccessible(page)
      const words = Array.from({ length: 30 }, (_none, index) => `Word ${index},wrong_goods`)
      const csv = ['source,canonical', 'Odd,no_such', ...words].join('\n')
      await dialog.getByLabel('Or paste the table').fill(csv)
      await dialog.getByRole('button', { name: 'See what would change' }).click()
      await dialog.getByText('30 added · 0 changed · 0 unchanged · 1 refused').waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }
})
