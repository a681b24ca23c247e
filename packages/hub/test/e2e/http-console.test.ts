import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createHttpServer, type HttpServer } from '../../src/http/server.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

describe('the console', () => {
  let folder: string
  let hub: TestHub
  let http: HttpServer
  let url: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backhaul-console-'))
    await mkdir(join(folder, 'parts'))
    await mkdir(join(folder, 'assets'))
    await writeFile(
      join(folder, 'index.html'),
      '<!doctype html><title>Console</title><meta property="csp-nonce" nonce="__CSP_NONCE__">',
    )
    await writeFile(join(folder, 'assets', 'list-4711.js'), 'export {}')
    await writeFile(join(folder, 'parts', 'list.js'), 'export {}')
    await writeFile(join(folder, 'page.d.ts'), 'export {}')
    hub = await startTestHub()
    http = await createHttpServer({ ...hub.httpDeps, metrics: createMetrics(), consoleDir: folder })
    url = (await http.listen({ host: '127.0.0.1', port: 0 })).url
  })
  after(async () => {
    await http.close()
    await hub.close()
    await rm(folder, { recursive: true, force: true })
  })

  function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${url}${path}`, { headers })
  }

  test('is served with a policy under which a page runs its own scripts, and nobody else’s', async () => {
    const page = await get('/')
    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self' 'nonce-/)
    assert.doesNotMatch(policy.replace("style-src-attr 'unsafe-inline'", ''), /unsafe|\*|https?:/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
    assert.match(
      (await get('/parts/list.js')).headers.get('content-type') ?? '',
      /^text\/javascript/,
    )
  })

  test('shows its page at every address that a person may come to', async () => {
    const page = await get('/cases/RMA-000001-7?tab=2', { accept: 'text/html,*/*' })
    assert.match(await page.text(), /Console/)
  })

  test('gives every page a nonce of its own, the same in the page as in its policy', async () => {
    const nonces = new Set<string>()
    for (let count = 0; count < 3; count += 1) {
      const page = await get('/')
      const nonce = /nonce="([^"]+)"/.exec(await page.text())?.[1] ?? ''
      assert.ok(page.headers.get('content-security-policy')?.includes(`'nonce-${nonce}'`))
      assert.equal(page.headers.get('cache-control'), 'no-store')
      nonces.add(nonce)
    }
    assert.equal(nonces.size, 3)
  })

  test('sends its files small, and not again to a browser that has them', async () => {
    const file = await get('/parts/list.js')
    assert.equal(file.headers.get('content-encoding'), 'gzip')
    assert.equal(await file.text(), 'export {}')
    assert.equal(file.headers.get('cache-control'), 'no-cache')
    const etag = file.headers.get('etag') ?? ''
    assert.equal((await get('/parts/list.js', { 'if-none-match': etag })).status, 304)
    const plain = await get('/parts/list.js', { 'accept-encoding': 'identity' })
    assert.equal(plain.headers.get('content-encoding'), null)
    const named = await get('/assets/list-4711.js')
    assert.match(named.headers.get('cache-control') ?? '', /immutable/)
  })

  test('does not stand in for what is not there, and serves no file beside its own', async () => {
    const html = { accept: 'text/html' }
    const paths = [
      '/api/v1/nothing',
      '/webhooks/x',
      '/parts/none.js',
      '/page.d.ts',
      '/..%2f..%2fpackage.json',
      '/%2e%2e/package.json',
      '/parts/%00.js',
    ]
    for (const path of paths) {
      const answer = await get(path, html)
      assert.equal(answer.status, 404, path)
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
    }
    assert.equal((await get('/cases/1', { accept: 'application/json' })).status, 404)
  })

  test('leaves the API as it is', async () => {
    assert.equal((await get('/api/v1/me')).status, 401)
    assert.equal((await get('/livez')).status, 200)
    assert.equal((await fetch(`${url}/api/v1/me`, { method: 'POST' })).status, 405)
  })
})
