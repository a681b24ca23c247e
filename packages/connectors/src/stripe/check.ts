import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { events, refunds } from './shapes.ts'
import { Stripe } from './stripe.ts'

/** Reads a refund and an event: what a key without these rights is refused. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { config } = connection
  const stripe = new Stripe(connection)
  await stripe.read('/v1/refunds', refunds, [['limit', '1']])
  await stripe.read('/v1/events', events, [['limit', '1']])
  const isTest = /^[sr]k_test_/.test(config.apiKey)
  const notes = [
    ...(isTest ? ['The key is one of the test mode: no money moves.'] : []),
    ...(config.webhookSecrets.length === 0
      ? ['No webhook secret is set: changes are seen within five minutes, and not at once.']
      : []),
  ]
  return { account: config.account ?? (isTest ? 'test mode' : 'live mode'), notes }
}
