import { z } from 'zod'
import { reasonCodes, responseCodes, settlementMethods } from './codes.ts'
import { boundedText, externalRef, freeText } from './identifiers.ts'
import { currencyCode, money } from './money.ts'
import {
  caseParty,
  credit,
  disposedLine,
  instant,
  keysOf,
  lineNo,
  productRef,
  serials,
  standingLine,
  webAddress,
} from './parts.ts'
import { decimalQuantity, unitCode } from './quantity.ts'
import type { SystemRole } from './roles.ts'

const commandLine = z.object({
  lineNo,
  product: productRef,
  quantity: decimalQuantity.describe('In base units.'),
  unit: unitCode,
  serials: serials.optional(),
  lots: serials.optional(),
  reason: keysOf(reasonCodes).optional(),
  orderLine: boundedText(100)
    .optional()
    .describe('Id of the line of the order, as the system of record calls it.'),
  invoiceLine: boundedText(100)
    .optional()
    .describe('Id of the posted invoice line, as the system of record calls it.'),
})
const lines = z.array(commandLine).max(1_000)
/** The return around a command, as far as the system of record needs it to find the order. */
const about = z
  .object({
    company: boundedText(64),
    orderRefs: z.array(boundedText(100)).max(50),
    customer: caseParty.pick({ partyId: true, commercialPartyId: true }).optional(),
    currency: currencyCode
      .optional()
      .describe('Left out where no amount has been said of the return yet.'),
    warehouse: boundedText(64).optional(),
    rmaNo: boundedText(64).optional(),
  })
  .optional()
  .describe('The return itself.')
const disposedCommandLine = disposedLine.extend({
  product: productRef.optional(),
  unit: unitCode.optional(),
  serials: serials.optional(),
  lots: serials.optional(),
  orderLine: boundedText(100).optional(),
})
const target = z
  .array(externalRef)
  .max(50)
  .optional()
  .describe('What the receiving side calls the object, where we know.')

/** How the return stands, for systems that show it to people and for the customer. */
const standing = {
  about,
  lines: z.array(standingLine).max(1_000).optional(),
  credited: money.optional().describe('Posted credits, in all.'),
  refunded: money.optional().describe('What the customer has got back in money, in all.'),
  response: keysOf(responseCodes).optional().describe('Why it was decided so.'),
  customerText: freeText(4000)
    .optional()
    .describe('What whoever decided wants the customer to read.'),
  parcels: z
    .array(
      z.object({
        carrier: boundedText(64).optional(),
        tracking: boundedText(100).optional(),
        labelUrl: webAddress.optional().describe('Only in the news of the label itself.'),
      }),
    )
    .max(100)
    .optional()
    .describe(
      'In which the goods are on their way, or have come; those that were voided are left out.',
    ),
}
const news = z.object({
  target,
  headline: boundedText(40),
  sentence: freeText(500),
  news: boundedText(100).optional().describe('Type of the event that made it news.'),
  ...standing,
})

interface CommandContract {
  readonly role: SystemRole
  /** Who else may be told to do it, where a site gave them authority over settlement in place of that one. */
  readonly otherRoles?: readonly SystemRole[]
  readonly body: z.ZodObject
}

