import {
  classifyStatus,
  type GuardedFetch,
  type GuardedResponse,
  type HeaderValues,
  RetryableError,
} from '@backhaul/sdk/connector'
import type { z } from 'zod'
import type { Config } from './config.ts'

/** What a call needs of a delivery, a page or a check. */
export interface Caller {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly now: Date
}

/** A JSON answer with its headers. */
export interface Answer {
  readonly status: number
  readonly headers: HeaderValues
  readonly body: unknown
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT'
  /** Below /REST/2.0. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly send?: unknown
  readonly ifMatch?: string | undefined
  /** Statuses that are an answer and no failure. */
  readonly allow?: readonly number[]
}

/**
 * One call of REST2. The text of a refusal is never read: RT quotes what it was sent.
 *
 * @throws {DeliveryError} for every status that is neither 2xx nor allowed.
 */
export async function call(caller: Caller, what: Call): Promise<Answer> {
  const { method = 'GET', path, query = {}, send, ifMatch, allow = [] } = what
  const { config, fetch, now } = caller
  const url = new URL(`${config.url.replace(/\/+$/, '')}/REST/2.0${path}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/json',
      authorization: authorization(config),
      ...(send === undefined ? {} : { 'content-type': 'application/json' }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    ...(send === undefined ? {} : { body: JSON.stringify(send) }),
  })
  const { status, headers } = response
  if (allow.includes(status)) return { status, headers, body: null }
  const failure = classifyStatus(status, headers, now)
  if (failure !== null) throw failure
  return { status, headers, body: await bodyOf(response, method) }
}

/** A write that was answered by anything but JSON: its effect is looked up, so that only the parse is lost. */
async function bodyOf(response: GuardedResponse, method: string): Promise<unknown> {
  if (method === 'GET') return response.json().catch(asReading)
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function asReading(cause: unknown): never {
  throw new RetryableError({ code: 'RESPONSE_MALFORMED', reason: 'RT answered no JSON.', cause })
}

function authorization({ token, login = '', password = '' }: Config): string {
  if (token !== undefined) return `token ${token}`
  return `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`
}

/** @throws {RetryableError} when what was read has another shape: nothing was changed by reading. */
export function readAs<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const at = parsed.error.issues[0]?.path.join('.') ?? ''
  const reason = `RT answered in another shape than REST2 does${at === '' ? '' : `, at ${at}`}.`
  throw new RetryableError({ code: 'RESPONSE_MALFORMED', reason })
}

/** A text of TicketSQL between single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`
}

/** A custom field as TicketSQL names it. */
export function fieldIn(name: string): string {
  return `'CF.{${name}}'`
}
