import { type Credit, currencyExponent } from '@backhaul/sdk/canonical'
import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
} from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { getOrCreate } from '../client/get-or-create.ts'
import { Odoo } from '../client/odoo.ts'
import type { Config } from '../config.ts'
import { knownEvent } from '../known-event.ts'
import { companyIdOf } from '../places.ts'
import { creditReference } from '../references.ts'
import { asRefusal } from '../refused-by-odoo.ts'
import {
  type CreditNotePlan,
  creditNoteDocument,
  expectedAmounts,
  type Writing,
} from './credit-note-document.ts'
import { balanceNotes, type Expected } from './credit-notes.ts'
import { type CreditPart, cutParts } from './credit-parts.ts'
import { findInvoiceLines, findLastInvoiceLine } from './find-invoice-lines.ts'
import { accountsOfProducts } from './income-accounts.ts'
import { type InvoiceLine, otherReversals, precisionOf, readInvoiceLines } from './invoice-lines.ts'

type Draft = Delivery<Config, 'credit.draft'>

/**
 * `credit.draft`: drafts of credit notes, cut from the posted invoice lines that the goods were charged on. One for each
 * invoice, since a credit note reverses one. Their sums are the hub's to the cent, or the command fails.
 *
 * Safe to repeat: each draft is named by the credit, and is found instead of made; what became of it stays.
 *
 * @throws {TerminalError} NOT_INVOICED (FN08), CREDIT_TOTAL_MISMATCH (FN01), CREDIT_ABOVE_CHARGED (FN04),
 *   CREDITED_BEFORE (FN03), CURRENCY_MISMATCH (FN01), INVOICE_LINE_AMBIGUOUS, CREDIT_NOTE_CANCELED (FN07).
 */
export const draftCredit: DeliveryDefinition<Config, 'credit.draft'> = {
  deliver: (delivery) =>
    asRefusal({ what: 'the draft of the credit note', exception: 'FN07' }, () => draft(delivery)),
  idempotency: { kind: 'upsert' },
}

async function draft(delivery: Draft): Promise<Delivered> {
  const { config, command } = delivery
  const { credit, about } = command.body
  refuseBrokenSum(credit)
  const odoo = await Odoo.open(delivery, companyIdOf(config, about?.company))
  const plans = planNotes(delivery, await gather(odoo, delivery))
  const [precision, accountsOf] = await Promise.all([
    precisionOf(odoo),
    accountsOfProducts(odoo, credit),
  ])
  const writing: Writing = {
    config,
    caseNo: command.caseNo,
    creditId: credit.creditId,
    decimals: currencyExponent(credit.total.currency),
    precision,
    date: delivery.now.toISOString().slice(0, 10),
    accountsOf,
    isOneOfSeveral: plans.length > 1,
  }
  const expected = new Map<number, Expected>()
  for (const plan of plans) {
    const id = await getOrCreate(odoo, 'account.move', creditNoteDocument(plan, writing))
    expected.set(id, { ...expectedAmounts(plan), tolerance: toleranceOf(plan, writing) })
  }
  await balanceNotes(odoo, expected)
  const noteIds = [...expected.keys()].map(String)
  return {
    externalId: noteIds[0],
    refs: noteIds.map((value) => ({ type: 'credit_note', value })),
    events: [knownEvent(delivery, 'credit.drafted', { credit })],
  }
}

/** A smallest amount for each line that has a tax of its own. */
function toleranceOf({ parts, fees }: CreditNotePlan, { decimals }: Writing): Big {
  return new Big(10).pow(-decimals).times(parts.length + fees.length)
}

function sum(amounts: readonly { readonly amount: string }[]): Big {
  return amounts.reduce((all, { amount }) => all.plus(amount), new Big(0))
}

function refuseBrokenSum(credit: Credit): void {
  const total = sum(credit.lines.flatMap(({ net, tax }) => [net, tax]))
    .minus(sum(credit.fees.flatMap(({ net, tax }) => [net, tax])))
    .plus(credit.goodwill?.amount ?? 0)
  if (total.eq(credit.total.amount)) return
  const reason = `The parts of the credit come to ${total.toFixed()}, and its total is ${credit.total.amount} ${credit.total.currency}.`
  throw new TerminalError({ code: 'CREDIT_TOTAL_MISMATCH', exception: 'FN01', reason })
}

interface Gathered {
  /** Ids of invoice lines, by line of the return. */
  readonly idsOf: ReadonlyMap<number, readonly number[]>
  readonly lines: ReadonlyMap<number, InvoiceLine>
  /** What stands for goodwill alone. */
  readonly last: number | null
}

async function gather(odoo: Odoo, { command }: Draft): Promise<Gathered> {
  const { credit, lines: goods = [], about } = command.body
  const orderRefs = about?.orderRefs ?? []
  const idsOf = new Map<number, readonly number[]>()
  for (const { lineNo } of credit.lines) {
    const one = goods.find((line) => line.lineNo === lineNo)
    idsOf.set(lineNo, one ? await findInvoiceLines(odoo, one, orderRefs) : [])
  }
  const last = credit.lines.length === 0 ? await findLastInvoiceLine(odoo, orderRefs) : null
  const wanted = new Set([...idsOf.values()].flat())
  if (last !== null) wanted.add(last)
  const read = await readInvoiceLines(odoo, [...wanted])
  return { idsOf, lines: new Map(read.map((line) => [line.id, line])), last }
}

