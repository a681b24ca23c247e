import type { Fee } from '@backhaul/sdk/canonical'
import { Big } from 'big.js'
import type { KeyedDocument, KeyedRecord } from '../client/get-or-create.ts'
import type { Config } from '../config.ts'
import { creditReference, externalId } from '../references.ts'
import type { CreditPart } from './credit-parts.ts'
import { exactLine, type Precision } from './exact-line.ts'
import { type Invoice, type InvoiceLine, priceOfNet, ratioOf } from './invoice-lines.ts'

/** What becomes one credit note: the parts of a credit that one invoice has. */
export interface CreditNotePlan {
  readonly invoice: Invoice
  /** Whose account and partner stand for what has no line of its own. */
  readonly model: InvoiceLine
  readonly parts: readonly CreditPart[]
  readonly fees: readonly PlannedFee[]
  readonly goodwill: Big
}

interface PlannedFee {
  readonly fee: Fee
  /** Its place in the credit, from 1. */
  readonly no: number
}

/** Income accounts of products, where they have one of their own. */
export type AccountsOf = ReadonlyMap<number, number>

export interface Writing {
  readonly config: Config
  readonly caseNo: string
  readonly creditId: string
  readonly decimals: number
  readonly precision: Precision
  /** `YYYY-MM-DD`. */
  readonly date: string
  readonly accountsOf: AccountsOf
  /** Whether the credit is of several invoices, and each note is named by its own. */
  readonly isOneOfSeveral: boolean
}

const feeNames: Readonly<Record<Fee['kind'], string>> = {
  restocking: 'Restocking fee',
  return_label: 'Return shipping',
  damage_deduction: 'Deduction for damage',
  missing_parts: 'Deduction for missing parts',
  core_shortfall: 'Deduction for a missing core',
}

function sum(amounts: readonly Big[]): Big {
  return amounts.reduce((all, one) => all.plus(one), new Big(0))
}

/** What the note has to come to. */
export function expectedAmounts({ parts, fees, goodwill }: CreditNotePlan) {
  const untaxed = sum(parts.map(({ net }) => net))
    .minus(sum(fees.map(({ fee }) => new Big(fee.net.amount))))
    .plus(goodwill)
  const tax = sum(parts.map((part) => part.tax)).minus(
    sum(fees.map(({ fee }) => new Big(fee.tax.amount))),
  )
  return { untaxed, tax, total: untaxed.plus(tax) }
}

/**
 * The draft of a credit note: from what was charged, with the account, taxes and unit of the invoice line. Lines
 * of the order are named, so that what is credited counts as not invoiced; goodwill and fees name none.
 */
export function creditNoteDocument(plan: CreditNotePlan, writing: Writing): KeyedDocument {
  const { invoice, parts, fees, goodwill } = plan
  const { config, caseNo, creditId, date, isOneOfSeveral } = writing
  const name = isOneOfSeveral ? [invoice.id] : []
  return {
    key: externalId(config, caseNo, 'credit', creditId, ...name),
    values: {
      move_type: 'out_refund',
      'partner_id/.id': invoice.partner_id,
      ref: creditReference(caseNo, creditId),
      invoice_origin: invoice.invoice_origin,
      'reversed_entry_id/.id': invoice.id,
      'journal_id/.id': config.creditJournal ?? invoice.journal_id,
      'currency_id/.id': invoice.currency_id?.id ?? null,
      'fiscal_position_id/.id': invoice.fiscal_position_id,
      invoice_date: date,
    },
    lines: {
      field: 'invoice_line_ids',
      records: [
        ...parts.flatMap((part) => goodsLines(part, writing)),
        ...fees.map((fee) => feeLine(fee, plan, writing)),
        ...(goodwill.eq(0) ? [] : [goodwillLine(plan, writing)]),
      ],
    },
  }
}

function keyOf({ config, caseNo, creditId }: Writing, ...part: readonly string[]): string {
  return externalId(config, caseNo, 'credit', creditId, ...part)
}

