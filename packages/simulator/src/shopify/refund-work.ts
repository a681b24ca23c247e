import { notFound, Refusal } from './refusal.ts'
import {
  findOrder,
  gid,
  idIn,
  refundableMinor,
  type ShopOrder,
  type ShopRefund,
  type ShopReturn,
  type ShopState,
  type ShopTransaction,
} from './shop-state.ts'

export interface RefundInput {
  readonly orderId: string
  readonly note?: string | null
  readonly currency?: string | null
  readonly allowOverRefunding?: boolean | null
  readonly refundLineItems?:
    | readonly {
        readonly lineItemId: string
        readonly quantity: number
        readonly restockType?: string | null
      }[]
    | null
  readonly transactions?:
    | readonly {
        readonly amount: string
        readonly gateway: string
        readonly kind: string
        readonly parentId?: string | null
      }[]
    | null
  readonly refundMethods?:
    | readonly {
        readonly storeCreditRefund?: {
          readonly amount: { readonly amount: string; readonly currencyCode: string }
        } | null
      }[]
    | null
}

/** How the gateways answer the next refunds. */
export interface Gateways {
  next: 'SUCCESS' | 'PENDING' | 'FAILURE'
}

const keyLifeMs = 24 * 60 * 60 * 1_000

/**
 * A refund under an idempotency key: the same key with the same input is the same refund for a day, and after that
 * another one.
 */
export function refundOnce(
  state: ShopState,
  gateways: Gateways,
  { input, key }: { readonly input: RefundInput; readonly key: string },
): { readonly refund: ShopRefund; readonly isRepeat: boolean } {
  const nowMs = state.now().getTime()
  const text = JSON.stringify(input)
  const used = state.keys.get(key)
  if (used !== undefined && nowMs - used.atMs < keyLifeMs) {
    if (used.input !== text) {
      throw new Refusal(
        'The same idempotency key cannot be used with different operation parameters.',
      )
    }
    const refund = state.refunds.find(({ id }) => id === used.id)
    if (refund !== undefined) return { refund, isRepeat: true }
  }
  const refund = makeRefund(state, gateways, { input, of: null })
  state.keys.set(key, { input: text, id: refund.id, atMs: nowMs })
  return { refund, isRepeat: false }
}

/** A refund, as often as it is told, as long as there is money left on the payments. */
export function makeRefund(
  state: ShopState,
  gateways: Gateways,
  { input, of }: { readonly input: RefundInput; readonly of: ShopReturn | null },
): ShopRefund {
  const order = findOrder(state, input.orderId)
  if (order === undefined) throw notFound('Order')
  const transactions = [
    ...(input.transactions ?? []).map((one) => moveBack(state, order, { ...one, input, gateways })),
    ...(input.refundMethods ?? []).flatMap(({ storeCreditRefund }) =>
      storeCreditRefund ? [storeCredit(state, storeCreditRefund.amount.amount)] : [],
    ),
  ]
  const lines = (input.refundLineItems ?? []).map(({ lineItemId, quantity, restockType }) => {
    const item = order.items.find(({ id }) => gid('LineItem', id) === lineItemId)
    if (item === undefined) throw notFound('Line item')
    return { item, quantity, restockType: restockType ?? 'NO_RESTOCK' }
  })
  if (transactions.length === 0 && lines.length === 0) throw new Refusal('Refund is empty.')
  const refund: ShopRefund = {
    id: state.nextId(),
    order,
    return: of,
    note: input.note ?? null,
    at: state.at(),
    transactions,
    lines,
  }
  gateways.next = 'SUCCESS'
  order.transactions.push(...transactions)
  order.refunds.push(refund)
  order.updatedAt = state.at()
  return refund
}

function moveBack(
  state: ShopState,
  order: ShopOrder,
  {
    amount,
    kind,
    parentId,
    gateway,
    input,
    gateways,
  }: NonNullable<RefundInput['transactions']>[number] & {
    readonly input: RefundInput
    readonly gateways: Gateways
  },
): ShopTransaction {
  const parent = order.transactions.find(({ id }) => id === idIn('OrderTransaction', parentId))
  if (kind !== 'REFUND' || parent?.kind !== 'SALE' || parent.gateway !== gateway) {
    throw new Refusal('Transactions are invalid.', { field: ['transactions'] })
  }
  const minor = minorOf(amount)
  if (input.allowOverRefunding !== true && minor > refundableMinor(order, parent)) {
    throw new Refusal('Refund amount is greater than the amount that can be refunded.', {
      field: ['transactions'],
    })
  }
  const status = gateways.next
  const errorCode = status === 'FAILURE' ? 'PROCESSING_ERROR' : null
  const at = state.at()
  return { id: state.nextId(), kind, status, gateway, minor, parent, at, errorCode }
}

function storeCredit(state: ShopState, amount: string): ShopTransaction {
  const common = { id: state.nextId(), at: state.at(), minor: minorOf(amount) }
  const gateway = 'shopify_store_credit'
  return { ...common, kind: 'REFUND', status: 'SUCCESS', gateway, parent: null, errorCode: null }
}

/** Of a decimal with two places. */
function minorOf(amount: string): number {
  const [, whole = '', cents = ''] = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(amount) ?? []
  if (whole === '') throw new Refusal('Amount is invalid.')
  return Number(whole) * 100 + Number(cents.padEnd(2, '0'))
}
