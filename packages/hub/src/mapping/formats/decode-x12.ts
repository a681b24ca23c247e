import { FormatError } from './format-problem.ts'
import { readText } from './read-text.ts'
import type { SourceFormatOf } from './source-format.ts'
import { groupLoops } from './x12-loops.ts'
import { type RawSegment, readSegments, splitSegment, type X12Segment } from './x12-segments.ts'

type X12Format = SourceFormatOf<'x12'>
type Header = Readonly<Record<string, string>>

/**
 * One transaction set. It names its envelope itself, since it becomes a message of its own. Without `loops`
 * it has `segments`, all of them in order; with them, lists of segments by tag (`groupLoops`).
 */
interface X12Transaction {
  /** ST01, for example `180`. */
  readonly set: string
  readonly controlNumber: string
  readonly interchange: Header
  readonly group: Header
  readonly [key: string]: unknown
}

export interface X12File {
  /** Of the first interchange. */
  readonly interchange: Header
  readonly transactions: readonly X12Transaction[]
}

/**
 * Reads X12: every transaction set of every interchange in the file. Trailers have to fit their headers
 * (counts and control numbers), since a file that was cut short says so nowhere else.
 *
 * A 180 is best read with `loops: { BLI: [RDR, N9, SAC, QTY, DTM, PID, N1], N1: [N2, N3, N4, PER] }`:
 * `each: record.BLI` are its items, `item.e03` a quantity, `item.N9[0].e02` a reference.
 *
 * Written by hand: node-x12 1.7 throws a `TypeError` for a file that was cut short, checks either everything
 * or nothing, not even that a transaction ends, and knows neither loops nor the place of a mistake.
 *
 * @throws {FormatError}
 */
export function decodeX12(bytes: Uint8Array, options: X12Format): X12File {
  const reader = new X12Reader(options)
  for (const segment of readSegments(readText(bytes, options.encoding))) reader.take(segment)
  return reader.end()
}

const isaKeys = {
  5: 'senderQualifier',
  6: 'sender',
  7: 'receiverQualifier',
  8: 'receiver',
  9: 'date',
  10: 'time',
  12: 'version',
  13: 'controlNumber',
  15: 'usage',
}
const gsKeys = {
  1: 'functionalId',
  2: 'sender',
  3: 'receiver',
  4: 'date',
  5: 'time',
  6: 'controlNumber',
  8: 'version',
}

/** A header that waits for its trailer. */
interface Envelope {
  readonly header: Header
  readonly controlNumber: string
  /** Of what the trailer counts: groups, transactions, segments. */
  count: number
}

class X12Reader {
  readonly #options: X12Format
  readonly #transactions: X12Transaction[] = []
  #first: Header | null = null
  #interchange: Envelope | null = null
  #group: Envelope | null = null
  #set: (Envelope & { readonly segments: X12Segment[] }) | null = null

  constructor(options: X12Format) {
    this.#options = options
  }

  take(segment: RawSegment): void {
    const [tag] = segment.elements
    if (tag === 'ISA') this.#openInterchange(segment)
    else if (tag === 'GS') this.#openGroup(segment)
    else if (tag === 'ST') this.#openSet(segment)
    else if (tag === 'SE') this.#closeSet(segment)
    else if (tag === 'GE') this.#closeGroup(segment)
    else if (tag === 'IEA') this.#closeInterchange(segment)
    else if (this.#set !== null) this.#add(this.#set, segment)
    // TA1 and the security segments stand between envelopes and say nothing of a transaction.
    else if (this.#interchange === null) throw misplaced(segment)
  }

  /** @throws {FormatError} where an envelope is still open. */
  end(): X12File {
    if (this.#first === null) throw new FormatError('the file is empty')
    if (this.#interchange !== null) throw new FormatError('the file ends before its IEA segment')
    return { interchange: this.#first, transactions: this.#transactions }
  }

  #openInterchange(segment: RawSegment): void {
    if (this.#interchange !== null) throw misplaced(segment)
    const header = headerOf(segment, isaKeys)
    this.#first ??= header
    this.#interchange = { header, controlNumber: segment.elements[13]?.trim() ?? '', count: 0 }
  }

  #openGroup(segment: RawSegment): void {
    if (this.#interchange === null || this.#group !== null) throw misplaced(segment)
    this.#interchange.count += 1
    const header = headerOf(segment, gsKeys)
    this.#group = { header, controlNumber: segment.elements[6]?.trim() ?? '', count: 0 }
  }

  #openSet(segment: RawSegment): void {
    if (this.#group === null || this.#set !== null) throw misplaced(segment)
    this.#group.count += 1
    const [, set = '', controlNumber = ''] = segment.elements
    const header = { set: set.trim(), controlNumber: controlNumber.trim() }
    // The trailer counts ST and SE, too.
    this.#set = { header, controlNumber: header.controlNumber, count: 1, segments: [] }
  }

  #add(set: Envelope & { readonly segments: X12Segment[] }, segment: RawSegment): void {
    set.count += 1
    set.segments.push(splitSegment(segment))
  }

  #closeSet(segment: RawSegment): void {
    const [set, group, interchange] = [this.#set, this.#group, this.#interchange]
    if (set === null || group === null || interchange === null) throw misplaced(segment)
    set.count += 1
    this.#check(set, segment)
    const { loops } = this.#options
    const { set: name = '', controlNumber = '' } = set.header
    this.#transactions.push({
      set: name,
      controlNumber,
      interchange: interchange.header,
      group: group.header,
      ...(loops === undefined ? { segments: set.segments } : groupLoops(set.segments, loops)),
    })
    this.#set = null
  }

  #closeGroup(segment: RawSegment): void {
    if (this.#group === null || this.#set !== null) throw misplaced(segment)
    this.#check(this.#group, segment)
    this.#group = null
  }

  #closeInterchange(segment: RawSegment): void {
    if (this.#interchange === null || this.#group !== null) throw misplaced(segment)
    this.#check(this.#interchange, segment)
    this.#interchange = null
  }

  #check({ count, controlNumber }: Envelope, { elements, number }: RawSegment): void {
    if (!this.#options.checkCounts) return
    const [tag, said = '', reference = ''] = elements
    if (Number(said) === count && reference.trim() === controlNumber) return
    const message = `the count or control number of ${tag} does not fit: is something missing?`
    throw new FormatError(message, { line: number })
  }
}

function misplaced({ elements: [tag], number }: RawSegment): FormatError {
  return new FormatError(`a segment ${tag} is not expected here`, { line: number })
}

function headerOf({ elements }: RawSegment, keys: Readonly<Record<number, string>>): Header {
  const named = Object.entries(keys).map(([place, key]) => [
    key,
    elements[Number(place)]?.trim() ?? '',
  ])
  return Object.fromEntries(named.filter(([, value]) => value !== ''))
}
