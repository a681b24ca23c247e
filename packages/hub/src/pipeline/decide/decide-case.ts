import {
  type ActivePolicies,
  askedElsewhere,
  type CaseState,
  type CompiledPolicy,
  deciderOf,
  evaluatePolicy,
  type FindProduct,
  type KnownReturn,
  makeInputs,
  mergeTerms,
  type PolicyDecision,
  sayDecision,
  waitingLines,
} from '../../domain/index.ts'
import { newId } from '../../platform/ids.ts'
import type { InboxMessage } from '../../store/inbox.ts'
import type { StoredDecision } from '../../store/policy.ts'
import { internalMessage } from '../message.ts'

/** A return that is to be decided, with what it is decided on. */
export interface Undecided {
  readonly own: KnownReturn
  readonly version: number
  readonly others: readonly KnownReturn[] | null
}

export interface DecideBy {
  readonly policies: ActivePolicies
  readonly findProduct: FindProduct
  readonly now: Date
}

/** What was decided of a return: what is kept, and what is said to it. */
export interface Decided {
  readonly decisions: readonly StoredDecision[]
  readonly messages: readonly InboxMessage[]
}

/** Asks the rule sets that are in force about the lines of a return that wait. */
export function decideCase({ own, version, others }: Undecided, by: DecideBy): Decided {
  const decisions: StoredDecision[] = []
  const messages: InboxMessage[] = []
  let { state } = own
  for (const [policy, lines] of linesByPolicy(own.state, by)) {
    const decidedAt = by.now.toISOString()
    const source = { own, others, findProduct: by.findProduct, decidedAt }
    const decision = evaluatePolicy(policy, makeInputs(source, lines))
    const stored = storedDecision(decision, { caseId: own.caseId, version, decidedAt: by.now })
    decisions.push(stored)
    messages.push(...messagesOf({ own, others, state, policy, now: by.now }, stored, decision))
    // What a second rule set says of other lines is said on top of the first one's terms.
    state = mergeTerms(state, decision.terms)
  }
  return { decisions, messages }
}

type Line = CaseState['lines'][number]

/** The lines of a return that wait, by the rule set that decides on them. */
export function linesByPolicy(
  state: CaseState,
  by: Omit<DecideBy, 'now'>,
): Map<CompiledPolicy, Line[]> {
  const { company, channel, kind } = state.header
  const groups = new Map<CompiledPolicy, Line[]>()
  for (const line of waitingLines(state)) {
    const category = line.product === null ? null : by.findProduct(line.product)?.category
    const scope = { company, channel, kind, category: category ?? null }
    const policy = by.policies.find(scope)
    if (policy !== null) groups.set(policy, [...(groups.get(policy) ?? []), line])
  }
  return groups
}

function storedDecision(
  decision: PolicyDecision,
  at: { readonly caseId: string; readonly version: number; readonly decidedAt: Date },
): StoredDecision {
  const { ruleSet, ...rest } = decision
  return {
    ...rest,
    decisionId: newId(),
    caseId: at.caseId,
    caseVersion: at.version,
    decidedAt: at.decidedAt,
    decidedBy: 'hub',
    ruleSet: ruleSet.name,
    ruleSetVersion: ruleSet.version,
  }
}

interface Saying {
  readonly own: KnownReturn
  readonly others: readonly KnownReturn[] | null
  /** With the terms as they will be. */
  readonly state: CaseState
  readonly policy: CompiledPolicy
  readonly now: Date
}

function messagesOf(
  { own, others, state, policy, now }: Saying,
  { decisionId }: StoredDecision,
  decision: PolicyDecision,
): InboxMessage[] {
  const time = timeAfter(own.state, now).toISOString()
  const authorization = { rmaNo: own.caseNo, validUntil: validUntil(policy, now) }
  const wrong = askedElsewhere(decision, own, others).map(
    (data) => ({ type: 'exception.raised', data }) as const,
  )
  const said = [...sayDecision(decision, state, authorization), ...wrong]
  return said.map(({ type, data }, index) => {
    const id = `${decisionId}:${index + 1}`
    return internalMessage({
      source: 'policy',
      externalId: id,
      actor: deciderOf(decision),
      event: { id, type, subject: own.caseId, time, data },
    })
  })
}

const usualValidDays = 30
const dayMs = 86_400_000

/** How long an authorization of a rule set stands that is given now. */
export function validUntil({ document }: CompiledPolicy, now: Date): string {
  const days = Number(document.parameters['validDays'] ?? usualValidDays)
  return new Date(now.getTime() + days * dayMs).toISOString()
}

/** Now, or just after the last event of a return whose sources' clocks are ahead: an answer comes after its question. */
export function timeAfter(state: CaseState, now: Date): Date {
  const last = Date.parse(state.last === '' ? state.opened.at : (state.last.split('|', 1)[0] ?? ''))
  return last >= now.getTime() ? new Date(last + 1) : now
}
