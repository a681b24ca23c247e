import { type Entity, entitySchemas, exceptionCodes } from '@backhaul/sdk/canonical'
import type { ExceptionRecord } from '../../store/exception-queries.ts'
import { iso, isoOrNull } from './common.ts'

/** An exception as the API shows it. */
export const exception = entitySchemas.exception

export function exceptionView(record: ExceptionRecord): Entity<'exception'> {
  const { exceptionId, openedAt, dueAt, resolvedAt, ...rest } = record
  const { title, actions } = exceptionCodes[record.code]
  return {
    ...rest,
    id: exceptionId,
    title,
    openedAt: iso(openedAt),
    dueAt: isoOrNull(dueAt),
    resolvedAt: isoOrNull(resolvedAt),
    actions: [...actions, 'dismiss'],
  }
}
