import { DeliveryError } from '@backhaul/sdk/connector'
import type { Connections } from '../../connect/connections.ts'
import type { Clock } from '../../platform/clock.ts'
import type { HubConfig } from '../../platform/config/schema.ts'
import { HubError } from '../../platform/errors.ts'
import { withinTime } from '../pages/source-call.ts'

/** What a system said to a call that changes nothing. */
export interface ConnectionCheck {
  readonly isFine: boolean
  /** As whom the system knows us. */
  readonly account: string | null
  readonly notes: string[]
  /** What went wrong. */
  readonly code: string | null
  readonly reason: string | null
  readonly durationMs: number
  /** When the system takes our credentials no more; null where it does not say. */
  readonly credentialExpiresAt: Date | null
}

export interface CheckDeps {
  readonly connections: Pick<Connections, 'get'>
  readonly config: Pick<HubConfig, 'delivery'>
  readonly clock: Clock
  /** Aborts when the process ends. */
  readonly ending?: AbortSignal | undefined
}

/**
 * Makes the call that a connector has for this. A system that refuses or does not answer is a result, not
 * a failure.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT when the connection cannot be used or there is no such call.
 */
export async function checkConnection(
  deps: CheckDeps,
  connectionId: string,
): Promise<ConnectionCheck> {
  const { clock } = deps
  const connection = deps.connections.get(connectionId)
  if (connection === undefined) throw new HubError('NOT_FOUND', 'There is no such connection.')
  if (connection.state === 'broken') {
    throw new HubError('CONFLICT', `It cannot be used: ${connection.reason ?? 'it does not fit'}`)
  }
  const { connector, config } = connection
  if (connector.check === undefined) {
    throw new HubError('CONFLICT', `The connector ${connector.key} has no check of its own.`)
  }
  const startedMs = clock.monotonicMs()
  const timeout = AbortSignal.timeout(deps.config.delivery.requestTimeoutMs)
  const signal = deps.ending === undefined ? timeout : AbortSignal.any([timeout, deps.ending])
  const { dial, end } = connection.dialFor({ signal })
  const call = { config, fetch: connection.fetchFor({ signal }), dial, signal, now: clock.now() }
  const said = await withinTime(signal, connector.check(call)).catch(failureOf).finally(end)
  const durationMs = Math.round(clock.monotonicMs() - startedMs)
  if ('code' in said) return { ...nothingSaid, isFine: false, ...said, durationMs }
  const { account = null, notes = [], credentialExpiresAt } = said
  const agreedUntil = (await connection.oauth?.agreedUntil()) ?? null
  return {
    ...nothingSaid,
    isFine: true,
    account,
    notes: [...notes],
    durationMs,
    credentialExpiresAt: earliest(
      isTime(credentialExpiresAt) ? credentialExpiresAt : null,
      agreedUntil,
    ),
  }
}

const nothingSaid = {
  account: null,
  notes: [],
  code: null,
  reason: null,
  credentialExpiresAt: null,
}

function earliest(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other
  return one < other ? one : other
}

function isTime(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime())
}

/** A connector's own fault says nothing of itself: its message could hold anything. */
function failureOf(error: unknown): { code: string; reason: string | null } {
  if (error instanceof DeliveryError) return { code: error.code, reason: error.reason ?? null }
  if (error instanceof HubError) return { code: error.code, reason: error.message }
  return { code: 'CONNECTOR_DEFECT', reason: null }
}
