import {
  classifyStatus,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { type Answer, answer, failureOf } from './failures.ts'
import { origin, type Reach, tokenHeader } from './reach.ts'

type Variables = Readonly<Record<string, unknown>>

/** A shop's Admin API, over GraphQL. Source: schema of version 2026-10, and shopify.dev, read 2026-11-23. */
export class Shopify {
  readonly #reach: Reach

  constructor(reach: Reach) {
    this.#reach = reach
  }

  get config(): Config {
    return this.#reach.config
  }

  get now(): Date {
    return this.#reach.now
  }

  /**
   * Reads.
   *
   * @throws {RetryableError} RATE_LIMITED with the time until the bucket holds enough, and whatever may pass.
   * @throws {TerminalError} AUTH_REJECTED where a scope lacks; REQUEST_REJECTED.
   */
  async read<Schema extends z.ZodType>(
    query: string,
    variables: Variables,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const parsed = schema.safeParse(await this.#send({ query, variables, isRead: true }))
    if (parsed.success) return parsed.data
    throw new RetryableError({ code: 'RESPONSE_MALFORMED', reason: shapeProblem(parsed.error) })
  }

  /**
   * Changes something. What Shopify refuses inside a 200 is for the caller to look at.
   *
   * @throws {UnknownOutcomeError} when the answer does not say whether it was done.
   */
  async write<Schema extends z.ZodType>(
    query: string,
    variables: Variables,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const parsed = schema.safeParse(await this.#send({ query, variables, isRead: false }))
    if (parsed.success) return parsed.data
    throw new UnknownOutcomeError({
      code: 'RESPONSE_MALFORMED',
      reason: shapeProblem(parsed.error),
    })
  }

  async #send(request: {
    readonly query: string
    readonly variables: Variables
    readonly isRead: boolean
  }): Promise<unknown> {
    const { config, fetch, signal, now } = this.#reach
    const { query, variables, isRead } = request
    const response = await fetch(`${origin(config)}/admin/api/${config.apiVersion}/graphql.json`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        // Where there is none, the hub puts its own on the request.
        ...(config.accessToken === undefined ? {} : { [tokenHeader]: config.accessToken }),
      },
      body: JSON.stringify({ query, variables }),
      isRead,
      signal,
    })
    const failure = classifyStatus(response.status, response.headers, now)
    if (failure !== null) throw failure
    const parsed = answer.safeParse(await response.json())
    if (!parsed.success) throw malformed(isRead)
    return dataOf(parsed.data, isRead)
  }
}

function dataOf(given: Answer, isRead: boolean): unknown {
  const failure = failureOf(given, isRead)
  if (failure !== null) throw failure
  if (given.data === null || given.data === undefined) throw malformed(isRead)
  return given.data
}

function malformed(isRead: boolean): RetryableError | UnknownOutcomeError {
  const failure = { code: 'RESPONSE_MALFORMED' }
  return isRead ? new RetryableError(failure) : new UnknownOutcomeError(failure)
}

function shapeProblem({ issues }: z.ZodError): string {
  return `The answer is not as expected at ${issues[0]?.path.join('.') ?? 'its root'}.`
}

/** What mutations of returns refuse with; those of refunds and webhooks give no code. */
export const userErrors = z.array(
  z.object({
    code: z.string().nullish(),
    field: z.array(z.string()).nullish(),
    message: z.string(),
  }),
)
export type UserErrors = z.output<typeof userErrors>

/**
 * Throws what Shopify refused with inside a 200.
 *
 * @throws {RetryableError} where it names a failure of its own.
 * @throws {TerminalError} SHOPIFY_REFUSED, with Shopify's sentence.
 */
export function refuse(errors: UserErrors, what: string): void {
  const [first] = errors
  if (first === undefined) return
  const sentence = `Shopify refused ${what}: ${first.message}`
  if (errors.some(({ code }) => code === 'INTERNAL_ERROR')) {
    throw new RetryableError({ code: 'UPSTREAM_UNAVAILABLE', reason: sentence })
  }
  throw new TerminalError({ code: 'SHOPIFY_REFUSED', reason: sentence })
}
