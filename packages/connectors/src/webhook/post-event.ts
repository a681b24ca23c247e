import {
  classifyStatus,
  type Delivered,
  type Delivery,
  type GuardedResponse,
  header,
} from '@backhaul/sdk/connector'
import { prepareSigner } from '@backhaul/sdk/signing'
import type { Config } from './config.ts'
import { acknowledgement } from './payloads.ts'

interface Target {
  readonly url: URL
  /** Those of the configuration; null where it has none. */
  readonly headers: Readonly<Record<string, string>> | null
  readonly sign: ReturnType<typeof prepareSigner>
}

/** One per connection: the hub passes the same configuration object with every delivery. */
const targets = new WeakMap<Config, Target>()

/**
 * Posts a command, as JSON in the canonical language, signed by Standard Webhooks.
 *
 * Safe to repeat: `webhook-id` is the idempotency key and stays the same in every attempt; a receiver drops an
 * id that it has seen (Standard Webhooks 1.0.0, "Verifying signatures").
 *
 * @returns `externalId` where the receiver answered `{ "externalId": "…" }`, 1 to 200 characters.
 * @throws {RetryableError} on 3xx, 401, 408, 425, 429 and 5xx, after `Retry-After` where it was sent.
 * @throws {TerminalError} on any other 4xx; on 410 it also disables the connection.
 * @throws {UnknownOutcomeError} on 303, and when no answer came.
 */
export async function postEvent(delivery: Delivery<Config>): Promise<Delivered> {
  const { command, config, idempotencyKey, now } = delivery
  const target = targetOf(config)
  const { type, caseId, caseNo, caseVersion, occurredAt } = command
  const envelope = JSON.stringify({
    type,
    idempotencyKey,
    caseId,
    caseNo,
    caseVersion,
    occurredAt,
  })
  const body = `${envelope.slice(0, -1)},"body":${command.bodyText ?? JSON.stringify(command.body)}}`
  const id = toWebhookId(idempotencyKey)
  const timestampSeconds = Math.floor(now.getTime() / 1000)
  const own = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': target.sign({ id, timestampSeconds, body }),
  }
  const headers = target.headers === null ? own : { ...target.headers, ...own }
  const request = { method: 'POST', headers, body }
  const response = await delivery.fetch(
    target.url,
    config.timeoutMs === undefined
      ? request
      : { ...request, signal: AbortSignal.timeout(config.timeoutMs) },
  )
  const failure = classifyStatus(response.status, response.headers, now)
  if (failure !== null) throw failure
  return readAcknowledgement(response)
}

function targetOf(config: Config): Target {
  const known = targets.get(config)
  if (known !== undefined) return known
  const target = {
    url: new URL(config.url),
    headers: config.headers ?? null,
    sign: prepareSigner(config.signingSecret),
  }
  targets.set(config, target)
  return target
}

/** A full stop in the id would make the signed content ambiguous, so it travels encoded. */
function toWebhookId(idempotencyKey: string): string {
  return /[.%]/.test(idempotencyKey)
    ? idempotencyKey.replaceAll('%', '%25').replaceAll('.', '%2E')
    : idempotencyKey
}

/** The status has said that the command arrived. An answer that breaks off or says nonsense takes nothing back. */
async function readAcknowledgement(response: GuardedResponse): Promise<Delivered> {
  const contentType = header(response.headers, 'content-type') ?? ''
  if (!contentType.startsWith('application/json')) return {}
  const answer: unknown = await response.json().catch(() => null)
  const parsed = acknowledgement.safeParse(answer)
  return parsed.success ? { externalId: parsed.data.externalId } : {}
}
