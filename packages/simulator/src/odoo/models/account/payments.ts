import type { Env } from '../../orm/env.ts'
import { userError } from '../../orm/errors.ts'
import { boolean, char, choice, field, many2many, many2one, money } from '../../orm/fields.ts'
import type { ModelDefinition } from '../../orm/model.ts'
import { asIds, type Row, type Values } from '../../orm/rows.ts'
import { dayOf } from '../../orm/stamps.ts'
import { messageMethods } from '../messages.ts'
import type { AccountMove, InvoiceLine, PartialReconcile, Payment } from './account-rows.ts'
import { accountOfType, debitAndCredit, itemBasics, owedItemsOf } from './balance-entry.ts'
import { cancelEntries, postEntries, resetToDraft } from './post-entry.ts'
import { reconcile, undoReconciliation } from './reconcile.ts'

const states = 'draft in_process paid canceled rejected'

/** account.payment */
const accountPayment: ModelDefinition = {
  name: 'account.payment',
  label: 'Payments',
  order: 'date desc,name desc',
  indexed: ['memo', 'partner_id'],
  fields: {
    name: char('Number'),
    state: choice('State', states, { isComputedAndStored: true }),
    payment_type: choice('Payment Type', 'outbound inbound'),
    partner_type: choice('Partner Type', 'customer supplier'),
    partner_id: many2one('res.partner', 'Customer/Vendor'),
    amount: money('Amount'),
    currency_id: many2one('res.currency', 'Currency'),
    date: field('date', 'Date'),
    memo: char('Memo'),
    journal_id: many2one('account.journal', 'Journal'),
    company_id: many2one('res.company', 'Company'),
    move_id: many2one('account.move', 'Journal Entry'),
    is_reconciled: boolean('Is Reconciled'),
    is_matched: boolean('Is Matched With a Bank Statement'),
    invoice_ids: many2many('account.move', 'Invoices'),
    reconciled_invoice_ids: many2many('account.move', 'Reconciled Invoices', {
      compute: (env, row) =>
        env.version === 17
          ? reconciledWith(env, row as Payment)
          : env.by('account.move', 'matched_payment_ids', row.id).map(({ id }) => id),
    }),
  },
  defaults: (env) => ({
    state: 'draft',
    payment_type: 'inbound',
    partner_type: 'customer',
    date: dayOf(env.stamp),
    currency_id: 1,
    company_id: 1,
    journal_id: bankJournal(env),
  }),
  afterCreate: (env, row) => {
    for (const id of asIds(row['invoice_ids'])) link(env, id, row as Payment)
  },
  methods: {
    ...messageMethods,
    action_post: {
      params: [],
      run: (env, { ids }) => {
        for (const id of ids) {
          const payment = env.get<Payment>('account.payment', id)
          if (payment.state === 'draft') postPayment(env, payment)
        }
        return null
      },
    },
    action_draft: {
      params: [],
      run: (env, { ids }) => {
        for (const id of ids) resetPayment(env, env.get<Payment>('account.payment', id))
        return null
      },
    },
    action_cancel: {
      params: [],
      run: (env, { ids }) => {
        for (const id of ids) cancelPayment(env, env.get<Payment>('account.payment', id))
        return null
      },
    },
  },
}

/** Up to 17 only what its entry is balanced with at present: one that ended knows of nothing. */
function reconciledWith(env: Env, { move_id: moveId }: Payment): number[] {
  const move = env.find<AccountMove>('account.move', moveId)
  const partials = (move ? owedItemsOf(env, move) : []).flatMap(({ id }) => [
    ...env
      .by<PartialReconcile>('account.partial.reconcile', 'debit_move_id', id)
      .map((one) => one.credit_move_id),
    ...env
      .by<PartialReconcile>('account.partial.reconcile', 'credit_move_id', id)
      .map((one) => one.debit_move_id),
  ])
  const invoices = partials.map((id) => env.get<InvoiceLine>('account.move.line', id).move_id)
  return [...new Set(invoices)]
}

function bankJournal(env: Env): number | false {
  const journals = [...env.table('account.journal').rows.values()]
  return journals.find((journal) => journal['type'] === 'bank')?.id ?? false
}

/** Makes and posts the entry of a payment. */
function postPayment(env: Env, payment: Payment): void {
  const move = env.insert<AccountMove>('account.move', {
    state: 'draft',
    move_type: 'entry',
    payment_state: 'not_paid',
    company_id: 1,
    currency_id: 1,
    ref: payment.memo,
    partner_id: payment.partner_id,
    commercial_partner_id:
      env.find('res.partner', payment.partner_id)?.['commercial_partner_id'] ?? false,
    journal_id: payment.journal_id,
    date: String(payment['date']),
    origin_payment_id: payment.id,
    amount_total: payment.amount,
  })
  env.announce('account.move', move, true)
  const sign = payment.payment_type === 'inbound' ? 1 : -1
  const kind = payment['partner_type'] === 'supplier' ? 'liability_payable' : 'asset_receivable'
  addItem(env, move, { account_id: false, balance: sign * payment.amount })
  addItem(env, move, { account_id: accountOfType(env, kind), balance: -sign * payment.amount })
  env.announce('account.move', move, false)
  postEntries(env, [move])
  env.update('account.payment', payment, { move_id: move.id, name: move.name, state: 'in_process' })
}

