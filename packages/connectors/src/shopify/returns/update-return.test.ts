import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TerminalError } from '@backhaul/sdk/connector'
import { directFetch } from '../../../test-odoo/connection.ts'
import { caseNo, type ShopStage, stages, toldLine } from '../shop-stage.test.ts'

const open = stages()

/** An order of three pumps, of which the customer asks to return two. */
function asked({ double }: ShopStage): { id: string; lineId: string } {
  double.people.order({ name: '#1001', lines: [{ sku: 'PUMP-12V', quantity: 3 }] })
  const one = double.people.requestReturn({
    order: '#1001',
    lines: [{ sku: 'PUMP-12V', quantity: 2, note: 'It leaks.' }],
  })
  return {
    id: `gid://shopify/Return/${one.id}`,
    lineId: `gid://shopify/ReturnLineItem/${one.lines[0]?.id}`,
  }
}

/** The return in the shop, as the poll reads it. */
async function shown(stage: ShopStage): Promise<{ status: string; lines: { quantity: number }[] }> {
  const { messages } = await stage.poll('open-returns')
  return messages.find(({ topic }) => topic === 'return')?.body as never
}

const target = (id: string) => [{ system: 'shop-us', type: 'return', value: id }]
const from = (id: string, headline: string, lines = [toldLine()]) => ({
  target: target(id),
  headline,
  sentence: '',
  lines,
})

describe('a return that a customer asked for', () => {
  test('is approved once, however often its news is told', async () => {
    const stage = await open()
    const { id } = asked(stage)
    const delivered = await stage.deliver('channel.update', from(id, 'authorized'))
    assert.equal(delivered.externalId, id)
    assert.deepEqual(delivered.refs?.[0], { type: 'return', value: id })
    await stage.deliver('channel.update', from(id, 'in_transit'))
    assert.equal(stage.double.writes.filter((one) => one === 'RETURNS_APPROVE').length, 1)
    assert.equal((await shown(stage)).status, 'OPEN')
  })

  test('tells the case of its approval under the name that the poll will use', async () => {
    const stage = await open()
    const { id } = asked(stage)
    const { events = [] } = await stage.deliver('channel.update', from(id, 'authorized'))
    const number = id.slice(id.lastIndexOf('/') + 1)
    assert.deepEqual(
      events.map(({ id: name, source, data }) => ({ name, source, data })),
      [
        {
          name: `return:${number}:approved`,
          source: 'shop-us',
          data: { axis: 'authorization', state: 'approved', lineNos: [1] },
        },
      ],
    )
  })

  test('is declined with a reason of the shop, and with our number before the words', async () => {
    const stage = await open()
    const { id } = asked(stage)
    await stage.deliver('channel.update', {
      ...from(id, 'rejected'),
      response: 'time_limit_exceeded',
      customerText: 'The time for returns is over.',
    })
    const { messages } = await stage.poll('changes', cursorAt(stage))
    assert.deepEqual(messages.map(({ body }) => (body as { declined: unknown }).declined).at(0), {
      reason: 'RETURN_PERIOD_ENDED',
      note: `${caseNo}: The time for returns is over.`,
      byHub: true,
    })
  })

  test('is declined where the case is canceled, since a request cannot be', async () => {
    const stage = await open()
    const { id } = asked(stage)
    await stage.deliver('channel.update', from(id, 'canceled'))
    assert.deepEqual(stage.double.writes.slice(-1), ['RETURNS_DECLINE'])
  })

  test('is made anew where the hub has declined it and is appealed to, and not where staff has', async () => {
    const stage = await open()
    const { id } = asked(stage)
    await stage.deliver('channel.update', from(id, 'rejected'))
    await stage.deliver('channel.update', from(id, 'authorized'))
    assert.deepEqual(stage.double.writes.slice(-2), ['RETURNS_DECLINE', 'RETURNS_APPROVE'])
    const other = await open()
    const { id: otherId } = asked(other)
    const number = Number(otherId.slice(otherId.lastIndexOf('/') + 1))
    other.double.people.decide({ id: number, approves: false })
    await other.deliver('channel.update', from(otherId, 'authorized'))
    assert.deepEqual(other.double.writes.slice(-1), ['RETURNS_DECLINE'])
  })

  test('loses units that were not authorized', async () => {
    const stage = await open()
    const { id, lineId } = asked(stage)
    const line = toldLine(
      { sourceLineRef: lineId, authorized: '1' },
      { authorization: 'partially_approved' },
    )
    await stage.deliver('channel.update', from(id, 'authorized', [line]))
    assert.deepEqual(stage.double.writes.slice(-2), ['RETURNS_APPROVE', 'RETURNS_UPDATE'])
    assert.equal((await shown(stage)).lines[0]?.quantity, 1)
  })

  test('is canceled where the goods never came, and cannot be once they have', async () => {
    const stage = await open()
    const { id } = asked(stage)
    await stage.deliver('channel.update', from(id, 'authorized'))
    await stage.deliver('channel.update', from(id, 'expired'))
    assert.deepEqual(stage.double.writes.slice(-1), ['RETURNS_CANCEL'])
    const other = await open()
    const { id: otherId } = asked(other)
    await other.deliver('channel.update', from(otherId, 'received', [toldLine({ received: '2' })]))
    await other.deliver('channel.update', from(otherId, 'expired', [toldLine({ received: '2' })]))
    assert.ok(!other.double.writes.includes('RETURNS_CANCEL'))
  })
})

