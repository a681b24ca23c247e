import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '../../src/platform/ids.ts'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'
import { textIn } from '../support/hub.ts'

const line = { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'wrong_goods' } }

describe('the home page', () => {
  let scene: ConsoleScene
  let returnId: string
  before(async () => {
    scene = await startConsole()
    returnId = await ask('home-1')
    await raise('FN05')
  })
  after(() => scene.close())

  async function ask(sourceRef: string): Promise<string> {
    const body = {
      channel: 'ecommerce',
      sourceRef,
      customer: { partyId: 'C-1' },
      currency: 'EUR',
      lines: [line],
    }
    const headers = { 'idempotency-key': sourceRef }
    const { json } = await scene.hub.request('POST', '/api/v1/returns', { body, headers })
    return textIn(json, 'id')
  }

  async function raise(code: string): Promise<void> {
    const body = {
      specversion: '1.0',
      id: newId(),
      source: 'desk',
      type: 'backhaul.exception.raised.v1',
      subject: returnId,
      time: new Date().toISOString(),
      data: { code },
    }
    await scene.hub.request('POST', '/api/v1/events', { body })
  }

  for (const scheme of ['light', 'dark'] as const) {
    test(`is accessible in ${scheme}`, async () => {
      const page = await scene.open('/', { scheme })
      await page.getByRole('region', { name: 'Waiting for me' }).waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }

  test('leads from a number to the list of what was counted, by keys alone', async () => {
    const page = await scene.open('/', { as: 'finance' })
    const finance = page.getByRole('link', { name: /^Finance 1/ })
    await finance.waitFor()
    await finance.focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/exceptions\?/)
    const { searchParams } = new URL(page.url())
    assert.deepEqual([searchParams.get('status'), searchParams.get('queue')], ['open', 'FN'])
    await page.context().close()
  })

  test('counts what comes in while one looks, without being loaded again', async () => {
    const page = await scene.open('/')
    await page.getByRole('button', { name: 'Live' }).waitFor()
    const requested = page.getByRole('link', { name: /^Requested/ })
    await requested.waitFor()
    const before2 = await requested.textContent()
    await ask('home-2')
    const count = Number(/\d+/.exec(before2 ?? '')?.[0]) + 1
    await page.getByRole('link', { name: `Requested ${count}` }).waitFor()
    await page.context().close()
  })

  test('shows a role nothing that it may not read, in the language of its reader', async () => {
    const page = await scene.open('/', { as: 'agent', language: 'de' })
    await page.getByRole('heading', { name: 'Start' }).waitFor()
    await page
      .getByRole('link', { name: /^Kundendienst|^Mir zugewiesen/ })
      .first()
      .waitFor()
    assert.equal(await page.getByRole('region', { name: 'Systeme' }).count(), 0)
    await page.context().close()
  })

  test('says what failed, and tries again when it is told to', async () => {
    const page = await scene.open('/go/x', { expectsFailures: true })
    await page.getByRole('heading', { level: 1 }).waitFor()
    const problem = {
      title: 'It is away',
      status: 409,
      detail: 'The numbers are away.',
      code: 'CONFLICT',
      retryable: false,
      traceId: 'abc',
    }
    await page.route('**/api/v1/overview**', (route) =>
      route.fulfill({ status: 409, json: problem }),
    )
    await page.getByRole('link', { name: 'Home', exact: true }).click()
    await page.getByRole('alert').getByText('The numbers are away.').waitFor()
    await page.unroute('**/api/v1/overview**')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('region', { name: 'Deadlines' }).waitFor()
    await page.context().close()
  })

  test('fits a narrow screen', async () => {
    const page = await scene.open('/', { width: 320 })
    await page.getByRole('region', { name: 'Money' }).waitFor()
    const width = await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth)
    assert.ok(width <= 320, `${width} pixels wide`)
    await page.context().close()
  })
})
