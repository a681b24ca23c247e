import {
  type FieldNode,
  GraphQLError,
  type GraphQLResolveInfo,
  GraphQLString,
  valueFromAST,
} from 'graphql'
import { createDelivery, dispose, processReturn, updateDelivery } from './goods-work.ts'
import { makeRefund, type RefundInput, refundOnce } from './refund-work.ts'
import { mutate } from './refusal.ts'
import { approve, cancel, close, decline, makeReturn, removeLines, reopen } from './return-work.ts'
import { subscriptionView } from './root-fields.ts'
import type { Shop } from './shop.ts'
import { gid, type ShopReturn } from './shop-state.ts'
import { deliveryView, refundView, returnView, reverseLineView } from './views.ts'

type Args<T> = T extends (state: never, input: infer Input) => unknown ? Input : never
const nobody = () => {}

/** What a shop can be told. */
export function mutationFields(shop: Shop): Readonly<Record<string, unknown>> {
  return {
    ...returnFields(shop),
    ...goodsFields(shop),
    ...moneyFields(shop),
    ...webhookFields(shop),
  }
}

/** A change of a return: done, told to subscribers, and counted. */
function change(shop: Shop, topic: string, act: () => ShopReturn): object {
  shop.demand('write_returns')
  return mutate(() => {
    const one = act()
    shop.changed(one, topic)
    return { return: returnView(one, nobody) }
  })
}

function returnFields(shop: Shop): Readonly<Record<string, unknown>> {
  const { state } = shop
  type Make = { readonly orderId: string; readonly returnLineItems: never }
  return {
    returnRequest: ({ input }: { readonly input: Make }) =>
      change(shop, 'RETURNS_REQUEST', () => makeReturn(state, input, 'REQUESTED')),
    returnCreate: ({ returnInput }: { readonly returnInput: Make }) =>
      change(shop, 'RETURNS_APPROVE', () => makeReturn(state, returnInput, 'OPEN')),
    returnApproveRequest: ({ input }: { readonly input: { readonly id: string } }) =>
      change(shop, 'RETURNS_APPROVE', () => approve(state, input.id)),
    returnDeclineRequest: ({ input }: { readonly input: Args<typeof decline> }) =>
      change(shop, 'RETURNS_DECLINE', () => decline(state, input)),
    returnCancel: ({ id }: { readonly id: string }) =>
      change(shop, 'RETURNS_CANCEL', () => cancel(state, id)),
    returnClose: ({ id }: { readonly id: string }) =>
      change(shop, 'RETURNS_CLOSE', () => close(state, id)),
    returnReopen: ({ id }: { readonly id: string }) =>
      change(shop, 'RETURNS_REOPEN', () => reopen(state, id)),
    removeFromReturn: (input: Args<typeof removeLines>) =>
      change(shop, 'RETURNS_UPDATE', () => removeLines(state, input)),
  }
}

function goodsFields(shop: Shop): Readonly<Record<string, unknown>> {
  const { state } = shop
  type Process = Args<typeof processReturn> & {
    readonly financialTransfer?: { readonly issueRefund?: ReturnRefund | null } | null
    readonly note?: string | null
  }
  return {
    returnProcess: ({ input }: { readonly input: Process }) =>
      change(shop, 'RETURNS_PROCESS', () => {
        const one = processReturn(state, input)
        const transfer = input.financialTransfer?.issueRefund
        if (transfer) refundReturn(shop, one, { transfer, note: input.note ?? null })
        return one
      }),
    reverseFulfillmentOrderDispose: ({
      dispositionInputs,
    }: {
      readonly dispositionInputs: Args<typeof dispose>
    }) => {
      shop.demand('write_returns')
      const answer = mutate(() => {
        const { lines, of } = dispose(state, dispositionInputs)
        shop.changed(of, 'REVERSE_FULFILLMENT_ORDERS_DISPOSE')
        return { reverseFulfillmentOrderLineItems: lines.map(reverseLineView) }
      })
      return { reverseFulfillmentOrderLineItems: [], ...answer }
    },
    reverseDeliveryCreateWithShipping: (input: Args<typeof createDelivery>) =>
      deliver(shop, () => createDelivery(state, input)),
    reverseDeliveryShippingUpdate: (input: Args<typeof updateDelivery>) =>
      deliver(shop, () => updateDelivery(state, input)),
  }
}

