import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type ConsoleScene, startConsole } from '../support/browser.ts'

describe('what follows the hub', () => {
  let scene: ConsoleScene
  before(async () => {
    scene = await startConsole()
  })
  after(() => scene.close())

  function streamsOf(page: Page): string[] {
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/api/v1/changes')) asked.push(request.url())
    })
    return asked
  }

  async function isLive(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Live' }).waitFor()
  }

  test('is one stream for all tabs, and goes on in another when its tab is closed', async () => {
    const first = await scene.open('/system')
    await isLive(first)
    const second = await first.context().newPage()
    const asked = streamsOf(second)
    await second.goto(`${scene.url}/system`)
    await isLive(second)
    assert.deepEqual(asked, [], 'the first tab listens for both')
    const opened = second.waitForRequest('**/api/v1/changes**')
    await first.close()
    assert.match((await opened).url(), /\/api\/v1\/changes(\?after=|$)/)
    await isLive(second)
    await second.context().close()
  })

  test('can be paused and resumed, by its tab', async () => {
    const page = await scene.open('/system')
    await isLive(page)
    await page.getByRole('button', { name: 'Live' }).click()
    const paused = page.getByRole('button', { name: 'Paused' })
    await paused.waitFor()
    assert.equal(await paused.getAttribute('aria-pressed'), 'true')
    await paused.click()
    await isLive(page)
    await page.context().close()
  })

  test('says since when nothing is heard, and comes back by itself', async () => {
    const page = await scene.open('/go/x', { expectsFailures: true })
    await isLive(page)
    await page.route('**/api/v1/changes**', (route) => route.abort())
    // Paused and resumed, so that it asks anew, and fails.
    await page.getByRole('button', { name: 'Live' }).click()
    await page.getByRole('button', { name: 'Paused' }).click()
    await page.getByRole('button', { name: /^Offline since \d\d:\d\d/ }).waitFor()
    await page.unroute('**/api/v1/changes**')
    await isLive(page)
    await page.context().close()
  })
})
