import { type Draft, editHeader, putException, refuse, repeat, type Verdict } from '../draft.ts'
import { clear, exceptionKey, raise } from '../exceptions/raise.ts'
import { fitted } from '../said.ts'
import type { StampedEvent } from '../stamped-event.ts'

/** A second `return.requested` that was led to this case: the same return through another channel, or a repeat. */
export function requestAgain(
  draft: Draft,
  { data, source }: StampedEvent<'return.requested'>,
): Verdict {
  const system = data.sourceSystem ?? source
  const { header } = draft.state
  if (system === header.sourceSystem && data.sourceRef === header.sourceRef) {
    return repeat('the return was requested before')
  }
  const object = fitted(`request:${system}:${data.sourceRef}`, 200)
  raise(draft, { code: 'CU01', object, detail: `also requested in ${system}` })
  return null
}

/** `case.noted`: it is in the history; the state has nothing to remember of it. */
export function note(): Verdict {
  return null
}

/** `case.flagged`: the flags as they are from now on. */
export function flag(draft: Draft, { data }: StampedEvent<'case.flagged'>): Verdict {
  editHeader(draft, { flags: [...new Set(data.flags)] })
  return null
}

/** `case.reopened`: a closed case is looked at again; it closes once more after the next change. */
export function reopenCase(draft: Draft): Verdict {
  if (draft.state.closedAt === null) return refuse('not_closed', 'the case is open')
  draft.state.closedAt = null
  return null
}

/** `exception.raised`: told by a person, a system or another part of the hub. */
export function raiseStated(draft: Draft, { data }: StampedEvent<'exception.raised'>): Verdict {
  const { code, object, detail } = data
  if (draft.state.exceptions[exceptionKey(data)]?.status === 'open') {
    return repeat('the exception is open already')
  }
  raise(draft, { code, object, detail, isStated: true })
  return null
}

/** `exception.assigned`: to a queue, to a person, or to nobody. */
export function assignException(
  draft: Draft,
  { data }: StampedEvent<'exception.assigned'>,
): Verdict {
  const known = draft.state.exceptions[data.exceptionKey]
  if (!known) return refuse('unknown_object', 'there is no such exception')
  putException(draft, data.exceptionKey, {
    ...known,
    ...(data.queue ? { queue: data.queue } : {}),
    ...(data.owner === undefined ? {} : { owner: data.owner }),
  })
  return null
}

/** `exception.reopened`: the resolution did not hold. */
export function reopenException(
  draft: Draft,
  { data, occurredAt }: StampedEvent<'exception.reopened'>,
): Verdict {
  const known = draft.state.exceptions[data.exceptionKey]
  if (!known) return refuse('unknown_object', 'there is no such exception')
  if (known.status === 'open') return repeat('the exception is open already')
  const { code, object, detail, recurrences } = known
  putException(draft, data.exceptionKey, {
    ...known,
    status: 'open',
    isCausePresent: true,
    isStated: true,
    openedAt: occurredAt,
    recurrences: recurrences + 1,
    resolvedAt: null,
    action: null,
  })
  draft.raised.push({ key: data.exceptionKey, code, object, detail, isRecurrence: true })
  return null
}

/** `delivery.confirmed`: its identifiers are bound by the shell; its effect comes as an event of its own. */
export function confirmDelivery(): Verdict {
  return null
}

/** `delivery.died`: a neighbor did not take a command after all attempts. */
export function failDelivery(draft: Draft, { data }: StampedEvent<'delivery.died'>): Verdict {
  const object = `delivery:${data.deliveryId}`
  const detail = `${data.command} to ${data.connection}: ${data.code}`
  raise(draft, { code: 'IT01', object, detail })
  return null
}

/** `delivery.recovered`: a dead delivery was replayed and taken. */
export function recoverDelivery(
  draft: Draft,
  { data }: StampedEvent<'delivery.recovered'>,
): Verdict {
  clear(draft, `IT01:delivery:${data.deliveryId}`)
  return null
}
