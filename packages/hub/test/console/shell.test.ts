import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'

describe('the frame around the screens', () => {
  let scene: ConsoleScene
  before(async () => {
    scene = await startConsole()
  })
  after(() => scene.close())

  for (const scheme of ['light', 'dark'] as const) {
    test(`is accessible in ${scheme}`, async () => {
      const page = await scene.open('/go/no-such-number', { scheme })
      await page.getByRole('heading', { level: 1 }).waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }

  test('leads by keys alone: the palette finds what is typed, and ? lists the keys', async () => {
    const page = await scene.open('/go/first')
    await page.getByRole('heading', { name: 'Returns with “first”' }).waitFor()
    await page.keyboard.press('/')
    await page.getByRole('textbox', { name: 'Search' }).fill('ORDER-4711')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Returns with “ORDER-4711”' }).waitFor()
    await page.keyboard.press('Shift+?')
    await page.getByRole('dialog').getByText('Go to Cases').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('speaks German to those whose browser asks for it, and shows what a role may see', async () => {
    const page = await scene.open('/go/x', { language: 'de', as: 'warehouse' })
    const menu = page.getByRole('navigation', { name: 'Hauptmenü' })
    await menu.getByRole('link', { name: 'Fälle' }).waitFor()
    assert.equal(await menu.getByRole('link', { name: 'Verbindungen' }).count(), 0)
    assert.equal(await page.getAttribute('html', 'lang'), 'de')
    await page.context().close()
  })

  test('asks strangers to sign in, wherever they come, and then shows what they came for', async () => {
    await (await scene.open('/go/first', { as: 'agent' })).context().close()
    const page = await scene.open('/go/ORDER-4711', { as: null, expectsFailures: true })
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await assertAccessible(page)
    await page.getByLabel('E-mail address').fill('agent@example.com')
    await page.getByRole('textbox', { name: 'Password' }).fill('not this one')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('do not fit together').waitFor()
    await page.getByRole('textbox', { name: 'Password' }).fill('a password for tests')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Returns with “ORDER-4711”' }).waitFor()
    await page.getByRole('button', { name: 'Account and settings' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.context().close()
  })
})
