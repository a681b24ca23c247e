import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { QuickBooks } from './quickbooks.ts'
import { company, preferences } from './shapes.ts'

/** Reads whose books these are, and whether they keep our numbers. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { config } = connection
  const quickbooks = new QuickBooks(connection)
  const { CompanyInfo } = await quickbooks.read(`/companyinfo/${config.realmId}`, company)
  const { Preferences } = await quickbooks.read('/preferences', preferences)
  const notes = [
    ...(Preferences.SalesFormsPrefs?.CustomTxnNumbers === true
      ? []
      : [
          'Custom transaction numbers are off in QuickBooks: credits cannot be found by their numbers. Turn them on.',
        ]),
    ...(config.verifierTokens.length === 0
      ? ['No verifier token is set: changes are seen within a quarter of an hour, and not at once.']
      : []),
    ...(config.refundItemId === undefined
      ? ['No refundItemId is set: refunds cannot be paid from here.']
      : []),
  ]
  return { account: CompanyInfo.CompanyName, notes }
}
