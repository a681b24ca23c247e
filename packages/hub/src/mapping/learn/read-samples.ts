import { decode } from '../formats/decode.ts'
import { type SourceFormat, sourceFormat } from '../formats/source-format.ts'
import { csvShapeOf } from './csv-shape.ts'

/** A message or file as it was sent. */
export interface Sample {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A format as a document writes it: what differs from its defaults. */
export type WrittenFormat = Readonly<Record<string, unknown>> & {
  readonly format: SourceFormat['format']
}

export interface ReadSamples {
  readonly written: WrittenFormat
  readonly values: readonly unknown[]
  /** Names of those that cannot be read this way. */
  readonly unread: readonly string[]
  readonly confidence: number
}

const sampleLimit = 500
/** What one sample may have at most: a part of a large file says as much as all of it. */
const sampleBytes = 2_000_000
const allBytes = 16_000_000

/**
 * Finds the format in which most of the samples can be read, and reads them.
 *
 * @returns null where none of them can be read at all.
 */
export function readSamples(samples: readonly Sample[]): ReadSamples | null {
  const taken = takeSome(samples)
  const first = taken[0]
  if (first === undefined) return null
  let best: ReadSamples | null = null
  for (const written of candidatesOf(first.bytes)) {
    const read = readAs(written, taken)
    if (read !== null && (best === null || read.values.length > best.values.length)) best = read
    // One that is broken among many makes them no other format: nearly any text can be read as CSV.
    if (best !== null && best.values.length > taken.length / 2) return best
  }
  return best
}

function takeSome(samples: readonly Sample[]): Sample[] {
  const taken: Sample[] = []
  let bytes = 0
  for (const { name, bytes: all } of samples.slice(0, sampleLimit)) {
    const part = headOf(all)
    bytes += part.length
    if (bytes > allBytes) break
    taken.push({ name, bytes: part })
  }
  return taken
}

/** The beginning of a large file, up to the end of a line. */
function headOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= sampleBytes) return bytes
  const end = bytes.lastIndexOf(0x0a, sampleBytes)
  return bytes.subarray(0, end > 0 ? end : sampleBytes)
}

function readAs(written: WrittenFormat, samples: readonly Sample[]): ReadSamples | null {
  const parsed = sourceFormat.safeParse(written)
  if (!parsed.success) return null
  const values: unknown[] = []
  const unread: string[] = []
  for (const { name, bytes } of samples) {
    const decoded = decode(bytes, parsed.data)
    if (decoded.ok) values.push(decoded.value)
    else unread.push(name)
  }
  if (values.length === 0) return null
  return {
    written,
    values,
    unread,
    confidence: confidenceOf(written, values.length / samples.length),
  }
}

/** A form and a CSV file are what is left when nothing else fits: nearly any text is one. */
function confidenceOf({ format }: WrittenFormat, share: number): number {
  const sure = format === 'csv' ? 0.9 : format === 'form' ? 0.93 : 0.99
  return sure * share
}

/** Formats that a text may be in, the likeliest first. */
function candidatesOf(bytes: Uint8Array): WrittenFormat[] {
  const text = new TextDecoder('latin1')
    .decode(bytes.subarray(0, 4_096))
    .replace(/^ï»¿/, '')
    .trimStart()
  const csv = csvShapeOf(bytes)
  if (text.startsWith('ISA')) return [...x12Formats, csv]
  if (/^[[{"\d]/.test(text)) return [{ format: 'json' }, csv]
  if (text.startsWith('<')) return [{ format: 'xml' }, csv]
  if (
    /^[^\s=&<>]{1,200}=[^\s&]*(&[^\s=&]{1,200}=[^\s&]*)*$/.test(text.split('\n')[0]?.trim() ?? '')
  ) {
    return [{ format: 'form' }, csv]
  }
  return [csv, { format: 'json' }, { format: 'xml' }]
}

/** Loops of a return request (ANSI X12 180): its items, and its parties. */
const loops = {
  BLI: ['RDR', 'N9', 'SAC', 'QTY', 'DTM', 'PID', 'N1'],
  N1: ['N2', 'N3', 'N4', 'PER'],
}
const x12Formats: readonly WrittenFormat[] = [
  { format: 'x12', loops },
  { format: 'x12', loops, checkCounts: false },
]
