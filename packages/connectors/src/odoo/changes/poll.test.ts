import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type PolledMessage, type PollPage, RetryableError } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { fakeConfig, fakeOdoo19, type Seen } from '../../../test-odoo/fake-server.ts'
import { changes } from './poll.ts'

const self = 7
const person = 2
const caseNo = 'RMA-000123-7'
const places = { returnsType: 19, quarantine: 33, stock: 5, internalType: 4, vendor: 34 }

const customers = { id: 2, usage: 'customer', complete_name: 'Customers', parent_path: '2/' }
const quarantine = {
  id: 33,
  usage: 'internal',
  complete_name: 'WH/Quarantine',
  parent_path: '4/33/',
}
const shelf = { id: 17, usage: 'internal', complete_name: 'WH/Stock/Shelf', parent_path: '4/5/17/' }

type Row = Readonly<Record<string, unknown>> & { readonly id: number }

/** Records that were written, and documents as they are read: by model. */
interface Given {
  readonly written?: Readonly<Record<string, readonly Row[]>>
  readonly documents?: Readonly<Record<string, readonly Row[]>>
}

interface Asked {
  readonly ids?: readonly number[]
  readonly domain?: readonly unknown[]
  readonly fields?: readonly string[]
  readonly order?: string
  readonly limit?: number
}

function odooWith({ written = {}, documents = {} }: Given) {
  return fakeOdoo19((name, { body }: Seen) => {
    const [model = '', method] = name.split('/')
    const asked = body as Asked
    if (method === 'context_get') return { body: { uid: self } }
    if (method === 'has_access') return { body: true }
    if (method === 'fields_get') {
      const { allfields } = body as { allfields: string[] }
      return { body: Object.fromEntries(allfields.map((field) => [field, { type: 'char' }])) }
    }
    if (method === 'web_read') {
      return { body: (documents[model] ?? []).filter(({ id }) => asked.ids?.includes(id)) }
    }
    if (!asked.fields?.includes('write_date')) return { body: documents[`${model} rows`] ?? [] }
    const rows = (written[model] ?? []).filter((row) => isWanted(row, asked.domain ?? []))
    const ordered = asked.order === 'write_date desc' ? rows.toReversed() : rows
    return { body: ordered.slice(0, asked.limit) }
  })
}

/** Only conditions on the time, which is text of one form, and on the id count. */
function isWanted(row: Row, domain: readonly unknown[]): boolean {
  return domain.every((condition) => {
    if (!Array.isArray(condition)) return true
    const [field, operator, value] = condition as [string, string, string | number]
    const left = row[field] as string | number
    if (field === 'write_date') return operator === '<' ? left < value : left >= value
    return field === 'id' && operator === '>' ? left > value : true
  })
}

function lookAt(
  server: ReturnType<typeof odooWith>,
  config = fakeConfig({ warehouses: { '*': places } }),
) {
  let cursor: string | null = null
  return async (now = '2026-11-23T10:00:00Z'): Promise<PollPage> => {
    const signal = new AbortController().signal
    const { fetch } = server
    const page = await changes.pull({
      config,
      fetch,
      dial: noDial,
      signal,
      cursor,
      limit: 500,
      now: new Date(now),
    })
    cursor = page.cursor
    return page
  }
}

function move(changed: object = {}) {
  return {
    id: 240,
    state: 'done',
    origin: `${caseNo}:1`,
    product_id: { id: 62, default_code: 'PUMP-12V', barcode: false, tracking: 'none' },
    product_qty: 3,
    date: '2026-11-23 09:30:00',
    write_uid: person,
    location_dest_id: quarantine,
    move_line_ids: [
      { id: 1, quantity_product_uom: 3, lot_id: false, location_dest_id: quarantine },
    ],
    origin_returned_move_id: false,
    scrap_id: false,
    sale_line_id: { id: 93, order_id: { id: 50, name: 'S00050' }, product_template_id: 60 },
    bom_line_id: false,
    ...changed,
  }
}

