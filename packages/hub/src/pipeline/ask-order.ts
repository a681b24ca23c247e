import { eventData } from '@backhaul/sdk/canonical'
import {
  DeliveryError,
  type OrderAnswer,
  type OrderQuestion,
  RetryableError,
} from '@backhaul/sdk/connector'
import type { ActiveConnection, WorkingConnection } from '../connect/active-connection.ts'
import type { AttemptKind } from '../connect/breaker.ts'
import type { Connections } from '../connect/connections.ts'
import type { ReturnScope } from '../connect/scoped-rows.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'

/** What came of a question about an order. */
export type OrderAsked =
  /** No system that keeps orders is connected for such a return, or it takes no questions. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'answered'; readonly connectionId: string; readonly answer: OrderAnswer }
  /** It will not answer this before somebody has changed something. */
  | { readonly kind: 'refused'; readonly connectionId: string; readonly sentence: string }
  | {
      readonly kind: 'silent'
      readonly connectionId: string
      readonly sentence: string
      readonly retryAfterSeconds: number
    }

export interface AskOrderDeps {
  readonly connections: Pick<Connections, 'routeOf'>
  readonly clock: Clock
  readonly log: Logger
  /** How long somebody waits for the answer. */
  readonly deadlineMs: number
}

/** Whether a system that keeps orders can be asked about those of such a return, be it down or not. */
export function canAskOrder(
  { connections }: Pick<AskOrderDeps, 'connections'>,
  scope: ReturnScope | undefined,
): boolean {
  const connection = connections.routeOf('erp', scope)
  return connection !== undefined && connection.state !== 'broken' && takesQuestions(connection)
}

/**
 * Asks the system that keeps the orders of a return, while somebody waits for it. Holds no database connection.
 * How the system stands is known to the breaker that deliveries go by, and told to it. Never throws.
 */
export async function askOrder(
  deps: AskOrderDeps,
  {
    scope,
    question,
  }: { readonly scope: ReturnScope | undefined; readonly question: OrderQuestion },
): Promise<OrderAsked> {
  const connection = deps.connections.routeOf('erp', scope)
  if (connection === undefined) return { kind: 'nobody' }
  if (connection.state === 'broken') return silent(connection, null)
  if (!takesQuestions(connection)) return { kind: 'nobody' }
  if (connection.state !== 'active') return silent(connection, null)
  const waitMs = connection.breaker.waitMs()
  if (waitMs > 0) return silent(connection, waitMs)
  const asked = await askWithin(deps, connection, question)
  connection.breaker.report(reports[asked.kind])
  return asked
}

const reports = {
  answered: 'delivered',
  refused: 'terminal',
  silent: 'retryable',
} as const satisfies Record<string, AttemptKind>

function takesQuestions({ connector }: WorkingConnection): boolean {
  return connector.looksUp.order !== undefined
}

type Asked = Exclude<OrderAsked, { readonly kind: 'nobody' }>

const tooLate = Symbol('too late')

async function askWithin(
  { clock, log, deadlineMs }: AskOrderDeps,
  connection: WorkingConnection,
  question: OrderQuestion,
): Promise<Asked> {
  const { id, connector, config } = connection
  const abort = new AbortController()
  const { signal } = abort
  const fetch = connection.fetchFor({ signal })
  const asking = (async () =>
    connector.looksUp.order?.({ config, question, fetch, signal, now: clock.now() }))()
  // A connector need not look at its signal: nobody waits for it any longer.
  asking.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<typeof tooLate>((resolve) => {
    timer = setTimeout(resolve, deadlineMs, tooLate)
  })
  try {
    const answer = await Promise.race([asking, late])
    if (answer === tooLate) {
      log.warn({ connectionId: id, code: 'TIMEOUT' }, 'order not looked up')
      return silent(connection, null)
    }
    const read = eventData['order.recorded'].safeParse(answer)
    if (read.success) return { kind: 'answered', connectionId: id, answer: read.data }
    return {
      kind: 'refused',
      connectionId: id,
      sentence: `${connection.title} gave an answer that cannot be read.`,
    }
  } catch (error) {
    log.warn({ connectionId: id, code: codeOf(error) }, 'order not looked up')
    return failureOf(connection, error)
  } finally {
    clearTimeout(timer)
    abort.abort()
  }
}

/** A connector's own fault says nothing of itself: its message could hold anything. */
function failureOf(connection: WorkingConnection, error: unknown): Asked {
  const isTerminal = error instanceof DeliveryError && error.kind === 'terminal'
  if (isTerminal) {
    const sentence = error.reason ?? `${connection.title} does not answer this: ${error.code}.`
    return { kind: 'refused', connectionId: connection.id, sentence }
  }
  return silent(connection, error instanceof RetryableError ? (error.retryAfterMs ?? null) : null)
}

function codeOf(error: unknown): string {
  return error instanceof DeliveryError ? error.code : 'CONNECTOR_DEFECT'
}

const usualRetrySeconds = 5

function silent(
  { id, title }: Pick<ActiveConnection, 'id' | 'title'>,
  afterMs: number | null,
): Asked {
  return {
    kind: 'silent',
    connectionId: id,
    sentence: `${title} does not answer at the moment.`,
    retryAfterSeconds:
      afterMs === null ? usualRetrySeconds : Math.max(1, Math.ceil(afterMs / 1_000)),
  }
}
