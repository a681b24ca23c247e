import type { HubProcess } from '../../store/processes.ts'

/** What is looked at, in the order in which it is told. */
export const systemChecks = [
  'processes',
  'database_connections',
  'disk',
  'partitions',
  'migrations',
  'clocks',
  'event_loop',
  'messages',
  'deliveries',
  'timers',
  'dead_letters',
  'parked_messages',
  'polls',
  'audit_anchor',
  'configuration',
] as const
export type SystemCheckName = (typeof systemChecks)[number]

/** How one thing stands. `runbook` is the name of a page in `docs/runbooks`; null where there is none. */
export interface SystemCheck {
  readonly name: SystemCheckName
  readonly state: 'ok' | 'warning' | 'critical'
  /** The figure that decided, as text that people read. */
  readonly detail: string
  /** What `detail` says, to be said in another language: counts, seconds, times. */
  readonly figures: Figures
  readonly runbook: string | null
}

/** What is known of the whole. */
export interface SystemFacts {
  readonly now: Date
  readonly processes: readonly HubProcess[]
  readonly connections: number
  readonly connectionsAtMost: number
  readonly daysAhead: number
  readonly pendingMigrations: number
  readonly messages: number
  readonly oldestMessageSeconds: number | null
  readonly oldestDueSeconds: number | null
  readonly lateTimers: number
  readonly dead: number
  readonly parked: number
  readonly failingPolls: number
  readonly lastAnchorAt: Date | null
  readonly findings: number
}

type Figures = Readonly<Record<string, number | string | null>>

type Judged = readonly [state: SystemCheck['state'], detail: string, figures: Figures]

const runbooks: Readonly<Partial<Record<SystemCheckName, string>>> = {
  disk: 'disk-full',
  database_connections: 'database-unavailable',
  dead_letters: 'dead-letters',
  parked_messages: 'parked-messages',
  polls: 'poll-behind',
  audit_anchor: 'audit-broken',
}

/** Roles without which nothing goes on. */
const neededRoles = ['ingest', 'process', 'deliver', 'tick'] as const
const minuteSeconds = 60

/** Pure: says of each thing whether somebody has to look at it. */
export function judgeSystem(facts: SystemFacts): SystemCheck[] {
  return systemChecks.map((name) => {
    const [state, detail, figures] = judges[name](facts)
    return {
      name,
      state,
      detail,
      figures,
      runbook: state === 'ok' ? null : (runbooks[name] ?? null),
    }
  })
}

const judges: Readonly<Record<SystemCheckName, (facts: SystemFacts) => Judged>> = {
  processes: ({ processes }) => judgeProcesses(processes),
  database_connections: ({ connections, connectionsAtMost }) =>
    above(connections / connectionsAtMost, [0.8, 0.95], {
      detail: `${connections} of ${connectionsAtMost}`,
      figures: { used: connections, atMost: connectionsAtMost },
    }),
  disk: ({ processes }) => judgeDisk(processes),
  partitions: ({ daysAhead }) => below(daysAhead, [3, 1], counted(daysAhead, 'days ahead')),
  migrations: ({ pendingMigrations: count }) => above(count, minded, counted(count, 'pending')),
  clocks: ({ processes }) => {
    const off = most(processes.map(({ clockAheadMs }) => Math.abs(clockAheadMs ?? 0)))
    return above(off, [2_000, 60_000], { detail: `${off} ms`, figures: { ms: off } })
  },
  event_loop: ({ processes }) => {
    const delay = most(processes.map(({ loopDelayMs }) => loopDelayMs ?? 0))
    return above(delay, [500, 5_000], { detail: `${delay} ms`, figures: { ms: delay } })
  },
  messages: ({ messages, oldestMessageSeconds }) =>
    late(oldestMessageSeconds, [minuteSeconds, 15 * minuteSeconds], counted(messages, 'waiting, ')),
  deliveries: ({ oldestDueSeconds }) =>
    late(oldestDueSeconds, [5 * minuteSeconds, 60 * minuteSeconds], { detail: '', figures: {} }),
  timers: ({ lateTimers }) => above(lateTimers, minded, counted(lateTimers, 'late')),
  dead_letters: ({ dead }) => above(dead, minded, counted(dead, '')),
  parked_messages: ({ parked }) => above(parked, minded, counted(parked, '')),
  polls: ({ failingPolls }) => above(failingPolls, minded, counted(failingPolls, 'failing')),
  audit_anchor: ({ lastAnchorAt, now }) => judgeAnchor(lastAnchorAt, now),
  configuration: ({ findings }) => above(findings, minded, counted(findings, 'findings')),
}

