import type { EventData } from '@backhaul/sdk/canonical'
import type { PolicyDecision } from './decision.ts'
import { duplicatesOf, type KnownReturn } from './other-returns.ts'

/**
 * What is wrong with a return of which a decision refers lines to a person, while an earlier one that is still
 * open asks for the same units of the same order lines in another system (CU01): one exception for each of
 * those returns.
 */
export function askedElsewhere(
  decision: Pick<PolicyDecision, 'lines'>,
  own: KnownReturn,
  others: readonly KnownReturn[] | null,
): EventData<'exception.raised'>[] {
  const referred = new Set(
    decision.lines.filter(({ verdict }) => verdict === 'refer').map(({ lineNo }) => lineNo),
  )
  const elsewhere = (others ?? []).filter(({ state }) => isElsewhere(own, state))
  const linesByCase = new Map<KnownReturn, number[]>()
  for (const line of own.state.lines) {
    if (!referred.has(line.lineNo)) continue
    for (const { other } of duplicatesOf(own, line, elsewhere)) {
      linesByCase.set(other, [...new Set([...(linesByCase.get(other) ?? []), line.lineNo])])
    }
  }
  return [...linesByCase].map(([{ caseNo, state }, lineNos]) => ({
    code: 'CU01',
    object: `return:${caseNo}`,
    detail: `${caseNo}, asked for in ${state.header.sourceSystem}, is about the same units (line ${lineNos.join(', ')}).`,
  }))
}

function isElsewhere(own: KnownReturn, { closedAt, header }: KnownReturn['state']): boolean {
  return closedAt === null && header.sourceSystem !== own.state.header.sourceSystem
}
