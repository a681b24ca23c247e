import type { Big } from 'big.js'
import { z } from 'zod'
import { type Cell, getOrCreate, type KeyedRecord } from '../client/get-or-create.ts'
import type { Odoo } from '../client/odoo.ts'
import { many2one } from '../client/values.ts'
import type { Config } from '../config.ts'
import { lineOrigin } from '../references.ts'
import { descriptionOf, needsName } from './moves.ts'
import { refusal } from './refusals.ts'

export interface PlannedMove {
  /** External id. */
  readonly key: string
  /** Null where it belongs to no line of the return. */
  readonly lineNo: number | null
  readonly productId: number
  /** In the product's own unit. */
  readonly quantity: Big
  /** Where it differs from that of the transfer. */
  readonly fromId?: number
  /** Whether the order counts it as undelivered again, or delivered where it leaves. Odoo's default differs by version. */
  readonly toRefund: boolean
  /** The move that it reverses, and what that one belongs to. */
  readonly reverses?: {
    readonly id: number
    readonly saleLineId: number | null
    readonly bomLineId: number | null
    readonly groupId: number | null
    readonly purchaseLineId?: number | null
  }
}

export interface PlannedTransfer {
  readonly key: string
  readonly typeId: number
  readonly origin: string
  readonly fromId: number
  readonly toId: number
  readonly partnerId: number | null
  /** The delivery that it brings back. */
  readonly returnOf?: number | null
  readonly note?: string | null
  readonly moves: readonly PlannedMove[]
}

/**
 * Makes a transfer with its moves, or finds it; a draft when it is new.
 *
 * @returns its id.
 */
export async function makeTransfer(
  odoo: Odoo,
  caseNo: string,
  planned: PlannedTransfer,
): Promise<number> {
  const { key, typeId, origin, fromId, toId, partnerId, returnOf = null, note = null } = planned
  const records = await toRecords(odoo, caseNo, planned)
  return getOrCreate(odoo, 'stock.picking', {
    key,
    values: {
      'picking_type_id/.id': typeId,
      'partner_id/.id': partnerId,
      origin,
      'location_id/.id': fromId,
      'location_dest_id/.id': toId,
      // Odoo 18 does not think of one by itself where the moves belong to an order's group.
      move_type: 'direct',
      ...(returnOf === null ? {} : { 'return_id/.id': returnOf }),
      ...(note === null ? {} : { note }),
    },
    lines: { field: 'move_ids', records },
  })
}

/** Adds moves to a transfer that is there. They are drafts until the transfer is confirmed again. */
export async function addMoves(
  odoo: Odoo,
  caseNo: string,
  added: Pick<PlannedTransfer, 'fromId' | 'toId' | 'typeId' | 'moves'> & {
    readonly transferId: number
  },
): Promise<void> {
  for (const { key, values } of await toRecords(odoo, caseNo, added)) {
    const place = { 'picking_id/.id': added.transferId, 'picking_type_id/.id': added.typeId }
    await getOrCreate(odoo, 'stock.move', { key, values: { ...values, ...place } })
  }
}

async function toRecords(
  odoo: Odoo,
  caseNo: string,
  { moves, fromId, toId }: Pick<PlannedTransfer, 'fromId' | 'toId' | 'moves'>,
): Promise<KeyedRecord[]> {
  const isNamed = await needsName(odoo)
  return moves.map((move) => {
    const origin = move.lineNo === null ? caseNo : lineOrigin(caseNo, move.lineNo)
    // Odoo merges moves of one product that look alike, and a merged move loses its external id: a repeat
    // would add it again. Their description keeps them apart.
    const description = descriptionOf(origin, move.key)
    const values: Record<string, Cell> = {
      'product_id/.id': move.productId,
      product_uom_qty: move.quantity.toFixed(),
      'location_id/.id': move.fromId ?? fromId,
      'location_dest_id/.id': toId,
      origin,
      description_picking: description,
      to_refund: move.toRefund,
      ...(isNamed ? { name: description } : {}),
      ...reversed(move.reverses),
    }
    return { key: move.key, values }
  })
}

/** Columns are the same for all moves of a transfer; what is not given is left empty. */
function reversed(of: PlannedMove['reverses']): Record<string, Cell> {
  if (of === undefined) return {}
  return {
    'origin_returned_move_id/.id': of.id,
    ...(of.saleLineId === null ? {} : { 'sale_line_id/.id': of.saleLineId }),
    ...(of.bomLineId === null ? {} : { 'bom_line_id/.id': of.bomLineId }),
    ...(of.groupId === null ? {} : { 'group_id/.id': of.groupId }),
    ...(of.purchaseLineId == null ? {} : { 'purchase_line_id/.id': of.purchaseLineId }),
  }
}

const typeRow = z.object({
  id: z.int(),
  default_location_src_id: many2one,
  default_location_dest_id: many2one,
  return_picking_type_id: many2one,
  warehouse_id: many2one,
})

export interface OperationType {
  readonly id: number
  readonly fromId: number | null
  readonly toId: number | null
  /** The type of what takes such goods the other way. */
  readonly reverseId: number | null
  readonly warehouseId: number | null
}

/** Set up once by an administrator and hardly ever changed: asked for once per configuration. */
const types = new WeakMap<Config, Map<number, Promise<OperationType>>>()

/** @throws {TerminalError} NOT_CONFIGURED when there is no such type. */
export function operationType(odoo: Odoo, id: number): Promise<OperationType> {
  const known = types.get(odoo.config) ?? new Map<number, Promise<OperationType>>()
  types.set(odoo.config, known)
  const found = known.get(id)
  if (found) return found
  const reading = readType(odoo, id)
  known.set(id, reading)
  reading.catch(() => known.delete(id))
  return reading
}

async function readType(odoo: Odoo, id: number): Promise<OperationType> {
  const [row] = await odoo.read('stock.picking.type', [id], typeRow)
  if (row === undefined) throw refusal('notConfigured', `there is no operation type ${id}`)
  return {
    id,
    fromId: row.default_location_src_id?.id ?? null,
    toId: row.default_location_dest_id?.id ?? null,
    reverseId: row.return_picking_type_id?.id ?? null,
    warehouseId: row.warehouse_id?.id ?? null,
  }
}

const idRow = z.object({ id: z.int() })

/** The operation type that sends goods out of the warehouse of the returns. */
export async function deliveryType(odoo: Odoo, returnsType: number): Promise<number> {
  const { warehouseId } = await operationType(odoo, returnsType)
  const domain = [
    ['code', '=', 'outgoing'],
    ['warehouse_id', '=', warehouseId],
  ] as const
  const [found] = await odoo.search('stock.picking.type', {
    domain,
    row: idRow,
    order: 'sequence, id',
    limit: 1,
  })
  if (found === undefined)
    throw refusal('notConfigured', 'the warehouse has no operation type of deliveries')
  return found.id
}

/** The place that stands for all customers, or all vendors. */
export async function partnersPlace(odoo: Odoo, usage: 'customer' | 'supplier'): Promise<number> {
  const domain = [['usage', '=', usage]] as const
  const [found] = await odoo.search('stock.location', { domain, row: idRow, order: 'id', limit: 1 })
  if (found === undefined)
    throw refusal('notConfigured', `there is no location of the usage ${usage}`)
  return found.id
}
