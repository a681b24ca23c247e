import type { CommandBody, CommandType, Credit } from '@backhaul/sdk/canonical'
import { draftCredit, postCredit } from '../src/odoo/money/index.ts'
import { bring, newProduct, newVendor, type Product, type Sale, sell } from './fixtures.ts'
import { attempt, type ScenarioContext } from './scenario.ts'
import { announce, decide, lineOf, receive } from './stock-steps.ts'

/** What must have happened before a command, and what it makes. */
export interface Prepared<T extends CommandType> {
  /** Makes the state of one case. */
  readonly prepare: (context: ScenarioContext, caseNo: string) => Promise<CommandBody<T>>
  /** Records that a command makes, or brings into this state. */
  readonly effect: { readonly model: string; readonly domain: readonly unknown[] }
}

const currency = 'USD'
const done = ['state', '=', 'done']
const ofReturns = ['origin', '=like', 'RMA-00000%']

interface Sold {
  readonly product: Product
  readonly order: Sale
}

async function sold({ admin }: ScenarioContext): Promise<Sold> {
  const product = await newProduct(admin, { stock: 9 })
  return { product, order: await sell(admin, [{ product, quantity: 3, price: 10 }]) }
}

function aboutOf({ order }: Sold) {
  return { company: 'main', orderRefs: [order.name], currency }
}

async function announced(context: ScenarioContext, caseNo: string): Promise<Sold> {
  const one = await sold(context)
  await announce(context, caseNo, { lines: [lineOf(1, '2', one)] })
  return one
}

async function received(context: ScenarioContext, caseNo: string): Promise<Sold> {
  const one = await announced(context, caseNo)
  await receive(context, caseNo, { receiptId: 'r1', lines: [lineOf(1, '2', one)] })
  return one
}

const money = (amount: string) => ({ amount, currency })
const credit: Credit = {
  creditId: 'credit-1',
  lines: [{ lineNo: 1, quantity: '1', net: money('10.00'), tax: money('1.50') }],
  fees: [],
  total: money('11.50'),
  method: 'credit_note',
}

function creditOf(one: Sold): CommandBody<'credit.draft'> {
  return { about: aboutOf(one), credit, lines: [lineOf(1, '1', one)] }
}

async function drafted(context: ScenarioContext, caseNo: string): Promise<Sold> {
  const one = await sold(context)
  const body = creditOf(one)
  await attempt(context.config, draftCredit, { type: 'credit.draft', caseNo, body })
  return one
}

/** A credit note whose invoice was paid, so that it can be paid out. */
async function posted(context: ScenarioContext, caseNo: string): Promise<void> {
  const { admin, config } = context
  const one = await sold(context)
  const on = { active_model: 'account.move', active_ids: [one.order.invoice?.id ?? 0] }
  const wizard = await admin.act('account.payment.register', 'create', {
    named: { vals_list: [{}] },
    context: on,
  })
  const ids = [Array.isArray(wizard) ? Number(wizard[0]) : Number(wizard)]
  await admin.act('account.payment.register', 'action_create_payments', { ids })
  const body = creditOf(one)
  await attempt(config, draftCredit, { type: 'credit.draft', caseNo, body })
  const post = { about: aboutOf(one), creditId: credit.creditId, credit }
  await attempt(config, postCredit, { type: 'credit.post', caseNo, body: post })
}

