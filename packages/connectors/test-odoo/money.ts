import assert from 'node:assert/strict'
import type { CommandBody, Credit } from '@backhaul/sdk/canonical'
import { DeliveryError, TerminalError } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { z } from 'zod'
import type { Odoo } from '../src/odoo/client/odoo.ts'
import { decimal, many2one } from '../src/odoo/client/values.ts'
import type { Config } from '../src/odoo/config.ts'
import { draftCredit, issueRefund, postCredit, readSettlement } from '../src/odoo/money/index.ts'
import { type Tap, tap } from './connection.ts'
import {
  deliver,
  dozen,
  invoice,
  newOrder,
  newProduct,
  type Sale,
  sell,
  unique,
  uniqueCaseNo,
} from './fixtures.ts'
import { attempt, openAsHub, type Scenario } from './scenario.ts'

const currency = 'USD'
const money = (amount: Big | string) => ({ amount: new Big(amount).toFixed(2), currency })

const charged = z.object({
  id: z.int(),
  quantity: decimal,
  price_subtotal: decimal,
  price_total: decimal,
})

/** What the hub is told of an invoice line: its quantity in base units, its net sum and its tax. */
async function chargedOf(admin: Odoo, lineId: number) {
  const [line] = await admin.read('account.move.line', [lineId], charged)
  assert.ok(line)
  const net = new Big(line.price_subtotal)
  return { quantity: line.quantity, net, tax: new Big(line.price_total).minus(net) }
}

type Part = { lineNo: number; quantity: string; net: Big; tax: Big }

function sum(amounts: readonly { readonly amount: string }[]): Big {
  return amounts.reduce((all, { amount }) => all.plus(amount), new Big(0))
}

function creditOf(creditId: string, parts: readonly Part[], more: Partial<Credit> = {}): Credit {
  const lines = parts.map(({ lineNo, quantity, net, tax }) => ({
    lineNo,
    quantity,
    net: money(net),
    tax: money(tax),
  }))
  const fees = more.fees ?? []
  const total = sum(lines.flatMap(({ net, tax }) => [net, tax]))
    .minus(sum(fees.flatMap(({ net, tax }) => [net, tax])))
    .plus(more.goodwill?.amount ?? 0)
  return { creditId, lines, fees, total: money(total), method: 'credit_note', ...more }
}

/** What the hub tells of goods that came back: by the ids that it was told. */
function goodsOf(
  sale: Sale,
  lineNo: number,
  ids: { readonly isNamed?: boolean } = {},
): NonNullable<CommandBody<'credit.draft'>['lines']>[number] {
  const orderLine = sale.lineIds[lineNo - 1] ?? 0
  const invoiceLine = sale.invoice?.lineOf.get(orderLine)
  const { isNamed = true } = ids
  const named = isNamed && invoiceLine !== undefined ? { invoiceLine: String(invoiceLine) } : {}
  const product = { sku: 'ANY' }
  return { lineNo, product, quantity: '1', unit: 'EA', orderLine: String(orderLine), ...named }
}

function draft(
  config: Config,
  caseNo: string,
  options: {
    readonly sale: Sale
    readonly credit: Credit
    readonly isNamed?: boolean
    readonly tap?: Tap
  },
) {
  const { sale, credit, isNamed = true } = options
  const lines = credit.lines.map(({ lineNo }) => goodsOf(sale, lineNo, { isNamed }))
  const about = { company: 'main', orderRefs: [sale.name], currency }
  const body = { about, credit, lines }
  const line = options.tap ? { tap: options.tap } : {}
  return attempt(config, draftCredit, { type: 'credit.draft', caseNo, body, ...line })
}

const note = z.object({
  state: z.string(),
  amount_untaxed: decimal,
  amount_tax: decimal,
  amount_total: decimal,
})

async function noteOf(admin: Odoo, id: string | undefined) {
  const [row] = await admin.read('account.move', [Number(id)], note)
  assert.ok(row)
  return row
}

async function creditNotesOf(admin: Odoo, invoiceId: number) {
  const domain = [
    ['reversed_entry_id', '=', invoiceId],
    ['move_type', '=', 'out_refund'],
  ] as const
  return admin.search('account.move', { domain, row: note, order: 'id' })
}

const noteLine = z.object({
  id: z.int(),
  price_unit: decimal,
  tax_ids: z.array(z.int()),
  product_id: many2one,
  sale_line_ids: z.array(z.int()),
})

