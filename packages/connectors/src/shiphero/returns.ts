import type { CommandBody } from '@backhaul/sdk/canonical'
import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  type ReadBackResult,
  TerminalError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { ask, type Caller } from './call.ts'
import type { Config } from './config.ts'

type Expect = Delivery<Config, 'receipt.expect'>
type Cancel = Delivery<Config, 'receipt.cancel'>

const nodes = <Node extends z.ZodType>(node: Node) =>
  z.object({ data: z.object({ edges: z.array(z.object({ node })) }) })

const foundOrders = z.object({ orders: nodes(z.object({ id: z.string().min(1) })) })
const knownReturn = z.object({
  id: z.string().min(1).max(200),
  partner_id: z.string().nullish(),
  status: z.string().nullish(),
})
type KnownReturn = z.output<typeof knownReturn>
const foundReturns = z.object({ returns: nodes(knownReturn) })
const created = z.object({
  return_create: z.object({ return: z.object({ id: z.string().min(1).max(200) }) }),
})
const updated = z.object({
  return_update_status: z.object({ return: z.object({ id: z.string() }) }),
})

const ordersQuery = `query ($number: String, $customer: String) {
  orders(order_number: $number, customer_account_id: $customer) { data(first: 2) { edges { node { id } } } }
}`
const returnsQuery = `query ($order: String, $customer: String) {
  returns(order_id: $order, customer_account_id: $customer) { data(first: 50) { edges { node { id partner_id status } } } }
}`
const createMutation = `mutation ($data: CreateReturnInput!) {
  return_create(data: $data) { request_id complexity return { id } }
}`
const statusMutation = `mutation ($data: UpdateReturnStatusInput!) {
  return_update_status(data: $data) { request_id complexity return { id } }
}`

/** @throws {TerminalError} ORDER_MISSING, ORDER_AMBIGUOUS: ShipHero takes returns of orders that it shipped only. */
async function orderOf(
  caller: Caller,
  body: CommandBody<'receipt.expect' | 'receipt.cancel'>,
): Promise<string> {
  const [number] = body.about?.orderRefs ?? []
  if (number === undefined) throw new TerminalError({ code: 'ORDER_MISSING' })
  const variables = { number, customer: caller.config.customerAccountId ?? null }
  const { orders } = await ask(caller, {
    query: ordersQuery,
    variables,
    data: foundOrders,
    isRead: true,
  })
  const [only, second] = orders.data.edges
  if (only === undefined) throw new TerminalError({ code: 'ORDER_MISSING' })
  if (second !== undefined) throw new TerminalError({ code: 'ORDER_AMBIGUOUS' })
  return only.node.id
}

/** The return that carries our number. */
async function find(caller: Caller, orderId: string, caseNo: string): Promise<KnownReturn | null> {
  const variables = { order: orderId, customer: caller.config.customerAccountId ?? null }
  const question = { query: returnsQuery, variables, data: foundReturns, isRead: true }
  const { returns } = await ask(caller, question)
  return returns.data.edges.map(({ node }) => node).find((one) => one.partner_id === caseNo) ?? null
}

const refsOf = (id: string): Delivered => ({
  externalId: id,
  refs: [{ type: 'return', value: id }],
})

/**
 * Makes a return of the order, with our number as `partner_id`.
 *
 * Not safe to repeat by itself: the return is looked for first, and found by our number. What is authorized later of
 * the same return is not added to it: ShipHero has no way to, so that a person gets to know.
 *
 * @throws {TerminalError} ORDER_MISSING, ORDER_AMBIGUOUS, QUANTITY_NOT_WHOLE, PRODUCT_WITHOUT_SKU, WAREHOUSE_UNKNOWN.
 */
async function expect(delivery: Expect): Promise<Delivered> {
  const { command, config } = delivery
  const orderId = await orderOf(delivery, command.body)
  const known = await find(delivery, orderId, command.caseNo)
  if (known !== null) return refsOf(known.id)
  const data = { ...dataOf(command, config), order_id: orderId }
  const question = { query: createMutation, variables: { data }, data: created, isRead: false }
  const made = await ask(delivery, question)
  return refsOf(made.return_create.return.id)
}

function dataOf({ body, caseNo }: Expect['command'], config: Config): Record<string, unknown> {
  const { lines, trackings = [] } = body
  const warehouse = config.warehouses[body.warehouse ?? '*'] ?? config.warehouses['*']
  if (warehouse === undefined) throw new TerminalError({ code: 'WAREHOUSE_UNKNOWN' })
  const [tracking] = trackings
  return {
    ...(config.customerAccountId === undefined
      ? {}
      : { customer_account_id: config.customerAccountId }),
    warehouse_id: warehouse,
    return_reason: lines[0]?.reason ?? 'other',
    label_type: 'FREE',
    label_cost: '0.00',
    address: config.address,
    dimensions: config.dimensions,
    shipping_carrier: config.carrier,
    shipping_method: config.method,
    create_label: false,
    partner_id: caseNo,
    ...(tracking === undefined ? {} : { tracking_number: tracking }),
    line_items: lines.map(({ product: { sku }, quantity, reason }) => {
      if (sku === undefined) throw new TerminalError({ code: 'PRODUCT_WITHOUT_SKU' })
      if (!/^\d{1,9}(\.0*)?$/.test(quantity))
        throw new TerminalError({ code: 'QUANTITY_NOT_WHOLE' })
      return { sku, quantity: Number(quantity), return_reason: reason ?? 'other' }
    }),
  }
}

async function isExpected(delivery: Expect): Promise<ReadBackResult> {
  const orderId = await orderOf(delivery, delivery.command.body)
  const known = await find(delivery, orderId, delivery.command.caseNo)
  return known === null ? { state: 'absent' } : { state: 'applied', externalId: known.id }
}

export const expectReceipt: DeliveryDefinition<Config, 'receipt.expect'> = {
  deliver: expect,
  idempotency: { kind: 'find_before_create', readBack: isExpected },
}

/** Sets the return to the status for canceled ones. Safe to repeat; one that is not there needs no canceling. */
async function cancel(delivery: Cancel): Promise<Delivered> {
  const { command, config } = delivery
  const orderId = await orderOf(delivery, command.body)
  const known = await find(delivery, orderId, command.caseNo)
  if (known === null || known.status === config.canceledStatus) return {}
  const data = { return_id: known.id, status: config.canceledStatus }
  await ask(delivery, { query: statusMutation, variables: { data }, data: updated, isRead: false })
  return { externalId: known.id }
}

export const cancelReceipt: DeliveryDefinition<Config, 'receipt.cancel'> = {
  deliver: cancel,
  idempotency: { kind: 'upsert' },
}
