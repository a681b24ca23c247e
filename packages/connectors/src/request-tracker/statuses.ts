import type { Config } from './config.ts'

/**
 * Status of a ticket by where its return stands. What is not named leaves the status to the agents. The words are
 * those of RT's own lifecycle; a lifecycle of one's own says its words in the configuration.
 */
const usual: Readonly<Record<string, string>> = {
  requested: 'open',
  exception_hold: 'open',
  info_needed: 'stalled',
  canceled: 'resolved',
  rejected: 'resolved',
  expired: 'resolved',
  closed: 'resolved',
}

/** Said in the configuration to leave the status as it is. */
const asItIs = '-'

/** @returns null where the status is left as it is. */
export function statusFor({ statuses }: Config, headline: string): string | null {
  const status = Object.hasOwn(statuses, headline) ? statuses[headline] : usual[headline]
  return status === undefined || status === asItIs ? null : status
}
