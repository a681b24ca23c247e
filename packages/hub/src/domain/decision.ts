import type {
  Axis,
  CommandBody,
  CommandType,
  ExceptionCode,
  Headline,
  SystemRole,
} from '@backhaul/sdk/canonical'
import type { CaseState, ClaimState } from './case-state.ts'

/** What one event does to a case. Never an exception: late, repeated and impossible events are outcomes. */
export type Decision = Applied | Repeated | Refused

export interface Applied {
  readonly outcome: 'applied'
  readonly moves: readonly Move[]
  /** Statements kept as claims by this event: the sender does not own the axis. */
  readonly claims: readonly ClaimState[]
  readonly raised: readonly RaisedException[]
  /** Keys of exceptions whose cause is gone, or that a person resolved. */
  readonly cleared: readonly string[]
  readonly owes: readonly OwedCommand[]
  /** Null when it stayed the same. */
  readonly headline: { readonly from: Headline | null; readonly to: Headline } | null
  readonly next: CaseState
}

/** Systems repeat and overtake each other: no error, and nothing to do. */
interface Repeated {
  readonly outcome: 'repeated'
  readonly reason: string
  readonly next: CaseState
}

/** Kept in the history, and shown; a late event may make it possible when the history is folded anew. */
interface Refused {
  readonly outcome: 'refused'
  readonly code: RefusalCode
  readonly reason: string
  readonly next: CaseState | null
}

/** Every code with which an event is refused. */
export const refusalCodes = {
  no_case: 'There is no case yet that this could be about.',
  no_transition: 'The axis cannot make this move from where it stands.',
  guard: 'A condition of the move does not hold.',
  unknown_line: 'The case has no such line.',
  unknown_object: 'The case knows no parcel, receipt, credit or other object with this id.',
  conflicting_repeat: 'The id was used before, for something else.',
  more_than_requested: 'More is authorized than was requested.',
  below_credited: 'Less is authorized than has been credited.',
  more_than_received: 'More is inspected, disposed of or sent back than has been received.',
  out_of_range: 'A quantity is larger than a line can hold.',
  invalid_money: 'An amount is negative, too large or not in the currency of the case.',
  trigger_not_met: 'The goods have not got as far as the settlement terms ask for.',
  above_cap: 'The credit is above what may be credited.',
  on_hold: 'A blocking exception is open.',
  not_closed: 'Only a closed case can be reopened.',
  history_gone: 'It came so late that the history it belongs into is no longer kept.',
} as const
export type RefusalCode = keyof typeof refusalCodes

export interface Move {
  /** Null for a move of the whole case. */
  readonly lineNo: number | null
  readonly axis: Axis
  readonly from: string
  readonly to: string
}

export interface RaisedException {
  readonly key: string
  readonly code: ExceptionCode
  readonly object: string
  readonly detail: string | null
  /** It had been raised before and comes back. */
  readonly isRecurrence: boolean
}

/** A command that a move owes, to a role. `key` is the same however often the history is folded. */
export interface OwedCommand<T extends CommandType = CommandType> {
  readonly key: string
  readonly type: T
  readonly role: SystemRole
  readonly lineNos: readonly number[]
  readonly body: CommandBody<T>
}
