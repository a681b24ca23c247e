import { tellDelay } from '../delays.ts'
import { type Draft, owe, repeat, type Verdict } from '../draft.ts'
import { raise } from '../exceptions/raise.ts'
import { moveLines } from '../move.ts'
import type { StampedEvent } from '../stamped-event.ts'
import { type Timer, timersOf } from '../timers.ts'

const objectOf: Readonly<Partial<Record<Timer['kind'], string>>> = {
  FN06: 'credit',
  CU04: 'fulfillment',
  PU02: 'supplier_claim',
  PU03: 'supplier_claim',
}

/** `timer.fired`: only a timer that still stands does anything; what has happened meanwhile undoes it. */
export function fireTimer(
  draft: Draft,
  { data, occurredAt }: StampedEvent<'timer.fired'>,
): Verdict {
  const timer = timersOf(draft.state).find(
    ({ kind, key, dueAt }) => kind === data.timer && key === data.key && dueAt <= occurredAt,
  )
  if (!timer) return repeat('what the timer waited for has happened')
  draft.state.fired = { ...draft.state.fired, [`${timer.kind}:${timer.key}`]: timer.dueAt }
  if (timer.kind === 'expiry') return moveLines(draft, draft.state.lines, null)
  if (timer.kind === 'delay') {
    tellDelay(draft)
    return null
  }
  const kind = objectOf[timer.kind]
  const object = kind === undefined ? 'case' : `${kind}:${timer.key}`
  if (timer.kind === 'LG02') {
    draft.about = 'ship_reminder'
    owe(draft, 'customer.notify', null)
    draft.about = null
  }
  raise(draft, { code: timer.kind, object })
  return null
}
