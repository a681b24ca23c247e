import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { creditNotes, organisations } from './shapes.ts'
import { Xero } from './xero.ts'

/** Reads whose books these are, and a credit note, so that a missing scope is seen before the first return. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { config } = connection
  const xero = new Xero(connection)
  const { Organisations: found } = await xero.read('/Organisation', organisations)
  await xero.read('/CreditNotes', creditNotes, { query: { page: '1', pageSize: '1' } })
  const notes = [
    ...(config.webhookKeys.length === 0
      ? ['No webhook key is set: changes are seen within five minutes, and not at once.']
      : []),
    ...(config.accountCode === undefined
      ? ['No accountCode is set: a line that is not found on its invoice cannot be credited.']
      : []),
    ...(Object.keys(config.refundAccounts).length === 0
      ? ['No refundAccounts are set: refunds cannot be paid from here.']
      : []),
  ]
  const [first] = found
  const currency = first?.BaseCurrency === undefined ? '' : ` (${first.BaseCurrency})`
  return { account: first === undefined ? undefined : `${first.Name}${currency}`, notes }
}
