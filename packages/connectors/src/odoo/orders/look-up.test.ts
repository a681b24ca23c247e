import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventData } from '@backhaul/sdk/canonical'
import { type OrderAnswer, RetryableError, TerminalError } from '@backhaul/sdk/connector'
import {
  type Method,
  OdooFault,
  type ScriptedServer,
  scriptedServer,
} from '../../../test-odoo/scripted-server.ts'
import { lookUpOrder } from './look-up.ts'

type Row = Readonly<Record<string, unknown>>

const dollar = { id: 1, name: 'USD' }
const piece = { id: 1, name: 'Units', factor: 1 }
const allFields = {
  'sale.order': ['picking_ids'],
  'sale.order.line': ['product_uom_id', 'move_ids'],
  'product.product': ['tracking'],
  'uom.uom': [],
  'stock.move': ['bom_line_id'],
}

function order(id: number, changes: Row = {}): Row {
  return {
    id,
    name: `S0000${id}`,
    state: 'sale',
    client_order_ref: false,
    origin: false,
    company_id: 1,
    currency_id: dollar,
    partner_id: { id: 50 + id, commercial_partner_id: { id: 40 + id, parent_id: false } },
    partner_shipping_id: false,
    order_line: [10 * id],
    invoice_ids: [],
    ...changes,
  }
}

function product(id: number, changes: Row = {}): Row {
  return {
    id,
    default_code: `SKU-${id}`,
    barcode: false,
    name: `Product ${id}`,
    active: true,
    type: 'consu',
    tracking: 'none',
    product_tmpl_id: id,
    uom_id: piece,
    ...changes,
  }
}

function move(of: Row, quantity: number, changes: Row = {}): Row {
  return {
    id: 1,
    state: 'done',
    date: '2026-11-02 10:00:00',
    origin: 'S00001',
    picking_id: { id: 1, origin: 'S00001' },
    product_id: of,
    product_uom: piece,
    product_uom_qty: quantity,
    quantity,
    location_usage: 'internal',
    location_dest_usage: 'customer',
    origin_returned_move_id: false,
    move_line_ids: [],
    bom_line_id: false,
    ...changes,
  }
}

function line(id: number, changes: Row = {}): Row {
  return {
    id,
    order_id: 1,
    display_type: false,
    is_downpayment: false,
    product_id: product(1),
    product_uom_id: piece,
    product_uom_qty: 5,
    move_ids: [move(product(1), 5)],
    invoice_lines: [],
    ...changes,
  }
}

/** Answers the first search, the second, and so on; the last one for all further ones. */
function inTurn(...answers: readonly (readonly Row[])[]): Method {
  let count = 0
  return () => {
    const records = answers[Math.min(count, answers.length - 1)] ?? []
    count += 1
    return { length: records.length, records }
  }
}

const may: Method = () => true

function serverWith(methods: Readonly<Record<string, Method>>, changes: Row = {}): ScriptedServer {
  const standard = { 'mrp.bom.line/has_access': may, 'sale.order.line/web_read': () => [line(10)] }
  return scriptedServer({ fields: allFields, methods: { ...standard, ...methods }, changes })
}

interface Asked {
  readonly refs?: readonly string[]
  readonly customer?: string
  readonly company?: string
  readonly lines?: Parameters<typeof lookUpOrder>[0]['question']['lines']
}

async function ask({ config, fetch }: ScriptedServer, asked: Asked = {}): Promise<OrderAnswer> {
  const { refs = ['S00001'], customer, company = 'main', lines = [] } = asked
  const about = {
    company,
    orderRefs: [...refs],
    currency: 'USD',
    ...(customer === undefined ? {} : { customer: { partyId: customer } }),
  }
  const signal = AbortSignal.timeout(10_000)
  const now = new Date('2026-11-23T06:00:00Z')
  const answer = await lookUpOrder({ config, question: { about, lines }, fetch, signal, now })
  eventData['order.recorded'].parse(answer)
  return answer
}

function isFailure(kind: typeof TerminalError | typeof RetryableError, code: string, says = /./) {
  return (error: unknown) => {
    assert.ok(error instanceof kind, String(error))
    assert.equal(error.code, code)
    assert.match(error.reason ?? '-', says)
    return true
  }
}

const search = 'sale.order/web_search_read'

