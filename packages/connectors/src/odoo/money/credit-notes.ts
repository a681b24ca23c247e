import type { Money } from '@backhaul/sdk/canonical'
import { TerminalError } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { z } from 'zod'
import { readNested, reference } from '../client/nested-read.ts'
import type { Odoo } from '../client/odoo.ts'
import { decimal, text } from '../client/values.ts'

const entryLine = z.object({
  id: z.int(),
  display_type: z.union([z.literal(false), z.string()]),
  amount_currency: decimal,
  tax_line_id: reference,
})

/** A credit note with what it comes to, and the entries that make it so. */
const creditNote = z.object({
  id: z.int(),
  name: text,
  state: z.enum(['draft', 'posted', 'cancel']),
  amount_untaxed: decimal,
  amount_tax: decimal,
  amount_total: decimal,
  line_ids: z.array(entryLine),
})
type CreditNote = z.output<typeof creditNote>

export interface Expected {
  readonly untaxed: Big
  readonly tax: Big
  readonly total: Big
  /** By how much taxes of a note may be moved: what comes of rounding by line and by document. */
  readonly tolerance: Big
}

/**
 * Brings drafts to the hub's sums, and makes sure of them. Odoo computes a tax over the document and the hub by line,
 * so that taxes differ by cents; like an accountant would, it is put right in the entry of the tax. Anything more
 * stays as it is, for a person to look at.
 *
 * @param expected - by id of the note.
 * @throws {TerminalError} CREDIT_TOTAL_MISMATCH with both sums, CREDIT_NOTE_CANCELED.
 */
export async function balanceNotes(
  odoo: Odoo,
  expected: ReadonlyMap<number, Expected>,
): Promise<void> {
  const noteIds = [...expected.keys()]
  let notes = await readNotes(odoo, noteIds)
  const corrections = notes.flatMap((note) => correctionOf(note, expected.get(note.id)))
  for (const { note, entry, amount } of corrections) {
    const vals = { line_ids: [[1, entry, { amount_currency: Number(amount) }]] }
    await odoo.act('account.move', 'write', { ids: [note], named: { vals } })
  }
  if (corrections.length > 0) notes = await readNotes(odoo, noteIds)
  for (const [id, sums] of expected) {
    const note = notes.find((one) => one.id === id)
    if (note) refuseMismatch(note, sums)
  }
}

function readNotes(odoo: Odoo, ids: readonly number[]): Promise<CreditNote[]> {
  return readNested(odoo, 'account.move', { ids, row: creditNote })
}

function correctionOf(note: CreditNote, expected: Expected | undefined) {
  if (expected === undefined || note.state !== 'draft') return []
  const difference = expected.tax.minus(note.amount_tax)
  const isNetRight = expected.untaxed.eq(note.amount_untaxed)
  if (difference.eq(0) || !isNetRight || difference.abs().gt(expected.tolerance)) return []
  const taxes = note.line_ids.filter(({ tax_line_id }) => tax_line_id !== null)
  const [largest] = taxes.toSorted((a, b) => size(b).cmp(size(a)))
  if (!largest) return []
  const amount = new Big(largest.amount_currency).plus(difference).toFixed()
  return [{ note: note.id, entry: largest.id, amount }]
}

function size({ amount_currency }: z.output<typeof entryLine>): Big {
  return new Big(amount_currency).abs()
}

function refuseMismatch(note: CreditNote, { untaxed, tax, total }: Expected): void {
  if (note.state === 'cancel') {
    const reason = 'The credit note was canceled in Odoo. A new credit is needed, under a new name.'
    throw new TerminalError({ code: 'CREDIT_NOTE_CANCELED', exception: 'FN07', reason })
  }
  const isSame =
    untaxed.eq(note.amount_untaxed) && tax.eq(note.amount_tax) && total.eq(note.amount_total)
  if (isSame) return
  const theirs = `${note.amount_untaxed} and ${note.amount_tax} tax`
  const ours = `${untaxed.toFixed()} and ${tax.toFixed()} tax`
  const reason = `The credit note ${note.name ?? 'in draft'} comes to ${theirs} in Odoo, and the return to ${ours}.`
  throw new TerminalError({ code: 'CREDIT_TOTAL_MISMATCH', exception: 'FN01', reason })
}

/** @throws {TerminalError} CREDIT_TOTAL_MISMATCH when what was approved is another sum than what there is. */
export function refuseOtherTotal(there: Big, approved: Money): void {
  if (there.eq(approved.amount)) return
  const reason = `The credit note comes to ${there.toFixed()} ${approved.currency} in Odoo, and ${approved.amount} was approved.`
  throw new TerminalError({ code: 'CREDIT_TOTAL_MISMATCH', exception: 'FN01', reason })
}