function picking(changed: object = {}): Row {
  return {
    id: 165,
    name: 'WH/RET/00053',
    state: 'done',
    origin: caseNo,
    date_done: '2026-11-23 09:30:00',
    create_uid: self,
    partner_id: 47,
    company_id: 1,
    picking_type_id: 19,
    location_id: customers,
    location_dest_id: quarantine,
    backorder_id: false,
    return_id: { id: 164, origin: 'S00050' },
    sale_id: { id: 50, name: 'S00050', origin: false },
    carrier_tracking_ref: false,
    carrier_id: false,
    move_ids: [move()],
    ...changed,
  }
}

const writtenAt = (id: number, second: string, more: object = {}): Row => ({
  id,
  write_date: `2026-11-23 ${second}`,
  ...more,
})

/** What is told of transfers as they are. */
async function told(...pickings: readonly Row[]): Promise<readonly PolledMessage[]> {
  const written = { 'stock.picking': pickings.map(({ id }) => writtenAt(id, '09:30:01')) }
  const page = await lookAt(odooWith({ written, documents: { 'stock.picking': pickings } }))()
  return page.messages
}

function bodyOf(message: PolledMessage | undefined): Record<string, unknown> {
  return message?.body as Record<string, unknown>
}

describe('a look', () => {
  test('is one search for each of six models where nothing has changed', async () => {
    const server = odooWith({})
    const look = lookAt(server)
    await look()
    const before = server.seen.length
    const page = await look()
    assert.deepEqual([page.messages, page.hasMore, server.seen.length - before], [[], false, 6])
  })

  test('finds a thousand transfers of a night in order, in pages, and its cursor stays short', async () => {
    const written = Array.from({ length: 1_000 }, (_, index) => {
      const second = Math.floor(index / 3)
      const minute = String(Math.floor(second / 60)).padStart(2, '0')
      return writtenAt(5_000 - index, `03:${minute}:${String(second % 60).padStart(2, '0')}`)
    })
    const documents = written.map(({ id }) => picking({ id }))
    const look = lookAt(
      odooWith({
        written: { 'stock.picking': written },
        documents: { 'stock.picking': documents },
      }),
    )
    const order: unknown[] = []
    for (let hasMore = true; hasMore; ) {
      const page = await look()
      assert.ok(page.messages.length <= 100)
      assert.ok((page.cursor ?? '').length < 2_000)
      order.push(...page.messages.map((message) => bodyOf(message)['id']))
      hasMore = page.hasMore
    }
    assert.deepEqual(
      order,
      written.map(({ id }) => String(id)),
    )
  })

  test('tells equal states under one name, and another state under another', async () => {
    const [one] = await told(picking())
    const [same] = await told(picking({ partner_id: 47 }))
    const [other] = await told(picking({ move_ids: [move({ product_qty: 4 })] }))
    assert.equal(one?.messageId, same?.messageId)
    assert.notEqual(one?.messageId, other?.messageId)
    assert.match(one?.messageId ?? '', /^stock\.picking:165:[0-9a-f]{32}$/)
  })

  test('begins anew with a cursor that it cannot read', async () => {
    const { fetch } = odooWith({})
    const config = fakeConfig()
    const signal = new AbortController().signal
    const page = { config, fetch, dial: noDial, signal, limit: 10, now: new Date() }
    for (const cursor of ['', 'x', '{"v":2}', 'null']) {
      assert.equal((await changes.pull({ ...page, cursor })).hasMore, false)
    }
  })

  test('of which an answer makes no sense can be tried again: nothing was written', async () => {
    const server = fakeOdoo19((name) => ({ body: name.endsWith('context_get') ? { uid: 7 } : 'x' }))
    await assert.rejects(lookAt(server)(), RetryableError)
  })
})

