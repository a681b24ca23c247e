import type { ExceptionCode, ExceptionQueue } from '@backhaul/sdk/canonical'
import type { Queryable } from './database.ts'
import { aboutSql, deadOf } from './exception-groups.ts'

/** Something that is wrong with a case, and that somebody looks after. */
export interface ExceptionRecord {
  readonly exceptionId: string
  readonly caseId: string | null
  readonly caseNo: string | null
  /** Names it within its case, over all its recurrences. */
  readonly key: string
  readonly code: ExceptionCode
  readonly object: string
  readonly severity: 'blocking' | 'warning' | 'info'
  readonly queue: ExceptionQueue
  readonly owner: string | null
  readonly status: 'open' | 'resolved'
  readonly detail: string | null
  readonly openedAt: Date
  readonly dueAt: Date | null
  readonly resolvedAt: Date | null
  /** How it was resolved. */
  readonly action: string | null
  readonly recurrences: number
  readonly state: ExceptionState
  readonly acknowledgedBy: string | null
  readonly snoozedUntil: Date | null
  /** The connection of the delivery that it is about. */
  readonly connectionId: string | null
}

/** As people look at it: `ignored` was dismissed, and `snoozed` shows up again by itself. */
export const exceptionStates = ['open', 'acknowledged', 'snoozed', 'resolved', 'ignored'] as const
type ExceptionState = (typeof exceptionStates)[number]

export interface ExceptionFilter {
  readonly status?: ExceptionRecord['status'] | undefined
  readonly queue?: string | undefined
  readonly code?: string | undefined
  readonly owner?: string | undefined
  readonly caseId?: string | undefined
  readonly dueFrom?: Date | undefined
  readonly dueBefore?: Date | undefined
  readonly openedFrom?: Date | undefined
  readonly state?: ExceptionState | undefined
  readonly connectionId?: string | undefined
  /** What it is about, without which one: `delivery`, `line`, `case`. */
  readonly about?: string | undefined
}

const stateSql = `case when e.status = 'resolved' then case when e.action = 'dismiss' then 'ignored' else 'resolved' end
  when e.snoozed_until > now() then 'snoozed' when e.acknowledged_at is not null then 'acknowledged' else 'open' end`

const columns = `e.exception_id as "exceptionId", e.case_id as "caseId", c.case_no as "caseNo", e.key, e.code, e.object, e.severity,
  e.queue, e.owner, e.status, e.detail, e.opened_at as "openedAt", e.due_at as "dueAt", e.resolved_at as "resolvedAt",
  e.action, e.recurrences, ${stateSql} as state, e.acknowledged_by as "acknowledgedBy", e.snoozed_until as "snoozedUntil",
  x.connection_id as "connectionId"`

const joins = `left join return_case c on c.case_id = e.case_id
  left join outbox_dead x on ${deadOf}`

/** Exceptions, the newest first, before the one with the id `before`. */
export async function listExceptions(
  db: Queryable,
  filter: ExceptionFilter & { readonly before?: string | undefined; readonly limit: number },
): Promise<ExceptionRecord[]> {
  const values: unknown[] = []
  const conditions: string[] = []
  const add = (condition: string, value: unknown): void => {
    values.push(value)
    conditions.push(condition.replace('$', `$${values.length}`))
  }
  // Written out, so that the partial indexes on open exceptions are seen to fit.
  if (filter.status !== undefined) conditions.push(`e.status = '${statusText[filter.status]}'`)
  addStates(conditions, filter.state)
  if (filter.connectionId !== undefined) add('x.connection_id = $', filter.connectionId)
  if (filter.about !== undefined) add(`${aboutSql} = $`, filter.about)
  if (filter.queue !== undefined) add('e.queue = $', filter.queue)
  if (filter.code !== undefined) add('e.code = $', filter.code)
  if (filter.owner !== undefined) add('e.owner = $', filter.owner)
  // The expression of the unique index, which a plain comparison would not use.
  if (filter.caseId !== undefined) {
    add(`coalesce(e.case_id, '00000000-0000-0000-0000-000000000000') = $`, filter.caseId)
  }
  if (filter.dueFrom !== undefined) add('e.due_at >= $', filter.dueFrom)
  if (filter.dueBefore !== undefined) add('e.due_at < $', filter.dueBefore)
  if (filter.openedFrom !== undefined) add('e.opened_at >= $', filter.openedFrom)
  add('e.exception_id < $', filter.before ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  values.push(filter.limit)
  const { rows } = await db.query<ExceptionRecord>(
    `select ${columns} from exception e ${joins}
     where ${conditions.join(' and ')} order by e.exception_id desc limit $${values.length}`,
    values,
  )
  return rows
}

function addStates(conditions: string[], state: ExceptionState | undefined): void {
  if (state === undefined) return
  const isOver = state === 'resolved' || state === 'ignored'
  conditions.push(isOver ? `e.status = 'resolved'` : `e.status = 'open'`)
  conditions.push(`${stateSql} = '${state}'`)
}

const statusText = { open: 'open', resolved: 'resolved' } as const

export async function findException(
  db: Queryable,
  exceptionId: string,
): Promise<ExceptionRecord | null> {
  const { rows } = await db.query<ExceptionRecord>(
    `select ${columns} from exception e ${joins} where e.exception_id = $1`,
    [exceptionId],
  )
  return rows[0] ?? null
}

/** Everything that was ever wrong with a case, open things first. */
export async function listCaseExceptions(
  db: Queryable,
  caseId: string,
): Promise<ExceptionRecord[]> {
  const { rows } = await db.query<ExceptionRecord>(
    `select ${columns} from exception e ${joins}
     where coalesce(e.case_id, '00000000-0000-0000-0000-000000000000') = $1
     order by e.status, e.opened_at, e.key`,
    [caseId],
  )
  return rows
}
