import {
  classifyStatus,
  type GuardedFetch,
  type GuardedResponse,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { fault } from './shapes.ts'

interface Call {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly now: Date
}

/** The Accounting API for one company. The hub puts the token on what it sends. */
export class QuickBooks {
  readonly #call: Call

  constructor(call: Call) {
    this.#call = call
  }

  /** @throws {RetryableError} {TerminalError} by the status; RESPONSE_MALFORMED. */
  async read<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
    query: Readonly<Record<string, string>> = {},
  ): Promise<z.output<Shape>> {
    const response = await this.#send(path, { method: 'GET', query })
    return parse(await response.json(), shape, true)
  }

  /** Rows of a query, of which there are none where the answer leaves the entity out. */
  async query<Shape extends z.ZodType>(
    entity: string,
    where: string,
    shape: Shape,
  ): Promise<readonly z.output<Shape>[]> {
    const answer = await this.read(
      '/query',
      z.looseObject({ QueryResponse: z.looseObject({ [entity]: z.array(shape).optional() }) }),
      { query: `select * from ${entity} where ${where}` },
    )
    const rows = (answer.QueryResponse as Readonly<Record<string, unknown>>)[entity]
    return (rows ?? []) as readonly z.output<Shape>[]
  }

  /**
   * Makes something under a key of at most 50 characters: QuickBooks answers a repeated one with what it answered
   * before.
   *
   * @throws {TerminalError} QUICKBOOKS_REFUSED, PERIOD_LOCKED (FN07), NUMBER_TAKEN (FN03).
   *   {RetryableError} STALE_OBJECT. {UnknownOutcomeError} RESPONSE_MALFORMED.
   */
  async write<Shape extends z.ZodType>(
    entity: 'CreditMemo' | 'RefundReceipt' | 'Payment' | 'Attachable',
    shape: Shape,
    {
      body,
      key,
      operation,
    }: { readonly body: unknown; readonly key: string; readonly operation?: 'delete' },
  ): Promise<z.output<Shape>> {
    const query = { requestid: key, ...(operation === undefined ? {} : { operation }) }
    const path = `/${entity.toLowerCase()}`
    const response = await this.#send(path, { method: 'POST', query, body: JSON.stringify(body) })
    const answer = await response.json()
    const refusedInside = fault.safeParse(answer)
    if (refusedInside.success) throw refused(answer, response.status)
    const whole = parse(answer, z.looseObject({ [entity]: shape }), false)
    return (whole as Readonly<Record<string, unknown>>)[entity] as z.output<Shape>
  }

  async #send(
    path: string,
    request: {
      readonly method: string
      readonly query: Readonly<Record<string, string>>
      readonly body?: string
    },
  ): Promise<GuardedResponse> {
    const { config, fetch, now } = this.#call
    const url = new URL(`${config.url.replace(/\/$/, '')}/v3/company/${config.realmId}${path}`)
    url.searchParams.set('minorversion', String(config.minorVersion))
    for (const [name, value] of Object.entries(request.query)) url.searchParams.set(name, value)
    const { method, body } = request
    const headers = { accept: 'application/json', 'content-type': 'application/json' }
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
    if (response.status === 400) throw refused(await response.json().catch(() => null), 400)
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
  const failure = { code: 'RESPONSE_MALFORMED', reason: 'the answer is none of QuickBooks' }
  throw isRead ? new RetryableError(failure) : new UnknownOutcomeError(failure)
}

/** QuickBooks' codes. Its sentences quote what was sent, and are not passed on. */
const staleObject = '5010'
const duplicateNumber = '6140'
const periodClosed: ReadonlySet<string> = new Set(['6200', '6210'])

function refused(answer: unknown, status: number): TerminalError | RetryableError {
  const parsed = fault.safeParse(answer)
  const code = parsed.success ? (parsed.data.Fault.Error[0]?.code ?? '') : ''
  if (code === staleObject) {
    const reason = 'Somebody changed it in QuickBooks at the same moment.'
    return new RetryableError({ code: 'STALE_OBJECT', status, reason })
  }
  if (code === duplicateNumber) {
    const reason = 'A document with its number is there already, and is not of this return.'
    return new TerminalError({ code: 'NUMBER_TAKEN', status, exception: 'FN03', reason })
  }
  if (periodClosed.has(code)) {
    const reason = 'The period is closed in QuickBooks.'
    return new TerminalError({ code: 'PERIOD_LOCKED', status, exception: 'FN07', reason })
  }
  const name = /^\d{1,6}$/.test(code) ? ` (error ${code})` : ''
  const reason = `QuickBooks refuses the document${name}.`
  return new TerminalError({ code: 'QUICKBOOKS_REFUSED', status, exception: 'FN07', reason })
}
