import type { Delivered, Delivery, DeliveryDefinition } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import { knownEvent } from '../known-event.ts'
import { externalId, transferOrigin } from '../references.ts'
import { chooseLots, goodsOf, type HeldGoods, type Holding, holdingOf } from './held.ts'
import { keyName, type Move } from './moves.ts'
import { type Opened, openFor } from './opening.ts'
import { lastPurchases, type Purchase } from './purchases.ts'
import { makeReady, type ReadyMove } from './ready.ts'
import { deliveryType, operationType, partnersPlace } from './transfers.ts'
import { draftVendorRefund } from './vendor-refund.ts'
import { findVendor } from './vendors.ts'

/**
 * Claims goods from their vendor: a transfer that takes them there, ready for people to ship, and the draft of the
 * refund that the vendor owes. Where the goods were bought from them, both belong to the last purchase.
 *
 * Safe to repeat: both have external ids of the claim.
 *
 * @returns the refs `supplier_claim` (the draft refund) and `vendor_return` (the transfer); the event
 * `supplier_claim.submitted` with the amount that is claimed.
 * @throws {TerminalError} VENDOR_UNKNOWN, VENDOR_AMBIGUOUS, GOODS_NOT_RECEIVED, INSUFFICIENT_STOCK,
 * SERIAL_NOT_RECEIVED, RETURN_TRANSFER_CANCELED.
 */
export const submitSupplierClaim: DeliveryDefinition<Config, 'supplier_claim.submit'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

type Given = Delivery<Config, 'supplier_claim.submit'>

async function deliver(delivery: Given): Promise<Delivered> {
  const { claimId, vendor, lines, about, target } = delivery.command.body
  const opened = await openFor(delivery, { about })
  const { odoo, places, caseNo } = opened
  const vendorId = await findVendor(odoo, vendor)
  const holding = await holdingOf(opened, target)
  const goods = goodsOf(lines, holding, [places.vendor, places.quarantine])
  const productIds = [...new Set(goods.map(({ held }) => held.productId))]
  const purchases = await lastPurchases(odoo, { vendorId, productIds })
  const transferId = await takeToVendor(opened, { claimId, vendorId, goods, purchases, holding })
  const refund = await draftVendorRefund(odoo, {
    caseNo,
    claimId,
    vendorId,
    goods: goods.map(({ held, quantity }) => {
      const { productId } = held
      return { productId, quantity, purchase: purchases.get(productId) ?? null }
    }),
  })
  const claimed = { amount: refund.amount, currency: refund.currency }
  return {
    externalId: String(refund.id),
    refs: [
      { type: 'supplier_claim', value: String(refund.id) },
      { type: 'vendor_return', value: String(transferId) },
    ],
    events: [
      knownEvent(delivery, 'supplier_claim.submitted', {
        claimId,
        lineNos: lines.map(({ lineNo }) => lineNo),
        claimed,
      }),
    ],
  }
}

interface VendorReturn {
  readonly claimId: string
  readonly vendorId: number
  readonly goods: readonly HeldGoods[]
  readonly purchases: ReadonlyMap<number, Purchase>
  readonly holding: Holding
}

/** Not by Odoo's wizard on the receipt: pressed again it makes a second return, and it takes from sellable stock. */
async function takeToVendor(opened: Opened, given: VendorReturn): Promise<number> {
  const { odoo, places, caseNo } = opened
  const { claimId, vendorId, goods, purchases, holding } = given
  const key = externalId(odoo.config, caseNo, 'claim', claimId, 'goods')
  const own = holding.moves.filter((move) => move.key?.startsWith(`${keyName(key)}-`))
  const gone = goneWith(own)
  if (gone !== null) return gone
  const lots = await chooseLots(odoo, goods, own)
  const { reverseId } = await operationType(odoo, places.returnsType)
  const { id } = await makeReady(opened, {
    key,
    typeId: reverseId ?? (await deliveryType(odoo, places.returnsType)),
    origin: transferOrigin(caseNo, claimId),
    fromId: goods[0]?.fromId ?? places.quarantine,
    toId: await partnersPlace(odoo, 'supplier'),
    partnerId: vendorId,
    moves: goods.map((one, index) => {
      const move = { key: `${key}-${index + 1}`, lots: lots[index] ?? null }
      return toMove(one, purchases.get(one.held.productId) ?? null, move)
    }),
  })
  return id
}

function goneWith(own: readonly Move[]): number | null {
  const [first] = own
  return own.every(({ state }) => state === 'done') ? (first?.transferId ?? null) : null
}

function toMove(
  { held, quantity, fromId }: HeldGoods,
  purchase: Purchase | null,
  { key, lots }: Pick<ReadyMove, 'key' | 'lots'>,
): ReadyMove {
  const { lineNo, productId } = held
  const move = { key, lineNo, productId, quantity, fromId, lots, toRefund: true }
  if (purchase === null) return move
  const { moveId, purchaseLineId } = purchase
  const reverses = { id: moveId, saleLineId: null, bomLineId: null, groupId: null, purchaseLineId }
  return { ...move, reverses }
}
