import type { DockCondition, EventData } from '@backhaul/sdk/canonical'
import type { CaseState } from '../case-state.ts'
import type { Draft } from '../draft.ts'
import { raise } from '../exceptions/raise.ts'
import type { Match } from './match-line.ts'

const damaged: ReadonlySet<DockCondition> = new Set(['box_damaged', 'item_damaged', 'wet'])

/**
 * What the dock sees at once. One exception for each kind and receipt, however many items it has: the
 * people at the dock deal with a receipt, and a reversed receipt takes its exceptions along.
 */
export function checkDock(
  draft: Draft,
  {
    data,
    matches,
  }: { readonly data: EventData<'goods.received'>; readonly matches: readonly Match[] },
): void {
  const object = `receipt:${data.receiptId}`
  const { state, event } = draft
  const found = matches.map(({ received, line, problem }) => ({
    isUnknown:
      problem === 'unknown' || (line !== null && line.product === null && !received.product),
    isWrong: problem === 'wrong_product',
    isDamaged: damaged.has(received.condition),
    isHazardous: received.condition === 'hazardous',
    isIncomplete: received.missingParts === true,
    isLate: line !== null && isAfterExpiry(state, line.axes.authorization, event.occurredAt),
  }))
  if (found.some(({ isUnknown }) => isUnknown)) raise(draft, { code: 'RX02', object })
  if (found.some(({ isWrong }) => isWrong)) raise(draft, { code: 'RX05', object })
  if (found.some(({ isDamaged }) => isDamaged)) raise(draft, { code: 'RX07', object })
  if (found.some(({ isIncomplete }) => isIncomplete)) raise(draft, { code: 'RX08', object })
  if (found.some(({ isLate }) => isLate)) raise(draft, { code: 'RX09', object })
  if (found.some(({ isHazardous }) => isHazardous)) raise(draft, { code: 'RX11', object })
  const serial = wrongSerial(state, matches)
  if (serial !== null) raise(draft, { code: 'RX06', object, detail: serial })
}

function isAfterExpiry({ header }: CaseState, authorization: string, at: string): boolean {
  return authorization === 'expired' || (header.validUntil !== null && at > header.validUntil)
}

/** A serial that was not expected, or that has come in before; null when all is as it should be. */
function wrongSerial(state: CaseState, matches: readonly Match[]): string | null {
  const seen = new Set<string>()
  for (const { received, line } of matches) {
    for (const serial of received.serials ?? []) {
      const isExpected =
        !line || line.expectedSerials.length === 0 || line.expectedSerials.includes(serial)
      if (!isExpected) return `serial ${serial} was not expected`
      if (seen.size === 0) addReceived(state, seen)
      if (seen.has(serial)) return `serial ${serial} has come in before`
      seen.add(serial)
    }
  }
  return null
}

function addReceived({ receipts }: CaseState, seen: Set<string>): void {
  for (const { isReversed, lines } of receipts) {
    if (isReversed) continue
    for (const line of lines) for (const serial of line.serials ?? []) seen.add(serial)
  }
}
