import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Page, Response } from 'playwright-core'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'
import {
  askForReturn,
  connectOrderDesk,
  type OrderDesk,
  orderDeskConnector,
  receivedInPart,
  sayOf,
} from '../support/case-scene.ts'

describe('the page of a case', () => {
  const desk: OrderDesk = { isClosed: true, gone: [] }
  let scene: ConsoleScene
  let id: string
  let caseNo: string
  before(async () => {
    scene = await startConsole({ connectors: [orderDeskConnector(desk)] })
    await connectOrderDesk(scene.hub)
    ;({ id, caseNo } = await askForReturn(scene.hub, 'page-1'))
    await receivedInPart(scene.hub, id)
  })
  after(() => scene.close())

  async function open(path: string, options?: Parameters<ConsoleScene['open']>[1]): Promise<Page> {
    const page = await scene.open(path, options)
    await page.getByTestId('truth').waitFor()
    await page.getByRole('heading', { name: /What happened|Was geschehen ist/ }).waitFor()
    return page
  }

  const at = (search = '') => `/cases/${caseNo}${search}`

  test('answers in one sentence where the goods and the money are, in the language of its reader', async () => {
    const page = await open(at())
    const truth = await page.getByTestId('truth').textContent()
    assert.match(
      truth ?? '',
      /^Received 3 of 4 at VENLO on \w{3}.*; waiting for the rest for .*; EUR\s120\.50 not released\.$/,
    )
    await page.context().close()
    const german = await open(at(), { language: 'de' })
    const said = await german.getByTestId('truth').textContent()
    assert.match(said ?? '', /^3 von 4 erhalten in VENLO am .*; 120,50\sEUR nicht freigegeben\.$/)
    const open4 = await german.getByTestId('owed').textContent()
    assert.match(open4 ?? '', /Kunde muss den Rest einsenden/)
    await german.context().close()
  })

  for (const scheme of ['light', 'dark'] as const) {
    test(`is accessible in ${scheme}, with all of its entries open`, async () => {
      const page = await open(at('?view=full'), { scheme })
      await page.getByText('What it caused').first().waitFor()
      await page.getByRole('button', { name: 'Refresh now: Order desk' }).waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }

  test('shows the return in each system, with a link to it, and what differs', async () => {
    await sayOf(scene.hub, id, {
      type: 'case.noted',
      data: { note: 'n', refs: [{ system: 'desk', type: 'return', value: 'RET-1' }] },
    })
    const page = await open(at())
    const card = page.getByRole('region', { name: 'Order desk' })
    const link = card.getByRole('link', { name: /RET-1/ })
    assert.equal(await link.getAttribute('href'), 'https://desk.example/returns/RET-1')
    await page.context().close()
  })

  test('asks a system again, and says what came of it and what was only hastened', async () => {
    const ref = { system: 'desk', type: 'credit_note', value: '77' }
    await sayOf(scene.hub, id, { type: 'case.noted', data: { note: 'n', refs: [ref] } })
    desk.gone = ['77']
    const page = await open(at(), { as: 'agent' })
    const card = page.getByRole('region', { name: 'Order desk' })
    await card.getByRole('button', { name: 'Refresh now: Order desk' }).click()
    await card.getByText('It told what it knows of the order.').waitFor()
    await card.getByText('Gone there: credit_note:77.').waitFor()
    await card.getByText(/look at all its changes was hastened/).waitFor()
    await scene.hub.settled()
    await page.reload()
    await card.getByText('1 difference').waitFor()
    await page.context().close()
  })

  test('is filtered by what failed and by who said it, and the address says so', async () => {
    const page = await open(at())
    const story = page.getByRole('region', { name: 'What happened' })
    await story.getByRole('button', { name: /Return requested/ }).waitFor()
    await page.getByText('Failed only', { exact: true }).click()
    await story.getByRole('button', { name: /Return requested/ }).waitFor({ state: 'detached' })
    await story.getByRole('button', { name: /Command failed for good/ }).waitFor()
    assert.equal(new URL(page.url()).searchParams.get('failed'), 'true')
    await page.reload()
    await story.getByRole('button', { name: /Command failed for good/ }).waitFor()
    assert.equal(await story.getByRole('button', { name: /Return requested/ }).count(), 0)
    await page.goto(`${scene.url}${at('?source=["nobody"]')}`)
    await page.getByText('Nothing fits these filters.').waitFor()
    await story.getByRole('button', { name: 'Clear the filters' }).first().click()
    await story.getByRole('button', { name: /Return requested/ }).waitFor()
    await page.context().close()
  })

  test('tells a step in full: by whom, when there and here, by which rules, and what it caused', async () => {
    const page = await open(at('?order=story'))
    const head = page.getByRole('button', { name: /Return approved/ })
    await head.click()
    const step = page.getByRole('article').filter({ has: head })
    await step.getByText('Rules standard-returns, version 3').waitFor()
    await step.getByText(/Line 1 · Authorization: requested → approved/).waitFor()
    await step.getByText('desk: Record the return').waitFor()
    assert.match(page.url(), /entry=\d+/)
    await page.getByText('told late').or(page.getByText('out of order')).first().waitFor()
    await page.context().close()
  })

  test('shows who the customer is for a reason, and keeps it out of the address', async () => {
    const page = await open(at(), { as: 'agent' })
    assert.equal(await page.getByText('Kim Doe').count(), 0)
    await page.getByRole('button', { name: 'Show the customer' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Show the customer' }).click()
    await dialog.getByText('A few words, please.').waitFor()
    await dialog.getByLabel('Reason').fill('The customer is on the phone.')
    await dialog.getByRole('button', { name: 'Show the customer' }).click()
    await page.getByTestId('customer').getByText('Kim Doe', { exact: true }).waitFor()
    assert.ok(!page.url().includes('Kim'))
    const { rows } = await scene.hub.pool.query<{ actor: string; detail: { reason: string } }>(
      `select actor, detail from audit_entry where action = 'customer.revealed'`,
    )
    assert.equal(rows[0]?.detail.reason, 'The customer is on the phone.')
    await page.context().close()
  })

  test('shows what a role may not do, with the reason, and nothing of the customer', async () => {
    const page = await open(at(), { as: 'auditor' })
    for (const name of ['Add a note', 'Show the customer', 'Refresh now: Order desk']) {
      const button = page.getByRole('button', { name })
      assert.equal(await button.getAttribute('aria-disabled'), 'true', name)
    }
    assert.equal(await page.getByRole('button', { name: /^Send again/ }).count(), 0)
    await page.getByRole('button', { name: 'Add a note' }).focus()
    await page.getByText('Your role (auditor) may not do this.').waitFor()
    await page.keyboard.press('n')
    assert.equal(await page.getByRole('dialog').count(), 0)
    await page.context().close()
  })

  test('is worked on by keys alone: a note is written, and is there', async () => {
    const page = await open(at(), { as: 'agent' })
    await page.keyboard.press('n')
    await page.getByRole('dialog').getByLabel('Note').waitFor()
    await page.keyboard.type('Called, no answer.')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const noted = page.getByRole('article').filter({ hasText: 'Note' }).first()
    await noted.waitFor()
    await page.keyboard.press('j')
    await page.getByText('What was said, as data').first().waitFor()
    assert.match(page.url(), /entry=/)
    await page.keyboard.press('o')
    await page.waitForURL(/order=story/)
    await page.context().close()
  })

  test('tells what a note says, and gives an answer for the customer to copy', async () => {
    await sayOf(scene.hub, id, { type: 'case.noted', data: { note: 'Ask the dock about box 4.' } })
    const page = await open(at(), { as: 'agent' })
    await page.getByText('Ask the dock about box 4.').waitFor()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Copy an answer for the customer' }).click()
    const copied = await page.evaluate<string>('navigator.clipboard.readText()')
    assert.match(copied, /^About your return RMA-.*: We have received 3 of 4 items\. /)
    assert.doesNotMatch(copied, /VENLO|IT01/)
    await page.context().close()
  })

  test('says that there is something new, and shows it when one wants it', async () => {
    const page = await open(at())
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor()
    const heads = page.getByRole('article')
    await heads.first().waitFor()
    const shown = await heads.count()
    for (const note of ['one', 'two']) {
      await sayOf(scene.hub, id, { type: 'case.noted', data: { note } })
    }
    const news = page.getByRole('button', { name: '2 new · show' })
    await news.waitFor()
    assert.equal(await heads.count(), shown)
    await news.click()
    await news.waitFor({ state: 'detached' })
    await heads.nth(shown + 1).waitFor()
    assert.equal(await heads.count(), shown + 2)
    await page.context().close()
  })

  test('leads from what is stuck to its repair, and shows that it moved', async () => {
    const page = await open(at())
    const stuck = page.getByRole('region', { name: 'What is open' })
    await stuck.getByText(/IT01 Neighbor down/).waitFor()
    await stuck.getByText('PERIOD_CLOSED: the period is closed').waitFor()
    desk.isClosed = false
    const card = page.getByRole('region', { name: 'Order desk' })
    await card.getByRole('button', { name: /^Send again: Record the return/ }).click()
    await card.getByText('It is being sent again.').waitFor()
    await scene.hub.settled()
    await page.keyboard.press('u')
    await stuck.getByText(/IT01 Neighbor down/).waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('resolves an exception in one step, and says why not where the queue is another’s', async () => {
    await sayOf(scene.hub, id, { type: 'exception.raised', data: { code: 'CU03' } })
    const finance = await open(at(), { as: 'finance', expectsFailures: true })
    await finance.getByRole('button', { name: 'Resolve CU03' }).click()
    await finance.getByRole('menuitem', { name: 'Inspect again' }).click()
    await finance.getByText(/does not work on the queue CS/).waitFor()
    await finance.context().close()
    const agent = await open(at(), { as: 'agent' })
    await agent.getByRole('button', { name: 'Resolve CU03' }).click()
    await agent.getByRole('menuitem', { name: 'Send the evidence' }).click()
    await agent.getByRole('button', { name: 'Resolve CU03' }).waitFor({ state: 'detached' })
    await agent.context().close()
  })

  test('says so when there is no such case, and offers to try again when it cannot be read', async () => {
    const missing = await scene.open('/cases/RMA-999999-9', { expectsFailures: true })
    await missing.getByRole('heading', { name: 'There is no return RMA-999999-9' }).waitFor()
    await assertAccessible(missing)
    await missing.context().close()
    const page = await scene.open('/go/x', { expectsFailures: true })
    let isDown = true
    await page.route(`**/api/v1/returns/${caseNo}`, (route) =>
      isDown ? route.fulfill({ status: 422, json: {} }) : route.fallback(),
    )
    await page.goto(`${scene.url}${at()}`)
    await page.getByRole('alert').getByText('Nothing was lost or changed.').waitFor()
    isDown = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByTestId('truth').waitFor()
    await page.context().close()
  })

  test('fits a narrow screen, and paper', async () => {
    const page = await open(at('?view=full'), { width: 320, height: 700 })
    await page.getByRole('button', { name: 'Refresh now: Order desk' }).waitFor()
    const width = await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth)
    assert.ok(width <= 320, `it is ${width} px wide`)
    await page.emulateMedia({ media: 'print' })
    assert.equal(await page.getByRole('button', { name: 'Add a note' }).isVisible(), false)
    assert.equal(await page.getByTestId('truth').isVisible(), true)
    await page.context().close()
  })

  test('keeps a long story light: what is far from the window is not on the page', async () => {
    const { id: other, caseNo: number } = await askForReturn(scene.hub, 'page-long')
    const notes = Array.from({ length: 130 }, (_, index) => `note ${index}`)
    for (const note of notes) {
      const path = `/api/v1/returns/${other}/notes`
      await scene.hub.request('POST', path, { body: { note } })
    }
    const page = await scene.open(`/cases/${number}`)
    const more = page.getByRole('button', { name: 'Show more' })
    await more.click()
    await page.getByRole('article').nth(99).waitFor()
    await more.click()
    await more.waitFor({ state: 'detached' })
    const shown = await page.getByRole('article').count()
    assert.ok(shown < 80, `${shown} of 130 are on the page`)
    await page.context().close()
  })

  test('needs no more than 300 kB of script, compressed, to be shown', async () => {
    const page = await scene.open('/cases/none', { expectsFailures: true })
    const scripts = new Map<string, Response>()
    page.on('response', (response) => {
      if (/\.js(\?|$)/.test(response.url())) scripts.set(response.url(), response)
    })
    await page.goto(`${scene.url}${at()}`)
    await page.getByRole('article').first().waitFor()
    const bodies = await Promise.all([...scripts.values()].map((one) => one.body()))
    const bytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0)
    assert.ok(scripts.size > 0)
    assert.ok(bytes <= 300_000, `${bytes} bytes`)
    await page.context().close()
  })
})
