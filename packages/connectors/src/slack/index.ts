import { type CheckReport, type ConnectionCheck, defineConnector } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { type Config, config } from './config.ts'
import { findPublished, publishEvent } from './publish-event.ts'
import { read } from './slack-api.ts'

const account = z.object({ ok: z.literal(true), user: z.string(), team: z.string() })

async function checkAccount(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { user, team } = await read(connection, { method: 'auth.test', answer: account })
  return { account: `${user} in ${team}` }
}

/**
 * Slack: exceptions and news of returns in the channels of those who work on them.
 *
 * Out: `event.publish`, as messages in one thread for each return and channel.
 * Source: Web API methods chat.postMessage, conversations.history, conversations.replies, auth.test, message
 *   metadata, rate limits; docs.slack.dev, as of 2026-11.
 */
export default defineConnector({
  key: 'slack',
  title: 'Slack',
  sdkVersion: 1,
  config,
  roles: ['analytics'],
  // Tier 3 reads are 50 a minute, and a channel takes one message a second.
  limits: { timeoutMs: 15_000, requestsPerMinute: 50, concurrency: 1 },
  delivers: {
    'event.publish': {
      deliver: publishEvent,
      idempotency: { kind: 'find_before_create', readBack: findPublished },
    },
  },
  check: checkAccount,
})
