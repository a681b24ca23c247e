import { createHash } from 'node:crypto'
import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { refuse, Shopify, userErrors } from '../client/shopify.ts'
import type { Config } from '../config.ts'
import { refundMutation } from '../documents/writes.ts'
import { isGid } from '../ids.ts'
import { knownEvent } from '../known-event.ts'
import { findOrder } from '../returns/find-return.ts'
import { readReturn } from '../returns/shop-return.ts'
import {
  type KnownRefund,
  type Payments,
  readPayments,
  refundTransaction,
  splitOver,
  stateOf,
} from './payments.ts'

type Refund = Delivery<Config, 'refund.issue'>

/**
 * `refund.issue`: gives money back on the payments of the order, the latest first, by `refundCreate`, the only
 * mutation of Shopify's that knows an idempotency key. `returnProcess` could do it as well, and has none.
 *
 * Never twice: the refund carries our number and our name for it in its note, which is looked for before money moves
 * and after an answer that never came; a repeat within 24 hours is dropped by its key besides.
 *
 * @throws {TerminalError} with FN05: ORDER_NOT_FOUND, SHOPIFY_REFUSED; REFUND_ABOVE_PAID with FN04;
 *   CURRENCY_MISMATCH with FN01.
 */
export const issueRefund: DeliveryDefinition<Config, 'refund.issue'> = {
  deliver: refund,
  idempotency: {
    kind: 'native_key',
    // shopify.dev, "Implementing idempotency", by third parties that quote it, 2026-11-23.
    ttlHours: 24,
    async readBack(delivery) {
      const shopify = new Shopify(delivery)
      const payments = await readPayments(shopify, await orderOf(shopify, delivery))
      const known = findKnown(payments, delivery)
      if (known === undefined) return { state: 'absent' }
      return { state: 'applied', externalId: known.id }
    },
  },
}

const refundAnswer = z.object({
  refundCreate: z
    .object({
      refund: z
        .object({
          id: z.string(),
          transactions: z.object({ nodes: z.array(refundTransaction) }),
        })
        .nullable(),
      userErrors,
    })
    .nullable(),
})

async function refund(delivery: Refund): Promise<Delivered> {
  const shopify = new Shopify(delivery)
  const payments = await readPayments(shopify, await orderOf(shopify, delivery))
  const known = findKnown(payments, delivery)
  if (known !== undefined) return delivered(delivery, known)
  refuseForeign(payments, delivery)
  const input = inputOf(payments, delivery)
  const variables = { input, key: keyOf(delivery.idempotencyKey) }
  const answer = await shopify.write(refundMutation, variables, refundAnswer)
  try {
    refuse(answer.refundCreate?.userErrors ?? [], 'to refund')
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error
    const { code, reason } = error
    throw new TerminalError({ code, reason, exception: 'FN05', cause: error })
  }
  const made = answer.refundCreate?.refund
  if (!made) {
    const reason = 'Shopify made no refund, and did not say why.'
    throw new TerminalError({ code: 'SHOPIFY_REFUSED', exception: 'FN05', reason })
  }
  return delivered(delivery, made)
}

async function orderOf(shopify: Shopify, { command }: Refund): Promise<string> {
  const { target = [], about } = command.body
  const orderRefs = about?.orderRefs ?? []
  const returnId = target.find(({ value }) => isGid('Return', value))?.value
  const isKnown = target.some(({ value }) => isGid('Order', value))
  const found =
    returnId !== undefined && !isKnown
      ? ((await readReturn(shopify, returnId))?.order.id ?? null)
      : await findOrder(shopify, { caseNo: command.caseNo, target, orderRefs })
  if (found !== null) return found
  const reason = `The shop has no order ${orderRefs.join(', ')}.`
  throw new TerminalError({ code: 'ORDER_NOT_FOUND', exception: 'FN05', reason })
}

/** What stands in the note of a refund of ours, before anything that a person adds. */
function noteOf({ command }: Refund): string {
  return `${command.caseNo} ${command.body.refundId}`
}

function findKnown({ refunds }: Payments, delivery: Refund): KnownRefund | undefined {
  const note = noteOf(delivery)
  return refunds.find((one) => one.note === note || one.note?.startsWith(`${note} `) === true)
}

function refuseForeign({ presentmentCurrencyCode, name }: Payments, { command }: Refund): void {
  const { currency } = command.body.amount
  if (currency === presentmentCurrencyCode) return
  const reason = `The order ${name} was paid in ${presentmentCurrencyCode}, and the refund is in ${currency}.`
  throw new TerminalError({ code: 'CURRENCY_MISMATCH', exception: 'FN01', reason })
}

function inputOf(payments: Payments, delivery: Refund): object {
  const { amount, method, paymentId } = delivery.command.body
  const { id: orderId, presentmentCurrencyCode: currency } = payments
  const common = { orderId, currency, note: noteOf(delivery), notify: false }
  if (method === 'store_credit') {
    const credit = { amount: amount.amount, currencyCode: amount.currency }
    return { ...common, refundMethods: [{ storeCreditRefund: { amount: credit } }] }
  }
  const own =
    paymentId !== undefined && isGid('OrderTransaction', paymentId) ? paymentId : undefined
  const parts = splitOver(payments, { amount: amount.amount, paymentId: own })
  if (parts === null) {
    const reason = `Of what was paid for the order ${payments.name} less than ${amount.amount} ${amount.currency} is left to be given back.`
    throw new TerminalError({ code: 'REFUND_ABOVE_PAID', exception: 'FN04', reason })
  }
  return { ...common, transactions: parts.map((part) => ({ ...part, orderId, kind: 'REFUND' })) }
}

/** Shopify recommends UUIDs: one that is the same for every attempt of a command. */
function keyOf(idempotencyKey: string): string {
  const hex = createHash('sha256').update(`shopify:${idempotencyKey}`).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`]
  return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}

function delivered(
  delivery: Refund,
  { id, transactions }: Pick<KnownRefund, 'id' | 'transactions'>,
): Delivered {
  const { refundId, creditId, paymentId, method, amount } = delivery.command.body
  const state = stateOf(transactions.nodes)
  const data = { refundId, creditId, ...(paymentId ? { paymentId } : {}), method, amount }
  const event =
    state === 'failed'
      ? knownEvent(delivery, 'refund.failed', { refundId, code: 'DECLINED' })
      : knownEvent(delivery, `refund.${state}`, data)
  return { externalId: id, refs: [{ type: 'refund', value: id }], events: [event] }
}
