import type { CaseException, CaseState } from '../case-state.ts'
import { type Draft, findLine } from '../draft.ts'
import { waitsForDecision } from '../ledger/lines.ts'
import { clear, raise } from './raise.ts'
import { type ExceptionRule, exceptionRules, type RuleObject, type RuleObjects } from './rules.ts'

const rules = exceptionRules as readonly unknown[] as readonly ExceptionRule[]
const opening = rules.filter(({ raisedBy }) => raisedBy === 'state')
const ending = new Map<string, readonly ExceptionRule[]>()
for (const rule of rules) {
  const key = `${rule.code}:${rule.over}`
  ending.set(key, [...(ending.get(key) ?? []), rule])
}

/**
 * Brings the exceptions in line with the state: those whose cause has come are raised, those whose
 * cause is gone end. What a person resolved stays resolved for as long as the same cause lasts.
 */
export function watchExceptions(draft: Draft): void {
  endExceptions(draft)
  raiseHeld(draft)
  for (const rule of opening) {
    for (const object of objectsOf(draft.state, rule.over)) {
      if (!rule.holds(object, draft.state)) continue
      const name = nameOf(rule.over, object)
      if (draft.state.exceptions[`${rule.code}:${name}`]?.isCausePresent) continue
      raise(draft, { code: rule.code, object: name })
    }
  }
}

function endExceptions(draft: Draft): void {
  for (const key in draft.state.exceptions) {
    const exception = draft.state.exceptions[key]
    if (!exception?.isCausePresent) continue
    const holds = exception.isStated
      ? !isAnswered(draft.state, exception)
      : stillHolds(draft.state, exception)
    if (!holds) clear(draft, key)
  }
}

/** Which of two returns is to have the same units is decided with the lines; all else that was stated, people end. */
function isAnswered({ lines }: CaseState, { code, object }: CaseException): boolean {
  return code === 'CU01' && object.startsWith('return:') && !lines.some(waitsForDecision)
}

function stillHolds(state: CaseState, { code, object }: CaseException): boolean {
  // Whatever is wrong by a dead delivery ends when the delivery recovers.
  if (object.startsWith('delivery:')) return true
  if (code === 'IT04') return isContradicting(state, object)
  if (isHeld(state, code, object)) return true
  if (code === 'FN03' || code === 'FN04') return false
  const [kind = ''] = object.split(':', 1)
  const applicable = ending.get(`${code}:${kind}`)
  // No rule ends it: people do.
  if (!applicable) return true
  const found = objectNamed(state, kind as RuleObject, object)
  return found !== undefined && applicable.some((rule) => rule.holds(found, state))
}

function isHeld(state: CaseState, code: string, object: string): boolean {
  return state.held.some((fact) => fact.code === code && fact.object === object)
}

function isContradicting({ claims }: CaseState, object: string): boolean {
  return claims.some(({ claimId, status }) => status === 'open' && object === `claim:${claimId}`)
}

function raiseHeld(draft: Draft): void {
  for (const { code, object, detail } of draft.state.held) {
    if (!draft.state.exceptions[`${code}:${object}`]?.isCausePresent) {
      raise(draft, { code, object, detail })
    }
  }
}

function objectsOf(state: CaseState, over: RuleObject): readonly RuleObjects[RuleObject][] {
  switch (over) {
    case 'case':
      return [state]
    case 'line':
      return state.lines
    case 'parcel':
      return state.parcels
    case 'receipt':
      return state.receipts
    case 'inspection':
      return state.inspections
    case 'disposition':
      return state.dispositions
    case 'credit':
      return state.credits
    case 'refund':
      return state.refunds
    case 'fulfillment':
      return state.fulfillments
    case 'supplier_claim':
      return state.supplierClaims
  }
}

function objectNamed(
  state: CaseState,
  over: RuleObject,
  name: string,
): RuleObjects[RuleObject] | undefined {
  if (over === 'case') return state
  const id = name.slice(over.length + 1)
  if (over === 'line') return findLine(state, Number(id))
  return objectsOf(state, over).find((object) => idOf(object) === id)
}

function nameOf(over: RuleObject, object: RuleObjects[RuleObject]): string {
  if (over === 'case') return 'case'
  return `${over}:${idOf(object)}`
}

function idOf(object: RuleObjects[RuleObject]): string | number {
  if ('claimId' in object) return object.claimId
  if ('fulfillmentId' in object) return object.fulfillmentId
  if ('refundId' in object) return object.refundId
  if ('creditId' in object) return object.creditId
  if ('dispositionId' in object) return object.dispositionId
  if ('inspectionId' in object) return object.inspectionId
  if ('receiptId' in object) return object.receiptId
  if ('parcelId' in object) return object.parcelId
  return 'lineNo' in object ? object.lineNo : ''
}
