import {
  array,
  boolean,
  type infer as Infer,
  nullable,
  number,
  object,
  string,
  unknown,
} from 'zod/mini'
import { addressOf, fetchBody, type Query } from '../../api/client.ts'
import type { AuditSearch } from './route.ts'

const entry = object({
  chainId: string(),
  seq: number(),
  recordedAt: string(),
  actor: string(),
  action: string(),
  objectType: string(),
  objectId: string(),
  detail: unknown(),
})

export type AuditEntry = Infer<typeof entry>

const page = object({ data: array(entry), next_cursor: nullable(string()) })

const verification = object({
  isWhole: boolean(),
  found: number(),
  counts: object({ chains: number(), entries: number(), events: number(), anchors: number() }),
  findings: array(object({ kind: string(), detail: string() })),
})

/** What is asked of the hub: days become the moments at which they begin and end here. */
export function queryOf({ from, to, ...rest }: AuditSearch): Query {
  return { ...rest, from: startOf(from, 0), to: startOf(to, 1) }
}

function startOf(day: string | undefined, daysLater: number): string | undefined {
  const at = new Date(`${day ?? ''}T00:00:00`)
  if (Number.isNaN(at.getTime())) return undefined
  at.setDate(at.getDate() + daysLater)
  return at.toISOString()
}

export function readAudit(search: AuditSearch, cursor: string | undefined) {
  return fetchBody('/api/v1/audit', page, { query: { ...queryOf(search), cursor, limit: 50 } })
}

/** Where the same is to be had as a table. */
export function exportAddress(search: AuditSearch): string {
  return addressOf('/api/v1/audit.csv', queryOf(search))
}

export function verifyAudit() {
  return fetchBody('/api/v1/audit/verification', verification, { method: 'POST', body: {} })
}
