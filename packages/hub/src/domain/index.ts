/**
 * The case: what may happen to a return, in tables, and what follows from it. Pure and total.
 */
export type { CaseException, CaseHeader, CaseState, ClaimState, LineState } from './case-state.ts'
export { type CloseGuard, closeGuard } from './close.ts'
export { apply, decide, evolve, isLate } from './decide.ts'
export {
  type Applied,
  type Decision,
  type Move,
  type OwedCommand,
  type RaisedException,
  type Refused,
  type RefusalCode,
  type Repeated,
  refusalCodes,
} from './decision.ts'
export { describeTransitions } from './describe.ts'
export { type Folded, fold } from './fold.ts'
export { headlineOf } from './headline.ts'
export {
  type CapacityUse,
  type Ledgers,
  ledgersOf,
  type MoneyRow,
  type QuantityRow,
} from './ledgers.ts'
export { openingClass, orderKey } from './order.ts'
export { type CaseRef, refsOf } from './refs.ts'
export { sentenceOf } from './sentence.ts'
export type { Room, StampedEvent } from './stamped-event.ts'
export { type IssuedCommand, isStillOwed } from './still-owed.ts'
export { type Timer, timersOf } from './timers.ts'
export { validateTables } from './validate-tables.ts'
