import {
  classifyStatus,
  type GuardedFetch,
  type GuardedResponse,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import type { z } from 'zod'
import type { Config } from './config.ts'
import { refusal } from './shapes.ts'

interface Call {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly now: Date
}

interface Reading {
  readonly query?: Readonly<Record<string, string>>
  readonly modifiedSince?: Date | undefined
}

interface Writing {
  readonly body: unknown
  /** At most 128 characters. */
  readonly key: string
}

/** The Accounting API for one organization. The hub puts the token on what it sends. */
export class Xero {
  readonly #call: Call

  constructor(call: Call) {
    this.#call = call
  }

  /** @throws {RetryableError} {TerminalError} by the status; RESPONSE_MALFORMED. */
  async read<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
    { query = {}, modifiedSince }: Reading = {},
  ): Promise<z.output<Shape>> {
    const since = modifiedSince?.toISOString().replace(/\.\d+Z$/, '')
    const headers = since === undefined ? {} : { 'if-modified-since': since }
    const response = await this.#send(path, { method: 'GET', query, headers })
    return parse(await response.json(), shape, true)
  }

  /**
   * Sends a change under its own key. What Xero says is wrong with it, in a 400 or inside a 200, is terminal.
   *
   * @throws {TerminalError} XERO_REFUSED, PERIOD_LOCKED (FN07). {UnknownOutcomeError} RESPONSE_MALFORMED.
   */
  async write<Shape extends z.ZodType>(
    method: 'PUT' | 'POST',
    path: string,
    { shape, body, key }: Writing & { readonly shape: Shape },
  ): Promise<z.output<Shape>> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key }
    const query = { unitdp: '4' }
    const response = await this.#send(path, { method, query, headers, body: JSON.stringify(body) })
    const answer = await response.json()
    refuseErrorInside(answer)
    return parse(answer, shape, false)
  }

  async #send(
    path: string,
    request: {
      readonly method: string
      readonly query: Readonly<Record<string, string>>
      readonly headers: Readonly<Record<string, string>>
      readonly body?: string
    },
  ): Promise<GuardedResponse> {
    const { config, fetch, now } = this.#call
    const { query, headers, ...rest } = request
    const url = new URL(`${config.url.replace(/\/$/, '')}${path}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const always = { accept: 'application/json', 'xero-tenant-id': config.tenantId }
    const response = await fetch(url, { ...rest, headers: { ...always, ...headers } })
    if (response.status === 400) throw refused(await response.json().catch(() => null))
    const failure = classifyStatus(response.status, response.headers, now)
    if (failure !== null) throw failure
    return response
  }
}

function parse<Shape extends z.ZodType>(
  answer: unknown,
  shape: Shape,
  isRead: boolean,
): z.output<Shape> {
  const parsed = shape.safeParse(answer)
  if (parsed.success) return parsed.data
  const failure = { code: 'RESPONSE_MALFORMED', reason: 'the answer is none of Xero' }
  throw isRead ? new RetryableError(failure) : new UnknownOutcomeError(failure)
}

/** Xero may say no inside a 200, of each document by itself. */
function refuseErrorInside(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return
  const documents = Object.values(answer).filter(Array.isArray).flat() as unknown[]
  const isRefused = documents.some((one) => {
    const { HasErrors, StatusAttributeString } = (one ?? {}) as Record<string, unknown>
    return HasErrors === true || StatusAttributeString === 'ERROR'
  })
  if (isRefused) throw refused({ Elements: documents })
}

/** Xero's sentences quote what was sent; what they are about is told in ours. */
function refused(body: unknown): TerminalError {
  const parsed = refusal.safeParse(body)
  const said = parsed.success
    ? [
        parsed.data.Message,
        ...parsed.data.Elements.flatMap((one) =>
          one.ValidationErrors.map(({ Message }) => Message),
        ),
      ]
    : []
  if (said.some((text) => /lock date|locked period/i.test(text ?? ''))) {
    const reason = 'The period is locked in Xero.'
    return new TerminalError({ code: 'PERIOD_LOCKED', status: 400, exception: 'FN07', reason })
  }
  const number = parsed.success ? parsed.data.ErrorNumber : undefined
  const reason = `Xero refuses the document${number === undefined ? '' : ` (error ${number})`}; its history in Xero says more.`
  return new TerminalError({ code: 'XERO_REFUSED', status: 400, exception: 'FN07', reason })
}
