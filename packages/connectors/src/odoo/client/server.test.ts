import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DeliveryError } from '@backhaul/sdk/connector'
import { type Answer, fakeConfig, fakeServer, type Seen } from '../../../test-odoo/fake-server.ts'
import { Odoo } from './odoo.ts'

interface Rpc {
  readonly params?: { readonly service: string; readonly method: string; readonly args: unknown[] }
}

function rpcOf({ body }: Seen) {
  return (body as Rpc).params ?? { service: '', method: '', args: [] }
}

/** A server of a version before `/web/version`. */
function olderOdoo(info: readonly unknown[], version = String(info[0])) {
  return fakeServer((seen) => {
    if (seen.path === '/web/version') return { status: 404, body: '<title>404</title>' }
    const { service, method } = rpcOf(seen)
    const common: Record<string, unknown> = {
      version: { server_version: version, server_version_info: info },
      authenticate: 7,
    }
    return { body: { jsonrpc: '2.0', id: 1, result: service === 'common' ? common[method] : [] } }
  })
}

function open(server: ReturnType<typeof fakeServer>, changes = {}) {
  const signal = new AbortController().signal
  return Odoo.open({ config: fakeConfig(changes), fetch: server.fetch, signal, now: new Date(0) })
}

describe('the version of a server', () => {
  test('from 19 on is told by /web/version, and calls go over JSON-2', async () => {
    const server = fakeServer(({ path }) =>
      path === '/web/version'
        ? { body: { version_info: [19, 0, 0, 'final', 0, ''], version: '19.0' } }
        : { body: [] },
    )
    const odoo = await open(server)
    assert.deepEqual(odoo.server, { version: 19, name: '19.0' })
    await odoo.ask('sale.order', 'read', { ids: [1] })
    assert.equal(server.seen.at(-1)?.path, '/json/2/sale.order/read')
    assert.equal(server.seen.at(-1)?.headers['x-odoo-database'], 'main')
  })

  for (const [info, version] of [
    [[18, 0, 0, 'final', 0, ''], 18],
    [[17, 0, 0, 'final', 0, 'e'], 17],
    [['saas~18', 2, 0, 'final', 0, 'e'], 18],
  ] as const) {
    test(`${info[0]} is told by common.version, and calls go over JSON-RPC`, async () => {
      const server = olderOdoo(info)
      const odoo = await open(server)
      assert.equal(odoo.server.version, version)
      await odoo.ask('sale.order', 'read', { ids: [1] })
      assert.deepEqual(
        server.seen.map(({ path }) => path),
        ['/web/version', '/jsonrpc', '/jsonrpc', '/jsonrpc'],
      )
    })
  }

  test('before 17 is refused', async () => {
    const error = await failure(open(olderOdoo([16, 0], '16.0')))
    assert.deepEqual([error.kind, error.code], ['terminal', 'ODOO_NOT_SUPPORTED'])
  })

  test('of something else is refused, or waited for', async () => {
    const other = (answer: Answer) => failure(open(fakeServer(() => answer)))
    assert.equal((await other({ body: '<html>A shop</html>' })).code, 'RESPONSE_MALFORMED')
    assert.equal((await other({ body: {} })).code, 'ODOO_NOT_SUPPORTED')
    assert.equal((await other({ status: 503, body: 'later' })).kind, 'retryable')
    assert.equal((await other({ status: 301, body: '' })).code, 'REDIRECT_REFUSED')
  })

  test('is asked for once, and again after a failure', async () => {
    let isDown = true
    const server = fakeServer(() =>
      isDown ? { status: 503 } : { body: { version_info: [19], version: '19.0' } },
    )
    const config = fakeConfig()
    const line = { config, fetch: server.fetch, signal: new AbortController().signal }
    await failure(Odoo.open({ ...line, now: new Date(0) }))
    isDown = false
    await Promise.all([1, 2, 3].map(() => Odoo.open({ ...line, now: new Date(0) })))
    assert.equal(server.seen.length, 2)
  })

  test('is asked for anew when something is gone that was there', async () => {
    let version = 18
    const server = fakeServer((seen) => {
      if (seen.path === '/web/version' && version === 19) {
        return { body: { version_info: [19], version: '19.0' } }
      }
      if (seen.path !== '/jsonrpc') return { status: 404, body: '' }
      const { service, method } = rpcOf(seen)
      const data = { name: 'builtins.AttributeError', message: 'The method does not exist' }
      if (service === 'object') return { body: { error: { data } } }
      const result =
        method === 'version' ? { server_version: '18.0', server_version_info: [18] } : 7
      return { body: { result } }
    })
    const config = fakeConfig()
    const signal = new AbortController().signal
    const at = (ms: number) => Odoo.open({ config, fetch: server.fetch, signal, now: new Date(ms) })
    const old = await at(0)
    version = 19
    await failure(old.act('stock.picking', 'gone', { ids: [1] }))
    assert.equal((await at(1_000)).server.version, 18, 'a missing module is no upgrade')
    const later = await at(3_600_000)
    await failure(later.act('stock.picking', 'gone', { ids: [1] }))
    assert.equal((await at(3_600_001)).server.version, 19)
  })
})

describe('a user over JSON-RPC', () => {
  test('is asked for once, and calls carry its number', async () => {
    const server = olderOdoo([18, 0])
    const odoo = await open(server)
    await Promise.all([1, 2, 3].map(() => odoo.ask('sale.order', 'read', { ids: [4] })))
    const calls = server.seen.filter(({ path }) => path === '/jsonrpc').map(rpcOf)
    assert.equal(calls.filter(({ method }) => method === 'authenticate').length, 1)
    assert.deepEqual(calls.at(-1)?.args, [
      'main',
      7,
      'the-first-key',
      'sale.order',
      'read',
      [[4]],
      {},
    ])
  })

  test('with a wrong key is refused', async () => {
    const server = fakeServer((seen) => {
      if (seen.path !== '/jsonrpc') return { status: 404, body: '' }
      const version = { server_version: '18.0', server_version_info: [18] }
      return { body: { result: rpcOf(seen).method === 'version' ? version : false } }
    })
    const odoo = await open(server)
    const error = await failure(odoo.ask('sale.order', 'read', { ids: [1] }))
    assert.deepEqual([error.kind, error.code], ['retryable', 'AUTH_REJECTED'])
  })

  test('gets null for None, which comes with neither a result nor an error', async () => {
    const server = fakeServer((seen) => {
      if (seen.path !== '/jsonrpc') return { status: 404, body: '' }
      const { method, service } = rpcOf(seen)
      const version = { server_version: '18.0', server_version_info: [18] }
      if (service === 'object') return { body: { jsonrpc: '2.0', id: 1 } }
      return { body: { result: method === 'version' ? version : 7 } }
    })
    const odoo = await open(server)
    assert.equal(await odoo.act('account.move', 'button_draft', { ids: [115] }), null)
  })
})

async function failure(work: Promise<unknown>): Promise<DeliveryError> {
  const error: unknown = await work.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof DeliveryError, String(error))
  return error
}