export const prepared: { readonly [T in CommandType]?: Prepared<T> } = {
  'return.record': {
    prepare: async (context) => ({ lines: [lineOf(1, '2', await sold(context))] }),
    effect: { model: 'stock.picking', domain: [ofReturns] },
  },
  'return.cancel': {
    prepare: async (context, caseNo) => {
      await announced(context, caseNo)
      return { lineNos: [1] }
    },
    effect: { model: 'stock.picking', domain: [ofReturns, ['state', '=', 'cancel']] },
  },
  'receipt.record': {
    prepare: async (context, caseNo) => {
      const one = await announced(context, caseNo)
      return { receiptId: 'r1', lines: [lineOf(1, '2', one)] }
    },
    effect: { model: 'stock.picking', domain: [ofReturns, done] },
  },
  'receipt.reverse': {
    prepare: async (context, caseNo) => {
      await received(context, caseNo)
      return { receiptId: 'r1' }
    },
    effect: { model: 'stock.picking', domain: [ofReturns, done] },
  },
  'receipt.close_short': {
    prepare: async (context, caseNo) => {
      const one = await announced(context, caseNo)
      await receive(context, caseNo, { receiptId: 'r1', lines: [lineOf(1, '1', one)] })
      return { lineNos: [1] }
    },
    effect: { model: 'stock.picking', domain: [ofReturns, ['state', '=', 'cancel']] },
  },
  'disposition.execute': {
    prepare: async (context, caseNo) => {
      await received(context, caseNo)
      const lines = [{ lineNo: 1, quantity: '2', code: 'restock_a' as const }]
      return { dispositionId: 'd1', lines }
    },
    effect: { model: 'stock.picking', domain: [ofReturns, done] },
  },
  'goods.send_back': {
    prepare: async (context, caseNo) => {
      const one = await received(context, caseNo)
      return { fulfillmentId: 'f1', lines: [lineOf(1, '1', one)] }
    },
    effect: { model: 'stock.picking', domain: [ofReturns] },
  },
  'repair.order': {
    prepare: async (context, caseNo) => {
      const one = await received(context, caseNo)
      return { fulfillmentId: 'f1', lines: [lineOf(1, '1', one)] }
    },
    effect: { model: 'repair.order', domain: [['state', '=', 'confirmed']] },
  },
  'supplier_claim.submit': {
    prepare: async (context, caseNo) => {
      const { admin } = context
      const vendor = await newVendor(admin)
      const product = await newProduct(admin)
      await bring(admin, { vendor, product, quantity: 10, price: 21 })
      const order = await sell(admin, [{ product, quantity: 4 }], { isInvoiced: false })
      const lines = [lineOf(1, '2', { product, order })]
      await announce(context, caseNo, { lines })
      await receive(context, caseNo, { lines })
      await decide(context, caseNo, { lines: [{ quantity: '2', code: 'rtv' }] })
      return { claimId: 'c1', vendor: String(vendor.id), lines }
    },
    effect: { model: 'account.move', domain: [['move_type', '=', 'in_refund']] },
  },
  'replacement.order': {
    prepare: async (context) => {
      const one = await sold(context)
      const lines = [{ ...lineOf(1, '1', one) }]
      return { about: aboutOf(one), fulfillmentId: 'f1', lines }
    },
    effect: { model: 'sale.order', domain: [ofReturns, ['state', '=', 'sale']] },
  },
  'note.record': {
    prepare: async (context) => ({
      about: aboutOf(await sold(context)),
      noteId: 'event-1',
      text: 'The box was wet.',
    }),
    effect: { model: 'mail.message', domain: [['body', 'like', 'The box was wet.']] },
  },
  'credit.draft': {
    prepare: async (context) => creditOf(await sold(context)),
    effect: { model: 'account.move', domain: [['move_type', '=', 'out_refund']] },
  },
  'credit.post': {
    prepare: async (context, caseNo) => {
      const one = await drafted(context, caseNo)
      return { about: aboutOf(one), creditId: credit.creditId, credit }
    },
    effect: {
      model: 'account.move',
      domain: [
        ['move_type', '=', 'out_refund'],
        ['state', '=', 'posted'],
      ],
    },
  },
  'refund.issue': {
    prepare: async (context, caseNo) => {
      await posted(context, caseNo)
      const method = 'cash_refund' as const
      return { refundId: 'refund-1', creditId: credit.creditId, method, amount: money('11.50') }
    },
    effect: {
      model: 'account.payment',
      domain: [
        ['payment_type', '=', 'outbound'],
        ['state', 'in', ['in_process', 'paid']],
      ],
    },
  },
}
