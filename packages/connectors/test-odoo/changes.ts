import assert from 'node:assert/strict'
import { z } from 'zod'
import { presence } from '../src/odoo/changes/presence.ts'
import { transferOrigin } from '../src/odoo/references.ts'
import { directFetch } from './connection.ts'
import { deliver, newCustomer, newProduct, uniqueCaseNo } from './fixtures.ts'
import {
  announceReturn,
  cancelTransfer,
  count,
  createRecord,
  draftCredit,
  findOne,
  payCredit,
  prepareReceived,
  prepareReturn,
  returnByWizard,
  reverseByWizard,
  validate,
} from './made-by-hand.ts'
import { openAsHub, type Scenario } from './scenario.ts'
import { type Told, Watch } from './watch.ts'

const noted = { note: '<p>Box was wet.</p>' }
const name = z.object({ id: z.int(), name: z.string() })

/** A list that a message has. */
function listOf<T>(told: Told | undefined, field: string): readonly T[] {
  return (told?.[field] ?? []) as readonly T[]
}

/** Quantities of what a transfer tells, by line of the return. */
function quantitiesOf(told: Told | undefined) {
  return lineValues(told, 'caseLine', 'done', 'missing')
}

function lineValues(told: Told | undefined, ...fields: readonly string[]) {
  const lines = told?.['lines'] as readonly Told[] | undefined
  return lines?.map((line) => pick(line, ...fields))
}

function pick(told: Told | undefined, ...fields: readonly string[]) {
  return fields.map((field) => told?.[field])
}

