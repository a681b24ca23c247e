import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible, type ConsoleScene, startConsole } from '../support/browser.ts'

describe('the saved views of a list', () => {
  let scene: ConsoleScene
  before(async () => {
    scene = await startConsole()
  })
  after(() => scene.close())

  const menu = (page: Page, name = 'Views') => page.getByRole('button', { name, exact: true })
  const view = (page: Page, name: string) => page.getByRole('menuitemradio', { name, exact: true })

  async function save(page: Page, name: string, isShared = false): Promise<void> {
    await page.getByRole('button', { name: /^Views?(:|$)/ }).click()
    await page.getByRole('menuitem', { name: 'Save this view…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Save this view' })
    await dialog.getByLabel('Name').fill(name)
    if (isShared) await dialog.getByLabel('Share with everybody').click()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await menu(page, `View: ${name}`).waitFor()
    await dialog.waitFor({ state: 'detached' })
  }

  test('are kept with filters, order and columns, and open in another tab', async () => {
    const page = await scene.open('/cases?sort=since', { as: 'agent' })
    const filter = page.getByRole('combobox', { name: 'Filter' })
    await filter.fill('channel:edi')
    await filter.press('Enter')
    await page.waitForURL('**channel=edi**')
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Priority' }).click()
    await page.waitForURL('**priority**')
    await page.keyboard.press('Escape')
    await save(page, 'EDI, waiting longest')
    const kept = new URL(page.url()).search
    const other = await page.context().newPage()
    await other.goto(`${scene.url}/cases`)
    await menu(other).click()
    await view(other, 'EDI, waiting longest').click()
    await other.waitForURL('**channel=edi**')
    assert.deepEqual(
      Object.fromEntries(new URL(other.url()).searchParams),
      Object.fromEntries(new URLSearchParams(kept)),
    )
    await menu(other, 'View: EDI, waiting longest').click()
    const checked = view(other, 'EDI, waiting longest')
    assert.equal(await checked.getAttribute('aria-checked'), 'true')
    await page.context().close()
  })

  test('that are shared are seen by other roles, who cannot change them', async () => {
    const mine = await scene.open('/exceptions?queue=FN&owner=kim', { as: 'finance' })
    await save(mine, 'Of the team', true)
    await save(await reopened(mine, '/exceptions?queue=LG'), 'Only mine')
    const theirs = await scene.open('/exceptions', { as: 'warehouse' })
    await menu(theirs).click()
    await view(theirs, 'Of the team (Some finance)').waitFor()
    assert.equal(await view(theirs, 'Only mine').count(), 0)
    assert.equal(await theirs.getByRole('menuitem', { name: 'Manage views…' }).count(), 0)
    await view(theirs, 'Of the team (Some finance)').click()
    await theirs.waitForURL('**queue=FN**')
    assert.equal(await theirs.getByLabel('Queue').inputValue(), 'FN')
    await theirs.context().close()
    await mine.context().close()
  })

  async function reopened(page: Page, path: string): Promise<Page> {
    await page.goto(`${scene.url}${path}`)
    return page
  }

  test('that others share are taken back by an administrator', async () => {
    const owner = await scene.open('/exceptions?queue=RK', { as: 'agent' })
    await save(owner, 'Too much', true)
    const page = await scene.open('/exceptions')
    await menu(page).click()
    await page.getByRole('menuitem', { name: 'Manage views…' }).click()
    const row = page.getByRole('group', { name: 'Too much' })
    await row.waitFor()
    assert.equal(await row.getByRole('button', { name: /^(Rename|Update)/ }).count(), 0)
    await row.getByRole('button', { name: 'Stop sharing' }).click()
    await row.waitFor({ state: 'detached' })
    await page.getByText('Too much is shared no longer.').waitFor()
    await owner.context().close()
    await page.context().close()
  })

  test('are saved, opened, renamed, updated, shared and deleted by keys alone', async () => {
    const page = await scene.open('/dead-letters?connection=erp', { as: 'integrator' })
    await menu(page).waitFor()
    await page.keyboard.press('v')
    await focusIs(page, 'menuitem', 'Save this view…', 'ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Save this view' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('A name, please.').waitFor()
    await page.keyboard.type('Mine')
    await page.keyboard.press('Enter')
    await focusIs(page, 'button', 'View: Mine')
    await page.goto(`${scene.url}/dead-letters?connection=crm`)
    await menu(page).focus()
    await page.keyboard.press('Enter')
    await focusIs(page, 'menuitem', 'Manage views…', 'ArrowDown')
    await page.keyboard.press('Enter')
    await focusIs(page, 'button', 'Rename Mine', 'Tab')
    await page.keyboard.press('Enter')
    await focusIs(page, 'textbox', 'Name')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('Ours')
    await page.keyboard.press('Enter')
    await focusIs(page, 'button', 'Rename Ours')
    await focusIs(page, 'button', 'Update to what is shown: Ours', 'Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Ours now holds what is shown.').waitFor()
    await focusIs(page, 'button', 'Share with everybody: Ours', 'Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Ours is shared with everybody.').waitFor()
    await focusIs(page, 'button', 'Delete Ours', 'Tab')
    await page.keyboard.press('Enter')
    await focusIs(page, 'button', 'Cancel')
    await page.keyboard.press('Escape')
    await focusIs(page, 'button', 'Delete Ours', 'Tab')
    await page.keyboard.press('Enter')
    await page.getByText('The view is gone for everybody').waitFor()
    await focusIs(page, 'button', 'Delete', 'Tab')
    await page.keyboard.press('Enter')
    await page.getByText('No view is saved yet.').waitFor()
    await page.keyboard.press('Escape')
    await focusIs(page, 'button', 'Views')
    await page.context().close()
  })

  /** Presses a key until something has the focus; waits for it where no key is named. */
  async function focusIs(
    page: Page,
    role: 'button' | 'menuitem' | 'textbox',
    ...[name, key]: [name: string, key?: string]
  ): Promise<void> {
    const wanted = page.getByRole(role, { name, exact: true })
    if (key === undefined) return wanted.and(page.locator(':focus')).waitFor()
    await wanted.waitFor()
    const isFocused = () => wanted.evaluate((found) => found.matches(':focus'))
    for (let tries = 0; tries < 20; tries += 1) {
      if (await isFocused()) return
      await page.keyboard.press(key)
    }
    assert.ok(await isFocused(), `${name} has no focus`)
  }

  test('that are older than the screen open as what is left of them', async () => {
    const page = await scene.open('/cases', { as: 'auditor' })
    const csrf = await page.evaluate(async () => {
      const answer = await fetch('/api/v1/session')
      return ((await answer.json()) as { csrfToken: string }).csrfToken
    })
    const search = { stage: 'gone', sort: 7, columns: 'all', channel: 'edi', was: ['here'] }
    const made = await page.request.post(`${scene.url}/api/v1/views`, {
      data: { screen: 'cases', name: 'Old', search },
      headers: { 'x-csrf-token': csrf },
    })
    assert.equal(made.status(), 201)
    await page.reload()
    await menu(page).click()
    await view(page, 'Old').click()
    await page.waitForURL('**/cases?channel=edi')
    await menu(page, 'View: Old').waitFor()
    await page.context().close()
  })

  test('cannot have the same name twice', async () => {
    const page = await scene.open('/cases?channel=field', { as: 'admin' })
    await save(page, 'Twice')
    await menu(page, 'View: Twice').click()
    await page.getByRole('menuitem', { name: 'Save this view…' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('TWICE')
    await page.keyboard.press('Enter')
    await page.getByText('One of your views has this name already.').waitFor()
    await page.context().close()
  })

  test('that cannot be read leave the list as it is, and can be asked for again', async () => {
    const page = await scene.open('/cases', { expectsFailures: true })
    await page.route('**/api/v1/views?*', (route) => route.fulfill({ status: 400, body: 'no' }))
    await page.reload()
    await page.getByRole('heading', { name: 'No returns yet' }).waitFor()
    await menu(page).click()
    const again = page.getByRole('menuitem', { name: 'Could not be read. Try again' })
    await again.waitFor()
    await page.unroute('**/api/v1/views?*')
    await again.click()
    await view(page, 'Twice').waitFor()
    await page.context().close()
  })

  for (const scheme of ['light', 'dark'] as const) {
    test(`are accessible in ${scheme}, menu and dialogs, in German too`, async () => {
      const page = await scene.open('/cases?channel=field', { scheme, language: 'de' })
      await menu(page, 'Ansicht: Twice').click()
      await view(page, 'Twice').waitFor()
      await assertAccessible(page)
      await page.getByRole('menuitem', { name: 'Diese Ansicht speichern…' }).click()
      await page.getByRole('dialog').getByLabel('Name').waitFor()
      await assertAccessible(page)
      await page.keyboard.press('Escape')
      await menu(page, 'Ansicht: Twice').click()
      await page.getByRole('menuitem', { name: 'Ansichten verwalten…' }).click()
      await page.getByRole('group', { name: 'Twice' }).waitFor()
      await assertAccessible(page)
      await page.getByRole('button', { name: 'Löschen: Twice' }).click()
      await page.getByRole('dialog', { name: 'Twice löschen?' }).waitFor()
      await assertAccessible(page)
      await page.context().close()
    })
  }
})