function goodsLines(part: CreditPart, writing: Writing): readonly KeyedRecord[] {
  const { line, quantity, net, name } = part
  const key = keyOf(writing, name)
  const { decimals, precision } = writing
  const shared = {
    'tax_ids/.id': line.tax_ids.map(({ id }) => id),
    'account_id/.id': line.account_id,
    analytic_distribution: line.analytic_distribution
      ? JSON.stringify(line.analytic_distribution)
      : null,
  }
  if (quantity === null) {
    return [
      plainLine(key, {
        ...shared,
        ...productOf(line),
        name: line.name,
        price_unit: priceFor(line, net),
      }),
    ]
  }
  const charged = { price: line.price_unit, discount: line.discount, ratio: ratioOf(line) }
  const exact = exactLine(charged, { quantity, net: priceFor(line, net), decimals }, precision)
  const unit = exact.isInBaseUnits ? line.product_id?.uom_id?.id : line.product_uom_id?.id
  const goods: KeyedRecord = {
    key,
    values: {
      ...shared,
      ...productOf(line),
      name: line.name,
      quantity: exact.quantity,
      'product_uom_id/.id': unit ?? null,
      price_unit: exact.price,
      discount: line.discount,
      'sale_line_ids/.id': line.sale_line_ids,
    },
  }
  if (new Big(exact.rest).eq(0)) return [goods]
  const rounding = { ...shared, name: 'Rounding', price_unit: exact.rest }
  return [goods, plainLine(keyOf(writing, name, 'rounding'), rounding)]
}

function feeLine({ fee, no }: PlannedFee, plan: CreditNotePlan, writing: Writing): KeyedRecord {
  const { feeProducts } = writing.config
  const productId = feeProducts[fee.kind] ?? feeProducts['*'] ?? null
  const isTaxed = !new Big(fee.tax.amount).eq(0)
  const like = taxedLike(fee, plan)
  const price = new Big(fee.net.amount).neg()
  return plainLine(keyOf(writing, `fee${no}`), {
    'product_id/.id': productId,
    name: feeNames[fee.kind],
    price_unit: isTaxed ? priceFor(like, price) : price.toFixed(),
    // Said in so many words: without, the product's own taxes would be taken.
    'tax_ids/.id': isTaxed ? like.tax_ids.map(({ id }) => id) : [],
    'account_id/.id': accountOf(productId, plan, writing),
  })
}

function goodwillLine(plan: CreditNotePlan, writing: Writing): KeyedRecord {
  const productId = writing.config.feeProducts['goodwill'] ?? null
  return plainLine(keyOf(writing, 'goodwill'), {
    'product_id/.id': productId,
    name: 'Goodwill',
    price_unit: plan.goodwill.toFixed(),
    'tax_ids/.id': [],
    'account_id/.id': accountOf(productId, plan, writing),
  })
}

function accountOf(
  productId: number | null,
  { model }: CreditNotePlan,
  { accountsOf }: Writing,
): number | null {
  return (productId === null ? undefined : accountsOf.get(productId)) ?? model.account_id
}

/** The credited line whose tax is most like the fee's. */
function taxedLike(fee: Fee, { parts, model }: CreditNotePlan): InvoiceLine {
  const wanted = shareOfTax(new Big(fee.net.amount), new Big(fee.tax.amount))
  const taxed = parts.filter(({ line }) => line.tax_ids.length > 0)
  const [nearest] = taxed.toSorted((a, b) => distance(a, wanted).cmp(distance(b, wanted)))
  return nearest?.line ?? model
}

function distance({ net, tax }: CreditPart, wanted: Big): Big {
  return shareOfTax(net, tax).minus(wanted).abs()
}

function shareOfTax(net: Big, tax: Big): Big {
  return net.eq(0) ? new Big(0) : tax.div(net)
}

function productOf({ product_id }: InvoiceLine) {
  return { 'product_id/.id': product_id?.id ?? null }
}

/** One unit at a sum. */
function plainLine(key: string, values: KeyedRecord['values']): KeyedRecord {
  return { key, values: { quantity: '1', discount: '0', ...values } }
}

/** The price of a net sum: with the taxes that prices of this line have in them. */
function priceFor(line: InvoiceLine, net: Big): string {
  return net.times(priceOfNet(line)).toFixed()
}
