import type { Queryable, Tx } from './database.ts'

/** How often somebody has failed to sign in lately, counting the try that is being made. */
interface SignInTry {
  readonly failures: number
  /** Until then no try is looked at; null where the next one may be made. */
  readonly lockedUntil: Date | null
}

/** After so long without a failure, counting begins anew. */
const forgottenAfter = '1 hour'

/**
 * Counts a try as failed before its password is looked at, so that many at the same moment are many. While it is
 * locked, nothing is counted: whoever waits long enough has a try.
 *
 * @returns the lock that stands in the way of this try, or null.
 */
export async function countTry(
  tx: Tx,
  given: {
    readonly whoDigest: Buffer
    readonly now: Date
    /** How long a number of failures locks, in seconds; 0 for not at all. */
    readonly lockSeconds: (failures: number) => number
  },
): Promise<Date | null> {
  const { whoDigest, now, lockSeconds } = given
  await tx.query(
    `insert into sign_in_failure (who_digest, failures, last_at) values ($1, 0, $2)
     on conflict (who_digest) do update set
       failures = case when sign_in_failure.last_at < $2::timestamptz - interval '${forgottenAfter}' then 0
         else sign_in_failure.failures end`,
    [whoDigest, now],
  )
  const { rows } = await tx.query<SignInTry>(
    `select failures, locked_until as "lockedUntil" from sign_in_failure where who_digest = $1 for update`,
    [whoDigest],
  )
  const { failures = 0, lockedUntil = null } = rows[0] ?? {}
  if (lockedUntil !== null && lockedUntil > now) return lockedUntil
  const seconds = lockSeconds(failures + 1)
  await tx.query(
    `update sign_in_failure set failures = failures + 1, last_at = $2, locked_until = $3 where who_digest = $1`,
    [whoDigest, now, seconds === 0 ? null : new Date(now.getTime() + seconds * 1000)],
  )
  return null
}

/** After a try that was right. */
export async function forgetTries(db: Queryable, whoDigest: Buffer): Promise<void> {
  await db.query('delete from sign_in_failure where who_digest = $1', [whoDigest])
}
