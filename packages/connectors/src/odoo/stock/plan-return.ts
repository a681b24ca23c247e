import { Big } from 'big.js'
import type { KitRatios } from './kits.ts'
import type { GoodsLine } from './lines.ts'
import { atLeastZero, type Move, smaller, sum } from './moves.ts'
import { refusal } from './refusals.ts'
import { type Share, type Source, shareOut, sourcesOf } from './split.ts'

interface DemandChange {
  readonly move: Move
  readonly demand: Big
}

/** A move that is still to be made; without a delivery nothing is known of an order. */
export interface NewMove {
  readonly lineNo: number
  readonly productId: number
  readonly quantity: Big
  readonly delivery: Move | null
}

export interface ReturnPlan {
  readonly changes: readonly DemandChange[]
  readonly additions: readonly NewMove[]
}

export interface ReturnFacts {
  /** Moves of the lines of the order, and those of the return. */
  readonly moves: readonly Move[]
  /** Those of the return that bring goods back. */
  readonly own: readonly Move[]
  readonly ratios: KitRatios
  /** Deliveries that shipped a serial number, by its name. */
  readonly shippedBy: ReadonlyMap<string, number>
}

/**
 * What has to change so that a return is expected as it was authorized. What was received stays, what is being
 * counted is not lowered, and of each delivery no more is expected than can still come back.
 *
 * @throws {TerminalError} RETURN_EXCEEDS_DELIVERED.
 */
export function planReturn(lines: readonly GoodsLine[], facts: ReturnFacts): ReturnPlan {
  // Two lines may come from one delivery: what the first takes is not there for the second.
  const taken = new Map<number, Big>()
  const plans = lines.map((line) => planLine(line, facts, taken))
  const asked = new Set(lines.map(({ lineNo }) => lineNo))
  const dropped = facts.own.filter(
    ({ state, lineNo }) => state === 'open' && lineNo !== null && !asked.has(lineNo),
  )
  return {
    changes: [...plans.flatMap(({ changes }) => changes), ...dropped.flatMap(toNothing)],
    additions: plans.flatMap(({ additions }) => additions),
  }
}

function toNothing(move: Move): DemandChange[] {
  const demand = counted(move)
  return move.demand.eq(demand) ? [] : [{ move, demand }]
}

/** What somebody has already counted, and not validated. */
function counted(move: Move): Big {
  return move.isPicked ? smaller(move.quantity, move.demand) : new Big(0)
}

function planLine(line: GoodsLine, facts: ReturnFacts, taken: Map<number, Big>): ReturnPlan {
  const own = facts.own.filter(({ lineNo }) => lineNo === line.lineNo)
  if (line.saleLineId === null) return planWithoutOrder(line, own, facts)
  const ofLine = facts.moves.filter(({ saleLineId }) => saleLineId === line.saleLineId)
  const parts = partsOf(ofLine)
  if (parts.length === 0 && line.quantity.gt(0)) throw tooMuch(line)
  const replanned = new Set(facts.own.filter(({ state }) => state === 'open').map(({ id }) => id))
  const plans = parts.map((part) => {
    const ofPart = ofLine.filter((move) => partKey(move) === part)
    const sources = sourcesOf(ofPart, ({ id }) => replanned.has(id)).map(({ move, left }) => ({
      move,
      left: atLeastZero(left.minus(taken.get(move.id) ?? 0)),
    }))
    const wanted = line.quantity.times(ratioOf(ofPart, facts))
    const ownOfPart = own.filter((move) => partKey(move) === part)
    return planPart(line, {
      wanted,
      own: ownOfPart,
      sources: bySerial(line, sources, facts),
      taken,
    })
  })
  return {
    changes: plans.flatMap(({ changes }) => changes),
    additions: plans.flatMap(({ additions }) => additions),
  }
}

/** Units of the part in one unit of what was sold. */
function ratioOf([move]: readonly Move[], { ratios }: ReturnFacts): Big {
  return ratios.get(move?.bomLineId ?? 0) ?? new Big(1)
}

/** The products that a line of an order was delivered as: one, or the components of a kit. */
function partsOf(ofLine: readonly Move[]): string[] {
  const delivered = ofLine.filter(({ isToCustomer, state }) => isToCustomer && state === 'done')
  return [...new Set(delivered.map(partKey))]
}

export function partKey({ bomLineId, productId }: Move): string {
  return `${bomLineId ?? 0} ${productId}`
}

/** Deliveries of stated serial numbers come first; their order stays otherwise. */
function bySerial(
  { serials }: GoodsLine,
  sources: readonly Source[],
  { shippedBy }: ReturnFacts,
): readonly Source[] {
  const named = serials.flatMap((serial) => shippedBy.get(serial) ?? [])
  if (named.length === 0) return sources
  const first = sources.flatMap((source) => {
    const count = named.filter((id) => id === source.move.id).length
    return count === 0 ? [] : [{ ...source, left: smaller(source.left, new Big(count)) }]
  })
  const rest = sources.map((source) => {
    const taken = first.find(({ move }) => move.id === source.move.id)
    return { ...source, left: source.left.minus(taken?.left ?? 0) }
  })
  return [...first, ...rest]
}

