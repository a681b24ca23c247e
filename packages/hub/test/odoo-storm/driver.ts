import { setTimeout as sleep } from 'node:timers/promises'
import type { HubClient } from './hub-client.ts'
import type { PlannedLine, PlannedReturn } from './plan.ts'
import type { SoldReturn } from './sales.ts'

/** Keys of the people and systems around a return. */
export interface Keys {
  readonly agent: string
  readonly warehouse: string
}

interface Said {
  readonly type: string
  readonly eventId: string
  readonly data: unknown
}

interface ShownLine {
  readonly lineNo: number
  readonly invoiced: unknown
}
interface ShownReturn {
  readonly id: string
  readonly caseNo: string
  readonly lines: readonly ShownLine[]
  readonly dispositions: readonly { readonly dispositionId: string; readonly status: string }[]
}

/** What was played for a return, for whoever compares. */
export interface Played {
  readonly id: string
  readonly caseNo: string
  readonly sold: SoldReturn
}

const lookMs = 250
const lookLimitMs = 300_000

/** Asks for a return, approves it, receives it, inspects it and decides on the goods. */
export class Driver {
  readonly #hub: HubClient
  readonly #keys: Keys

  constructor(hub: HubClient, keys: Keys) {
    this.#hub = hub
    this.#keys = keys
  }

  async play(sold: SoldReturn): Promise<Played> {
    const { planned } = sold
    const { id, caseNo } = await this.#ask(sold)
    // Credits are cut from what was invoiced, which the system of record says in its own time.
    await this.#until(id, ({ lines }) => lines.every(({ invoiced }) => invoiced !== null))
    await this.#approve(planned, id)
    if (planned.isCanceled) {
      const eventId = `${planned.ref}-cancel`
      await this.#say('agent', id, { type: 'return.canceled', eventId, data: {} })
      return { id, caseNo, sold }
    }
    const rounds = Math.max(...planned.lines.map(({ receipts }) => receipts.length))
    for (let round = 0; round < rounds; round += 1) await this.#receive(sold, id, round)
    if (planned.isInspected) await this.#inspect(planned, id)
    return { id, caseNo, sold }
  }

  async #ask({ planned, sale, products, serials }: SoldReturn): Promise<ShownReturn> {
    const body = {
      channel: 'ecommerce',
      sourceRef: planned.ref,
      customer: { partyId: String(sale.customer.id) },
      orderRefs: [sale.name],
      currency: 'USD',
      lines: planned.lines.map(({ lineNo, returned }, index) => ({
        lineNo,
        product: { sku: products[index]?.sku },
        quantity: String(returned),
        reason: { code: 'defective_consumer' },
        ...serialsOf(serials[index], 0, returned),
      })),
    }
    const headers = { 'idempotency-key': planned.ref }
    const answer = await this.#hub.send('POST', '/api/v1/returns', {
      key: this.#keys.agent,
      body,
      headers,
    })
    return answer as ShownReturn
  }

  async #approve(planned: PlannedReturn, id: string): Promise<void> {
    const data = {
      rmaNo: planned.ref,
      lines: planned.lines.map(({ lineNo, returned }) => ({
        lineNo,
        quantity: String(returned),
        inspectionRequired: planned.isInspected,
      })),
      settlement: {
        method: 'credit_note',
        trigger: planned.isInspected ? 'on_inspection' : 'on_receipt',
      },
    }
    const eventId = `${planned.ref}-approve`
    await this.#say('agent', id, { type: 'return.approved', eventId, data })
  }

  async #receive({ planned, serials }: SoldReturn, id: string, round: number): Promise<void> {
    const lines = planned.lines.flatMap((line, index) => {
      const quantity = line.receipts[round]
      if (quantity === undefined) return []
      const from = line.receipts.slice(0, round).reduce((sum, one) => sum + one, 0)
      const said = serialsOf(serials[index], from, quantity)
      return [{ lineNo: line.lineNo, quantity: String(quantity), ...said }]
    })
    const receiptId = `${planned.ref}-receipt-${round + 1}`
    const data = { receiptId, lines }
    await this.#say('warehouse', id, { type: 'goods.received', eventId: receiptId, data })
  }

  async #inspect(planned: PlannedReturn, id: string): Promise<void> {
    const data = {
      inspectionId: `${planned.ref}-inspection`,
      lines: planned.lines.map(({ lineNo, returned, outcome }: PlannedLine) => ({
        lineNo,
        accepted: String(returned),
        rejected: '0',
        proposed: outcome,
      })),
    }
    const inspected = `${planned.ref}-inspect`
    await this.#say('warehouse', id, { type: 'inspection.completed', eventId: inspected, data })
    const shown = await this.#until(id, ({ dispositions }) => dispositions.length > 0)
    for (const { dispositionId, status } of shown.dispositions) {
      if (status !== 'proposed') continue
      const eventId = `${planned.ref}-${dispositionId}`
      await this.#say('warehouse', id, {
        type: 'disposition.approved',
        eventId,
        data: { dispositionId },
      })
    }
  }

  async #say(as: keyof Keys, subject: string, { type, eventId, data }: Said): Promise<void> {
    await this.#hub.send('POST', '/api/v1/events', {
      key: this.#keys[as],
      body: {
        specversion: '1.0',
        id: eventId,
        source: 'storm',
        type: `backhaul.${type}.v1`,
        subject,
        time: new Date().toISOString(),
        data,
      },
    })
  }

  /** @throws {Error} when it does not come to that. */
  async #until(id: string, isReached: (shown: ShownReturn) => boolean): Promise<ShownReturn> {
    const until = performance.now() + lookLimitMs
    for (;;) {
      const shown = (await this.#hub.send('GET', `/api/v1/returns/${id}`, {
        key: this.#keys.agent,
      })) as ShownReturn
      if (isReached(shown)) return shown
      if (performance.now() > until) throw new Error(`nothing more happened to ${shown.caseNo}`)
      await sleep(lookMs)
    }
  }
}

function serialsOf(all: readonly string[] | undefined, from: number, count: number) {
  return all === undefined || all.length === 0 ? {} : { serials: all.slice(from, from + count) }
}
