import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

/** What a headline asks of the return over there. `open`: it shall be approved, or be made where there is none. */
const actions = ['none', 'open', 'decline', 'cancel', 'close'] as const
export type Action = (typeof actions)[number]

const usualActions: Readonly<Record<string, Action>> = {
  requested: 'none',
  info_needed: 'none',
  exception_hold: 'none',
  authorized: 'open',
  in_transit: 'open',
  delivered: 'open',
  partially_received: 'open',
  received: 'open',
  in_inspection: 'open',
  inspected: 'open',
  approved: 'open',
  refunded: 'open',
  replaced: 'open',
  repaired: 'open',
  returned_to_customer: 'open',
  closed: 'close',
  rejected: 'decline',
  canceled: 'cancel',
  expired: 'cancel',
}

const dispositionTypes = ['RESTOCKED', 'NOT_RESTOCKED', 'PROCESSING_REQUIRED', 'MISSING'] as const
export type DispositionType = (typeof dispositionTypes)[number]

/** Everything that is not named is NOT_RESTOCKED; RESTOCKED needs a location, and is NOT_RESTOCKED without. */
const usualDispositions: Readonly<Record<string, DispositionType>> = {
  restock_a: 'RESTOCKED',
  missing: 'MISSING',
  quarantine: 'PROCESSING_REQUIRED',
  unidentified_hold: 'PROCESSING_REQUIRED',
}

const declineReasons = ['FINAL_SALE', 'RETURN_PERIOD_ENDED', 'OTHER'] as const

export const config = z
  .object({
    url: z
      .url({ protocol: /^https?$/ })
      .max(300)
      .describe('Address of the shop, without a path: https://<name>.myshopify.com.'),
    apiVersion: z
      .string()
      .regex(/^(\d{4}-\d{2}|unstable)$/)
      .default('2026-10')
      .describe('Version of the Admin API. Every version is supported for a year.'),
    clientSecret: secret(z.string().min(1).max(200)).describe(
      "The app's client secret: what webhooks are signed with.",
    ),
    formerClientSecret: secret(z.string().min(1).max(200))
      .optional()
      .describe('The one before it: for up to an hour after a change webhooks are signed with it.'),
    clientId: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Client id of an app of your own organization: tokens are asked for with it.'),
    accessToken: secret(z.string().min(1).max(300))
      .optional()
      .describe('Admin API token of an app that has a lasting one; goes before the client id.'),
    customerData: z
      .boolean()
      .default(true)
      .describe('Whether the app is approved for protected customer data, so that names are read.'),
    actions: z
      .record(z.string().min(1).max(40), z.enum(actions))
      .default({})
      .describe('What a headline asks of the return in Shopify, where it differs from the usual.'),
    createsReturns: z
      .boolean()
      .default(true)
      .describe('Whether returns that began elsewhere are made in Shopify when they are approved.'),
    tellsReceipts: z
      .boolean()
      .default(true)
      .describe('Whether goods are processed in Shopify when they are received or disposed of.'),
    dispositions: z
      .record(z.string().min(1).max(40), z.enum(dispositionTypes))
      .default({})
      .describe('What a disposition is in Shopify, where it differs from the usual.'),
    restockLocation: z
      .string()
      .regex(/^gid:\/\/shopify\/Location\/\d+$/)
      .optional()
      .describe(
        'Where restocked goods are counted. Left out, Shopify counts none: right where the ERP tells it the stock.',
      ),
    declineReasons: z
      .record(z.string().min(1).max(40), z.enum(declineReasons))
      .default({})
      .describe(
        'Reason of a decline, by our response; RETURN_PERIOD_ENDED for time_limit_exceeded, OTHER for what is not named.',
      ),
    notifyCustomer: z
      .boolean()
      .default(false)
      .describe('Whether Shopify mails the customer as well.'),
    firstLookDays: z
      .int()
      .min(1)
      .max(365)
      .default(30)
      .describe('How far back the very first look at changes reaches.'),
    overlapSeconds: z
      .int()
      .min(10)
      .max(3_600)
      .default(120)
      .describe('How far back every further look reaches: the search lags behind the shop.'),
  })
  .refine(({ accessToken, clientId }) => accessToken !== undefined || clientId !== undefined, {
    message: 'needs an access token, or the client id to ask for one',
    path: ['clientId'],
  })
export type Config = z.output<typeof config>

export function actionOf({ actions: own }: Config, headline: string): Action {
  return own[headline] ?? usualActions[headline] ?? 'none'
}

export function dispositionOf(
  { dispositions: own, restockLocation }: Config,
  code: string,
): DispositionType {
  const type = own[code] ?? usualDispositions[code] ?? 'NOT_RESTOCKED'
  return type === 'RESTOCKED' && restockLocation === undefined ? 'NOT_RESTOCKED' : type
}

export function declineReasonOf(
  { declineReasons: own }: Config,
  response: string | undefined,
): (typeof declineReasons)[number] {
  if (response === undefined) return 'OTHER'
  const usual = response === 'time_limit_exceeded' ? 'RETURN_PERIOD_ENDED' : 'OTHER'
  return own[response] ?? usual
}
