import type { ConnectionId } from '@backhaul/sdk/canonical'
import type { Queryable, Tx } from './database.ts'

/** What the check of a connection came to the last time. */
export interface KeptCheck {
  readonly connectionId: ConnectionId
  readonly checkedAt: Date
  readonly isFine: boolean
  readonly account: string | null
  readonly notes: readonly string[]
  readonly code: string | null
  readonly reason: string | null
  readonly durationMs: number
  readonly credentialExpiresAt: Date | null
  /** The first of the checks in a row that failed; null when the last one did not. */
  readonly failingSince: Date | null
}

/** A connection that can be checked, as a process knows it. */
export interface Checkable {
  readonly connectionId: ConnectionId
  readonly version: number
}

const columns = `connection_id as "connectionId", checked_at as "checkedAt", is_fine as "isFine", account, notes,
  code, reason, duration_ms as "durationMs", credential_expires_at as "credentialExpiresAt",
  failing_since as "failingSince"`

/**
 * Takes connections whose check is due, by its time or because the connection has been changed, so that no
 * other process makes it. One that a process does not end is due again after `holdSeconds`.
 */
export async function takeDueChecks(
  db: Queryable,
  given: {
    readonly connections: readonly Checkable[]
    readonly limit: number
    readonly holdSeconds: number
  },
): Promise<ConnectionId[]> {
  const { rows } = await db.query<Pick<KeptCheck, 'connectionId'>>({
    name: 'take-due-checks',
    text: `with given as (
        select g."connectionId" as connection_id, g.version
        from json_to_recordset($1) as g ("connectionId" text, version int)
        join connection on connection_id = g."connectionId"),
      made as (
        insert into connection_check (connection_id, due_at, version)
        select connection_id, now() + make_interval(secs => $3), version from given
        where not exists (select from connection_check k where k.connection_id = given.connection_id)
        order by connection_id limit $2
        on conflict do nothing
        returning connection_id),
      due as (
        select k.connection_id, given.version from connection_check k join given using (connection_id)
        where k.due_at <= now() or k.version is distinct from given.version
        order by k.due_at limit $2
        for update of k skip locked),
      taken as (
        update connection_check k set due_at = now() + make_interval(secs => $3), version = due.version
        from due where k.connection_id = due.connection_id
        returning k.connection_id)
      select connection_id as "connectionId" from made
      union all select connection_id from taken`,
    values: [JSON.stringify(given.connections), given.limit, given.holdSeconds],
  })
  return rows.map(({ connectionId }) => connectionId)
}

/** The last result, held against others until the transaction ends; null for the first one. */
export async function lockCheck(tx: Tx, connectionId: string): Promise<KeptCheck | null> {
  await tx.query(
    `insert into connection_check (connection_id) select connection_id from connection where connection_id = $1
     on conflict do nothing`,
    [connectionId],
  )
  const { rows } = await tx.query<KeptCheck>(
    `select ${columns} from connection_check where connection_id = $1 for update`,
    [connectionId],
  )
  return rows.find(({ checkedAt }) => checkedAt !== null) ?? null
}

/** @param nextSeconds - until the next one. */
export async function writeCheck(
  tx: Tx,
  check: Omit<KeptCheck, 'checkedAt' | 'failingSince'>,
  nextSeconds: number,
): Promise<void> {
  const { connectionId, isFine, account, notes, code, reason } = check
  const { durationMs, credentialExpiresAt } = check
  await tx.query(
    `update connection_check set checked_at = now(), is_fine = $2, account = $3, notes = $4, code = $5, reason = $6,
       duration_ms = $7, credential_expires_at = $8, due_at = now() + make_interval(secs => $9),
       failing_since = case when $2 then null else coalesce(failing_since, now()) end
     where connection_id = $1`,
    [
      connectionId,
      isFine,
      account,
      notes,
      code,
      reason,
      durationMs,
      credentialExpiresAt,
      nextSeconds,
    ],
  )
}

/** @param connectionId - only that of one connection. */
export async function listChecks(db: Queryable, connectionId?: string): Promise<KeptCheck[]> {
  const { rows } = await db.query<KeptCheck>(
    `select ${columns} from connection_check
     where checked_at is not null and ($1::text is null or connection_id = $1) order by connection_id`,
    [connectionId ?? null],
  )
  return rows
}

/** Has the check of a connection made as soon as somebody looks: what was known of its credentials is no longer true. */
export async function makeCheckDue(db: Queryable, connectionId: string): Promise<void> {
  await db.query('update connection_check set due_at = now() where connection_id = $1', [
    connectionId,
  ])
}
