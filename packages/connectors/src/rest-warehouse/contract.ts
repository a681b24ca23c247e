import { decimalQuantity, instant, productRef } from '@backhaul/sdk/canonical'
import { z } from 'zod'

/*
 * The contract with a warehouse, version 1: what the hub sends and what a warehouse answers and tells. We publish it as
 * OpenAPI 3.1 (`openapi.json`, made from these schemas) and as docs/how-to/connect-a-warehouse.md. It may get further
 * optional fields and further types of events; nothing that is here changes its meaning.
 */

export const text = (max: number) => z.string().min(1).max(max)
export const name = z.string().regex(/^[\x20-\x7e]{1,100}$/, '1 to 100 printable ASCII characters')
export const lineNo = z
  .int()
  .min(1)
  .max(100_000)
  .describe('Place of the line in the return, from 1.')
const quantity = decimalQuantity.describe('In the unit of the line, as a decimal string.')
const version = z
  .int()
  .min(0)
  .describe('Grows with every change of the return: what has a lower one is older news.')

export const returnLine = z
  .object({
    lineNo,
    product: productRef,
    quantity,
    unit: text(16).describe('UN/ECE Recommendation 20, for example EA.'),
    serials: z.array(text(100)).max(5_000).optional().describe('Those that were sold.'),
    lots: z.array(text(100)).max(5_000).optional(),
    reason: text(64).optional().describe("Why it comes back, in the hub's words."),
    orderLine: text(100).optional(),
  })
  .describe('Units of one product.')

const lines = z.array(returnLine).min(1).max(1_000)

export const expectedReturn = z
  .object({
    caseNo: text(32).describe(
      'Our number of the return; it stands on the label and in the parcel.',
    ),
    version,
    warehouse: text(64).optional(),
    company: text(64).optional(),
    rmaNo: text(64)
      .optional()
      .describe('Number of the authorization, where it has one of its own.'),
    orderRefs: z.array(text(100)).max(50).optional(),
    trackings: z.array(text(100)).max(100).optional().describe('Parcels that it may come in.'),
    lines: lines.describe('Units that may still come. Lines that are not named stay as they are.'),
  })
  .describe('Goods that will come.')

export const canceledLines = z
  .object({ version, lineNos: z.array(lineNo).min(1).max(1_000) })
  .describe('Lines of which nothing more is expected.')

export const inspectionOrder = z
  .object({ version, lines: lines.describe('Units that are here and wait for an inspection.') })
  .describe('Goods that shall be inspected.')

export const sendBackOrder = z
  .object({
    version,
    orderRefs: z.array(text(100)).max(50).optional().describe('Its address is that of the order.'),
    lines,
  })
  .describe('Goods that shall go back to the customer.')

export const taken = z
  .object({ id: text(200).optional().describe('What the warehouse calls it.') })
  .describe('The order stands, now or since before.')

export const problem = z
  .object({
    code: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,59}$/)
      .optional()
      .describe('For programs, for example ALREADY_RECEIVED.'),
    detail: text(2_000).optional().describe('For people. The hub does not keep it.'),
  })
  .describe('Why it was refused.')

export const status = z
  .object({
    contract: z.literal('1'),
    account: text(200).optional().describe('Whose goods this token stands for.'),
    warehouses: z.array(text(64)).max(500).optional().describe('Names of its warehouses.'),
    tokenExpiresAt: instant.optional(),
  })
  .describe('That the warehouse is there, and who we are to it.')

export const eventPage = z
  .object({
    events: z
      .array(
        z.object({
          id: name.describe('That of the event.'),
          body: z
            .string()
            .min(2)
            .describe(
              'The event, as JSON: to the byte what the webhook carries, so that a repeat is known.',
            ),
        }),
      )
      .max(1_000)
      .describe('In the order in which they happened.'),
    next: z
      .string()
      .min(1)
      .max(3_000)
      .nullable()
      .describe(
        'Where the next page begins; where it ends, this one. Null: nothing has happened yet.',
      ),
    hasMore: z.boolean(),
  })
  .describe('What has happened since.')
