import assert from 'node:assert/strict'
import { defineConnector, TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { newId } from '../../src/platform/ids.ts'
import type { TestHub } from './hub.ts'
import { textIn } from './hub.ts'

const eur = (amount: string) => ({ amount, currency: 'EUR' })

/** A system that keeps orders, as its tests want it to be. */
export interface OrderDesk {
  /** Refuses what it is told. */
  isClosed: boolean
  /** Documents that were deleted there. */
  gone: string[]
}

/** A connector of such a system, which can be asked about orders and documents. */
export function orderDeskConnector(desk: OrderDesk) {
  return defineConnector({
    key: 'order-desk',
    title: 'Order desk',
    sdkVersion: 1,
    config: z.object({ url: z.string() }),
    roles: ['erp', 'wms'],
    limits: { timeoutMs: 5_000 },
    delivers: {
      'return.record': {
        idempotency: { kind: 'upsert' },
        deliver: async () => {
          if (desk.isClosed) {
            throw new TerminalError({ code: 'PERIOD_CLOSED', reason: 'the period is closed' })
          }
          return { externalId: 'RET-77' }
        },
      },
    },
    looksUp: {
      order: async ({ question }) => ({
        orderRef: question.about?.orderRefs[0] ?? 'none',
        exists: true,
        lines: [],
        tenders: [],
      }),
    },
    presence: {
      types: ['credit_note'],
      missing: async ({ values }) => values.filter((value) => desk.gone.includes(value)),
    },
    polls: {
      changes: {
        everySeconds: 3_600,
        pull: async () => ({ messages: [], cursor: 'read', hasMore: false }),
      },
    },
    linkOf: ({ url }, { type, value }) => (type === 'return' ? `${url}/returns/${value}` : null),
  })
}

/** Connects the order desk as the system of record. */
export async function connectOrderDesk(hub: TestHub): Promise<void> {
  await hub.connections.createConnection(
    {
      connectionId: 'desk',
      connector: 'order-desk',
      title: 'Order desk',
      roles: ['erp'],
      config: { url: 'https://desk.example' },
    },
    { actor: 'test' },
  )
  await hub.connections.setRoute({ role: 'erp', connectionId: 'desk' }, { actor: 'test' })
}

/** Asks for a return of four pumps for 120.50 EUR. @returns its id and number. */
export async function askForReturn(
  hub: TestHub,
  sourceRef: string,
): Promise<{ id: string; caseNo: string }> {
  const line = {
    lineNo: 1,
    product: { sku: 'PUMP-12V' },
    quantity: '4',
    reason: { code: 'wrong_goods', text: 'Kim Doe ordered another one' },
    origin: {
      invoiced: {
        invoiceLine: sourceRef,
        quantity: '4',
        net: eur('100.00'),
        tax: eur('20.50'),
      },
    },
  }
  const body = {
    channel: 'ecommerce',
    sourceRef,
    customer: { partyId: 'C-1', name: 'Kim Doe', email: 'kim@example.com' },
    orderRefs: ['S00042'],
    currency: 'EUR',
    lines: [line],
    tenders: [{ paymentId: 'card-1', method: 'card', captured: eur('120.50') }],
  }
  const headers = { 'idempotency-key': sourceRef }
  const { json, status, text } = await hub.request('POST', '/api/v1/returns', { body, headers })
  assert.ok(status < 300, text)
  return { id: textIn(json, 'id'), caseNo: textIn(json, 'caseNo') }
}

/** Says something about a return, and waits until all that it sets off has settled. */
export async function sayOf(
  hub: TestHub,
  subject: string,
  { type, data, at = new Date() }: { type: string; data: object; at?: Date },
): Promise<void> {
  const event = {
    specversion: '1.0',
    id: newId(),
    source: 'desk',
    type: `backhaul.${type}.v1`,
    subject,
    time: at.toISOString(),
    data,
  }
  const { status, text } = await hub.request('POST', '/api/v1/events', { body: event })
  assert.equal(status, 202, text)
  await hub.settled()
}

/** Approved, and three of four units received in Venlo. */
export async function receivedInPart(hub: TestHub, id: string): Promise<void> {
  await sayOf(hub, id, {
    type: 'return.approved',
    data: {
      lines: [{ lineNo: 1, quantity: '4' }],
      settlement: { method: 'card_refund', trigger: 'on_inspection' },
      decidedBy: 'policy standard-returns v3',
    },
  })
  await sayOf(hub, id, {
    type: 'goods.received',
    data: { receiptId: 'R-1', warehouse: 'VENLO', lines: [{ lineNo: 1, quantity: '3' }] },
    at: new Date(Date.now() - 3_600_000),
  })
}
