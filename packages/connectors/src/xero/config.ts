import { type OAuthDefinition, secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

const webAddress = z.url({ protocol: /^https?$/ }).max(500)
const word = z.string().min(1).max(100)

export const config = z.object({
  tenantId: z.uuid().describe('Id of the organization, as `GET /connections` of Xero lists it.'),
  clientId: word.describe('Of the app in the developer portal of Xero.'),
  clientSecret: secret(z.string().min(1).max(500)),
  grant: z
    .enum(['refresh_token', 'client_credentials'])
    .default('refresh_token')
    .describe('`client_credentials` for a custom connection, to which nobody has to agree.'),
  scopes: z
    .array(word)
    .max(30)
    .default([
      'offline_access',
      'accounting.transactions',
      'accounting.settings.read',
      'accounting.contacts.read',
    ])
    .describe('Newer apps have finer ones, as the developer portal shows.'),
  webhookKeys: z
    .array(secret(z.string().min(1).max(500)))
    .max(2)
    .default([])
    .describe('Key of the webhook in the developer portal; two while one replaces the other.'),
  orderField: z
    .enum(['Reference', 'InvoiceNumber'])
    .default('Reference')
    .describe('Where an invoice says which order it is for.'),
  accountCode: word
    .optional()
    .describe('Of credited lines that no line of the invoice is found for.'),
  taxType: word.optional().describe('Of the same lines, for example OUTPUT2.'),
  feeAccountCode: word
    .optional()
    .describe('Of deductions; the account of the goods when left out.'),
  goodwillAccountCode: word.optional(),
  refundAccounts: z
    .record(z.string().max(64), word)
    .default({})
    .describe('Code of the bank account that pays, by method of settlement; `*` for the others.'),
  allocate: z
    .enum(['open_invoice', 'never'])
    .default('open_invoice')
    .describe(
      'Whether a posted credit pays what is still open of the invoice that it is cut from.',
    ),
  url: webAddress.default('https://api.xero.com/api.xro/2.0'),
  tokenUrl: webAddress.default('https://identity.xero.com/connect/token'),
  authorizeUrl: webAddress.default('https://login.xero.com/identity/connect/authorize'),
})
export type Config = z.output<typeof config>

/**
 * Access tokens live 30 minutes; a refresh token 60 days, and one that was used is taken for 30 minutes more.
 * Source: answers of Xero's staff in its developer community, read 2026-11-23.
 */
export const oauth: OAuthDefinition<Config> = {
  settings: ({ grant, tokenUrl, authorizeUrl, clientId, clientSecret, scopes, url }) => ({
    grant,
    tokenUrl,
    authorizeUrl,
    clientId,
    clientSecret,
    scopes:
      grant === 'client_credentials' ? scopes.filter((one) => one !== 'offline_access') : scopes,
    origins: [new URL(url).origin],
  }),
  rotation: 'graceful',
  refreshTokenDays: 60,
}
