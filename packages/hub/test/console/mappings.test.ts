import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'
import { textIn } from '../support/hub.ts'

const secret = 'a-long-secret-for-the-field-app'

function mapping(note: string): string {
  return `mapping: 1
direction: inbound
source: { format: json }
events:
  - type: case.noted
    id: record.id
    data: { note: ${note} }
examples:
  - name: a note
    input: { id: n-0, text: hello }
    output: [{ type: case.noted, data: { note: hello } }]
`
}

describe('the mapping editor', () => {
  let scene: ConsoleScene
  before(async () => {
    scene = await startConsole({ subscriptions: [] })
    const body = {
      connectionId: 'field',
      connector: 'document',
      title: 'Field app',
      roles: ['channel'],
      config: {
        inbound: { scheme: 'header', secrets: [secret] },
        outbound: { url: 'https://field.example/' },
      },
    }
    assert.equal((await scene.hub.request('POST', '/api/v1/connections', { body })).status, 201)
  })
  after(() => scene.close())

  async function send(id: string, text: string): Promise<void> {
    const headers = { 'x-backhaul-secret': secret, 'content-type': 'application/json' }
    const sent = { as: null, headers, body: JSON.stringify({ id, text }) }
    const { status } = await scene.hub.request('POST', '/webhooks/field/note', sent)
    assert.ok(status < 300)
    await scene.hub.settled()
  }

  async function keep(name: string, content: string): Promise<string> {
    const body = { kind: 'mapping', name, content }
    const { json } = await scene.hub.request('POST', '/api/v1/documents', { body })
    return textIn(json, 'id')
  }

  /** Writes over what stands in the document. */
  async function write(page: Page, text: string): Promise<void> {
    const editor = page.getByRole('textbox', { name: 'Mapping' })
    await editor.focus()
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText(text)
  }

  const out = (page: Page) => page.getByRole('region', { name: 'What comes out' })

  test('says that there are no mappings, and begins one by its name', async () => {
    const page = await scene.open('/mappings')
    await page.getByRole('heading', { name: 'There are no mappings yet' }).waitFor()
    await page.getByLabel('Connection').fill('field')
    await page.getByLabel('Topic or command').fill('visit')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/mappings\/new\?name=field%2Fvisit/)
    await page.getByText('The first version of this mapping').waitFor()
    await page.context().close()
  })

  test('takes a parked message from its page to a mapping in force that reads it', async () => {
    await send('n-1', 'left at the gate')
    const { json } = await scene.hub.request('GET', '/api/v1/messages?connection=field&topic=note')
    const [message] = (json as { data: { id: string; code: string }[] }).data
    assert.equal(message?.code, 'NO_MAPPING')
    const page = await scene.open(`/messages/${message?.id}`)
    await page.getByRole('link', { name: 'Try its mapping on it' }).click()
    await page
      .getByRole('textbox', { name: 'What comes in' })
      .getByText('left at the gate')
      .waitFor()
    await write(page, mapping('record.missing'))
    await out(page).getByText('It cannot be read: IT03').waitFor()
    await write(page, mapping('record.text'))
    await out(page).getByText('1 event', { exact: true }).waitFor()
    await out(page).getByText('left at the gate').waitFor()
    await page.getByLabel('What is changed, and why').fill('the first one')
    await page.getByRole('button', { name: 'Save as a draft' }).click()
    await page.getByText('Version 1 · draft').first().waitFor()
    await page.getByText('the first one').waitFor()
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('It passed the check.').waitFor()
    await page.getByText('Version 1 · checked').first().waitFor()
    await page.getByRole('button', { name: 'Put in force' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Put in force' }).click()
    await page.getByText('Version 1 · in force').first().waitFor()
    await scene.hub.settled()
    await page.getByText('passed', { exact: false }).first().waitFor()
    await page.context().close()
  })

  test('shows what is wrong at its line, and goes there by a key', async () => {
    const id = await keep('field/broken', mapping('record.text'))
    const page = await scene.open(`/mappings/${id}`)
    await write(page, mapping('record.('))
    const problem = page.getByRole('button', { name: /^line \d/ })
    await problem.waitFor()
    await problem.focus()
    await page.keyboard.press('Enter')
    await page.locator('[aria-label="Mapping"]:focus').waitFor()
    await page.getByText('Not saved yet').waitFor()
    await page.context().close()
  })

  test('keeps what was written while somebody looks at another screen', async () => {
    const id = await keep('field/kept', mapping('record.text'))
    const page = await scene.open(`/mappings/${id}`)
    await write(page, `${mapping('record.text')}# a thought\n`)
    await page.getByText('Not saved yet').waitFor()
    await page.getByRole('link', { name: 'Words' }).first().click()
    await page.getByRole('heading', { name: 'Words', level: 1 }).waitFor()
    await page.goBack()
    await page.getByText('# a thought').waitFor()
    await page.getByText('Not saved yet').waitFor()
    await page.context().close()
  })

  test('tries a version on what was recorded, compares it, and goes back to the one before', async () => {
    const other = await keep('field/note', mapping(`'"said: " + record.text'`))
    const page = await scene.open(`/mappings/${other}?tab=dryRun`)
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('1 message: 1 changes.').waitFor()
    await page.getByText('"left at the gate" → "said: left at the gate"').waitFor()
    await page.getByRole('tab', { name: 'Compare' }).click()
    await page.getByRole('textbox', { name: 'Version 1' }).waitFor()
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('Version 2 · checked').first().waitFor()
    await page.getByRole('button', { name: 'Put in force' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Put in force' }).click()
    await page.getByText('Version 2 · in force').first().waitFor()
    await page.getByRole('button', { name: 'Roll back' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
    await page.getByText('Version 2 · retired').first().waitFor()
    await page.getByRole('tab', { name: 'Versions' }).click()
    await page.getByRole('row', { name: /Version 1 in force/ }).waitFor()
    await page.context().close()
  })

  test('shows neither who the customer is nor what a mapping makes of that', async () => {
    const headers = { 'x-backhaul-secret': secret, 'content-type': 'application/json' }
    const said = { id: 'n-2', text: 'at noon', customer: { name: 'Kim Doe', city: 'Venlo' } }
    const sent = { as: null, headers, body: JSON.stringify(said) }
    await scene.hub.request('POST', '/webhooks/field/visit-report', sent)
    await scene.hub.settled()
    const page = await scene.open('/mappings/new?name=field/visit-report')
    await page.getByRole('textbox', { name: 'What comes in' }).getByText('at noon').waitFor()
    await write(page, mapping(`'record.customer.name + " of Venlo " + record.text'`))
    await out(page).getByText('[masked] of [masked] at noon').waitFor()
    assert.doesNotMatch((await page.locator('main').textContent()) ?? '', /Kim Doe/)
    await page.context().close()
  })

  test('tells who looks at an old version that there is a newer one', async () => {
    const first = await keep('field/older', mapping('record.text'))
    await keep('field/older', mapping('record.note'))
    const page = await scene.open(`/mappings/${first}`)
    await page.getByText('Version 2 is newer than what you see').waitFor()
    await page.getByRole('link', { name: /Open version 2/ }).click()
    await page.getByText('Version 2 · draft').first().waitFor()
    await page.context().close()
  })

  test('refuses a step that somebody else has been faster with, and shows how it stands', async () => {
    const id = await keep('field/raced', mapping('record.text'))
    const page = await scene.open(`/mappings/${id}`, { expectsFailures: true })
    await page.getByText('Version 1 · draft').first().waitFor()
    await scene.hub.request('POST', `/api/v1/documents/${id}/check`)
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByRole('alert').first().waitFor()
    await page.getByText('Version 1 · checked').first().waitFor()
    await page.context().close()
  })

  test('is read by an auditor, who is told why they cannot change anything', async () => {
    const id = await keep('field/note', mapping(`'"said: " + record.text'`))
    const page = await scene.open(`/mappings/${id}`, { as: 'auditor' })
    await page.getByRole('textbox', { name: 'Mapping' }).waitFor()
    await out(page).getByText('Your role may not try a mapping out.').waitFor()
    const save = page.getByRole('button', { name: 'Save as a draft' })
    assert.equal(await save.getAttribute('aria-disabled'), 'true')
    await page.context().close()
  })

  test('that cannot be loaded can be asked for again', async () => {
    const page = await scene.open('/mappings', { expectsFailures: true })
    await page.getByRole('link', { name: 'field/note' }).waitFor()
    await page.route('**/api/v1/documents*', (route) => route.abort())
    await page.reload()
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor()
    await page.unroute('**/api/v1/documents*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: 'field/note' }).waitFor()
    await page.context().close()
  })

  for (const scheme of ['light', 'dark'] as const) {
    test(`is accessible in ${scheme}, in German too`, async () => {
      const id = await keep('field/note', mapping('record.('))
      const page = await scene.open(`/mappings/${id}?tab=diff`, { scheme, language: 'de' })
      await page.getByRole('button', { name: /^Zeile \d/ }).waitFor()
      await page.getByRole('textbox', { name: 'Version 1' }).waitFor()
      await assertAccessible(page)
      await page.goto(`${scene.url}/mappings`)
      await page.getByRole('link', { name: 'field/note' }).waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }
})
