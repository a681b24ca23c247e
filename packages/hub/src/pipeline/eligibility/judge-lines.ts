import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type CompiledPolicy,
  evaluatePolicy,
  type KnownReturn,
  type LineInput,
  type LineState,
  lastDayOf,
  makeInputs,
  type PolicyDecision,
  type PolicyInputs,
  type Reason,
  writtenInputs,
} from '../../domain/index.ts'
import { less } from '../../domain/ledger/decimal.ts'
import { type DecideBy, linesByPolicy } from '../decide/decide-case.ts'

/** What the rules say of a line of a return that is not there. */
export interface JudgedLine {
  readonly line: LineState
  readonly input: LineInput
  /** Of the order line, on its way back by other returns of the hub; null where nobody looked. */
  readonly openElsewhere: string | null
  /** Null where no rule set decides on it. */
  readonly decision: PolicyDecision | null
  /** The last day on which the answer would be no worse; null where it is turned down now, or can be asked for years. */
  readonly until: string | null
}

interface Judging {
  readonly own: KnownReturn
  readonly others: readonly KnownReturn[] | null
  readonly by: DecideBy
}

/**
 * Asks the rules about each line, as they would be asked had the return been requested. Nothing but its input goes
 * into it; others have their turn of the event loop in between.
 */
export async function judgeLines(judging: Judging): Promise<JudgedLine[]> {
  const whole = { ...judging, own: withQuantities(judging) }
  const judged: JudgedLine[] = []
  for (const [policy, lines] of linesByPolicy(whole.own.state, whole.by)) {
    judged.push(...(await judgeBy(whole, policy, lines)))
  }
  const decided = new Set(judged.map(({ line }) => line.lineNo))
  const left = whole.own.state.lines.filter(({ lineNo }) => !decided.has(lineNo))
  return [...judged, ...undecided(whole, left)].toSorted((x, y) => x.line.lineNo - y.line.lineNo)
}

function inputsOf({ own, others, by }: Judging, lines: readonly LineState[]): PolicyInputs {
  const { findProduct, now } = by
  return makeInputs({ own, others, findProduct, decidedAt: now.toISOString() }, lines)
}

/** Where nobody has said how many, the lines are about all that may come back, or about one of what may not. */
function withQuantities(judging: Judging): KnownReturn {
  const { own } = judging
  const inputs = inputsOf(judging, own.state.lines)
  const lines = own.state.lines.map((line, index) => {
    if (line.quantities.requested !== '0') return line
    const { returnableQuantity, deliveredQuantity } = inputs.lines[index] ?? {}
    const some = [returnableQuantity, deliveredQuantity].find(
      (quantity) => quantity && Number(quantity) > 0,
    )
    return { ...line, quantities: { ...line.quantities, requested: some ?? '1' } }
  })
  return { ...own, state: { ...own.state, lines } }
}

async function judgeBy(
  judging: Judging,
  policy: CompiledPolicy,
  lines: readonly LineState[],
): Promise<JudgedLine[]> {
  const inputs = inputsOf(judging, lines)
  const decision = evaluatePolicy(policy, inputs)
  const lastDay = rememberDays(policy, inputs)
  const judged: JudgedLine[] = []
  for (const [index, line] of lines.entries()) {
    const [input, decided] = [inputs.lines[index], decision.lines[index]]
    if (!input || !decided) continue
    const until = decided.verdict === 'deny' ? null : await lastDay(input)
    judged.push({ line, input, openElsewhere: openElsewhere(judging, input), decision, until })
  }
  return judged
}

function undecided(judging: Judging, lines: readonly LineState[]): JudgedLine[] {
  const inputs = inputsOf(judging, lines)
  return lines.flatMap((line, index) => {
    const input = inputs.lines[index]
    if (!input) return []
    const open = openElsewhere(judging, input)
    return [{ line, input, openElsewhere: open, decision: null, until: null }]
  })
}

/** What is open of the order line, without what the system of record alone knows of. */
function openElsewhere({ own }: Judging, { lineNo, openQuantity }: LineInput): string | null {
  if (openQuantity === null) return null
  return less(openQuantity, own.facts.recorded.get(lineNo)?.returning ?? '0')
}

/** What the rules say of the order as a whole, also where it has no line that they could be asked about. */
export function judgeOrder(judging: Judging, judged: readonly JudgedLine[]): Reason[] {
  const decisions = new Set(judged.flatMap(({ decision }) => decision ?? []))
  const asked = judged.length > 0 ? [...decisions] : askOfNoLine(judging)
  const reasons = asked.flatMap((one) => one.reasons.filter(({ lineNo }) => lineNo === null))
  return [...new Map(reasons.map((one) => [one.rule, one])).values()]
}

function askOfNoLine(judging: Judging): PolicyDecision[] {
  const { company, channel, kind } = judging.own.state.header
  const policy = judging.by.policies.find({ company, channel, kind, category: null })
  if (policy === null) return []
  const inputs = inputsOf(judging, [])
  // Of no lines there is no sum.
  const without = { ...inputs, case: { ...inputs.case, totalMinor: null }, lines: anyLine }
  return [evaluatePolicy(policy, without)]
}

/** A line of which nothing is known. */
const anyLine = writtenInputs.parse({ lines: [{ lineNo: 1 }] }).lines

/** Each last day costs the rules a dozen questions or two, some milliseconds: of lines that were delivered alike it is one. */
const mostDays = 50

function rememberDays(
  policy: CompiledPolicy,
  inputs: PolicyInputs,
): (line: LineInput) => Promise<string | null> {
  const known = new Map<string, string | null>()
  return async (line) => {
    const { deliveredAt, fault, reason, category, tags } = line
    const key = JSON.stringify([deliveredAt, fault, reason, category, tags])
    const found = known.get(key)
    if (found !== undefined) return found
    if (known.size >= mostDays) return null
    const day = lastDayOf(policy, inputs, line)
    known.set(key, day)
    await nextTurn()
    return day
  }
}
