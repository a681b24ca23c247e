import type { Big } from 'big.js'
import { atLeastZero, type Move, smaller, sum } from './moves.ts'

/** A delivery that goods can come back from. */
export interface Source {
  readonly move: Move
  /** Delivered by it, and neither back nor announced yet. */
  readonly left: Big
}

export interface Share {
  readonly move: Move
  readonly quantity: Big
}

/**
 * What can still come back of each delivery of an order line, newest first.
 *
 * @param moves - all moves of the line, and those that bring some of it back.
 * @param isReplanned - moves whose demand is about to be decided, so that it does not count.
 */
export function sourcesOf(
  moves: readonly Move[],
  isReplanned: (move: Move) => boolean = () => false,
): Source[] {
  const deliveries = moves.filter(({ state, isToCustomer }) => state === 'done' && isToCustomer)
  const back = moves.filter(
    (move) =>
      move.isFromCustomer && !move.isToCustomer && move.state !== 'canceled' && !isReplanned(move),
  )
  const known = new Set(deliveries.map(({ id }) => id))
  // People also bring goods back without naming the delivery: then it was the oldest.
  let unnamed = sum(back.filter((move) => !known.has(move.returnOf ?? 0)).map(takenBy))
  const oldestFirst = deliveries.map((move) => {
    const named = sum(back.filter(({ returnOf }) => returnOf === move.id).map(takenBy))
    const left = atLeastZero(move.quantity.minus(named))
    const taken = smaller(left, unnamed)
    unnamed = unnamed.minus(taken)
    return { move, left: left.minus(taken) }
  })
  return oldestFirst.toSorted((a, b) => newestFirst(a.move, b.move))
}

function takenBy(move: Move): Big {
  return move.state === 'done' ? move.quantity : move.demand
}

function newestFirst(a: Move, b: Move): number {
  return (b.at ?? '').localeCompare(a.at ?? '') || b.id - a.id
}

/**
 * Shares a quantity out over deliveries in their order, each up to what is left of it.
 *
 * @returns the shares, and what found no place.
 */
export function shareOut(
  quantity: Big,
  sources: readonly Source[],
): { readonly shares: readonly Share[]; readonly rest: Big } {
  let rest = quantity
  const shares = sources.map(({ move, left }) => {
    const taken = smaller(rest, left)
    rest = rest.minus(taken)
    return { move, quantity: taken }
  })
  return { shares: shares.filter((share) => share.quantity.gt(0)), rest }
}
