import type { PolledMessage } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import type { Config } from './config.ts'
import { keys, ownerOf } from './marks.ts'
import { orderPart } from './order-part.ts'
import { type LineItem, metaOf, metaText, type Order, type Refund } from './shapes.ts'

interface RefundOf {
  readonly refund: Refund
  readonly config: Config
  /** The return that the order asks for. */
  readonly requestRef: string | null
}

/**
 * A refund as a message: what was paid back, by whom, for which lines. A refund does not change afterwards, but for
 * our marks and the gateway's word, which come a moment after it: they are part of the message's name.
 */
export function refundMessage(
  order: Order,
  { refund, config, requestRef }: RefundOf,
): PolledMessage {
  const owner = ownerOf(refund)
  const part = orderPart(order, config)
  const body = {
    order: { ...part, caseNo: metaText(order.meta_data, keys.caseNo), requestRef },
    refund: {
      id: refund.id,
      at: `${refund.date_created_gmt}Z`,
      amount: absolute(refund.amount),
      reason: refund.reason === '' ? null : refund.reason.slice(0, 1_000),
      isPaidByGateway: refund.refunded_payment,
      ours: owner === null ? null : { caseNo: owner.caseNo, refundId: owner.refundId },
      lines: refund.line_items.filter(isReturned).map((item) => lineOf(item, part.lines)),
    },
  }
  const state = `${refund.refunded_payment ? 'paid' : 'booked'}:${owner === null ? 'people' : 'hub'}`
  return { topic: 'refund', messageId: `refund:${refund.id}:${state}`, body }
}

/** Of lines where only money went back, no goods come. */
function isReturned({ quantity }: LineItem): boolean {
  return quantity !== 0
}

type OrderLine = ReturnType<typeof orderPart>['lines'][number]

/** A refund has lines of its own, which name those of the order in their meta. */
function lineOf(item: LineItem, lines: readonly OrderLine[]) {
  const meta = Array.isArray(item['meta_data']) ? (item['meta_data'] as { key: string }[]) : []
  const named = Number(metaOf(meta as Parameters<typeof metaOf>[0], '_refunded_item_id'))
  const bought = lines.find((line) => line.item === named)
  const own = item.variation_id > 0 ? item.variation_id : item.product_id
  return {
    item: bought?.item ?? null,
    name: bought?.name ?? (item.name === '' ? null : item.name),
    sku: bought?.sku ?? (item.sku === '' ? null : item.sku),
    shopProduct: bought?.shopProduct ?? String(own),
    quantity: absolute(String(item.quantity)),
    total: absolute(item.total),
    tax: absolute(item.total_tax),
  }
}

/** What WooCommerce books of a refund is below zero. */
function absolute(amount: string): string {
  return new Big(amount).abs().toFixed()
}
