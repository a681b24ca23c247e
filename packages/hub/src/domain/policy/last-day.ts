import { DateTime } from 'luxon'
import type { CompiledPolicy } from './compile.ts'
import type { Verdict } from './document.ts'
import { evaluatePolicy } from './evaluate.ts'
import type { LineInput, PolicyInputs } from './inputs.ts'

/** What the rules would say so much later is not looked for. */
const horizonDays = 3_653

/** What the rules may say without it being worse: what is authorized may cost something by then. */
const worse: Readonly<Record<Verdict, number>> = {
  allow: 0,
  modify: 0,
  need_info: 1,
  refer: 1,
  deny: 2,
}

/**
 * The last day, as `2026-12-02` in the time zone of the rule set, on which the line could be asked for with no worse
 * an answer than now, if all else stays as it is. Found by asking the rules about later days, since a rule may count
 * them in any way. Null for a line that is turned down now, and for one that can be asked for years from now.
 */
export function lastDayOf(
  policy: CompiledPolicy,
  inputs: PolicyInputs,
  line: LineInput,
): string | null {
  const asked = DateTime.fromISO(inputs.case.requestedAt, { zone: policy.document.timeZone })
  if (!asked.isValid) return null
  const answerAfter = (days: number): number => {
    const requestedAt = asked.plus({ days }).toUTC().toISO() ?? inputs.case.requestedAt
    const then = { ...inputs, case: { ...inputs.case, requestedAt }, lines: [line] }
    return worse[evaluatePolicy(policy, then).verdict]
  }
  const now = answerAfter(0)
  const days = now < worse.deny ? lastOf((later) => answerAfter(later) <= now) : null
  return days === null ? null : asked.plus({ days }).toISODate()
}

/** The last number of days that is fine, as 0 is: first by doubling, then by halving what is in between. */
function lastOf(isFine: (days: number) => boolean): number | null {
  let fine = 0
  let step = 1
  while (isFine(fine + step)) {
    fine += step
    step *= 2
    if (fine + step > horizonDays) return null
  }
  let over = fine + step
  while (over - fine > 1) {
    const middle = Math.floor((fine + over) / 2)
    if (isFine(middle)) fine = middle
    else over = middle
  }
  return fine
}
