import { type GuardedDial, type GuardedFetch, RetryableError } from '@backhaul/sdk/connector'
import type { WorkingConnection } from '../../connect/active-connection.ts'
import type { Connections } from '../../connect/connections.ts'
import type { Clock } from '../../platform/clock.ts'

export interface CallDeps {
  readonly connections: Pick<Connections, 'get'>
  readonly clock: Clock
  /** Aborts when the process ends: what is under way is given up, and is no failure. */
  readonly ending?: AbortSignal | undefined
}

/** What a connector gets for a call that only reads. */
export interface SourceCall {
  readonly config: unknown
  readonly fetch: GuardedFetch
  readonly dial: GuardedDial
  readonly signal: AbortSignal
  readonly now: Date
}

/**
 * Calls a connector for a connection, within the connection's time limit: one that goes on after its signal
 * has aborted is not waited for.
 *
 * @throws {RetryableError} CONNECTION_UNUSABLE, TIMEOUT; whatever the connector throws.
 */
export async function callSource<Answer>(
  { connections, clock, ending }: CallDeps,
  connectionId: string,
  ask: (connection: WorkingConnection, call: SourceCall) => Promise<Answer>,
): Promise<Answer> {
  const connection = connections.get(connectionId)
  if (connection === undefined || connection.state !== 'active') {
    throw unreadable('CONNECTION_UNUSABLE', 'its connection cannot be used')
  }
  const { config, limits, fetchFor, dialFor } = connection
  const timeout = AbortSignal.timeout(limits.timeoutMs)
  const signal = ending === undefined ? timeout : AbortSignal.any([timeout, ending])
  const { dial, end } = dialFor({ signal })
  const call = { config, signal, fetch: fetchFor({ signal }), dial, now: clock.now() }
  return withinTime(signal, ask(connection, call)).finally(end)
}

export function unreadable(code: string, reason: string): RetryableError {
  return new RetryableError({ code, reason })
}

/**
 * Waits for an answer until the signal aborts, whatever whoever gives it does about that.
 *
 * @throws {RetryableError} TIMEOUT.
 */
export async function withinTime<Answer>(
  signal: AbortSignal,
  answer: Promise<Answer>,
): Promise<Answer> {
  const done = new AbortController()
  const overdue = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(unreadable('TIMEOUT', 'it did not answer in time'))
    // One that is aborted already tells nobody any more.
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp, { signal: done.signal })
  })
  try {
    return await Promise.race([answer, overdue])
  } finally {
    done.abort()
  }
}
