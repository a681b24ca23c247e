import { TerminalError } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { z } from 'zod'
import type { Shopify } from '../client/shopify.ts'
import { paymentsQuery } from '../documents/reads.ts'

const amountSet = z.object({
  presentmentMoney: z.object({ amount: z.string(), currencyCode: z.string() }),
})

export const refundTransaction = z.object({
  id: z.string(),
  kind: z.string(),
  status: z.string(),
  amountSet,
})
export type RefundTransaction = z.output<typeof refundTransaction>

const payments = z.object({
  order: z
    .object({
      id: z.string(),
      name: z.string(),
      presentmentCurrencyCode: z.string(),
      transactions: z.array(
        refundTransaction.extend({
          gateway: z.string().nullish(),
          processedAt: z.string().nullish(),
          parentTransaction: z.object({ id: z.string() }).nullish(),
        }),
      ),
      refunds: z.array(
        z.object({
          id: z.string(),
          note: z.string().nullish(),
          transactions: z.object({ nodes: z.array(refundTransaction) }),
        }),
      ),
    })
    .nullable(),
})

/** The money of an order. */
export type Payments = NonNullable<z.output<typeof payments>['order']>
export type KnownRefund = Payments['refunds'][number]

/** @throws {TerminalError} ORDER_NOT_FOUND. */
export async function readPayments(shopify: Shopify, id: string): Promise<Payments> {
  const { order } = await shopify.read(paymentsQuery, { id }, payments)
  if (order !== null) return order
  const reason = `The order ${id} is not in the shop.`
  throw new TerminalError({ code: 'ORDER_NOT_FOUND', exception: 'FN05', reason })
}

const failed = new Set(['FAILURE', 'ERROR'])

/** A part of a refund, on the payment that it goes back to. */
export interface Part {
  readonly parentId: string
  readonly gateway: string
  readonly amount: string
}

/**
 * Splits an amount over what was paid and not given back yet, the latest payment first.
 *
 * @returns null where that is less than the amount.
 */
export function splitOver(
  { transactions }: Payments,
  { amount, paymentId }: { readonly amount: string; readonly paymentId?: string | undefined },
): Part[] | null {
  const back = transactions.filter(({ kind, status }) => kind === 'REFUND' && !failed.has(status))
  const open = transactions
    .filter(({ kind, status }) => ['SALE', 'CAPTURE'].includes(kind) && status === 'SUCCESS')
    .filter(({ id }) => paymentId === undefined || id === paymentId)
    .map((one) => ({ ...one, left: leftOf(one, back) }))
    .toSorted((a, b) => (b.processedAt ?? '').localeCompare(a.processedAt ?? ''))
  const parts: Part[] = []
  let wanted = new Big(amount)
  for (const { id, gateway, left } of open) {
    const part = left.lt(wanted) ? left : wanted
    if (part.lte(0)) continue
    parts.push({ parentId: id, gateway: gateway ?? '', amount: part.toFixed() })
    wanted = wanted.minus(part)
  }
  return wanted.eq(0) ? parts : null
}

function leftOf(
  { id, amountSet: paid }: Payments['transactions'][number],
  back: Payments['transactions'],
): Big {
  return back
    .filter(({ parentTransaction }) => parentTransaction?.id === id)
    .reduce(
      (left, { amountSet: given }) => left.minus(given.presentmentMoney.amount),
      new Big(paid.presentmentMoney.amount),
    )
}

/** How a refund stands by its transactions. */
export function stateOf(
  transactions: readonly RefundTransaction[],
): 'settled' | 'released' | 'failed' {
  const moves = transactions.filter(({ kind }) => kind === 'REFUND')
  if (moves.some(({ status }) => failed.has(status))) return 'failed'
  return moves.every(({ status }) => status === 'SUCCESS') ? 'settled' : 'released'
}
