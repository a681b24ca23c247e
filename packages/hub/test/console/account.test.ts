import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'

describe('the own account', () => {
  let scene: ConsoleScene
  before(async () => {
    scene = await startConsole()
  })
  after(() => scene.close())

  test('is reached by the menu, and ends the sessions that are elsewhere', async () => {
    const elsewhere = await scene.open('/', { as: 'agent', expectsFailures: true })
    const page = await scene.open('/', { as: 'agent' })
    await page.getByRole('button', { name: 'Account and settings' }).click()
    await page.getByRole('menuitem', { name: 'My account' }).click()
    await page.getByRole('heading', { name: 'My account' }).waitFor()
    await page.getByText('agent@example.com').waitFor()
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
    await page.getByText('1 other session has ended.').waitFor()
    await page.getByText('here', { exact: true }).waitFor()
    await elsewhere.reload()
    await elsewhere.getByLabel('Password').first().waitFor()
    await elsewhere.context().close()
    await page.context().close()
  })

  test('gets another password by keys alone; one that will not do is refused with the reason', async () => {
    const page = await scene.open('/account', { as: 'finance', expectsFailures: true })
    await page.getByLabel('Password so far').fill('a password for tests')
    await page.getByLabel(/^New password( \*)?$/).fill('short')
    await page.getByLabel('New password, once more').fill('short')
    await page.keyboard.press('Enter')
    await page.getByText('At least 12 characters, please.').waitFor()
    await page.getByLabel('Password so far').fill('not this one at all')
    await page.getByLabel(/^New password( \*)?$/).fill('several plain words')
    await page.getByLabel('New password, once more').fill('several plain words')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Password so far').fill('a password for tests')
    await page.keyboard.press('Enter')
    await page.getByText('The password is changed.').waitFor()
    const signIn = (password: string) =>
      page.request.post(`${scene.url}/api/v1/session`, {
        data: { email: 'finance@example.com', password },
      })
    assert.equal((await signIn('a password for tests')).status(), 401)
    assert.equal((await signIn('several plain words')).status(), 201)
    await page.context().close()
  })

  for (const scheme of ['light', 'dark'] as const) {
    test(`is accessible in ${scheme}, in German too`, async () => {
      const page = await scene.open('/account', { scheme, language: 'de' })
      await page.getByRole('heading', { name: 'Wo ich angemeldet bin' }).waitFor()
      await page.getByText('hier', { exact: true }).waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }
})
