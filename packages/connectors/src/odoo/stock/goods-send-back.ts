import type { Delivered, Delivery, DeliveryDefinition } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import { externalId, transferOrigin } from '../references.ts'
import { chooseLots, goodsOf, holdingOf } from './held.ts'
import { keyName } from './moves.ts'
import { openFor } from './opening.ts'
import { makeReady } from './ready.ts'
import { deliveryType, operationType } from './transfers.ts'

/**
 * Prepares goods to go back to the customer: a transfer from where they wait, reserved and ready. People ship it;
 * that it left is found out by looking.
 *
 * Safe to repeat: it has an external id of the step, and what is done is left alone. Five calls, two more for
 * serial numbers.
 *
 * @returns the ref `send_back`.
 * @throws {TerminalError} GOODS_NOT_RECEIVED, INSUFFICIENT_STOCK, SERIAL_NOT_RECEIVED, RETURN_TRANSFER_CANCELED.
 */
export const sendBackGoods: DeliveryDefinition<Config, 'goods.send_back'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

async function deliver(delivery: Delivery<Config, 'goods.send_back'>): Promise<Delivered> {
  const { body } = delivery.command
  const opened = await openFor(delivery, body)
  const { odoo, places, caseNo } = opened
  const key = externalId(odoo.config, caseNo, 'sendback', body.fulfillmentId)
  const holding = await holdingOf(opened, body.target)
  const own = holding.moves.filter((move) => move.key?.startsWith(`${keyName(key)}-`))
  const [known] = own
  if (known !== undefined && own.every(({ state }) => state === 'done'))
    return answer(known.transferId)
  const goods = goodsOf(body.lines, holding, [places.repair, places.quarantine, places.vendor])
  const lots = await chooseLots(odoo, goods, own)
  const [newest] = goods.flatMap(({ held }) => held.received)
  const { reverseId } = await operationType(odoo, places.returnsType)
  const { id } = await makeReady(opened, {
    key,
    typeId: reverseId ?? (await deliveryType(odoo, places.returnsType)),
    origin: transferOrigin(caseNo, body.fulfillmentId),
    fromId: goods[0]?.fromId ?? places.quarantine,
    toId: newest?.fromId ?? 0,
    partnerId: newest?.partnerId ?? null,
    moves: goods.map(({ held, quantity, fromId }, index) => {
      const [received] = held.received
      return {
        key: `${key}-${index + 1}`,
        lineNo: held.lineNo,
        productId: held.productId,
        quantity,
        fromId,
        // The order counts as delivered again what it had counted as returned.
        toRefund: received?.toRefund ?? false,
        ...(received === undefined ? {} : { reverses: received }),
        lots: lots[index] ?? null,
      }
    }),
  })
  return answer(id)
}

function answer(id: number | null): Delivered {
  return id === null
    ? {}
    : { externalId: String(id), refs: [{ type: 'send_back', value: String(id) }] }
}
