import type { Decision, StampedEvent } from '../../domain/index.ts'
import type { EventWrite } from '../../store/batch.ts'
import type { Applied } from './apply.ts'
import type { Unrouted } from './owe.ts'
import type { HeldCase, Work } from './work.ts'

/** What the history keeps of an event's effect: enough to say who moved what, and what it set off. */
export function effectOf(applied: Applied, unrouted: readonly Unrouted[]): Record<string, unknown> {
  const { decision, isLate } = applied
  const effect: Record<string, unknown> = { outcome: decision.outcome, ...explain(decision) }
  if (isLate) effect['late'] = true
  if (applied.revived.length > 0) effect['revived'] = applied.revived.map(({ seq }) => seq)
  if (applied.overturned.length > 0) effect['overturned'] = applied.overturned
  if (applied.owed.length > 0) effect['owed'] = applied.owed.map(({ type }) => type)
  if (unrouted.length > 0) effect['unrouted'] = unrouted
  return effect
}

function explain(decision: Decision): Record<string, unknown> {
  switch (decision.outcome) {
    case 'refused':
      return { code: decision.code, reason: decision.reason }
    case 'repeated':
      return { reason: decision.reason }
    case 'applied': {
      const shown: Record<string, unknown> = { moves: decision.moves }
      if (decision.claims.length > 0) shown['claims'] = decision.claims
      if (decision.raised.length > 0) shown['raised'] = decision.raised.map(({ key }) => key)
      if (decision.cleared.length > 0) shown['cleared'] = decision.cleared
      return shown
    }
  }
}

/** The row of the history, at the case's current version. */
export function eventWrite(
  held: HeldCase,
  {
    work,
    event,
    stamped,
    effect,
  }: { work: Work; event: { id: string }; stamped: StampedEvent; effect: unknown },
): EventWrite {
  return {
    caseId: held.caseId,
    seq: held.version,
    eventKey: stamped.id,
    eventId: event.id,
    type: stamped.type,
    occurredAt: stamped.occurredAt,
    source: stamped.source,
    actor: stamped.actor,
    owns: stamped.owns,
    messageId: work.message.messageId,
    data: stamped.data,
    dataText: JSON.stringify(stamped.data),
    roomText: stamped.room === undefined ? null : JSON.stringify(stamped.room),
    effect,
    effectText: JSON.stringify(effect),
  }
}