function planNotes(delivery: Draft, { idsOf, lines, last }: Gathered): readonly CreditNotePlan[] {
  const { command } = delivery
  const { credit, lines: goods = [] } = command.body
  const ownReference = creditReference(command.caseNo, credit.creditId)
  const decimals = currencyExponent(credit.total.currency)
  const parts = credit.lines.flatMap((credited) => {
    const invoiceLines = invoicedOf(idsOf.get(credited.lineNo) ?? [], lines)
    if (invoiceLines.length === 0) throw notInvoiced(`line ${credited.lineNo} of the return`)
    const one = goods.find(({ lineNo }) => lineNo === credited.lineNo)
    return cutParts({ credited, goods: one, invoiceLines, ownReference, decimals })
  })
  const model = last === null ? undefined : lines.get(last)
  if (parts.length === 0 && model === undefined) throw notInvoiced('the order')
  const plans = byInvoice(parts, model)
  for (const plan of plans) refuseForeign(plan, credit)
  const full = withDeductions(plans, credit)
  for (const plan of full) refuseRepeated(plan, { ownReference, decimals })
  return full
}

function invoicedOf(ids: readonly number[], lines: ReadonlyMap<number, InvoiceLine>) {
  return ids.flatMap((id): InvoiceLine[] => {
    const line = lines.get(id)
    const isPosted = line?.move_id?.state === 'posted' && line.move_id.move_type === 'out_invoice'
    return line && isPosted ? [line] : []
  })
}

function notInvoiced(what: string): TerminalError {
  const reason = `There is no posted invoice for ${what}: what was not invoiced is not credited. Its delivered quantity is lower by the return, so it will not be invoiced either.`
  return new TerminalError({ code: 'NOT_INVOICED', exception: 'FN08', reason })
}

function byInvoice(
  parts: readonly CreditPart[],
  model: InvoiceLine | undefined,
): readonly CreditNotePlan[] {
  const plans = new Map<number, CreditNotePlan & { parts: CreditPart[] }>()
  for (const part of parts) {
    const { line } = part
    if (line.move_id === null) continue
    const known = plans.get(line.move_id.id)
    if (known) known.parts.push(part)
    else plans.set(line.move_id.id, planOf(line, line.move_id, [part]))
  }
  if (plans.size === 0 && model?.move_id) return [planOf(model, model.move_id, [])]
  return [...plans.values()].toSorted((a, b) => a.invoice.id - b.invoice.id)
}

function planOf(model: InvoiceLine, invoice: CreditNotePlan['invoice'], parts: CreditPart[]) {
  return { invoice, model, parts, fees: [], goodwill: new Big(0) }
}

function refuseForeign({ invoice }: CreditNotePlan, { total }: Credit): void {
  const currency = invoice.currency_id?.name
  if (currency === total.currency) return
  const reason = `The invoice ${invoice.name ?? ''} is in ${currency ?? 'no currency'}, and the credit in ${total.currency}.`
  throw new TerminalError({ code: 'CURRENCY_MISMATCH', exception: 'FN01', reason })
}

/** Fees and goodwill go onto the note that is worth most. */
function withDeductions(plans: readonly CreditNotePlan[], credit: Credit): CreditNotePlan[] {
  const [most] = plans.toSorted((a, b) => expectedAmounts(b).total.cmp(expectedAmounts(a).total))
  const fees = credit.fees.map((fee, index) => ({ fee, no: index + 1 }))
  const goodwill = new Big(credit.goodwill?.amount ?? 0)
  const full = plans.map((plan) => (plan === most ? { ...plan, fees, goodwill } : plan))
  if (full.some((plan) => expectedAmounts(plan).total.lt(0))) {
    const reason =
      'The fees are above what any one invoice is credited with; credit it in two steps.'
    throw new TerminalError({ code: 'FEES_ABOVE_CREDIT', exception: 'FN04', reason })
  }
  return full
}

/** Odoo lets an invoice be credited twice over. Goodwill is above it on purpose, and taxes are rounded in each note. */
function refuseRepeated(
  plan: CreditNotePlan,
  { ownReference, decimals }: { readonly ownReference: string; readonly decimals: number },
): void {
  const others = otherReversals(plan.invoice, ownReference)
  const before = others.reduce((all, { amount_total }) => all.plus(amount_total), new Big(0))
  const total = expectedAmounts(plan).total.minus(plan.goodwill)
  const roundings = new Big(10).pow(-decimals).times(others.length + plan.parts.length)
  if (before.plus(total).lte(roundings.plus(plan.invoice.amount_total))) return
  const { name, amount_total } = plan.invoice
  const reason = `The invoice ${name ?? ''} comes to ${amount_total}; credit notes over ${before.toFixed()} exist already, and ${total.toFixed()} more would be above it.`
  throw new TerminalError({ code: 'CREDITED_BEFORE', exception: 'FN03', reason })
}
