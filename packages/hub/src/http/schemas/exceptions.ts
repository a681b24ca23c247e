import {
  connectionId,
  entitySchemas,
  exceptionCodes,
  exceptionQueues,
  money,
} from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { formatGroup } from '../../pipeline/exception-notes.ts'
import { HubError } from '../../platform/errors.ts'
import type { ExceptionGroup, GroupKey } from '../../store/exception-groups.ts'
import { type ExceptionRecord, exceptionStates } from '../../store/exception-queries.ts'
import { amounts } from './amounts.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull } from './common.ts'

const noteFields = {
  state: z
    .enum(exceptionStates)
    .describe('As people look at it: ignored was dismissed, snoozed shows up again by itself.'),
  acknowledgedBy: textOrNull,
  snoozedUntil: timeOrNull,
  connectionId: textOrNull.describe('Of the delivery that it is about.'),
  group: text.describe('Its cause, which others may share.'),
}

/** An exception as the API shows it. */
export const exception = entitySchemas.exception.extend(noteFields).meta({
  id: 'WorkedException',
  description: 'Something that is wrong, and what people made of it.',
})

export function exceptionView(record: ExceptionRecord): z.infer<typeof exception> {
  const { exceptionId, openedAt, dueAt, resolvedAt, snoozedUntil, ...rest } = record
  const { title, actions } = exceptionCodes[record.code]
  const about = record.object.split(':', 1)[0] ?? ''
  return {
    ...rest,
    id: exceptionId,
    title,
    openedAt: iso(openedAt),
    dueAt: isoOrNull(dueAt),
    resolvedAt: isoOrNull(resolvedAt),
    snoozedUntil: isoOrNull(snoozedUntil),
    group: formatGroup({ code: record.code, about, connectionId: record.connectionId }),
    actions: [...actions, 'dismiss'],
  }
}

export const exceptionGroup = z
  .object({
    group: text,
    code: exception.shape.code,
    title: text,
    about: text.describe('What its exceptions are about: case, line, delivery, …'),
    connectionId: textOrNull,
    severity: exception.shape.severity,
    queues: z.array(z.enum(exceptionQueues)),
    count: z.int(),
    acknowledged: z.int(),
    snoozed: z.int(),
    overdue: z.int(),
    returns: z.int().describe('How many returns have one.'),
    money: z.array(money).describe('What was invoiced for these returns, by currency.'),
    firstAt: time,
    lastAt: time,
    dueAt: timeOrNull.describe('When the first is due.'),
    detail: textOrNull.describe('Of the newest.'),
    trend: z
      .array(z.int())
      .describe('How many were opened on each of the last 14 days, today last.'),
    actions: z.array(text).describe('How they can be resolved.'),
  })
  .meta({ id: 'ExceptionGroup', description: 'Open exceptions that have one cause.' })

export function exceptionGroupView(found: ExceptionGroup): z.infer<typeof exceptionGroup> {
  const { title, actions } = exceptionCodes[found.code]
  return {
    ...found,
    group: formatGroup(found),
    title,
    queues: [...found.queues],
    money: found.money.map(({ currency, minor }) => amounts(currency).amount(minor)),
    firstAt: iso(found.firstAt),
    lastAt: iso(found.lastAt),
    dueAt: isoOrNull(found.dueAt),
    trend: [...found.trend],
    actions: [...actions, 'dismiss'],
  }
}

const groupParts = z.tuple([
  exception.shape.code,
  z.string().max(64),
  connectionId.or(z.literal('-')),
])

/** Reads what `formatGroup` wrote. @throws {HubError} NOT_FOUND for anything else. */
export function readGroup(name: string): GroupKey {
  const read = groupParts.safeParse(name.split('.', 3))
  if (!read.success) throw new HubError('NOT_FOUND', 'There is no such group.')
  const [code, about, connection] = read.data
  return { code, about, connectionId: connection === '-' ? null : connection }
}
