import { DeliveryError } from '@backhaul/sdk/connector'
import type { Connections } from '../connect/connections.ts'
import type { Clock } from '../platform/clock.ts'
import type { HubConfig } from '../platform/config/schema.ts'
import { HubError } from '../platform/errors.ts'

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
}

/**
 * Makes the call that a connector has for this. A system that refuses or does not answer is a result, not
 * a failure.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT when the connection cannot be used or there is no such call.
 */
export async function checkConnection(
  deps: {
    readonly connections: Pick<Connections, 'get'>
    readonly config: HubConfig
    readonly clock: Clock
  },
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
  const signal = AbortSignal.timeout(deps.config.delivery.requestTimeoutMs)
  const call = { config, fetch: connection.fetchFor({ signal }), signal, now: clock.now() }
  const said = await connector.check(call).catch((error: unknown) => failureOf(error))
  const durationMs = Math.round(clock.monotonicMs() - startedMs)
  if ('code' in said) return { isFine: false, account: null, notes: [], ...said, durationMs }
  const { account = null, notes = [] } = said
  return { isFine: true, account, notes: [...notes], code: null, reason: null, durationMs }
}

/** A connector's own fault says nothing of itself: its message could hold anything. */
function failureOf(error: unknown): { code: string; reason: string | null } {
  if (error instanceof DeliveryError) return { code: error.code, reason: error.reason ?? null }
  if (error instanceof HubError) return { code: error.code, reason: error.message }
  return { code: 'CONNECTOR_DEFECT', reason: null }
}
