import {
  type PollDefinition,
  type PolledMessage,
  type PollPage,
  type PollPull,
  TerminalError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { toDecimal } from './amounts.ts'
import type { Config } from './config.ts'
import { type event, events, type Refund, refund } from './shapes.ts'
import { Stripe } from './stripe.ts'

/** Events about refunds. The last two are of older versions of the API, and say the same. */
const types = [
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refund.updated',
  'charge.refunded',
]
const pageSize = 100
/** Without a place to go on from: what happened within a day. Stripe keeps events for 30. */
const firstLookSeconds = 86_400

/** Refunds that were made, went through or failed, as Stripe's events tell of them; those that name no return are nobody's. */
export const changes: PollDefinition<Config> = { everySeconds: 300, pull }

async function pull(page: PollPull<Config>): Promise<PollPage> {
  const found = await read(page)
  // The newest stands first.
  const inOrder = found.data.toReversed()
  const messages = inOrder.flatMap((one) => messagesOf(one))
  return {
    messages,
    cursor: found.data[0]?.id ?? page.cursor,
    hasMore: found.has_more && page.cursor !== null,
  }
}

async function read(page: PollPull<Config>): Promise<z.output<typeof events>> {
  const stripe = new Stripe(page)
  const common = [
    ['limit', String(pageSize)],
    ...types.map((type) => ['types[]', type] as const),
  ] as const
  const since = String(Math.floor(page.now.getTime() / 1_000) - firstLookSeconds)
  const latest = () => stripe.read('/v1/events', events, [...common, ['created[gte]', since]])
  if (page.cursor === null) return latest()
  try {
    return await stripe.read('/v1/events', events, [...common, ['ending_before', page.cursor]])
  } catch (error) {
    // The event that was read last is no longer kept.
    if (error instanceof TerminalError && error.code === 'PAYMENT_UNKNOWN') return latest()
    throw error
  }
}

const withRefunds = z.looseObject({ refunds: z.looseObject({ data: z.array(refund) }) })

function messagesOf({ id, type, created, data }: z.output<typeof event>): PolledMessage[] {
  return refundsOf(type, data.object).flatMap((one) => {
    const { case_no: caseNo, refund_id: refundId, credit_id: creditId = null } = one.metadata ?? {}
    if (caseNo === undefined || refundId === undefined) return []
    const currency = one.currency.toUpperCase()
    const body = {
      id: one.id,
      caseNo,
      refundId,
      creditId,
      status: one.status ?? 'pending',
      failure: one.failure_reason ?? null,
      amount: toDecimal(one.amount, currency),
      currency,
      at: new Date(created * 1_000).toISOString(),
    }
    return [{ topic: 'refund', messageId: `${id}:${one.id}`, body }]
  })
}

/** Of a charge, those that it lists: newer versions of the API leave them out, and tell of each refund by itself. */
function refundsOf(type: string, object: unknown): readonly Refund[] {
  if (type === 'charge.refunded') {
    const charge = withRefunds.safeParse(object)
    return charge.success ? charge.data.refunds.data : []
  }
  const one = refund.safeParse(object)
  return one.success ? [one.data] : []
}
