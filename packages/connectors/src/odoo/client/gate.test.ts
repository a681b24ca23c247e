import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { DeliveryError } from '@backhaul/sdk/connector'
import { fakeConfig, fakeOdoo19 } from '../../../test-odoo/fake-server.ts'
import { Gate } from './gate.ts'
import { Odoo } from './odoo.ts'

/** A server that holds every call until it is let go, and counts those that are held. */
function holdingServer() {
  const held: (() => void)[] = []
  let most = 0
  const server = fakeOdoo19(async () => {
    await new Promise<void>((resolve) => {
      held.push(resolve)
      most = Math.max(most, held.length)
    })
    return { body: [] }
  })
  return {
    ...server,
    most: () => most,
    letGo: async () => {
      for (let idle = 0; idle < 3; idle += 1) {
        for (const go of held.splice(0)) {
          idle = 0
          go()
        }
        await turn()
        await turn()
      }
    },
  }
}

const url = () => `https://${crypto.randomUUID()}.example`

describe('calls to one database', () => {
  test('are never more at once than configured, over all connections to it', async () => {
    const server = holdingServer()
    const address = url()
    const connections = await Promise.all(
      [1, 2].map((company) =>
        Odoo.open(
          {
            config: fakeConfig({ url: address, concurrency: 3 }),
            fetch: server.fetch,
            signal: new AbortController().signal,
            now: new Date(0),
          },
          company,
        ),
      ),
    )
    const calls = connections.flatMap((odoo) =>
      [1, 2, 3, 4, 5].map((id) => odoo.ask('sale.order', 'read', { ids: [id] })),
    )
    await turn()
    await server.letGo()
    await Promise.all(calls)
    assert.equal(server.most(), 3)
  })

  test('do not wait for those to another one', async () => {
    const server = holdingServer()
    const open = () =>
      Odoo.open({
        config: fakeConfig({ url: url(), concurrency: 1 }),
        fetch: server.fetch,
        signal: new AbortController().signal,
        now: new Date(0),
      })
    const calls = (await Promise.all([open(), open()])).map((odoo) =>
      odoo.ask('sale.order', 'read', { ids: [1] }),
    )
    await turn()
    await server.letGo()
    await Promise.all(calls)
    assert.equal(server.most(), 2)
  })

  test('that waited too long were not sent, and may be repeated', async () => {
    const server = holdingServer()
    const config = fakeConfig({ url: url(), concurrency: 1 })
    const line = { config, fetch: server.fetch, now: new Date(0) }
    const patient = await Odoo.open({ ...line, signal: new AbortController().signal })
    const hurry = new AbortController()
    const hasty = await Odoo.open({ ...line, signal: hurry.signal })
    const first = patient.act('sale.order', 'write', { ids: [1] })
    const second = hasty.act('sale.order', 'write', { ids: [2] })
    hurry.abort()
    await assert.rejects(second, (error: DeliveryError) => {
      assert.deepEqual([error.kind, error.code], ['retryable', 'TIMEOUT'])
      return true
    })
    await turn()
    await server.letGo()
    await first
    assert.equal(server.seen.filter(({ path }) => path.endsWith('/write')).length, 1)
  })
})

describe('a gate', () => {
  const forever = new AbortController().signal

  test('lets whoever waits longest in first, and forgets who left', async () => {
    const gate = new Gate()
    const order: string[] = []
    let open = () => {}
    const inside = gate.run(
      { limit: 1, signal: forever },
      () => new Promise<void>((resolve) => (open = resolve)),
    )
    const leaving = new AbortController()
    const enter = (name: string, signal: AbortSignal) =>
      gate.run({ limit: 1, signal }, async () => void order.push(name))
    const gone = enter('gone', leaving.signal)
    const others = [enter('first', forever), enter('second', forever)]
    leaving.abort()
    await assert.rejects(gone)
    open()
    await Promise.all([inside, ...others])
    assert.deepEqual(order, ['first', 'second'])
  })

  test('goes by the narrower limit of those who wait', async () => {
    const gate = new Gate()
    let now = 0
    let most = 0
    const work = async () => {
      now += 1
      most = Math.max(most, now)
      await turn()
      now -= 1
    }
    const narrow = Array.from({ length: 4 }, () => gate.run({ limit: 2, signal: forever }, work))
    await Promise.all(narrow)
    assert.equal(most, 2)
  })

  test('opens again after a failure', async () => {
    const gate = new Gate()
    const fail = gate.run({ limit: 1, signal: forever }, () => Promise.reject(new Error('no')))
    await assert.rejects(fail)
    assert.equal(await gate.run({ limit: 1, signal: forever }, async () => 'in'), 'in')
  })

  test('lets nobody in whose time is up', async () => {
    const gate = new Gate()
    const late = gate.run({ limit: 1, signal: AbortSignal.abort() }, async () => 'in')
    await assert.rejects(late)
  })
})
