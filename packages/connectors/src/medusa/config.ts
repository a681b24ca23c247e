import { dispositionCodes } from '@backhaul/sdk/canonical'
import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

const disposition = z.enum(Object.keys(dispositionCodes) as [keyof typeof dispositionCodes])

export const config = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .refine((url) => !url.endsWith('/'), 'without a slash at its end')
    .describe('Address of the server, for example https://api.shop.example.com.'),
  secretKey: secret(z.string().regex(/^sk_\w{8,200}$/, 'sk_…')).describe('Secret API key.'),
  webhookSecret: secret(z.string().min(24).max(200))
    .optional()
    .describe('What a subscriber in the shop sends in `x-backhaul-secret`; it wakes the poll.'),
  location: z
    .string()
    .regex(/^sloc_\w{1,60}$/, 'sloc_…')
    .optional()
    .describe('Stock location that returns go to; that of the return, or none, when left out.'),
  orderNumbers: z
    .object({
      is: z.enum(['display_id', 'id']).default('display_id'),
      prefix: z.string().max(20).default('').describe('Stands before it in the order of the ERP.'),
    })
    .prefault({})
    .describe('What of an order the other systems know it by.'),
  createReturns: z
    .boolean()
    .default(true)
    .describe('Whether a return that was asked for elsewhere is made in the shop as well.'),
  receive: z
    .enum(['disposition', 'receipt', 'never'])
    .default('disposition')
    .describe(
      'When units are booked in: once it is known what becomes of them, when they come, or not at all.',
    ),
  restocks: z
    .array(disposition)
    .max(30)
    .default(['restock_a'])
    .describe('What is booked in as good, which restocks it. All else that came in is dismissed.'),
  notifyCustomer: z
    .boolean()
    .default(false)
    .describe('Whether the shop tells the customer of what is done here.'),
  firstLookDays: z.int().min(0).max(90).default(1).describe('How far back the first look goes.'),
  overlapSeconds: z
    .int()
    .min(2)
    .max(3_600)
    .default(60)
    .describe('How far back each look reaches, for what was committed late.'),
})
export type Config = z.output<typeof config>