/** As if it had been looking for some time. */
function cursorAt({ clock }: ShopStage): string {
  const since = new Date(clock.now.getTime() - 60_000).toISOString()
  return JSON.stringify({ since, began: since, after: null, isFirst: false })
}

describe('goods of a return', () => {
  const received = (changes: object = {}) => [toldLine({ received: '2', ...changes })]

  test('are processed as they come, and wait for what becomes of them', async () => {
    const stage = await open()
    const { id } = asked(stage)
    await stage.deliver(
      'channel.update',
      from(id, 'partially_received', [toldLine({ received: '1' })]),
    )
    await stage.deliver('channel.update', from(id, 'received', received()))
    await stage.deliver('channel.update', from(id, 'received', received()))
    const processed = stage.double.writes.filter((one) => one === 'RETURNS_PROCESS')
    assert.equal(processed.length, 2)
    const dispositions = [{ code: 'scrap', quantity: '2' }]
    await stage.deliver('channel.update', from(id, 'inspected', received({ dispositions })))
    await stage.deliver('channel.update', from(id, 'inspected', received({ dispositions })))
    const disposed = stage.double.writes.filter((one) => one.endsWith('_DISPOSE'))
    assert.equal(disposed.length, 1)
  })

  test('are restocked at a location where one is named, and else not counted in Shopify', async () => {
    for (const restockLocation of [undefined, 'gid://shopify/Location/7']) {
      const stage = await open({ restockLocation })
      const { id } = asked(stage)
      const lines = received({ dispositions: [{ code: 'restock_a', quantity: '2' }] })
      await stage.deliver('channel.update', from(id, 'inspected', lines))
      assert.equal(await stage.readBack('channel.update', from(id, 'inspected', lines)), 'applied')
    }
  })

  test('that never came are taken off, and the rest is closed', async () => {
    const stage = await open()
    const { id } = asked(stage)
    const lines = [toldLine({ received: '1' }, { receipt: 'closed_short' })]
    await stage.deliver('channel.update', from(id, 'received', lines))
    await stage.deliver('channel.update', from(id, 'closed', lines))
    assert.deepEqual(stage.double.writes.slice(-3), [
      'RETURNS_UPDATE',
      'RETURNS_PROCESS',
      'RETURNS_CLOSE',
    ])
  })

  test('carry the tracking number of their parcel, once', async () => {
    const stage = await open()
    const { id } = asked(stage)
    const parcels = [{ tracking: '1Z999', labelUrl: 'https://cdn.example/label.pdf' }]
    await stage.deliver('channel.update', { ...from(id, 'authorized'), parcels })
    await stage.deliver('channel.update', { ...from(id, 'in_transit'), parcels })
    const attached = stage.double.writes.filter((one) => one.startsWith('REVERSE_DELIVERIES'))
    assert.equal(attached.length, 1)
    const { deliveries } = (await shown(stage)) as unknown as { deliveries: object[] }
    assert.equal(deliveries.length, 1)
  })

  test('that come after the return was closed open it again', async () => {
    const stage = await open()
    const { id } = asked(stage)
    await stage.deliver('channel.update', from(id, 'received', [toldLine({ received: '1' })]))
    await stage.deliver('channel.update', from(id, 'closed', [toldLine({ received: '1' })]))
    await stage.deliver('channel.update', from(id, 'closed', received()))
    assert.deepEqual(stage.double.writes.slice(-3), [
      'RETURNS_REOPEN',
      'RETURNS_PROCESS',
      'RETURNS_CLOSE',
    ])
  })
})

