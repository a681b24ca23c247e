import type { PolledMessage } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { z } from 'zod'
import type { Odoo } from '../../client/odoo.ts'
import { parseReference } from '../../references.ts'
import { type CaseLines, readCaseLines } from './case-lines.ts'
import { firstReference } from './case-number.ts'
import { creditParts } from './credit-parts.ts'
import { type Entry, readEntries, reversalsOf, type Settlement } from './entry-rows.ts'
import { messageOf } from './message.ts'

interface Reading {
  readonly odoo: Odoo
  /** Number of the user that the connection works as. */
  readonly self: number
}

/** Credit notes and refunds of suppliers, afresh. What names no return, or is gone, says nothing. */
export async function entryMessages(
  { odoo, self }: Reading,
  ids: readonly number[],
): Promise<PolledMessage[]> {
  const entries = (await readEntries(odoo, ids)).filter((entry) => caseNoOf(entry) !== null)
  const credits = groupCredits(await withSiblings(odoo, entries.filter(isCreditNote)))
  const told = credits.filter((notes) => !isEcho(notes, self))
  const lines = await readCaseLines(
    odoo,
    told.flatMap(([note]) => caseNoOf(note) ?? []),
  )
  return [
    ...told.flatMap((notes) => creditMessages(odoo, notes, lines)),
    ...entries.filter((entry) => !isCreditNote(entry)).flatMap(supplierMessages),
  ]
}

/** The credit notes of one credit: the hub drafts one for each invoice. */
type Notes = readonly [Entry, ...Entry[]]

const rowId = z.object({ id: z.int() })

/** With the notes that belong to the same credits, of which nothing was written. */
async function withSiblings(odoo: Odoo, entries: readonly Entry[]): Promise<Entry[]> {
  const refs = entries.flatMap(({ ref }) => (parseReference(ref)?.step ? [ref] : []))
  if (refs.length === 0) return [...entries]
  const known = entries.map(({ id }) => id)
  const siblings = await odoo.search('account.move', {
    domain: [
      ['move_type', '=', 'out_refund'],
      ['ref', 'in', [...new Set(refs)]],
      ['id', 'not in', known],
    ],
    row: rowId,
  })
  const read = await readEntries(
    odoo,
    siblings.map(({ id }) => id),
  )
  return [...entries, ...read]
}

function groupCredits(entries: readonly Entry[]): Notes[] {
  const groups = new Map<string, Notes>()
  for (const entry of entries.toSorted((a, b) => a.id - b.id)) {
    const key = `${caseNoOf(entry)} ${creditIdOf(entry)}`
    groups.set(key, [...(groups.get(key) ?? []), entry] as unknown as Notes)
  }
  return [...groups.values()]
}

function isCreditNote({ move_type: type }: Entry): boolean {
  return type === 'out_refund'
}

export function caseNoOf({ ref, invoice_origin: origin }: Entry): string | null {
  return firstReference([ref, origin])?.caseNo ?? null
}

/** A draft that we made, or that was posted before and may be so again, is no news. */
function isEcho(notes: Notes, self: number): boolean {
  return notes.some(
    ({ state, create_uid: creator, posted_before: wasPosted }) =>
      state === 'draft' && (creator === self || wasPosted),
  )
}

type Status = 'drafted' | 'posted' | 'reversed' | 'canceled'

function statusOf(notes: Notes): Status {
  const live = notes.filter(({ state }) => state !== 'cancel')
  if (live.length === 0) return 'canceled'
  if (live.some(({ state }) => state !== 'posted')) return 'drafted'
  return live.every(isReversed) ? 'reversed' : 'posted'
}

function isReversed(entry: Entry): boolean {
  const reversed = sumOf(reversals(entry).map(({ amount_total: amount }) => amount))
  return entry.payment_state === 'reversed' || (reversed.gt(0) && reversed.gte(entry.amount_total))
}

function sumOf(amounts: readonly string[]): Big {
  return amounts.reduce((sum, amount) => sum.plus(amount), new Big(0))
}

function reversals(entry: Entry) {
  return reversalsOf(entry).filter(({ state }) => state === 'posted')
}

/** What the hub, or whoever refers to it as the hub does, calls the credit; else by its own number. */
export function creditIdOf({ id, ref }: Pick<Entry, 'id' | 'ref'>): string {
  return parseReference(ref)?.step ?? `credit-note-${id}`
}

function creditMessages(odoo: Odoo, notes: Notes, lines: CaseLines): PolledMessage[] {
  const [first] = notes
  const caseNo = caseNoOf(first)
  const currency = first.currency_id?.name
  if (caseNo === null || currency === undefined) return []
  const live = notes.filter(({ state }) => state !== 'cancel')
  const counted = live.length === 0 ? notes : live
  const total = sumOf(counted.map(({ amount_total: amount }) => amount)).toFixed()
  const all = counted.flatMap(({ invoice_line_ids: some }) => some)
  const parts = creditParts(odoo.config, { total, lines: all }, { caseNo, lines })
  const body = {
    id: String(first.id),
    ids: counted.map(({ id }) => String(id)),
    name: counted.flatMap(({ name }) => name ?? []).join(', ') || null,
    status: statusOf(notes),
    paymentState: first.payment_state,
    caseNo,
    creditId: creditIdOf(first),
    orderName: first.invoice_origin,
    partnerId: idText(first.partner_id),
    commercialPartnerId: idText(first.commercial_partner_id),
    companyId: idText(first.company_id),
    invoiceDate: first.invoice_date,
    reverses: counted.flatMap(({ reversed_entry_id: of }) => (of === null ? [] : [String(of.id)])),
    reversedBy: counted.flatMap(reversals).map(({ id }) => String(id)),
    currency,
    total,
    residual: sumOf(counted.map(({ amount_residual: open }) => open)).toFixed(),
    ...parts,
    // Set off against invoices of the customer: no money moved.
    applied: counted.flatMap(appliedOf),
  }
  return [messageOf('credit-note', `account.move:${first.id}`, body)]
}

function appliedOf(entry: Entry) {
  return settlementsOf(entry)
    .filter(({ account_payment_id: payment }) => payment === null)
    .map(({ move_id: move, amount }) => ({
      refundId: `applied-${entry.id}-${move ?? 0}`,
      invoice: idText(move),
      amount,
    }))
}

/** What an entry was balanced with, but for its own reversal and differences of exchange. */
export function settlementsOf(entry: Entry): readonly Settlement[] {
  const own = new Set(reversalsOf(entry).map(({ id }) => id))
  return entry.invoice_payments_widget.content.filter(
    ({ move_id: move, is_exchange: isExchange }) => !isExchange && !own.has(move ?? 0),
  )
}

function supplierMessages(entry: Entry): PolledMessage[] {
  const body = {
    id: String(entry.id),
    name: entry.name,
    status: statusOf([entry]),
    caseNo: caseNoOf(entry),
    claimId: claimIdOf(entry),
    partnerId: idText(entry.partner_id),
    companyId: idText(entry.company_id),
    invoiceDate: entry.invoice_date,
    currency: entry.currency_id?.name ?? null,
    total: entry.amount_total,
    residual: entry.amount_residual,
  }
  return [messageOf('supplier-refund', `account.move:${entry.id}`, body)]
}

/** The vendor's own number may stand where ours did; the other text keeps it. */
function claimIdOf({ id, ref, invoice_origin: origin }: Entry): string {
  return firstReference([ref, origin])?.step ?? `supplier-refund-${id}`
}

export function idText(id: number | null): string | null {
  return id === null ? null : String(id)
}
