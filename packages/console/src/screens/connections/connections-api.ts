import {
  any,
  array,
  boolean,
  type infer as Infer,
  nullable,
  number,
  object,
  optional,
  record,
  string,
  unknown,
} from 'zod/mini'
import { type Answer, ask, fetchBody, tell } from '../../api/client.ts'

const sum = {
  count: number(),
  delivered: number(),
  failed: number(),
  successShare: nullable(number()),
  p50Ms: nullable(number()),
  p95Ms: nullable(number()),
}

const health = object({
  id: string(),
  title: string(),
  connector: string(),
  roles: array(string()),
  state: string(),
  stateReason: nullable(string()),
  reasons: array(string()),
  tries: object({ ...sum, hours: array(object({ hour: string(), ...sum })) }),
  breaker: object({ isOpen: boolean(), failures: number(), nextProbeAt: nullable(string()) }),
  allowance: nullable(
    object({ left: number(), limit: nullable(number()), resetsAt: nullable(string()) }),
  ),
  pausedUntil: nullable(string()),
  pending: number(),
  dueSince: nullable(string()),
  dead: number(),
  waiting: number(),
  waitingSince: nullable(string()),
  parked: number(),
  failingPolls: number(),
  lastReceivedAt: nullable(string()),
  lastTriedAt: nullable(string()),
  lastDeliveredAt: nullable(string()),
  canCheck: boolean(),
  lastCheck: nullable(
    object({
      at: string(),
      isFine: boolean(),
      code: nullable(string()),
      reason: nullable(string()),
    }),
  ),
  credentialsExpireAt: nullable(string()),
  authorizationEndsAt: nullable(string()),
})
export type Health = Infer<typeof health>
export type HourOfTries = Health['tries']['hours'][number]

const healthDetail = object({
  health,
  changes: array(object({ at: string(), actor: string(), action: string() })),
})
export type HealthDetail = Infer<typeof healthDetail>

const connection = object({
  id: string(),
  connector: string(),
  title: string(),
  roles: array(string()),
  config: record(string(), unknown()),
  subscriptions: array(string()),
  state: string(),
  hasAddressToken: boolean(),
})
export type Connection = Infer<typeof connection>

/** The part of JSON Schema that a form is made from. */
const fieldSchema = object({
  type: optional(any()),
  enum: optional(array(string())),
  default: optional(unknown()),
  description: optional(string()),
  items: optional(any()),
})
export type FieldSchema = Infer<typeof fieldSchema>

const connector = object({
  key: string(),
  title: string(),
  roles: array(string()),
  topics: array(string()),
  secretPaths: array(string()),
  canCheck: boolean(),
  config: object({
    properties: optional(record(string(), fieldSchema)),
    required: optional(array(string())),
  }),
})
export type Connector = Infer<typeof connector>

const poll = object({
  name: string(),
  state: string(),
  dueAt: string(),
  lagSeconds: number(),
  failures: number(),
  lastReason: nullable(string()),
  runEndedAt: nullable(string()),
  totalRead: number(),
  totalNew: number(),
})
export type Poll = Infer<typeof poll>

const check = object({
  isFine: boolean(),
  account: nullable(string()),
  notes: array(string()),
  code: nullable(string()),
  reason: nullable(string()),
  durationMs: number(),
})
export type Check = Infer<typeof check>

const base = '/api/v1/connections'
const pathOf = (id: string): string => `${base}/${encodeURIComponent(id)}`

export async function listHealth(signal: AbortSignal): Promise<Health[]> {
  const list = object({ data: array(health) })
  return (await fetchBody('/api/v1/connection-health', list, { signal })).data
}

export function readHealth(id: string, signal: AbortSignal): Promise<HealthDetail> {
  return fetchBody(`${pathOf(id)}/health`, healthDetail, { signal })
}

export function readConnection(id: string, signal: AbortSignal): Promise<Answer<Connection>> {
  return ask(pathOf(id), connection, { signal })
}

export async function listConnectors(signal: AbortSignal): Promise<Connector[]> {
  const list = object({ data: array(connector) })
  return (await fetchBody('/api/v1/connectors', list, { signal })).data
}

export async function listPolls(id: string, signal: AbortSignal): Promise<Poll[]> {
  const list = object({ data: array(poll) })
  return (await fetchBody(`${pathOf(id)}/polls`, list, { signal })).data
}

export function lookNow(id: string, name: string): Promise<void> {
  return tell(`${pathOf(id)}/polls/${encodeURIComponent(name)}/look`, { method: 'POST' })
}

/** @param reason - why it is stopped; others read it. */
export function changeState(id: string, verb: 'pause' | 'resume', reason?: string): Promise<void> {
  const body = reason === undefined || reason === '' ? {} : { reason }
  return tell(`${pathOf(id)}/${verb}`, { method: 'POST', body })
}

export function checkConnection(id: string): Promise<Check> {
  return fetchBody(`${pathOf(id)}/check`, check, { method: 'POST' })
}

export async function renewAddress(id: string): Promise<string> {
  const renewed = object({ addressToken: string() })
  return (await fetchBody(`${pathOf(id)}/address-token`, renewed, { method: 'POST' })).addressToken
}

export interface ConnectionDraft {
  readonly connectionId: string
  readonly connector: string
  readonly title: string
  readonly roles: readonly string[]
  readonly config: Readonly<Record<string, unknown>>
}

const made = object({ connection, addressToken: nullable(string()) })

/** @returns with the last part of its webhook address, which is told this once. */
export function createConnection(draft: ConnectionDraft): Promise<Infer<typeof made>> {
  return fetchBody(base, made, { method: 'POST', body: draft })
}

/** Replaces the whole configuration; a secret of ******** keeps the one that is stored. */
export function changeConfig(
  id: string,
  config: Readonly<Record<string, unknown>>,
  etag: string,
): Promise<void> {
  return tell(pathOf(id), { method: 'PATCH', body: { config }, headers: { 'if-match': etag } })
}
