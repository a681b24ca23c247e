import assert from 'node:assert/strict'
import { eventData } from '@backhaul/sdk/canonical'
import type { OrderAnswer, OrderQuestion } from '@backhaul/sdk/connector'
import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Odoo } from '../src/odoo/client/odoo.ts'
import { many2one } from '../src/odoo/client/values.ts'
import type { Config } from '../src/odoo/config.ts'
import { lookUpOrder } from '../src/odoo/orders/look-up.ts'
import { lineOrigin, transferOrigin } from '../src/odoo/references.ts'
import { directFetch, tap } from './connection.ts'
import {
  deliver,
  dozen,
  invoice,
  newCustomer,
  newKit,
  newOrder,
  newProduct,
  type Order,
  type Product,
  sell,
  unique,
  uniqueCaseNo,
} from './fixtures.ts'
import type { Scenario } from './scenario.ts'

/* What is told of an order, on a real server. */

type Lines = OrderQuestion['lines']
type Asked = Omit<Lines[number], 'lineNo' | 'unit'>

function ask(
  config: Config,
  orderRefs: readonly string[],
  options: {
    readonly lines?: readonly Asked[]
    readonly customer?: number
    readonly fetch?: typeof directFetch
  } = {},
): Promise<OrderAnswer> {
  const { lines = [], customer, fetch = directFetch } = options
  const about = {
    company: 'main',
    orderRefs: [...orderRefs],
    currency: 'USD',
    ...(customer === undefined ? {} : { customer: { partyId: String(customer) } }),
  }
  const asked = lines.map((line, index) => ({ lineNo: index + 1, unit: 'EA', ...line }))
  const question = { about, lines: asked }
  const signal = AbortSignal.timeout(60_000)
  return lookUpOrder({ config, question, fetch, signal, now: new Date() }).then((answer) =>
    eventData['order.recorded'].parse(answer),
  )
}

async function lineOf(config: Config, { name }: Order, lineNo = 1) {
  const { lines } = await ask(config, [name])
  const line = lines.find((one) => one.lineNo === lineNo)
  assert.ok(line, `${name} has a line ${lineNo}`)
  return line
}

function quantities(line: OrderAnswer['lines'][number]) {
  const { ordered, delivered, returned, returning } = line
  return { ordered, delivered, returned, returning }
}

const outMove = z.object({ id: z.int(), product_id: many2one, product_uom_qty: z.number() })

/** The transfers' moves that brought a product to the customer. */
async function outMoves(admin: Odoo, deliveryId: number) {
  return admin.search('stock.move', {
    domain: [['picking_id', '=', deliveryId]],
    row: outMove,
    order: 'id',
  })
}

/** A return as a person makes it on the screen; done where `isDone`. */
async function returnByHand(
  admin: Odoo,
  deliveryId: number,
  options: {
    readonly quantities: ReadonlyMap<number, number>
    readonly toRefund?: boolean
    readonly isDone?: boolean
    readonly origin?: { readonly transfer: string; readonly move: string }
  },
): Promise<number> {
  const { toRefund = true, isDone = true, origin } = options
  const moves = await outMoves(admin, deliveryId)
  const lines = moves.flatMap((move) => {
    const quantity = options.quantities.get(move.product_id?.id ?? 0)
    if (quantity === undefined) return []
    const values = { product_id: move.product_id?.id, quantity, move_id: move.id }
    return [[0, 0, { ...values, to_refund: toRefund }]]
  })
  const made = await admin.act('stock.return.picking', 'create', {
    named: { vals_list: [{ picking_id: deliveryId, product_return_moves: lines }] },
  })
  const wizard = z.array(z.int()).parse(Array.isArray(made) ? made : [made])
  const method = admin.server.version >= 18 ? 'action_create_returns' : 'create_returns'
  const action = await admin.act('stock.return.picking', method, { ids: wizard })
  const pickingId = z.object({ res_id: z.int() }).parse(action).res_id
  const back = await outMoves(admin, pickingId)
  const ids = back.map(({ id }) => id)
  if (origin) {
    const vals = { origin: origin.transfer }
    await admin.act('stock.picking', 'write', { ids: [pickingId], named: { vals } })
    await admin.act('stock.move', 'write', { ids, named: { vals: { origin: origin.move } } })
  }
  if (isDone) {
    await admin.act('stock.move', 'write', { ids, named: { vals: { picked: true } } })
    await admin.act('stock.picking', 'button_validate', {
      ids: [pickingId],
      context: { skip_sms: true, skip_backorder: true },
    })
  }
  return pickingId
}

