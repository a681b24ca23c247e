import type { UserRole } from '@backhaul/sdk/canonical'
import type { Queryable, Tx } from './database.ts'

export const bulkStates = ['planned', 'running', 'canceling', 'canceled', 'done'] as const
type BulkState = (typeof bulkStates)[number]

export const bulkItemStates = [
  'waiting',
  'working',
  'done',
  'failed',
  'excluded',
  'canceled',
] as const
export type BulkItemState = (typeof bulkItemStates)[number]

/** An action on many things, and how far it has come. */
export interface BulkOperation {
  readonly operationId: string
  readonly kind: string
  /** As it was asked for. */
  readonly request: unknown
  readonly state: BulkState
  readonly actor: string
  readonly role: UserRole
  /** More would have fitted than one operation takes. */
  readonly isCut: boolean
  /** Items that are to be done. */
  readonly total: number
  /** Items that fitted and were left out, each for a reason. */
  readonly excluded: number
  readonly done: number
  readonly failed: number
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
}

/** One thing that an operation is about. */
export interface BulkItem {
  /** From 1. */
  readonly itemNo: number
  readonly target: string
  readonly label: string
  readonly state: BulkItemState
  readonly code: string | null
  readonly detail: string | null
  readonly endedAt: Date | null
}

/** What a plan says of one thing: it is to be done, or left out with a code and a sentence. */
export type PlannedItem = Pick<BulkItem, 'target' | 'label'> & {
  readonly excluded?: { readonly code: string; readonly detail: string } | undefined
}

const columns = `operation_id as "operationId", kind, request, state, actor, role, is_cut as "isCut", total, excluded, done,
  failed, created_at as "createdAt", started_at as "startedAt", ended_at as "endedAt"`
const itemColumns = `item_no as "itemNo", target, label, state, code, detail, ended_at as "endedAt"`

/** Writes a plan down, with its items in their order. */
export async function insertBulk(
  tx: Tx,
  plan: Pick<BulkOperation, 'operationId' | 'kind' | 'request' | 'actor' | 'role' | 'isCut'> & {
    readonly items: readonly PlannedItem[]
  },
): Promise<BulkOperation> {
  const { operationId, kind, request, actor, role, isCut, items } = plan
  const excluded = items.filter((item) => item.excluded !== undefined).length
  const { rows } = await tx.query<BulkOperation>(
    `insert into bulk_operation (operation_id, kind, request, state, actor, role, is_cut, total, excluded)
     values ($1, $2, $3, 'planned', $4, $5, $6, $7, $8) returning ${columns}`,
    [
      operationId,
      kind,
      JSON.stringify(request),
      actor,
      role,
      isCut,
      items.length - excluded,
      excluded,
    ],
  )
  await tx.query(
    `insert into bulk_item (operation_id, item_no, target, label, state, code, detail)
     select $1, g.no, g.target, g.label, case when g.code is null then 'waiting' else 'excluded' end, g.code, g.detail
     from json_to_recordset($2) as g (no int, target text, label text, code text, detail text)`,
    [
      operationId,
      JSON.stringify(
        items.map(({ target, label, excluded: out }, index) => ({
          no: index + 1,
          target,
          label,
          code: out?.code ?? null,
          detail: out?.detail ?? null,
        })),
      ),
    ],
  )
  return only(rows)
}

export async function findBulk(db: Queryable, operationId: string): Promise<BulkOperation | null> {
  const { rows } = await db.query<BulkOperation>(
    `select ${columns} from bulk_operation where operation_id = $1`,
    [operationId],
  )
  return rows[0] ?? null
}

/** Where a list of operations goes on. */
export interface BulkPlace {
  readonly createdAt: Date
  readonly operationId: string
}

/** Operations, the newest first; those of one person, or of all. */
export async function listBulk(
  db: Queryable,
  page: {
    readonly actor?: string | undefined
    readonly after?: BulkPlace | undefined
    readonly limit: number
  },
): Promise<BulkOperation[]> {
  const { actor, after, limit } = page
  const values: unknown[] = [
    after?.createdAt ?? 'infinity',
    after?.operationId ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
    limit,
  ]
  if (actor !== undefined) values.push(actor)
  const { rows } = await db.query<BulkOperation>(
    `select ${columns} from bulk_operation
     where (created_at, operation_id) < ($1::timestamptz, $2::uuid) ${actor === undefined ? '' : 'and actor = $4'}
     order by created_at desc, operation_id desc limit $3`,
    values,
  )
  return rows
}

/** Items of an operation in their order, after the one given. */
export async function listBulkItems(
  db: Queryable,
  page: {
    readonly operationId: string
    readonly state?: BulkItemState | undefined
    readonly after?: number | undefined
    readonly limit: number
  },
): Promise<BulkItem[]> {
  const { operationId, state, after = 0, limit } = page
  const values: unknown[] = [operationId, after, limit]
  if (state !== undefined) values.push(state)
  const { rows } = await db.query<BulkItem>(
    `select ${itemColumns} from bulk_item
     where operation_id = $1 and item_no > $2 ${state === undefined ? '' : 'and state = $4'}
     order by item_no limit $3`,
    values,
  )
  return rows
}

