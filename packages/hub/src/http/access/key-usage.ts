import type { Logger } from '../../platform/logger.ts'
import { touchApiKeys } from '../../store/api-keys.ts'
import type { Pool } from '../../store/database.ts'

export interface KeyUsage {
  /** Notes in memory that a key was used. */
  readonly note: (keyId: string) => void
  /** Writes what is noted, and notes no more. */
  readonly stop: () => Promise<void>
}

const writtenEveryMs = 60_000

/** Writes down which keys are used, once a minute and away from the requests. */
export function createKeyUsage({ pool, log }: { pool: Pool; log: Logger }): KeyUsage {
  let used = new Set<string>()

  async function write(): Promise<void> {
    const keyIds = [...used]
    used = new Set()
    await touchApiKeys(pool, keyIds).catch((error: unknown) => {
      log.warn({ err: error }, 'use of API keys not written down')
    })
  }

  const timer = setInterval(() => void write(), writtenEveryMs).unref()
  return {
    note: (keyId) => void used.add(keyId),
    stop() {
      clearInterval(timer)
      return write()
    },
  }
}
