import { plusQuantities } from '../../domain/index.ts'

/** Values of an event's summary: what its sentence is made with. */
export type SummaryValues = Readonly<Record<string, string | number | boolean | number[]>>

/** Fields that tell what an event says, none of which names a person or quotes one. */
const telling = [
  'receiptId',
  'reversalOf',
  'inspectionId',
  'dispositionId',
  'creditId',
  'refundId',
  'paymentId',
  'fulfillmentId',
  'claimId',
  'parcelId',
  'tracking',
  'carrier',
  'warehouse',
  'dock',
  'location',
  'orderRef',
  'exists',
  'rmaNo',
  'vendor',
  'vendorRma',
  'validUntil',
  'method',
  'response',
  'axis',
  'state',
  'code',
  'object',
  'action',
  'exceptionKey',
  'queue',
  'owner',
  'command',
  'role',
  'connection',
  'externalId',
  'reason',
  'exception',
  'timer',
  'key',
  'document',
  'decidedBy',
  'channel',
  'sourceRef',
  'complete',
  'detail',
] as const

/** What an event says, in values: a reader makes a sentence of its type and these. */
export function summaryValues(data: unknown): SummaryValues {
  if (!isObject(data)) return {}
  const values: Record<string, SummaryValues[string]> = {}
  for (const name of telling) {
    const value = data[name]
    if (['string', 'number', 'boolean'].includes(typeof value)) {
      values[name] = value as string | number | boolean
    }
  }
  return { ...values, ...moneyIn(data), ...linesIn(data) }
}

function moneyIn(data: Record<string, unknown>): SummaryValues {
  const { credit } = data
  const amount = data['amount'] ?? (isObject(credit) ? credit['total'] : undefined)
  const creditId = isObject(credit) ? credit['creditId'] : undefined
  return {
    ...(isObject(amount) && typeof amount['amount'] === 'string'
      ? { amount: amount['amount'], currency: String(amount['currency']) }
      : {}),
    ...(typeof creditId === 'string' ? { creditId } : {}),
  }
}

function linesIn({ lines, lineNos }: Record<string, unknown>): SummaryValues {
  if (Array.isArray(lineNos)) return { lineNos: lineNos.map(Number) }
  if (!Array.isArray(lines)) return {}
  const known = lines.filter(isObject)
  const found = known.flatMap(({ lineNo }) => (typeof lineNo === 'number' ? [lineNo] : []))
  return { lineNos: [...new Set(found)], ...totals(known) }
}

const counted = ['quantity', 'accepted', 'rejected'] as const

function totals(lines: readonly Record<string, unknown>[]): SummaryValues {
  const sums: Record<string, string> = {}
  for (const name of counted) {
    const given = lines.flatMap((line) => (typeof line[name] === 'string' ? [line[name]] : []))
    if (given.length > 0) sums[name] = given.reduce(plusQuantities)
  }
  return sums
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
