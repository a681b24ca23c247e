import type { PresenceDefinition } from '@backhaul/sdk/connector'
import type { Caller } from '../json-call.ts'
import { call } from './client.ts'
import type { Config } from './config.ts'
import { subscribed } from './shapes.ts'

/** What UPS takes at once. */
const maxNumbers = 100

/** Has UPS tell of the scans of parcels for the next 14 days. Asked again, it tells for 14 more, and not twice. */
export async function subscribe(
  caller: Caller<Config>,
  trackingNumbers: readonly string[],
): Promise<void> {
  for (let from = 0; from < trackingNumbers.length; from += maxNumbers) {
    const trackingNumberList = trackingNumbers.slice(from, from + maxNumbers)
    const body = { locale: 'en_US', countryCode: 'US', trackingNumberList }
    const path = '/track/v2/subscription/standard/package'
    await call(caller, { method: 'POST', path, body, answer: subscribed })
  }
}

const numbers = /^(1Z[0-9A-Z]{16}|1R[0-9A-Z]{14}([0-9A-Z]{12})?)$/

/**
 * Renews what UPS tells of, for a subscription ends after 14 days and a return takes longer. The hub asks once a day
 * about all parcels of open returns; UPS says of none that it is gone, for it forgets them after 120 days anyway.
 */
export const renewal: PresenceDefinition<Config> = {
  types: ['tracking'],
  async missing(question) {
    const taken = question.values.filter((value) => numbers.test(value))
    if (question.config.webhookCredentials.length > 0) await subscribe(question, taken)
    return []
  },
}