const receipts: readonly Scenario[] = [
  {
    name: 'a receipt that a person validates is told once, with its quantities',
    async run(context) {
      const { caseNo, transferId, watch, product, sale } = await prepareReturn(context)
      await count(context.admin, transferId, 3)
      assert.deepEqual(await watch.of(caseNo), [], 'what is only counted has not come')
      await validate(context.admin, transferId)
      const [told, ...more] = await watch.of(caseNo)
      assert.equal(more.length, 0)
      assert.deepEqual(pick(told, 'topic', 'kind', 'state', 'receiptId', 'order'), [
        'transfer',
        'return',
        'done',
        `transfer-${transferId}`,
        { id: String(sale.id), name: sale.name },
      ])
      assert.deepEqual(told?.['lines'], [
        {
          caseLine: 1,
          orderLine: String(sale.lineIds[0]),
          product: { erpId: String(product.id), sku: product.sku },
          demanded: '3',
          done: '3',
          missing: '0',
          isIncomplete: false,
          serials: [],
          lots: [],
          to: 'quarantine',
        },
      ])
      await context.admin.act('stock.picking', 'write', {
        ids: [transferId],
        named: { vals: noted },
      })
      assert.deepEqual(await watch.of(caseNo), [], 'a note is no news')
    },
  },
  {
    name: 'a part that comes first and the rest are two receipts',
    async run(context) {
      const { caseNo, transferId, watch } = await prepareReturn(context)
      await count(context.admin, transferId, 1)
      await validate(context.admin, transferId)
      const [first] = await watch.of(caseNo)
      assert.deepEqual(quantitiesOf(first), [[1, '1', '0']])
      const rest = await findOne(context.admin, 'stock.picking', [
        ['backorder_id', '=', transferId],
      ])
      await count(context.admin, rest, 2)
      await validate(context.admin, rest)
      const [second] = await watch.of(caseNo)
      assert.equal(second?.['receiptId'], `transfer-${rest}`)
      assert.deepEqual(quantitiesOf(second), [[1, '2', '0']])
    },
  },
  {
    name: 'a receipt that a person closes short says what will not come',
    async run(context) {
      const { caseNo, transferId, watch } = await prepareReturn(context)
      await count(context.admin, transferId, 1)
      await validate(context.admin, transferId, { picking_ids_not_to_backorder: [transferId] })
      const [told] = await watch.of(caseNo)
      assert.deepEqual(quantitiesOf(told), [[1, '1', '2']])
    },
  },
  {
    name: 'a rest that a person cancels will not come',
    async run(context) {
      const { caseNo, transferId, watch } = await prepareReturn(context)
      await count(context.admin, transferId, 1)
      await validate(context.admin, transferId)
      await watch.look()
      const rest = await findOne(context.admin, 'stock.picking', [
        ['backorder_id', '=', transferId],
      ])
      await cancelTransfer(context.admin, rest)
      const [told] = await watch.of(caseNo)
      assert.deepEqual(pick(told, 'state', 'isBackorder'), ['canceled', true])
      assert.deepEqual(quantitiesOf(told), [[1, '0', '2']])
    },
  },
  {
    name: 'what the hub received itself is no news, whatever is noted on it; what a person adds to it is',
    async run(context) {
      const { caseNo, transferId, watch } = await prepareReturn(context)
      const odoo = await openAsHub(context.config)
      await odoo.act('stock.picking', 'write', {
        ids: [transferId],
        named: { vals: { origin: transferOrigin(caseNo, 'R-1') } },
      })
      await count(odoo, transferId, 1)
      await validate(odoo, transferId)
      assert.deepEqual(await watch.of(caseNo), [])
      await context.admin.act('stock.picking', 'write', {
        ids: [transferId],
        named: { vals: noted },
      })
      assert.deepEqual(await watch.of(caseNo), [], 'a note does not make it another receipt')
      const rest = await findOne(context.admin, 'stock.picking', [
        ['backorder_id', '=', transferId],
      ])
      await count(context.admin, rest, 2)
      await validate(context.admin, rest)
      const [told, ...more] = await watch.of(caseNo)
      assert.equal(more.length, 0)
      assert.deepEqual(pick(told, 'step', 'receiptId'), ['R-1', `transfer-${rest}`])
    },
  },
  {
    name: 'a receipt that the hub prepared and a person validated counts as the receipt that it was prepared for',
    async run(context) {
      const { caseNo, transferId, watch } = await prepareReturn(context)
      const odoo = await openAsHub(context.config)
      await odoo.act('stock.picking', 'write', {
        ids: [transferId],
        named: { vals: { origin: transferOrigin(caseNo, 'R-1') } },
      })
      await count(context.admin, transferId, 3)
      await validate(context.admin, transferId)
      const [told] = await watch.of(caseNo)
      assert.equal(told?.['receiptId'], 'R-1')
    },
  },
  {
    name: 'a quantity that is corrected afterwards is told, although the transfer was not written',
    async run(context) {
      const { caseNo, transferId, watch } = await prepareReturn(context)
      await count(context.admin, transferId, 3)
      await validate(context.admin, transferId)
      await watch.look()
      await count(context.admin, transferId, 2)
      const [told] = await watch.of(caseNo)
      assert.equal(told?.['receiptId'], `transfer-${transferId}`)
      assert.deepEqual(quantitiesOf(told), [[1, '2', '1']])
    },
  },
  {
    name: 'a return transfer that a person cancels is told; one that the hub cancels is not',
    async run(context) {
      const one = await prepareReturn(context)
      const other = await announceReturn(context, uniqueCaseNo())
      await cancelTransfer(context.admin, one.transferId)
      await cancelTransfer(await openAsHub(context.config), other.transferId)
      const told = await one.watch.look()
      assert.deepEqual(
        told.map(({ caseNo, state }) => [caseNo, state]),
        [[one.caseNo, 'canceled']],
      )
    },
  },
  {
    name: 'goods that a person took back by the wizard, for an order without a case, name the order',
    async run(context) {
      const { sale, watch } = await prepareReturn(context)
      const transferId = await returnByWizard(context.admin, sale.deliveryId, 2)
      assert.deepEqual(await watch.look(), [], 'nothing has come yet')
      await count(context.admin, transferId, 2)
      await validate(context.admin, transferId)
      const [told] = await watch.look()
      assert.deepEqual(pick(told, 'caseNo', 'kind', 'receiptId', 'order'), [
        null,
        'return',
        `transfer-${transferId}`,
        { id: String(sale.id), name: sale.name },
      ])
      assert.deepEqual(quantitiesOf(told), [[null, '2', '0']])
    },
  },
]