/** What systems can be told to do: the role that has to do it, and the body that it gets. */
export const commandContracts = {
  'order.look_up': {
    role: 'erp',
    body: z.object({ target, about, lines }),
  },
  'return.record': {
    role: 'erp',
    body: z.object({
      target,
      about,
      rmaNo: boundedText(64).optional(),
      validUntil: instant.optional(),
      lines,
    }),
  },
  'return.cancel': {
    role: 'erp',
    body: z.object({ target, about, lineNos: z.array(lineNo).max(1_000) }),
  },
  'label.create': {
    role: 'carrier',
    body: z.object({
      target,
      about,
      parcelId: boundedText(100),
      validUntil: instant.optional(),
      lines,
    }),
  },
  'label.void': { role: 'carrier', body: z.object({ target, parcelId: boundedText(100) }) },
  'receipt.expect': {
    role: 'wms',
    body: z.object({
      target,
      about,
      warehouse: boundedText(64).optional(),
      trackings: z.array(boundedText(100)).max(100).optional().describe('Parcels on their way.'),
      lines,
    }),
  },
  'receipt.cancel': {
    role: 'wms',
    body: z.object({ target, about, lineNos: z.array(lineNo).max(1_000) }),
  },
  'receipt.record': {
    role: 'erp',
    body: z.object({
      target,
      about,
      receiptId: boundedText(100),
      warehouse: boundedText(64).optional(),
      lines,
    }),
  },
  'receipt.reverse': {
    role: 'erp',
    body: z.object({ target, about, receiptId: boundedText(100), lines: lines.optional() }),
  },
  'receipt.close_short': {
    role: 'erp',
    body: z.object({ target, about, lineNos: z.array(lineNo).max(1_000) }),
  },
  'inspection.request': { role: 'wms', body: z.object({ target, lines }) },
  'disposition.execute': {
    role: 'erp',
    body: z.object({
      target,
      about,
      dispositionId: boundedText(100),
      lines: z.array(disposedCommandLine).max(1_000),
    }),
  },
  'credit.draft': {
    role: 'erp',
    otherRoles: ['finance'],
    body: z.object({
      target,
      about,
      credit,
      lines: lines.optional().describe('The goods behind the lines of the credit.'),
    }),
  },
  'credit.post': {
    role: 'erp',
    otherRoles: ['finance'],
    body: z.object({
      target,
      about,
      creditId: boundedText(100),
      credit: credit
        .optional()
        .describe('What was approved: a document that comes to anything else is not posted.'),
    }),
  },
  'refund.issue': {
    role: 'payments',
    otherRoles: ['channel', 'finance', 'erp'],
    body: z.object({
      target,
      about,
      refundId: boundedText(100),
      creditId: boundedText(100),
      paymentId: boundedText(100).optional(),
      method: z.enum(settlementMethods),
      amount: money,
    }),
  },
  'replacement.order': {
    role: 'erp',
    body: z.object({ target, about, fulfillmentId: boundedText(100), lines }),
  },
  'repair.order': {
    role: 'erp',
    body: z.object({ target, about, fulfillmentId: boundedText(100), lines }),
  },
  'goods.send_back': {
    role: 'wms',
    body: z.object({ target, about, fulfillmentId: boundedText(100), lines }),
  },
  'supplier_claim.submit': {
    role: 'supplier',
    body: z.object({ target, about, claimId: boundedText(100), vendor: boundedText(100), lines }),
  },
  'note.record': {
    role: 'erp',
    body: z.object({
      target,
      about,
      noteId: boundedText(100),
      text: freeText(4000),
      attachments: z
        .array(z.object({ name: boundedText(200), url: webAddress }))
        .max(50)
        .optional(),
    }),
  },
  'ticket.update': { role: 'helpdesk', body: news },
  'channel.update': { role: 'channel', body: news },
  'customer.notify': {
    role: 'notify',
    body: z.object({
      target,
      template: boundedText(64),
      headline: boundedText(40),
      sentence: freeText(500).optional(),
      language: boundedText(20).optional(),
      ...standing,
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
      raised: z
        .array(boundedText(300))
        .max(10_000)
        .optional()
        .describe('Keys of the exceptions that it raised: code and object, such as `RX05:line:1`.'),
    }),
  },
} as const satisfies Record<string, CommandContract>

export type CommandType = keyof typeof commandContracts
export const commandTypes = Object.keys(commandContracts) as readonly CommandType[]

/**
 * The roles that a command can be owed to, the usual one first. Where there are several, the first of them that has
 * authority over settlement for the return gets it, and no other; the usual one where none of them has.
 */
export function rolesOf(type: CommandType): readonly SystemRole[] {
  const { role, otherRoles = [] }: CommandContract = commandContracts[type]
  return [role, ...otherRoles]
}

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
