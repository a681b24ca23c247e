import { type ExceptionCode, type ExceptionQueue, exceptionCodes } from '@backhaul/sdk/canonical'
import type { CaseState } from '../case-state.ts'
import { type Draft, putException } from '../draft.ts'

export interface Cause {
  readonly code: ExceptionCode
  /** What it is about: `case`, `line:2`, `receipt:R-7`. One exception per code and object. */
  readonly object: string
  readonly detail?: string | undefined
  /** Who looks after it, where it is not the queue of the code. */
  readonly queue?: ExceptionQueue
  readonly isStated?: true
}

export function exceptionKey({ code, object }: Pick<Cause, 'code' | 'object'>): string {
  return `${code}:${object}`
}

/**
 * Opens an exception, or opens it again when its cause had gone or a person had resolved it. One that
 * is open stays as it is.
 */
export function raise(draft: Draft, cause: Cause): void {
  const { code, object } = cause
  const key = exceptionKey(cause)
  const known = draft.state.exceptions[key]
  if (known?.status === 'open') return
  const entry = exceptionCodes[code]
  const detail = cause.detail ?? null
  putException(draft, key, {
    code,
    object,
    severity: entry.severity,
    queue: cause.queue ?? known?.queue ?? entry.queue,
    status: 'open',
    isCausePresent: true,
    isStated: cause.isStated ?? false,
    openedAt: draft.event.occurredAt,
    recurrences: known ? known.recurrences + 1 : 0,
    owner: known?.owner ?? null,
    resolvedAt: null,
    action: null,
    detail,
  })
  draft.raised.push({ key, code, object, detail, isRecurrence: known !== undefined })
}

/** Notes that the cause of an exception is gone; an open one is resolved by that. */
export function clear(draft: Draft, key: string): void {
  const known = draft.state.exceptions[key]
  if (!known?.isCausePresent) return
  if (known.status === 'resolved') {
    putException(draft, key, { ...known, isCausePresent: false })
    return
  }
  putException(draft, key, {
    ...known,
    status: 'resolved',
    isCausePresent: false,
    resolvedAt: draft.event.occurredAt,
    action: 'auto',
  })
  draft.cleared.push(key)
}

/** A blocking exception is open: no credit is planned, posted or paid out until it is dealt with. */
export function isOnHold(state: CaseState): boolean {
  for (const key in state.exceptions) {
    const exception = state.exceptions[key]
    if (exception?.status === 'open' && exception.severity === 'blocking') return true
  }
  return false
}