describe('a receipt', () => {
  test('that the hub recorded is no news, whoever writes on the transfer afterwards', async () => {
    const own = { origin: `${caseNo}/R-1`, move_ids: [move({ write_uid: self })] }
    assert.deepEqual(await told(picking({ ...own, write_uid: person })), [])
  })

  test('that a person validated counts as the one that was prepared in it', async () => {
    const [one] = await told(picking({ origin: `${caseNo}/R-1` }))
    assert.equal(bodyOf(one)['receiptId'], 'R-1')
  })

  test('of a backorder is one of its own, although it inherited the text of the first', async () => {
    const origin = `${caseNo}/R-1`
    const [one] = await told(picking({ origin, backorder_id: { id: 160, origin } }))
    assert.equal(bodyOf(one)['receiptId'], 'transfer-165')
    assert.equal(bodyOf(one)['backorderOf'], '160')
  })

  test('without our mark is news even where our own user validated it', async () => {
    const [one] = await told(picking({ move_ids: [move({ write_uid: self })] }))
    assert.equal(bodyOf(one)['receiptId'], 'transfer-165')
  })

  test('that is not validated yet has not come', async () => {
    const open = { state: 'assigned', date_done: false, move_ids: [move({ state: 'assigned' })] }
    assert.deepEqual(await told(picking(open)), [])
    const [byHand] = await told(picking({ ...open, create_uid: person }))
    const [line] = bodyOf(byHand)['lines'] as { done: string; demanded: string }[]
    assert.deepEqual([line?.demanded, line?.done], ['3', '0'])
  })

  test('of a kit counts kits, and says when a component is missing', async () => {
    const kit = (id: number, perKit: number, quantity: number) =>
      move({
        id,
        product_qty: perKit * 2,
        bom_line_id: {
          id,
          product_qty: perKit,
          bom_id: { id: 1, product_qty: 1 },
          parent_product_tmpl_id: 60,
        },
        move_line_ids: [
          { id, quantity_product_uom: quantity, lot_id: false, location_dest_id: quarantine },
        ],
      })
    const linesOf = async (...moves: readonly unknown[]) => {
      const [one] = await told(picking({ move_ids: moves }))
      const lines = bodyOf(one)['lines'] as Record<string, unknown>[]
      return lines.map(({ done, missing, isIncomplete }) => [done, missing, isIncomplete])
    }
    assert.deepEqual(await linesOf(kit(1, 2, 4), kit(2, 1, 2)), [['2', '0', false]])
    assert.deepEqual(await linesOf(kit(1, 2, 2), kit(2, 1, 0)), [['1', '1', true]])
  })

  test('names serial numbers and lots by what the product is tracked by', async () => {
    const tracked = (tracking: string) =>
      move({
        product_id: { id: 62, default_code: 'DRILL', barcode: '4006381333948', tracking },
        move_line_ids: ['SN-2', 'SN-1'].map((name, id) => ({
          id,
          quantity_product_uom: 1,
          lot_id: { id, name },
          location_dest_id: quarantine,
        })),
      })
    const [serial] = await told(picking({ move_ids: [tracked('serial')] }))
    const [lot] = await told(picking({ move_ids: [tracked('lot')] }))
    const [first] = bodyOf(serial)['lines'] as Record<string, unknown>[]
    const [second] = bodyOf(lot)['lines'] as Record<string, unknown>[]
    assert.deepEqual([first?.['serials'], first?.['lots']], [['SN-1', 'SN-2'], []])
    assert.deepEqual([second?.['serials'], second?.['lots']], [[], ['SN-1', 'SN-2']])
    assert.deepEqual(first?.['product'], { erpId: '62', sku: 'DRILL', gtin: '4006381333948' })
  })
})

describe('a transfer', () => {
  test('that our own user canceled is no news; one that a person did is', async () => {
    const canceled = (writer: number) =>
      picking({ state: 'cancel', move_ids: [move({ state: 'cancel', write_uid: writer })] })
    assert.deepEqual(await told(canceled(self)), [])
    assert.equal(bodyOf((await told(canceled(person)))[0])['state'], 'canceled')
  })

  test('that takes a reversed receipt back is no news', async () => {
    const back = { origin: `${caseNo}/reverse-R-1`, location_id: quarantine }
    assert.deepEqual(await told(picking({ ...back, location_dest_id: customers })), [])
  })

  test('out of the quarantine is told with the place that it led to; of a delivery nothing is told', async () => {
    const line = { id: 1, quantity_product_uom: 3, lot_id: false, location_dest_id: shelf }
    const out = { location_id: quarantine, location_dest_id: shelf }
    const [one] = await told(picking({ ...out, move_ids: [move({ move_line_ids: [line] })] }))
    const [goods] = bodyOf(one)['lines'] as Record<string, unknown>[]
    assert.deepEqual([bodyOf(one)['kind'], goods?.['to']], ['disposition', 'stock'])
    const delivery = { location_id: shelf, location_dest_id: customers, origin: 'S00050' }
    const plain = { ...delivery, return_id: false, move_ids: [move({ origin: 'S00050' })] }
    assert.deepEqual(await told(picking(plain)), [])
  })
})

