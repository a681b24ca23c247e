/**
 * The case: what may happen to a return, in tables, and what follows from it. Pure and total.
 */
export { factsNow, type StandingFact } from './answers/facts.ts'
export { moneyOf, moneyWaits } from './answers/money.ts'
export { type OwedNext, owedCodes, owedNextOf } from './answers/owed-next.ts'
export { sayFacts } from './answers/say.ts'
export type { CaseException, CaseState, LineState } from './case-state.ts'
export {
  type CustomerLine,
  type CustomerMoney,
  type CustomerOutcome,
  type CustomerStage,
  type CustomerStatus,
  customerOutcomes,
  customerStatusOf,
  type PayWay,
  payWays,
} from './customer-status.ts'
export { apply, isLate } from './decide.ts'
export { type Decision, type OwedCommand, refusalCodes } from './decision.ts'
export { isWaitedFor } from './delays.ts'
export { describeTransitions } from './describe.ts'
export { axisOfType } from './event-rules.ts'
export { fold } from './fold.ts'
export { plus as plusQuantities } from './ledger/decimal.ts'
export { type CapacityUse, type Ledgers, ledgersOf, type QuantityRow } from './ledgers.ts'
export {
  dueAtOf,
  type Listing,
  listingOf,
  type Stage,
  stages,
  type WaitingParty,
  waitingParties,
} from './listing.ts'
export { noticeOf, orderQuestionOf } from './obligations/commands.ts'
export { openingClass } from './order.ts'
export { askedElsewhere } from './policy/asked-elsewhere.ts'
export { type CompiledPolicy, compilePolicyText } from './policy/compile.ts'
export type {
  DecidedTerms,
  LineDecision,
  PolicyDecision,
  Reason,
} from './policy/decision.ts'
export { type Verdict, verdicts } from './policy/document.ts'
export { evaluatePolicy } from './policy/evaluate.ts'
export { runExamples } from './policy/examples.ts'
export { type CaseFacts, factEvents, factsOf } from './policy/facts.ts'
export { type LineInput, type PolicyInputs, writtenInputs } from './policy/inputs.ts'
export { lastDayOf } from './policy/last-day.ts'
export { type FindProduct, makeInputs, valueOf } from './policy/make-inputs.ts'
export { type KnownReturn, serialsOf } from './policy/other-returns.ts'
export type { PolicyProblem } from './policy/parse.ts'
export { deciderOf, mergeTerms, sayDecision, settlementOf } from './policy/say-decision.ts'
export { type ActivePolicies, activePolicies, noPolicies } from './policy/select.ts'
export { waitingLines, wantsDecision } from './policy/waiting.ts'
export { refsOf } from './refs.ts'
export type { Room, StampedEvent } from './stamped-event.ts'
export { moneyCommands, stillOwed, withinIssued } from './still-owed.ts'
export { timersOf } from './timers.ts'
export { validateTables } from './validate-tables.ts'
