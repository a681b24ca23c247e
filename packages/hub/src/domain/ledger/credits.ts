import type {
  CaseState,
  CreditLine,
  CreditState,
  InvoicedAmounts,
  LineState,
} from '../case-state.ts'
import { findLine } from '../draft.ts'
import type { Room } from '../stamped-event.ts'
import { compare, less, plus, smaller } from './decimal.ts'
import { entitled } from './lines.ts'
import { proportion, sum } from './minor.ts'

interface Taken {
  readonly quantity: string
  readonly netMinor: number
  readonly taxMinor: number
}

/**
 * The credit for `quantity` units of an invoice line, of which `taken` is credited or on its way. Net
 * and tax are cut on their own, each rounded half up to a minor unit and never above what is left; the
 * last unit takes the remainder, so that any way of crediting a line in parts adds up to its invoice.
 */
export function creditFor(
  invoiced: InvoicedAmounts,
  { taken, quantity }: { readonly taken: Taken; readonly quantity: string },
): Taken {
  const leftQuantity = less(invoiced.quantity, taken.quantity)
  const leftNet = Math.max(0, invoiced.netMinor - taken.netMinor)
  const leftTax = Math.max(0, invoiced.taxMinor - taken.taxMinor)
  if (compare(quantity, leftQuantity) >= 0) {
    return { quantity: leftQuantity, netMinor: leftNet, taxMinor: leftTax }
  }
  const share = { part: quantity, whole: invoiced.quantity }
  return {
    quantity,
    netMinor: Math.min(leftNet, proportion(invoiced.netMinor, share)),
    taxMinor: Math.min(leftTax, proportion(invoiced.taxMinor, share)),
  }
}

const dead: ReadonlySet<CreditState['status']> = new Set(['declined', 'reversed'])

/** The credit is on its way or done: its units are spoken for. */
export function isLive({ status }: CreditState): boolean {
  return !dead.has(status)
}

/** What live credits take of a line, leaving out the credit `except`. */
export function takenOf(state: CaseState, lineNo: number, except?: string): Taken {
  const isOther = (credit: CreditState) => isLive(credit) && credit.creditId !== except
  return takenBy(linesOfCredits(state, isOther).filter((line) => line.lineNo === lineNo))
}

/** What live credits, and lines that are about to be credited beside them, take of an invoice line. */
export function takenOfInvoiceLine(
  state: CaseState,
  invoiceLine: string,
  beside: readonly CreditLine[],
): Taken {
  const sharing = lineNosByInvoiceLine(state).get(invoiceLine)
  const all = [...linesOfCredits(state, isLive), ...beside]
  return takenBy(all.filter(({ lineNo }) => sharing?.has(lineNo)))
}

/** Lines of the return by the invoice line that they came of. */
function lineNosByInvoiceLine({ lines }: CaseState): ReadonlyMap<string, ReadonlySet<number>> {
  const byInvoiceLine = new Map<string, Set<number>>()
  for (const { lineNo, invoiced } of lines) {
    if (invoiced === null) continue
    const known = byInvoiceLine.get(invoiced.invoiceLine)
    if (known) known.add(lineNo)
    else byInvoiceLine.set(invoiced.invoiceLine, new Set([lineNo]))
  }
  return byInvoiceLine
}

function linesOfCredits(state: CaseState, isCounted: (credit: CreditState) => boolean) {
  return state.credits.filter(isCounted).flatMap(({ lines }) => lines)
}

function takenBy(lines: readonly CreditLine[]): Taken {
  let taken: Taken = { quantity: '0', netMinor: 0, taxMinor: 0 }
  for (const line of lines) {
    taken = {
      quantity: plus(taken.quantity, line.quantity),
      netMinor: sum(taken.netMinor, line.netMinor),
      taxMinor: sum(taken.taxMinor, line.taxMinor),
    }
  }
  return taken
}

/** What the parts of a credit add up to. */
export function totalOf({
  lines,
  fees,
  goodwillMinor,
}: Pick<CreditState, 'lines' | 'fees' | 'goodwillMinor'>): number {
  let total = goodwillMinor
  for (const { netMinor, taxMinor } of lines) total = sum(total, netMinor + taxMinor)
  for (const { netMinor, taxMinor } of fees) total -= netMinor + taxMinor
  return total
}

type Counting = ReadonlySet<CreditState['status']>

/** Credits that the customer has. */
const posted: Counting = new Set(['posted'])
/** Credits that the customer has or that only wait for being posted. */
export const firm: Counting = new Set(['posted', 'drafted'])

/** Σ of credits and of the goodwill in them: of the posted ones, unless said otherwise. */
export function postedTotals(
  state: CaseState,
  { except, counting = posted }: { readonly except?: string; readonly counting?: Counting } = {},
) {
  let totalMinor = 0
  let goodwillMinor = 0
  for (const credit of state.credits) {
    if (!counting.has(credit.status) || credit.creditId === except) continue
    totalMinor = sum(totalMinor, credit.totalMinor)
    goodwillMinor = sum(goodwillMinor, credit.goodwillMinor)
  }
  return { totalMinor, goodwillMinor }
}

/** What was invoiced over all lines, with tax; null as long as the invoice of a line is not known. */
export function invoicedTotal({ lines }: Pick<CaseState, 'lines'>): number | null {
  let total = 0
  for (const { invoiced } of lines) {
    if (invoiced === null) return null
    total = sum(total, invoiced.netMinor + invoiced.taxMinor)
  }
  return lines.length === 0 ? null : total
}

/** Lines of credits that count, other than `except`. */
function linesBeside(
  state: CaseState,
  { except, counting }: { readonly except: string; readonly counting: Counting },
) {
  return linesOfCredits(
    state,
    ({ status, creditId }) => counting.has(status) && creditId !== except,
  )
}

