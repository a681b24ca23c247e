import type { Delivered, Delivery, DeliveryDefinition } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { z } from 'zod'
import type { Odoo } from '../client/odoo.ts'
import { decimal, many2one } from '../client/values.ts'
import type { Config } from '../config.ts'
import { externalId, transferOrigin } from '../references.ts'
import { type Family, recordedAs, returnFamily } from './family.ts'
import { kitRatios } from './kits.ts'
import { type Opened, openFor, toldTransfers } from './opening.ts'
import { partKey } from './plan-return.ts'
import { moveNow, type ReadyMove } from './ready.ts'
import { refusal } from './refusals.ts'
import { intoMoves, type LotQuantity } from './serials.ts'
import { type Share, shareOut } from './split.ts'
import { deliveryType, operationType } from './transfers.ts'

/**
 * Takes a receipt back. A done transfer cannot be canceled in Odoo: one the other way undoes it, from where the
 * goods were put to the customer, with the same serial numbers.
 *
 * Safe to repeat: the transfer has an external id of the receipt.
 *
 * @returns the ref `receipt_reversal`.
 * @throws {TerminalError} RECEIPT_UNKNOWN, INSUFFICIENT_STOCK when the goods have been moved on,
 * TRANSFER_NOT_FINISHED.
 */
export const reverseReceipt: DeliveryDefinition<Config, 'receipt.reverse'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

type Body = Delivery<Config, 'receipt.reverse'>['command']['body']

async function deliver(delivery: Delivery<Config, 'receipt.reverse'>): Promise<Delivered> {
  const { body } = delivery.command
  const opened = await openFor(delivery, body)
  const { odoo, places, caseNo } = opened
  const family = await returnFamily(opened, toldTransfers(body.target))
  const shares = await toTakeBack(opened, { body, family })
  const [first] = shares
  if (first === undefined) return {}
  const lots = await lotsOf(odoo, shares)
  const { reverseId } = await operationType(odoo, places.returnsType)
  const recorded = recordedAs(family.transfers, caseNo, body.receiptId)
  const { id } = await moveNow(opened, {
    key: externalId(odoo.config, caseNo, 'reverse', body.receiptId),
    typeId: reverseId ?? (await deliveryType(odoo, places.returnsType)),
    origin: transferOrigin(caseNo, `reverse-${body.receiptId}`),
    fromId: first.move.toId,
    toId: first.move.fromId,
    partnerId: recorded.find(({ partnerId }) => partnerId !== null)?.partnerId ?? null,
    moves: shares.map((share, index) => toReadyMove(opened, share, { body, index, lots })),
  })
  return { externalId: String(id), refs: [{ type: 'receipt_reversal', value: String(id) }] }
}

/** All of the receipt, or what was said of lines. */
async function toTakeBack(
  { odoo, caseNo }: Opened,
  { body, family }: { readonly body: Body; readonly family: Family },
): Promise<Share[]> {
  const recorded = new Set(recordedAs(family.transfers, caseNo, body.receiptId).map(({ id }) => id))
  const moves = family.moves.filter(
    ({ state, transferId }) => state === 'done' && recorded.has(transferId ?? 0),
  )
  if (moves.length === 0) {
    throw refusal('receiptUnknown', `Odoo has not recorded the receipt ${body.receiptId}`)
  }
  const all = moves.map((move) => ({ move, quantity: move.quantity }))
  if (body.lines === undefined || body.lines.length === 0) return all
  const ratios = await kitRatios(odoo, moves)
  return body.lines.flatMap(({ lineNo, quantity }) => {
    const ofLine = moves.filter((move) => move.lineNo === lineNo)
    return [...new Set(ofLine.map(partKey))].flatMap((part) => {
      const ofPart = ofLine.filter((move) => partKey(move) === part)
      const ratio = ratios.get(ofPart[0]?.bomLineId ?? 0) ?? new Big(1)
      const sources = ofPart.map((move) => ({ move, left: move.quantity }))
      return [...shareOut(ratio.times(quantity), sources).shares]
    })
  })
}

const lineRow = z.object({ id: z.int(), move_id: many2one, lot_id: many2one, quantity: decimal })

/** The serial numbers and lots that came with each move. */
async function lotsOf(
  odoo: Odoo,
  shares: readonly Share[],
): Promise<ReadonlyMap<number, LotQuantity[]>> {
  const tracked = shares.filter(({ move }) => move.tracking !== 'none')
  const lines = await odoo.read(
    'stock.move.line',
    tracked.flatMap(({ move }) => move.moveLineIds),
    lineRow,
  )
  return new Map(
    tracked.map((share) => {
      const came = lines
        .filter(({ move_id }) => move_id?.id === share.move.id)
        .map(({ lot_id, quantity }) => ({
          lotId: lot_id?.id ?? 0,
          name: lot_id?.name ?? '',
          quantity: new Big(quantity),
        }))
      return [share.move.id, intoMoves(came, [share]).get(share.move.id) ?? []] as const
    }),
  )
}

function toReadyMove(
  { odoo, caseNo }: Opened,
  { move, quantity }: Share,
  context: {
    readonly body: Body
    readonly index: number
    readonly lots: ReadonlyMap<number, LotQuantity[]>
  },
): ReadyMove {
  const { body, index, lots } = context
  return {
    key: externalId(odoo.config, caseNo, 'reverse', body.receiptId, `move${index + 1}`),
    lineNo: move.lineNo,
    productId: move.productId,
    quantity,
    fromId: move.toId,
    toRefund: move.toRefund,
    reverses: move,
    lots: lots.get(move.id) ?? null,
  }
}
