import type { Logger } from '../../platform/logger.ts'
import { touchApiKeys } from '../../store/api-keys.ts'
import type { Pool } from '../../store/database.ts'
import { touchSessions } from '../../store/user-sessions.ts'
import type { Caller } from './caller.ts'

export interface Usage {
  /** Notes in memory that somebody's key or session was used. */
  readonly note: (caller: Caller) => void
  /** Writes what is noted, and notes no more. */
  readonly stop: () => Promise<void>
}

const writtenEveryMs = 60_000

/** Writes down which keys and sessions are used, once a minute and away from the requests. */
export function createUsage({ pool, log }: { pool: Pool; log: Logger }): Usage {
  let keys = new Set<string>()
  let sessions = new Set<string>()

  async function write(): Promise<void> {
    const [keyIds, sessionIds] = [[...keys], [...sessions]]
    keys = new Set()
    sessions = new Set()
    try {
      await touchApiKeys(pool, keyIds)
      await touchSessions(pool, sessionIds)
    } catch (error) {
      log.warn({ err: error }, 'use of API keys and sessions not written down')
    }
  }

  const timer = setInterval(() => void write(), writtenEveryMs).unref()
  return {
    note({ keyId, session }) {
      if (keyId !== null) keys.add(keyId)
      else if (session !== null) sessions.add(session.sessionId)
    },
    stop() {
      clearInterval(timer)
      return write()
    },
  }
}