/** Lets a planned operation begin, with the rights of now. @returns null where it is not planned (any more). */
export async function startBulk(
  tx: Tx,
  { operationId, role }: { readonly operationId: string; readonly role: UserRole },
): Promise<BulkOperation | null> {
  const { rows } = await tx.query<BulkOperation>(
    `update bulk_operation set state = 'running', started_at = now(), role = $2
     where operation_id = $1 and state = 'planned' returning ${columns}`,
    [operationId, role],
  )
  return rows[0] ?? null
}

/** Asks a running operation to end, or ends one that has not begun. @returns null where it has ended. */
export async function cancelBulk(tx: Tx, operationId: string): Promise<BulkOperation | null> {
  const { rows } = await tx.query<BulkOperation>(
    `update bulk_operation set state = case when state = 'planned' then 'canceled' else 'canceling' end,
       ended_at = case when state = 'planned' then now() end
     where operation_id = $1 and state in ('planned', 'running', 'canceling') returning ${columns}`,
    [operationId],
  )
  return rows[0] ?? null
}

/**
 * Takes the operation that has waited longest and that nobody works on, or whose process has said nothing for the
 * length of its lease; or goes on with the one that this process has.
 */
export async function leaseBulk(
  db: Queryable,
  { nodeId, seconds }: { readonly nodeId: string; readonly seconds: number },
): Promise<BulkOperation | null> {
  const { rows } = await db.query<BulkOperation>(
    `update bulk_operation set leased_by = $1, leased_until = now() + make_interval(secs => $2)
     where operation_id = (
       select operation_id from bulk_operation
       where state in ('running', 'canceling') and (leased_by is null or leased_by = $1 or leased_until < now())
       order by started_at limit 1 for update skip locked)
     returning ${columns}`,
    [nodeId, seconds],
  )
  return rows[0] ?? null
}

/** An item that is to be done now; `isAgain` where a process may have done it, and has not said so. */
export type TakenItem = Pick<BulkItem, 'itemNo' | 'target' | 'label'> & {
  readonly isAgain: boolean
}

/**
 * Takes the next items of an operation that this process has, those first that another one had begun.
 *
 * @returns none where the lease is lost.
 */
export async function takeBulkItems(
  db: Queryable,
  given: { readonly operationId: string; readonly nodeId: string; readonly limit: number },
): Promise<TakenItem[]> {
  const { operationId, nodeId, limit } = given
  const { rows } = await db.query<TakenItem>(
    `with held as (
       select operation_id from bulk_operation
       where operation_id = $1 and leased_by = $2 and leased_until > now()),
     next as (
       select i.item_no, i.state from held join bulk_item i using (operation_id)
       where i.state in ('working', 'waiting') order by i.state desc, i.item_no limit $3)
     update bulk_item i set state = 'working' from next
     where i.operation_id = $1 and i.item_no = next.item_no
     returning i.item_no as "itemNo", i.target, i.label, next.state = 'working' as "isAgain"`,
    [operationId, nodeId, limit],
  )
  return rows.toSorted((a, b) => a.itemNo - b.itemNo)
}

/** Says how an item ended, and counts it. An item that has ended already is left as it is. */
export async function endBulkItem(
  db: Queryable,
  end: {
    readonly operationId: string
    readonly itemNo: number
    readonly state: 'done' | 'failed'
    readonly code: string | null
    readonly detail: string | null
  },
): Promise<void> {
  const { operationId, itemNo, state, code, detail } = end
  await db.query(
    `with ended as (
       update bulk_item set state = $3, code = $4, detail = $5, ended_at = now()
       where operation_id = $1 and item_no = $2 and state = 'working' returning state)
     update bulk_operation o set
       done = done + (select count(*) from ended where state = 'done'),
       failed = failed + (select count(*) from ended where state = 'failed')
     where o.operation_id = $1`,
    [operationId, itemNo, state, code, detail],
  )
}

/** Ends an operation of which nothing is left to do, or that was called off: what waits is not done any more. */
export async function endBulk(
  db: Queryable,
  { operationId, state }: { readonly operationId: string; readonly state: 'done' | 'canceled' },
): Promise<void> {
  await db.query(
    `with ended as (
       update bulk_operation set state = $2, ended_at = now(), leased_by = null, leased_until = null
       where operation_id = $1 and state in ('running', 'canceling') returning operation_id)
     update bulk_item i set state = 'canceled', ended_at = now()
     from ended where i.operation_id = ended.operation_id and i.state = 'waiting'`,
    [operationId, state],
  )
}

/** Forgets operations that ended long ago, and plans that nobody has begun. @returns how many. */
export async function purgeBulk(
  db: Queryable,
  { endedDays, plannedDays }: { readonly endedDays: number; readonly plannedDays: number },
): Promise<number> {
  const { rowCount } = await db.query(
    `delete from bulk_operation where operation_id in (
       select operation_id from bulk_operation
       where created_at < now() - make_interval(days => $2)
         and (state = 'planned' or ended_at < now() - make_interval(days => $1))
       order by created_at limit 100)`,
    [endedDays, plannedDays],
  )
  return rowCount ?? 0
}

function only<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('a row that was written was not returned')
  return row
}
