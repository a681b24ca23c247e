import { createHash } from 'node:crypto'
import type { PolledMessage } from '@backhaul/sdk/connector'
import { caseNoOf, lineNoOf, numberOf } from '../ids.ts'
import type { Handling, ReturnLine, ShopReturn } from '../returns/shop-return.ts'

/** A return as the mapping document `return` reads it. */
export function returnMessage(found: ShopReturn, handling: readonly Handling[]): PolledMessage {
  const { id, name, status, createdAt, requestApprovedAt, closedAt, decline, order, lines } = found
  const caseNo = lines.map((line) => caseNoOf(line.returnReasonNote)).find((one) => one !== null)
  const body = {
    id,
    number: numberOf(id),
    name,
    status,
    createdAt,
    approvedAt: requestApprovedAt ?? null,
    closedAt: closedAt ?? null,
    /** Of a return that the hub has made. */
    caseNo: caseNo ?? null,
    declined: decline == null ? null : declineOf(decline),
    order: orderOf(order),
    lines: lines.map(lineOf),
    deliveries: handling.flatMap(({ deliveries }) =>
      deliveries.map((one) => ({ ...one, number: numberOf(one.id) })),
    ),
  }
  return { topic: 'return', messageId: messageIdOf(`return:${body.number}`, body), body }
}

/** What says something else is another message; what says the same is the same one, whenever it is read. */
export function messageIdOf(name: string, body: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex')
  return `${name}:${digest.slice(0, 32)}`
}

function declineOf({ reason, note }: NonNullable<ShopReturn['decline']>) {
  return { reason, note: note ?? null, byHub: caseNoOf(note) !== null }
}

function orderOf({ customer, shippingAddress: from, ...order }: ShopReturn['order']) {
  return {
    id: order.id,
    number: numberOf(order.id),
    name: order.name,
    currency: order.presentmentCurrencyCode,
    language: order.customerLocale ?? null,
    customer: {
      id: customer == null ? null : numberOf(customer.id),
      name: customer?.displayName ?? from?.name ?? null,
      email: order.email ?? null,
    },
    address:
      from == null
        ? null
        : {
            name: from.name ?? null,
            street: from.address1 ?? null,
            city: from.city ?? null,
            postalCode: from.zip ?? null,
            region: from.provinceCode ?? null,
            country: from.countryCodeV2 ?? null,
          },
  }
}

function lineOf(line: ReturnLine, index: number) {
  const item = line.fulfillmentLineItem?.lineItem
  return {
    id: line.id,
    lineNo: lineNoOf(line.returnReasonNote) ?? index + 1,
    lineItem: item === undefined ? null : numberOf(item.id),
    sku: item?.sku ?? null,
    name: item?.name ?? null,
    quantity: line.quantity,
    reason: line.returnReason,
    reasonHandle: line.returnReasonDefinition?.handle ?? null,
    note: line.customerNote ?? line.returnReasonNote,
  }
}
