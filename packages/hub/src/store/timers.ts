import type { Tx } from './database.ts'

export interface DueTimer {
  readonly caseId: string
  readonly kind: string
  readonly key: string
  readonly dueAt: Date
}

/**
 * Takes timers whose time has come, by the database's clock. They are deleted by the transaction that
 * queues their messages; a case that still wants one sets it again.
 */
export async function takeDueTimers(tx: Tx, limit: number): Promise<DueTimer[]> {
  const { rows } = await tx.query<DueTimer>(
    `with due as (
       select case_id, kind, key from case_timer where due_at <= now() order by due_at limit $1 for update skip locked)
     delete from case_timer t using due
     where t.case_id = due.case_id and t.kind = due.kind and t.key = due.key
     returning t.case_id as "caseId", t.kind, t.key, t.due_at as "dueAt"`,
    [limit],
  )
  return rows
}
