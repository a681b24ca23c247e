import { z } from 'zod'
import type { Shopify } from '../client/shopify.ts'
import { refundQuery } from '../documents/reads.ts'
import { refundTransaction } from '../refunds/payments.ts'

const refundAnswer = z.object({
  refund: z
    .object({
      id: z.string(),
      createdAt: z.string().nullish(),
      note: z.string().nullish(),
      return: z.object({ id: z.string() }).nullish(),
      order: z.object({
        id: z.string(),
        name: z.string(),
        presentmentCurrencyCode: z.string(),
        customer: z.object({ id: z.string() }).nullish(),
      }),
      totalRefundedSet: z.object({
        presentmentMoney: z.object({ amount: z.string(), currencyCode: z.string() }),
      }),
      transactions: z.object({
        nodes: z.array(
          refundTransaction.extend({
            gateway: z.string().nullish(),
            processedAt: z.string().nullish(),
            errorCode: z.string().nullish(),
          }),
        ),
      }),
      refundLineItems: z.object({
        nodes: z.array(
          z.object({
            quantity: z.int(),
            restockType: z.string(),
            lineItem: z.object({ id: z.string(), sku: z.string().nullish(), name: z.string() }),
          }),
        ),
      }),
    })
    .nullable(),
})

export type ShopRefund = NonNullable<z.output<typeof refundAnswer>['refund']>

/** @returns null where there is no such refund. */
export async function readRefund(shopify: Shopify, id: string): Promise<ShopRefund | null> {
  const withCustomer = shopify.config.customerData
  const { refund } = await shopify.read(refundQuery, { id, withCustomer }, refundAnswer)
  return refund
}
