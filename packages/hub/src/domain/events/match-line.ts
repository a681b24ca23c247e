import type { EventData, ProductRef } from '@backhaul/sdk/canonical'
import type { CaseState, LineState } from '../case-state.ts'
import { findLine } from '../draft.ts'
import { compare } from '../ledger/decimal.ts'
import { arrived } from '../ledger/lines.ts'

type ReceivedLine = EventData<'goods.received'>['lines'][number]

/** A received line with the line of the case that it counts for; null when it counts for none. */
export interface Match {
  readonly received: ReceivedLine
  readonly line: LineState | null
  /** Why it counts for none. */
  readonly problem: 'unknown' | 'wrong_product' | null
}
/** The line of the case that received goods count for. */
export function matchLine(state: CaseState, received: ReceivedLine): Match {
  if (received.lineNo === undefined) return matchByProduct(state.lines, received)
  const line = findLine(state, received.lineNo)
  if (!line) return { received, line: null, problem: 'wrong_product' }
  const isWrong =
    received.product !== undefined &&
    line.product !== null &&
    sameness(received.product, line.product) === 'different'
  return isWrong
    ? { received, line: null, problem: 'wrong_product' }
    : { received, line, problem: null }
}

/** The first line with this product that still lacks goods, else the first with this product. */
function matchByProduct(lines: readonly LineState[], received: ReceivedLine): Match {
  const { product } = received
  if (product === undefined) return { received, line: null, problem: 'unknown' }
  const fitting = lines.filter(
    (line) => line.product !== null && sameness(product, line.product) === 'same',
  )
  const lacking = fitting.find((line) => compare(arrived(line), line.quantities.authorized) < 0)
  const line = lacking ?? fitting[0] ?? null
  return { received, line, problem: line === null ? 'wrong_product' : null }
}

const productIds = ['sku', 'gtin', 'erpId', 'channelSku', 'customerPartNo'] as const

/** Two namings of a product agree when any identifier does, and differ when none of those that both have does. */
function sameness(a: ProductRef, b: ProductRef): 'same' | 'different' | 'unclear' {
  let isCompared = false
  for (const id of productIds) {
    if (a[id] === undefined || b[id] === undefined) continue
    if (a[id] === b[id]) return 'same'
    isCompared = true
  }
  return isCompared ? 'different' : 'unclear'
}