export interface Breach {
  /** FN03: the units or the money are credited a second time. FN04: the credit alone is above the cap. */
  readonly code: 'FN03' | 'FN04'
  readonly detail: string
}

type Capped = Pick<CreditState, 'creditId' | 'lines' | 'totalMinor' | 'goodwillMinor'>

interface Bounds {
  readonly room?: Room | undefined
  /** Which other credits count; the posted ones when left out. */
  readonly counting?: Counting
}

/** The first cap that `credit` would break beside those that count; null when it fits. */
export function breachOf(
  state: CaseState,
  credit: Capped,
  { room, counting = posted }: Bounds,
): Breach | null {
  for (const line of credit.lines) {
    const breach = lineBreach(state, { credit, line }, { room, counting })
    if (breach) return breach
  }
  return sharedBreach(state, credit, counting) ?? totalBreach(state, credit, counting)
}

/** Lines that came of one invoice line are bounded by it together. */
function sharedBreach(state: CaseState, credit: Capped, counting: Counting): Breach | null {
  for (const sharing of lineNosByInvoiceLine(state).values()) {
    if (sharing.size < 2) continue
    const isSharing = ({ lineNo }: CreditLine) => sharing.has(lineNo)
    const own = credit.lines.filter(isSharing)
    const invoiced = state.lines.find(({ lineNo }) => sharing.has(lineNo))?.invoiced
    if (own.length === 0 || !invoiced) continue
    const others = linesBeside(state, { except: credit.creditId, counting }).filter(isSharing)
    const taken = takenBy([...others, ...own])
    const isAbove =
      compare(taken.quantity, invoiced.quantity) > 0 ||
      taken.netMinor + taken.taxMinor > invoiced.netMinor + invoiced.taxMinor
    const detail = `lines ${[...sharing].join(' and ')} are credited above the invoice line that they share`
    if (isAbove) return { code: others.length > 0 ? 'FN03' : 'FN04', detail }
  }
  return null
}

function lineBreach(
  state: CaseState,
  { credit, line }: { readonly credit: Capped; readonly line: CreditLine },
  { room, counting = posted }: Bounds,
): Breach | null {
  const ours = findLine(state, line.lineNo)
  if (!ours) return { code: 'FN04', detail: `the return has no line ${line.lineNo}` }
  const before = takenBy(
    linesBeside(state, { except: credit.creditId, counting }).filter(
      ({ lineNo }) => lineNo === line.lineNo,
    ),
  )
  const limit = limitsOf(ours)
  const left = room?.lines?.[String(line.lineNo)]
  const units = plus(before.quantity, line.quantity)
  const minor = sum(sum(before.netMinor, before.taxMinor), line.netMinor + line.taxMinor)
  const where = `line ${line.lineNo}`
  if (compare(line.quantity, limit.quantity) > 0 || line.netMinor + line.taxMinor > limit.minor) {
    return { code: 'FN04', detail: `${where} is credited above what can be credited for it` }
  }
  if (compare(units, limit.quantity) > 0 || minor > limit.minor) {
    return { code: 'FN03', detail: `${where} has been credited before` }
  }
  if (left && (compare(units, left.quantity) > 0 || minor > left.minor)) {
    return { code: 'FN03', detail: `${where} has been credited in another return` }
  }
  return null
}

/** What can be credited for a line at all, over all its credits. */
export function limitsOf(line: LineState) {
  const { invoiced } = line
  return {
    quantity: invoiced ? smaller(invoiced.quantity, entitled(line)) : entitled(line),
    minor: invoiced ? invoiced.netMinor + invoiced.taxMinor : Number.MAX_SAFE_INTEGER,
  }
}

function totalBreach(state: CaseState, credit: Capped, counting: Counting): Breach | null {
  const invoiced = invoicedTotal(state)
  if (invoiced === null) return null
  const before = postedTotals(state, { except: credit.creditId, counting })
  if (credit.totalMinor > sum(invoiced, credit.goodwillMinor)) {
    return { code: 'FN04', detail: 'the credit is above the invoice' }
  }
  const cap = sum(sum(invoiced, before.goodwillMinor), credit.goodwillMinor)
  if (sum(before.totalMinor, credit.totalMinor) <= cap) return null
  return { code: 'FN03', detail: 'together with earlier credits it is above the invoice' }
}

/**
 * Units of a line that may be credited now and that no credit has spoken for. One that was declined or
 * reversed has spoken: people decided about those units, and the hub does not decide anew.
 */
export function uncredited(
  state: CaseState,
  line: LineState,
  { settleable, room }: { readonly settleable: string; readonly room: Room | undefined },
): string {
  // Units that were made good with goods are not made good with money as well.
  let limit = less(settleable, plus(line.quantities.replaced, line.quantities.repaired))
  if (line.invoiced) limit = smaller(limit, line.invoiced.quantity)
  const left = room?.lines?.[String(line.lineNo)]
  if (left) limit = smaller(limit, left.quantity)
  return less(limit, spokenFor(state, line.lineNo))
}

/** Units of a line in credits of any status. */
export function spokenFor(state: CaseState, lineNo: number): string {
  return unitsIn(state.credits, lineNo)
}

/** Units of a line in these credits. */
export function unitsIn(
  credits: readonly { readonly lines: readonly Pick<CreditLine, 'lineNo' | 'quantity'>[] }[],
  lineNo: number,
): string {
  let total = '0'
  for (const { lines } of credits) {
    for (const line of lines) if (line.lineNo === lineNo) total = plus(total, line.quantity)
  }
  return total
}