function addItem(
  env: Env,
  move: AccountMove,
  { account_id, balance }: { readonly account_id: number | false; readonly balance: number },
): void {
  const residual = account_id === false ? 0 : balance
  env.insert('account.move.line', {
    ...itemBasics(move),
    ...debitAndCredit(balance),
    account_id,
    balance,
    amount_currency: balance,
    amount_residual: residual,
    display_type: 'product',
  })
}

function resetPayment(env: Env, payment: Payment): void {
  const move = env.find<AccountMove>('account.move', payment.move_id)
  if (move) {
    undoReconciliation(env, move)
    resetToDraft(env, [move])
  }
  env.update('account.payment', payment, { state: 'draft', is_reconciled: false })
}

function cancelPayment(env: Env, payment: Payment): void {
  const move = env.find<AccountMove>('account.move', payment.move_id)
  if (move) {
    undoReconciliation(env, move)
    cancelEntries(env, [move])
  }
  env.update('account.payment', payment, { state: 'canceled', is_reconciled: false })
}

interface PaymentWizard extends Row {
  readonly line_ids: readonly number[]
  readonly amount: number
  readonly communication: string | false
}

/** account.payment.register */
const paymentWizard: ModelDefinition = {
  name: 'account.payment.register',
  label: 'Pay',
  fields: {
    payment_date: field('date', 'Payment Date', { isRequired: true }),
    amount: money('Amount'),
    communication: char('Memo'),
    journal_id: many2one('account.journal', 'Journal'),
    currency_id: many2one('res.currency', 'Currency'),
    company_id: many2one('res.company', 'Company'),
    partner_id: many2one('res.partner', 'Customer/Vendor'),
    payment_type: choice('Payment Type', 'outbound inbound'),
    partner_type: choice('Partner Type', 'customer supplier'),
    line_ids: many2many('account.move.line', 'Journal items'),
    group_payment: boolean('Group Payments'),
  },
  defaults: wizardDefaults,
  methods: {
    action_create_payments: {
      params: [],
      run: (env, { ids }) =>
        createPayment(env, env.get<PaymentWizard>('account.payment.register', ids[0])),
    },
  },
}

/** What is open is only asked here, when the wizard is made. */
function wizardDefaults(env: Env): Values {
  const { active_model, active_ids } = env.context
  if (active_model !== 'account.move' && active_model !== 'account.move.line') {
    throw userError(
      'The register payment wizard should only be called on account.move or account.move.line records.',
    )
  }
  const items =
    active_model === 'account.move'
      ? asIds(active_ids).flatMap((id) => owedItemsOf(env, env.get('account.move', id)))
      : asIds(active_ids).map((id) => env.get<InvoiceLine>('account.move.line', id))
  const open = items.filter((item) => item.amount_residual !== 0)
  const [first] = open
  if (!first) {
    throw userError(
      "There's nothing left to pay for the selected journal items, so no payment registration is necessary. You've got your finances under control like a boss!",
    )
  }
  const sum = open.reduce((total, item) => total + item.amount_residual, 0)
  const move = env.get<AccountMove>('account.move', first.move_id)
  const type = env.get('account.account', first.account_id)['account_type']
  return {
    line_ids: open.map(({ id }) => id),
    amount: Math.round(Math.abs(sum) * 100) / 100,
    payment_type: sum > 0 ? 'inbound' : 'outbound',
    partner_type: type === 'asset_receivable' ? 'customer' : 'supplier',
    partner_id: move.commercial_partner_id,
    communication: communicationOf(move),
    payment_date: dayOf(env.stamp),
    journal_id: bankJournal(env),
    currency_id: 1,
    company_id: 1,
  }
}

/** Invoices to customers are posted with their own number as payment reference; other entries have none. */
function communicationOf(move: AccountMove): string | false {
  const isInvoice = move['move_type'] === 'out_invoice'
  return isInvoice || !move['ref'] ? move.name : move['ref']
}

/** Pays once more on every call, whether there is anything left to pay or not, and as much as was said. */
function createPayment(env: Env, wizard: PaymentWizard): unknown {
  const { amount, communication: memo, journal_id, payment_type, partner_type, partner_id } = wizard
  const items = wizard.line_ids.map((id) => env.get<InvoiceLine>('account.move.line', id))
  const paid = [...new Set(items.map((item) => item.move_id))]
  const payment = env.insert<Payment>('account.payment', {
    amount,
    memo,
    journal_id,
    payment_type,
    partner_type,
    partner_id,
    state: 'draft',
    currency_id: 1,
    company_id: 1,
    date: wizard['payment_date'],
    invoice_ids: paid,
  })
  postPayment(env, payment)
  for (const id of paid) link(env, id, payment)
  const own = owedItemsOf(env, env.get<AccountMove>('account.move', payment.move_id))
  const hadOpen = items.some((item) => !item.reconciled)
  if (hadOpen)
    reconcile(
      env,
      [...items, ...own].filter((item) => !item.reconciled),
    )
  env.settle('account.payment', payment, { is_reconciled: own.every((item) => item.reconciled) })
  return {
    name: 'Payments',
    type: 'ir.actions.act_window',
    res_model: 'account.payment',
    context: { create: false },
    view_mode: 'form',
    res_id: payment.id,
  }
}

function link(env: Env, moveId: number, payment: Payment): void {
  const move = env.get<AccountMove>('account.move', moveId)
  const matched_payment_ids = [...move.matched_payment_ids, payment.id]
  env.update('account.move', move, { matched_payment_ids })
}

/** What is about payments. */
export const payments: readonly ModelDefinition[] = [accountPayment, paymentWizard]
