import type { CanonicalEvent } from '@backhaul/sdk/canonical'
import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
} from '@backhaul/sdk/connector'
import { toDecimal, toMinor } from './amounts.ts'
import type { Config } from './config.ts'
import { found, type Refund, refund, refunds } from './shapes.ts'
import { Stripe } from './stripe.ts'

type Issue = Delivery<Config, 'refund.issue'>

/**
 * `refund.issue`: gives money of a payment back. Named by return and refund in its metadata, and by a key.
 *
 * @throws {TerminalError} PAYMENT_UNKNOWN, PAYMENT_DISPUTED, BALANCE_INSUFFICIENT, REFUND_FAILED (FN05),
 *   REFUNDED_BEFORE (FN03), REFUND_ABOVE_OPEN (FN04).
 */
export const issueRefund: DeliveryDefinition<Config, 'refund.issue'> = {
  deliver: issue,
  // Stripe also remembers that it failed with a 500, so each attempt looks first.
  idempotency: { kind: 'native_key', ttlHours: 24 },
}

/** `refund` here is one that Stripe made. */
const failed = new Set(['failed', 'canceled'])

async function issue(delivery: Issue): Promise<Delivered> {
  const { config, command, idempotencyKey } = delivery
  const { refundId, creditId, amount } = command.body
  const stripe = new Stripe(delivery)
  const payment = await paymentOf(stripe, delivery)
  const known = await findRefund(stripe, payment, delivery)
  const made =
    known ??
    (await stripe.write('/v1/refunds', refund, {
      // Stripe also remembers a refusal: of another payment it would be no repeat.
      key: `${idempotencyKey}/${payment.id}`,
      form: {
        [payment.kind]: payment.id,
        amount: toMinor(amount),
        reason: config.reason,
        'metadata[case_no]': command.caseNo,
        'metadata[refund_id]': refundId,
        'metadata[credit_id]': creditId,
      },
    }))
  if (failed.has(made.status ?? '')) {
    const reason = `Stripe could not refund it (${made.failure_reason ?? made.status ?? ''}).`
    throw new TerminalError({ code: 'REFUND_FAILED', exception: 'FN05', reason })
  }
  return {
    externalId: made.id,
    refs: [{ type: 'refund', value: made.id }],
    events: [eventOf(delivery, made)],
  }
}

interface Payment {
  readonly kind: 'payment_intent' | 'charge'
  readonly id: string
}

function kindOf(id: string): Payment['kind'] | null {
  if (/^pi_\w+$/.test(id)) return 'payment_intent'
  return /^(ch|py)_\w+$/.test(id) ? 'charge' : null
}

async function paymentOf(stripe: Stripe, { config, command }: Issue): Promise<Payment> {
  const { paymentId = '', about } = command.body
  const kind = kindOf(paymentId)
  if (kind !== null) return { kind, id: paymentId }
  const { orderMetadata } = config
  const orders = about?.orderRefs ?? []
  if (orderMetadata === undefined || orders.length === 0) throw unknownPayment('is not known')
  const named = orders.map(
    (ref) => `metadata["${orderMetadata}"]:"${ref.replaceAll(/["\\]/g, '')}"`,
  )
  const query = named.join(' OR ')
  const { data } = await stripe.read('/v1/payment_intents/search', found, [['query', query]])
  const [first] = data
  if (first === undefined) throw unknownPayment('is not found by its order')
  if (data.length > 1) throw unknownPayment('is one of several of the order')
  return { kind: 'payment_intent', id: first.id }
}

function unknownPayment(what: string): TerminalError {
  const reason = `The payment ${what} in Stripe.`
  return new TerminalError({ code: 'PAYMENT_UNKNOWN', exception: 'FN05', reason })
}

const pageSize = '100'

async function findRefund(
  stripe: Stripe,
  payment: Payment,
  delivery: Issue,
): Promise<Refund | null> {
  const { caseNo, body } = delivery.command
  let after: string | undefined
  for (;;) {
    const page = await stripe.read('/v1/refunds', refunds, [
      [payment.kind, payment.id],
      ['limit', pageSize],
      ...(after === undefined ? [] : ([['starting_after', after]] as const)),
    ])
    const known = page.data.find(
      ({ metadata }) => metadata?.['case_no'] === caseNo && metadata['refund_id'] === body.refundId,
    )
    after = page.data.at(-1)?.id
    if (known !== undefined) return known
    if (!page.has_more || after === undefined) return null
  }
}

function eventOf({ command, idempotencyKey, now }: Issue, made: Refund): CanonicalEvent {
  const { refundId, creditId, paymentId, method } = command.body
  const type = made.status === 'succeeded' ? 'refund.settled' : 'refund.released'
  const currency = made.currency.toUpperCase()
  return {
    id: `${idempotencyKey}/${type}`.slice(0, 200),
    source: 'stripe',
    type,
    subject: command.caseId,
    time: now.toISOString(),
    data: {
      refundId,
      creditId,
      ...(paymentId === undefined ? {} : { paymentId }),
      method,
      amount: { amount: toDecimal(made.amount, currency), currency },
    },
  }
}
