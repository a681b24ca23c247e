import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { classifyStatus, defineConnector, secret } from '@backhaul/sdk/connector'
import { startTokenEndpoint, type TokenEndpoint } from '@backhaul/simulator'
import { z } from 'zod'
import { beginAuthorization } from '../../src/pipeline/authorize-connection.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const books = defineConnector({
  key: 'books',
  title: 'Books',
  sdkVersion: 1,
  config: z.object({ url: z.string(), clientSecret: secret(z.string()) }),
  roles: ['erp'],
  limits: { timeoutMs: 10_000 },
  delivers: { 'note.record': { deliver: async () => ({}), idempotency: { kind: 'upsert' } } },
  oauth: {
    settings: ({ url, clientSecret }) => ({
      grant: 'refresh_token',
      tokenUrl: `${url}/oauth/token`,
      authorizeUrl: `${url}/oauth/authorize`,
      clientId: 'backhaul',
      clientSecret,
      origins: [url],
    }),
    rotation: 'single_use',
  },
  check: async ({ config, fetch, now }) => {
    const { status, headers } = await fetch(`${config.url}/account`, { method: 'GET' })
    const failure = classifyStatus(status, headers, now)
    if (failure) throw failure
    return { account: 'Example Ltd' }
  },
})

let hub: TestHub
let system: TokenEndpoint

before(async () => {
  system = await startTokenEndpoint()
  hub = await startTestHub({
    connectors: [books],
    config: { publicUrl: 'https://hub.example' },
  })
  await hub.connections.createConnection(
    {
      connectionId: 'books',
      connector: 'books',
      title: 'Books',
      roles: ['erp'],
      subscriptions: [],
      config: { url: system.http.url, clientSecret: 'client-s3cret' },
    },
    { actor: 'test' },
  )
})
after(async () => {
  await hub.close()
  await system.close()
})

/** The address that a person's browser is sent back to, at this hub. */
async function agree(): Promise<string> {
  const { url } = await beginAuthorization(hub.httpDeps, 'books', { actor: 'test' })
  const answer = await fetch(url, { redirect: 'manual' })
  const { pathname, search } = new URL(answer.headers.get('location') ?? '')
  return `${hub.url}${pathname}${search}`
}

describe('the page that a person is sent back to', () => {
  test('says that the hub may speak for the connection, and the connection answers', async () => {
    const answer = await fetch(await agree())
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/)
    assert.match(await answer.text(), /may speak for books/)
    const { json } = await hub.request('POST', '/api/v1/connections/books/check')
    assert.equal(json['isFine'] ?? json['ok'], true)
  })

  test('says no to whoever comes twice, or without having begun', async () => {
    const address = await agree()
    assert.equal((await fetch(address)).status, 200)
    for (const url of [address, `${hub.url}/oauth/callback?code=1&state=2`]) {
      const answer = await fetch(url)
      assert.equal(answer.status, 409)
      assert.match(await answer.text(), /Begin again/)
    }
  })
})
