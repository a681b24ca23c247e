import type { CompiledPolicy } from './compile.ts'

/** What a rule set can be limited to, of a line of a return. */
interface PolicyScope {
  readonly company: string
  readonly channel: string
  readonly kind: string
  /** Null where nobody has said it. */
  readonly category: string | null
}

/** The rule sets in force at one moment. Both questions are look-ups in memory. */
export interface ActivePolicies {
  /** Whether one of them could decide on a return; asked for every event that can bring a decision about. */
  readonly covers: (scope: Omit<PolicyScope, 'category'>) => boolean
  /** The one that decides on a line: the most specific that fits. */
  readonly find: (scope: PolicyScope) => CompiledPolicy | null
}

export const noPolicies: ActivePolicies = { covers: () => false, find: () => null }

/**
 * Rule sets as they are asked. The one that names most of company, channel, kind and category wins; of several,
 * the first by name.
 */
export function activePolicies(policies: readonly CompiledPolicy[]): ActivePolicies {
  const ordered = policies.toSorted(
    (a, b) => specificity(b) - specificity(a) || (a.name < b.name ? -1 : 1),
  )
  return {
    covers: (scope) => ordered.some((one) => fitsCase(one, scope)),
    find: (scope) =>
      ordered.find((one) => fitsCase(one, scope) && fitsCategory(one, scope)) ?? null,
  }
}

function specificity({ document }: CompiledPolicy): number {
  return Object.values(document.scope).filter((names) => names.length > 0).length
}

function fitsCase({ document }: CompiledPolicy, scope: Omit<PolicyScope, 'category'>): boolean {
  const { companies, channels, kinds } = document.scope
  return (
    isAmong(companies, scope.company) &&
    isAmong(channels, scope.channel) &&
    isAmong(kinds, scope.kind)
  )
}

function fitsCategory({ document }: CompiledPolicy, { category }: PolicyScope): boolean {
  const { categories } = document.scope
  return categories.length === 0 || (category !== null && categories.includes(category))
}

function isAmong(names: readonly string[], name: string): boolean {
  return names.length === 0 || names.includes(name)
}
