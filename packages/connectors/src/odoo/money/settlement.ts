import { Big } from 'big.js'
import { z } from 'zod'
import { nested, readNested, searchNested } from '../client/nested-read.ts'
import type { Domain, Odoo } from '../client/odoo.ts'
import { date as day, decimal, text } from '../client/values.ts'

const payment = z.object({
  id: z.int(),
  memo: text.optional(),
  ref: text.optional(),
  state: z.string(),
  amount: decimal,
  date: day,
  move_id: nested(z.object({ id: z.int() })),
})

/** The entry on the other side: of an invoice that was set off, or of a payment. */
const otherSide = z.object({
  id: z.int(),
  move_id: nested(
    z.object({
      id: z.int(),
      name: text,
      move_type: z.string(),
      date: day,
      origin_payment_id: nested(payment).optional(),
      payment_id: nested(payment).optional(),
    }),
  ),
})

const creditNote = z.object({
  id: z.int(),
  name: text,
  state: z.enum(['draft', 'posted', 'cancel']),
  ref: text,
  invoice_origin: text,
  invoice_date: day,
  date: day,
  currency_id: nested(z.object({ id: z.int(), name: z.string() })),
  commercial_partner_id: nested(z.object({ id: z.int() })),
  amount_untaxed: decimal,
  amount_tax: decimal,
  amount_total: decimal,
  amount_residual: decimal,
  payment_state: z.string(),
  matched_payment_ids: z.array(payment).optional(),
  line_ids: z.array(
    z.object({
      id: z.int(),
      matched_debit_ids: z.array(
        z.object({
          id: z.int(),
          credit_amount_currency: decimal,
          debit_move_id: nested(otherSide),
        }),
      ),
    }),
  ),
})
type CreditNote = z.output<typeof creditNote>

/** A part of a credit note that an open invoice has swallowed. */
interface Applied {
  readonly invoiceId: number
  readonly invoice: string | null
  /** In the currency of the credit note, as all amounts here. */
  readonly amount: string
}

/** A part of a credit note that was paid to the customer, or is on its way. */
interface PaidOut {
  /** Null for an entry that no payment made. */
  readonly paymentId: number | null
  /** What we wrote on it, or a person. */
  readonly memo: string | null
  readonly amount: string
  /** `in_process` until a bank statement has it, then `paid`; 17: `posted`. */
  readonly state: string
  readonly date: string | null
}

/** How a credit note stands with the customer. `paid` may mean either way, so both are told. */
export interface Settlement {
  readonly id: number
  readonly state: 'draft' | 'posted' | 'cancel'
  readonly number: string | null
  readonly reference: string | null
  readonly orderName: string | null
  readonly currency: string
  readonly currencyId: number | null
  readonly partnerId: number | null
  readonly untaxed: string
  readonly tax: string
  readonly total: string
  /** What is neither applied nor paid out. */
  readonly open: string
  readonly applied: readonly Applied[]
  readonly paidOut: readonly PaidOut[]
  readonly paymentState: string
  readonly invoiceDate: string | null
  /** Of the books: later than `invoiceDate` where the period was closed. */
  readonly bookedOn: string | null
}

/** How credit notes stand, by their ids; one that is gone is left out. One call. */
export async function readSettlement(
  odoo: Odoo,
  noteIds: readonly number[],
): Promise<readonly Settlement[]> {
  const isAbsent = absentIn(odoo)
  const rows = await readNested(odoo, 'account.move', { ids: noteIds, row: creditNote, isAbsent })
  return rows.map(settlementOf)
}

/** The credit notes to the customer that a domain finds, the oldest first. */
export async function findSettlements(odoo: Odoo, domain: Domain): Promise<readonly Settlement[]> {
  const rows = await searchNested(odoo, 'account.move', {
    domain: [['move_type', '=', 'out_refund'], ...domain],
    row: creditNote,
    order: 'id',
    limit: 100,
    isAbsent: absentIn(odoo),
  })
  return rows.map(settlementOf)
}

/** Payments are entries of their own since 18; before, each was one, with its memo in `ref`. */
function absentIn({ server }: Odoo): (path: string) => boolean {
  const isOld = server.version < 18
  const absent = new Set(
    isOld ? ['memo', 'origin_payment_id', 'matched_payment_ids'] : ['payment_id'],
  )
  return (path) => {
    const field = path.split('.').at(-1) ?? ''
    const isPaymentRef = field === 'ref' && path !== 'ref'
    return absent.has(field) || (isPaymentRef && !isOld)
  }
}

function settlementOf(note: CreditNote): Settlement {
  const paidOut = [...paidByEntry(note), ...paidWithoutEntry(note)]
  const withoutEntry = paidWithoutEntry(note).reduce(
    (sum, { amount }) => sum.plus(amount),
    new Big(0),
  )
  const open = new Big(note.amount_residual).minus(withoutEntry)
  return {
    id: note.id,
    state: note.state,
    number: note.name,
    reference: note.ref,
    orderName: note.invoice_origin,
    currency: note.currency_id?.name ?? '',
    currencyId: note.currency_id?.id ?? null,
    partnerId: note.commercial_partner_id?.id ?? null,
    untaxed: note.amount_untaxed,
    tax: note.amount_tax,
    total: note.amount_total,
    open: (open.lt(0) ? new Big(0) : open).toFixed(),
    applied: appliedTo(note),
    paidOut,
    paymentState: note.payment_state,
    invoiceDate: note.invoice_date,
    bookedOn: note.date,
  }
}

function counterparts({ line_ids }: CreditNote) {
  return line_ids.flatMap(({ matched_debit_ids }) =>
    matched_debit_ids.flatMap(({ credit_amount_currency, debit_move_id }) => {
      const entry = debit_move_id?.move_id
      return entry ? [{ amount: credit_amount_currency, entry }] : []
    }),
  )
}

function appliedTo(note: CreditNote): readonly Applied[] {
  return counterparts(note).flatMap(({ amount, entry: { id, name, move_type } }) =>
    move_type === 'entry' ? [] : [{ invoiceId: id, invoice: name, amount }],
  )
}

function paidByEntry(note: CreditNote): readonly PaidOut[] {
  return counterparts(note).flatMap(({ amount, entry }): PaidOut[] => {
    if (entry.move_type !== 'entry') return []
    const by = entry.origin_payment_id ?? entry.payment_id ?? null
    const memo = by?.memo ?? by?.ref ?? null
    const state = by?.state ?? 'posted'
    return [{ paymentId: by?.id ?? null, memo, amount, state, date: by?.date ?? entry.date }]
  })
}

/** Where the journal has no account for payments under way, a payment makes no entry until the bank has it. */
function paidWithoutEntry({ matched_payment_ids = [] }: CreditNote): readonly PaidOut[] {
  return matched_payment_ids.flatMap(({ id, memo, amount, state, date, move_id }): PaidOut[] => {
    const isUnderWay = state === 'in_process' || state === 'paid'
    if (move_id !== null || !isUnderWay) return []
    return [{ paymentId: id, memo: memo ?? null, amount, state, date }]
  })
}