const goods: readonly Scenario[] = [
  {
    name: 'goods that a person moves out of the quarantine are told with where they went',
    async run(context) {
      const { admin, config } = context
      const { caseNo, watch, product } = await prepareReceived(context)
      const places = config.warehouses['*']
      const out = await createRecord(admin, 'stock.picking', {
        picking_type_id: places?.internalType,
        location_id: places?.quarantine,
        location_dest_id: places?.stock,
        origin: caseNo,
        move_ids: [
          [
            0,
            0,
            {
              product_id: product.id,
              product_uom_qty: 2,
              location_id: places?.quarantine,
              location_dest_id: places?.stock,
              origin: `${caseNo}:1`,
              ...(admin.server.version < 19 ? { name: product.sku } : {}),
            },
          ],
        ],
      })
      await admin.act('stock.picking', 'action_confirm', { ids: [out] })
      await count(admin, out, 2)
      await validate(admin, out)
      const [told] = await watch.of(caseNo)
      assert.deepEqual(pick(told, 'kind', 'step'), ['disposition', null])
      assert.deepEqual(lineValues(told, 'caseLine', 'done', 'to'), [[1, '2', 'stock']])
    },
  },
  {
    name: 'goods that a person scraps on the return transfer leave the receipt as it was',
    async run(context) {
      const { admin, config } = context
      const { caseNo, transferId, watch, product } = await prepareReceived(context)
      const scrap = await createRecord(admin, 'stock.scrap', {
        product_id: product.id,
        scrap_qty: 1,
        picking_id: transferId,
        location_id: config.warehouses['*']?.quarantine,
      })
      await admin.act('stock.scrap', 'action_validate', { ids: [scrap] })
      const [told, ...more] = await watch.of(caseNo)
      assert.equal(more.length, 0, 'the receipt is no news again')
      assert.deepEqual(pick(told, 'kind', 'id'), ['disposition', `scrap-${scrap}`])
      assert.deepEqual(lineValues(told, 'caseLine', 'done', 'to'), [[1, '1', 'scrap']])
    },
  },
  {
    name: 'goods that a person sends back to the customer by the wizard are told',
    async run(context) {
      const { admin } = context
      const { caseNo, transferId, watch } = await prepareReceived(context)
      const back = await returnByWizard(admin, transferId, 1)
      await count(admin, back, 1)
      await validate(admin, back)
      const [told] = await watch.of(caseNo)
      assert.equal(told?.['kind'], 'send_back')
      assert.deepEqual(quantitiesOf(told), [[1, '1', '0']])
    },
  },
  {
    name: 'a repair that a person begins and ends is told',
    async run(context) {
      const { admin, config } = context
      const { caseNo, transferId, watch, product } = await prepareReceived(context)
      const place = config.warehouses['*']?.quarantine
      const repair = await createRecord(admin, 'repair.order', {
        product_id: product.id,
        product_qty: 1,
        picking_id: transferId,
        internal_notes: `${caseNo}/F-1`,
        ...(admin.server.version < 18
          ? { location_id: place }
          : { product_location_src_id: place, product_location_dest_id: place }),
      })
      await admin.act('repair.order', 'action_validate', { ids: [repair] })
      assert.deepEqual(await watch.of(caseNo), [])
      await admin.act('repair.order', 'action_repair_start', { ids: [repair] })
      const [begun] = await watch.of(caseNo)
      assert.deepEqual(pick(begun, 'topic', 'state', 'fulfillmentId', 'caseLine', 'quantity'), [
        'repair',
        'under_repair',
        'F-1',
        1,
        '1',
      ])
      await admin.act('repair.order', 'action_repair_end', { ids: [repair] })
      const [ended] = await watch.of(caseNo)
      assert.equal(ended?.['state'], 'done')
    },
  },
  {
    name: 'a replacement that a person ships is told when all of it has left',
    async run(context) {
      const { admin } = context
      const watch = new Watch(context.config)
      const caseNo = uniqueCaseNo()
      const product = await newProduct(admin, { stock: 5 })
      const customer = await newCustomer(admin)
      const order = await createRecord(admin, 'sale.order', {
        partner_id: customer.id,
        origin: `${caseNo}/F-2`,
        order_line: [[0, 0, { product_id: product.id, product_uom_qty: 2, price_unit: 0 }]],
      })
      await admin.act('sale.order', 'action_confirm', { ids: [order] })
      const [ordered] = await watch.of(caseNo)
      assert.deepEqual(pick(ordered, 'topic', 'status', 'fulfillmentId'), [
        'replacement',
        'ordered',
        'F-2',
      ])
      const sold = { id: order, name: '', customer, lineIds: [] }
      await deliver(admin, sold, new Map([[product, 1]]))
      assert.deepEqual(await watch.of(caseNo), [], 'a part is no replacement yet')
      await deliver(admin, sold)
      const [shipped] = await watch.of(caseNo)
      assert.equal(shipped?.['status'], 'shipped')
    },
  },
]