function planPart(
  line: GoodsLine,
  {
    wanted,
    own,
    sources,
    taken,
  }: {
    readonly wanted: Big
    readonly own: readonly Move[]
    readonly sources: readonly Source[]
    readonly taken: Map<number, Big>
  },
): ReturnPlan {
  const received = sum(own.filter(({ state }) => state === 'done').map(({ quantity }) => quantity))
  const open = own.filter(({ state }) => state === 'open')
  const due = atLeastZero(wanted.minus(received))
  const { shares, rest } = shareOut(due, inPlace(open, sources))
  const isCounting = open.some(({ isPicked }) => isPicked)
  if (rest.gt(0) && !isCounting) throw tooMuch(line)
  const perDelivery = addUp(shares)
  for (const { move, quantity } of perDelivery) {
    taken.set(move.id, quantity.plus(taken.get(move.id) ?? 0))
  }
  const isExpected = (move: Move) => open.some(({ returnOf }) => returnOf === move.id)
  return {
    changes: open.flatMap((move) => changeOf(move, perDelivery, open)),
    additions: perDelivery
      .filter(({ move }) => !isExpected(move))
      .map(({ move, quantity }) => ({
        lineNo: line.lineNo,
        productId: move.productId,
        quantity,
        delivery: move,
      })),
  }
}

/** What is already expected of a delivery stays with it as far as possible. */
function inPlace(open: readonly Move[], sources: readonly Source[]): Source[] {
  const isExpected = ({ move }: Source) => open.some(({ returnOf }) => returnOf === move.id)
  return [...sources.filter(isExpected), ...sources.filter((source) => !isExpected(source))]
}

function addUp(shares: readonly Share[]): Share[] {
  const ids = [...new Set(shares.map(({ move }) => move.id))]
  return ids.flatMap((id) => {
    const same = shares.filter(({ move }) => move.id === id)
    const [first] = same
    return first ? [{ move: first.move, quantity: sum(same.map(({ quantity }) => quantity)) }] : []
  })
}

/** A delivery may be expected by several moves after a backorder: the first takes it all. */
function changeOf(move: Move, shares: readonly Share[], open: readonly Move[]): DemandChange[] {
  const share = shares.find((one) => one.move.id === move.returnOf)
  const isFirst = open.find(({ returnOf }) => returnOf === move.returnOf)?.id === move.id
  const planned = isFirst && share !== undefined ? share.quantity : new Big(0)
  const least = counted(move)
  const demand = planned.lt(least) ? least : planned
  return move.demand.eq(demand) ? [] : [{ move, demand }]
}

function planWithoutOrder(line: GoodsLine, own: readonly Move[], facts: ReturnFacts): ReturnPlan {
  const parts = [...new Set(own.filter(({ state }) => state !== 'canceled').map(partKey))]
  if (parts.length === 0) {
    const { lineNo, productId, quantity } = line
    const isNothing = quantity.eq(0) || productId === null
    const addition = isNothing ? [] : [{ lineNo, productId, quantity, delivery: null }]
    return { changes: [], additions: addition }
  }
  const plans = parts.map((part) => {
    const ofPart = own.filter((move) => partKey(move) === part)
    return planPartWithoutOrder(line, line.quantity.times(ratioOf(ofPart, facts)), ofPart)
  })
  return {
    changes: plans.flatMap(({ changes }) => changes),
    additions: plans.flatMap(({ additions }) => additions),
  }
}

function planPartWithoutOrder(line: GoodsLine, wanted: Big, own: readonly Move[]): ReturnPlan {
  const received = sum(own.filter(({ state }) => state === 'done').map(({ quantity }) => quantity))
  const due = atLeastZero(wanted.minus(received))
  const [first, ...others] = own.filter(({ state }) => state === 'open')
  if (first === undefined) {
    const productId = own[0]?.productId ?? 0
    const addition = { lineNo: line.lineNo, productId, quantity: due, delivery: null }
    return { changes: [], additions: due.eq(0) ? [] : [addition] }
  }
  const least = counted(first)
  const demand = due.lt(least) ? least : due
  const change = first.demand.eq(demand) ? [] : [{ move: first, demand }]
  return { changes: [...change, ...others.flatMap(toNothing)], additions: [] }
}

/**
 * What came and nothing expects: of the deliveries of the order's line, where it is known, as far as they reach.
 * What is more than was delivered counts for the newest, since the hub has decided to take it.
 */
export function planUnexpected(
  line: GoodsLine,
  ofLine: readonly Move[],
  ratios: KitRatios,
): NewMove[] {
  const parts = partsOf(ofLine)
  const { lineNo } = line
  if (parts.length === 0) {
    const { productId, quantity } = line
    return productId === null ? [] : [{ lineNo, productId, quantity, delivery: null }]
  }
  return parts.flatMap((part) => {
    const ofPart = ofLine.filter((move) => partKey(move) === part)
    const sources = sourcesOf(ofPart)
    const ratio = ratios.get(ofPart[0]?.bomLineId ?? 0) ?? new Big(1)
    const { shares, rest } = shareOut(line.quantity.times(ratio), sources)
    const newest = sources[0]?.move
    const more = newest === undefined || rest.eq(0) ? [] : [{ move: newest, quantity: rest }]
    return addUp([...shares, ...more]).map(({ move, quantity }) => ({
      lineNo,
      productId: move.productId,
      quantity,
      delivery: move,
    }))
  })
}

function tooMuch({ lineNo, quantity }: GoodsLine) {
  const reason = `line ${lineNo}: ${quantity.toFixed()} would come back, but less was delivered and has not been returned or announced yet`
  return refusal('exceedsDelivered', reason)
}
