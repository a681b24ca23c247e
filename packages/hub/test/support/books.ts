import type { EventData } from '@backhaul/sdk/canonical'
import { type Connector, defineConnector, type OrderQuestion } from '@backhaul/sdk/connector'
import { z } from 'zod'

export type Answer = EventData<'order.recorded'>

/** A system that keeps orders, in this process: a test says how it answers, and sees what it was asked. */
export interface Books {
  readonly connector: Connector
  readonly questions: OrderQuestion[]
  /** Commands that it was told, by type. */
  readonly told: string[]
  answer: (question: OrderQuestion, signal: AbortSignal) => Promise<Answer>
}

const told = [
  'return.record',
  'receipt.record',
  'credit.draft',
  'credit.post',
  'note.record',
] as const

export function createBooks(): Books {
  const books: Books = {
    questions: [],
    told: [],
    answer: async () => order(),
    connector: defineConnector({
      key: 'books',
      title: 'Books',
      sdkVersion: 1,
      config: z.object({}),
      roles: ['erp'],
      limits: { timeoutMs: 10_000 },
      looksUp: {
        order: ({ question, signal }) => {
          books.questions.push(question)
          return books.answer(question, signal)
        },
      },
      delivers: Object.fromEntries(
        told.map((type) => [
          type,
          {
            idempotency: { kind: 'native_key' },
            deliver: async () => {
              books.told.push(type)
              return {}
            },
          },
        ]),
      ),
    }),
  }
  return books
}

export function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString()
}

/** An order of customer C-1 with one line of ten pumps, delivered three days ago and invoiced with 1000.00. */
export function order(change: Partial<Answer> = {}, line: object = {}): Answer {
  return {
    orderRef: 'S00042',
    exists: true,
    orderedBy: { partyId: 'C-1' },
    currency: 'EUR',
    lines: [
      {
        lineNo: 1,
        orderLine: '4711',
        onOrder: true,
        product: { erpId: '62', sku: 'PUMP' },
        baseUnit: 'EA',
        ordered: '10',
        delivered: '10',
        returned: '0',
        returning: '0',
        deliveredAt: daysAgo(3),
        invoiced: {
          invoiceLine: '881',
          quantity: '10',
          net: { amount: '500.00', currency: 'EUR' },
          tax: { amount: '95.00', currency: 'EUR' },
        },
        ...line,
      },
    ],
    tenders: [],
    ...change,
  }
}

/** Never answers, and does not look at its signal either. */
export function silence(): Promise<Answer> {
  return new Promise(() => undefined)
}

export function after(ms: number, answer: Answer): Promise<Answer> {
  return new Promise((resolve) => setTimeout(resolve, ms, answer))
}