const money: readonly Scenario[] = [
  {
    name: 'a credit note of the hub that a person posts is told with its parts; the draft is not',
    async run(context) {
      const prepared = await prepareReturn(context, { isInvoiced: true })
      const { caseNo, watch } = prepared
      const odoo = await openAsHub(context.config)
      const creditNote = await draftCredit(odoo, prepared, { creditId: 'C-1', quantity: 2 })
      assert.deepEqual(await watch.of(caseNo), [], 'a draft of ours is no news')
      await context.admin.act('account.move', 'action_post', { ids: [creditNote] })
      const [told, ...more] = await watch.of(caseNo)
      assert.equal(more.length, 0)
      assert.deepEqual(pick(told, 'topic', 'status', 'creditId', 'goodwill', 'fees'), [
        'credit-note',
        'posted',
        'C-1',
        '0',
        [],
      ])
      const [line] = listOf<{ net: string; tax: string; quantity: string }>(told, 'lines')
      assert.deepEqual([line?.quantity, line?.net], ['2', '200'])
      assert.equal(Number(told?.['total']), Number(line?.net) + Number(line?.tax))
      // The invoice was not paid: the credit was set off against it.
      const [applied] = listOf<{ amount: string }>(told, 'applied')
      assert.equal(applied?.amount, told?.['total'])
    },
  },
  {
    name: 'a credit note that a person reverses is told, although it was not written',
    async run(context) {
      const prepared = await prepareReturn(context, { isInvoiced: true })
      const { caseNo, watch } = prepared
      const odoo = await openAsHub(context.config)
      const creditNote = await draftCredit(odoo, prepared, { creditId: 'C-1', quantity: 2 })
      await odoo.act('account.move', 'action_post', { ids: [creditNote] })
      await watch.look()
      const reversal = await reverseByWizard(context.admin, creditNote, 'wrong customer')
      assert.deepEqual(await watch.of(caseNo), [], 'a draft reverses nothing')
      await context.admin.act('account.move', 'action_post', { ids: [reversal] })
      const [told] = await watch.of(caseNo)
      assert.deepEqual(pick(told, 'status', 'reversedBy'), ['reversed', [String(reversal)]])
    },
  },
  {
    name: 'a credit note that a person takes back to a draft is told when it is canceled',
    async run(context) {
      const prepared = await prepareReturn(context, { isInvoiced: true })
      const { caseNo, watch } = prepared
      const odoo = await openAsHub(context.config)
      const creditNote = await draftCredit(odoo, prepared, { creditId: 'C-1', quantity: 2 })
      await odoo.act('account.move', 'action_post', { ids: [creditNote] })
      await watch.look()
      await context.admin.act('account.move', 'button_draft', { ids: [creditNote] })
      assert.deepEqual(await watch.of(caseNo), [], 'it may be posted again')
      await context.admin.act('account.move', 'button_cancel', { ids: [creditNote] })
      const [told] = await watch.of(caseNo)
      assert.equal(told?.['status'], 'canceled')
    },
  },
  {
    name: 'a credit note that a person made by the wizard, with our number as its reason, is told',
    async run(context) {
      const prepared = await prepareReturn(context, { isInvoiced: true })
      const { caseNo, watch, sale } = prepared
      const creditNote = await reverseByWizard(context.admin, sale.invoice?.id ?? 0, caseNo)
      const [draft] = await watch.of(caseNo)
      assert.deepEqual(pick(draft, 'status', 'creditId'), ['drafted', `credit-note-${creditNote}`])
      await context.admin.act('account.move', 'action_post', { ids: [creditNote] })
      const [posted] = await watch.of(caseNo)
      assert.equal(posted?.['status'], 'posted')
      const [line] = listOf<{ caseLine: number; quantity: string }>(posted, 'lines')
      assert.deepEqual([line?.caseLine, line?.quantity], [1, '5'])
    },
  },
  {
    name: 'a payment that a person registers on a credit note is told, and so is its end',
    async run(context) {
      const prepared = await prepareReturn(context, { isInvoiced: true, isPaid: true })
      const { caseNo, watch } = prepared
      const odoo = await openAsHub(context.config)
      const creditNote = await draftCredit(odoo, prepared, { creditId: 'C-1', quantity: 2 })
      await odoo.act('account.move', 'action_post', { ids: [creditNote] })
      await watch.look()
      const payment = await payCredit(context.admin, creditNote, 100)
      const refunds = async () => (await watch.look()).filter(({ topic }) => topic === 'refund')
      const [refund] = await refunds()
      assert.deepEqual(pick(refund, 'caseNo', 'refundId', 'creditId', 'amount', 'state'), [
        caseNo,
        `payment-${payment}`,
        'C-1',
        '100',
        'in_process',
      ])
      const rest = await payCredit(context.admin, creditNote)
      assert.deepEqual(
        (await refunds()).map(({ refundId, state }) => [refundId, state]),
        [
          [`payment-${payment}`, 'paid'],
          [`payment-${rest}`, 'paid'],
        ],
      )
      await context.admin.act('account.payment', 'action_draft', { ids: [payment] })
      await context.admin.act('account.payment', 'action_cancel', { ids: [payment] })
      const ended = (await refunds()).find(({ refundId }) => refundId === `payment-${payment}`)
      assert.equal(ended?.['state'], 'canceled')
    },
  },
  {
    name: "a supplier's refund that a person posts is told",
    async run(context) {
      const { admin } = context
      const watch = new Watch(context.config)
      const caseNo = uniqueCaseNo()
      const vendor = await newCustomer(admin)
      const product = await newProduct(admin)
      const refund = await createRecord(admin, 'account.move', {
        move_type: 'in_refund',
        partner_id: vendor.id,
        ref: `${caseNo}/S-1`,
        invoice_date: new Date().toISOString().slice(0, 10),
        invoice_line_ids: [[0, 0, { product_id: product.id, quantity: 1, price_unit: 40 }]],
      })
      const [drafted] = await watch.of(caseNo)
      assert.deepEqual(pick(drafted, 'topic', 'status', 'claimId'), [
        'supplier-refund',
        'drafted',
        'S-1',
      ])
      await admin.act('account.move', 'action_post', { ids: [refund] })
      const [posted] = await watch.of(caseNo)
      assert.equal(posted?.['status'], 'posted')
      assert.ok(Number(posted?.['total']) >= 40)
    },
  },
]

