import {
  classifyStatus,
  type DeliveryError,
  type GuardedFetch,
  type GuardedResponse,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import type { z } from 'zod'
import type { Config } from './config.ts'
import { failure } from './shapes.ts'

interface Call {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly now: Date
}

/** Stripe's API: forms in, JSON out. */
export class Stripe {
  readonly #call: Call

  constructor(call: Call) {
    this.#call = call
  }

  /** @throws {RetryableError} {TerminalError} by the status; RESPONSE_MALFORMED. */
  async read<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
    query: readonly (readonly [string, string])[] = [],
  ): Promise<z.output<Shape>> {
    const parameters = new URLSearchParams()
    for (const [name, value] of query) parameters.append(name, value)
    const response = await this.#send(`${path}?${parameters.toString()}`, {
      method: 'GET',
      headers: {},
    })
    return parse(await response.json(), shape, true)
  }

  /** Sends a change under a key that Stripe remembers for a day at least, with its answer, a failure among them. */
  async write<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
    sent: { readonly form: Readonly<Record<string, string>>; readonly key: string },
  ): Promise<z.output<Shape>> {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': sent.key,
    }
    const body = new URLSearchParams(sent.form).toString()
    const response = await this.#send(path, { method: 'POST', headers, body })
    return parse(await response.json(), shape, false)
  }

  async #send(
    path: string,
    request: {
      readonly method: string
      readonly headers: Readonly<Record<string, string>>
      readonly body?: string
    },
  ): Promise<GuardedResponse> {
    const { config, fetch, now } = this.#call
    const response = await fetch(`${config.url.replace(/\/$/, '')}${path}`, {
      ...request,
      headers: {
        authorization: `Bearer ${config.apiKey}`,
        ...(config.account === undefined ? {} : { 'stripe-account': config.account }),
        ...request.headers,
      },
    })
    const refused = classifyStatus(response.status, response.headers, now)
    if (refused === null) return response
    throw await explained(response, refused)
  }
}

function parse<Shape extends z.ZodType>(
  answer: unknown,
  shape: Shape,
  isRead: boolean,
): z.output<Shape> {
  const parsed = shape.safeParse(answer)
  if (parsed.success) return parsed.data
  const reason = 'the answer is none of Stripe'
  const problem = { code: 'RESPONSE_MALFORMED', reason }
  throw isRead ? new RetryableError(problem) : new UnknownOutcomeError(problem)
}

/** Stripe's codes of a 4xx that say what is wrong with the refund. Its sentences are not passed on. */
const refusals = {
  charge_already_refunded: { code: 'REFUNDED_BEFORE', exception: 'FN03' },
  charge_disputed: { code: 'PAYMENT_DISPUTED', exception: 'FN05' },
  resource_missing: { code: 'PAYMENT_UNKNOWN', exception: 'FN05' },
  amount_too_large: { code: 'REFUND_ABOVE_OPEN', exception: 'FN04' },
  balance_insufficient: { code: 'BALANCE_INSUFFICIENT', exception: 'FN05' },
  insufficient_funds: { code: 'BALANCE_INSUFFICIENT', exception: 'FN05' },
} as const

async function explained(response: GuardedResponse, usual: DeliveryError): Promise<DeliveryError> {
  const { status } = response
  if (status === 409) return new RetryableError({ code: 'KEY_IN_USE', status })
  if (status !== 400 && status !== 402 && status !== 404) return usual
  const parsed = failure.safeParse(await response.json().catch(() => null))
  const { type = '', code = '' } = parsed.success ? parsed.data.error : {}
  if (Object.hasOwn(refusals, code)) {
    return new TerminalError({
      ...refusals[code as keyof typeof refusals],
      status,
      reason: `Stripe says ${code}.`,
    })
  }
  // Words of Stripe's own, never a customer's.
  const isWord = /^[a-z_]{1,60}$/.test(code || type)
  const reason = isWord ? `Stripe says ${code || type}.` : 'Stripe refuses it.'
  return new TerminalError({ code: 'REQUEST_REJECTED', status, exception: 'FN05', reason })
}
