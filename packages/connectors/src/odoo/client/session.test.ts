import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { DeliveryError, TerminalError } from '@backhaul/sdk/connector'
import { type Answer, fakeConfig, fakeOdoo19, type Seen } from '../../../test-odoo/fake-server.ts'
import { Odoo } from './odoo.ts'

const refused: Answer = {
  status: 401,
  body: { name: 'werkzeug.exceptions.Unauthorized', message: 'Invalid apikey' },
}

function keyOf({ headers }: Seen): string {
  return (headers['authorization'] ?? '').replace('bearer ', '')
}

/** A server that takes some keys. */
function serverTaking(keys: readonly string[], answer: Answer = { body: [] }) {
  return fakeOdoo19((_name, seen) => (keys.includes(keyOf(seen)) ? answer : refused))
}

function open(server: ReturnType<typeof fakeOdoo19>) {
  const config = fakeConfig({ key: 'the-first-key', nextKey: 'the-next-key' })
  const signal = new AbortController().signal
  return Odoo.open({ config, fetch: server.fetch, signal, now: new Date(0) })
}

const ask = (odoo: Odoo) => odoo.ask('sale.order', 'read', { ids: [1] })
const keysSeen = (server: ReturnType<typeof fakeOdoo19>) =>
  server.seen.filter(({ path }) => path !== '/web/version').map(keyOf)

describe('a key that is to be replaced', () => {
  test('is used as long as it is taken', async () => {
    const server = serverTaking(['the-first-key', 'the-next-key'])
    await ask(await open(server))
    assert.deepEqual(keysSeen(server), ['the-first-key'])
  })

  test('gives way to the next one in the same call, for good', async () => {
    const server = serverTaking(['the-next-key'])
    const odoo = await open(server)
    await ask(odoo)
    await ask(odoo)
    assert.deepEqual(keysSeen(server), ['the-first-key', 'the-next-key', 'the-next-key'])
  })

  test('gives way once, also to calls that are under way together', async () => {
    const server = serverTaking(['the-next-key'])
    const odoo = await open(server)
    await Promise.all([1, 2, 3, 4].map(() => ask(odoo)))
    const before = keysSeen(server).length
    await ask(odoo)
    assert.deepEqual(keysSeen(server).slice(before), ['the-next-key'])
  })

  test('is not blamed for what Odoo refuses of a call', async () => {
    const body = { name: 'odoo.exceptions.UserError', message: 'No.' }
    const server = serverTaking(['the-next-key'], { status: 422, body })
    const odoo = await open(server)
    for (const _time of [1, 2]) {
      await assert.rejects(odoo.act('sale.order', 'action_confirm', { ids: [1] }), TerminalError)
    }
    assert.deepEqual(keysSeen(server), ['the-first-key', 'the-next-key', 'the-next-key'])
  })

  test('is said to be refused when both are', async () => {
    const server = serverTaking([])
    await assert.rejects(ask(await open(server)), (error: DeliveryError) => {
      assert.deepEqual([error.kind, error.code], ['retryable', 'AUTH_REJECTED'])
      return true
    })
    assert.deepEqual(keysSeen(server), ['the-first-key', 'the-next-key'])
  })
})

test('who has time left finds out for themselves what another gave up on', async () => {
  let hellos = 0
  const answering = fakeOdoo19(() => ({ body: [] }))
  const hanging: typeof answering.fetch = (url, request) => {
    hellos += 1
    if (hellos > 1) return answering.fetch(url, request)
    return new Promise((_resolve, reject) => {
      request.signal?.addEventListener('abort', () => reject(request.signal?.reason))
    })
  }
  const config = fakeConfig()
  const hurry = new AbortController()
  const line = { config, fetch: hanging, now: new Date(0) }
  const first = Odoo.open({ ...line, signal: hurry.signal })
  const second = Odoo.open({ ...line, signal: new AbortController().signal })
  await turn()
  hurry.abort()
  await assert.rejects(first, DeliveryError)
  assert.equal((await second).server.version, 19)
})
