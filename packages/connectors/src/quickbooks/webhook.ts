import { webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { z } from 'zod'
import type { Config } from './config.ts'

/** CloudEvents since 2026: ids of what has changed, of every company that has agreed to the app, in one array. */
const payload = z
  .array(
    z.looseObject({
      id: z.string().min(1).max(200),
      type: z.string(),
      intuitentityid: z.string(),
      intuitaccountid: z.string(),
    }),
  )
  .min(1)
  .max(1_000)

/**
 * What QuickBooks tells. It is a hint, which is answered at once, since later ones are held back until it is, and the
 * poll reads what there is.
 */
export const notifications = webhook({
  payload,
  verify: schemes.quickbooks.verify,
  secrets: ({ verifierTokens }: Config) => verifierTokens,
  messageId: (events) => (events[0]?.id ?? '').replaceAll(/[^\x20-\x7e]/g, '?'),
  wakesPoll: 'changes',
  wakesAccounts: (events) => events.map(({ intuitaccountid }) => intuitaccountid),
  accepted: { status: 200 },
})
