import type { CanonicalEvent } from '@backhaul/sdk/canonical'
import type { Logger } from '../platform/logger.ts'
import { purgeBulk } from '../store/bulk-operations.ts'
import { type Pool, withTransaction } from '../store/database.ts'
import { insertWaitingMessages, takeMessageIds } from '../store/inbox.ts'
import { purgeUnknown } from '../store/master-data/unknowns.ts'
import { deleteEditsIn } from '../store/message-edits.ts'
import { ensurePartitions } from '../store/migrate.ts'
import { releaseDue } from '../store/parked.ts'
import { dropOldPartitions, purgeDedupe, type Retention } from '../store/retention.ts'
import { type DueTimer, takeDueTimers } from '../store/timers.ts'
import { purgeSessions } from '../store/user-sessions.ts'
import { internalMessage } from './message.ts'
import { settleSnapshots } from './settle-snapshots.ts'

const timersPerTick = 500
const parkedPerTick = 500
/** An identifier that nobody has asked for in this time is no issue any more. */
const unknownDays = 30
/** How long bulk operations are told of; plans that nobody began, for a day. */
const bulkDays = { endedDays: 90, plannedDays: 1 }

/** Turns timers whose time has come into messages. @returns how many. */
export async function fireTimers(pool: Pool): Promise<number> {
  return withTransaction(pool, async (tx) => {
    const due = await takeDueTimers(tx, timersPerTick)
    if (due.length === 0) return 0
    const messages = due.map(timerMessage)
    const { taken, now } = await takeMessageIds(tx, messages)
    const fresh = messages.filter(({ messageId }) => taken.has(messageId))
    await insertWaitingMessages(tx, fresh, { now })
    return fresh.length
  })
}

/** A timer's message. It happened when it was due, however late it is noticed. */
function timerMessage({ caseId, kind, key, dueAt }: DueTimer) {
  const time = dueAt.toISOString()
  const id = `${caseId}:${kind}:${key}:${time}`
  const data = { timer: kind, key } as CanonicalEvent['data']
  return internalMessage({
    source: 'timer',
    externalId: id,
    actor: 'hub',
    event: { id, type: 'timer.fired', subject: caseId, time, data },
  })
}

/** Lets parked messages try again that wait for something. @returns how many. */
export function retryParked(pool: Pool): Promise<number> {
  return withTransaction(pool, (tx) => releaseDue(tx, parkedPerTick))
}

/** The day's work: partitions ahead, old ones away, old message ids and unanswered look-ups forgotten. */
export async function housekeep(
  pool: Pool,
  { retention, log }: { readonly retention: Retention; readonly log: Logger },
): Promise<void> {
  await ensurePartitions(pool)
  const dropped = await dropOldPartitions(pool, retention, async ({ parent, name }) => {
    if (parent === 'case_event') await settleSnapshots(pool, name)
    if (parent === 'inbox_message') await deleteEditsIn(pool, name)
  })
  if (dropped.length > 0) log.info({ dropped }, 'old history dropped')
  for (let purged = await purgeDedupe(pool, retention); purged > 0; )
    purged = await purgeDedupe(pool, retention)
  for (let purged = await purgeSessions(pool); purged > 0; ) purged = await purgeSessions(pool)
  await purgeUnknown(pool, unknownDays)
  for (let purged = await purgeBulk(pool, bulkDays); purged > 0; ) {
    purged = await purgeBulk(pool, bulkDays)
  }
}