function linesOf(admin: Odoo, noteId: string | undefined) {
  const domain = [
    ['move_id', '=', Number(noteId)],
    ['display_type', '=', 'product'],
  ] as const
  return admin.search('account.move.line', { domain, row: noteLine, order: 'id' })
}

async function create(admin: Odoo, model: string, values: Readonly<Record<string, unknown>>) {
  const answer = await admin.act(model, 'create', { named: { vals_list: [values] } })
  return z.int().parse(Array.isArray(answer) ? answer[0] : answer)
}

function includedTax(admin: Odoo) {
  const values = { name: unique('TAX'), amount: 15, type_tax_use: 'sale' }
  const included =
    admin.server.version >= 18
      ? { price_include_override: 'tax_included' }
      : { price_include: true }
  return create(admin, 'account.tax', { ...values, ...included })
}

function setTaxes(admin: Odoo, productId: number, taxes: readonly number[]) {
  const vals = { taxes_id: [[6, 0, taxes]] }
  return admin.act('product.product', 'write', { ids: [productId], named: { vals } })
}

async function refused(
  attempted: Promise<unknown>,
  code: string,
  exception?: string,
): Promise<void> {
  await assert.rejects(attempted, (error) => {
    assert.ok(error instanceof TerminalError, String(error))
    assert.equal(error.code, code, error.message)
    assert.equal(error.exception, exception)
    assert.match(error.reason ?? '', /^[A-Z].*\.$/)
    return true
  })
}

/** The hub's configuration, with a journal that pays. */
async function withBank(admin: Odoo, config: Config): Promise<Config> {
  const [bank] = await admin.search('account.journal', {
    domain: [['type', '=', 'bank']],
    row: z.object({ id: z.int() }),
    order: 'id',
    limit: 1,
  })
  assert.ok(bank)
  return { ...config, refundJournals: { '*': bank.id } }
}

/** A unit of 10 with 1.50 tax is credited, and the note posted. */
async function credited(admin: Odoo, config: Config, prepare?: (sale: Sale) => Promise<void>) {
  const product = await newProduct(admin, { stock: 9 })
  const sale = await sell(admin, [{ product, quantity: 3, price: 10 }])
  await prepare?.(sale)
  const caseNo = uniqueCaseNo()
  const part = { lineNo: 1, quantity: '1', net: new Big(10), tax: new Big('1.5') }
  const credit = creditOf('credit-1', [part])
  await draft(config, caseNo, { sale, credit })
  const body = { creditId: 'credit-1', credit }
  const { externalId } = await attempt(config, postCredit, { type: 'credit.post', caseNo, body })
  return { caseNo, sale, noteId: Number(externalId) }
}

function creditedAndPaid(admin: Odoo, config: Config) {
  const journal = config.refundJournals['*'] ?? 0
  return credited(admin, config, (sale) => payByHand(admin, sale.invoice?.id ?? 0, journal))
}

async function payByHand(admin: Odoo, moveId: number, journal: number): Promise<void> {
  const context = { active_model: 'account.move', active_ids: [moveId] }
  const named = { vals_list: [{ journal_id: journal }] }
  const answer = await admin.act('account.payment.register', 'create', { named, context })
  const ids = [z.int().parse(Array.isArray(answer) ? answer[0] : answer)]
  await admin.act('account.payment.register', 'action_create_payments', { ids })
}

function refundOf(caseNo: string, refundId: string, amount: string) {
  const method = 'cash_refund' as const
  const body = { refundId, creditId: 'credit-1', method, amount: money(amount) }
  return { type: 'refund.issue', caseNo, body } as const
}

const payment = z.object({ id: z.int(), state: z.string(), amount: decimal })

/** Each call of a handler, cut before it came there and after it had its effect. */
function* cuts(calls: number) {
  for (let at = 1; at <= calls; at += 1) {
    yield { at, when: 'before' } as const
    yield { at, when: 'after' } as const
  }
}

