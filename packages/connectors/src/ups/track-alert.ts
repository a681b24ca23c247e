import { createHash } from 'node:crypto'
import { webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import type { Config } from './config.ts'
import { trackEvent } from './shapes.ts'

/** A scan of a parcel, as Track Alert tells it. It has no id, so that what it says is one. */
export const trackAlert = webhook({
  payload: trackEvent,
  verify: schemes.ups.verify,
  secrets: ({ webhookCredentials }: Config) => webhookCredentials,
  messageId: ({ trackingNumber, activityStatus: { type, code, description }, ...event }) => {
    const { gmtActivityDate, gmtActivityTime, localActivityDate, localActivityTime } = event
    const times = [gmtActivityDate, gmtActivityTime, localActivityDate, localActivityTime]
    const said = JSON.stringify([type, code ?? null, description ?? null, ...times])
    return `${trackingNumber}:${createHash('sha256').update(said).digest('hex').slice(0, 32)}`
  },
  accepted: { status: 200 },
})
