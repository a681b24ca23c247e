import { invalidState, notFound, Refusal } from './refusal.ts'
import {
  findReturn,
  gid,
  type ReverseDelivery,
  type ReverseLine,
  type ShopReturn,
  type ShopState,
  sumOf,
} from './shop-state.ts'

export interface DisposeInput {
  readonly reverseFulfillmentOrderLineItemId: string
  readonly quantity: number
  readonly dispositionType: string
  readonly locationId?: string | null
}

interface ProcessInput {
  readonly returnId: string
  readonly returnLineItems: readonly {
    readonly id: string
    readonly quantity: number
    readonly dispositions?: readonly DisposeInput[] | null
  }[]
}

/** Confirms units of a return, as often as it is told, as long as there are some. */
export function processReturn(state: ShopState, input: ProcessInput): ShopReturn {
  const one = findReturn(state, input.returnId)
  if (one === undefined) throw notFound('Return')
  if (one.status !== 'OPEN') throw invalidState('Return is not processable.')
  for (const { id, quantity, dispositions } of input.returnLineItems) {
    const line = one.lines.find((known) => gid('ReturnLineItem', known.id) === id)
    if (line === undefined) throw notFound('Return line item')
    if (quantity < 1 || quantity > line.quantity - line.processed) {
      throw new Refusal('Quantity exceeds what can be processed.', { code: 'TOO_BIG' })
    }
    line.processed += quantity
    for (const disposed of dispositions ?? []) disposeOne(state, one, disposed)
  }
  return one
}

/** @returns the lines that were disposed of. */
export function dispose(
  state: ShopState,
  inputs: readonly DisposeInput[],
): { readonly lines: readonly ReverseLine[]; readonly of: ShopReturn } {
  const found = inputs.map((input) => {
    const of = state.returns.find(({ work }) =>
      work?.lines.some(({ id }) => isLine(id, input.reverseFulfillmentOrderLineItemId)),
    )
    if (of === undefined) throw notFound('Reverse fulfillment order line item')
    if (of.status !== 'OPEN') throw invalidState('Reverse fulfillment order is not open.')
    return { of, line: disposeOne(state, of, input) }
  })
  const [first] = found
  if (first === undefined) throw new Refusal('Dispositions are blank.', { code: 'BLANK' })
  return { lines: found.map(({ line }) => line), of: first.of }
}

function isLine(id: number, value: string): boolean {
  return gid('ReverseFulfillmentOrderLineItem', id) === value
}

/** Units that require processing may get another disposition; all others have their last one. */
function disposeOne(state: ShopState, of: ShopReturn, input: DisposeInput): ReverseLine {
  const { quantity, dispositionType: type, locationId } = input
  const line = of.work?.lines.find(({ id }) => isLine(id, input.reverseFulfillmentOrderLineItemId))
  if (line === undefined) throw notFound('Reverse fulfillment order line item')
  if (type === 'RESTOCKED' && !locationId) {
    throw new Refusal('Location is required to restock.', { code: 'BLANK', field: ['locationId'] })
  }
  const processed = of.lines
    .filter((one) => one.of === line.of)
    .reduce((sum, one) => sum + one.processed, 0)
  const waiting = line.dispositions.filter((one) => one.type === 'PROCESSING_REQUIRED')
  const taken = sumOf(line.dispositions) - (type === 'PROCESSING_REQUIRED' ? 0 : sumOf(waiting))
  if (quantity < 1 || quantity > Math.min(line.total, processed) - taken) {
    throw new Refusal('Quantity exceeds what can be disposed of.', { code: 'TOO_BIG' })
  }
  if (type !== 'PROCESSING_REQUIRED') takeFrom(line, quantity)
  line.dispositions.push({ id: state.nextId(), type, quantity, at: state.at() })
  return line
}

function takeFrom(line: ReverseLine, quantity: number): void {
  const free = line.total - sumOf(line.dispositions)
  let left = Math.max(quantity - free, 0)
  for (const one of line.dispositions) {
    if (one.type !== 'PROCESSING_REQUIRED') continue
    const part = Math.min(one.quantity, left)
    one.quantity -= part
    left -= part
  }
  const kept = line.dispositions.filter((one) => one.quantity > 0)
  line.dispositions.splice(0, line.dispositions.length, ...kept)
}

interface Shipping {
  readonly trackingInput?: { readonly number?: string | null; readonly url?: string | null } | null
  readonly labelInput?: { readonly fileUrl: string } | null
}

/** Another delivery, as often as it is told, as long as there are units in none. */
export function createDelivery(
  state: ShopState,
  input: Shipping & {
    readonly reverseFulfillmentOrderId: string
    readonly reverseDeliveryLineItems: readonly {
      readonly reverseFulfillmentOrderLineItemId: string
      readonly quantity: number
    }[]
  },
): { readonly delivery: ReverseDelivery; readonly of: ShopReturn } {
  const of = state.returns.find(
    ({ work }) =>
      work !== null && gid('ReverseFulfillmentOrder', work.id) === input.reverseFulfillmentOrderId,
  )
  const work = of?.work
  if (!of || !work) throw notFound('Reverse fulfillment order')
  if (of.status !== 'OPEN') throw invalidState('Reverse fulfillment order is not open.')
  const quantities = new Map<number, number>()
  for (const { reverseFulfillmentOrderLineItemId, quantity } of input.reverseDeliveryLineItems) {
    const line = work.lines.find(({ id }) => isLine(id, reverseFulfillmentOrderLineItemId))
    if (line === undefined) throw notFound('Reverse fulfillment order line item')
    const sent = work.deliveries.reduce((sum, one) => sum + (one.quantities.get(line.id) ?? 0), 0)
    if (quantity < 1 || quantity > line.total - sent) {
      throw new Refusal('Quantity exceeds what can be sent.', { code: 'TOO_BIG' })
    }
    quantities.set(line.id, quantity)
  }
  const delivery = {
    id: state.nextId(),
    number: input.trackingInput?.number ?? null,
    url: input.trackingInput?.url ?? null,
    labelUrl: input.labelInput?.fileUrl ?? null,
    quantities,
  }
  work.deliveries.push(delivery)
  return { delivery, of }
}

export function updateDelivery(
  state: ShopState,
  {
    reverseDeliveryId,
    trackingInput,
    labelInput,
  }: Shipping & { readonly reverseDeliveryId: string },
): { readonly delivery: ReverseDelivery; readonly of: ShopReturn } {
  for (const of of state.returns) {
    const delivery = of.work?.deliveries.find(
      ({ id }) => gid('ReverseDelivery', id) === reverseDeliveryId,
    )
    if (delivery === undefined) continue
    delivery.number = trackingInput?.number ?? delivery.number
    delivery.url = trackingInput?.url ?? delivery.url
    delivery.labelUrl = labelInput?.fileUrl ?? delivery.labelUrl
    return { delivery, of }
  }
  throw notFound('Reverse delivery')
}
