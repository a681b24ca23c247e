import { HubError } from '../platform/errors.ts'
import { withTransaction } from '../store/database.ts'
import { type GroupKey, noteExceptions } from '../store/exception-groups.ts'
import { type ExceptionRecord, findException } from '../store/exception-queries.ts'
import { type ActionDeps, type Person, queuesOf } from './person-actions.ts'

/** `acknowledge`: somebody has seen it. `snooze`: it is out of the way until then, or until it comes again; null wakes it. */
export type Note =
  | { readonly kind: 'acknowledge'; readonly isSeen: boolean }
  | { readonly kind: 'snooze'; readonly until: Date | null }

type NoteDeps = Pick<ActionDeps, 'pool' | 'record' | 'clock'>

/** No longer than this at a time. */
const maxSnoozeMs = 90 * 86_400_000

/**
 * Notes something about an open exception; it stays open.
 *
 * @throws {HubError} NOT_FOUND; FORBIDDEN when its queue is not the role's; CONFLICT when it is resolved;
 *   VALIDATION_FAILED for a time that has passed or is more than 90 days ahead.
 */
export async function noteException(
  deps: NoteDeps,
  { exceptionId, note }: { readonly exceptionId: string; readonly note: Note },
  by: Person,
): Promise<ExceptionRecord> {
  checkTime(deps, note)
  const found = await findException(deps.pool, exceptionId)
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such exception.')
  if (!queuesOf(by.role).includes(found.queue)) {
    throw new HubError(
      'FORBIDDEN',
      `The role ${by.role} does not work on the queue ${found.queue}.`,
    )
  }
  const noted = await write(deps, { which: { exceptionId }, objectId: exceptionId, note }, by)
  if (noted === 0) throw new HubError('CONFLICT', 'The exception is resolved.')
  return (await findException(deps.pool, exceptionId)) ?? found
}

/** Notes the same about all open exceptions of a group in the queues of the role. @returns how many they are. */
export function noteGroup(
  deps: NoteDeps,
  { group, note }: { readonly group: GroupKey; readonly note: Note },
  by: Person,
): Promise<number> {
  checkTime(deps, note)
  const which = { group, queues: queuesOf(by.role) }
  return write(deps, { which, objectId: formatGroup(group), note }, by)
}

function checkTime({ clock }: NoteDeps, note: Note): void {
  if (note.kind !== 'snooze' || note.until === null) return
  const ahead = note.until.getTime() - clock.now().getTime()
  if (ahead > 0 && ahead <= maxSnoozeMs) return
  throw new HubError('VALIDATION_FAILED', 'Snooze until a time within the next 90 days.', {
    problems: [{ pointer: '/until', code: 'invalid', message: 'must be within 90 days from now' }],
  })
}

function write(
  { pool, record }: NoteDeps,
  noted: {
    readonly which: Parameters<typeof noteExceptions>[1]
    readonly objectId: string
    readonly note: Note
  },
  { actor }: Person,
): Promise<number> {
  const { which, objectId, note } = noted
  const change =
    note.kind === 'snooze'
      ? { snoozedUntil: note.until }
      : { acknowledgedBy: note.isSeen ? actor : null }
  return withTransaction(pool, async (tx) => {
    const ids = await noteExceptions(tx, which, change)
    const action = note.kind === 'snooze' ? 'exception.snoozed' : 'exception.acknowledged'
    const objectType = 'exceptionId' in which ? 'exception' : 'exception_group'
    const detail = { ...change, count: ids.length }
    if (ids.length > 0) await record(tx, [{ actor, action, objectType, objectId, detail }])
    return ids.length
  })
}

/** `IT01.delivery.erp`: a group as addresses name it; a dash where there is no connection. */
export function formatGroup({ code, about, connectionId }: GroupKey): string {
  return `${code}.${about}.${connectionId ?? '-'}`
}
