import type { Delivered, Delivery, DeliveryDefinition } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import { endExpecting, isCounted, isOfLines } from './close.ts'
import type { Move } from './moves.ts'
import { deliveredTransfers, openFor, returnMoves } from './opening.ts'
import { refusal } from './refusals.ts'

/**
 * Takes back the announcement of a return, or of some of its lines.
 *
 * Safe to repeat: what is canceled stays so. Two calls for a whole return.
 *
 * @throws {TerminalError} RECEIPT_ALREADY_DONE when goods of it have been taken in, RECEIPT_UNDER_WAY when they
 * are being counted: what is here cannot be called off.
 */
export const cancelReturn: DeliveryDefinition<Config, 'return.cancel'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

async function deliver(delivery: Delivery<Config, 'return.cancel'>): Promise<Delivered> {
  const { body } = delivery.command
  const opened = await openFor(delivery, body)
  const moves = await returnMoves(opened, body.target)
  const meant = moves.filter((move) => isOfLines(move, body.lineNos))
  checkNotHere(meant)
  const open = meant.filter(isExpected)
  if (open.length === 0) return deliveredTransfers(meant.map(({ transferId }) => transferId))
  await endExpecting(opened, moves, body.lineNos)
  const after = await returnMoves(opened, body.target)
  if (after.some((move) => isOfLines(move, body.lineNos) && isExpected(move))) {
    throw refusal('notFinished', 'Odoo has not canceled the return transfer')
  }
  return deliveredTransfers(meant.map(({ transferId }) => transferId))
}

function isExpected({ state, demand }: Move): boolean {
  return state === 'open' && demand.gt(0)
}

function checkNotHere(moves: readonly Move[]): void {
  const done = moves.find(({ state }) => state === 'done')
  if (done) {
    const reason = `goods of the return have been received with ${done.transferName} already; send them back instead`
    throw refusal('alreadyDone', reason)
  }
  const counting = moves.find((move) => move.state === 'open' && isCounted(move))
  if (counting) {
    throw refusal('underWay', `goods of the return are being counted in ${counting.transferName}`)
  }
}
