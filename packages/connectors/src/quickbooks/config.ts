import { type OAuthDefinition, secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

const webAddress = z.url({ protocol: /^https?$/ }).max(500)
const recordId = z.string().regex(/^\d{1,20}$/)

export const config = z.object({
  realmId: recordId.describe(
    'Id of the company, as QuickBooks shows it under *Billing & subscription*.',
  ),
  clientId: z.string().min(1).max(200).describe('Of the app in the developer portal of Intuit.'),
  clientSecret: secret(z.string().min(1).max(500)),
  verifierTokens: z
    .array(secret(z.string().min(1).max(500)))
    .max(2)
    .default([])
    .describe(
      'Verifier token of the webhook in the developer portal; two while one replaces the other.',
    ),
  itemId: recordId
    .optional()
    .describe('Item of credited lines that no line of the invoice is found for.'),
  feeItemId: recordId.optional().describe('Of deductions; `itemId` when left out.'),
  goodwillItemId: recordId.optional().describe('Of goodwill; `itemId` when left out.'),
  refundItemId: recordId
    .optional()
    .describe(
      'Item of refund receipts. Its account has to be the one that customer credits are cleared by, or income would be lowered twice.',
    ),
  refundAccounts: z
    .record(z.string().max(64), recordId)
    .default({})
    .describe('Id of the bank account that pays, by method of settlement; `*` for the others.'),
  apply: z
    .enum(['open_invoice', 'never'])
    .default('open_invoice')
    .describe('Whether a credit memo pays what is still open of the invoice that it is cut from.'),
  minorVersion: z.int().min(1).max(999).default(75),
  url: webAddress.default('https://quickbooks.api.intuit.com'),
  tokenUrl: webAddress.default('https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer'),
  authorizeUrl: webAddress.default('https://appcenter.intuit.com/connect/oauth2'),
})
export type Config = z.output<typeof config>

/**
 * Access tokens live an hour. A refresh token lives 100 days, five years over all its successors, and changes about
 * once a day; the answer says how long it is good for. Source: Intuit, "Important changes to refresh token policy",
 * 2025-11-12. That the one before is taken for a while is background knowledge.
 */
export const oauth: OAuthDefinition<Config> = {
  settings: ({ tokenUrl, authorizeUrl, clientId, clientSecret, url }) => ({
    grant: 'refresh_token',
    tokenUrl,
    authorizeUrl,
    clientId,
    clientSecret,
    scopes: ['com.intuit.quickbooks.accounting'],
    origins: [new URL(url).origin],
  }),
  rotation: 'graceful',
  refreshTokenDays: 100,
  refuses: ({ realmId }, query) =>
    query.get('realmId') === realmId
      ? null
      : `That was another company than ${realmId}, for which this connection is. Begin again, and choose that one.`,
}
