import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'
import { type Json, textIn } from '../support/hub.ts'
import {
  type PolledSystem,
  polled,
  polledConnection,
  startPolledSystem,
} from '../support/polled-system.ts'
import { until } from '../support/ring.ts'

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

describe('the pages about connections', () => {
  let scene: ConsoleScene
  let system: PolledSystem
  before(async () => {
    system = await startPolledSystem()
    scene = await startConsole({ connectors: [polled] })
    await scene.hub.connections.createConnection(polledConnection(system.url), { actor: 'test' })
    await scene.hub.pool.query(
      `insert into connection_tries values ('erp', date_trunc('hour', now()), 90, 8, 1, 1, '{0,0,0,0,90,0,0,10,0,0,0,0,0}')`,
    )
  })
  after(async () => {
    await scene.close()
    await system.close()
  })

  for (const scheme of ['light', 'dark'] as const) {
    test(`are accessible in ${scheme}`, async () => {
      const page = await scene.open('/connections', { scheme })
      await page.getByRole('link', { name: /ERP/ }).waitFor()
      await assertAccessible(page)
      await page.goto(`${scene.url}/connections/erp`)
      await page.getByRole('table', { name: 'What was done' }).waitFor()
      await page.getByRole('button', { name: 'Change settings and secrets' }).waitFor()
      await assertAccessible(page)
      await page.goto(`${scene.url}/connections/new`)
      await page.getByLabel('Kind of system').selectOption('webhook')
      await page.getByLabel('signingSecret').waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }

  test('tell how each does, and why', async () => {
    const page = await scene.open('/connections', { as: 'auditor' })
    const card = page.getByRole('link', { name: /ERP/ })
    await card.waitFor()
    const said = (await card.textContent()) ?? ''
    assert.match(said, /Degraded/)
    assert.match(said, /Many tries fail/)
    assert.match(said, /90% got through/)
    await card.getByRole('img', { name: /100, of which 10 failed/ }).waitFor()
    await page.context().close()
  })

  test('pause and resume one, which others see without loading anything again', async () => {
    const other = await scene.open('/connections', { as: 'integrator' })
    await other.getByRole('button', { name: 'Live' }).waitFor()
    const page = await scene.open('/connections/erp')
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await page.getByRole('dialog').getByLabel('Why (others read this)').fill('Stocktaking.')
    await page.keyboard.press('Enter')
    await page.getByText('Stocktaking.').waitFor()
    await other.getByRole('link', { name: /ERP.*Paused.*Stocktaking\./ }).waitFor()
    await page.getByRole('button', { name: 'Resume', exact: true }).click()
    await page.getByText('Degraded').waitFor()
    await other.getByRole('link', { name: /ERP.*Degraded/ }).waitFor()
    await page.getByRole('cell', { name: 'connection.paused' }).waitFor()
    await page.context().close()
    await other.context().close()
  })

  test('let those look who may not change anything, and say why', async () => {
    const page = await scene.open('/connections/erp', { as: 'auditor' })
    const pause = page.getByRole('button', { name: 'Pause', exact: true })
    await pause.waitFor()
    assert.equal(await pause.getAttribute('aria-disabled'), 'true')
    await pause.focus()
    await page.getByText('Your role (auditor) may not do this.').waitFor()
    await page.context().close()
    const agent = await scene.open('/connections', { as: 'agent', expectsFailures: true })
    await agent.getByRole('alert').getByText('Your role may not see this.').waitFor()
    await agent.context().close()
  })

  test('make one by a form that its connector describes, and never show its secret again', async () => {
    const page = await scene.open('/connections')
    await page.getByRole('link', { name: 'New connection' }).click()
    await page.getByLabel('Kind of system').selectOption('webhook')
    await page.getByLabel(/^Id/).fill('desk')
    await page.getByLabel(/^Name/).fill('Help desk')
    await page.getByRole('checkbox', { name: 'helpdesk' }).check()
    await page.getByLabel(/^url/).fill('https://desk.example.com/hook')
    await page.getByLabel('signingSecret').fill(secret)
    await page.getByRole('button', { name: 'Make the connection' }).click()
    await page.getByText('The connection is made').waitFor()
    await page.getByRole('link', { name: 'Open it' }).click()
    await page.getByRole('heading', { name: 'Help desk' }).waitFor()
    const address = `${scene.url}/webhooks/desk/`
    await page.getByText(address).first().waitFor()
    assert.doesNotMatch(await page.content(), new RegExp(secret))
    const { json } = await scene.hub.request('GET', '/api/v1/connections/desk')
    assert.equal(textIn(json['config'] as Json, 'url'), 'https://desk.example.com/hook')
    await page.context().close()
  })

  test('change a setting and keep the secrets that are not entered', async () => {
    const page = await scene.open('/connections/desk')
    await page.getByRole('button', { name: 'Change settings and secrets' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(/^url/).fill('https://desk.example.com/other')
    assert.equal(await dialog.getByLabel('signingSecret').inputValue(), '')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    const { json } = await scene.hub.request('GET', '/api/v1/connections/desk')
    const config = json['config'] as Json
    assert.equal(config['url'], 'https://desk.example.com/other')
    assert.equal(config['signingSecret'], '********')
    const { rows } = await scene.hub.pool.query<{ state: string }>(
      `select (config ->> 'signingSecret') like '%whsec%' as open from connection where connection_id = 'desk'`,
    )
    assert.deepEqual(rows, [{ open: false }])
    await page.context().close()
  })

  test('check one, and report what it said', async () => {
    const page = await scene.open('/connections/polled')
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Check now' }).click()
    await dialog.getByText('It takes our calls').waitFor()
    await dialog.getByText('It knows us as hub@polled.').waitFor()
    system.check = { status: 401 }
    await dialog.getByRole('button', { name: 'Check now' }).click()
    await dialog.getByText('It does not take our calls').waitFor()
    await dialog.getByText('The key is not known').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('Renew credentials').waitFor()
    system.check = {}
    await page.context().close()
  })

  test('have a system looked at now', async () => {
    const page = await scene.open('/connections/polled')
    const looks = system.looks()
    await page.getByRole('button', { name: 'Look now: changes' }).click()
    await until(() => system.looks() > looks)
    await page.context().close()
  })

  test('say what to do where nothing is connected, and what failed', async () => {
    const page = await scene.open('/go/x', { expectsFailures: true })
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.route('**/api/v1/connection-health', (route) =>
      route.fulfill({ json: { data: [] } }),
    )
    await page.getByRole('link', { name: 'Connections' }).click()
    await page.getByRole('heading', { name: 'Nothing is connected yet' }).waitFor()
    await page.goto(`${scene.url}/connections/nobody`)
    await page.getByRole('alert').getByText('There is nothing here.').waitFor()
    await page.context().close()
  })
})
