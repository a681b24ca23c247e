import { setTimeout as sleep } from 'node:timers/promises'
import type { Entity } from '@backhaul/sdk/canonical'
import type { Neighborhood, SharedOrder } from '@backhaul/simulator'
import type { HubClient } from '../odoo-storm/hub-client.ts'
import type { PlannedReturn } from './kinds.ts'

export type ShownReturn = Entity<'return_case'>

/** Keys of those who work at the returns desk. */
export interface DeskKeys {
  readonly agent: string
  readonly warehouse: string
}

/** What everybody around the returns needs. */
export interface Town {
  readonly neighborhood: Neighborhood
  readonly hub: HubClient
  readonly keys: DeskKeys
  /** Names of this run's statements begin with it. */
  readonly run: string
}

const lookMs = 200
const lookLimitMs = 60_000

/** Nothing more came of a return, and why its player waited. */
export class Stuck extends Error {}

/** One return and the people who have to do with it: what they see, and what they do. */
export class People {
  readonly town: Town
  readonly planned: PlannedReturn
  readonly order: SharedOrder
  #said = 0

  constructor(town: Town, planned: PlannedReturn) {
    this.town = town
    this.planned = planned
    const order = town.neighborhood.orders[planned.number - 1]
    if (order === undefined) throw new Error(`there is no order ${planned.number}`)
    this.order = order
  }

  /** Asks in the shop that the order was placed in. `reason` is a word of the shop that lets its site choose them. */
  customerAsks(quantity = this.planned.quantity, reason = 'faulty'): void {
    const { shopify, woocommerce } = this.town.neighborhood
    const { ref, shop, woocommerceId } = this.order
    const { sku } = this.planned
    if (shop === 'shopify' || woocommerceId === null) {
      shopify.people.requestReturn({ order: ref, lines: [{ sku, quantity, reason: 'DEFECTIVE' }] })
      return
    }
    const item = woocommerce.shop.order(woocommerceId).items.find((one) => one.sku === sku)
    woocommerce.people.requestReturn({
      order: woocommerceId,
      by: 'meta',
      request: {
        id: `RR-${this.planned.number}`,
        requested_at: new Date().toISOString(),
        reason,
        resolution: 'refund',
        lines: [{ item_id: item?.id, quantity }],
      },
    })
  }

  /** Writes to the help desk, where an agent starts a return in the ticket. */
  agentStarts(sku: string, quantity = this.planned.quantity): number {
    const { people } = this.town.neighborhood.zendesk
    const { ref, email } = this.order
    const ticketId = people.customerWrites({ email, subject: `Return of ${ref}`, text: 'Broken.' })
    people.agentSets({
      ticketId,
      fields: {
        'Return order number': ref,
        'Return SKU': sku,
        'Return quantity': String(quantity),
        'Return reason': 'return_reason_defective_consumer',
        'Return action': 'return_start',
      },
    })
    return ticketId
  }

  /** The returns of the order, the oldest first, as soon as there are so many. */
  async returns(count = 1): Promise<ShownReturn[]> {
    const path = `/api/v1/returns?q=${encodeURIComponent(this.order.ref)}`
    const listed = await this.#until(
      () => `${count} returns of ${this.order.ref}`,
      async () => {
        const { data } = (await this.#get(path)) as { readonly data: readonly ShownReturn[] }
        const own = data.filter(({ orderRefs }) => orderRefs.includes(this.order.ref))
        return own.length >= count ? own : undefined
      },
    )
    const sorted = listed.toSorted((a, b) => a.caseNo.localeCompare(b.caseNo))
    return Promise.all(sorted.map(({ id }) => this.see(id)))
  }

