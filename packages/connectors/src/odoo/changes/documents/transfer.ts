import type { PolledMessage } from '@backhaul/sdk/connector'
import type { Odoo } from '../../client/odoo.ts'
import type { Config } from '../../config.ts'
import { parseReference } from '../../references.ts'
import { firstReference } from './case-number.ts'
import { doneOf, goodsOf, isBelow } from './goods.ts'
import { messageOf } from './message.ts'
import {
  type Location,
  type Move,
  type Picking,
  readMoves,
  readTransfers,
} from './transfer-rows.ts'

type Kind = 'return' | 'disposition' | 'send_back' | 'vendor_return'

interface Reading {
  readonly odoo: Odoo
  /** Number of the user that the connection works as. */
  readonly self: number
}

/** What is told of transfers, and the replacement orders that their deliveries belong to. */
export interface TransferReading {
  readonly messages: readonly PolledMessage[]
  readonly replacements: readonly number[]
}

/** Reads transfers afresh. One that is gone, is none of a return, or repeats what we did ourselves says nothing. */
export async function transferMessages(
  reading: Reading,
  ids: readonly number[],
): Promise<TransferReading> {
  const pickings = await readTransfers(reading.odoo, ids)
  const replacements = pickings.flatMap((picking) =>
    isReplacement(picking) && picking.sale_id ? [picking.sale_id.id] : [],
  )
  const messages = pickings.flatMap((picking) => [
    ...messagesOf(reading, picking),
    ...picking.move_ids.flatMap((move) => scrapOf(reading, move, picking)),
  ])
  return { messages, replacements: [...new Set(replacements)] }
}

/** Goods that were scrapped where they stood. */
export async function scrapMessages(
  reading: Reading,
  moveIds: readonly number[],
): Promise<PolledMessage[]> {
  const moves = await readMoves(reading.odoo, moveIds)
  return moves.flatMap((move) => scrapOf(reading, move, null))
}

function messagesOf({ odoo, self }: Reading, picking: Picking): PolledMessage[] {
  const kind = kindOf(odoo.config, picking)
  if (kind === null) return []
  const moves = picking.move_ids.filter(({ scrap_id: scrap }) => !scrap)
  const state = stateOf(picking)
  const caseNo = caseNoOf(picking)
  if (kind !== 'return' && (state !== 'done' || caseNo === null)) return []
  if (isEcho(picking, { kind, moves, state, self }) || isReversal(picking)) return []
  // Nobody has counted anything of a return that the hub knows nothing of.
  if (state !== 'done' && caseNo === null) return []
  const { config } = odoo
  const lines = goodsOf(moves, { config, isOver: state !== 'open' })
  if (state === 'done' && !moves.some((move) => doneOf(move).gt(0))) return []
  return [
    messageOf('transfer', `stock.picking:${picking.id}`, {
      kind,
      id: String(picking.id),
      name: picking.name,
      state,
      caseNo,
      step: stepOf(picking),
      // Named by the receipt, where the hub had one counted into it; else by the transfer.
      receiptId: receiptOf(picking),
      isBackorder: picking.backorder_id !== null,
      backorderOf: idText(picking.backorder_id?.id ?? null),
      order: orderOf(picking),
      partnerId: idText(picking.partner_id),
      companyId: idText(picking.company_id),
      warehouse: warehouseOf(config, picking),
      doneAt: picking.date_done,
      by: state === 'open' ? null : idText(writerOf(moves)),
      tracking: picking.carrier_tracking_ref ?? null,
      carrier: picking.carrier_id?.name ?? null,
      lines,
    }),
  ]
}

/** A scrap of a transfer keeps the transfer's move apart from what came in by it. */
function scrapOf({ odoo, self }: Reading, move: Move, picking: Picking | null): PolledMessage[] {
  const { scrap_id: scrap } = move
  if (!scrap || move.state !== 'done' || move.write_uid === self) return []
  const of = picking === null ? null : caseNoOf(picking)
  const caseNo = of ?? firstReference([scrap.origin, move.origin])?.caseNo ?? null
  if (caseNo === null) return []
  const [line] = goodsOf([move], { config: odoo.config, isOver: true })
  if (line === undefined) return []
  const known = picking === null ? null : onlyLineOf(picking, move)
  const body = {
    kind: 'disposition',
    id: `scrap-${scrap.id}`,
    name: scrap.name,
    state: 'done',
    caseNo,
    step: parseReference(scrap.origin)?.step ?? `scrap-${scrap.id}`,
    doneAt: move.date,
    by: idText(move.write_uid),
    lines: [{ ...line, caseLine: line.caseLine ?? known }],
  }
  return [messageOf('transfer', `stock.scrap:${scrap.id}`, body)]
}

