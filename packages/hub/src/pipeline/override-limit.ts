import { currencyExponent, type UserRole } from '@backhaul/sdk/canonical'
import { type CaseState, type CompiledPolicy, valueOf } from '../domain/index.ts'
import type { StoredDecision } from '../store/policy.ts'

/** What a limit is held against. */
interface Overriding {
  readonly found: { readonly state: CaseState }
  readonly policy: CompiledPolicy
  readonly lines: readonly { readonly line: CaseState['lines'][number] }[]
  readonly decisions: readonly StoredDecision[]
}

/**
 * Why a role may not decide against the rules for these lines; null where it may. What it has overridden of the
 * return before counts, so that a large return is not let through line by line.
 */
export function overLimit(
  { found, policy, lines, decisions }: Overriding,
  role: UserRole,
): string | null {
  if (role === 'admin') return null
  const { currency } = found.state.header
  const limit = policy.override?.limits[role]?.[currency]
  if (limit === undefined) {
    return `The role ${role} has no limit in this currency up to which it decides against the rules.`
  }
  const before = decisions.flatMap((one) =>
    one.decidedBy === 'hub' ? [] : one.lines.map(({ lineNo }) => lineNo),
  )
  const counted = new Set([...before, ...lines.map(({ line }) => line.lineNo)])
  let total = 0
  for (const line of found.state.lines) {
    if (!counted.has(line.lineNo)) continue
    const { valueMinor } = valueOf(line)
    if (valueMinor === null) return `Line ${line.lineNo} is not invoiced: its value is not known.`
    total += valueMinor
  }
  return total <= minorOf(limit, currency)
    ? null
    : `The role ${role} decides against the rules up to ${limit} ${currency}.`
}

/** Minor units of a decimal text; what is beyond them is cut off. */
function minorOf(amount: string, currency: string): number {
  const [whole = '0', fraction = ''] = amount.split('.')
  const exponent = currencyExponent(currency)
  return Number(`${whole}${fraction.slice(0, exponent).padEnd(exponent, '0')}`)
}
