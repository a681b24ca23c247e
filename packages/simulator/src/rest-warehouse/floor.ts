import type { BookEntry, DoubleAnswer, DoubleRequest } from '../double/index.ts'
import type { WarehouseEvent } from './event-log.ts'
import { canceledLines, expectedReturn, type OrderedLine, order } from './orders.ts'

/** What people do in the warehouse. */
export type Work =
  | 'receive'
  | 'inspect'
  | 'reverse'
  | 'closeShort'
  | 'refuse'
  | 'dispose'
  | 'shipBack'
  | 'report'

interface Known {
  readonly id: string
  version: number
  readonly lines: Map<number, OrderedLine & { isCanceled: boolean; received: number }>
  readonly orders: Map<string, { readonly id: string; readonly kind: string }>
}

interface Receipt {
  readonly caseNo: string | null
  readonly receiptId: string
  readonly lines: readonly {
    readonly lineNo?: number
    readonly sku?: string
    readonly quantity: string
  }[]
  isReversed: boolean
}

/** What each kind of work is told as. */
const eventTypes: Readonly<Record<Work, string>> = {
  receive: 'receipt.posted',
  inspect: 'inspection.completed',
  reverse: 'receipt.reversed',
  closeShort: 'return.closed_short',
  refuse: 'return.refused',
  dispose: 'disposition.executed',
  shipBack: 'send_back.shipped',
  report: 'exception.reported',
}

/** The field that names a piece of work, where it has one, and how the warehouse numbers it. */
const names: Readonly<Partial<Record<Work, readonly [field: string, prefix: string]>>> = {
  receive: ['receiptId', 'REC'],
  reverse: ['receiptId', 'REV'],
  inspect: ['inspectionId', 'INS'],
  dispose: ['dispositionId', 'DSP'],
  report: ['exceptionId', 'EXC'],
}

/** The goods, and what was ordered for them. */
export class WarehouseFloor {
  readonly #returns = new Map<string, Known>()
  readonly #receipts: Receipt[] = []
  readonly #now: () => Date
  readonly #tell: (event: WarehouseEvent) => void
  #last = 0
  readonly work: Readonly<Record<Work, (input: unknown) => WarehouseEvent>>

  constructor({ now, tell }: { now: () => Date; tell: (event: WarehouseEvent) => void }) {
    this.#now = now
    this.#tell = tell
    const kinds = Object.keys(eventTypes) as Work[]
    const doing = kinds.map((kind) => [kind, (input: unknown) => this.#do(kind, input)])
    this.work = Object.fromEntries(doing) as typeof this.work
  }

  expect({ params: { caseNo = '' }, json }: DoubleRequest): DoubleAnswer {
    const told = expectedReturn(json())
    if (told === null || told.caseNo !== caseNo) return refused('CONTRACT_BROKEN')
    const known = this.#returns.get(caseNo)
    const one = known ?? {
      id: this.#name('RET'),
      version: 0,
      lines: new Map(),
      orders: new Map(),
    }
    this.#returns.set(caseNo, one)
    // Older news is taken and changes nothing.
    if (told.version >= one.version) {
      one.version = told.version
      for (const line of told.lines) {
        const { received = 0 } = one.lines.get(line.lineNo) ?? {}
        one.lines.set(line.lineNo, { ...line, isCanceled: false, received })
      }
    }
    return { status: known ? 200 : 201, body: { id: one.id } }
  }

  cancel({ params: { caseNo = '' }, json }: DoubleRequest): DoubleAnswer {
    const told = canceledLines(json())
    const one = this.#returns.get(caseNo)
    if (told === null) return refused('CONTRACT_BROKEN')
    if (!one) return { status: 404, body: { code: 'RETURN_UNKNOWN' } }
    const lines = told.lineNos.flatMap((lineNo) => one.lines.get(lineNo) ?? [])
    if (lines.some(({ received }) => received > 0))
      return { status: 409, body: { code: 'ALREADY_RECEIVED' } }
    for (const line of lines) line.isCanceled = true
    one.version = Math.max(one.version, told.version)
    return { status: 200, body: { id: one.id } }
  }

  /** An order of the hub's own name: once and for ever. */
  order(kind: string, { params: { caseNo = '', name = '' }, json }: DoubleRequest): DoubleAnswer {
    if (order(json()) === null) return refused('CONTRACT_BROKEN')
    const one = this.#returns.get(caseNo)
    if (!one) return { status: 404, body: { code: 'RETURN_UNKNOWN' } }
    const known = one.orders.get(`${kind}:${name}`)
    const made = known ?? { id: this.#name('ORD'), kind }
    one.orders.set(`${kind}:${name}`, made)
    return { status: known ? 200 : 201, body: { id: made.id } }
  }

  books(): readonly BookEntry[] {
    const expected = [...this.#returns].flatMap(([caseNo, { id, lines }]) =>
      [...lines.values()].map((line) => ({
        caseNo,
        ref: id,
        kind: 'authorized' as const,
        ...(line.sku === undefined ? {} : { sku: line.sku }),
        quantity: line.quantity,
        status: line.isCanceled ? 'canceled' : 'expected',
      })),
    )
    const received = this.#receipts.flatMap(({ caseNo, receiptId, lines, isReversed }) =>
      lines.map(({ lineNo, sku, quantity }) => {
        const ordered = this.#returns.get(caseNo ?? '')?.lines.get(lineNo ?? 0)
        const product = sku ?? ordered?.sku
        return {
          caseNo,
          ref: receiptId,
          kind: 'received' as const,
          ...(product === undefined ? {} : { sku: product }),
          quantity,
          status: isReversed ? 'reversed' : 'posted',
        }
      }),
    )
    return [...expected, ...received]
  }

  #do(kind: Work, input: unknown): WarehouseEvent {
    const given = (input ?? {}) as { readonly caseNo?: string } & Readonly<Record<string, unknown>>
    const [field, prefix] = names[kind] ?? []
    const event: WarehouseEvent = {
      id: `evt_${this.#name('E')}`,
      type: eventTypes[kind],
      occurredAt: this.#now().toISOString(),
      ...(field === undefined ? {} : { [field]: given[field] ?? this.#name(prefix ?? '') }),
      ...given,
    }
    if (kind === 'receive') this.#book(event)
    if (kind === 'reverse') this.#unbook(String(given['reverses']))
    this.#tell(event)
    return event
  }

  #book(event: WarehouseEvent): void {
    const lines = event['lines'] as Receipt['lines']
    if (!Array.isArray(lines)) throw new Error('a receipt has lines')
    const caseNo = event.caseNo ?? null
    this.#receipts.push({ caseNo, receiptId: String(event['receiptId']), lines, isReversed: false })
    for (const { lineNo = 0, quantity } of lines) {
      const line = this.#returns.get(caseNo ?? '')?.lines.get(lineNo)
      if (line) line.received += Number(quantity)
    }
  }

  #unbook(receiptId: string): void {
    const receipt = this.#receipts.find((one) => one.receiptId === receiptId)
    if (!receipt) throw new Error('there is no such receipt')
    receipt.isReversed = true
    for (const { lineNo = 0, quantity } of receipt.lines) {
      const line = this.#returns.get(receipt.caseNo ?? '')?.lines.get(lineNo)
      if (line) line.received -= Number(quantity)
    }
  }

  #name(prefix: string): string {
    this.#last += 1
    return `${prefix}-${String(this.#last).padStart(5, '0')}`
  }
}

function refused(code: string): DoubleAnswer {
  return { status: 422, body: { code } }
}
