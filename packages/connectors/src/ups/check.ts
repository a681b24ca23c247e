import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { findLabel } from './find-label.ts'

/** Asks for a label that there is not: UPS says so only to whom it knows. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { config } = connection
  await findLabel(connection, 'BACKHAUL-CHECK')
  const isTest = new URL(config.url).hostname === 'wwwcie.ups.com'
  return {
    account: `UPS account ${config.accountNumber}`,
    notes: [
      ...(isTest ? ['This is the integration environment: no driver takes its labels.'] : []),
      ...(config.webhookCredentials.length === 0
        ? ['No credential of Track Alert is set: no scans come in.']
        : []),
    ],
  }
}