/** The hub's cut: of the sum so far, so that the last unit takes the remainder. */
function shareOf(total: Big, quantity: string, { from, to }: { from: number; to: number }): Big {
  const upTo = (units: number) => total.times(units).div(quantity).round(2)
  return upTo(to).minus(upTo(from))
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'units of a line that are credited one by one add up to its invoice, and each note to the hub',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { price: 33.37, stock: 9 })
      const sale = await sell(admin, [{ product, quantity: 7, price: 14.29, discount: 3 }])
      assert.ok(sale.invoice)
      const line = await chargedOf(admin, [...sale.invoice.lineOf.values()][0] ?? 0)
      const caseNo = uniqueCaseNo()
      for (let unit = 0; unit < 7; unit += 1) {
        const range = { from: unit, to: unit + 1 }
        const net = shareOf(line.net, line.quantity, range)
        const tax = shareOf(line.tax, line.quantity, range)
        const credit = creditOf(`credit-1-${unit}`, [{ lineNo: 1, quantity: '1', net, tax }])
        const { externalId } = await draft(config, caseNo, { sale, credit })
        const made = await noteOf(admin, externalId)
        assert.deepEqual(made, {
          state: 'draft',
          amount_untaxed: net.toFixed(),
          amount_tax: tax.toFixed(),
          amount_total: net.plus(tax).toFixed(),
        })
      }
      const notes = await creditNotesOf(admin, sale.invoice.id)
      const total = notes.reduce((all, { amount_total }) => all.plus(amount_total), new Big(0))
      assert.equal(total.toFixed(), line.net.plus(line.tax).toFixed())
    },
  },
  {
    name: 'pieces of a dozen are credited to the cent, whether they make whole dozens or not',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 40 })
      const unitId = await dozen(admin)
      const sale = await sell(admin, [
        { product, quantity: 3, unitId, price: 41.99, discount: 5 },
        { product, quantity: 1, unitId, price: 12.34 },
      ])
      assert.ok(sale.invoice)
      const caseNo = uniqueCaseNo()
      const lineId = sale.invoice.lineOf.get(sale.lineIds[0] ?? 0) ?? 0
      const { net, tax } = await chargedOf(admin, lineId)
      let from = 0
      for (const [index, pieces] of [12, 5, 1, 18].entries()) {
        const range = { from, to: from + pieces }
        from += pieces
        const part = {
          lineNo: 1,
          quantity: String(pieces),
          net: shareOf(net, '36', range),
          tax: shareOf(tax, '36', range),
        }
        const credit = creditOf(`credit-${index}`, [part])
        const { externalId } = await draft(config, caseNo, { sale, credit })
        const made = await noteOf(admin, externalId)
        assert.equal(made.amount_untaxed, part.net.toFixed())
        assert.equal(made.amount_tax, part.tax.toFixed())
      }
    },
  },
  {
    name: 'a credit note of an unpaid invoice is posted once, and set off against it',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 9 })
      const sale = await sell(admin, [{ product, quantity: 4, price: 10 }])
      const caseNo = uniqueCaseNo()
      const credit = creditOf('credit-1', [
        { lineNo: 1, quantity: '1', net: new Big(10), tax: new Big('1.5') },
      ])
      const line = tap()
      const drafted = await draft(config, caseNo, { sale, credit, tap: line })
      const target = (drafted.refs ?? []).map((ref) => ({ system: 'odoo', ...ref }))
      const body = { target, creditId: 'credit-1', credit }
      const ask = { type: 'credit.post', caseNo, body } as const
      const posted = await attempt(config, postCredit, { ...ask, tap: line })
      const second = tap()
      const again = await attempt(config, postCredit, { ...ask, tap: second })
      assert.deepEqual(again.refs, posted.refs)
      assert.ok(!second.calls.includes('account.move/action_post'), 'the button is pressed once')
      const [event] = posted.events ?? []
      assert.equal(event?.type, 'credit.posted')
      assert.match(JSON.stringify(event.data), /RINV.*11\.5 USD is set off against INV/)
      const hub = await openAsHub(config)
      const [settlement] = await readSettlement(hub, [Number(posted.externalId)])
      assert.equal(settlement?.open, '0')
      assert.deepEqual(
        settlement?.applied.map(({ amount, invoiceId }) => [amount, invoiceId]),
        [['11.5', sale.invoice?.id]],
      )
      assert.deepEqual(line.calls.filter((call) => call.includes('/')).length, 6)
    },
  },
  {
    name: 'fees are deducted with the tax that the hub says, or with none, and goodwill is not taken off the order',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 9 })
      const feeProduct = await newProduct(admin, { price: 99 })
      const sale = await sell(admin, [{ product, quantity: 2, price: 100 }])
      const caseNo = uniqueCaseNo()
      const fees: Credit['fees'] = [
        { kind: 'restocking', net: money('15'), tax: money('2.25') },
        { kind: 'return_label', net: money('7.90'), tax: money('0') },
      ]
      const part = { lineNo: 1, quantity: '1', net: new Big(100), tax: new Big(15) }
      const credit = creditOf('credit-1', [part], { fees, goodwill: money('5') })
      const withFees = { ...config, feeProducts: { restocking: feeProduct.id } }
      const { externalId } = await draft(withFees, caseNo, { sale, credit })
      const made = await noteOf(admin, externalId)
      assert.equal(made.amount_total, new Big(credit.total.amount).toFixed())
      assert.equal(made.amount_tax, '12.75')
      const lines = await linesOf(admin, externalId)
      assert.deepEqual(
        lines.map(({ price_unit, tax_ids, product_id, sale_line_ids }) => [
          price_unit,
          tax_ids.length,
          product_id?.id ?? null,
          sale_line_ids.length,
        ]),
        [
          ['100', 1, product.id, 1],
          ['-15', 1, feeProduct.id, 0],
          ['-7.9', 0, null, 0],
          ['5', 0, null, 0],
        ],
      )
    },
  },
  {
    name: 'a credit over two invoices is a note for each of them',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 20 })
      const order = await newOrder(admin, [{ product, quantity: 10, price: 9.99 }])
      await deliver(admin, order, new Map([[product, 4]]))
      const first = await invoice(admin, order)
      await deliver(admin, order)
      const second = await invoice(admin, order)
      const sale: Sale = { ...order, deliveryId: 0, invoice: second }
      const caseNo = uniqueCaseNo()
      const part = { lineNo: 1, quantity: '7', net: new Big('69.93'), tax: new Big('10.49') }
      const credit = creditOf('credit-1', [part])
      const drafted = await draft(config, caseNo, { sale, credit, isNamed: false })
      assert.equal(drafted.refs?.length, 2)
      const again = await draft(config, caseNo, { sale, credit, isNamed: false })
      assert.deepEqual(again.refs, drafted.refs)
      const [one] = await creditNotesOf(admin, first.id)
      const [other] = await creditNotesOf(admin, second.id)
      assert.equal(one?.amount_untaxed, '39.96')
      assert.equal(other?.amount_untaxed, '29.97')
      assert.equal(new Big(one.amount_total).plus(other.amount_total).toFixed(), '80.42')
      const posted = await attempt(config, postCredit, {
        type: 'credit.post',
        caseNo,
        body: { creditId: 'credit-1', credit },
      })
      assert.match(JSON.stringify(posted.events), /RINV[^"]*, RINV/)
      // The rest of the order comes back later: only the second invoice has something left.
      const rest = { lineNo: 1, quantity: '3', net: new Big('29.97'), tax: new Big('4.49') }
      const last = creditOf('credit-2', [rest])
      const { refs } = await draft(config, caseNo, { sale, credit: last, isNamed: false })
      assert.equal(refs?.length, 1)
    },
  },
  {
    name: 'what was not invoiced is not credited, and what is credited already is not credited again',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 9 })
      const open = await sell(admin, [{ product, quantity: 1, price: 10 }], { isInvoiced: false })
      const part = { lineNo: 1, quantity: '1', net: new Big(10), tax: new Big('1.5') }
      const credit = creditOf('credit-1', [part])
      await refused(draft(config, uniqueCaseNo(), { sale: open, credit }), 'NOT_INVOICED', 'FN08')
      const sale = await sell(admin, [{ product, quantity: 1, price: 10 }])
      await draft(config, uniqueCaseNo(), { sale, credit })
      await refused(draft(config, uniqueCaseNo(), { sale, credit }), 'CREDITED_BEFORE', 'FN03')
    },
  },
  {
    name: 'a credit above what the units were charged, in another currency or of broken sums is refused',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 9 })
      const sale = await sell(admin, [{ product, quantity: 3, price: 10 }])
      const part = { lineNo: 1, quantity: '1', net: new Big(20), tax: new Big(3) }
      const above = creditOf('credit-1', [part])
      await refused(
        draft(config, uniqueCaseNo(), { sale, credit: above }),
        'CREDIT_ABOVE_CHARGED',
        'FN04',
      )
      const fair = creditOf('credit-1', [{ ...part, net: new Big(10), tax: new Big('1.5') }])
      const euros = JSON.parse(JSON.stringify(fair).replaceAll('USD', 'EUR')) as Credit
      await refused(
        draft(config, uniqueCaseNo(), { sale, credit: euros }),
        'CURRENCY_MISMATCH',
        'FN01',
      )
      const broken = { ...fair, total: money('11') }
      await refused(
        draft(config, uniqueCaseNo(), { sale, credit: broken }),
        'CREDIT_TOTAL_MISMATCH',
        'FN01',
      )
      const taxed = creditOf('credit-1', [{ ...part, net: new Big(10), tax: new Big(0) }])
      const caseNo = uniqueCaseNo()
      await refused(draft(config, caseNo, { sale, credit: taxed }), 'CREDIT_TOTAL_MISMATCH', 'FN01')
      const [left] = await creditNotesOf(admin, sale.invoice?.id ?? 0)
      assert.equal(left?.state, 'draft')
    },
  },
  {
    name: 'less than was charged for a unit is credited at a lower price',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 9 })
      const sale = await sell(admin, [{ product, quantity: 3, price: 10 }])
      const part = { lineNo: 1, quantity: '3', net: new Big('20.01'), tax: new Big('3') }
      const { externalId } = await draft(config, uniqueCaseNo(), {
        sale,
        credit: creditOf('c', [part]),
      })
      assert.equal((await noteOf(admin, externalId)).amount_untaxed, '20.01')
    },
  },
  {
    name: 'prices with their tax in them are credited to the cent as well',
    run: async ({ admin, config }) => {
      const taxId = await includedTax(admin)
      const product = await newProduct(admin, { stock: 9 })
      await setTaxes(admin, product.id, [taxId])
      const sale = await sell(admin, [{ product, quantity: 3, price: 33.33 }])
      assert.ok(sale.invoice)
      const line = await chargedOf(admin, [...sale.invoice.lineOf.values()][0] ?? 0)
      assert.equal(line.net.plus(line.tax).toFixed(), '99.99')
      const caseNo = uniqueCaseNo()
      for (let unit = 0; unit < 3; unit += 1) {
        const range = { from: unit, to: unit + 1 }
        const net = shareOf(line.net, '3', range)
        const tax = shareOf(line.tax, '3', range)
        const credit = creditOf(`credit-${unit}`, [{ lineNo: 1, quantity: '1', net, tax }])
        const { externalId } = await draft(config, caseNo, { sale, credit })
        const made = await noteOf(admin, externalId)
        assert.equal(made.amount_untaxed, net.toFixed())
        assert.equal(made.amount_tax, tax.toFixed())
      }
    },
  },
  {
    name: 'a draft that a person changed is not posted, and one that was canceled is not made anew',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 9 })
      const sale = await sell(admin, [{ product, quantity: 3, price: 10 }])
      const caseNo = uniqueCaseNo()
      const part = { lineNo: 1, quantity: '1', net: new Big(10), tax: new Big('1.5') }
      const credit = creditOf('credit-1', [part])
      const { externalId } = await draft(config, caseNo, { sale, credit })
      const [line] = await linesOf(admin, externalId)
      const change = [[1, line?.id, { price_unit: 30 }]]
      const ids = [Number(externalId)]
      await admin.act('account.move', 'write', { ids, named: { vals: { line_ids: change } } })
      const body = { creditId: 'credit-1', credit }
      const ask = { type: 'credit.post', caseNo, body } as const
      await refused(attempt(config, postCredit, ask), 'CREDIT_TOTAL_MISMATCH', 'FN01')
      await refused(draft(config, caseNo, { sale, credit }), 'CREDIT_TOTAL_MISMATCH', 'FN01')
      await admin.act('account.move', 'button_cancel', { ids })
      await refused(attempt(config, postCredit, ask), 'CREDIT_NOTE_MISSING', 'FN07')
      await refused(draft(config, caseNo, { sale, credit }), 'CREDIT_NOTE_CANCELED', 'FN07')
    },
  },
  {
    name: 'an invoice that went back to draft, or of another company, is not credited',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 9 })
      const sale = await sell(admin, [{ product, quantity: 3, price: 10 }])
      const part = { lineNo: 1, quantity: '1', net: new Big(10), tax: new Big('1.5') }
      const credit = creditOf('credit-1', [part])
      const elsewhere = { ...config, companies: { main: 2 } }
      await refused(draft(elsewhere, uniqueCaseNo(), { sale, credit }), 'ODOO_FORBIDDEN')
      await admin.act('account.move', 'button_draft', { ids: [sale.invoice?.id ?? 0] })
      await refused(draft(config, uniqueCaseNo(), { sale, credit }), 'NOT_INVOICED', 'FN08')
    },
  },
  {
    name: 'a closed period moves the day of the books, and the note says so',
    skip: ({ version }) => (version < 18 ? 'the lock of sales came with Odoo 18' : null),
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 9 })
      const sale = await sell(admin, [{ product, quantity: 3, price: 10 }])
      const caseNo = uniqueCaseNo()
      const part = { lineNo: 1, quantity: '1', net: new Big(10), tax: new Big('1.5') }
      const credit = creditOf('credit-1', [part])
      const { externalId } = await draft(config, caseNo, { sale, credit })
      const ids = [Number(externalId)]
      const vals = { invoice_date: '2026-10-15', date: '2026-10-15' }
      await admin.act('account.move', 'write', { ids, named: { vals } })
      const company = { ids: [1] }
      const lock = (sale_lock_date: string | false) =>
        admin.act('res.company', 'write', { ...company, named: { vals: { sale_lock_date } } })
      await lock('2026-10-31')
      try {
        const body = { creditId: 'credit-1', credit }
        const { events } = await attempt(config, postCredit, { type: 'credit.post', caseNo, body })
        assert.match(JSON.stringify(events), /Its period is closed: it is booked on/)
      } finally {
        await lock(false)
      }
    },
  },
  {
    name: 'an archived product is credited, and what Odoo will not post says why',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 9 })
      const sale = await sell(admin, [{ product, quantity: 3, price: 10 }])
      await admin.act('product.product', 'action_archive', { ids: [product.id] })
      const part = { lineNo: 1, quantity: '1', net: new Big(10), tax: new Big('1.5') }
      const credit = creditOf('credit-1', [part])
      await draft(config, uniqueCaseNo(), { sale, credit })
      const other = uniqueCaseNo()
      const { externalId } = await draft(config, other, { sale, credit })
      const later = { auto_post: 'at_date', date: '2099-01-01', invoice_date: '2099-01-01' }
      const ids = [Number(externalId)]
      await admin.act('account.move', 'write', { ids, named: { vals: later } })
      const body = { creditId: 'credit-1', credit }
      const ask = { type: 'credit.post', caseNo: other, body } as const
      await refused(attempt(config, postCredit, ask), 'ODOO_REFUSED', 'FN07')
    },
  },
  {
    name: 'a refund is paid once, however often and in however many hands it is',
    run: async ({ admin, config: bare }) => {
      const config = await withBank(admin, bare)
      const { caseNo, noteId } = await creditedAndPaid(admin, config)
      const ask = refundOf(caseNo, 'refund-1', '7')
      const results = await Promise.all([1, 2, 3, 4].map(() => attempt(config, issueRefund, ask)))
      const line = tap()
      const again = await attempt(config, issueRefund, { ...ask, tap: line })
      assert.ok(!line.calls.includes('account.payment/action_post'), 'the button is pressed once')
      assert.deepEqual(
        new Set(results.map(({ externalId }) => externalId)),
        new Set([again.externalId]),
      )
      const hub = await openAsHub(config)
      const [partly] = await readSettlement(hub, [noteId])
      assert.equal(partly?.open, '4.5')
      assert.deepEqual(
        partly?.paidOut.map(({ amount, memo }) => [amount, memo]),
        [['7', `${caseNo}/refund-1`]],
      )
      const rest = await attempt(config, issueRefund, refundOf(caseNo, 'refund-2', '4.50'))
      assert.equal(rest.events?.[0]?.type, 'refund.settled')
      const [whole] = await readSettlement(hub, [noteId])
      assert.equal(whole?.open, '0')
    },
  },
  {
    name: 'no more is paid than a credit note has open, also by two refunds at once',
    run: async ({ admin, config: bare }) => {
      const config = await withBank(admin, bare)
      const { caseNo, noteId } = await creditedAndPaid(admin, config)
      await refused(
        attempt(config, issueRefund, refundOf(caseNo, 'r-0', '11.51')),
        'REFUND_ABOVE_OPEN',
        'FN04',
      )
      const both = await Promise.allSettled(
        ['r-1', 'r-2'].map((id) => attempt(config, issueRefund, refundOf(caseNo, id, '8'))),
      )
      assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
      const [settlement] = await readSettlement(await openAsHub(config), [noteId])
      assert.equal(settlement?.open, '3.5')
    },
  },
  {
    name: 'a credit that is still a draft is not paid out',
    run: async ({ admin, config: bare }) => {
      const config = await withBank(admin, bare)
      const product = await newProduct(admin, { stock: 9 })
      const sale = await sell(admin, [{ product, quantity: 3, price: 10 }])
      const caseNo = uniqueCaseNo()
      const part = { lineNo: 1, quantity: '1', net: new Big(10), tax: new Big('1.5') }
      await draft(config, caseNo, { sale, credit: creditOf('credit-1', [part]) })
      const ask = refundOf(caseNo, 'r-1', '11.50')
      await refused(attempt(config, issueRefund, ask), 'CREDIT_NOT_POSTED', 'FN05')
    },
  },
  {
    name: 'a refund of a credit that an open invoice has swallowed is refused',
    run: async ({ admin, config: bare }) => {
      const config = await withBank(admin, bare)
      const { caseNo } = await credited(admin, config)
      await refused(
        attempt(config, issueRefund, refundOf(caseNo, 'r', '11.50')),
        'REFUND_NOT_OPEN',
        'FN05',
      )
      await refused(
        attempt({ ...config, refundJournals: {} }, issueRefund, refundOf(caseNo, 'r', '1')),
        'NOT_CONFIGURED',
        'FN05',
      )
    },
  },
  {
    name: 'a refund that a person has canceled in Odoo, or paid there, is not paid by the hub',
    run: async ({ admin, config: bare }) => {
      const config = await withBank(admin, bare)
      const { caseNo, noteId } = await creditedAndPaid(admin, config)
      const { externalId } = await attempt(config, issueRefund, refundOf(caseNo, 'r-1', '5'))
      const ids = [Number(externalId)]
      await admin.act('account.payment', 'action_draft', { ids })
      await admin.act('account.payment', 'action_cancel', { ids })
      await refused(
        attempt(config, issueRefund, refundOf(caseNo, 'r-1', '5')),
        'REFUND_CANCELED',
        'FN05',
      )
      await payByHand(admin, noteId, config.refundJournals['*'] ?? 0)
      await refused(
        attempt(config, issueRefund, refundOf(caseNo, 'r-2', '5')),
        'REFUND_NOT_OPEN',
        'FN05',
      )
    },
  },
  {
    name: 'a line that is cut before or after any call leaves one credit note and one payment behind',
    run: async ({ admin, config: bare }) => {
      const config = await withBank(admin, bare)
      const product = await newProduct(admin, { stock: 60 })
      const sale = await sell(admin, [{ product, quantity: 60, price: 10 }])
      assert.ok(sale.invoice)
      await payByHand(admin, sale.invoice.id, config.refundJournals['*'] ?? 0)
      const caseNo = uniqueCaseNo()
      const part = { lineNo: 1, quantity: '1', net: new Big(10), tax: new Big('1.5') }
      let count = 0
      for (const place of cuts(9)) {
        count += 1
        const creditId = `credit-${count}`
        const credit = creditOf(creditId, [part])
        const paid = refundOf(caseNo, `refund-${count}`, '11.50')
        const post = { type: 'credit.post', caseNo, body: { creditId, credit } } as const
        const pay = { ...paid, body: { ...paid.body, creditId } }
        const steps = [
          (line: Tap) => draft(config, caseNo, { sale, credit, tap: line }),
          (line: Tap) => attempt(config, postCredit, { ...post, tap: line }),
          (line: Tap) => attempt(config, issueRefund, { ...pay, tap: line }),
        ]
        for (const step of steps) {
          await step(tap(place)).catch((error: unknown) =>
            assert.ok(error instanceof DeliveryError),
          )
          await step(tap())
        }
      }
      const notes = await creditNotesOf(admin, sale.invoice.id)
      assert.equal(notes.length, count)
      assert.ok(
        notes.every(({ state, amount_total }) => state === 'posted' && amount_total === '11.5'),
      )
      const isOld = admin.server.version < 18
      const memo = [[isOld ? 'ref' : 'memo', 'like', `${caseNo}/`]] as const
      const paid = await admin.search('account.payment', { domain: memo, row: payment })
      assert.equal(paid.length, count)
      const done = isOld ? 'posted' : 'paid'
      assert.ok(paid.every(({ state, amount }) => state === done && amount === '11.5'))
    },
  },
]
