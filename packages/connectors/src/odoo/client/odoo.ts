import {
  DeliveryError,
  type GuardedFetch,
  RetryableError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from '../config.ts'
import type { Call } from './call.ts'
import { odooCodes } from './failures.ts'
import { listOf } from './row-schemas.ts'
import type { Server } from './server.ts'
import { forgetSession, type Session, sessionOf } from './session.ts'

/** What a handler of the hub gives: the way out, and when to stop. */
export interface Line {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly signal: AbortSignal
  readonly now: Date
}

export type Domain = readonly (string | readonly [string, string, unknown])[]

interface SearchOptions<Row extends z.ZodType> {
  readonly domain: Domain
  /** Each row is parsed by it; its keys are the fields that are read. */
  readonly row: Row
  readonly order?: string
  readonly limit?: number
  readonly offset?: number
  readonly context?: Readonly<Record<string, unknown>>
}

/** No fields at all would mean all of them. */
function fieldsOfRow(row: z.ZodObject): string[] {
  const fields = Object.keys(row.shape).filter((name) => name !== 'id')
  return fields.length === 0 ? ['id'] : fields
}

/**
 * A database, as the steps of the connector see it: methods by name, rows parsed by schemas. One call is one
 * transaction over there. It keeps to the company that it was opened for.
 */
export class Odoo {
  readonly #line: Line
  readonly #session: Session
  readonly #context: Readonly<Record<string, unknown>>

  private constructor(line: Line, session: Session, companyId: number | null) {
    this.#line = line
    this.#session = session
    this.#context = companyId === null ? {} : { allowed_company_ids: [companyId] }
  }

  /**
   * @param companyId - records of other companies are neither seen nor made; null: the user's own company.
   * @throws {DeliveryError} when the server cannot be reached or used.
   */
  static async open(line: Line, companyId: number | null = null): Promise<Odoo> {
    const { config, fetch, now } = line
    const session = await withDeadline(line, (signal) => sessionOf(config, { fetch, signal, now }))
    return new Odoo(line, session, companyId)
  }

  get server(): Server {
    return this.#session.server
  }

  get transport(): Session['transport'] {
    return this.#session.transport
  }

  get config(): Config {
    return this.#line.config
  }

  get now(): Date {
    return this.#line.now
  }

  /**
   * Calls a method that changes something.
   *
   * @throws {UnknownOutcomeError} when no answer says whether it did: read the state before doing anything else.
   */
  act(model: string, method: string, options: Omit<Call, 'model' | 'method' | 'isRead'> = {}) {
    return this.#call({ ...options, model, method, isRead: false })
  }

  /** Calls a method that changes nothing. */
  ask(model: string, method: string, options: Omit<Call, 'model' | 'method' | 'isRead'> = {}) {
    return this.#call({ ...options, model, method, isRead: true })
  }

  /** @throws {RetryableError} RESPONSE_MALFORMED when a row is not what was asked for. */
  async search<Row extends z.ZodObject>(
    model: string,
    { domain, row, order, limit, offset, context }: SearchOptions<Row>,
  ): Promise<z.output<Row>[]> {
    const named = {
      domain,
      fields: fieldsOfRow(row),
      ...(order === undefined ? {} : { order }),
      ...(limit === undefined ? {} : { limit }),
      ...(offset === undefined ? {} : { offset }),
    }
    const rows = await this.ask(model, 'search_read', {
      named,
      ...(context === undefined ? {} : { context }),
    })
    return parseAs(listOf(row), rows, { call: `${model}.search_read`, isRead: true })
  }

  /** Rows of those that exist; a missing one is left out without a word. */
  async read<Row extends z.ZodObject>(
    model: string,
    ids: readonly number[],
    row: Row,
  ): Promise<z.output<Row>[]> {
    if (ids.length === 0) return []
    const rows = await this.ask(model, 'read', { ids, named: { fields: fieldsOfRow(row) } })
    return parseAs(listOf(row), rows, { call: `${model}.read`, isRead: true })
  }

  /** Those of `names` that the model has in this database. Asked once for each model. */
  async fieldsOf(model: string, names: readonly string[]): Promise<ReadonlySet<string>> {
    if (names.length === 0) return new Set()
    const known = this.#session.fields.get(model)
    if (known && names.every((name) => known.has(name) || known.has(`-${name}`))) {
      return new Set(names.filter((name) => known.has(name)))
    }
    const named = { allfields: [...names], attributes: ['type'] }
    const answer = await this.ask(model, 'fields_get', { named })
    const about = { call: `${model}.fields_get`, isRead: true }
    const found = parseAs(z.record(z.string(), z.unknown()), answer, about)
    const all = new Set(this.#session.fields.get(model))
    for (const name of names) all.add(Object.hasOwn(found, name) ? name : `-${name}`)
    this.#session.fields.set(model, all)
    return new Set(names.filter((name) => all.has(name)))
  }

  async #call(call: Call): Promise<unknown> {
    const { fetch, now, config } = this.#line
    const { context: own, ...rest } = call
    const context = { ...this.#context, ...own }
    const sent: Call = Object.keys(context).length === 0 ? rest : { ...rest, context }
    try {
      return await withDeadline(this.#line, (signal) =>
        this.#session.send(sent, { fetch, signal, now }),
      )
    } catch (error) {
      if (this.#isOutdatedBy(error)) forgetSession(config)
      throw error
    }
  }

  /** Something is not there: the server may have been upgraded, or a module removed. */
  #isOutdatedBy(error: unknown): boolean {
    const ageMs = this.now.getTime() - this.#session.openedAt.getTime()
    return error instanceof DeliveryError && error.code === odooCodes.unsupported && ageMs > sureMs
  }
}

/** How long it is taken for granted that a server is what it was. */
const sureMs = 10 * 60 * 1000

/**
 * Gives `work` the time of one call, and no longer than the hub's own patience lasts.
 *
 * @throws {RetryableError} TIMEOUT when that is over before anything was sent: the gate then gives up with the
 * signal's own reason.
 */
async function withDeadline<T>(
  { signal: patience, config }: Line,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Not AbortSignal.timeout: what only AbortSignal.any holds may be collected before it fires.
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), config.timeoutMs)
  const signal = AbortSignal.any([patience, deadline.signal])
  try {
    return await work(signal)
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
    const reason = 'too many calls to this database were under way'
    throw new RetryableError({ code: 'TIMEOUT', reason, cause: error })
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Checks what a call answered.
 *
 * @param about - the call, for the error. Whether it is a read decides its class.
 * @throws {DeliveryError} RESPONSE_MALFORMED, naming the call and the field, never a value.
 */
export function parseAs<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  about: string | { readonly call: string; readonly isRead: boolean },
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { call, isRead } = typeof about === 'string' ? { call: about, isRead: false } : about
  const at = parsed.error.issues[0]?.path.join('.') ?? ''
  const failure = { code: 'RESPONSE_MALFORMED', reason: `${call}: ${at}` }
  throw isRead ? new RetryableError(failure) : new UnknownOutcomeError(failure)
}

export { odooCodes }
