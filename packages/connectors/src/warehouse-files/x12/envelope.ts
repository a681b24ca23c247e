/** One functional group of an interchange, as far as its acknowledgment needs it. */
export interface Group {
  /** GS01, for example `RE`. */
  readonly functionalId: string
  readonly controlNumber: string
  /** GS08. */
  readonly version: string
  readonly sets: readonly TransactionSet[]
  /** Element 716 of what is wrong with the group itself; null for nothing. */
  readonly problem: string | null
}

interface TransactionSet {
  /** ST01, for example `944`. */
  readonly set: string
  readonly controlNumber: string
  /** Element 718 of what is wrong with its envelope; null for nothing. */
  readonly problem: string | null
}

export interface Interchange {
  readonly sender: string
  readonly senderQualifier: string
  readonly receiver: string
  readonly receiverQualifier: string
  readonly version: string
  readonly usage: string
  readonly controlNumber: string
  readonly separators: {
    readonly element: string
    readonly component: string
    readonly segment: string
  }
  readonly groups: readonly Group[]
  /** Whether it ends as it should: a file that is still written does not. */
  readonly isWhole: boolean
}

const headerLength = 106
const mostSegments = 200_000

/**
 * Reads the envelopes of the first interchange of a file: who sent it, under which numbers, and whether its trailers fit.
 * What is in the transaction sets is for mapping documents. Null for what is no X12.
 *
 * Source: X12.5 (ISA to IEA, at fixed places) and X12.6 (GS to GE, ST to SE), releases 003030 to 008030; elements 715 to
 * 718 of the 997: published listings of X12 releases, read 2026-11-23.
 */
export function readInterchange(bytes: Uint8Array): Interchange | null {
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\u00EF\u00BB\u00BF/, '')
    .trimStart()
  const header = text.slice(0, headerLength)
  if (!header.startsWith('ISA') || header.length < headerLength) return null
  const separators = {
    element: at(header, 3),
    component: at(header, 104),
    segment: at(header, 105),
  }
  const isa = header.slice(0, -1).split(separators.element)
  if (isa.length !== 17) return null
  const segments = text
    .split(separators.segment, mostSegments)
    .map((one) => one.trim().split(separators.element))
  const end = segments.findIndex(([tag]) => tag === 'IEA')
  return {
    senderQualifier: field(isa, 5),
    sender: field(isa, 6),
    receiverQualifier: field(isa, 7),
    receiver: field(isa, 8),
    version: field(isa, 12),
    controlNumber: field(isa, 13),
    usage: field(isa, 15),
    separators,
    groups: groupsOf(end < 0 ? segments : segments.slice(0, end)),
    isWhole: end >= 0,
  }
}

function groupsOf(segments: readonly (readonly string[])[]): Group[] {
  const starts = segments.flatMap(([tag], index) => (tag === 'GS' ? [index] : []))
  return starts.map((start, place) => {
    const within = segments.slice(start, starts[place + 1] ?? segments.length)
    const gs = within[0] ?? []
    const sets = setsOf(within)
    const ge = within.find(([tag]) => tag === 'GE')
    return {
      functionalId: field(gs, 1),
      controlNumber: field(gs, 6),
      version: field(gs, 8),
      sets,
      problem: groupProblem(ge, { controlNumber: field(gs, 6), count: sets.length }),
    }
  })
}

/** Element 716: 3 trailer missing, 4 control numbers do not fit, 5 the count does not. */
function groupProblem(
  ge: readonly string[] | undefined,
  { controlNumber, count }: { readonly controlNumber: string; readonly count: number },
): string | null {
  if (ge === undefined) return '3'
  if (field(ge, 2) !== controlNumber) return '4'
  return Number(field(ge, 1)) === count ? null : '5'
}

/** Element 718: 2 trailer missing, 3 control numbers do not fit, 4 the count does not. */
function setsOf(segments: readonly (readonly string[])[]): TransactionSet[] {
  const starts = segments.flatMap(([tag], index) => (tag === 'ST' ? [index] : []))
  return starts.map((start, place) => {
    const within = segments.slice(start, starts[place + 1] ?? segments.length)
    const controlNumber = field(within[0] ?? [], 2)
    const end = within.findIndex(([tag]) => tag === 'SE')
    const se = within[end] ?? []
    const problem =
      end < 0
        ? '2'
        : field(se, 2) !== controlNumber
          ? '3'
          : Number(field(se, 1)) === end + 1
            ? null
            : '4'
    return { set: field(within[0] ?? [], 1), controlNumber, problem }
  })
}

function field(segment: readonly string[], place: number): string {
  return segment[place]?.trim() ?? ''
}

function at(text: string, place: number): string {
  return text.charAt(place)
}