describe('a credit note', () => {
  const note = (id: number, changed: object = {}): Row => ({
    id,
    name: `RINV/${id}`,
    state: 'posted',
    move_type: 'out_refund',
    payment_state: 'not_paid',
    ref: `${caseNo}/C-1`,
    invoice_origin: 'S00050',
    invoice_date: '2026-11-23',
    posted_before: true,
    create_uid: self,
    partner_id: 47,
    commercial_partner_id: 46,
    company_id: 1,
    currency_id: { id: 1, name: 'USD' },
    amount_total: 230.01,
    amount_residual: 230.01,
    reversed_entry_id: { id: 90, name: 'INV/1' },
    reversal_move_ids: [],
    invoice_payments_widget: false,
    invoice_line_ids: [
      {
        id,
        display_type: 'product',
        product_id: {
          id: 62,
          default_code: 'PUMP-12V',
          barcode: false,
          uom_id: { id: 1, name: 'Units', factor: 1 },
        },
        product_uom_id: { id: 3, name: 'Dozens', factor: 12 },
        quantity: 2,
        price_subtotal: 200,
        price_total: 230,
        sale_line_ids: [93],
      },
    ],
    ...changed,
  })
  const rows = [
    { id: 240, origin: `${caseNo}:1`, product_id: [62, 'Pump'], sale_line_id: [93, 'S00050'] },
  ]

  async function toldOf(first: Row, ...siblings: readonly Row[]) {
    const documents = {
      'account.move': [first, ...siblings],
      'account.move rows': siblings.map(({ id }) => ({ id })),
      'stock.move rows': rows,
    }
    const entry = { move_type: 'out_refund', reversed_entry_id: false }
    const written = { 'account.move': [writtenAt(first.id, '09:30:01', entry)] }
    return (await lookAt(odooWith({ written, documents }))()).messages.map(bodyOf)
  }

  test('is taken apart into the lines of the return, in base units, and adds up to its total', async () => {
    const [one] = await toldOf(note(100))
    assert.deepEqual(one?.['lines'], [{ caseLine: 1, quantity: '24', net: '200', tax: '30.01' }])
    assert.deepEqual([one?.['total'], one?.['goodwill']], ['230.01', '0'])
  })

  test('of two invoices is told as one, when all of it is posted', async () => {
    const open = note(101, { state: 'draft', posted_before: false })
    assert.deepEqual(await toldOf(note(100), open), [])
    const [one] = await toldOf(note(100), note(101))
    assert.deepEqual(
      [one?.['ids'], one?.['total'], one?.['status']],
      [['100', '101'], '460.02', 'posted'],
    )
  })

  test('that is settled by its own reversal is reversed, and nothing of it is set off', async () => {
    const reversal = { id: 110, name: 'INV/2', state: 'posted', amount_total: 230.01 }
    const settled = {
      content: [{ amount: 230.01, account_payment_id: false, move_id: 110, is_exchange: false }],
    }
    const [one] = await toldOf(
      note(100, { reversal_move_ids: [reversal], invoice_payments_widget: settled }),
    )
    assert.deepEqual([one?.['status'], one?.['applied']], ['reversed', []])
    const part = { ...reversal, amount_total: 10 }
    const [rest] = await toldOf(note(100, { reversal_move_ids: [part] }))
    assert.equal(rest?.['status'], 'posted')
  })

  test('that the hub drafted is no news, nor one that went back to draft', async () => {
    assert.deepEqual(await toldOf(note(100, { state: 'draft', posted_before: false })), [])
    assert.deepEqual(await toldOf(note(100, { state: 'draft', create_uid: person })), [])
    const byHand = note(100, { state: 'draft', create_uid: person, posted_before: false })
    assert.equal((await toldOf(byHand))[0]?.['status'], 'drafted')
  })
})
