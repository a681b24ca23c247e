import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Shopify } from '../client/shopify.ts'
import type { DispositionType } from '../config.ts'
import { handlingQuery, returnQuery } from '../documents/reads.ts'

export const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() })

const orderOfReturn = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  presentmentCurrencyCode: z.string(),
  customerLocale: z.string().nullish(),
  email: z.string().nullish(),
  customer: z.object({ id: z.string(), displayName: z.string() }).nullish(),
  shippingAddress: z
    .object({
      name: z.string().nullish(),
      address1: z.string().nullish(),
      city: z.string().nullish(),
      zip: z.string().nullish(),
      provinceCode: z.string().nullish(),
      countryCodeV2: z.string().nullish(),
    })
    .nullish(),
})

const returnLine = z.object({
  id: z.string(),
  quantity: z.int(),
  processableQuantity: z.int(),
  processedQuantity: z.int(),
  refundedQuantity: z.int(),
  returnReason: z.string(),
  returnReasonNote: z.string(),
  customerNote: z.string().nullish(),
  returnReasonDefinition: z.object({ handle: z.string() }).nullish(),
  fulfillmentLineItem: z
    .object({
      id: z.string(),
      lineItem: z.object({ id: z.string(), sku: z.string().nullish(), name: z.string() }),
    })
    .nullish(),
})
export type ReturnLine = z.output<typeof returnLine>

const returnPage = z.object({
  return: z
    .object({
      id: z.string(),
      name: z.string(),
      status: z.enum(['REQUESTED', 'OPEN', 'CLOSED', 'CANCELED', 'DECLINED']),
      createdAt: z.string(),
      closedAt: z.string().nullish(),
      requestApprovedAt: z.string().nullish(),
      decline: z.object({ reason: z.string(), note: z.string().nullish() }).nullish(),
      order: orderOfReturn,
      returnLineItems: z.object({ pageInfo, nodes: z.array(returnLine) }),
    })
    .nullable(),
})

type ReturnPage = NonNullable<z.output<typeof returnPage>['return']>

/** A return as Shopify knows it, with all of its lines. */
export interface ShopReturn extends Omit<ReturnPage, 'returnLineItems'> {
  readonly lines: readonly ReturnLine[]
}

const maxPages = 20

/** @returns null where there is no such return. */
export async function readReturn(shopify: Shopify, id: string): Promise<ShopReturn | null> {
  const lines: ReturnLine[] = []
  const withCustomer = shopify.config.customerData
  let after: string | null = null
  for (let page = 0; page < maxPages; page += 1) {
    const answer: z.output<typeof returnPage> = await shopify.read(
      returnQuery,
      { id, after, withCustomer },
      returnPage,
    )
    if (answer.return === null) return null
    const { returnLineItems, ...rest }: ReturnPage = answer.return
    lines.push(...returnLineItems.nodes)
    after = returnLineItems.pageInfo.endCursor ?? null
    if (!returnLineItems.pageInfo.hasNextPage) return { ...rest, lines }
  }
  throw tooLarge(id)
}

const disposition = z.object({
  id: z.string(),
  type: z.enum(['RESTOCKED', 'NOT_RESTOCKED', 'PROCESSING_REQUIRED', 'MISSING']),
  quantity: z.int(),
  createdAt: z.string(),
})

const handled = z.object({
  id: z.string(),
  totalQuantity: z.int(),
  fulfillmentLineItem: z.object({ id: z.string() }).nullish(),
  dispositions: z.array(disposition),
})

const handling = z.object({
  id: z.string(),
  status: z.string(),
  lineItems: z.object({
    pageInfo: z.object({ hasNextPage: z.boolean() }),
    nodes: z.array(handled),
  }),
  reverseDeliveries: z.object({
    nodes: z.array(
      z.object({
        id: z.string(),
        deliverable: z
          .object({
            tracking: z
              .object({
                number: z.string().nullish(),
                url: z.string().nullish(),
                carrierName: z.string().nullish(),
              })
              .nullish(),
            label: z.object({ publicFileUrl: z.string().nullish() }).nullish(),
          })
          .nullish(),
      }),
    ),
  }),
})

const handlingPage = z.object({
  return: z
    .object({ reverseFulfillmentOrders: z.object({ pageInfo, nodes: z.array(handling) }) })
    .nullable(),
})

/** Goods of a line of a return, and what has been done with them. */
export interface Handled {
  readonly id: string
  readonly total: number
  readonly fulfillmentLineItemId: string | null
  readonly dispositions: readonly {
    readonly id: string
    readonly type: DispositionType
    readonly quantity: number
  }[]
}

interface ReverseDelivery {
  readonly id: string
  readonly tracking: string | null
  readonly trackingUrl: string | null
  readonly carrier: string | null
  readonly labelUrl: string | null
}

/** A reverse fulfillment order: the work that the goods of a return at one location make. */
export interface Handling {
  readonly id: string
  readonly lines: readonly Handled[]
  readonly deliveries: readonly ReverseDelivery[]
}

/** What is done with the goods of a return; nothing before it is open. */
export async function readHandling(shopify: Shopify, id: string): Promise<readonly Handling[]> {
  const found: Handling[] = []
  let after: string | null = null
  for (let page = 0; page < maxPages; page += 1) {
    const answer: z.output<typeof handlingPage> = await shopify.read(
      handlingQuery,
      { id, after },
      handlingPage,
    )
    const orders = answer.return?.reverseFulfillmentOrders
    if (orders === undefined) return found
    if (orders.nodes.some(({ lineItems }) => lineItems.pageInfo.hasNextPage)) throw tooLarge(id)
    found.push(...orders.nodes.map(toHandling))
    after = orders.pageInfo.endCursor ?? null
    if (!orders.pageInfo.hasNextPage) return found
  }
  throw tooLarge(id)
}

function toHandling({ id, lineItems, reverseDeliveries }: z.output<typeof handling>): Handling {
  return {
    id,
    lines: lineItems.nodes.map(({ fulfillmentLineItem, totalQuantity, ...line }) => ({
      id: line.id,
      total: totalQuantity,
      fulfillmentLineItemId: fulfillmentLineItem?.id ?? null,
      dispositions: line.dispositions,
    })),
    deliveries: reverseDeliveries.nodes.map(({ id: deliveryId, deliverable }) => ({
      id: deliveryId,
      tracking: deliverable?.tracking?.number ?? null,
      trackingUrl: deliverable?.tracking?.url ?? null,
      carrier: deliverable?.tracking?.carrierName ?? null,
      labelUrl: deliverable?.label?.publicFileUrl ?? null,
    })),
  }
}

function tooLarge(id: string): TerminalError {
  const reason = `The return ${id} has more lines than are read.`
  return new TerminalError({ code: 'RETURN_TOO_LARGE', reason })
}
