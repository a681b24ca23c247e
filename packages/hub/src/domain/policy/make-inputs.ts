import type { ProductRef } from '@backhaul/sdk/canonical'
import type { CaseState, LineState } from '../case-state.ts'
import { larger, less, plus, smaller } from '../ledger/decimal.ts'
import { proportion, sum } from '../ledger/minor.ts'
import type { HistoryInput, LineInput, OrderInput, PolicyInputs } from './inputs.ts'
import {
  claimedBeside,
  claimedBy,
  duplicatesOf,
  type KnownReturn,
  orderLineOf,
  serialsElsewhere,
  serialsOf,
} from './other-returns.ts'

/** What master data says of a product. */
interface ProductFacts {
  readonly productId: string
  readonly category: string | null
  readonly tags: readonly string[]
}

/** Looks a product up, in memory; null where it is not known. */
export type FindProduct = (product: ProductRef) => ProductFacts | null

export interface InputSource {
  readonly own: KnownReturn
  /**
   * Other returns of the same company with one of its orders or serial numbers; null where there are too many
   * to be looked at.
   */
  readonly others: readonly KnownReturn[] | null
  readonly findProduct: FindProduct
  /** ISO text. */
  readonly decidedAt: string
}

/** What the rules are asked about: these lines of a return. */
export function makeInputs(source: InputSource, lines: readonly LineState[]): PolicyInputs {
  const { own, others, decidedAt } = source
  const { header, opened, lines: all } = own.state
  const { customer } = header
  return {
    case: {
      company: header.company,
      channel: header.channel,
      kind: header.kind,
      requestedAt: opened.at,
      decidedAt,
      currency: header.currency,
      flags: header.flags,
      customer: {
        partyId: customer?.partyId ?? null,
        commercialPartyId: customer?.commercialPartyId ?? null,
      },
      orderRefs: header.orderRefs,
      totalMinor: totalOf(all),
      answers: own.facts.answers,
    },
    lines: lines.map((line) => lineInput(source, line)),
    order: orderInput(own),
    history: { duplicates: duplicates(own, lines, others ?? []) },
  }
}

function totalOf(lines: readonly LineState[]): number | null {
  let total = 0
  for (const line of lines) {
    const { valueMinor } = valueOf(line)
    if (valueMinor === null) return null
    total = sum(total, valueMinor)
  }
  return total
}

/** What the requested quantity was invoiced with. */
export function valueOf({
  invoiced,
  quantities,
}: LineState): Pick<LineInput, 'netMinor' | 'taxMinor' | 'valueMinor' | 'unitNetMinor'> {
  if (invoiced === null) {
    return { netMinor: null, taxMinor: null, valueMinor: null, unitNetMinor: null }
  }
  const whole = invoiced.quantity
  const part = smaller(quantities.requested, whole)
  const netMinor = proportion(invoiced.netMinor, { part, whole })
  const taxMinor = proportion(invoiced.taxMinor, { part, whole })
  return {
    netMinor,
    taxMinor,
    valueMinor: sum(netMinor, taxMinor),
    unitNetMinor: proportion(invoiced.netMinor, { part: '1', whole }),
  }
}

function orderInput({ state, facts }: KnownReturn): OrderInput {
  const { order } = facts
  // Who names a posted invoice line has an order to show for it.
  const isInvoiced = state.lines.some(({ invoiced }) => invoiced !== null)
  return {
    known: order !== null || isInvoiced,
    exists: order?.exists ?? (order !== null || isInvoiced ? true : null),
    belongsToCustomer: ownership(state, order?.orderedBy),
  }
}

/**
 * Null where nobody can say: channels name customers within themselves (`<channel>:<name>`), help desks by their
 * address, and neither is a name that whoever keeps the orders would use.
 */
