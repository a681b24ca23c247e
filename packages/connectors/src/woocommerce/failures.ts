import {
  classifyStatus,
  type DeliveryError,
  type GuardedResponse,
  TerminalError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'

const wordpressError = z.looseObject({ code: z.string().regex(/^[a-z0-9_]{1,80}$/) })

/**
 * What WooCommerce answers a refund with that cannot be made: the amount is above what is left, the gateway refuses,
 * or cannot refund. With the status 500, as `wc_create_refund` has taken the refund back by then.
 */
const refusedRefund = 'woocommerce_rest_cannot_create_order_refund'

/** The error of an answer; null for 2xx. Of its text only WordPress's own code is told on. */
export async function failureOf(
  response: GuardedResponse,
  now: Date,
): Promise<DeliveryError | null> {
  const { status } = response
  const failure = classifyStatus(status, response.headers, now)
  if (failure === null) return null
  const code = await codeOf(response)
  if (code === refusedRefund && status === 500) {
    const reason = 'The shop refuses the refund: it is above what is left, or the gateway says no.'
    return new TerminalError({ code: 'REFUND_REFUSED', status, exception: 'FN05', reason })
  }
  if (!(failure instanceof TerminalError) || code === null) return failure
  return new TerminalError({ code: failure.code, status, reason: code })
}

async function codeOf(response: GuardedResponse): Promise<string | null> {
  const body = await response.json().catch(() => null)
  const parsed = wordpressError.safeParse(body)
  return parsed.success ? parsed.data.code : null
}