/** A credit note for a whole invoice, cut down to a quantity, as accounting makes it. */
async function creditByHand(
  admin: Odoo,
  invoiceId: number,
  { quantity, ref }: { readonly quantity: number; readonly ref?: string },
): Promise<number> {
  const row = z.object({ journal_id: many2one })
  const [own] = await admin.read('account.move', [invoiceId], row)
  const context = { active_model: 'account.move', active_ids: [invoiceId] }
  const made = await admin.act('account.move.reversal', 'create', {
    named: { vals_list: [{ journal_id: own?.journal_id?.id }] },
    context,
  })
  const ids = z.array(z.int()).parse(Array.isArray(made) ? made : [made])
  const action = await admin.act('account.move.reversal', 'refund_moves', { ids })
  const creditId = z.object({ res_id: z.int() }).parse(action).res_id
  const lines = await admin.search('account.move.line', {
    domain: [
      ['move_id', '=', creditId],
      ['sale_line_ids', '!=', false],
    ],
    row: z.object({ id: z.int() }),
  })
  for (const { id } of lines) {
    await admin.act('account.move', 'write', {
      ids: [creditId],
      named: { vals: { invoice_line_ids: [[1, id, { quantity }]] } },
    })
  }
  if (ref !== undefined) {
    await admin.act('account.move', 'write', { ids: [creditId], named: { vals: { ref } } })
  }
  await admin.act('account.move', 'action_post', { ids: [creditId] })
  return creditId
}

async function pay(admin: Odoo, moveId: number, amount: number): Promise<void> {
  const context = { active_model: 'account.move', active_ids: [moveId] }
  const [journal] = await admin.search('account.journal', {
    domain: [['type', '=', 'bank']],
    row: z.object({ id: z.int() }),
    order: 'id',
    limit: 1,
  })
  const made = await admin.act('account.payment.register', 'create', {
    named: { vals_list: [{ journal_id: journal?.id, amount }] },
    context,
  })
  const ids = z.array(z.int()).parse(Array.isArray(made) ? made : [made])
  await admin.act('account.payment.register', 'action_create_payments', { ids, context })
}

async function write(
  admin: Odoo,
  [model, id]: readonly [string, number],
  vals: Readonly<Record<string, unknown>>,
) {
  await admin.act(model, 'write', { ids: [id], named: { vals } })
}

const many = 20

