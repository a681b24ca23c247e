import type { Queryable, Tx } from './database.ts'
import type { PersonRole } from './users.ts'

/** Somebody's stay, from signing in to its end. */
export interface UserSession {
  readonly sessionId: string
  readonly userId: string
  readonly createdAt: Date
  /** To within a minute. */
  readonly lastSeenAt: Date
  readonly expiresAt: Date
  readonly endedAt: Date | null
  readonly address: string
  readonly userAgent: string
}

/** A session as a request is checked against it, with whose it is. */
export interface StoredSession extends UserSession {
  /** SHA-256 of the secret, 32 bytes. */
  readonly secretHash: Buffer
  readonly email: string
  readonly name: string
  readonly role: PersonRole
  readonly language: string | null
  readonly mustChangePassword: boolean
  readonly disabledAt: Date | null
}

const columns = `s.session_id as "sessionId", s.user_id as "userId", s.created_at as "createdAt",
  s.last_seen_at as "lastSeenAt", s.expires_at as "expiresAt", s.ended_at as "endedAt", s.address,
  s.user_agent as "userAgent"`

export async function insertSession(
  tx: Tx,
  session: Omit<UserSession, 'lastSeenAt' | 'endedAt'> & { readonly secretHash: Buffer },
): Promise<void> {
  const { sessionId, secretHash, userId, createdAt, expiresAt, address, userAgent } = session
  await tx.query(
    `insert into user_session (session_id, secret_hash, user_id, created_at, last_seen_at, expires_at,
       address, user_agent)
     values ($1, $2, $3, $4, $4, $5, $6, $7)`,
    [sessionId, secretHash, userId, createdAt, expiresAt, address, userAgent],
  )
}

/** With its hash and its person, whether it is still good or not. */
export async function findSession(db: Queryable, sessionId: string): Promise<StoredSession | null> {
  const { rows } = await db.query<StoredSession>({
    name: 'find-session',
    text: `select ${columns}, s.secret_hash as "secretHash", u.email, u.name, u.role, u.language,
        u.must_change_password as "mustChangePassword", u.disabled_at as "disabledAt"
      from user_session s join user_account u using (user_id) where s.session_id = $1`,
    values: [sessionId],
  })
  return rows[0] ?? null
}

/** Ends sessions of one person: one of them, or all but one. @returns the ids of those that ended now. */
export async function endSessions(
  tx: Tx,
  given: { readonly userId: string; readonly at: Date } & (
    | { readonly sessionId: string }
    | { readonly except: string | null }
  ),
): Promise<string[]> {
  const [one, except] = 'sessionId' in given ? [given.sessionId, null] : [null, given.except]
  const { rows } = await tx.query<{ sessionId: string }>(
    `update user_session set ended_at = $2
     where user_id = $1 and ended_at is null and ($3::text is null or session_id = $3)
       and ($4::text is null or session_id <> $4)
     returning session_id as "sessionId"`,
    [given.userId, given.at, one, except],
  )
  return rows.map(({ sessionId }) => sessionId)
}

/** Somebody's sessions that have not ended, the newest first. */
export async function listSessions(
  db: Queryable,
  { userId, now }: { readonly userId: string; readonly now: Date },
): Promise<UserSession[]> {
  const { rows } = await db.query<UserSession>(
    `select ${columns} from user_session s
     where user_id = $1 and ended_at is null and expires_at > $2 order by created_at desc limit 200`,
    [userId, now],
  )
  return rows
}

/** Notes that sessions were used. Rows that somebody else writes at this moment are left for the next time. */
export async function touchSessions(db: Queryable, sessionIds: readonly string[]): Promise<void> {
  if (sessionIds.length === 0) return
  await db.query(
    `update user_session s set last_seen_at = now()
     from (select session_id from user_session where session_id = any ($1) order by session_id
       for update skip locked) used
     where s.session_id = used.session_id`,
    [sessionIds],
  )
}

/** Forgets sessions and failures to sign in that say nothing any more, a few thousand at a time. */
export async function purgeSessions(db: Queryable): Promise<number> {
  const { rowCount: sessions } = await db.query(
    `delete from user_session where ctid = any (array(
       select ctid from user_session where expires_at < now() - interval '30 days' limit 5000))`,
  )
  const { rowCount: failures } = await db.query(
    `delete from sign_in_failure where ctid = any (array(
       select ctid from sign_in_failure where last_at < now() - interval '1 day' limit 5000))`,
  )
  return (sessions ?? 0) + (failures ?? 0)
}
