/** A line of an order, as far as the warehouse uses it. */
export interface OrderedLine {
  readonly lineNo: number
  readonly sku?: string
  readonly quantity: string
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : null
}

function lineOf(value: unknown): OrderedLine | null {
  const line = fieldsOf(value)
  const product = fieldsOf(line?.['product'])
  if (!line || !product || !Number.isInteger(line['lineNo'])) return null
  const { quantity, unit } = line
  if (typeof quantity !== 'string' || !/^\d{1,12}(\.\d{1,6})?$/.test(quantity)) return null
  if (typeof unit !== 'string') return null
  const { sku } = product
  return { lineNo: line['lineNo'] as number, quantity, ...(typeof sku === 'string' ? { sku } : {}) }
}

/** Null for what is against the contract. */
export function order(value: unknown): { version: number; lines: OrderedLine[] } | null {
  const body = fieldsOf(value)
  const { version, lines } = body ?? {}
  if (!Number.isInteger(version) || !Array.isArray(lines) || lines.length === 0) return null
  const read = lines.map(lineOf)
  if (read.includes(null)) return null
  return { version: version as number, lines: read as OrderedLine[] }
}

/** Null for what is against the contract. */
export function expectedReturn(
  value: unknown,
): { version: number; lines: OrderedLine[]; caseNo: string } | null {
  const read = order(value)
  const caseNo = fieldsOf(value)?.['caseNo']
  return read === null || typeof caseNo !== 'string' ? null : { ...read, caseNo }
}

/** Null for what is against the contract. */
export function canceledLines(value: unknown): { version: number; lineNos: number[] } | null {
  const { version, lineNos } = fieldsOf(value) ?? {}
  const isList = Array.isArray(lineNos) && lineNos.length > 0 && lineNos.every(Number.isInteger)
  return Number.isInteger(version) && isList
    ? { version: version as number, lineNos: lineNos as number[] }
    : null
}
