import type { Env } from '../../orm/env.ts'
import { userError } from '../../orm/errors.ts'
import {
  boolean,
  char,
  choice,
  field,
  many2many,
  many2one,
  money,
  one2many,
} from '../../orm/fields.ts'
import type { Change, MethodCall, ModelDefinition } from '../../orm/model.ts'
import { type Row, textOf, type Values } from '../../orm/rows.ts'
import { dayOf } from '../../orm/stamps.ts'
import { messageMethods } from '../messages.ts'
import { type AccountMove, type InvoiceLine, isInvoice } from './account-rows.ts'
import { balanceEntry, itemsOf, owedItemsOf } from './balance-entry.ts'
import { paymentsWidget } from './payments-widget.ts'
import { cancelEntries, postEntries, resetToDraft } from './post-entry.ts'
import { reconcile, undoReconciliation } from './reconcile.ts'

/** account.move */
export const accountMove: ModelDefinition = {
  name: 'account.move',
  label: 'Journal Entry',
  order: 'date desc,name desc,invoice_date desc,id desc',
  indexed: [
    'ref',
    'invoice_origin',
    'reversed_entry_id',
    'name',
    'partner_id',
    'matched_payment_ids',
  ],
  fields: {
    name: char('Number', { isComputedAndStored: true }),
    ref: char('Reference'),
    state: choice('Status', 'draft posted cancel'),
    move_type: choice(
      'Type',
      'entry out_invoice out_refund in_invoice in_refund out_receipt in_receipt',
    ),
    payment_state: choice(
      'Payment Status',
      'not_paid in_payment paid partial reversed blocked invoicing_legacy',
      {
        isComputedAndStored: true,
      },
    ),
    partner_id: many2one('res.partner', 'Partner'),
    commercial_partner_id: many2one('res.partner', 'Commercial Entity', {
      isComputedAndStored: true,
    }),
    partner_shipping_id: many2one('res.partner', 'Delivery Address'),
    journal_id: many2one('account.journal', 'Journal', { isRequired: true }),
    company_id: many2one('res.company', 'Company'),
    currency_id: many2one('res.currency', 'Currency', { isRequired: true }),
    invoice_date: field('date', 'Invoice/Bill Date'),
    invoice_date_due: field('date', 'Due Date'),
    date: field('date', 'Date', { isRequired: true }),
    invoice_origin: char('Origin'),
    invoice_payment_term_id: many2one('account.payment.term', 'Payment Terms'),
    fiscal_position_id: many2one('account.fiscal.position', 'Fiscal Position'),
    reversed_entry_id: many2one('account.move', 'Reversal of'),
    reversal_move_ids: one2many('account.move.reversed_entry_id', 'Reversal Move'),
    line_ids: one2many('account.move.line.move_id', 'Journal Items'),
    invoice_line_ids: one2many('account.move.line.move_id', 'Invoice lines', {
      shows: (line) =>
        ['product', 'line_section', 'line_note'].includes(String(line['display_type'])),
    }),
    amount_untaxed: money('Untaxed Amount', { isComputedAndStored: true }),
    amount_tax: money('Tax', { isComputedAndStored: true }),
    amount_total: money('Total', { isComputedAndStored: true }),
    amount_residual: money('Amount Due', { isComputedAndStored: true }),
    matched_payment_ids: many2many('account.payment', 'Matched Payments'),
    origin_payment_id: many2one('account.payment', 'Payment'),
    invoice_payments_widget: field('binary', 'Invoice Payments Widget', {
      compute: paymentsWidget,
    }),
    posted_before: boolean('Posted Before'),
    auto_post: choice('Auto-post', 'no at_date monthly quarterly yearly'),
    narration: field('html', 'Terms and Conditions'),
  },
  displayName,
  defaults: moveDefaults,
  afterCreate: (env, row) => balanceEntry(env, row as AccountMove),
  beforeWrite,
  afterWrite: (env, { row }) => {
    const move = row as AccountMove
    if (move.state === 'draft' && !move.posted_before) balanceEntry(env, move)
  },
  beforeUnlink,
  methods: {
    ...messageMethods,
    action_post: { params: [], run: onMoves(postEntries, false) },
    js_assign_outstanding_line: { params: ['line_id'], run: setOff },
    button_draft: { params: [], run: onMoves(resetToDraft, null) },
    button_cancel: { params: [], run: onMoves(cancelEntries, null) },
  },
}

