import type { Env } from '../../orm/env.ts'
import { userError } from '../../orm/errors.ts'
import { char, field, many2many, many2one } from '../../orm/fields.ts'
import type { ModelDefinition } from '../../orm/model.ts'
import { asIds, type Row } from '../../orm/rows.ts'
import { dayOf } from '../../orm/stamps.ts'
import type { AccountMove } from './account-rows.ts'
import { balanceEntry, itemBasics, productLinesOf } from './balance-entry.ts'

interface Reversal extends Row {
  readonly move_ids: readonly number[]
  readonly reason: string | false
  readonly date: string
  readonly journal_id: number
}

/** account.move.reversal */
export const moveReversal: ModelDefinition = {
  name: 'account.move.reversal',
  label: 'Account Move Reversal',
  fields: {
    move_ids: many2many('account.move', 'Moves'),
    new_move_ids: many2many('account.move', 'New Moves'),
    date: field('date', 'Reversal date'),
    reason: char('Reason displayed on Credit Note'),
    journal_id: many2one('account.journal', 'Journal', { isRequired: true }),
    company_id: many2one('res.company', 'Company'),
  },
  defaults: (env) => {
    const { active_model, active_ids } = env.context
    const move_ids = active_model === 'account.move' ? asIds(active_ids) : []
    const moves = move_ids.map((id) => env.get<AccountMove>('account.move', id))
    if (moves.some((move) => move.state !== 'posted')) {
      throw userError('To reverse a journal entry, it has to be posted first.')
    }
    return {
      move_ids,
      date: dayOf(env.stamp),
      company_id: 1,
      journal_id: moves[0]?.journal_id ?? false,
    }
  },
  methods: {
    refund_moves: {
      params: [],
      run: (env, { ids }) => reverse(env, env.get<Reversal>('account.move.reversal', ids[0])),
    },
  },
}

/** Makes one more full credit note, every time. */
function reverse(env: Env, wizard: Reversal): unknown {
  const made = wizard.move_ids.map((id) => copyReversed(env, wizard, env.get('account.move', id)))
  env.update('account.move.reversal', wizard, { new_move_ids: made.map(({ id }) => id) })
  const [first] = made
  return {
    name: 'Reverse Moves',
    type: 'ir.actions.act_window',
    res_model: 'account.move',
    ...(made.length === 1
      ? { view_mode: 'form', res_id: first?.id, context: { default_move_type: first?.move_type } }
      : { view_mode: 'list,form', domain: [['id', 'in', made.map(({ id }) => id)]] }),
  }
}

function copyReversed(env: Env, wizard: Reversal, move: AccountMove): AccountMove {
  const { partner_id, commercial_partner_id, invoice_origin, currency_id } = move
  const reason = wizard.reason ? `, ${wizard.reason}` : ''
  const copy = env.insert<AccountMove>('account.move', {
    partner_id,
    commercial_partner_id,
    invoice_origin,
    currency_id,
    company_id: 1,
    state: 'draft',
    payment_state: 'not_paid',
    date: wizard.date,
    invoice_date: wizard.date,
    move_type: move.move_type.replace('invoice', 'refund'),
    journal_id: wizard.journal_id,
    ref: `Reversal of: ${String(move.name)}${reason}`,
    reversed_entry_id: move.id,
  })
  for (const line of productLinesOf(env, move)) {
    const { id: _id, ...values } = line
    env.insert('account.move.line', {
      ...values,
      ...itemBasics(copy),
      amount_residual: 0,
      reconciled: false,
    })
  }
  announceInside(env, copy, -move.amount_total)
  balanceEntry(env, copy)
  env.flush()
  env.announce('account.move', copy, false)
  return copy
}

/** What watchers see first is the copy before its signs are turned. */
function announceInside(env: Env, copy: AccountMove, amount: number): void {
  env.settle('account.move', copy, { amount_total: amount, amount_residual: amount })
  env.announce('account.move', copy, true)
}
