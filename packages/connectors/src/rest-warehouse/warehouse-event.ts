import { decimalQuantity, instant, productRef, webAddress } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { lineNo, name, text } from './contract.ts'

const quantity = decimalQuantity.describe('In the unit of the line, as a decimal string.')
const photos = z
  .array(
    z.object({ kind: text(50).describe('For example photo, video, document.'), url: webAddress }),
  )
  .max(50)
  .optional()
  .describe('Links that people of the hub can open for as long as the return is of interest.')

const receivedLine = z
  .object({
    lineNo: lineNo.optional().describe('Left out where the line is not known.'),
    product: productRef.optional().describe('What was scanned: needed without a `lineNo`.'),
    quantity,
    condition: text(100)
      .optional()
      .describe(
        'Of the goods at the dock: ok, box_damaged, item_damaged, wet, opened, hazardous, unknown.',
      ),
    serials: z.array(text(100)).max(5_000).optional(),
    lots: z.array(text(100)).max(5_000).optional(),
    missingParts: z.boolean().optional(),
    photos,
  })
  .describe('Goods that have come.')

const inspectedLine = z
  .object({
    lineNo,
    accepted: quantity.describe('Units that are as they should be, or good enough.'),
    rejected: quantity.describe('Units that are not.'),
    grade: z.enum(['A', 'B', 'C', 'D', 'F']).optional(),
    fault: z.enum(['customer', 'carrier', 'supplier', 'own_warehouse', 'none']).optional(),
    finding: text(100).optional().describe('For example excess_wear, not_defective.'),
    disposition: text(100)
      .optional()
      .describe('What should happen to the units, for example restock_a, refurbish, scrap.'),
    missingParts: z.boolean().optional(),
    photos,
  })
  .describe('What inspection found of a line.')

const someLines = z.array(lineNo).max(1_000).optional().describe('All lines when left out.')

const common = {
  id: name.describe(
    'Names the event: the same in every attempt and for whoever asks, once and for ever.',
  ),
  occurredAt: instant.describe('When it happened there.'),
  caseNo: text(32).optional().describe('Needed, unless the return is not known.'),
  returnId: text(200).optional().describe('What the warehouse calls the return.'),
  orderRef: text(100).optional(),
  tracking: text(100).optional().describe('The parcel, by which the hub finds the return as well.'),
  carrier: text(64).optional(),
  warehouse: text(64).optional(),
  actor: text(200).optional().describe('Who did it: a user name or a station.'),
  note: text(4_000).optional(),
}

function event<Type extends string, Shape extends z.ZodRawShape>(
  { type, description }: { readonly type: Type; readonly description: string },
  shape: Shape,
) {
  return z.object({ type: z.literal(type), ...common, ...shape }).describe(description)
}

/** What a warehouse tells. The order of the types is that in which they usually come. */
export const warehouseEvent = z
  .discriminatedUnion('type', [
    event(
      {
        type: 'return.expected',
        description: 'The announced goods are known at the dock.',
      },
      {
        lineNos: someLines,
      },
    ),
    event(
      { type: 'receipt.posted', description: 'Goods stand on the dock.' },
      {
        receiptId: name.describe('Quantities add up over receipts; the same one counts once.'),
        complete: z.boolean().optional().describe('All is unpacked: what has not come is missing.'),
        lines: z.array(receivedLine).min(1).max(1_000),
      },
    ),
    event(
      {
        type: 'receipt.reversed',
        description: 'A receipt was booked by mistake.',
      },
      {
        receiptId: name.describe('Of the reversal.'),
        reverses: name.describe('The receipt that counts no more.'),
      },
    ),
    event(
      {
        type: 'return.closed_short',
        description: 'What has not come is not waited for any more.',
      },
      {
        lineNos: someLines,
      },
    ),
    event(
      { type: 'return.refused', description: 'The goods were not taken in.' },
      {
        lineNos: someLines,
      },
    ),
    event(
      {
        type: 'inspection.started',
        description: 'Somebody inspects the goods.',
      },
      {
        lineNos: someLines,
      },
    ),
    event(
      {
        type: 'inspection.completed',
        description: 'What was found. Several may tell of parts of a return.',
      },
      {
        inspectionId: name.describe('The same inspection counts once.'),
        lines: z.array(inspectedLine).min(1).max(1_000),
      },
    ),
    event(
      {
        type: 'disposition.executed',
        description: 'What has happened to the units.',
      },
      {
        dispositionId: name,
        lines: z
          .array(z.object({ lineNo, quantity, disposition: text(100) }))
          .min(1)
          .max(1_000),
      },
    ),
    event(
      {
        type: 'send_back.shipped',
        description: 'Goods are on their way back to the customer.',
      },
      {
        sendBackId: name.describe('That of the order to send them back.'),
        lines: z.array(z.object({ lineNo, quantity })).min(1).max(1_000),
      },
    ),
    event(
      {
        type: 'exception.reported',
        description: 'Something is wrong that people should look at.',
      },
      {
        exceptionId: name,
        kind: z.enum([
          'damaged',
          'wrong_item',
          'unknown_goods',
          'missing_parts',
          'wrong_serial',
          'hazardous',
          'too_many',
          'too_few',
          'without_authorization',
        ]),
        lineNo: lineNo.optional(),
        product: productRef.optional(),
        quantity: quantity.optional(),
        photos,
      },
    ),
  ])
  .describe('What happened in the warehouse.')
