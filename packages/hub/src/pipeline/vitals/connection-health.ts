import type { ActiveConnection } from '../../connect/active-connection.ts'
import type { ConnectionStanding } from '../../store/connection-standing.ts'
import { durationBoundsMs, type HourOfTries } from '../../store/connection-tries.ts'

/** From the worst on; a connection that somebody has stopped is not judged. */
export const healthStates = [
  'disabled',
  'paused',
  'broken',
  'down',
  'auth_expiring',
  'degraded',
  'healthy',
] as const
type HealthState = (typeof healthStates)[number]

/** Why a connection is not well. */
export const healthReasons = [
  'configuration_unusable',
  'breaker_open',
  'nothing_delivered',
  'credentials_refused',
  'credentials_expire',
  'authorization_ends',
  'check_failed',
  'tries_fail',
  'deliveries_late',
  'messages_late',
  'polls_fail',
  'asked_to_pause',
] as const
type HealthReason = (typeof healthReasons)[number]

export interface ConnectionHealth {
  readonly state: HealthState
  readonly reasons: readonly HealthReason[]
}

/** So long before credentials end, somebody has to renew them; as the exception `IT08` has it. */
const noticeMs = 14 * 86_400_000
/** Fewer tries than that say nothing about a system. */
const telling = 5
const acceptableShare = 0.95
const lateMs = 15 * 60_000

/** Judges a connection by what is known of it. */
export function healthOf(given: {
  readonly connection: ActiveConnection
  readonly standing: ConnectionStanding
  /** Of the last hours. */
  readonly tries: readonly HourOfTries[]
  readonly now: Date
}): ConnectionHealth {
  const reasons = reasonsOf(given)
  const { storedState } = given.connection
  if (storedState !== 'active') return { state: storedState, reasons }
  return { state: stateFor(reasons), reasons }
}

const down: ReadonlySet<HealthReason> = new Set(['breaker_open', 'nothing_delivered'])
const auth: ReadonlySet<HealthReason> = new Set([
  'credentials_refused',
  'credentials_expire',
  'authorization_ends',
])

function stateFor(reasons: readonly HealthReason[]): HealthState {
  if (reasons.includes('configuration_unusable')) return 'broken'
  if (reasons.some((reason) => down.has(reason))) return 'down'
  if (reasons.some((reason) => auth.has(reason))) return 'auth_expiring'
  return reasons.length === 0 ? 'healthy' : 'degraded'
}

function reasonsOf({
  connection,
  standing,
  tries,
  now,
}: Parameters<typeof healthOf>[0]): HealthReason[] {
  const recent = tries.filter(({ hour }) => now.getTime() - hour.getTime() < 2 * 3_600_000)
  const { count, successShare } = sumTries(recent)
  const isTelling = count >= telling && successShare !== null
  const isLate = (at: Date | null): boolean => at !== null && now.getTime() - at.getTime() > lateMs
  const isNear = (at: Date | null): boolean =>
    at !== null && at.getTime() - now.getTime() < noticeMs
  const isOpen = connection.state !== 'broken' && connection.breaker.state === 'open'
  const { checkCode, isCheckFine, pausedUntil } = standing
  const isRefused = isCheckFine === false && checkCode === 'AUTH_REJECTED'
  const facts: Readonly<Record<HealthReason, boolean>> = {
    configuration_unusable: connection.state === 'broken',
    breaker_open: isOpen || standing.isOpen === true,
    nothing_delivered: isTelling && successShare === 0,
    credentials_refused: isRefused,
    credentials_expire: isNear(standing.credentialExpiresAt),
    authorization_ends: isNear(standing.tokenExpiresAt),
    check_failed: isCheckFine === false && !isRefused,
    tries_fail: isTelling && successShare > 0 && successShare < acceptableShare,
    deliveries_late: isLate(standing.dueSince),
    messages_late: isLate(standing.waitingSince),
    polls_fail: standing.failingPolls > 0,
    asked_to_pause: pausedUntil !== null && pausedUntil > now,
  }
  return healthReasons.filter((reason) => facts[reason])
}

/** Tries added up: how many, how many of them came through, and how long they took. */
export interface TrySum {
  readonly count: number
  readonly delivered: number
  readonly failed: number
  /** Null where there was none. */
  readonly successShare: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

export function sumTries(hours: readonly HourOfTries[]): TrySum {
  const delivered = hours.reduce((sum, hour) => sum + hour.delivered, 0)
  const failed = hours.reduce((sum, hour) => sum + hour.retried + hour.unknown + hour.dead, 0)
  const count = delivered + failed
  const groups = Array.from({ length: durationBoundsMs.length + 1 }, (_, place) =>
    hours.reduce((sum, { durations }) => sum + (durations[place] ?? 0), 0),
  )
  return {
    count,
    delivered,
    failed,
    successShare: count === 0 ? null : delivered / count,
    p50Ms: quantile(groups, 0.5),
    p95Ms: quantile(groups, 0.95),
  }
}

/** Within a group tries are taken to lie evenly; of the last one, only that they took longer than its bound is known. */
function quantile(groups: readonly number[], share: number): number | null {
  const total = groups.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const rank = share * total
  let before = 0
  for (const [place, count] of groups.entries()) {
    if (before + count >= rank && count > 0) return within(place, (rank - before) / count)
    before += count
  }
  return durationBoundsMs.at(-1) ?? null
}

function within(place: number, share: number): number {
  const last = durationBoundsMs.length - 1
  const from = place === 0 ? 0 : (durationBoundsMs[place - 1] ?? 0)
  const to = durationBoundsMs[Math.min(place, last)] ?? from
  return Math.round(from + Math.max(0, to - from) * share)
}
