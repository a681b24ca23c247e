import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '../../platform/logger.ts'
import { isUnavailable } from '../../store/database.ts'

const patienceMs = 60_000
const pauseMs = 1_000

/**
 * Runs a step of the start that needs the database, again and again while the database does not answer:
 * it may be starting together with the hub, or go away in the middle. The step must be safe to repeat.
 *
 * @throws what the step threw that is not the database's absence, or that absence after a minute.
 */
export async function whenDatabaseAnswers<T>(
  { log, isAsked }: { readonly log: Logger; readonly isAsked: () => boolean },
  step: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step()
    } catch (error) {
      if (!isUnavailable(error) || isAsked() || performance.now() > deadline) throw error
      if (attempt === 1) {
        log.warn({ err: error }, 'the database does not answer yet; waiting for it')
      }
      await delay(pauseMs)
    }
  }
}
