import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'

describe('users, keys and the audit log', () => {
  let scene: ConsoleScene
  before(async () => {
    scene = await startConsole()
  })
  after(() => scene.close())

  test('lets somebody in with a password that is shown once, and closes the account again', async () => {
    const page = await scene.open('/users')
    await page.getByRole('button', { name: 'Let somebody in' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Kim Lee')
    await dialog.getByRole('textbox', { name: 'E-mail address' }).fill('kim@example.com')
    await dialog.getByRole('combobox', { name: 'Role' }).selectOption('warehouse')
    await dialog.getByRole('button', { name: 'Make the account' }).click()
    const password = await dialog.locator('pre').innerText()
    assert.match(password, /^\w{4}(-\w{4}){4}$/)
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Close' }).last().click()

    const theirs = await scene.open('/', { as: null, expectsFailures: true })
    await theirs.getByRole('textbox', { name: 'E-mail address' }).fill('kim@example.com')
    await theirs.getByRole('textbox', { name: 'Password' }).fill(password)
    await theirs.keyboard.press('Enter')
    await theirs.getByRole('heading', { name: 'Choose a password of your own' }).waitFor()
    await assertAccessible(theirs)
    await theirs.getByRole('textbox', { name: 'Password so far' }).fill(password)
    for (const name of ['New password', 'New password, once more']) {
      await theirs.getByRole('textbox', { name, exact: true }).fill('a quiet warehouse at night')
    }
    await theirs.getByRole('button', { name: 'Change and go on' }).click()
    await theirs.getByRole('navigation', { name: 'Main' }).waitFor()

    await page.getByRole('button', { name: 'What can be done for Kim Lee' }).click()
    await page.getByRole('menuitem', { name: 'Close the account' }).click()
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('row', { name: /Kim Lee.*closed/ }).waitFor()
    await theirs.reload()
    await theirs.getByRole('heading', { name: 'Sign in' }).waitFor()
    await Promise.all([page.context().close(), theirs.context().close()])
  })

  test('makes a key that is shown once, and revokes it', async () => {
    const page = await scene.open('/users?tab=keys')
    await page.getByRole('button', { name: 'Make a key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'What it is for' }).fill('nightly export')
    await dialog.getByRole('button', { name: 'Make a key' }).click()
    assert.match(await dialog.locator('pre').innerText(), /^bhk_/)
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await page.getByRole('button', { name: 'Revoke nightly export' }).click()
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('row', { name: /nightly export.*revoked/ }).waitFor()
    await page.context().close()
  })

  test('says what a role may do, at an address that can be passed on', async () => {
    const page = await scene.open('/users?tab=roles')
    await page.getByRole('combobox', { name: 'What may somebody do as' }).selectOption('warehouse')
    await page.waitForURL(/role=warehouse/)
    await page.getByRole('row', { name: /returns\.work Yes/i }).waitFor()
    assert.equal(await page.getByRole('row', { name: /users\.manage/ }).count(), 0)
    await page.context().close()
  })

  test('shows an auditor who did what, verifies the log, and lets them change nobody', async () => {
    const page = await scene.open('/audit?action=api_key.', { as: 'auditor' })
    await page.getByRole('row', { name: /api_key\.revoked/ }).waitFor()
    await page.getByRole('button', { name: 'Verify the log' }).click()
    await page.getByText('The log is whole').waitFor()
    await page.keyboard.press('Escape')
    await page.goto(`${scene.url}/audit?action=nothing.of.the.kind`)
    await page.getByRole('heading', { name: 'Nothing that fits was done' }).waitFor()
    await page.goto(`${scene.url}/users`)
    const button = page.getByRole('button', { name: 'Let somebody in' })
    await button.waitFor()
    assert.equal(await button.getAttribute('aria-disabled'), 'true')
    await page.context().close()
  })

  test('is not there for those who may not see it', async () => {
    const page = await scene.open('/users', { as: 'agent', expectsFailures: true })
    await page.getByRole('alert').getByText('Your role may not see this.').waitFor()
    const menu = page.getByRole('navigation', { name: 'Main' })
    assert.equal(await menu.getByRole('link', { name: 'Users and keys' }).count(), 0)
    await page.context().close()
  })

  for (const scheme of ['light', 'dark'] as const) {
    test(`is accessible in ${scheme}`, async () => {
      const page = await scene.open('/users', { scheme })
      await page.getByRole('table').waitFor()
      await assertAccessible(page)
      for (const path of ['/users?tab=keys', '/users?tab=roles', '/audit']) {
        await page.goto(`${scene.url}${path}`)
        await page.getByRole('table').waitFor()
        await assertAccessible(page)
      }
      await page.context().close()
    })
  }
})
