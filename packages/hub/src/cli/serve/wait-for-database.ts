import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '../../platform/logger.ts'
import { assertDurable, isUnavailable, type Pool } from '../../store/database.ts'

const patienceMs = 60_000
const pauseMs = 1_000

/**
 * Waits until the database answers, since it may be starting together with the hub, and refuses one that
 * could lose what it acknowledged.
 *
 * @throws {HubError} DATABASE_UNSAFE; what the driver threw last, when it does not answer for a minute.
 */
export async function waitForDatabase(
  pool: Pool,
  { log, isAsked }: { readonly log: Logger; readonly isAsked: () => boolean },
): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (let attempt = 1; !isAsked(); attempt += 1) {
    try {
      await assertDurable(pool)
      return
    } catch (error) {
      if (!isUnavailable(error) || performance.now() > deadline) throw error
      if (attempt === 1)
        log.warn({ err: error }, 'the database does not answer yet; waiting for it')
      await delay(pauseMs)
    }
  }
}