const looking: readonly Scenario[] = [
  {
    name: 'a look at which nothing has changed is one search for each of six models',
    async run({ admin, config }) {
      const watch = new Watch(config)
      await watch.look()
      const [user] = await admin.search('res.users', { domain: [['id', '=', 2]], row: name })
      assert.ok(user)
      await new Promise((resolve) => setTimeout(resolve, 100))
      // What was written within the overlap is read again until it cannot change any more.
      await watch.settle()
      assert.equal(await watch.callsOfLook(), 6)
    },
  },
]

const presences: readonly Scenario[] = [
  {
    name: 'a transfer that is deleted is gone; one that is canceled is not',
    async run(context) {
      const { transferId } = await announceReturn(context, uniqueCaseNo())
      const { config } = context
      const signal = AbortSignal.timeout(60_000)
      const question = { config, fetch: directFetch, signal, now: new Date() }
      const missing = () =>
        presence.missing({ ...question, type: 'return_transfer', values: [String(transferId)] })
      await cancelTransfer(context.admin, transferId)
      assert.deepEqual(await missing(), [])
      await context.admin.act('stock.picking', 'unlink', { ids: [transferId] })
      assert.deepEqual(await missing(), [String(transferId)])
    },
  },
]

export const scenarios: readonly Scenario[] = [
  ...receipts,
  ...goods,
  ...money,
  ...looking,
  ...presences,
]
