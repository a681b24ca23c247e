import type { Delivered, Delivery, DeliveryDefinition } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import type { Move } from './moves.ts'
import { deliveredTransfers, openFor, returnMoves } from './opening.ts'
import { refusal } from './refusals.ts'

/**
 * Where Odoo is the warehouse, the transfer that `return.record` made is what expects the goods. This only looks
 * whether it does: one call.
 *
 * @returns the ref `return_transfer`.
 * @throws {TerminalError} RETURN_TRANSFER_MISSING, RETURN_TRANSFER_CANCELED or RECEIPT_ALREADY_DONE.
 */
export const expectReceipt: DeliveryDefinition<Config, 'receipt.expect'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

async function deliver(delivery: Delivery<Config, 'receipt.expect'>): Promise<Delivered> {
  const { body } = delivery.command
  const opened = await openFor(delivery, body)
  const moves = await returnMoves(opened, body.target)
  const asked = new Set(body.lines.map(({ lineNo }) => lineNo))
  const isAsked = ({ lineNo }: Move) => asked.size === 0 || (lineNo !== null && asked.has(lineNo))
  const ofLines = moves.filter(isAsked)
  const open = ofLines.filter(({ state, isDraft }) => state === 'open' && !isDraft)
  if (open.length > 0) return deliveredTransfers(open.map(({ transferId }) => transferId))
  if (ofLines.some(({ state }) => state === 'done')) {
    throw refusal('alreadyDone', 'the goods have been received in Odoo already')
  }
  if (ofLines.some(({ state }) => state === 'canceled')) {
    throw refusal('transferCanceled', 'the return transfer has been canceled in Odoo')
  }
  throw refusal('transferMissing', 'Odoo has no confirmed return transfer for these lines')
}
