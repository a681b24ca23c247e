import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { createHttpServer } from '../../src/http/server.ts'
import { createPasswords } from '../../src/platform/crypto/password.ts'
import { newId } from '../../src/platform/ids.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { withTransaction } from '../../src/store/database.ts'
import { findUserByEmail, insertUser, type PersonRole } from '../../src/store/users.ts'
import { startTestHub, type TestHub, type TestHubOptions } from './hub.ts'

const consoleDir = join(dirname(fileURLToPath(import.meta.url)), '../../../console/dist')
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
)

const passwords = createPasswords()

/** A hub that serves the built console, and a browser to look at it with. */
export interface ConsoleScene {
  readonly hub: TestHub
  readonly url: string
  /** Opens a tab, signed in as somebody of a role; every tab is watched for errors until the scene ends. */
  open(path: string, options?: TabOptions): Promise<Page>
  /** @throws {AssertionError} when a page said an error, broke its security policy, or was refused a file. */
  close(): Promise<void>
}

interface TabOptions {
  /** `null` for nobody. An admin when left out. */
  readonly as?: PersonRole | null
  readonly scheme?: 'light' | 'dark'
  readonly language?: 'en' | 'de'
  readonly width?: number
  readonly height?: number
  readonly javaScript?: boolean
  /** Answers of the API that this tab is to see as failed: they are no error of the page. */
  readonly expectsFailures?: boolean
}

/** Starts both. The browser is the one that `npm test` found. */
export async function startConsole(options: TestHubOptions = {}): Promise<ConsoleScene> {
  const hub = await startTestHub(options)
  const http = await createHttpServer({ ...hub.httpDeps, metrics: createMetrics(), consoleDir })
  const { url } = await http.listen({ host: '127.0.0.1', port: 0 })
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const complaints: string[] = []
  return {
    hub,
    url,
    async open(path, tab = {}) {
      const context = await contextFor(browser, tab)
      const { as: role = 'admin' } = tab
      if (role !== null) await signIn(context, { hub, url, role })
      const page = await context.newPage()
      watch(page, complaints, tab)
      await page.goto(`${url}${path}`)
      return page
    },
    async close() {
      await browser.close()
      await http.close()
      await hub.close()
      assert.deepEqual(complaints, [])
    },
  }
}

function contextFor(browser: Browser, tab: TabOptions): Promise<BrowserContext> {
  return browser.newContext({
    colorScheme: tab.scheme ?? 'light',
    locale: tab.language === 'de' ? 'de-DE' : 'en-US',
    timezoneId: 'Europe/Amsterdam',
    viewport: { width: tab.width ?? 1280, height: tab.height ?? 900 },
    javaScriptEnabled: tab.javaScript ?? true,
    reducedMotion: 'reduce',
  })
}

const password = 'a password for tests'

/** Signs a browser in as somebody of a role, as the page for it would. */
async function signIn(
  context: BrowserContext,
  { hub, url, role }: { readonly hub: TestHub; readonly url: string; readonly role: PersonRole },
): Promise<void> {
  const email = `${role}@example.com`
  if ((await findUserByEmail(hub.pool, email)) === null) await addUser(hub, role, email)
  const answer = await context.request.post(`${url}/api/v1/session`, { data: { email, password } })
  assert.equal(answer.status(), 201)
}

async function addUser(hub: TestHub, role: PersonRole, email: string): Promise<void> {
  const passwordHash = await passwords.hash(password)
  await withTransaction(hub.pool, (tx) =>
    insertUser(tx, {
      userId: newId(),
      email,
      name: `Some ${role}`,
      role,
      language: null,
      createdBy: 'test',
      passwordHash,
      mustChangePassword: false,
    }),
  )
}

function watch(page: Page, complaints: string[], { expectsFailures = false }: TabOptions): void {
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    // The browser writes each failed request down; some tests fail them on purpose.
    if (expectsFailures && message.text().startsWith('Failed to load resource')) return
    complaints.push(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message))
}

/** @throws {AssertionError} naming each violation of WCAG 2.2 AA that axe finds on the page. */
export async function assertAccessible(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  // By the browser's own door: the page's policy lets no other script in.
  await page.evaluate(axeSource)
  // The component library's dialogs have a `header` of their own, which counts as a second banner of the page: advice,
  // and nothing that WCAG asks for.
  const isDialogOpen = (await page.getByRole('dialog').count()) > 0
  const advice = isDialogOpen ? ['landmark-no-duplicate-banner', 'landmark-unique'] : []
  const rules = Object.fromEntries(advice.map((id) => [id, { enabled: false }]))
  const asked = { runOnly: tags, rules }
  const found = await page.evaluate(async (how) => {
    const { axe } = globalThis as unknown as {
      axe: { run(on: unknown, how: unknown): Promise<{ violations: AxeViolation[] }> }
    }
    const { violations } = await axe.run({ include: [['html']] }, how)
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  }, asked)
  assert.deepEqual(found, [])
}

interface AxeViolation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}
