import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
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

  test('answers in one sentence where the goods and the money are', async () => {
    const page = await open(at())
    const truth = await page.getByTestId('truth').textContent()
    if (process.env['SHOT']) await page.screenshot({ path: process.env['SHOT'], fullPage: true })
    assert.match(truth ?? '', /Received 3 of 4 at VENLO on .*; .*; EUR\s120\.50 not released\./)
    await page.context().close()
  })
})

void gzipSync
void assertAccessible
void sayOf
