import { HubError } from '../platform/errors.ts'
import { CliError } from './cli-error.ts'
import type { CliHub } from './with-hub.ts'

/** What a system said when it was asked whether it takes our calls. */
export interface TestedConnection {
  readonly connectionId: string
  /** As whom it knows us. */
  readonly account: string | null
  readonly notes: readonly string[]
  readonly durationMs: number
}

/**
 * Makes the call that a connector has for this.
 *
 * @throws {HubError} NOT_FOUND; {CliError} when the connection is broken or its connector has no such
 *   call; the sdk's DeliveryError when the system refuses or does not answer.
 */
export async function testConnection(
  { connections, config: hubConfig, clock }: CliHub,
  connectionId: string,
): Promise<TestedConnection> {
  const connection = connections.get(connectionId)
  if (connection === undefined) {
    throw new HubError(
      'NOT_FOUND',
      `There is no connection ${connectionId}. List them with: backhaul connection list`,
    )
  }
  if (connection.state === 'broken') {
    throw new CliError(
      'error',
      `The connection cannot be used: ${connection.reason ?? 'its settings do not fit'}`,
      { code: 'CONNECTION_BROKEN' },
    )
  }
  const { connector, config } = connection
  if (connector.check === undefined) {
    throw new CliError(
      'error',
      `The connector ${connector.key} has no test of its own. Send it an event instead.`,
      { code: 'NO_TEST' },
    )
  }
  const startMs = clock.monotonicMs()
  const signal = AbortSignal.timeout(hubConfig.delivery.requestTimeoutMs)
  const fetch = connection.fetchFor({ signal })
  const answer = await connector.check({ config, fetch, signal, now: clock.now() })
  return {
    connectionId,
    account: answer.account ?? null,
    notes: answer.notes ?? [],
    durationMs: Math.round(clock.monotonicMs() - startMs),
  }
}
