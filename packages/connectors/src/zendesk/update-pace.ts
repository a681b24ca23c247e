import { RetryableError } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'

/** Zendesk takes 30 updates of one ticket by one user in ten minutes; some are left to what else uses its token. */
const mostUpdates = 24
const windowMs = 10 * 60 * 1000
const mostTickets = 5_000

const paces = new WeakMap<Config, Map<number, number[]>>()

/**
 * Counts an update of a ticket.
 *
 * @throws {RetryableError} RATE_LIMITED, with nothing counted, when it would be too many; nothing has been sent then.
 */
export function countUpdate(config: Config, ticketId: number, now: Date): void {
  const pace = paces.get(config) ?? new Map<number, number[]>()
  paces.set(config, pace)
  const nowMs = now.getTime()
  const recent = (pace.get(ticketId) ?? []).filter((atMs) => atMs > nowMs - windowMs)
  const [oldest] = recent
  if (oldest !== undefined && recent.length >= mostUpdates) {
    throw new RetryableError({
      code: 'RATE_LIMITED',
      retryAfterMs: oldest + windowMs - nowMs,
      reason: 'held back to keep below the updates that Zendesk takes of one ticket',
    })
  }
  // Set anew, so that the map stays in the order of use.
  pace.delete(ticketId)
  pace.set(ticketId, [...recent, nowMs])
  const [longest] = pace.keys()
  if (pace.size > mostTickets && longest !== undefined) pace.delete(longest)
}
