import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connectors } from '@backhaul/connectors'
import { DeliveryError } from '@backhaul/sdk/connector'
import { startFreshdesk, startZendesk } from '@backhaul/simulator'
import { createDeadlines } from '../src/connect/deadlines.ts'
import { createOutbound } from '../src/connect/guarded-fetch.ts'
import { createRateLimit } from '../src/connect/rate-limit.ts'
import { createTargetGuard } from '../src/connect/target-guard.ts'
import { systemClock } from '../src/platform/clock.ts'

/*
 * Connectors say how to read what their systems still allow, and the hub's way out keeps below it, so that a system
 * has nothing to refuse: neither to the hub nor to others of the account.
 */

const desks = {
  zendesk: {
    start: () => startZendesk({ limits: { perMinute: 50 } }),
    path: '/api/v2/users/me',
    headers: { authorization: 'Bearer zendesk-token' },
  },
  freshdesk: {
    start: () => startFreshdesk({ limits: { perMinute: 50 } }),
    path: '/api/v2/agents/me',
    headers: { authorization: `Basic ${Buffer.from('freshdesk-key:X').toString('base64')}` },
  },
} as const

describe('a rush of requests', () => {
  for (const [key, { start, path, headers }] of Object.entries(desks)) {
    test(`to ${key} is held back before the account's limit, and leaves a tenth to others`, async (t) => {
      const double = await start()
      const limits = connectors.find((one) => one.key === key)?.limits
      assert.ok(limits)
      const clock = systemClock
      const { requestsPerMinute, budgets, concurrency = 4, timeoutMs } = limits
      const outbound = createOutbound({
        guard: createTargetGuard(['127.0.0.1']),
        resolve: () => Promise.reject(new Error('nothing is looked up')),
        rateLimit: createRateLimit({ requestsPerMinute, budgets, clock }),
        readers: limits,
        clock,
        deadlines: createDeadlines({ clock }),
        timeoutMs,
        concurrency,
      })
      t.after(async () => {
        await outbound.close()
        await double.close()
      })
      const outcomes: string[] = []
      const work = async (): Promise<void> => {
        for (let count = 0; count < 20; count += 1) {
          const outcome = await outbound
            .fetch(`${double.url}${path}`, { method: 'GET', headers })
            .then(
              ({ status }) => String(status),
              (error: unknown) => (error instanceof DeliveryError ? error.code : 'a defect'),
            )
          outcomes.push(outcome)
        }
      }
      await Promise.all(Array.from({ length: concurrency }, work))
      const sent = outcomes.filter((outcome) => outcome === '200').length
      assert.equal(outcomes.filter((outcome) => outcome === 'RATE_LIMITED').length, 80 - sent)
      assert.ok(sent >= 40 && sent <= 45, `${sent} were sent`)
      assert.equal(double.limits.refused, 0)
    })
  }
})
