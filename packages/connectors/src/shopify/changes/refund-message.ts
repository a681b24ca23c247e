import type { PolledMessage } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { caseNoOf, numberOf } from '../ids.ts'
import { stateOf } from '../refunds/payments.ts'
import type { ShopRefund } from './read-refund.ts'
import { messageIdOf } from './return-message.ts'

/** A refund as the mapping document `refund` reads it. */
export function refundMessage(found: ShopRefund): PolledMessage {
  const { id, createdAt, note, order, transactions, refundLineItems } = found
  const moves = transactions.nodes.filter(({ kind }) => kind === 'REFUND')
  const caseNo = caseNoOf(note)
  const body = {
    id,
    number: numberOf(id),
    at: createdAt ?? moves[0]?.processedAt ?? null,
    note: note ?? null,
    caseNo,
    /** Of a refund that the hub has ordered: its own name for it. */
    refundId: caseNo === null ? null : (note?.trim().split(/\s+/)[1] ?? null),
    returnId: found.return?.id ?? null,
    order: {
      id: order.id,
      number: numberOf(order.id),
      name: order.name,
      customer: order.customer == null ? null : numberOf(order.customer.id),
    },
    currency: order.presentmentCurrencyCode,
    amount: amountOf(found, moves),
    /** Without money: goods that were written back, and nothing was owed. */
    state: moves.length === 0 ? 'none' : stateOf(moves),
    gateways: [...new Set(moves.map(({ gateway }) => gateway ?? ''))].toSorted(),
    errorCode: moves.find(({ errorCode }) => errorCode != null)?.errorCode ?? null,
    lines: refundLineItems.nodes
      // What was never sent is canceled, and does not come back.
      .filter(({ restockType }) => restockType !== 'CANCEL')
      .map(({ quantity, lineItem }) => ({
        lineItem: numberOf(lineItem.id),
        sku: lineItem.sku ?? null,
        name: lineItem.name,
        quantity,
      })),
  }
  return { topic: 'refund', messageId: messageIdOf(`refund:${body.number}`, body), body }
}

/** Also of money that is not out yet, which the refund's own total leaves out. */
function amountOf(
  { totalRefundedSet }: ShopRefund,
  moves: ShopRefund['transactions']['nodes'],
): string {
  if (moves.length === 0) return totalRefundedSet.presentmentMoney.amount
  const sum = moves.reduce(
    (total, { amountSet }) => total.plus(amountSet.presentmentMoney.amount),
    new Big(0),
  )
  return sum.toFixed()
}
