import type { ConnectionVitals } from './connection-tries.ts'
import type { Queryable } from './database.ts'

/** What the tables say of a connection, beside its set-up and its tries. */
export interface ConnectionStanding
  extends Omit<ConnectionVitals, 'seenBy' | 'isOpen' | 'failures'> {
  readonly seenAt: Date | null
  readonly seenBy: string | null
  readonly isOpen: boolean | null
  readonly failures: number | null
  readonly isCheckFine: boolean | null
  readonly checkCode: string | null
  readonly checkReason: string | null
  readonly checkedAt: Date | null
  readonly credentialExpiresAt: Date | null
  /** Of the token with which others are got; without it a person has to authorize the hub anew. */
  readonly tokenExpiresAt: Date | null
  readonly tokenFailures: number
  /** Messages of it that wait for the processor, up to `countLimit`, and since when. */
  readonly waiting: number
  readonly waitingSince: Date | null
  readonly parked: number
  readonly lastReceivedAt: Date | null
  /** Polls that failed the last time, and how long ago the worst of them had been read to its end. */
  readonly failingPolls: number
  readonly pollLagSeconds: number | null
  /** Deliveries that have not ended, dead ones, and since when the first of those that are due is so. */
  readonly pending: number
  readonly dead: number
  readonly dueSince: Date | null
}

const countLimit = 10_000
/** A connection that has received nothing for so long has been quiet. */
const receivedDays = 7

/** How connections stand, by id: all of them, or one. Every part reads a table that is small, or an index from its end. */
export async function listStandings(
  db: Queryable,
  connectionId?: string,
): Promise<ConnectionStanding[]> {
  const { rows } = await db.query<ConnectionStanding>(
    `with waiting as (
       select connection_id, count(*)::int as count, min(received_at) as since
       from (select connection_id, received_at from inbox_ready order by ready_id limit ${countLimit}) r group by connection_id)
     select c.connection_id as "connectionId", v.seen_at as "seenAt", v.seen_by as "seenBy", v.is_open as "isOpen",
       v.failures, v.next_probe_at as "nextProbeAt", v.paused_until as "pausedUntil", v.allowance_left as "allowanceLeft",
       v.allowance_limit as "allowanceLimit", v.allowance_resets_at as "allowanceResetsAt",
       v.last_tried_at as "lastTriedAt", v.last_delivered_at as "lastDeliveredAt",
       k.is_fine as "isCheckFine", k.code as "checkCode", k.reason as "checkReason", k.checked_at as "checkedAt",
       k.credential_expires_at as "credentialExpiresAt", o.refresh_expires_at as "tokenExpiresAt",
       coalesce(o.failures, 0) as "tokenFailures", coalesce(w.count, 0) as waiting, w.since as "waitingSince",
       (select count(*)::int from (select from parked_message p where p.connection_id = c.connection_id
          order by p.message_id limit ${countLimit}) counted) as parked,
       (select m.received_at from inbox_message m
        where m.connection_id = c.connection_id and m.received_at > now() - interval '${receivedDays} days'
        order by m.message_id desc limit 1) as "lastReceivedAt",
       (select count(*)::int from poll_cursor p where p.connection_id = c.connection_id and p.state = 'failed') as "failingPolls",
       (select extract(epoch from now() - min(coalesce(p.run_ended_at, p.run_started_at)))::float8
        from poll_cursor p where p.connection_id = c.connection_id and p.state <> 'waiting') as "pollLagSeconds",
       (select count(*)::int from (
          select from outbox_ready r where r.connection_id = c.connection_id
          order by r.case_id, r.delivery_no limit ${countLimit}) counted) as pending,
       (select count(*)::int from (
          select from outbox_dead x where x.connection_id = c.connection_id
          order by x.case_id, x.delivery_no limit ${countLimit}) counted) as dead,
       (select r.due_at from outbox_ready r
        where r.connection_id = c.connection_id and r.lease_node is null and r.due_at <= now()
        order by r.due_at limit 1) as "dueSince"
     from connection c
     left join connection_vitals v on v.connection_id = c.connection_id
     left join connection_check k on k.connection_id = c.connection_id and k.checked_at is not null
     left join oauth_token o on o.connection_id = c.connection_id
     left join waiting w on w.connection_id = c.connection_id
     where $1::text is null or c.connection_id = $1
     order by c.connection_id`,
    [connectionId ?? null],
  )
  return rows
}