  async see(id: string): Promise<ShownReturn> {
    return (await this.#get(`/api/v1/returns/${id}`)) as ShownReturn
  }

  /** @throws {Stuck} when it does not come to that. */
  async wait(
    id: string,
    what: string,
    isReached: (shown: ShownReturn) => boolean,
  ): Promise<ShownReturn> {
    let last = ''
    const look = async () => {
      const shown = await this.see(id)
      last = standOf(shown)
      return isReached(shown) ? shown : undefined
    }
    return this.#until(() => `${what} of ${this.order.ref}, which is ${last}`, look)
  }

  /** Authorized, by the rules or, where they refer it, by an agent, and known in the warehouse. */
  async authorized(id: string): Promise<ShownReturn> {
    const shown = await this.wait(id, 'a decision', ({ lines }) =>
      lines.every(({ axes }) => axes.authorization === 'approved'),
    )
    await this.#until(
      () => `the order to the warehouse for ${shown.caseNo}`,
      async () =>
        this.town.neighborhood.warehouse.books().some(({ caseNo }) => caseNo === shown.caseNo)
          ? true
          : undefined,
    )
    return shown
  }

  receive({ caseNo }: ShownReturn, quantity: number, condition = 'ok'): void {
    const lines = [{ lineNo: 1, quantity: String(quantity), condition }]
    this.town.neighborhood.warehouse.work.receive({ caseNo, lines })
  }

  inspect(
    { caseNo }: ShownReturn,
    found: { readonly accepted: number; readonly rejected?: number; readonly disposition: string },
  ): void {
    const { accepted, rejected = 0, disposition } = found
    const line = { lineNo: 1, accepted: String(accepted), rejected: String(rejected), disposition }
    this.town.neighborhood.warehouse.work.inspect({ caseNo, lines: [line] })
  }

  /** The returns desk agrees with what the warehouse proposes, as often as it does, until all of `count` are decided. */
  async decideDispositions(id: string, count: number): Promise<void> {
    const shown = await this.wait(
      id,
      `${count} dispositions`,
      ({ dispositions }) => dispositions.length >= count,
    )
    for (const { dispositionId, status } of shown.dispositions) {
      if (status !== 'proposed') continue
      await this.say('warehouse', id, { type: 'disposition.approved', data: { dispositionId } })
    }
  }

  /** The returns desk deals with what is wrong with goods and parcels, as soon as it is, by one of the actions that there are for it. */
  async dealsWith(id: string, code: string, action: string): Promise<void> {
    const shown = await this.wait(id, code, ({ exceptions }) =>
      exceptions.some((one) => one.code === code),
    )
    const { hub, keys } = this.town
    for (const exception of shown.exceptions) {
      if (exception.code !== code || exception.status !== 'open') continue
      const path = `/api/v1/exceptions/${exception.id}/resolve`
      await hub.send('POST', path, { key: keys.warehouse, body: { action } })
    }
  }

  /** A statement over the hub's API. */
  async say(
    as: keyof DeskKeys,
    subject: string,
    { type, data = {} }: { readonly type: string; readonly data?: object },
  ): Promise<void> {
    const { hub, keys, run } = this.town
    this.#said += 1
    await hub.send('POST', '/api/v1/events', {
      key: keys[as],
      body: {
        specversion: '1.0',
        id: `${run}-${this.planned.number}-${this.#said}`,
        source: 'returns-desk',
        type: `backhaul.${type}.v1`,
        subject,
        time: new Date().toISOString(),
        data,
      },
    })
  }

  #get(path: string): Promise<unknown> {
    return this.town.hub.send('GET', path, { key: this.town.keys.agent })
  }

  async #until<Value>(what: () => string, look: () => Promise<Value | undefined>): Promise<Value> {
    const until = performance.now() + lookLimitMs
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (performance.now() > until) throw new Stuck(`waited in vain for ${what()}`)
      await sleep(lookMs)
    }
  }
}

/** For whoever looks for the cause. */
function standOf({ caseNo, sentence, exceptions, lines }: ShownReturn): string {
  const open = exceptions.filter(({ status }) => status === 'open')
  const axes = lines.map(({ axes: { authorization, receipt, settlement } }) =>
    [authorization, receipt, settlement].join('/'),
  )
  const why = open.map(({ code, detail }) => `${code} ${detail ?? ''}`)
  return [caseNo, sentence, ...axes, ...why].join('; ')
}
