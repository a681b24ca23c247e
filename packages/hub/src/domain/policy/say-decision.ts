import { type EventData, fromMinor, type SettlementTerms } from '@backhaul/sdk/canonical'
import type { CaseHeader, CaseState } from '../case-state.ts'
import type { DecidedTerms, LineDecision, PolicyDecision, Reason } from './decision.ts'
import type { Verdict } from './document.ts'
import { isAuthorized } from './evaluate.ts'
import { latestTrigger, mergeFees } from './terms.ts'

/** The event types by which a decision reaches its return. */
type DecisionType =
  | 'return.approved'
  | 'return.rejected'
  | 'return.info_requested'
  | 'return.review_started'

/** What is to be said to a return. */
export type DecisionEvent = {
  readonly [T in DecisionType]: { readonly type: T; readonly data: EventData<T> }
}[DecisionType]

/** What an authorization carries beside its lines. */
export interface Authorization {
  readonly rmaNo: string
  /** ISO text. */
  readonly validUntil: string
}

const longestText = 4_000

/** A decision as events: one for the lines that may come back, and one for each answer to the others. */
export function sayDecision(
  decision: PolicyDecision,
  state: CaseState,
  authorization: Authorization,
): DecisionEvent[] {
  const said: DecisionEvent[] = []
  const authorized = decision.lines.filter(isAuthorized)
  if (authorized.length > 0) said.push(approval(decision, authorized, { state, authorization }))
  for (const [response, lines] of byResponse(decision, 'deny')) {
    const words = wordsOf(decision, lines)
    const data = { ...words, ...(response ? { response } : {}) }
    said.push({ type: 'return.rejected', data })
  }
  const asked = decision.lines.filter((line) => canMove(state, line, ['requested', 'under_review']))
  for (const [response, lines] of byResponse({ lines: asked }, 'need_info')) {
    const data = { ...wordsOf(decision, lines), response: response ?? 'more_information' }
    said.push({ type: 'return.info_requested', data })
  }
  const referred = decision.lines.filter(
    (line) => line.verdict === 'refer' && canMove(state, line, ['requested']),
  )
  if (referred.length > 0) {
    const { customerText: _text, ...data } = wordsOf(decision, referred)
    said.push({ type: 'return.review_started', data })
  }
  return said
}

/** Whether a line stands where the answer would move it: who waits for an answer is not asked again. */
function canMove(state: CaseState, { lineNo }: LineDecision, from: readonly string[]): boolean {
  const line = state.lines.find((one) => one.lineNo === lineNo)
  return line !== undefined && from.includes(line.axes.authorization)
}

function byResponse(
  { lines }: Pick<PolicyDecision, 'lines'>,
  verdict: Verdict,
): Map<LineDecision['response'], LineDecision[]> {
  const groups = new Map<LineDecision['response'], LineDecision[]>()
  for (const line of lines) {
    if (line.verdict !== verdict) continue
    groups.set(line.response, [...(groups.get(line.response) ?? []), line])
  }
  return groups
}

/** Which lines an answer is about, what the customer is told, and for those who work on it, why. */
function wordsOf(decision: PolicyDecision, lines: readonly LineDecision[]) {
  const lineNos = lines.map(({ lineNo }) => lineNo)
  const reasons = decision.reasons.filter(
    ({ lineNo, verdict }) =>
      (lineNo === null || lineNos.includes(lineNo)) &&
      lines.some((line) => line.verdict === verdict),
  )
  const customerText = [...new Set(reasons.flatMap(({ text }) => text ?? []))].join('\n')
  return {
    lineNos,
    decidedBy: deciderOf(decision),
    note: noteOf(decision, reasons),
    ...(customerText === '' ? {} : { customerText: customerText.slice(0, longestText) }),
  }
}

/** `policy standard-returns v3`. */
export function deciderOf({ ruleSet }: Pick<PolicyDecision, 'ruleSet'>): string {
  return `policy ${ruleSet.name} v${ruleSet.version}`
}

function noteOf(decision: PolicyDecision, reasons: readonly Reason[]): string {
  const each = reasons.map(({ rule, title, detail, approver }) => {
    const more = [detail, approver && `for ${approver}`].filter(Boolean).join(', ')
    return more === '' ? `${rule} ${title}` : `${rule} ${title} (${more})`
  })
  const why = [...new Set(each)].join('; ')
  return `${deciderOf(decision)}: ${why === '' ? 'no rule objects' : why}.`.slice(0, longestText)
}

function approval(
  decision: PolicyDecision,
  lines: readonly LineDecision[],
  given: { readonly state: CaseState; readonly authorization: Authorization },
): DecisionEvent {
  const { lineNos: _lineNos, ...words } = wordsOf(decision, lines)
  const settlement = settlementOf(decision.terms, given.state.header)
  const data = {
    ...words,
    ...given.authorization,
    lines: lines.map(({ lineNo, quantity, returnRequired, inspectionRequired }) => ({
      lineNo,
      quantity,
      ...(returnRequired === null ? {} : { returnRequired }),
      ...(inspectionRequired === null ? {} : { inspectionRequired }),
    })),
    ...(settlement ? { settlement } : {}),
  }
  return { type: 'return.approved', data }
}

/** A return with the terms that a decision adds. */
export function mergeTerms(state: CaseState, decided: PolicyDecision['terms']): CaseState {
  const { header } = state
  if (decided === null) return state
  return { ...state, header: { ...header, terms: termsAfter(decided, header.terms) } }
}

/**
 * The terms of a return after a further decision about some of its lines. What was agreed on before stays, and
 * money moves no earlier than either says.
 */
function termsAfter(decided: DecidedTerms, before: CaseHeader['terms']): DecidedTerms {
  if (before === null) return decided
  return {
    method: before.method,
    trigger: latestTrigger([decided.trigger, before.trigger]),
    fees: mergeFees([...before.fees, ...decided.fees]),
  }
}

/** Terms as they stand on the wire, on top of those that the return has. */
export function settlementOf(
  decided: PolicyDecision['terms'],
  { terms, currency }: Pick<CaseHeader, 'terms' | 'currency'>,
): SettlementTerms | null {
  if (decided === null) return null
  const { method, trigger, fees } = termsAfter(decided, terms)
  return {
    method,
    trigger,
    // A return without an amount has no currency yet, and nothing that a fee could be taken of.
    fees: (currency === '' ? [] : fees).map(({ kind, netMinor, taxMinor }) => ({
      kind,
      net: fromMinor(netMinor, currency),
      tax: fromMinor(taxMinor, currency),
    })),
  }
}
