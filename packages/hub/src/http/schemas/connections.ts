import { type Axis, axisStates, systemRoles } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import type { Connections } from '../../connect/connections.ts'
import type { ShownConnection } from '../../connect/shown-connection.ts'
import type { ConnectionCheck } from '../../pipeline/checks/check-connection.ts'
import type { KeptCheck } from '../../store/connection-checks.ts'
import type { RowScope } from '../../store/row-scope.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull } from './common.ts'

export const systemRole = z.enum(systemRoles)
export const axis = z.enum(Object.keys(axisStates) as [Axis, ...Axis[]])

const checkFields = {
  isFine: z.boolean(),
  account: z.string().nullable().describe('As whom the system knows us.'),
  notes: z.array(z.string()),
  code: z.string().nullable().describe('What went wrong.'),
  reason: z.string().nullable(),
  durationMs: z.int(),
  credentialExpiresAt: timeOrNull.describe(
    'When the system takes our credentials no more, where it says so.',
  ),
}

const keptCheck = z
  .object({
    ...checkFields,
    checkedAt: time,
    failingSince: timeOrNull.describe('The first of the checks in a row that failed.'),
  })
  .meta({ id: 'LastConnectionCheck', description: 'What a connection’s last check came to.' })

export const connection = z
  .object({
    id: text,
    connector: text,
    title: text,
    roles: z.array(systemRole),
    config: z.record(z.string(), z.unknown()).describe('Secrets are shown as ********.'),
    subscriptions: z.array(text),
    retry: z.object({ delaysSeconds: z.array(z.number()) }).nullable(),
    state: z.enum(['active', 'paused', 'disabled']),
    stateReason: textOrNull,
    health: z
      .enum(['working', 'broken', 'down'])
      .describe('broken: its configuration cannot be used; down: it does not answer.'),
    lastCheck: keptCheck.nullable().describe('null where there was none, or cannot be one.'),
    hasAddressToken: z.boolean(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Connection', description: 'One configured account of a connector.' })

export const connector = z
  .object({
    key: text,
    title: text,
    roles: z.array(systemRole),
    topics: z.array(text).describe('Webhooks that it receives.'),
    commands: z.array(text).describe('Commands that it delivers.'),
    feeds: z.array(text).describe('Master data that it is asked for.'),
    polls: z.array(text).describe('Changes that it is asked for.'),
    config: z.unknown().describe('JSON Schema of the configuration.'),
    secretPaths: z.array(text),
    canCheck: z.boolean(),
  })
  .meta({ id: 'Connector', description: 'A kind of system that the hub can talk to.' })

const scope = {
  company: text.optional().describe('Only for returns of this company.'),
  warehouse: text.optional().describe('Only for returns to this warehouse.'),
  channel: text.optional().describe('Only for returns through this channel.'),
  validFrom: time.optional(),
  validTo: time.optional().describe('The first moment at which it no longer holds.'),
}

export const route = z
  .object({ role: systemRole, connectionId: text, ...scope })
  .meta({ id: 'Route', description: 'Which connection plays a role.' })

export const authority = z
  .object({ axis, roles: z.array(systemRole), isDefault: z.boolean(), ...scope })
  .meta({ id: 'Authority', description: 'Which roles own an axis.' })

/** Where a row of the routing holds; what makes no difference is left out. */
export function scopeView({ company, warehouse, channel, validFrom, validTo }: RowScope) {
  return {
    ...(company === null ? {} : { company }),
    ...(warehouse === null ? {} : { warehouse }),
    ...(channel === null ? {} : { channel }),
    ...(validFrom === null ? {} : { validFrom: iso(validFrom) }),
    ...(validTo === null ? {} : { validTo: iso(validTo) }),
  }
}

export function connectionView(
  shown: ShownConnection,
  {
    connections,
    checks,
  }: { readonly connections: Pick<Connections, 'get'>; readonly checks: readonly KeptCheck[] },
): z.infer<typeof connection> {
  const last = checks.find((check) => check.connectionId === shown.connectionId)
  const { connectionId, createdAt, updatedAt, retry, ...rest } = shown
  return {
    ...rest,
    id: connectionId,
    config: { ...rest.config },
    roles: [...rest.roles],
    subscriptions: [...rest.subscriptions],
    retry: retry && { delaysSeconds: [...retry.delaysSeconds] },
    health: healthOf(connections, connectionId),
    lastCheck: last === undefined ? null : keptCheckView(last),
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
  }
}

function healthOf(
  connections: Pick<Connections, 'get'>,
  connectionId: string,
): 'working' | 'broken' | 'down' {
  const active = connections.get(connectionId)
  if (active?.state === 'broken') return 'broken'
  return active?.breaker.state === 'open' ? 'down' : 'working'
}

export const connectionCheck = z.object(checkFields).meta({
  id: 'ConnectionCheck',
  description: 'What a system said to a call that changes nothing.',
})

export function checkView(check: ConnectionCheck): z.infer<typeof connectionCheck> {
  return { ...check, credentialExpiresAt: isoOrNull(check.credentialExpiresAt) }
}

function keptCheckView({ connectionId: _id, ...check }: KeptCheck): z.infer<typeof keptCheck> {
  return {
    ...check,
    notes: [...check.notes],
    checkedAt: iso(check.checkedAt),
    failingSince: isoOrNull(check.failingSince),
    credentialExpiresAt: isoOrNull(check.credentialExpiresAt),
  }
}
