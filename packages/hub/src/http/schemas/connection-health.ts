import { z } from 'zod'
import type { ActiveConnection } from '../../connect/active-connection.ts'
import {
  healthOf,
  healthReasons,
  healthStates,
  sumTries,
} from '../../pipeline/vitals/connection-health.ts'
import type { AuditRecord } from '../../store/audit-queries.ts'
import type { ConnectionStanding } from '../../store/connection-standing.ts'
import type { HourOfTries } from '../../store/connection-tries.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull } from './common.ts'
import { systemRole } from './connections.ts'

const sum = {
  count: z.int(),
  delivered: z.int(),
  failed: z.int(),
  successShare: z.number().nullable().describe('0 to 1; null where there was no try.'),
  p50Ms: z.int().nullable().describe('Half of the tries took no longer. Estimated from groups.'),
  p95Ms: z.int().nullable(),
}

export const connectionHealth = z
  .object({
    id: text,
    title: text,
    connector: text,
    roles: z.array(systemRole),
    version: z.int(),
    state: z.enum(healthStates),
    stateReason: textOrNull.describe('What was said when it was stopped, or why it is unusable.'),
    reasons: z.array(z.enum(healthReasons)),
    tries: z
      .object({ ...sum, hours: z.array(z.object({ hour: time, ...sum })) })
      .describe('Of the last 24 hours. An hour without a try is left out.'),
    breaker: z
      .object({
        isOpen: z.boolean(),
        failures: z.int().describe('In a row.'),
        nextProbeAt: timeOrNull,
        seenBy: textOrNull,
      })
      .describe('As the process that tried last knows it.'),
    allowance: z
      .object({ left: z.number(), limit: z.number().nullable(), resetsAt: timeOrNull })
      .nullable()
      .describe('What the system said that it still allows; null where it says nothing.'),
    pausedUntil: timeOrNull.describe('The system asked for a pause.'),
    pending: z.int().describe('Deliveries that have not ended, up to 10,000.'),
    dueSince: timeOrNull.describe('Since when the first of those that could be sent waits.'),
    dead: z.int(),
    waiting: z.int().describe('Messages that wait for the processor, up to 10,000.'),
    waitingSince: timeOrNull,
    parked: z.int(),
    failingPolls: z.int(),
    pollLagSeconds: z
      .number()
      .nullable()
      .describe('How far behind the poll is that is furthest behind; null where none is.'),
    lastReceivedAt: timeOrNull.describe('Null where it was over a week ago.'),
    lastTriedAt: timeOrNull,
    lastDeliveredAt: timeOrNull,
    canCheck: z.boolean().describe('Whether it can be checked at all.'),
    lastCheck: z
      .object({ at: time, isFine: z.boolean(), code: textOrNull, reason: textOrNull })
      .nullable(),
    credentialsExpireAt: timeOrNull.describe('As its last check said.'),
    authorizationEndsAt: timeOrNull.describe('When a person has to authorize the hub anew.'),
  })
  .meta({ id: 'ConnectionHealth', description: 'How a connection does.' })

const change = z.object({ at: time, actor: text, action: text, detail: z.unknown() })

export const connectionHealthDetail = z.object({
  health: connectionHealth,
  changes: z.array(change).describe('What people did to it, the newest first; 50 at most.'),
})

export function connectionHealthView(given: {
  readonly connection: ActiveConnection
  readonly standing: ConnectionStanding
  readonly tries: readonly HourOfTries[]
  readonly now: Date
}): z.infer<typeof connectionHealth> {
  const { connection, standing, tries } = given
  const { state, reasons } = healthOf(given)
  return {
    id: connection.id,
    title: connection.title,
    connector: connection.connectorKey,
    roles: [...connection.roles],
    version: connection.version,
    state,
    stateReason: connection.reason,
    reasons: [...reasons],
    tries: {
      ...sumTries(tries),
      hours: tries.map((hour) => ({ hour: iso(hour.hour), ...sumTries([hour]) })),
    },
    breaker: breakerView(connection, standing),
    canCheck: connection.state !== 'broken' && connection.connector.check !== undefined,
    allowance:
      standing.allowanceLeft === null
        ? null
        : {
            left: standing.allowanceLeft,
            limit: standing.allowanceLimit,
            resetsAt: isoOrNull(standing.allowanceResetsAt),
          },
    pending: standing.pending,
    dead: standing.dead,
    waiting: standing.waiting,
    parked: standing.parked,
    failingPolls: standing.failingPolls,
    pollLagSeconds: standing.pollLagSeconds,
    ...timesOf(standing),
  }
}

function breakerView(
  connection: ActiveConnection,
  { isOpen, failures, ...seen }: ConnectionStanding,
) {
  const own = connection.state === 'broken' ? null : connection.breaker.snapshot()
  // What this process sees itself is newer.
  if (own !== null && own.consecutiveFailures > 0) {
    const { state, consecutiveFailures, nextProbeAt } = own
    return {
      isOpen: state === 'open',
      failures: consecutiveFailures,
      nextProbeAt: isoOrNull(nextProbeAt),
      seenBy: null,
    }
  }
  return {
    isOpen: isOpen ?? false,
    failures: failures ?? 0,
    nextProbeAt: isoOrNull(seen.nextProbeAt),
    seenBy: seen.seenBy,
  }
}

function timesOf(standing: ConnectionStanding) {
  const { checkedAt, isCheckFine, checkCode, checkReason } = standing
  const lastCheck =
    checkedAt === null
      ? null
      : { at: iso(checkedAt), isFine: isCheckFine === true, code: checkCode, reason: checkReason }
  return {
    lastCheck,
    pausedUntil: isoOrNull(standing.pausedUntil),
    dueSince: isoOrNull(standing.dueSince),
    waitingSince: isoOrNull(standing.waitingSince),
    lastReceivedAt: isoOrNull(standing.lastReceivedAt),
    lastTriedAt: isoOrNull(standing.lastTriedAt),
    lastDeliveredAt: isoOrNull(standing.lastDeliveredAt),
    credentialsExpireAt: isoOrNull(standing.credentialExpiresAt),
    authorizationEndsAt: isoOrNull(standing.tokenExpiresAt),
  }
}

export function changeView({ recordedAt, actor, action, detail }: AuditRecord) {
  return { at: iso(recordedAt), actor, action, detail }
}
