import { randomBytes } from 'node:crypto'
import { type GuardedFetch, type GuardedResponse, header } from '@backhaul/sdk/connector'
import type { z } from 'zod'
import { asReading, parseAnswer } from '../json-answer.ts'
import type { Config } from './config.ts'
import { failureOf } from './failures.ts'
import { signedQuery } from './oauth.ts'

interface ShopContext {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly now: Date
}

type Query = Readonly<Record<string, string>>

/** A page of a list. `pages` is how many there are, 1 where the shop does not say. */
export interface Page<Item> {
  readonly items: Item
  readonly pages: number
}

const pageSize = 100
const maxPages = 20

/**
 * The interface `wc/v3` of one shop: Basic over HTTPS; over plain HTTP, where WooCommerce takes no Basic, each
 * request signed by OAuth 1.0a.
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
    query: Query = {},
  ): Promise<z.output<Schema>> {
    return (await this.readPage(path, schema, query)).items
  }

  /** The same, or null where there is no such thing. */
  async find<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: Query = {},
  ): Promise<z.output<Schema> | null> {
    const response = await this.#send('GET', path, { query })
    return response.status === 404 ? null : (await this.#pageOf(response, schema)).items
  }

  async readPage<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: Query = {},
  ): Promise<Page<z.output<Schema>>> {
    return this.#pageOf(await this.#send('GET', path, { query }), schema)
  }

  /** Every item of a list of at most 2,000. */
  async readAll<Item>(path: string, schema: z.ZodType<Item[]>): Promise<Item[]> {
    const all: Item[] = []
    for (let page = 1; page <= maxPages; page += 1) {
      const query = { per_page: String(pageSize), page: String(page) }
      const { items, pages } = await this.readPage(path, schema, query)
      all.push(...items)
      if (page >= pages) break
    }
    return all
  }

  /** What WordPress says of itself, to anybody. */
  async readSite<Schema extends z.ZodType>(schema: Schema): Promise<z.output<Schema>> {
    const response = await this.#fetch(`${this.config.url}/wp-json/`, {
      method: 'GET',
      headers: { accept: 'application/json' },
    })
    const failure = await failureOf(response, this.#now)
    if (failure !== null) throw failure
    return parseAnswer(schema, await response.json().catch(asReading), { isRead: true })
  }

  /** @throws {UnknownOutcomeError} where what comes back is no answer: it may have been done. */
  async write<Schema extends z.ZodType>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    { body, schema, query = {} }: { body?: unknown; schema: Schema; query?: Query },
  ): Promise<z.output<Schema>> {
    const response = await this.#send(method, path, { query, body })
    const failure = await failureOf(response, this.#now)
    if (failure !== null) throw failure
    return parseAnswer(schema, await response.json(), { isRead: false })
  }

  async #pageOf<Schema extends z.ZodType>(
    response: GuardedResponse,
    schema: Schema,
  ): Promise<Page<z.output<Schema>>> {
    const failure = await failureOf(response, this.#now)
    if (failure !== null) throw failure
    const items = parseAnswer(schema, await response.json().catch(asReading), { isRead: true })
    const pages = Number(header(response.headers, 'x-wp-totalpages') ?? '1')
    return { items, pages: Number.isSafeInteger(pages) ? pages : 1 }
  }

  #send(
    method: string,
    path: string,
    { query, body }: { readonly query: Query; readonly body?: unknown },
  ): Promise<GuardedResponse> {
    const { url: base, consumerKey, consumerSecret } = this.config
    const url = `${base}/wp-json/wc/v3${path}`
    const isSecure = base.startsWith('https:')
    const basic = Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')
    const headers: Record<string, string> = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(isSecure ? { authorization: `Basic ${basic}` } : {}),
    }
    const nonce = randomBytes(16).toString('hex')
    const named = { method, url, query, consumerKey, consumerSecret, nonce, now: this.#now }
    const whole = isSecure ? query : signedQuery(named)
    const text = new URLSearchParams(whole).toString()
    return this.#fetch(text === '' ? url : `${url}?${text}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
}