function judgeProcesses(processes: readonly HubProcess[]): Judged {
  const beating = processes.filter(({ isSilent }) => !isSilent)
  const silent = processes.length - beating.length
  // One that has just begun has not said its roles yet.
  const areAllSaid = beating.every(({ roles }) => roles.length > 0)
  const missing = neededRoles.filter((role) => !beating.some(({ roles }) => roles.includes(role)))
  const figures = { running: beating.length, silent }
  if (beating.length === 0) return ['critical', 'none', figures]
  if (areAllSaid && missing.length > 0) {
    const list = missing.join(', ')
    return ['critical', `nobody does ${list}`, { ...figures, missing: list }]
  }
  const detail = `${beating.length} running, ${silent} silent`
  return [silent > 0 ? 'warning' : 'ok', detail, figures]
}

const smallDiskBytes = 2_000_000_000

function judgeDisk(processes: readonly HubProcess[]): Judged {
  const known = processes.flatMap(({ diskFreeBytes, diskTotalBytes }) =>
    diskFreeBytes === null || diskTotalBytes === null || diskTotalBytes === 0
      ? []
      : [{ free: diskFreeBytes, share: diskFreeBytes / diskTotalBytes }],
  )
  const worst = known.toSorted((a, b) => a.share - b.share)[0]
  if (worst === undefined) return ['ok', 'not known', {}]
  const { free, share } = worst
  const figures = { freeGb: Math.round(free / 1e8) / 10, percent: Math.round(share * 100) }
  const detail = `${figures.freeGb.toFixed(1)} GB free, ${figures.percent} %`
  if (share < 0.02 || free < smallDiskBytes / 10) return ['critical', detail, figures]
  return [share < 0.1 && free < smallDiskBytes * 10 ? 'warning' : 'ok', detail, figures]
}

/** Anchors are written every hour in which anything happened. */
const anchorLateMs = 26 * 3_600_000

function judgeAnchor(at: Date | null, now: Date): Judged {
  if (at === null) return ['ok', 'none yet', { at: null }]
  const isLate = now.getTime() - at.getTime() > anchorLateMs
  return [isLate ? 'warning' : 'ok', at.toISOString(), { at: at.toISOString() }]
}

type Said = { readonly detail: string; readonly figures: Figures }

/** Any is worth a look, and none of them an emergency. */
const minded = [1, Number.POSITIVE_INFINITY] as const

function counted(count: number, what: string): Said {
  return { detail: what === '' ? String(count) : `${count} ${what}`, figures: { count } }
}

function above(
  value: number,
  [warning, critical]: readonly [number, number],
  { detail, figures }: Said,
): Judged {
  return [value >= critical ? 'critical' : value >= warning ? 'warning' : 'ok', detail, figures]
}

function below(
  value: number,
  [warning, critical]: readonly [number, number],
  { detail, figures }: Said,
): Judged {
  return [value < critical ? 'critical' : value < warning ? 'warning' : 'ok', detail, figures]
}

function late(seconds: number | null, limits: readonly [number, number], said: Said): Judged {
  const oldestSeconds = seconds === null ? null : Math.round(seconds)
  const figures = { ...said.figures, oldestSeconds }
  if (seconds === null) return ['ok', `${said.detail}none late`, figures]
  const detail = `${said.detail}the oldest for ${oldestSeconds} s`
  return above(seconds, limits, { detail, figures })
}

function most(values: readonly number[]): number {
  return Math.max(0, ...values)
}