function ownership(
  { header: { customer } }: CaseState,
  orderedBy:
    | { readonly partyId: string; readonly commercialPartyId?: string | undefined }
    | undefined,
): boolean | null {
  if (orderedBy === undefined || customer === null) return null
  const theirs = [orderedBy.partyId, orderedBy.commercialPartyId]
  const ours = [customer.partyId, customer.commercialPartyId].filter((id) => id !== undefined)
  if (ours.some((id) => theirs.includes(id))) return true
  return ours.every((id) => /[:@]/.test(id)) ? null : false
}

function lineInput({ own, others, findProduct }: InputSource, line: LineState): LineInput {
  const { facts } = own
  const { lineNo, product, invoiced, quantities } = line
  const found = product === null ? null : findProduct(product)
  const recorded = facts.recorded.get(lineNo)
  const deliveredQuantity = recorded?.delivered ?? null
  return {
    lineNo,
    status: line.axes.authorization,
    sku: product?.sku ?? null,
    productId: found?.productId ?? product?.erpId ?? null,
    category: found?.category ?? null,
    tags: found?.tags ?? null,
    quantity: quantities.requested,
    unit: line.unit,
    reason: line.reason,
    fault: line.fault,
    resolution: line.resolution,
    returnRequired: line.returnRequired,
    orderLine: orderLineOf(facts, lineNo),
    onOrder: recorded ? (recorded.onOrder ?? true) : null,
    archived: recorded?.isArchived ?? null,
    orderedQuantity: recorded?.ordered ?? null,
    delivered: wasDelivered(line.deliveredAt, deliveredQuantity),
    deliveredAt: line.deliveredAt,
    deliveredQuantity,
    invoiced: invoiced !== null,
    invoicedQuantity: invoiced?.quantity ?? null,
    ...valueOf(line),
    ...claims(own, line, others),
    serials: serialsOf(own, line),
    shippedSerials: recorded?.serials ?? null,
    serialsElsewhere: serialsElsewhere(own, line, others ?? []),
    evidenceCount: facts.requested.get(lineNo)?.evidence?.length ?? 0,
    appeals: facts.appeals(lineNo),
  }
}

function wasDelivered(deliveredAt: string | null, quantity: string | null): boolean | null {
  if (quantity !== null) return Number(quantity) > 0
  return deliveredAt === null ? null : true
}

type Claims = Pick<
  LineInput,
  'claimedQuantity' | 'openQuantity' | 'returnedQuantity' | 'returnableQuantity'
>

/**
 * Without an order there is nothing to look for in other returns. What the system of record says came back holds
 * what came back by the returns of the hub: of both, the larger counts, since either may hear of goods first.
 */
function claims(own: KnownReturn, line: LineState, others: InputSource['others']): Claims {
  if (others === null || own.state.header.orderRefs.length === 0) {
    return {
      claimedQuantity: null,
      openQuantity: null,
      returnedQuantity: null,
      returnableQuantity: null,
    }
  }
  const recorded = own.facts.recorded.get(line.lineNo)
  const sold = recorded?.delivered ?? line.invoiced?.quantity ?? null
  const { claimed, returned } = claimedBy(own, line, others)
  const back = larger(returned, recorded?.returned ?? '0')
  const beside = plus(recorded?.returning ?? '0', claimedBeside(own, line))
  const open = plus(less(claimed, returned), beside)
  const taken = plus(back, open)
  return {
    claimedQuantity: taken,
    openQuantity: open,
    returnedQuantity: back,
    returnableQuantity: sold === null ? null : larger('0', less(sold, taken)),
  }
}

function duplicates(
  own: KnownReturn,
  lines: readonly LineState[],
  others: readonly KnownReturn[],
): HistoryInput['duplicates'] {
  return lines.flatMap((line) =>
    duplicatesOf(own, line, others).map(({ other, quantity }) => ({
      lineNo: line.lineNo,
      caseNo: other.caseNo,
      requestedAt: other.state.opened.at,
      quantity,
    })),
  )
}