function deliver(shop: Shop, act: () => ReturnType<typeof createDelivery>): object {
  shop.demand('write_returns')
  return mutate(() => {
    const { delivery, of } = act()
    shop.changed(of, 'REVERSE_DELIVERIES_ATTACH_DELIVERABLE')
    return { reverseDelivery: deliveryView(delivery) }
  })
}

interface ReturnRefund {
  readonly orderTransactions: readonly {
    readonly parentId: string
    readonly transactionAmount: { readonly amount: string }
  }[]
}

/** Money with the goods, without any key: twice told is twice paid, as far as there is money. */
function refundReturn(
  shop: Shop,
  of: ShopReturn,
  { transfer, note }: { readonly transfer: ReturnRefund; readonly note: string | null },
): void {
  const transactions = transfer.orderTransactions.map(({ parentId, transactionAmount }) => ({
    amount: transactionAmount.amount,
    kind: 'REFUND',
    parentId,
    gateway:
      of.order.transactions.find(({ id }) => gid('OrderTransaction', id) === parentId)?.gateway ??
      '',
  }))
  const input = { orderId: gid('Order', of.order.id), note, transactions }
  shop.refunded(makeRefund(shop.state, shop.gateways, { input, of }))
}

function moneyFields(shop: Shop): Readonly<Record<string, unknown>> {
  return {
    refundCreate: (
      { input }: { readonly input: RefundInput },
      _context: unknown,
      info: GraphQLResolveInfo,
    ) => {
      shop.demand('write_orders')
      const key = idempotencyKey(info)
      return mutate(() => {
        const { refund, isRepeat } = refundOnce(shop.state, shop.gateways, { input, key })
        if (!isRepeat) shop.refunded(refund)
        return { refund: refundView(refund, nobody) }
      })
    },
  }
}

/** Mandatory since 2026-04, although the schema does not say so. */
function idempotencyKey({ fieldNodes, variableValues }: GraphQLResolveInfo): string {
  const node: FieldNode | undefined = fieldNodes[0]
  const directive = node?.directives?.find(({ name }) => name.value === 'idempotent')
  const value = directive?.arguments?.find(({ name }) => name.value === 'key')?.value
  const key = value === undefined ? null : valueFromAST(value, GraphQLString, variableValues)
  if (typeof key === 'string' && key !== '') return key
  throw new GraphQLError(
    'The @idempotent directive is required for this mutation but was not provided.',
    {
      extensions: { code: 'BAD_REQUEST' },
    },
  )
}

function webhookFields({ news, wrote }: Shop): Readonly<Record<string, unknown>> {
  type Input = { readonly uri: string }
  return {
    webhookSubscriptionCreate: ({
      topic,
      webhookSubscription: { uri },
    }: {
      readonly topic: string
      readonly webhookSubscription: Input
    }) =>
      mutate(() => {
        const made = news.subscribe({ topic, uri })
        wrote('webhookSubscriptionCreate')
        return { webhookSubscription: subscriptionView(made) }
      }),
    webhookSubscriptionUpdate: ({
      id,
      webhookSubscription: { uri },
    }: {
      readonly id: string
      readonly webhookSubscription: Input
    }) =>
      mutate(() => {
        const changed = news.readdress(id, uri)
        wrote('webhookSubscriptionUpdate')
        return { webhookSubscription: subscriptionView(changed) }
      }),
    webhookSubscriptionDelete: ({ id }: { readonly id: string }) =>
      mutate(() => {
        news.end(id)
        wrote('webhookSubscriptionDelete')
        return { deletedWebhookSubscriptionId: id }
      }),
  }
}
