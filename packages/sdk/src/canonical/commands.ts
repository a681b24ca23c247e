import { z } from 'zod'
import { reasonCodes, settlementMethods } from './codes.ts'
import { boundedText, externalRef, freeText } from './identifiers.ts'
import { money } from './money.ts'
import { credit, disposedLine, instant, keysOf, lineNo, productRef, serials } from './parts.ts'
import { decimalQuantity, unitCode } from './quantity.ts'
import type { SystemRole } from './roles.ts'

const commandLine = z.object({
  lineNo,
  product: productRef,
  quantity: decimalQuantity,
  unit: unitCode,
  serials: serials.optional(),
  reason: keysOf(reasonCodes).optional(),
})
const lines = z.array(commandLine).max(1_000)
const target = z
  .array(externalRef)
  .max(50)
  .optional()
  .describe('What the receiving side calls the object, where we know.')

interface CommandContract {
  readonly role: SystemRole
  readonly body: z.ZodObject
}

/** What systems can be told to do: the role that has to do it, and the body that it gets. */
export const commandContracts = {
  'return.record': {
    role: 'erp',
    body: z.object({
      target,
      rmaNo: boundedText(64).optional(),
      validUntil: instant.optional(),
      lines,
    }),
  },
  'return.cancel': {
    role: 'erp',
    body: z.object({ target, lineNos: z.array(lineNo).max(1_000) }),
  },
  'label.create': {
    role: 'carrier',
    body: z.object({ target, parcelId: boundedText(100), lines }),
  },
  'label.void': { role: 'carrier', body: z.object({ target, parcelId: boundedText(100) }) },
  'receipt.expect': {
    role: 'wms',
    body: z.object({ target, warehouse: boundedText(64).optional(), lines }),
  },
  'receipt.record': {
    role: 'erp',
    body: z.object({
      target,
      receiptId: boundedText(100),
      warehouse: boundedText(64).optional(),
      lines,
    }),
  },
  'receipt.reverse': { role: 'erp', body: z.object({ target, receiptId: boundedText(100) }) },
  'inspection.request': { role: 'wms', body: z.object({ target, lines }) },
  'disposition.execute': {
    role: 'erp',
    body: z.object({
      target,
      dispositionId: boundedText(100),
      lines: z.array(disposedLine).max(1_000),
    }),
  },
  'credit.draft': { role: 'erp', body: z.object({ target, credit }) },
  'credit.post': { role: 'erp', body: z.object({ target, creditId: boundedText(100) }) },
  'refund.issue': {
    role: 'payments',
    body: z.object({
      target,
      refundId: boundedText(100),
      creditId: boundedText(100),
      paymentId: boundedText(100).optional(),
      method: z.enum(settlementMethods),
      amount: money,
    }),
  },
  'replacement.order': {
    role: 'erp',
    body: z.object({ target, fulfillmentId: boundedText(100), lines }),
  },
  'repair.order': {
    role: 'erp',
    body: z.object({ target, fulfillmentId: boundedText(100), lines }),
  },
  'goods.send_back': {
    role: 'wms',
    body: z.object({ target, fulfillmentId: boundedText(100), lines }),
  },
  'supplier_claim.submit': {
    role: 'supplier',
    body: z.object({ target, claimId: boundedText(100), vendor: boundedText(100), lines }),
  },
  'ticket.update': {
    role: 'helpdesk',
    body: z.object({ target, headline: boundedText(40), sentence: freeText(500) }),
  },
  'channel.update': {
    role: 'channel',
    body: z.object({ target, headline: boundedText(40), sentence: freeText(500) }),
  },
  'customer.notify': {
    role: 'notify',
    body: z.object({
      target,
      template: boundedText(64),
      headline: boundedText(40),
      language: boundedText(20).optional(),
    }),
  },
  'event.publish': {
    role: 'analytics',
    body: z.object({
      event: z.record(z.string(), z.unknown()).describe('The CloudEvent, with our id of the case.'),
      moves: z
        .array(
          z.object({
            lineNo: lineNo.nullable().describe('Null: a move of the whole case.'),
            axis: boundedText(40),
            from: boundedText(40),
            to: boundedText(40),
          }),
        )
        .max(10_000)
        .optional()
        .describe('What the event moved when it was applied.'),
    }),
  },
} as const satisfies Record<string, CommandContract>

export type CommandType = keyof typeof commandContracts
export const commandTypes = Object.keys(commandContracts) as readonly CommandType[]
export type CommandBody<T extends CommandType = CommandType> = z.infer<
  (typeof commandContracts)[T]['body']
>

/** A command as it leaves the hub. `idempotencyKey` is the same in every attempt. */
export function commandEnvelope(type: CommandType) {
  return z.object({
    type: z.literal(type),
    idempotencyKey: boundedText(200),
    caseId: boundedText(64),
    caseNo: boundedText(32),
    caseVersion: z
      .int()
      .min(0)
      .describe('Grows with every change of the case: a lower one is older news.'),
    occurredAt: instant,
    body: commandContracts[type].body,
  })
}