/** Sets an open item off against a document; one that is set off already stays as it is. */
function setOff(env: Env, { ids, args }: MethodCall): null {
  const line = env.get<InvoiceLine>('account.move.line', args['line_id'])
  const owed = ids.flatMap((id) => owedItemsOf(env, env.get<AccountMove>('account.move', id)))
  const open = [...owed, line].filter((item) => !item.reconciled)
  if (open.includes(line)) reconcile(env, open)
  const payment = env.find('account.payment', moveOf(env, line).origin_payment_id)
  if (payment) env.settle('account.payment', payment, { is_reconciled: line.reconciled })
  return null
}

const moveOf = (env: Env, line: InvoiceLine): AccountMove =>
  env.get<AccountMove>('account.move', line.move_id)

/** A method that does something with entries and answers the same every time. */
function onMoves<Answer>(act: (env: Env, moves: AccountMove[]) => void, answer: Answer) {
  return (env: Env, { ids }: MethodCall): Answer => {
    act(
      env,
      ids.map((id) => env.get<AccountMove>('account.move', id)),
    )
    return answer
  }
}

const drafts: Readonly<Record<string, string>> = {
  entry: 'Draft Entry',
  out_invoice: 'Draft Invoice',
  out_refund: 'Draft Credit Note',
  in_invoice: 'Draft Bill',
  in_refund: 'Draft Vendor Credit Note',
}

function displayName(_env: Env, row: Row): string {
  const { name, ref, move_type, state } = row as AccountMove
  const head = state === 'draft' ? `${drafts[move_type] ?? 'Draft'}${name ? ` ${name}` : ''}` : name
  return ref ? `${String(head)} (${ref})` : String(head)
}

function moveDefaults(env: Env, values: Values): Values {
  const move_type = textOf(values['move_type']) || 'entry'
  const partner = env.find('res.partner', values['partner_id'])
  const date = values['invoice_date'] || dayOf(env.stamp)
  return {
    state: 'draft',
    move_type,
    payment_state: 'not_paid',
    journal_id: defaultJournal(env, move_type),
    company_id: 1,
    currency_id: 1,
    date,
    commercial_partner_id: partner?.['commercial_partner_id'] ?? false,
  }
}

function defaultJournal(env: Env, moveType: string): number | false {
  const type = moveType === 'entry' ? 'general' : moveType.startsWith('out_') ? 'sale' : 'purchase'
  const journals = [...env.table('account.journal').rows.values()]
  return journals.find((journal) => journal['type'] === type)?.id ?? false
}

/** What a posted entry does not let go, in the order in which Odoo names it. */
const fixedOncePosted = [
  'invoice_date',
  'date',
  'partner_id',
  'invoice_payment_term_id',
  'currency_id',
  'fiscal_position_id',
  'invoice_line_ids',
  'line_ids',
]

function beforeWrite(env: Env, { row, values, given }: Change): Values {
  const move = row as AccountMove
  const refused = fixedOncePosted.filter((name) => name in given)
  if (move.state === 'posted' && refused.length > 0) {
    throw userError(
      `You cannot modify the following readonly fields on a posted move: ${refused.join(', ')}`,
    )
  }
  const partner = env.find('res.partner', values['partner_id'])
  return {
    ...values,
    ...(partner && { commercial_partner_id: partner['commercial_partner_id'] }),
    ...(typeof values['invoice_date'] === 'string' &&
      isInvoice(move.move_type) && { date: values['invoice_date'] }),
  }
}

function beforeUnlink(env: Env, row: Row): void {
  const move = row as AccountMove
  if (move.state === 'posted') {
    throw userError(
      "You can't delete a posted journal item. Don’t play games with your accounting records; reset the journal entry to draft before deleting it.",
    )
  }
  if (move.name && !env.user.isAdmin && !isLastOfChain(env, move.name)) {
    throw userError(
      'You cannot delete this entry, as it has already consumed a sequence number and is not the last one in the chain. You should probably revert it instead.',
    )
  }
  undoReconciliation(env, move)
  for (const item of itemsOf(env, move)) env.delete('account.move.line', item)
}

function isLastOfChain(env: Env, name: string): boolean {
  const at = name.lastIndexOf('/') + 1
  const next = String(Number(name.slice(at)) + 1).padStart(name.length - at, '0')
  return env.by('account.move', 'name', name.slice(0, at) + next).length === 0
}