describe('the order that is looked up', () => {
  test('is the one with that number, before those that only refer to it', async () => {
    const others = [order(2, { client_order_ref: 'S00001' }), order(3, { origin: 'S00001' })]
    const server = serverWith({ [search]: inTurn([...others, order(1)]) })
    assert.equal((await ask(server)).orderRef, 'S00001')
  })

  test('is the one in force, then the one of the customer, and never a guess', async () => {
    const po = { client_order_ref: 'PO-7' }
    const dead = [order(2, { ...po, state: 'cancel' }), order(3, { ...po, state: 'draft' })]
    const one = serverWith({ [search]: inTurn([...dead, order(1, po)]) })
    assert.equal((await ask(one, { refs: ['PO-7'] })).orderRef, 'S00001')
    const two = serverWith({ [search]: inTurn([order(4, po), order(1, po)]) })
    assert.equal((await ask(two, { refs: ['PO-7'], customer: '41' })).orderRef, 'S00001')
    const says = /S00004, S00001 all carry PO-7/
    await assert.rejects(
      ask(two, { refs: ['PO-7'], customer: '999' }),
      isFailure(TerminalError, 'ORDER_AMBIGUOUS', says),
    )
  })

  test('is not one that the hub made for a return', async () => {
    const po = { client_order_ref: 'PO-7' }
    const ours = order(2, { ...po, origin: 'RMA-000123-7/F-1' })
    const server = serverWith({ [search]: inTurn([ours, order(1, po)]) })
    assert.equal((await ask(server, { refs: ['PO-7'] })).orderRef, 'S00001')
  })

  test('may be several of one customer, and not of two', async () => {
    const partner_id = { id: 51, commercial_partner_id: { id: 41, parent_id: false } }
    const refs = ['S00001', 'S00002']
    const both = [order(1), order(2, { partner_id })]
    const server = serverWith({
      [search]: inTurn(both),
      'sale.order.line/web_read': ({ ids }) => (ids as number[]).map((id) => line(id)),
    })
    const { lines } = await ask(server, { refs })
    assert.deepEqual(
      lines.map(({ orderLine }) => orderLine),
      ['10', '20'],
    )
    const strangers = serverWith({ [search]: inTurn([order(1), order(2)]) })
    await assert.rejects(ask(strangers, { refs }), isFailure(TerminalError, 'ORDER_AMBIGUOUS'))
  })

  test('is found in another letter case, or by a delivery, with one more call', async () => {
    const server = serverWith({ [search]: inTurn([], [order(1)]) })
    assert.equal((await ask(server, { refs: ['WH/OUT/00042'] })).orderRef, 'S00001')
    assert.deepEqual(server.calls.filter((call) => call === search).length, 2)
  })

  test('does not exist where nothing is found, and where nobody has confirmed the quotation', async () => {
    const none = serverWith({ [search]: inTurn([]) })
    assert.deepEqual(await ask(none), {
      orderRef: 'S00001',
      exists: false,
      lines: [],
      tenders: [],
    })
    const draft = serverWith({ [search]: inTurn([order(1, { state: 'sent' })]) })
    const answer = await ask(draft)
    assert.equal(answer.exists, false)
    assert.equal(answer.note, 'S00001 is a quotation that was not confirmed.')
  })

  test('must be named', async () => {
    const server = serverWith({ [search]: inTurn([]) })
    const isUnnamed = isFailure(TerminalError, 'ORDER_NOT_NAMED')
    await assert.rejects(ask(server, { refs: [' '] }), isUnnamed)
  })

  test('is of the company that was asked about', async () => {
    const asked: Row[] = []
    const script: Method = (given) => {
      asked.push(given)
      return { length: 1, records: [order(1, { company_id: 3 })] }
    }
    const server = serverWith({ [search]: script }, { companies: { eu: 3 } })
    assert.equal((await ask(server, { company: 'eu' })).company, 'eu')
    assert.deepEqual(asked[0]?.['context'], { allowed_company_ids: [3] })
    const domain = asked[0]?.['domain']
    assert.ok(Array.isArray(domain))
    assert.deepEqual(domain[0], ['company_id', '=', 3])
  })

  test("is a group's, where a company below it ordered", async () => {
    const group = { id: 48, parent_id: false }
    const partner_id = { id: 53, commercial_partner_id: { id: 53, parent_id: group } }
    const server = serverWith({ [search]: inTurn([order(1, { partner_id })]) })
    const own = { partyId: '53', commercialPartyId: '53' }
    assert.deepEqual((await ask(server)).orderedBy, own)
    const asGroup = await ask(server, { customer: '48' })
    assert.deepEqual(asGroup.orderedBy, { ...own, commercialPartyId: '48' })
  })
})

