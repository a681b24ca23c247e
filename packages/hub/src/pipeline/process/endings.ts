import type { ExternalRef } from '@backhaul/sdk/canonical'
import type { Unreadable } from '../../mapping/reading.ts'
import type { MessageResult } from '../message.ts'
import type { Ending, HeldCase, Work } from './work.ts'

type Outcome = NonNullable<MessageResult['outcome']>

/** What became of one event of a message. */
export interface PartResult {
  readonly outcome: Outcome
  readonly code: string | null
  readonly detail: string | null
  readonly caseId: string | null
  readonly caseNo: string | null
  readonly caseVersion: number | null
  /** Identifiers that would have led to a case. */
  readonly waitsFor: readonly ExternalRef[]
}

const nowhere = { caseId: null, caseNo: null, caseVersion: null, waitsFor: [] }

/** A case has looked at the event: it took it, knew it, or cannot take it. */
export function applied(
  { caseId, caseNo, version: caseVersion }: HeldCase,
  decision: {
    readonly outcome: 'applied' | 'repeated' | 'refused'
    readonly code?: string
    readonly reason?: string
  },
): PartResult {
  const { outcome, code = null, reason: detail = null } = decision
  return { outcome, code, detail, caseId, caseNo, caseVersion, waitsFor: [] }
}

export function parked(why: {
  readonly code: string
  readonly detail: string
  readonly waitsFor?: readonly ExternalRef[]
}): PartResult {
  return { ...nowhere, outcome: 'parked', ...why }
}

/** The message cannot be read. It is kept for a person, who mends what reads it and lets it try again. */
export function unreadable(work: Work, { code, problems, unmapped }: Unreadable): Ending {
  const [word] = unmapped
  const [first] = problems
  const shape = first
    ? `${first.pointer === '' ? 'The message' : first.pointer}: ${first.message}`
    : 'It cannot be read.'
  const detail = word
    ? `Nobody has said yet what “${word.value}” means, as a word of ${word.vocabulary}.`
    : shape
  return { ...endingWith(work, parked({ code, detail })), unmapped }
}

/** Its mapping document knows the message, and makes no event of it. */
export function ignored(work: Work, reason: string): Ending {
  const result = { ...nowhere, outcome: 'refused' as const, code: 'NO_EVENT', detail: reason }
  return endingWith(work, result)
}

/** A file whose parts are messages of their own now. */
export function split(work: Work, detail: string): Ending {
  return endingWith(work, { ...nowhere, outcome: 'applied', code: 'SPLIT', detail })
}

/** What needs somebody's attention comes first. */
const ranks: readonly Outcome[] = ['parked', 'refused', 'applied', 'repeated']

/**
 * How a message ended whose events were applied one after another: as the one of them that most needs to be
 * looked at. A parked one is tried again as a whole: what was applied by then is a repeat.
 */
export function combine(work: Work, results: readonly PartResult[]): Ending {
  const [only] = results
  if (results.length === 1 && only) return endingWith(work, only)
  const worst = ranks.flatMap((rank) => results.find(({ outcome }) => outcome === rank) ?? [])[0]
  if (worst === undefined) return ignored(work, 'It holds no event.')
  const known = results.find(({ caseId }) => caseId !== null)
  const { caseId, caseNo, caseVersion } = worst.caseId === null ? (known ?? worst) : worst
  return endingWith(work, {
    ...worst,
    caseId,
    caseNo,
    caseVersion,
    detail: `${countsOf(results)}.${worst.detail === null ? '' : ` ${worst.detail}`}`,
    waitsFor: results.flatMap(({ waitsFor }) => waitsFor),
  })
}

function countsOf(results: readonly PartResult[]): string {
  const counts = ranks.flatMap((rank) => {
    const count = results.filter(({ outcome }) => outcome === rank).length
    return count === 0 ? [] : [`${count} ${rank}`]
  })
  return `${results.length} events: ${counts.join(', ')}`
}

function endingWith(work: Work, { waitsFor, ...part }: PartResult): Ending {
  const { messageId } = work.message
  return { work, waitsFor, unmapped: [], result: { messageId, isRepeat: false, ...part } }
}
