import { between, pick, type Random } from '../../bench/workload/random.ts'

/** What is sold so that it can come back: by unit, in dozens, with serial numbers, as a kit. */
export type Goods = 'plain' | 'dozen' | 'serial' | 'kit'

export interface PlannedLine {
  readonly lineNo: number
  readonly goods: Goods
  /** In the unit sold. */
  readonly sold: number
  /** Base units in one unit sold. */
  readonly ratio: number
  readonly price: number
  readonly discount: number
  /** In base units; what comes back of it, receipt by receipt. */
  readonly returned: number
  readonly receipts: readonly number[]
  readonly outcome: 'restock_a' | 'scrap' | 'quarantine'
}

export interface PlannedReturn {
  readonly ref: string
  readonly lines: readonly PlannedLine[]
  /** Given up before anything came. */
  readonly isCanceled: boolean
  readonly isInspected: boolean
}

const outcomes = ['restock_a', 'scrap', 'quarantine'] as const

/** A return of one to three lines, whole or in part, in one receipt or two, credited at receipt or after inspection. */
export function planReturn(number: number, random: Random): PlannedReturn {
  const count = pick(random, [1, 1, 1, 2, 3])
  const lines = Array.from({ length: count }, (_, index) => planLine(index + 1, random))
  return {
    ref: `storm-${number}`,
    lines,
    isCanceled: random() < 0.06,
    isInspected: random() < 0.6,
  }
}

function planLine(lineNo: number, random: Random): PlannedLine {
  const kind = pick(random, ['plain', 'plain', 'plain', 'dozen', 'serial', 'kit'] as const)
  const ratio = kind === 'dozen' ? 12 : 1
  const sold = kind === 'dozen' ? between(random, 1, 3) : between(random, 1, 6)
  const returned = between(random, 1, sold * ratio)
  const first = returned > 1 && random() < 0.3 ? between(random, 1, returned - 1) : returned
  return {
    lineNo,
    goods: kind,
    sold,
    ratio,
    price: between(random, 100, 30_000) / 100,
    discount: pick(random, [0, 0, 0, 5, 10, 33.33]),
    returned,
    receipts: first === returned ? [returned] : [first, returned - first],
    outcome: pick(random, outcomes),
  }
}