/** The line of the transfer that is of the same product, where it is the only one. */
function onlyLineOf(picking: Picking, { product_id: product }: Move): number | null {
  const config = { warehouses: {} } as Config
  const others = picking.move_ids.filter(
    ({ scrap_id, product_id }) => !scrap_id && product_id?.id === product?.id,
  )
  const lines = new Set(goodsOf(others, { config, isOver: true }).map(({ caseLine }) => caseLine))
  const [only] = lines
  return lines.size === 1 ? (only ?? null) : null
}

function kindOf(config: Config, picking: Picking): Kind | null {
  const { location_id: from } = picking
  const to = endOf(picking)
  if (from === null || to === null || isReplacement(picking)) return null
  if (from.usage === 'customer') return to.usage === 'customer' ? null : 'return'
  const places = Object.values(config.warehouses)
  const isReturned =
    places.some(({ quarantine }) => isBelow(from, quarantine)) || caseNoOf(picking) !== null
  if (!isReturned || from.usage === 'supplier') return null
  if (to.usage === 'customer') return 'send_back'
  return to.usage === 'supplier' ? 'vendor_return' : 'disposition'
}

function isReplacement(picking: Picking): boolean {
  const isOut = endOf(picking)?.usage === 'customer'
  return isOut && parseReference(picking.sale_id?.origin ?? null) !== null
}

/**
 * Where the goods go. A return that 17's wizard makes for a program, which names no return location, keeps the
 * destination of the transfer that it returns, and only its moves say where the goods go (17.0, 2026-11-23).
 */
function endOf({ location_dest_id: end, move_ids }: Picking): Location | null {
  const ends = move_ids.flatMap(({ scrap_id: scrap, location_dest_id: to }) =>
    scrap || to === null ? [] : [to],
  )
  return ends.find((to) => isBelow(to, end?.id)) ?? ends[0] ?? end
}

/** A backorder and a hand-made return of a return take the case from where they come from. */
function caseNoOf({ origin, return_id, backorder_id, move_ids }: Picking): string | null {
  const ofMoves = move_ids.flatMap((move) => [move.origin, move.origin_returned_move_id?.origin])
  const texts = [origin, return_id?.origin, backorder_id?.origin, ...ofMoves]
  return firstReference(texts)?.caseNo ?? null
}

function stepOf({ origin }: Picking): string | null {
  return parseReference(origin)?.step ?? null
}

/**
 * Under which name a receipt counts. The backorder inherits the source document with the receipt that was counted
 * into the first transfer: what comes with it later is a receipt of its own.
 */
function receiptOf(picking: Picking): string {
  const step = stepOf(picking)
  const inherited = parseReference(picking.backorder_id?.origin ?? null)?.step ?? null
  return step === null || step === inherited ? `transfer-${picking.id}` : step
}

/**
 * Whether the hub knows it, since its own user did it: validating and canceling write the moves, and who does so
 * last is who did it. What people write on the transfer afterwards, such as a note, does not touch them. A draft
 * of our own is no news either.
 */
function isEcho(
  picking: Picking,
  {
    kind,
    moves,
    state,
    self,
  }: {
    readonly kind: Kind
    readonly moves: readonly Move[]
    readonly state: string
    readonly self: number
  },
): boolean {
  if (state === 'open') return picking.create_uid === self
  const isOurs = moves.every(({ write_uid: writer }) => writer === self)
  if (state === 'canceled') return isOurs
  // Without a mark the hub has not recorded a receipt there, whoever validated it.
  return isOurs && (kind !== 'return' || stepOf(picking) !== null)
}

/** What takes a receipt back that the hub has reversed: the goods never were here, and go nowhere. */
function isReversal(picking: Picking): boolean {
  return stepOf(picking)?.startsWith('reverse-') === true
}

function writerOf(moves: readonly Move[]): number | null {
  const writers = new Set(moves.map(({ write_uid: writer }) => writer))
  const [only] = writers
  return writers.size === 1 ? (only ?? null) : null
}

function stateOf({ state }: Picking): 'open' | 'done' | 'canceled' {
  if (state === 'done') return 'done'
  return state === 'cancel' ? 'canceled' : 'open'
}

function orderOf({ sale_id: order, move_ids: moves }: Picking) {
  const known = order ?? moves.map(({ sale_line_id: line }) => line?.order_id).find(Boolean)
  return known ? { id: String(known.id), name: known.name } : null
}

function warehouseOf({ warehouses }: Config, picking: Picking): string | null {
  const [name] =
    Object.entries(warehouses).find(
      ([code, { returnsType }]) => code !== '*' && returnsType === picking.picking_type_id,
    ) ?? []
  return name ?? null
}

function idText(id: number | null): string | null {
  return id === null ? null : String(id)
}
