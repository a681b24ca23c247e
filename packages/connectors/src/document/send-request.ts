import {
  classifyStatus,
  type Delivered,
  type Delivery,
  type GuardedResponse,
  TerminalError,
} from '@backhaul/sdk/connector'
import type { Config } from './config.ts'

/**
 * Sends what a mapping document made of a command.
 *
 * Safe to repeat where the system honours the idempotency header: the key is the same in every attempt.
 *
 * @throws {RetryableError} on 3xx, 401, 408, 425, 429 and 5xx, after `Retry-After` where it was sent.
 * @throws {TerminalError} on any other 4xx; also for a command that no document makes a request of, and for a
 *   connection without `outbound`.
 * @throws {UnknownOutcomeError} when no answer came.
 */
export async function sendRequest(delivery: Delivery<Config>): Promise<Delivered> {
  const { config, request, idempotencyKey, now } = delivery
  const { outbound } = config
  if (outbound === undefined) throw new TerminalError({ code: 'NOT_CONFIGURED' })
  if (request === undefined) throw new TerminalError({ code: 'COMMAND_NOT_SUPPORTED' })
  const response = await delivery.fetch(addressOf(outbound.url, request), {
    method: request.method,
    headers: {
      ...request.headers,
      ...(request.contentType === null ? {} : { 'content-type': request.contentType }),
      ...outbound.headers,
      [outbound.idempotencyHeader]: idempotencyKey,
    },
    ...(request.body === null ? {} : { body: request.body }),
    signal: AbortSignal.timeout(outbound.timeoutMs),
  })
  const failure = classifyStatus(response.status, response.headers, now)
  if (failure !== null) throw failure
  return readAnswer(response, request.externalIdOf)
}

/** What would lead elsewhere, or nowhere. */
const isNoStep = /^\.{0,2}$/

/** The path stands below the address of the connection, whatever it holds. */
function addressOf(
  base: string,
  { path, query }: { readonly path: string; readonly query: Readonly<Record<string, string>> },
): URL {
  const url = new URL(base)
  const steps = path.split('/').map(decoded)
  const below = steps
    .filter((step) => !isNoStep.test(step))
    .map(encodeURIComponent)
    .join('/')
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${below}`
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

/** The status has said that the request was taken. What the answer says besides takes nothing back. */
async function readAnswer(
  response: GuardedResponse,
  externalIdOf: ((answer: unknown) => string | null) | undefined,
): Promise<Delivered> {
  if (externalIdOf === undefined) return {}
  const id = externalIdOf(await response.json().catch(() => null))?.trim() ?? ''
  return id === '' || id.length > 200 ? {} : { externalId: id }
}
