import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  type ReadBackResult,
  RetryableError,
  TerminalError,
} from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { z } from 'zod'
import { Shop } from './client.ts'
import type { Config } from './config.ts'
import { findReturn } from './find.ts'
import { ownerOf, refundNote } from './marks.ts'
import { type Order, type Payment, paymentsOf, type Refund } from './shapes.ts'

type Issue = Delivery<Config, 'refund.issue'>

/** A payment provider answers within this, or the shop has lost the thread. */
const patienceMs = 15 * 60_000

/**
 * `refund.issue`: a refund of one payment of the order, paid by its provider.
 *
 * Medusa has no idempotency keys, so a refund is looked for by its note first. It is written before the provider is
 * asked, and deleted when that refuses; the order's transaction comes after it (payment module of 2.18.0, read
 * 2026-11-23). A refund without a transaction is under way, and not made again.
 *
 * @throws {TerminalError} ORDER_NOT_FOUND; CURRENCY_MISMATCH with FN01; REFUND_ABOVE_CAPTURED with FN04;
 *   REFUND_UNCLEAR with FN05.
 * @throws {RetryableError} REFUND_UNDER_WAY.
 */
export const issueRefund: DeliveryDefinition<Config, 'refund.issue'> = {
  deliver,
  idempotency: { kind: 'find_before_create', readBack },
}

const refunded = z.object({ payment: z.looseObject({ id: z.string() }) })

async function deliver(delivery: Issue): Promise<Delivered> {
  const { command } = delivery
  const shop = new Shop(delivery)
  const { order } = await findReturn(shop, command)
  refuseForeign(order, delivery)
  const known = findRefund(order, delivery)
  if (known !== null) {
    refuseUnfinished(order, known, delivery)
    return delivered(delivery, known.id)
  }
  const { amount, refundId } = command.body
  const payment = payableBy(order, delivery)
  // The interface takes a number, and stores it as the decimal that it is written as.
  const body = { amount: Number(amount.amount), note: refundNote(command.caseNo, refundId) }
  await shop.write(`/payments/${payment.id}/refund`, body, refunded)
  const { order: after } = await findReturn(shop, command)
  return delivered(delivery, findRefund(after, delivery)?.id ?? payment.id)
}

async function readBack(delivery: Issue): Promise<ReadBackResult> {
  const { order } = await findReturn(new Shop(delivery), delivery.command)
  const known = findRefund(order, delivery)
  if (known === null) return { state: 'absent' }
  return isBooked(order, known)
    ? { state: 'applied', externalId: known.id }
    : { state: 'undetermined' }
}

function refuseForeign(order: Order, { command }: Issue): void {
  const { currency } = command.body.amount
  if (order.currency_code.toUpperCase() === currency) return
  const reason = `The order is in ${order.currency_code.toUpperCase()}, and the refund in ${currency}.`
  throw new TerminalError({ code: 'CURRENCY_MISMATCH', exception: 'FN01', reason })
}

function findRefund(order: Order, { command }: Issue): Refund | null {
  const refunds = paymentsOf(order).flatMap((payment) => payment.refunds)
  const ours = refunds.find(({ note }) => {
    const owner = ownerOf(note)
    return owner?.caseNo === command.caseNo && owner.refundId === command.body.refundId
  })
  return ours ?? null
}

function isBooked({ transactions }: Order, { id }: Refund): boolean {
  return transactions.some((one) => one.reference === 'refund' && one.reference_id === id)
}

function refuseUnfinished(order: Order, known: Refund, { now }: Issue): void {
  if (isBooked(order, known)) return
  if (now.getTime() - Date.parse(known.created_at) < patienceMs) {
    const reason = 'The shop has begun this refund, and its provider has not answered yet.'
    throw new RetryableError({ code: 'REFUND_UNDER_WAY', reason, retryAfterMs: 60_000 })
  }
  const reason = `Refund ${known.id} was begun, and nobody knows whether its provider has paid.`
  throw new TerminalError({ code: 'REFUND_UNCLEAR', exception: 'FN05', reason })
}

/** The payment that is named, or the first of which enough is left. */
function payableBy(order: Order, { command }: Issue): Payment {
  const { amount, paymentId } = command.body
  const payments = paymentsOf(order)
  const named = payments.filter(({ id }) => id === paymentId)
  const candidates = named.length > 0 ? named : payments
  const found = candidates.find((payment) => leftOf(payment).gte(amount.amount))
  if (found !== undefined) return found
  const reason = 'No payment of the order has as much left as is to be paid back.'
  throw new TerminalError({ code: 'REFUND_ABOVE_CAPTURED', exception: 'FN04', reason })
}

function leftOf({ captures, refunds }: Payment): Big {
  return sumOf(captures).minus(sumOf(refunds))
}

function sumOf(parts: Payment['captures']): Big {
  return parts.reduce((total, { raw_amount: raw }) => total.plus(raw.value), new Big(0))
}

function delivered(delivery: Issue, externalId: string): Delivered {
  const { command, idempotencyKey, now } = delivery
  const { refundId, creditId, paymentId, method, amount } = command.body
  return {
    externalId,
    events: [
      {
        id: `${idempotencyKey}/refund.settled`.slice(0, 200),
        source: 'medusa',
        type: 'refund.settled',
        subject: command.caseId,
        time: now.toISOString(),
        data: { refundId, creditId, ...(paymentId ? { paymentId } : {}), method, amount },
      },
    ],
  }
}
