import type { CommandBody, CommandType, Disposition } from '@backhaul/sdk/canonical'
import type { Delivered, DeliveryDefinition } from '@backhaul/sdk/connector'
import type { Config } from '../src/odoo/config.ts'
import { executeDisposition, recordReceipt, recordReturn } from '../src/odoo/stock/index.ts'
import { findMoves, type Move, ofCase } from '../src/odoo/stock/moves.ts'
import { type Tap, tap } from './connection.ts'
import { newProduct, type Order, type Product, type Sale, sell, uniqueCaseNo } from './fixtures.ts'
import { attempt, type ScenarioContext } from './scenario.ts'

/** Steps of a return as scenarios tell them: a case, its lines, and what is told to the connector. */

type Line = CommandBody<'return.record'>['lines'][number]

export function lineOf(
  lineNo: number,
  quantity: string,
  what: { readonly product: Product; readonly order?: Order; readonly at?: number },
): Line {
  const { product, order, at = 0 } = what
  const orderLine = order?.lineIds[at]
  return {
    lineNo,
    quantity,
    unit: 'EA',
    product: { sku: product.sku },
    ...(orderLine === undefined ? {} : { orderLine: String(orderLine) }),
  }
}

interface Told<T extends CommandType> {
  readonly type: T
  readonly caseNo: string
  readonly body: CommandBody<T>
  readonly tapped?: Tap | undefined
}

export function tell<T extends CommandType>(
  { config }: ScenarioContext,
  definition: DeliveryDefinition<Config, T>,
  { tapped, ...told }: Told<T>,
): Promise<Delivered> {
  return attempt(config, definition, { ...told, tap: tapped ?? tap() })
}

export function announce(
  context: ScenarioContext,
  caseNo: string,
  { lines, tapped }: { readonly lines: readonly Line[]; readonly tapped?: Tap },
) {
  const body = { lines: [...lines] }
  return tell(context, recordReturn, { type: 'return.record', caseNo, body, tapped })
}

export function receive(
  context: ScenarioContext,
  caseNo: string,
  received: { readonly receiptId?: string; readonly lines: readonly Line[]; readonly tapped?: Tap },
) {
  const { receiptId = 'r1', lines, tapped } = received
  const body = { receiptId, lines: [...lines] }
  return tell(context, recordReceipt, { type: 'receipt.record', caseNo, body, tapped })
}

export interface Decided {
  readonly quantity: string
  readonly code: Disposition
  readonly serials?: string[]
}

/** Decides about units of the first line. */
export function decide(
  context: ScenarioContext,
  caseNo: string,
  decided: {
    readonly lines: readonly Decided[]
    readonly dispositionId?: string
    readonly tapped?: Tap
  },
) {
  const { lines, dispositionId = 'd1', tapped } = decided
  const body = { dispositionId, lines: lines.map((line) => ({ lineNo: 1, ...line })) }
  return tell(context, executeDisposition, { type: 'disposition.execute', caseNo, body, tapped })
}

/** Moves that bring goods back: line, demand, quantity, state. */
export async function backOf({ admin }: ScenarioContext, caseNo: string): Promise<string[]> {
  const moves = await findMoves(admin, ofCase(caseNo))
  return moves.filter(({ kind }) => kind === 'incoming').map(describe)
}

export function describe({ lineNo, demand, quantity, state }: Move): string {
  return `${lineNo}: ${demand.toFixed()} ${quantity.toFixed()} ${state}`
}

/**
 * Cuts the line after each call of a first attempt in turn, and delivers once more: what is checked must hold each
 * time. A line that is cut before a call leaves over there what the call before it has left.
 */
export async function cutAtEachCall(
  calls: number,
  prepare: () => Promise<{
    readonly send: (tapped: Tap) => Promise<unknown>
    readonly check: () => Promise<void>
  }>,
): Promise<void> {
  for (let at = 1; at <= calls; at += 1) {
    const { send, check } = await prepare()
    const tapped = tap({ at, when: 'after' })
    await send(tapped).catch(() => null)
    await send(tap())
    await check()
    if (tapped.calls.length < at) return
  }
}

export interface Returned {
  readonly caseNo: string
  readonly order: Sale
  readonly product: Product
}

/** Goods of one line that have come back: `quantity` of twice as many sold. */
export async function returned(
  context: ScenarioContext,
  quantity: number,
  serials: readonly string[] = [],
): Promise<Returned> {
  const { admin } = context
  const isSerial = serials.length > 0
  const product = await newProduct(admin, isSerial ? { serials } : { stock: quantity * 2 })
  const sold = isSerial ? serials.length : quantity * 2
  const order = await sell(admin, [{ product, quantity: sold }], {
    isInvoiced: false,
    ...(isSerial ? { shipped: new Map([[product, serials]]) } : {}),
  })
  const caseNo = uniqueCaseNo()
  const line = {
    ...lineOf(1, String(quantity), { product, order }),
    serials: serials.slice(0, quantity),
  }
  await announce(context, caseNo, { lines: [line] })
  await receive(context, caseNo, { lines: [line] })
  return { caseNo, order, product }
}

/** Units of a product by place, of the places of the configuration. */
export async function standing(
  { admin, config }: ScenarioContext,
  { id }: Product,
): Promise<Record<string, number>> {
  const { quarantine, stock, repair, vendor } = config.warehouses['*'] ?? {}
  const names = new Map(
    Object.entries({ quarantine, stock, repair, vendor }).map(([name, place]) => [place, name]),
  )
  const rows = (await admin.ask('stock.quant', 'search_read', {
    named: {
      domain: [
        ['product_id', '=', id],
        ['quantity', '!=', 0],
        ['location_id.usage', '=', 'internal'],
      ],
      fields: ['location_id', 'quantity'],
    },
  })) as { location_id: [number, string]; quantity: number }[]
  const totals: Record<string, number> = {}
  for (const { location_id, quantity } of rows) {
    const name = names.get(location_id[0]) ?? location_id[1]
    totals[name] = (totals[name] ?? 0) + quantity
  }
  return totals
}

/** What the order counts as delivered. */
export async function deliveredOf({ admin }: ScenarioContext, { lineIds }: Order): Promise<number> {
  const rows = await admin.ask('sale.order.line', 'read', {
    ids: lineIds.slice(0, 1),
    named: { fields: ['qty_delivered'] },
  })
  return (rows as { qty_delivered: number }[])[0]?.qty_delivered ?? 0
}

/** The name that a serial number's place has in the configuration; empty where it is nobody's of ours. */
export async function placeOfSerial(
  { admin, config }: ScenarioContext,
  { id }: Product,
  name: string,
): Promise<string> {
  const rows = (await admin.ask('stock.quant', 'search_read', {
    named: {
      domain: [
        ['product_id', '=', id],
        ['lot_id.name', '=', name],
        ['quantity', '>', 0],
      ],
      fields: ['location_id'],
    },
  })) as { location_id: [number, string] }[]
  const place = rows[0]?.location_id[0]
  // Operation types have numbers of their own, and one of them may be the number of a location as well.
  const { returnsType: _returns, internalType: _internal, ...places } = config.warehouses['*'] ?? {}
  return Object.entries(places).find(([, one]) => one === place)?.[0] ?? ''
}
