import {
  classifyStatus,
  type GuardedFetch,
  type GuardedResponse,
  TerminalError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { asReading, parseAnswer } from '../json-answer.ts'
import type { Config } from './config.ts'

interface ShopContext {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly now: Date
}

type Query = readonly (readonly [name: string, value: string])[]

const medusaError = z.looseObject({ type: z.string().regex(/^[a-z_]{1,60}$/) })

/**
 * The admin interface of a Medusa 2. A secret key goes as the user of Basic, with no password; as a bearer token it
 * is refused (tried on 2.18.0). There are no idempotency keys and no rate limits.
 */
export class Shop {
  readonly config: Config
  readonly #fetch: GuardedFetch
  readonly #now: Date

  constructor({ config, fetch, now }: ShopContext) {
    this.config = config
    this.#fetch = fetch
    this.#now = now
  }

  /** @throws {RetryableError} also where what comes back is no answer; nothing was changed. */
  async read<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: Query = [],
  ): Promise<z.output<Schema>> {
    const response = await this.#send('GET', path, { query })
    return this.#answer(response, schema, { isRead: true })
  }

  /** The same, or null where there is no such thing. */
  async find<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: Query = [],
  ): Promise<z.output<Schema> | null> {
    const response = await this.#send('GET', path, { query })
    return response.status === 404 ? null : this.#answer(response, schema, { isRead: true })
  }

  /** @throws {UnknownOutcomeError} where what comes back is no answer: it may have been done. */
  async write<Schema extends z.ZodType>(
    path: string,
    body: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const response = await this.#send('POST', path, { body })
    return this.#answer(response, schema, { isRead: false })
  }

  async remove(path: string): Promise<void> {
    const response = await this.#send('DELETE', path, {})
    await this.#answer(response, z.unknown(), { isRead: false })
  }

  async #answer<Schema extends z.ZodType>(
    response: GuardedResponse,
    schema: Schema,
    { isRead }: { readonly isRead: boolean },
  ): Promise<z.output<Schema>> {
    const { status } = response
    const failure = classifyStatus(status, response.headers, this.#now)
    if (failure instanceof TerminalError) {
      const parsed = medusaError.safeParse(await response.json().catch(() => null))
      const reason = parsed.success ? parsed.data.type : undefined
      throw new TerminalError({
        code: failure.code,
        status,
        reason,
        disablesConnection: failure.disablesConnection,
      })
    }
    if (failure !== null) throw failure
    const body: unknown = isRead ? await response.json().catch(asReading) : await response.json()
    return parseAnswer(schema, body, { isRead })
  }

  #send(
    method: string,
    path: string,
    { query = [], body }: { readonly query?: Query; readonly body?: unknown },
  ): Promise<GuardedResponse> {
    const { url: base, secretKey } = this.config
    const url = new URL(`${base}/admin${path}`)
    for (const [name, value] of query) url.searchParams.append(name, value)
    return this.#fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
}
