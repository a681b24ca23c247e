import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DeliveryError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { type Answer, fakeConfig, fakeOdoo19, fakeServer } from '../../../test-odoo/fake-server.ts'
import { Odoo } from './odoo.ts'
import { dateTime, decimal, many2one, text } from './values.ts'

async function openOn(answer: (name: string) => Answer | 'never', companyId: number | null = null) {
  const server = fakeOdoo19(answer)
  const signal = new AbortController().signal
  const config = fakeConfig({ timeoutMs: 1_000 })
  const odoo = await Odoo.open({ config, fetch: server.fetch, signal, now: new Date(0) }, companyId)
  return { odoo, seen: server.seen }
}

const bodyOf = (seen: readonly { body: unknown }[]) => seen.at(-1)?.body as Record<string, unknown>

describe('a call', () => {
  test('is an object, whatever it is called with: a list would be taken for no arguments', async () => {
    const { odoo, seen } = await openOn(() => ({ body: true }))
    await odoo.act('res.users', 'context_get')
    assert.deepEqual(bodyOf(seen), {})
    await odoo.act('sale.order', 'create', { named: { vals_list: [{ origin: 'x' }] } })
    assert.deepEqual(bodyOf(seen), { vals_list: [{ origin: 'x' }] })
  })

  test('is refused before it is sent when an id is no whole number', async () => {
    const { odoo, seen } = await openOn(() => ({ body: [] }))
    const strange = [Number.NaN, 1.5, 0, -1, '7' as unknown as number]
    for (const id of strange) {
      await assert.rejects(odoo.ask('sale.order', 'read', { ids: [id] }), {
        code: 'ODOO_CALL_REJECTED',
      })
    }
    assert.deepEqual(
      seen.map(({ path }) => path),
      ['/web/version'],
    )
  })

  test('keeps to the company that it was opened for', async () => {
    const { odoo, seen } = await openOn(() => ({ body: true }), 3)
    await odoo.act('stock.picking', 'button_validate', { ids: [1], context: { skip_sms: true } })
    assert.deepEqual(bodyOf(seen)['context'], { allowed_company_ids: [3], skip_sms: true })
  })

  test('ends after its own time, and then nobody knows of a write', async () => {
    const { odoo } = await openOn(() => 'never')
    const [write, read] = await Promise.allSettled([
      odoo.act('sale.order', 'write', { ids: [1] }),
      odoo.ask('sale.order', 'read', { ids: [1] }),
    ])
    const kinds = [write, read].map(
      (one) => one.status === 'rejected' && (one.reason as DeliveryError).kind,
    )
    assert.deepEqual(kinds, ['unknown', 'retryable'])
  })

  test('over JSON-RPC has its ids first, and its records by position', async () => {
    const server = fakeServer(({ path, body }) => {
      if (path === '/web/version') return { status: 404, body: '' }
      const { service, method } = (body as { params: { service: string; method: string } }).params
      if (service === 'object') return { body: { result: [5] } }
      const version = { server_version: '18.0', server_version_info: [18] }
      return { body: { result: method === 'version' ? version : 7 } }
    })
    const signal = new AbortController().signal
    const odoo = await Odoo.open(
      { config: fakeConfig(), fetch: server.fetch, signal, now: new Date(0) },
      3,
    )
    const argsOf = () => (bodyOf(server.seen)['params'] as { args: unknown[] }).args.slice(3)
    await odoo.act('stock.move', 'write', { ids: [2], named: { vals: { picked: true } } })
    const context = { allowed_company_ids: [3] }
    assert.deepEqual(argsOf(), ['stock.move', 'write', [[2], { picked: true }], { context }])
    await odoo.act('stock.picking', 'message_post', { ids: [2], named: { body: 'seen' } })
    assert.deepEqual(argsOf(), ['stock.picking', 'message_post', [[2]], { body: 'seen', context }])
    await odoo.act('sale.order', 'create', { named: { vals_list: [{ a: 1 }] } })
    assert.deepEqual(argsOf(), ['sale.order', 'create', [[{ a: 1 }]], { context }])
  })
})

describe('rows', () => {
  const row = z.object({
    id: z.int(),
    name: text,
    partner_id: many2one,
    quantity: decimal,
    date: dateTime,
  })
  const given = {
    id: 1,
    name: false,
    partner_id: [7, false],
    quantity: 0.1 + 0.2,
    date: '2026-11-23 05:08:32',
  }

  test('are read by their fields, and nothing of Odoo is left in them', async () => {
    const { odoo, seen } = await openOn(() => ({ body: [given] }))
    const domain = [['state', '=', 'sale']] as const
    const [found] = await odoo.search('sale.order', { domain, row, order: 'id', limit: 2 })
    const partner = { id: 7, name: '' }
    const date = '2026-11-23T05:08:32Z'
    assert.deepEqual(found, { id: 1, name: null, partner_id: partner, quantity: '0.3', date })
    const fields = ['name', 'partner_id', 'quantity', 'date']
    assert.deepEqual(bodyOf(seen), { domain, fields, order: 'id', limit: 2 })
  })

  test('of ids alone ask for the id: no fields at all would mean every field', async () => {
    const { odoo, seen } = await openOn(() => ({ body: [] }))
    await odoo.search('sale.order', { domain: [], row: z.object({ id: z.int() }) })
    assert.deepEqual(bodyOf(seen)['fields'], ['id'])
    await odoo.read('sale.order', [1], z.object({ id: z.int() }))
    assert.deepEqual(bodyOf(seen)['fields'], ['id'])
  })

  test('of no ids are not asked for', async () => {
    const { odoo, seen } = await openOn(() => ({ body: [] }))
    assert.deepEqual(await odoo.read('sale.order', [], row), [])
    assert.equal(seen.length, 1)
  })

  test('of another shape name the call and the field, and never the value', async () => {
    const { odoo } = await openOn(() => ({ body: [{ ...given, quantity: 'Ines Marek' }] }))
    await assert.rejects(odoo.search('sale.order', { domain: [], row }), (error: DeliveryError) => {
      assert.deepEqual([error.kind, error.code], ['retryable', 'RESPONSE_MALFORMED'])
      assert.equal(error.reason, 'sale.order.search_read: 0.quantity')
      return true
    })
  })
})

describe('the fields of a model', () => {
  test('are asked for once', async () => {
    const { odoo, seen } = await openOn(() => ({ body: { sale_id: { type: 'many2one' } } }))
    const ask = () => odoo.fieldsOf('stock.picking', ['sale_id', 'group_id'])
    assert.deepEqual([...(await ask())], ['sale_id'])
    assert.deepEqual([...(await ask())], ['sale_id'])
    assert.equal(seen.length, 2)
    assert.deepEqual(bodyOf(seen), { allfields: ['sale_id', 'group_id'], attributes: ['type'] })
  })

  test('that are new are asked for, and those that are known are kept', async () => {
    const known: Record<string, unknown> = { sale_id: {}, origin: {} }
    const { odoo, seen } = await openOn(() => ({ body: known }))
    await Promise.all([
      odoo.fieldsOf('stock.picking', ['sale_id']),
      odoo.fieldsOf('stock.picking', ['origin']),
    ])
    await odoo.fieldsOf('stock.picking', ['sale_id', 'origin'])
    assert.equal(seen.length, 3)
  })

  test('that nobody names are none: an empty list would mean all', async () => {
    const { odoo, seen } = await openOn(() => ({ body: {} }))
    assert.equal((await odoo.fieldsOf('stock.picking', [])).size, 0)
    assert.equal(seen.length, 1)
  })
})