describe('where an order was delivered', () => {
  const nowhere = {
    id: 7,
    name: false,
    street: false,
    street2: false,
    city: false,
    zip: false,
    state_id: false,
    country_id: false,
  }
  const addressOf = async (partner_shipping_id: Row) =>
    (await ask(serverWith({ [search]: inTurn([order(1, { partner_shipping_id })]) }))).orderedBy
      ?.shipFrom

  test('is told as a carrier wants it, as far as Odoo knows', async () => {
    const whole = {
      ...nowhere,
      name: 'Dock 4',
      street: 'Quay 1',
      street2: 'Hall B',
      city: 'Reno',
      zip: '89501',
      state_id: { id: 38, code: 'NV' },
      country_id: { id: 233, code: 'US' },
    }
    assert.deepEqual(await addressOf(whole), {
      name: 'Dock 4',
      street: 'Quay 1, Hall B',
      city: 'Reno',
      postalCode: '89501',
      region: 'NV',
      country: 'US',
    })
    const part = { ...nowhere, city: 'Reno', country_id: { id: 1, code: false } }
    assert.deepEqual(await addressOf(part), { city: 'Reno' })
  })

  test('is left out where nobody wrote it down', async () => {
    assert.equal(await addressOf({ ...nowhere, name: 'Azure' }), undefined)
  })
})

describe('what is told of the order', () => {
  test('takes at most four calls, payments and another letter case included', async () => {
    const payment = { account_payment_id: 9, amount: 5, currency_id: 1, is_exchange: false }
    const invoice = {
      id: 70,
      name: 'INV/1',
      ref: false,
      state: 'posted',
      move_type: 'out_invoice',
      reversed_entry_id: false,
      currency_id: dollar,
      invoice_payments_widget: { content: [payment] },
    }
    const found = order(1, { invoice_ids: [invoice] })
    const server = serverWith({
      [search]: inTurn([found], [], [found]),
      'account.payment/web_read': () => [
        {
          id: 9,
          payment_type: 'inbound',
          payment_method_code: 'stripe',
          journal_id: { id: 1, type: 'bank' },
        },
      ],
    })
    await ask(server)
    server.calls.length = 0
    const { tenders } = await ask(server, { refs: ['s00001'] })
    assert.deepEqual(server.calls, [
      search,
      search,
      'sale.order.line/web_read',
      'account.payment/web_read',
    ])
    const usd = (amount: string) => ({ amount, currency: 'USD' })
    assert.deepEqual(tenders, [
      { paymentId: '9', method: 'card', captured: usd('5.00'), refunded: usd('0.00') },
    ])
  })

  test('is read a hundred lines at a time', async () => {
    const ids = Array.from({ length: 250 }, (_, index) => index + 1)
    const server = serverWith({
      [search]: inTurn([order(1, { order_line: ids })]),
      'sale.order.line/web_read': (given) => (given['ids'] as number[]).map((id) => line(id)),
    })
    const { lines } = await ask(server)
    assert.equal(lines.length, 250)
    assert.equal(server.calls.filter((call) => call === 'sale.order.line/web_read').length, 3)
  })

  test('leaves out sections, notes and down payments', async () => {
    const section = line(11, { display_type: 'line_section', product_id: false })
    const down = line(12, { is_downpayment: true })
    const lines = [section, down, line(10)]
    const server = serverWith({
      [search]: inTurn([order(1)]),
      'sale.order.line/web_read': () => lines,
    })
    const answer = await ask(server)
    assert.deepEqual(
      answer.lines.map(({ lineNo, orderLine }) => [lineNo, orderLine]),
      [[1, '10']],
    )
  })

  test('holds names that the hub can take, whatever people wrote', async () => {
    const wild = product(1, {
      default_code: `A\u0000B${'x'.repeat(200)}`,
      barcode: 'no digits',
      name: `Pump\u0007 ${'\u{1f600}'.repeat(300)}`,
      uom_id: { id: 8, name: 'Palette à 24 Stück', factor: 1 },
      tracking: 'serial',
    })
    const lot = { id: 1, quantity_product_uom: 1, lot_id: { id: 1, name: ' SN\t1 ' } }
    const moves = [move(wild, 1, { move_line_ids: [lot] })]
    const server = serverWith({
      [search]: inTurn([order(1)]),
      'sale.order.line/web_read': () => [line(10, { product_id: wild, move_ids: moves })],
    })
    const [told] = (await ask(server)).lines
    assert.deepEqual(told?.serials, ['SN 1'])
    assert.equal(told?.product?.gtin, undefined)
    assert.equal(told?.baseUnit, 'Palette-24-St-ck')
  })

  test('says that a product is archived, and that a canceled order was', async () => {
    const archived = product(1, { active: false })
    const server = serverWith({
      [search]: inTurn([order(1, { state: 'cancel' })]),
      'sale.order.line/web_read': () => [line(10, { product_id: archived, move_ids: [] })],
    })
    const answer = await ask(server)
    assert.deepEqual([answer.exists, answer.note], [true, 'S00001 was canceled.'])
    assert.deepEqual([answer.lines[0]?.isArchived, answer.lines[0]?.delivered], [true, '0'])
  })
})