describe('a return that began elsewhere', () => {
  const about = { company: 'main', orderRefs: ['#1001'] }
  const news = { headline: 'authorized', sentence: '', about, lines: [toldLine()] }

  test('is made in the shop once, and found by our number afterwards', async () => {
    const stage = await open()
    stage.double.people.order({ name: '#1001', lines: [{ sku: 'PUMP-12V', quantity: 3 }] })
    const first = await stage.deliver('channel.update', news)
    const again = await stage.deliver('channel.update', { ...news, headline: 'in_transit' })
    assert.equal(again.externalId, first.externalId)
    assert.deepEqual(stage.double.writes, ['RETURNS_APPROVE'])
  })

  test('is not made a second time where the answer to the first never came', async () => {
    const stage = await open()
    stage.double.people.order({ name: '#1001', lines: [{ sku: 'PUMP-12V', quantity: 3 }] })
    const lost: typeof directFetch = async (url, request) => {
      const isCreate = String(request.body).includes('returnCreate')
      if (isCreate) stage.double.faults.set([{ fault: 'cut_after', times: 1 }])
      return directFetch(url, request)
    }
    await assert.rejects(stage.deliver('channel.update', news, { fetch: lost }), {
      name: 'UnknownOutcomeError',
    })
    assert.equal(await stage.readBack('channel.update', news), 'applied')
    await stage.deliver('channel.update', news)
    assert.deepEqual(stage.double.writes, ['RETURNS_APPROVE'])
  })

  test('is left alone where the configuration says so, and where nothing was authorized', async () => {
    const stage = await open({ createsReturns: false })
    stage.double.people.order({ name: '#1001', lines: [{ sku: 'PUMP-12V', quantity: 3 }] })
    await stage.deliver('channel.update', news)
    await stage.deliver('channel.update', { ...news, lines: [toldLine({ authorized: '0' })] })
    assert.deepEqual(stage.double.writes, [])
  })

  test('cannot be made where the shop has no such order, or not that many units', async () => {
    const stage = await open()
    await assert.rejects(stage.deliver('channel.update', news), { code: 'ORDER_NOT_FOUND' })
    stage.double.people.order({ name: '#1001-A', lines: [{ sku: 'PUMP-12V', quantity: 3 }] })
    await assert.rejects(stage.deliver('channel.update', news), { code: 'ORDER_NOT_FOUND' })
    stage.double.people.order({ name: '#1001', lines: [{ sku: 'PUMP-12V', quantity: 1 }] })
    await assert.rejects(stage.deliver('channel.update', news), { code: 'LINE_NOT_RETURNABLE' })
  })
})

describe('what Shopify answers with a 200', () => {
  test('waits as long as the bucket needs to fill up', async () => {
    const stage = await open({}, { bucket: { maximumAvailable: 2_000, restoreRate: 100 } })
    const { id } = asked(stage)
    stage.double.bucket.drain()
    await assert.rejects(stage.deliver('channel.update', from(id, 'authorized')), (error) => {
      const { code, retryAfterMs = 0 } = error as { code: string; retryAfterMs?: number }
      assert.equal(code, 'RATE_LIMITED')
      // As many hundredths of a second as the query has points.
      return retryAfterMs >= 1_000 && retryAfterMs <= 10_000
    })
    stage.clock.now = new Date(stage.clock.now.getTime() + 20_000)
    await stage.deliver('channel.update', from(id, 'authorized'))
  })

  test('names the scope that lacks', async () => {
    const stage = await open({}, { scopes: ['read_orders', 'read_returns'] })
    const { id } = asked(stage)
    await assert.rejects(stage.deliver('channel.update', from(id, 'authorized')), (error) => {
      assert.ok(error instanceof TerminalError)
      assert.equal(error.code, 'AUTH_REJECTED')
      return /write_returns/.test(error.reason ?? '')
    })
  })

  test('reads no customers where the app is not approved for it', async () => {
    const refused = await open({}, { hasCustomerAccess: false })
    const { id } = asked(refused)
    await assert.rejects(refused.deliver('channel.update', from(id, 'authorized')), {
      code: 'AUTH_REJECTED',
    })
    const stage = await open({ customerData: false }, { hasCustomerAccess: false })
    await stage.deliver('channel.update', from(asked(stage).id, 'authorized'))
    assert.deepEqual(stage.double.writes.slice(-1), ['RETURNS_APPROVE'])
  })
})
