import type { Move } from './moves.ts'
import type { Opened } from './opening.ts'

/**
 * Ends what lines of a return still expect. A single move cannot be canceled through Odoo's interface: without
 * demand Odoo cancels it when its transfer is validated. A transfer that expects nothing else is canceled.
 *
 * @param lineNos - empty: all lines.
 * @returns transfers that are complete by what people have counted, and not validated yet.
 */
export async function endExpecting(
  { odoo }: Opened,
  moves: readonly Move[],
  lineNos: readonly number[],
): Promise<number[]> {
  const ids = [...new Set(moves.map(({ transferId }) => transferId ?? 0))]
  const complete: number[] = []
  for (const id of ids) {
    const open = moves.filter(({ state, transferId }) => state === 'open' && transferId === id)
    const ended = open.filter((move) => isOfLines(move, lineNos))
    if (ended.length === 0) continue
    const isAll = open.every((move) => ended.includes(move) || move.demand.eq(0))
    const isCounting = open.some(isCounted)
    if (isAll && !isCounting) {
      await odoo.act('stock.picking', 'action_cancel', { ids: [id] })
      continue
    }
    const lowered = ended.filter((move) => !move.demand.eq(isCounted(move) ? move.quantity : 0))
    if (lowered.length > 0) {
      const commands = lowered.map((move) => [1, move.id, { product_uom_qty: demandLeft(move) }])
      const vals = { move_ids: commands }
      await odoo.act('stock.picking', 'write', { ids: [id], named: { vals } })
    }
    if (isAll) complete.push(id)
  }
  return complete
}

export function isOfLines({ lineNo }: Move, lineNos: readonly number[]): boolean {
  return lineNos.length === 0 || (lineNo !== null && lineNos.includes(lineNo))
}

/** Somebody has said that some of it is here. */
export function isCounted({ isPicked, quantity }: Move): boolean {
  return isPicked && quantity.gt(0)
}

function demandLeft(move: Move): number {
  return isCounted(move) ? move.quantity.div(move.factor).round(6).toNumber() : 0
}
