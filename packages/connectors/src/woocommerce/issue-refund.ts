import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  type ReadBackResult,
  RetryableError,
  TerminalError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { findOrder } from './find-order.ts'
import { keys, ownerOf, refundReason } from './marks.ts'
import { type Order, type Refund, refund } from './shapes.ts'
import { Shop } from './shop.ts'

type Issue = Delivery<Config, 'refund.issue'>

/** A gateway answers within this, or the shop has lost the thread. */
const patienceMs = 15 * 60_000

/**
 * `refund.issue`: a refund of the order, paid by its gateway where `apiRefund` is on. It restocks nothing unless
 * `restock` is on, since the warehouse has done so.
 *
 * WooCommerce repeats whatever it is told, so a refund is looked for before each one: by its meta, and by its reason,
 * since the refund is written before the gateway is asked, and its meta only afterwards (`wc_create_refund`, read
 * 2026-11-23). One that has our reason, and not yet the gateway's word, is under way.
 *
 * @throws {TerminalError} ORDER_NOT_FOUND; CURRENCY_MISMATCH with FN01; REFUND_REFUSED and REFUND_UNCLEAR with FN05.
 * @throws {RetryableError} REFUND_UNDER_WAY: an earlier attempt is not over.
 */
export const issueRefund: DeliveryDefinition<Config, 'refund.issue'> = {
  deliver,
  idempotency: { kind: 'find_before_create', readBack },
}

async function deliver(delivery: Issue): Promise<Delivered> {
  const { config, command } = delivery
  const { amount, refundId } = command.body
  const shop = new Shop(delivery)
  const order = await findOrder(shop, command.body)
  refuseForeign(order, delivery)
  const known = await findRefund(shop, order, delivery)
  if (known !== null) {
    refuseUnfinished(known, delivery)
    return delivered(delivery, known)
  }
  const made = await shop.write('POST', `/orders/${order.id}/refunds`, {
    body: {
      amount: amount.amount,
      reason: refundReason(command.caseNo, refundId),
      api_refund: config.apiRefund,
      api_restock: config.restock,
      meta_data: [
        { key: keys.caseNo, value: command.caseNo },
        { key: keys.caseId, value: command.caseId },
        { key: keys.refundId, value: refundId },
      ],
    },
    schema: refund,
  })
  return delivered(delivery, made)
}

async function readBack(delivery: Issue): Promise<ReadBackResult> {
  const shop = new Shop(delivery)
  const order = await findOrder(shop, delivery.command.body)
  const known = await findRefund(shop, order, delivery)
  if (known === null) return { state: 'absent' }
  return progressOf(known, delivery) === 'over'
    ? { state: 'applied', externalId: String(known.id) }
    : { state: 'undetermined' }
}

function refuseForeign(order: Order, { command }: Issue): void {
  const { currency } = command.body.amount
  if (order.currency === currency) return
  const reason = `The order is in ${order.currency}, and the refund in ${currency}.`
  throw new TerminalError({ code: 'CURRENCY_MISMATCH', exception: 'FN01', reason })
}

async function findRefund(shop: Shop, order: Order, { command }: Issue): Promise<Refund | null> {
  const refunds = await shop.readAll(`/orders/${order.id}/refunds`, z.array(refund))
  const ours = refunds.filter((one) => {
    const owner = ownerOf(one)
    return owner?.caseNo === command.caseNo && owner.refundId === command.body.refundId
  })
  return ours[0] ?? null
}

/**
 * How far a refund has come. It is over when it is marked by us, or the gateway has paid; where no gateway is asked
 * the refund itself is all there is. One that the gateway refuses is deleted again by WooCommerce.
 */
function progressOf(known: Refund, { config, now }: Issue): 'over' | 'under_way' | 'unclear' {
  const isMarked = ownerOf(known)?.isMarked === true
  if (!config.apiRefund || known.refunded_payment || isMarked) return 'over'
  const ageMs = now.getTime() - Date.parse(`${known.date_created_gmt}Z`)
  return ageMs < patienceMs ? 'under_way' : 'unclear'
}

function refuseUnfinished(known: Refund, delivery: Issue): void {
  const progress = progressOf(known, delivery)
  if (progress === 'over') return
  if (progress === 'under_way') {
    const reason = 'The shop has begun this refund, and its gateway has not answered yet.'
    throw new RetryableError({ code: 'REFUND_UNDER_WAY', reason, retryAfterMs: 60_000 })
  }
  const reason = `Refund ${known.id} was begun, and nobody knows whether its gateway has paid.`
  throw new TerminalError({ code: 'REFUND_UNCLEAR', exception: 'FN05', reason })
}

/** What is only booked, another system pays: of that nothing is said here. */
function delivered(delivery: Issue, made: Refund): Delivered {
  const { command, idempotencyKey, now } = delivery
  const externalId = String(made.id)
  if (!made.refunded_payment) return { externalId }
  const { refundId, creditId, paymentId, method, amount } = command.body
  return {
    externalId,
    events: [
      {
        id: `${idempotencyKey}/refund.settled`.slice(0, 200),
        source: 'woocommerce',
        type: 'refund.settled',
        subject: command.caseId,
        time: now.toISOString(),
        data: { refundId, creditId, ...(paymentId ? { paymentId } : {}), method, amount },
      },
    ],
  }
}
