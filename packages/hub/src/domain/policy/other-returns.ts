import type { ProductRef } from '@backhaul/sdk/canonical'
import type { CaseState, LineState } from '../case-state.ts'
import { compare, larger, less, plus } from '../ledger/decimal.ts'
import { arrived, isAuthorized, isGivenUp, waitsForDecision } from '../ledger/lines.ts'
import type { CaseFacts } from './facts.ts'

/** A return as a rule set looks at it: this one, or another that shares an order or a serial number with it. */
export interface KnownReturn {
  readonly caseId: string
  readonly caseNo: string
  /** Grows from one return to the next. */
  readonly caseSeq: number
  readonly state: CaseState
  readonly facts: CaseFacts
  /** What a rule set has authorized of lines by number, which the state may not know yet. */
  readonly decided: ReadonlyMap<number, string>
}

/** How much of a line's order line other returns have. */
export interface Claimed {
  readonly claimed: string
  readonly returned: string
}

/** Units of the same order line in other returns: those that are authorized, and those that are back. */
export function claimedBy(
  own: KnownReturn,
  line: LineState,
  others: readonly KnownReturn[],
): Claimed {
  let claimed = '0'
  let returned = '0'
  for (const other of others) {
    for (const theirs of sameLines(own, line, other)) {
      const back = backOf(theirs)
      claimed = plus(claimed, larger(back, authorizedOf(other, theirs)))
      returned = plus(returned, back)
    }
  }
  return { claimed, returned }
}

/**
 * Units of the same order line on other lines of the same return: those that are authorized, and those that an
 * earlier line asks for.
 */
export function claimedBeside(own: KnownReturn, line: LineState): string {
  return sameLines(own, line, own)
    .filter(({ lineNo }) => lineNo !== line.lineNo)
    .reduce((total, beside) => plus(total, askedBeside(own, line, beside)), '0')
}

function askedBeside(own: KnownReturn, line: LineState, beside: LineState): string {
  if (!waitsForDecision(beside)) return larger(backOf(beside), authorizedOf(own, beside))
  return beside.lineNo < line.lineNo ? beside.quantities.requested : '0'
}

function backOf(line: LineState): string {
  return less(arrived(line), line.quantities.sentBack)
}

/** What has run out, or will not come any more, holds nothing. */
function authorizedOf({ decided }: KnownReturn, line: LineState): string {
  if (isGivenUp(line)) return '0'
  const { authorized, short } = line.quantities
  return isAuthorized(line) ? less(authorized, short) : (decided.get(line.lineNo) ?? '0')
}

/** Earlier requests for the same quantity of the same order line, that were not turned down. */
export function duplicatesOf(
  own: KnownReturn,
  line: LineState,
  others: readonly KnownReturn[],
): { readonly other: KnownReturn; readonly quantity: string }[] {
  return others
    .filter(({ caseSeq }) => caseSeq < own.caseSeq)
    .flatMap((other) =>
      sameLines(own, line, other)
        .filter((theirs) => !isGivenUp(theirs) && isSameQuantity(theirs, line))
        .map(({ quantities }) => ({ other, quantity: quantities.requested })),
    )
}

function isSameQuantity(a: LineState, b: LineState): boolean {
  return compare(a.quantities.requested, b.quantities.requested) === 0
}

/**
 * Serial numbers of a line that stand in another return as well: of the same order for ever, since a piece comes
 * back once; of another order while that return is open, since a piece can be sold again.
 */
export function serialsElsewhere(
  own: KnownReturn,
  line: LineState,
  others: readonly KnownReturn[],
): string[] {
  const mine = new Set(serialsOf(own, line))
  if (mine.size === 0) return []
  const found = others.flatMap((other) =>
    other.state.lines
      .filter((theirs) => isHeld(own, other, theirs) && !areOtherProducts(line, theirs))
      .flatMap((theirs) => serialsOf(other, theirs).filter((serial) => mine.has(serial))),
  )
  return [...new Set(found)]
}

function isHeld(own: KnownReturn, other: KnownReturn, theirs: LineState): boolean {
  if (compare(backOf(theirs), '0') <= 0) {
    if (isGivenUp(theirs)) return false
    // Of two that ask for the same piece, the first may have it.
    if (!isAuthorized(theirs) && other.caseSeq > own.caseSeq)
      return other.decided.has(theirs.lineNo)
  }
  return other.state.closedAt === null || sharesOrder(own.state, other.state)
}

/** The serial numbers that were announced for a line, and those that came in with it. */
export function serialsOf({ state }: Pick<KnownReturn, 'state'>, line: LineState): string[] {
  const received = state.receipts.flatMap(({ isReversed, lines }) =>
    isReversed ? [] : lines.filter(({ lineNo }) => lineNo === line.lineNo),
  )
  return [...line.expectedSerials, ...received.flatMap(({ serials }) => serials ?? [])]
}

/** The lines of another return that are about the same order line. */
function sameLines(own: KnownReturn, line: LineState, other: KnownReturn): LineState[] {
  if (!sharesOrder(own.state, other.state)) return []
  return other.state.lines.filter((theirs) => isSameOrderLine(own, line, { other, theirs }))
}

function sharesOrder(a: CaseState, b: CaseState): boolean {
  return a.header.orderRefs.some((ref) => b.header.orderRefs.includes(ref))
}

/** By the invoice line or the order line where both are known, and else by the product. */
function isSameOrderLine(
  own: KnownReturn,
  line: LineState,
  { other, theirs }: { readonly other: KnownReturn; readonly theirs: LineState },
): boolean {
  if (line.invoiced && theirs.invoiced) {
    return line.invoiced.invoiceLine === theirs.invoiced.invoiceLine
  }
  const mine = orderLineOf(own.facts, line.lineNo)
  const its = orderLineOf(other.facts, theirs.lineNo)
  if (mine !== null && its !== null) return mine === its
  return isSameProduct(line.product, theirs.product) === true
}

export function orderLineOf({ recorded, requested }: CaseFacts, lineNo: number): string | null {
  return recorded.get(lineNo)?.orderLine ?? requested.get(lineNo)?.origin?.orderLine ?? null
}

const identifiers = ['erpId', 'sku', 'gtin', 'channelSku', 'customerPartNo'] as const

/** Null where they are named in different ways. */
function isSameProduct(a: ProductRef | null, b: ProductRef | null): boolean | null {
  for (const name of identifiers) {
    const [one, two] = [a?.[name], b?.[name]]
    if (one !== undefined && two !== undefined) return one === two
  }
  return null
}

function areOtherProducts(a: LineState, b: LineState): boolean {
  return isSameProduct(a.product, b.product) === false
}
