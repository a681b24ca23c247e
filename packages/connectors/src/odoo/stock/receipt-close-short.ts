import type { Delivered, Delivery, DeliveryDefinition } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import { endExpecting, isCounted, isOfLines } from './close.ts'
import type { Move } from './moves.ts'
import { deliveredTransfers, openFor, returnMoves } from './opening.ts'
import { refusal } from './refusals.ts'

/**
 * What is still open of lines will not come any more. What people have counted and not validated is taken in
 * where nothing else is expected with it.
 *
 * Safe to repeat: what expects nothing is left alone. Two calls and one to read back.
 *
 * @throws {TerminalError} TRANSFER_NOT_FINISHED when Odoo waits for a person's answer.
 */
export const closeReceiptShort: DeliveryDefinition<Config, 'receipt.close_short'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

async function deliver(delivery: Delivery<Config, 'receipt.close_short'>): Promise<Delivered> {
  const { body } = delivery.command
  const opened = await openFor(delivery, body)
  const moves = await returnMoves(opened, body.target)
  const open = moves.filter((move) => move.state === 'open' && isOfLines(move, body.lineNos))
  if (open.length === 0) return {}
  const ids = [...new Set(open.map(({ transferId }) => transferId ?? 0))]
  const complete = await endExpecting(opened, moves, body.lineNos)
  if (complete.length > 0) {
    const context = { skip_backorder: true, skip_sms: true, picking_ids_not_to_backorder: complete }
    await opened.odoo.act('stock.picking', 'button_validate', { ids: complete, context })
  }
  const after = await returnMoves(opened, body.target)
  const left = after.filter((move) => isLeft(move) && isOfLines(move, body.lineNos))
  if (left.length > 0) {
    const reason = `${left[0]?.transferName} still expects goods that will not come`
    throw refusal('notFinished', reason)
  }
  return deliveredTransfers(ids)
}

/** More than what people have counted, which only waits to be validated. */
function isLeft(move: Move): boolean {
  return move.state === 'open' && move.demand.gt(isCounted(move) ? move.quantity : 0)
}
