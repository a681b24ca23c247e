import type { DoubleAnswer } from '../double/index.ts'

/** An event as the contract has it; the fields beyond these are those of its type. */
export interface WarehouseEvent {
  readonly id: string
  readonly type: string
  readonly occurredAt: string
  readonly caseNo?: string
  readonly [field: string]: unknown
}

/** Everything that was told, to be asked for again: with its text, to the byte. */
export class EventLog {
  readonly #kept: { readonly event: WarehouseEvent; readonly body: string }[] = []

  keep(event: WarehouseEvent): string {
    const body = JSON.stringify(event)
    this.#kept.push({ event, body })
    return body
  }

  events(): readonly WarehouseEvent[] {
    return this.#kept.map(({ event }) => event)
  }

  page(query: URLSearchParams): DoubleAnswer {
    const from = Number(query.get('after') ?? 0)
    const limit = Number(query.get('limit') ?? 100)
    if (!Number.isSafeInteger(from) || from < 0 || from > this.#kept.length) {
      return { status: 422, body: { code: 'AFTER_UNKNOWN' } }
    }
    const to = Math.min(this.#kept.length, from + Math.min(Math.max(limit, 1), 500))
    const events = this.#kept.slice(from, to).map(({ event: { id }, body }) => ({ id, body }))
    return {
      status: 200,
      body: { events, next: to === 0 ? null : String(to), hasMore: to < this.#kept.length },
    }
  }
}
