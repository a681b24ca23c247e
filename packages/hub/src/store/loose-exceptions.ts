import type { ExceptionCode, ExceptionQueue } from '@backhaul/sdk/canonical'
import { newId } from '../platform/ids.ts'
import type { Tx } from './database.ts'

/** Something that is wrong and belongs to no case. */
export interface LooseException {
  readonly key: string
  readonly code: ExceptionCode
  readonly object: string
  readonly severity: string
  readonly queue: ExceptionQueue
  readonly detail: string
  readonly slaMinutes: number | null
}

// The expression of the unique index, which a plain comparison would not use.
const noCase = `coalesce(case_id, '00000000-0000-0000-0000-000000000000') = '00000000-0000-0000-0000-000000000000'`

/** Opens exceptions, again where they were resolved before; one keeps its owner, and a queue that it was given. */
export async function raiseLoose(tx: Tx, raised: readonly LooseException[]): Promise<void> {
  if (raised.length === 0) return
  const rows = raised.map((one) => ({ ...one, id: newId() }))
  await tx.query({
    name: 'raise-loose-exceptions',
    text: `insert into exception (exception_id, key, code, object, severity, queue, status, detail, opened_at, due_at)
      select id, key, code, object, severity, queue, 'open', detail, now(), now() + make_interval(mins => "slaMinutes")
      from json_to_recordset($1)
        as g (id uuid, key text, code text, object text, severity text, queue text, detail text, "slaMinutes" int)
      on conflict (coalesce(case_id, '00000000-0000-0000-0000-000000000000'), key) do update
      set status = 'open', detail = excluded.detail, opened_at = excluded.opened_at, due_at = excluded.due_at,
        resolved_at = null, action = null, recurrences = exception.recurrences + 1,
        acknowledged_by = null, acknowledged_at = null, snoozed_until = null
      where exception.status = 'resolved'`,
    values: [JSON.stringify(rows)],
  })
}

/** Says anew what open exceptions are about. */
export async function restateLoose(
  tx: Tx,
  stated: readonly Pick<LooseException, 'key' | 'detail'>[],
): Promise<void> {
  if (stated.length === 0) return
  await tx.query({
    name: 'restate-loose-exceptions',
    text: `update exception e set detail = g.detail
      from json_to_recordset($1) as g (key text, detail text)
      where ${noCase} and e.key = g.key and e.status = 'open'`,
    values: [JSON.stringify(stated)],
  })
}

/** Resolves exceptions whose cause is gone. */
export async function clearLoose(tx: Tx, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  await tx.query({
    name: 'clear-loose-exceptions',
    text: `update exception set status = 'resolved', resolved_at = now(), action = 'auto'
      where ${noCase} and key = any ($1) and status = 'open'`,
    values: [keys],
  })
}

/** What a person does to an exception that belongs to no case; left alone where undefined. */
export interface LooseWork {
  readonly owner?: string | null | undefined
  readonly queue?: ExceptionQueue | undefined
  /** By which action it was dealt with; null: it was not, after all. */
  readonly action?: string | null | undefined
}

/** @returns whether that changed anything. */
export async function workLoose(
  tx: Tx,
  exceptionId: string,
  { owner, queue, action }: LooseWork,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update exception set
       owner = case when $2 then $3 else owner end,
       queue = coalesce($4, queue),
       status = case when not $5 then status when $6::text is null then 'open' else 'resolved' end,
       resolved_at = case when not $5 then resolved_at when $6::text is null then null else now() end,
       action = case when $5 then $6 else action end,
       recurrences = recurrences + (case when $5 and $6::text is null then 1 else 0 end)
     where exception_id = $1 and case_id is null
       and (not $5 or status = case when $6::text is null then 'resolved' else 'open' end)`,
    [
      exceptionId,
      owner !== undefined,
      owner ?? null,
      queue ?? null,
      action !== undefined,
      action ?? null,
    ],
  )
  return rowCount === 1
}
