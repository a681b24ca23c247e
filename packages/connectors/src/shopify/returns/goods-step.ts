import { type Config, type DispositionType, dispositionOf } from '../config.ts'
import type { Matched } from './match-lines.ts'
import type { Handled, Handling } from './shop-return.ts'
import { type Told, type ToldParcel, wholeUnits } from './told.ts'

interface DisposeInput {
  readonly reverseFulfillmentOrderLineItemId: string
  readonly quantity: number
  readonly dispositionType: DispositionType
  readonly locationId?: string
}

interface ProcessedLine {
  readonly id: string
  readonly quantity: number
  readonly dispositions: readonly DisposeInput[]
}

/** A step with the goods of a return. */
export type GoodsStep =
  | { readonly do: 'process'; readonly lines: readonly ProcessedLine[] }
  | { readonly do: 'dispose'; readonly inputs: readonly DisposeInput[] }
  | {
      readonly do: 'attach'
      readonly orderId: string
      /** The delivery that is there and has no tracking yet; null: a new one. */
      readonly deliveryId: string | null
      readonly parcel: ToldParcel
      readonly lines: readonly {
        readonly reverseFulfillmentOrderLineItemId: string
        readonly quantity: number
      }[]
    }

interface Goods {
  readonly config: Config
  readonly told: Told
  readonly handling: readonly Handling[]
}

/** The first thing to do with the goods: tell how they come, process what has come, then say what became of it. */
export function goodsStep(goods: Goods, lines: readonly Matched[]): GoodsStep | null {
  const attach = attachStep(goods)
  if (attach !== null || !goods.config.tellsReceipts) return attach
  const processed = lines.flatMap((one) => processedLine(goods, one))
  if (processed.length > 0) return { do: 'process', lines: processed }
  const inputs = lines.flatMap((one) => disposeInputs(goods, one))
  return inputs.length > 0 ? { do: 'dispose', inputs } : null
}

/** One parcel for each reverse fulfillment order; what somebody has attached there stays. */
function attachStep({ told, handling }: Goods): GoodsStep | null {
  const parcel = told.parcels?.find((one) => one.tracking ?? one.labelUrl)
  if (parcel === undefined) return null
  for (const { id: orderId, lines, deliveries } of handling) {
    const bare = deliveries.find(({ tracking, labelUrl }) => tracking === null && labelUrl === null)
    const goods = lines.filter(({ total }) => total > 0)
    if ((deliveries.length > 0 && bare === undefined) || goods.length === 0) continue
    return {
      do: 'attach',
      orderId,
      deliveryId: bare?.id ?? null,
      parcel,
      lines: goods.map(({ id, total }) => ({
        reverseFulfillmentOrderLineItemId: id,
        quantity: total,
      })),
    }
  }
  return null
}

/** Units that have come and are not processed yet, with what became of them as far as that is known. */
function processedLine(goods: Goods, { told, line }: Matched): ProcessedLine[] {
  const come = Math.min(wholeUnits(told.received), line.quantity) - line.processedQuantity
  const quantity = Math.min(come, line.processableQuantity)
  if (quantity <= 0) return []
  const handled = handledOf(goods, { told, line })
  const dispositions = allocate(goods.config, {
    types: typesFor(wantedOf(goods.config, { told, line }, handled), quantity),
    places: handled.map((one) => ({ id: one.id, room: one.total - sumOf(one) })),
  })
  return [{ id: line.id, quantity, dispositions }]
}

/** What became of units that are processed, and of those that were processed when the return was made. */
function disposeInputs(goods: Goods, matched: Matched): DisposeInput[] {
  const handled = handledOf(goods, matched)
  const come = Math.min(wholeUnits(matched.told.received), matched.line.processedQuantity)
  const finals = wantedOf(goods.config, matched, handled).filter(
    (type) => type !== 'PROCESSING_REQUIRED',
  )
  const given = handled.reduce((sum, one) => sum + finalOf(one), 0)
  const types = finals.slice(0, Math.max(come - given, 0))
  if (types.length > 0) {
    const places = handled.map((one) => ({ id: one.id, room: one.total - finalOf(one) }))
    return allocate(goods.config, { types, places })
  }
  const known = handled.reduce((sum, one) => sum + sumOf(one), 0)
  const places = handled.map((one) => ({ id: one.id, room: one.total - sumOf(one) }))
  return allocate(goods.config, { types: typesFor([], Math.max(come - known, 0)), places })
}

function handledOf({ handling }: Goods, { line }: Matched): Handled[] {
  const id = line.fulfillmentLineItem?.id
  return handling
    .flatMap(({ lines }) => lines)
    .filter(({ fulfillmentLineItemId }) => id !== undefined && fulfillmentLineItemId === id)
}

function sumOf({ dispositions }: Handled): number {
  return dispositions.reduce((sum, { quantity }) => sum + quantity, 0)
}

/** Without those that wait for another one. */
function finalOf({ dispositions }: Handled): number {
  return dispositions
    .filter(({ type }) => type !== 'PROCESSING_REQUIRED')
    .reduce((sum, { quantity }) => sum + quantity, 0)
}

/** Dispositions that the case has and Shopify has not, one for each unit. */
function wantedOf(
  config: Config,
  { told }: Matched,
  handled: readonly Handled[],
): DispositionType[] {
  const counts = new Map<DispositionType, number>()
  for (const { code, quantity } of told.dispositions ?? []) {
    const type = dispositionOf(config, code)
    counts.set(type, (counts.get(type) ?? 0) + wholeUnits(quantity))
  }
  for (const { type, quantity } of handled.flatMap(({ dispositions }) => dispositions)) {
    counts.set(type, (counts.get(type) ?? 0) - quantity)
  }
  const order: readonly DispositionType[] = ['RESTOCKED', 'NOT_RESTOCKED', 'MISSING']
  return order.flatMap((type) =>
    Array<DispositionType>(Math.max(counts.get(type) ?? 0, 0)).fill(type),
  )
}

/** As many units as there are: of those that nothing is known of, they are here and wait. */
function typesFor(wanted: readonly DispositionType[], quantity: number): DispositionType[] {
  const waiting = Array<DispositionType>(Math.max(quantity - wanted.length, 0))
  return [...wanted.slice(0, quantity), ...waiting.fill('PROCESSING_REQUIRED')]
}

/** Puts units where there is room for them. */
function allocate(
  { restockLocation }: Config,
  {
    types,
    places,
  }: {
    readonly types: readonly DispositionType[]
    readonly places: readonly { readonly id: string; readonly room: number }[]
  },
): DisposeInput[] {
  const units = places.flatMap(({ id, room }) => Array<string>(Math.max(room, 0)).fill(id))
  const counts = new Map<string, { id: string; type: DispositionType; quantity: number }>()
  for (const [index, type] of types.entries()) {
    const id = units[index]
    if (id === undefined) break
    const key = `${id} ${type}`
    const one = counts.get(key) ?? { id, type, quantity: 0 }
    counts.set(key, { ...one, quantity: one.quantity + 1 })
  }
  return [...counts.values()].map(({ id, type, quantity }) => ({
    reverseFulfillmentOrderLineItemId: id,
    quantity,
    dispositionType: type,
    ...(type === 'RESTOCKED' && restockLocation !== undefined
      ? { locationId: restockLocation }
      : {}),
  }))
}
