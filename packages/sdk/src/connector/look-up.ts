import type { CanonicalEvent, CommandBody, EventData } from '../canonical/index.ts'
import type { GuardedFetch } from './guarded-fetch.ts'

/** What is asked about an order. Without lines: about all lines of the order. */
export type OrderQuestion = Pick<CommandBody<'order.look_up'>, 'about' | 'lines'>

export interface OrderLookUp<Config> {
  readonly config: Config
  readonly question: OrderQuestion
  readonly fetch: GuardedFetch
  /** Aborts when the caller waits no longer. */
  readonly signal: AbortSignal
  readonly now: Date
}

/**
 * What the system knows of the order, as `order.recorded` says it; `exists: false` where there is none. Lines
 * that were asked for keep their numbers; where none were asked for, all lines of the order are numbered from 1.
 */
export type OrderAnswer = EventData<'order.recorded'>

/**
 * Reads only.
 *
 * @throws {RetryableError} when asking again later may succeed.
 * @throws {TerminalError} when it cannot be answered until somebody has changed something; its code says what,
 *   for example ORDER_AMBIGUOUS.
 */
export type AnswerOrder<Config> = (lookUp: OrderLookUp<Config>) => Promise<OrderAnswer>

/** Questions that somebody waits for, answered in the call. */
export interface LookUps<Config> {
  readonly order?: AnswerOrder<Config>
}

/** The answer to a command `order.look_up`: the same question, asked when nobody waits. */
export function recordedOrder(
  answer: OrderAnswer,
  { id, caseId, at }: { readonly id: string; readonly caseId: string; readonly at: Date },
): CanonicalEvent<'order.recorded'> {
  return {
    id,
    source: 'connector',
    type: 'order.recorded',
    subject: caseId,
    time: at.toISOString(),
    data: answer,
  }
}