describe('a database', () => {
  test('without manufacturing has kits all the same, and is asked for no bill of materials', async () => {
    const seen: Row[] = []
    const { bom_line_id: _none, ...bare } = move(product(2), 6)
    const read: Method = ({ specification }) => {
      seen.push((specification as { move_ids: { fields: Row } }).move_ids.fields)
      return [line(10, { product_uom_qty: 3, move_ids: [bare] })]
    }
    const methods = { [search]: inTurn([order(1)]), 'sale.order.line/web_read': read }
    const noModel = scriptedServer({ fields: { ...allFields, 'stock.move': [] }, methods })
    assert.equal((await ask(noModel)).lines[0]?.delivered, '3')
    const noRight = scriptedServer({
      fields: allFields,
      methods: { ...methods, 'mrp.bom.line/has_access': () => false },
    })
    assert.equal((await ask(noRight)).lines[0]?.delivered, '3')
    for (const fields of seen) assert.equal('bom_line_id' in fields, false)
  })

  test('without deliveries tells what was ordered', async () => {
    const { move_ids: _none, ...bare } = line(10)
    const read: Method = ({ specification }) => {
      assert.equal('move_ids' in (specification as Row), false)
      return [bare]
    }
    const server = scriptedServer({
      fields: { 'sale.order.line': ['product_uom_id'] },
      methods: { [search]: inTurn([order(1)]), 'sale.order.line/web_read': read },
    })
    const [told] = (await ask(server)).lines
    assert.deepEqual([told?.ordered, told?.delivered], ['5', '0'])
  })

  test('of version 17 has other fields, factors and rights', async () => {
    const dozen = { id: 3, name: 'Dozens', factor: 0.0833333333333333, factor_inv: 12 }
    const old = { ...piece, factor_inv: 1 }
    const { product_uom_id: _none, ...bare } = line(10)
    const of = product(1, { uom_id: old })
    const read: Method = ({ specification }) => {
      assert.equal('product_uom_id' in (specification as Row), false)
      const moves = [move(of, 24, { product_uom: old })]
      return [{ ...bare, product_id: of, product_uom: dozen, product_uom_qty: 2, move_ids: moves }]
    }
    const server = scriptedServer({
      version: 17,
      fields: {
        ...allFields,
        'sale.order.line': ['product_uom', 'move_ids'],
        'uom.uom': ['factor_inv'],
      },
      methods: {
        'mrp.bom.line/check_access_rights': may,
        [search]: inTurn([order(1)]),
        'sale.order.line/web_read': read,
      },
    })
    const [told] = (await ask(server)).lines
    assert.deepEqual([told?.ordered, told?.delivered], ['24', '24'])
  })

  test('that gives no right to read says so in a sentence', async () => {
    const forbidden = () => {
      throw new OdooFault(
        'odoo.exceptions.AccessError',
        403,
        'You are not allowed to read Ada (res.partner)',
      )
    }
    const server = serverWith({ [search]: forbidden })
    const says = /^Odoo does not let the user of this connection read orders/
    await assert.rejects(ask(server), isFailure(TerminalError, 'ODOO_FORBIDDEN', says))
  })

  test('that is gone is asked again later', async () => {
    const { config } = serverWith({})
    const gone: ScriptedServer['fetch'] = async (url, request) => {
      const { fetch } = serverWith({})
      if (new URL(url).pathname === '/web/version') return fetch(url, request)
      const answer = await fetch(url, request)
      return { ...answer, status: 404, json: () => Promise.reject(new SyntaxError('<html>')) }
    }
    const server = { config, fetch: gone, calls: [] }
    await assert.rejects(ask(server), isFailure(RetryableError, 'ODOO_DATABASE_GONE'))
  })

  test('from which a module was removed is found out about anew', async () => {
    let isRemoved = false
    const { bom_line_id: _none, ...bare } = move(product(1), 5)
    const read: Method = ({ specification }) => {
      const { fields } = (specification as { move_ids: { fields: Row } }).move_ids
      if (isRemoved && 'bom_line_id' in fields) throw new OdooFault('builtins.ValueError', 500)
      return [line(10, { move_ids: [isRemoved ? bare : move(product(1), 5)] })]
    }
    const server = serverWith({
      [search]: inTurn([order(1)]),
      'mrp.bom.line/has_access': () => {
        if (isRemoved) throw new OdooFault('werkzeug.exceptions.NotFound', 404)
        return true
      },
      'sale.order.line/web_read': read,
    })
    assert.equal((await ask(server)).lines[0]?.delivered, '5')
    isRemoved = true
    assert.equal((await ask(server)).lines[0]?.delivered, '5')
  })
})
