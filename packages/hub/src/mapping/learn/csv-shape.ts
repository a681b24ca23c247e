import type { WrittenFormat } from './read-samples.ts'

const delimiters = [',', ';', '\t', '|'] as const
const lineLimit = 100
const headBytes = 200_000
const headerLimit = 500

/** How a CSV file is written: encoding, what is between its fields, and where and whether its columns are named. */
export function csvShapeOf(bytes: Uint8Array): WrittenFormat & { readonly format: 'csv' } {
  const encoding = encodingOf(bytes)
  const text = new TextDecoder(encoding).decode(bytes.subarray(0, headBytes))
  const lines = text.split(/\r\n|\n|\r/).slice(0, lineLimit)
  const [best] = delimiters
    .map((delimiter) => ({ delimiter, ...regularity(lines, delimiter) }))
    .toSorted((a, b) => b.score - a.score)
  const { delimiter, columns, first } = best ?? { delimiter: ',', columns: 1, first: 0 }
  const header = splitLine(lines[first] ?? '', delimiter)
  const next = splitLine(lines.slice(first + 1).find((line) => line.trim() !== '') ?? '', delimiter)
  return {
    format: 'csv',
    delimiter,
    ...(encoding === 'utf-8' ? {} : { encoding }),
    ...(isHeader(header, next) ? {} : { header: numbered(columns) }),
    ...(first > 0 ? { skipLines: first } : {}),
  }
}

/** UTF-8 where that is possible, else what most systems that do not write it do. */
function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  try {
    // Not to its end: a character may have been cut there.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, headBytes), { stream: true })
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

/** How regular a file is with a delimiter: most of its lines have as many columns, and more than one. */
function regularity(lines: readonly string[], delimiter: string) {
  const counts = lines.map((line) => (line.trim() === '' ? 0 : splitLine(line, delimiter).length))
  const tally = new Map<number, number>()
  for (const count of counts) if (count > 0) tally.set(count, (tally.get(count) ?? 0) + 1)
  const [most] = [...tally].toSorted(([a, x], [b, y]) => y * Math.log(b) - x * Math.log(a) || b - a)
  // A file of one row with its header: the more columns, the likelier.
  const columns = most?.[0] ?? 1
  const share = (most?.[1] ?? 0) / Math.max(1, counts.filter((count) => count > 0).length)
  return {
    columns,
    score: columns > 1 ? share * Math.log2(columns) : 0,
    first: Math.max(0, counts.indexOf(columns)),
  }
}

function splitLine(line: string, delimiter: string): string[] {
  const fields: string[] = []
  let field = ''
  let isQuoted = false
  for (const sign of line.slice(0, 65_536)) {
    if (sign === '"') isQuoted = !isQuoted
    else if (sign === delimiter && !isQuoted) {
      fields.push(field)
      field = ''
      if (fields.length >= headerLimit) return fields
    } else field += sign
  }
  return [...fields, field]
}

/** Names have letters, are different from each other, and are not of the kind of what stands below them. */
function isHeader(header: readonly string[], next: readonly string[]): boolean {
  const names = header.map((name) => name.trim()).filter((name) => name !== '')
  const areNames = names.every((name) => /\p{L}/u.test(name) && !/^\S+@\S+\.\S+$/.test(name))
  const areDifferent = new Set(names).size === names.length
  const isLikeNext = names.length > 0 && header.join('\n') === next.join('\n')
  return names.length > 0 && areNames && areDifferent && !isLikeNext
}

function numbered(columns: number): string[] {
  return Array.from({ length: Math.min(columns, headerLimit) }, (_, index) => `column ${index + 1}`)
}
