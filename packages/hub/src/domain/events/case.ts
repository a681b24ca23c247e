import type { ExceptionCode } from '@backhaul/sdk/canonical'
import { endLate, isWaitedFor, noteLate, tellDelay } from '../delays.ts'
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

/**
 * `delivery.died`: a neighbor did not take a command after all attempts. Where it has said what is wrong with
 * the return, that is the exception, in its words.
 */
export function failDelivery(draft: Draft, { data }: StampedEvent<'delivery.died'>): Verdict {
  const { code, reason, exception = 'IT01', deliveryId } = data
  const object = deliveryObject(deliveryId)
  if (data.command === 'order.look_up' && draft.state.header.orderLookUp === 'asked') {
    editHeader(draft, { orderLookUp: 'failed' })
  }
  if (data.lateAt !== undefined) noteLate(draft, { ...data, at: data.lateAt })
  // A replay may have failed in another way: then that is what is wrong now.
  clearAll(draft, object, exceptionKey({ code: exception, object }))
  const general = `${data.command} to ${data.connection}: ${code}`
  const detail = aboutDelivery.has(exception)
    ? [general, reason].filter(Boolean).join(': ')
    : (reason ?? general)
  raise(draft, { code: exception, object, detail })
  return null
}

/** Codes that are about the delivery itself rather than about the return. */
const aboutDelivery: ReadonlySet<ExceptionCode> = new Set(['IT01', 'IT02', 'IT03'])

/** `delivery.delayed`: it is tried again and again, and what somebody waits for is late by now. */
export function delayDelivery(
  draft: Draft,
  { data, occurredAt }: StampedEvent<'delivery.delayed'>,
): Verdict {
  if (!isWaitedFor(data.command)) return repeat('nobody waits for it')
  noteLate(draft, { ...data, at: occurredAt })
  tellDelay(draft)
  return null
}

/** `delivery.recovered`: a delivery that was dead or late has been taken. */
export function recoverDelivery(
  draft: Draft,
  { data }: StampedEvent<'delivery.recovered'>,
): Verdict {
  clearAll(draft, deliveryObject(data.deliveryId))
  endLate(draft, data.deliveryId)
  return null
}

/** The object of an exception that a dead delivery raised; it ends when the delivery recovers. */
function deliveryObject(deliveryId: string): string {
  return `delivery:${deliveryId}`
}

function clearAll(draft: Draft, object: string, except?: string): void {
  for (const [key, exception] of Object.entries(draft.state.exceptions)) {
    if (exception.object === object && key !== except) clear(draft, key)
  }
}
