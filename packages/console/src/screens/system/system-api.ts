import {
  array,
  boolean,
  type infer as Infer,
  nullable,
  null as nullType,
  number,
  object,
  record,
  string,
  union,
} from 'zod/mini'
import { fetchBody } from '../../api/client.ts'

const system = object({
  version: string(),
  checks: array(
    object({
      name: string(),
      state: string(),
      detail: string(),
      figures: record(string(), union([number(), string(), nullType()])),
      runbook: nullable(string()),
    }),
  ),
  processes: array(
    object({
      name: string(),
      pid: number(),
      roles: array(string()),
      startedAt: string(),
      heartbeatAt: string(),
      isSilent: boolean(),
      memoryBytes: nullable(number()),
      loopDelayMs: nullable(number()),
      clockAheadMs: nullable(number()),
    }),
  ),
  database: object({
    version: string(),
    isEmbedded: boolean(),
    sizeMb: number(),
    connections: number(),
    connectionsAtMost: number(),
    partitionDaysAhead: number(),
  }),
  migrations: object({ ran: number(), last: nullable(string()), pending: array(string()) }),
  queues: object({
    messages: number(),
    parked: number(),
    lateTimers: number(),
    lanes: array(object({ connectionId: string(), pending: number(), dead: number() })),
  }),
  audit: object({ chains: number(), lastAnchorAt: nullable(string()) }),
  findings: array(object({ code: string(), subject: string(), message: string() })),
})
export type System = Infer<typeof system>

export function readSystem(signal: AbortSignal): Promise<System> {
  return fetchBody('/api/v1/system', system, { signal })
}
