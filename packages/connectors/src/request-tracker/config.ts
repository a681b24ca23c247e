import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

const name = z.string().min(1).max(100)
/** In TicketSQL a field is named between braces. */
const fieldName = name.regex(/^[^{}'"\\]+$/, 'no braces, quotes and backslashes')

/** Custom fields of the queue; `setup/backhaul.initialdata` of the channel makes them under these names. */
const fields = z.object({
  caseNo: fieldName.default('Return Case ID').describe("The hub's number of the return."),
  state: fieldName.default('Return State').describe('Where the return stands, in a word.'),
  sentence: fieldName.default('Return Status').describe('Where the return stands, in a sentence.'),
  told: fieldName.default('Return Version').describe('What the ticket was told last.'),
  action: fieldName.default('Return Action').describe('What an agent wants done.'),
  order: fieldName.default('Return Order'),
  sku: fieldName.default('Return SKU'),
  quantity: fieldName.default('Return Quantity'),
  reason: fieldName.default('Return Reason'),
})

export const config = z
  .object({
    url: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .describe('Address of RT, without /REST/2.0, for example https://rt.example.com.'),
    token: secret(z.string().min(1).max(200))
      .optional()
      .describe("Authentication token of the hub's own user."),
    login: name.optional().describe('Of a user with a password, where there are no tokens.'),
    password: secret(z.string().min(1).max(200)).optional(),
    queue: name.default('Returns'),
    fields: fields.prefault({}),
    webhookSecrets: z
      .array(secret(z.string().min(24).max(200)))
      .max(2)
      .default([])
      .describe('What the scrip signs with. Two while one replaces the other; none: only polled.'),
    createTickets: z
      .boolean()
      .default(true)
      .describe('Whether a return without a ticket gets one. RT may mail its requestor then.'),
    statuses: z
      .record(z.string().min(1).max(40), z.string().min(1).max(64))
      .default({})
      .describe('Status of the ticket by state of the return; `-` leaves it as it is.'),
    notes: z
      .boolean()
      .default(true)
      .describe('Whether each turn of the return is a comment, which customers do not see.'),
    customerTexts: z
      .enum(['comment', 'correspond'])
      .default('comment')
      .describe('`correspond`: what is meant for the customer is sent by RT.'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .default('USD')
      .describe('Of returns that agents start.'),
    overlapSeconds: z.int().min(10).max(3_600).default(120),
  })
  .refine(
    ({ token, login, password }) =>
      token !== undefined || (login !== undefined && password !== undefined),
    'needs a token, or a login with a password',
  )
export type Config = z.output<typeof config>