async function products(admin: Odoo, count: number): Promise<Product[]> {
  const made: Product[] = []
  for (let n = 0; n < count; n += 1)
    made.push(await newProduct(admin, { stock: 10, price: 10 + n }))
  return made
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'tells of an order with twenty lines in at most four round trips',
    run: async ({ admin, config }) => {
      const sold = await products(admin, many)
      const sale = await sell(
        admin,
        sold.map((product) => ({ product, quantity: 2 })),
      )
      await pay(admin, sale.invoice?.id ?? 0, 5)
      await ask(config, [sale.name])
      const line = tap()
      const lines = sold.map(({ sku }) => ({ product: { sku }, quantity: '1' }))
      const answer = await ask(config, [sale.name.toLowerCase()], { lines, fetch: line.fetch })
      assert.ok(line.calls.length <= 4, line.calls.join(', '))
      assert.equal(answer.lines.length, many)
      assert.deepEqual(
        answer.lines.map(({ orderLine }) => orderLine),
        sale.lineIds.map(String),
      )
      for (const [index, one] of answer.lines.entries()) {
        assert.equal(one.delivered, '2')
        assert.equal(one.invoiced?.net.amount, `${2 * (10 + index)}.00`)
      }
    },
  },
  {
    name: 'counts returns that are not credited, and what is on its way back but not of the hub',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 10 })
      const sale = await sell(admin, [{ product, quantity: 6 }])
      const some = (quantity: number) => ({ quantities: new Map([[product.id, quantity]]) })
      await returnByHand(admin, sale.deliveryId, { ...some(1), toRefund: false })
      await returnByHand(admin, sale.deliveryId, { ...some(2), isDone: false })
      const caseNo = uniqueCaseNo()
      const origin = { transfer: transferOrigin(caseNo), move: lineOrigin(caseNo, 1) }
      await returnByHand(admin, sale.deliveryId, { ...some(1), isDone: false, origin })
      const line = await lineOf(config, sale)
      assert.deepEqual(quantities(line), {
        ordered: '6',
        delivered: '6',
        returned: '1',
        returning: '2',
      })
      const [row] = await admin.read(
        'sale.order.line',
        [...sale.lineIds],
        z.object({ qty_delivered: z.number() }),
      )
      assert.equal(row?.qty_delivered, 6, 'Odoo itself does not count it')
    },
  },
  {
    name: 'takes back what was sent out again: the return of a return',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 10 })
      const sale = await sell(admin, [{ product, quantity: 3 }])
      const two = { quantities: new Map([[product.id, 2]]) }
      const backId = await returnByHand(admin, sale.deliveryId, two)
      const one = { quantities: new Map([[product.id, 1]]) }
      await returnByHand(admin, backId, one)
      const line = await lineOf(config, sale)
      assert.equal(line.delivered, '3')
      assert.equal(line.returned, '1')
    },
  },
  {
    name: 'counts pieces of what was sold by the dozen',
    run: async ({ admin, config }) => {
      const unitId = await dozen(admin)
      const product = await newProduct(admin, { stock: 60, price: 2 })
      const sale = await sell(admin, [{ product, quantity: 3, unitId, price: 24 }])
      const line = await lineOf(config, sale)
      assert.equal(line.ordered, '36')
      assert.equal(line.delivered, '36')
      assert.equal(line.invoiced?.quantity, '36')
      assert.equal(line.invoiced?.net.amount, '72.00')
      assert.equal(line.baseUnit, 'EA')
    },
  },
  {
    name: 'counts whole kits, and parts of a kit where a part is named',
    run: async ({ admin, config }) => {
      const [glove, lamp] = await products(admin, 2)
      assert.ok(glove && lamp)
      const kit = await newKit(admin, [
        { product: glove, quantity: 2 },
        { product: lamp, quantity: 1 },
      ])
      const sale = await sell(admin, [{ product: kit, quantity: 3 }])
      const back = new Map([[lamp.id, 1]])
      await returnByHand(admin, sale.deliveryId, { quantities: back })
      const lines = [kit, glove, lamp].map(({ sku }) => ({ product: { sku }, quantity: '1' }))
      const answer = await ask(config, [sale.name], { lines })
      const [whole, gloves, lamps] = answer.lines
      assert.ok(whole && gloves && lamps)
      assert.deepEqual(quantities(whole), {
        ordered: '3',
        delivered: '3',
        returned: '1',
        returning: '0',
      })
      assert.equal(whole.invoiced?.quantity, '3')
      assert.deepEqual([gloves.ordered, gloves.delivered, gloves.returned], ['6', '6', '0'])
      assert.deepEqual([lamps.ordered, lamps.delivered, lamps.returned], ['3', '3', '1'])
      assert.equal(lamps.invoiced, undefined, 'a part has no price of its own')
      assert.equal(lamps.orderLine, whole.orderLine)
      assert.equal(lamps.product?.sku, lamp.sku)
    },
  },
  {
    name: 'counts a kit that was delivered in part by its scarcest component',
    run: async ({ admin, config }) => {
      const [glove, lamp] = await products(admin, 2)
      assert.ok(glove && lamp)
      const kit = await newKit(admin, [
        { product: glove, quantity: 2 },
        { product: lamp, quantity: 1 },
      ])
      const shipped = new Map([
        [glove, 5],
        [lamp, 3],
      ])
      const sale = await sell(admin, [{ product: kit, quantity: 3 }], {
        shipped,
        isInvoiced: false,
      })
      const line = await lineOf(config, sale)
      assert.equal(line.delivered, '2')
    },
  },
  {
    name: 'names the serial numbers that were shipped and did not come back past the hub',
    run: async ({ admin, config }) => {
      const serials = [unique('SN'), unique('SN'), unique('SN')]
      const product = await newProduct(admin, { serials })
      const sale = await sell(admin, [{ product, quantity: 3 }], {
        shipped: new Map([[product, serials]]),
      })
      assert.deepEqual((await lineOf(config, sale)).serials?.toSorted(), serials.toSorted())
      await returnByHand(admin, sale.deliveryId, { quantities: new Map([[product.id, 1]]) })
      const line = await lineOf(config, sale)
      assert.equal(line.returned, '1')
      assert.equal(line.serials?.length, 2)
      const lines = [{ product: { sku: product.sku }, quantity: '1', serials: [serials[2] ?? ''] }]
      assert.equal((await ask(config, [], { lines })).orderRef, sale.name)
    },
  },
  {
    name: 'names the lots that were shipped',
    run: async ({ admin, config }) => {
      const [first, second] = [unique('LOT'), unique('LOT')]
      const product = await newProduct(admin, { lots: { [first]: 5, [second]: 5 } })
      const sale = await sell(admin, [{ product, quantity: 7 }], {
        shipped: new Map([[product, { [first]: 5, [second]: 2 }]]),
      })
      const line = await lineOf(config, sale)
      assert.deepEqual(line.lots?.toSorted(), [first, second].toSorted())
      assert.equal(line.serials, undefined)
    },
  },
  {
    name: 'takes off the invoice what others have credited, and leaves in what the hub has',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 10, price: 20 })
      const sale = await sell(admin, [{ product, quantity: 5 }])
      const invoiceId = sale.invoice?.id ?? 0
      await creditByHand(admin, invoiceId, { quantity: 2 })
      assert.deepEqual((await lineOf(config, sale)).invoiced, {
        invoiceLine: String(sale.invoice?.lineOf.get(sale.lineIds[0] ?? 0)),
        quantity: '3',
        net: { amount: '60.00', currency: 'USD' },
        tax: { amount: '9.00', currency: 'USD' },
      })
      await creditByHand(admin, invoiceId, { quantity: 1, ref: `${uniqueCaseNo()}/C-1` })
      assert.equal((await lineOf(config, sale)).invoiced?.quantity, '3')
    },
  },
  {
    name: 'takes the invoice with most left where a line was invoiced in parts',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 20, price: 20 })
      const sale = await sell(admin, [{ product, quantity: 8 }], {
        shipped: new Map([[product, 3]]),
      })
      await deliver(admin, sale)
      const second = await invoice(admin, sale)
      const line = await lineOf(config, sale)
      assert.equal(line.delivered, '8')
      assert.equal(line.invoiced?.quantity, '5')
      assert.equal(line.invoiced?.invoiceLine, String(second.lineOf.get(sale.lineIds[0] ?? 0)))
    },
  },
  {
    name: 'tells what was paid, and what was given back by others',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 10, price: 100 })
      const sale = await sell(admin, [{ product, quantity: 2 }])
      const invoiceId = sale.invoice?.id ?? 0
      await pay(admin, invoiceId, 230)
      const creditId = await creditByHand(admin, invoiceId, { quantity: 1 })
      await pay(admin, creditId, 50)
      const ours = await creditByHand(admin, invoiceId, {
        quantity: 1,
        ref: `${uniqueCaseNo()}/C-1`,
      })
      await pay(admin, ours, 40)
      const { tenders } = await ask(config, [sale.name])
      assert.equal(tenders.length, 1)
      assert.equal(tenders[0]?.method, 'bank')
      assert.deepEqual(tenders[0]?.captured, { amount: '230.00', currency: 'USD' })
      assert.deepEqual(tenders[0]?.refunded, { amount: '50.00', currency: 'USD' })
    },
  },
  {
    name: 'finds an order by whatever names it',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 10 })
      const sale = await sell(admin, [{ product, quantity: 1 }])
      const [row] = await admin.read(
        'sale.order',
        [sale.id],
        z.object({ client_order_ref: z.string() }),
      )
      const [delivery] = await admin.read(
        'stock.picking',
        [sale.deliveryId],
        z.object({ name: z.string() }),
      )
      const origin = unique('MKT_1%')
      await write(admin, ['sale.order', sale.id], { origin })
      const reference = row?.client_order_ref ?? ''
      const names = [
        sale.name,
        ` ${reference} `,
        reference.toLowerCase(),
        origin,
        origin.toLowerCase(),
        delivery?.name ?? '',
        sale.invoice?.name ?? '',
      ]
      for (const name of names) {
        assert.equal((await ask(config, [name])).orderRef, sale.name, name)
      }
      assert.equal((await ask(config, [reference, sale.name])).orderRef, sale.name)
      const lines = [
        { product: { sku: product.sku }, quantity: '1', orderLine: String(sale.lineIds[0]) },
      ]
      assert.equal((await ask(config, [], { lines })).orderRef, sale.name)
      await write(admin, ['sale.order', sale.id], { origin: origin.replace('MKT_1%', 'MKTX1YZ') })
      const wild = await ask(config, [origin.toLowerCase()])
      assert.equal(wild.exists, false, 'what would be a wildcard is text')
    },
  },
  {
    name: 'says that there is no such order, and that a quotation is none',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin)
      const order = await newOrder(admin, [{ product, quantity: 1 }])
      const unknown = await ask(config, [unique('NO')])
      assert.equal(unknown.exists, false)
      assert.deepEqual(unknown.lines, [])
      const open = await ask(config, [order.name])
      assert.deepEqual([open.exists, open.lines[0]?.delivered], [true, '0'])
      assert.equal(open.lines[0]?.deliveredAt, undefined)
      await admin.act('sale.order', 'action_cancel', {
        ids: [order.id],
        context: { disable_cancel_warning: true },
      })
      const canceled = await ask(config, [order.name])
      assert.equal(canceled.exists, true)
      assert.match(canceled.note ?? '', /was canceled/)
      await admin.act('sale.order', 'action_draft', { ids: [order.id] })
      const quotation = await ask(config, [order.name])
      assert.equal(quotation.exists, false)
      assert.match(quotation.note ?? '', /quotation/)
    },
  },
  {
    name: 'does not guess among orders with the same reference',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 10 })
      const mine = await newOrder(admin, [{ product, quantity: 1 }])
      const other = await newOrder(admin, [{ product, quantity: 1 }])
      const shared = unique('PO')
      for (const { id } of [mine, other]) {
        await write(admin, ['sale.order', id], { client_order_ref: shared })
      }
      await assert.rejects(ask(config, [shared]), (error: unknown) => {
        assert.ok(error instanceof TerminalError)
        assert.equal(error.code, 'ORDER_AMBIGUOUS')
        assert.match(error.reason ?? '', new RegExp(mine.name))
        return true
      })
      const theirs = await ask(config, [shared], { customer: mine.customer.id })
      assert.equal(theirs.orderRef, mine.name)
      await write(admin, ['sale.order', other.id], { client_order_ref: mine.name })
      assert.equal((await ask(config, [mine.name])).orderRef, mine.name, 'its number goes first')
    },
  },
  {
    name: 'passes over what the hub itself made for a return of the order',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 10 })
      const sale = await sell(admin, [{ product, quantity: 1 }], { isInvoiced: false })
      const replacement = await newOrder(admin, [{ product, quantity: 1 }], sale.customer)
      const shared = unique('PO')
      await write(admin, ['sale.order', sale.id], { client_order_ref: shared })
      await write(admin, ['sale.order', replacement.id], {
        client_order_ref: shared,
        origin: `${uniqueCaseNo()}/F-1`,
      })
      assert.equal((await ask(config, [shared])).orderRef, sale.name)
    },
  },
  {
    name: 'says whose order it is, also for a group above the company that ordered',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin)
      const group = await newCustomer(admin)
      const company = await newCustomer(admin)
      await write(admin, ['res.partner', company.id], { parent_id: group.id })
      const order = await newOrder(admin, [{ product, quantity: 1 }], company)
      const own = { partyId: String(company.id), commercialPartyId: String(company.id) }
      assert.deepEqual((await ask(config, [order.name])).orderedBy, own)
      const byGroup = await ask(config, [order.name], { customer: group.id })
      assert.deepEqual(byGroup.orderedBy, { ...own, commercialPartyId: String(group.id) })
      const stranger = await newCustomer(admin)
      assert.deepEqual((await ask(config, [order.name], { customer: stranger.id })).orderedBy, own)
    },
  },
  {
    name: 'says where an order was delivered',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin)
      const customer = await newCustomer(admin)
      const [country] = await admin.search('res.country', {
        domain: [['code', '=', 'US']],
        row: z.object({ id: z.int() }),
      })
      const address = { street: 'Quay 1', street2: 'Hall B', city: 'Reno', zip: '89501' }
      const values = { ...address, country_id: country?.id }
      await write(admin, ['res.partner', customer.id], values)
      const order = await newOrder(admin, [{ product, quantity: 1 }], customer)
      const { shipFrom } = (await ask(config, [order.name])).orderedBy ?? {}
      const { name, ...rest } = shipFrom ?? {}
      const told = { street: 'Quay 1, Hall B', city: 'Reno', postalCode: '89501', country: 'US' }
      assert.deepEqual(rest, told)
      assert.ok(name)
    },
  },
  {
    name: 'does not see the orders of a company that the user is not in',
    skip: ({ isDouble }) => (isDouble ? 'the double has one company' : null),
    run: async ({ admin, config }) => {
      const product = await newProduct(admin)
      const order = await newOrder(admin, [{ product, quantity: 1 }])
      const made = await admin.act('res.company', 'create', {
        named: { vals_list: [{ name: unique('Company') }] },
      })
      const companyId = z.array(z.int()).parse(Array.isArray(made) ? made : [made])[0] ?? 0
      const context = { allowed_company_ids: [companyId] }
      const customer = await newCustomer(admin)
      const name = unique('SX')
      const values = { partner_id: customer.id, company_id: companyId, name }
      await admin.act('sale.order', 'create', { named: { vals_list: [values] }, context })
      const seen = await admin.search('sale.order', {
        domain: [['name', '=', name]],
        row: z.object({ id: z.int() }),
        context,
      })
      assert.equal(seen.length, 1)
      const answer = await ask(config, [name])
      assert.deepEqual([answer.exists, answer.note], [false, undefined])
      const companies = { main: companyId }
      await assert.rejects(ask({ ...config, companies }, [order.name]), { code: 'ODOO_FORBIDDEN' })
    },
  },
  {
    name: 'finds a line by id, reference and barcode, and says which product was not on the order',
    run: async ({ admin, config }) => {
      const [product, other] = await products(admin, 2)
      assert.ok(product && other)
      await write(admin, ['product.product', product.id], { barcode: unique('BC') })
      const sale = await sell(admin, [{ product, quantity: 4 }])
      await write(admin, ['product.product', product.id], { active: false })
      const again = await newProduct(admin)
      await write(admin, ['product.product', again.id], { default_code: product.sku })
      const quantity = '1'
      const lines = [
        { product: { erpId: String(product.id) }, quantity },
        { product: { sku: product.sku.toLowerCase() }, quantity },
        { product: { erpId: String(again.id), sku: product.sku }, quantity },
        { product: { sku: other.sku }, quantity },
        { product: { channelSku: 'B0-NOBODY-KNOWS' }, quantity },
      ]
      const answer = await ask(config, [sale.name], { lines })
      const told = answer.lines.map(({ lineNo, onOrder, isArchived }) => [
        lineNo,
        onOrder,
        isArchived,
      ])
      assert.deepEqual(told, [
        [1, true, true],
        [2, true, true],
        [3, true, true],
        [4, false, undefined],
      ])
    },
  },
  {
    name: 'fills the lines of one product one after another',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 20 })
      const sale = await sell(admin, [
        { product, quantity: 2 },
        { product, quantity: 5 },
      ])
      const { sku } = product
      const [small, large] = sale.lineIds.map(String)
      const one = async (...quantityOf: string[]) => {
        const lines = quantityOf.map((quantity) => ({ product: { sku }, quantity }))
        const answer = await ask(config, [sale.name], { lines })
        return answer.lines.map(({ orderLine, delivered }) => [orderLine, delivered])
      }
      assert.deepEqual(await one('2', '5'), [
        [small, '2'],
        [large, '5'],
      ])
      assert.deepEqual(await one('4'), [[large, '5']])
      assert.deepEqual(await one('6'), [[undefined, '7']])
    },
  },
]
