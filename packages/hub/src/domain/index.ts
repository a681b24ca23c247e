/**
 * The case: what may happen to a return, in tables, and what follows from it. Pure and total.
 */
export type { CaseException, CaseState, LineState } from './case-state.ts'
export { apply, isLate } from './decide.ts'
export { type Decision, type OwedCommand, refusalCodes } from './decision.ts'
export { describeTransitions } from './describe.ts'
export { fold } from './fold.ts'
export { type CapacityUse, type Ledgers, ledgersOf, type QuantityRow } from './ledgers.ts'
export { openingClass } from './order.ts'
export { refsOf } from './refs.ts'
export { sentenceOf } from './sentence.ts'
export type { Room, StampedEvent } from './stamped-event.ts'
export { isStillOwed } from './still-owed.ts'
export { timersOf } from './timers.ts'
export { validateTables } from './validate-tables.ts'
