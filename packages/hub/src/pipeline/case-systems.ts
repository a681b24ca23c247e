import {
  type Axis,
  axes,
  type ExternalRef,
  type SystemRole,
  systemRoles,
} from '@backhaul/sdk/canonical'
import { presencePoll } from '@backhaul/sdk/connector'
import type { ActiveConnection } from '../connect/active-connection.ts'
import type { Connections } from '../connect/connections.ts'
import { axisOfType, type CaseState } from '../domain/index.ts'
import type { Clock } from '../platform/clock.ts'
import { listLastDeliveries } from '../store/case-lanes.ts'
import type { Pool } from '../store/database.ts'
import type { DeliveryRecord } from '../store/delivery-queries.ts'
import { listRefs } from '../store/refs.ts'
import { type LastWord, listLastWords } from '../store/timeline.ts'
import type { LoadedCase } from './load-case.ts'
import { scopeOf } from './process/return-scope.ts'

export interface SystemsDeps {
  readonly pool: Pool
  readonly connections: Pick<Connections, 'list' | 'routeOf'>
  readonly clock: Clock
}

/** An identifier that a system gave, with where a person looks at it, if its connector can tell. */
type SystemRef = Omit<ExternalRef, 'system'> & {
  readonly boundAt: Date
  readonly url: string | null
}

/** What a system says of an axis, and what the hub holds instead. */
interface Mismatch {
  /** Null: not about an axis, but something that is gone or different there. */
  readonly axis: Axis | null
  readonly theirs: readonly string[]
  /** States of the lines that it is about. */
  readonly ours: readonly string[]
  /** Empty: the whole return. */
  readonly lineNos: readonly number[]
  readonly since: Date
  readonly by: 'claim' | 'drift'
  /** Names the claim, or the exception, that somebody can settle it by. */
  readonly key: string
}

/** How a system can be asked again about a return. */
export type RefreshWay = 'order' | 'presence' | 'poll'

/** The same return as one system knows it. */
export interface CaseSystem {
  /** The connection, or what a reference names instead: a carrier, a shop that is not connected. */
  readonly system: string
  /** Undefined for one that is not connected. */
  readonly connection: ActiveConnection | undefined
  /** Roles that it plays for this return by routes. */
  readonly plays: readonly SystemRole[]
  readonly refs: readonly SystemRef[]
  readonly heard: { readonly last: LastWord; readonly events: number } | null
  /** Its last word on each axis that it has spoken of, and ours. */
  readonly says: readonly {
    readonly axis: Axis
    readonly last: LastWord
    readonly ours: readonly string[]
  }[]
  readonly told: DeliveryRecord | null
  readonly mismatches: readonly Mismatch[]
  readonly refresh: readonly RefreshWay[]
}

/** Sources of events that are the hub's own, or people's. */
const inner: ReadonlySet<string> = new Set(['api', 'timer', 'delivery', 'policy', 'backhaul'])

/** The return in every system that plays a role in it, holds a reference of it, said something of it, or was told. */
export async function listCaseSystems(
  deps: SystemsDeps,
  found: LoadedCase,
): Promise<readonly CaseSystem[]> {
  const { caseId, state } = found
  const [refs, words, told] = await Promise.all([
    listRefs(deps.pool, caseId),
    listLastWords(deps.pool, found),
    listLastDeliveries(deps.pool, caseId),
  ])
  const connections = new Map(deps.connections.list().map((one) => [one.id as string, one]))
  const plays = rolesPlayed(deps, state)
  const names = new Set([
    ...plays.keys(),
    ...refs.map(({ system }) => system),
    ...words.map(({ source }) => source),
    ...told.keys(),
  ])
  return [...names]
    .filter((name) => !inner.has(name))
    .map((system) => {
      const connection = connections.get(system)
      const ofSystem = refs.filter((ref) => ref.system === system)
      const said = words.filter(({ source }) => source === system)
      const [last] = said
      return {
        system,
        connection,
        plays: plays.get(system) ?? [],
        refs: ofSystem.map((ref) => linked(ref, { connection, all: ofSystem })),
        heard: last === undefined ? null : { last, events: last.events },
        says: saysOf(state, said),
        told: told.get(system) ?? null,
        mismatches: [...claimed(state, system), ...drifted(state, ofSystem)],
        refresh: waysToRefresh(connection, { refs: ofSystem, plays: plays.get(system) ?? [] }),
      }
    })
    .toSorted((a, b) => rank(a) - rank(b) || (a.system < b.system ? -1 : 1))
}

/** Those that differ come first, then those that play a part. */
function rank({ mismatches, told, connection }: CaseSystem): number {
  if (mismatches.length > 0 || told?.state === 'dead') return 0
  return connection === undefined ? 2 : 1
}

function rolesPlayed(
  { connections, clock }: SystemsDeps,
  state: CaseState,
): ReadonlyMap<string, readonly SystemRole[]> {
  const scope = scopeOf(state, clock.now())
  const played = new Map<string, SystemRole[]>()
  for (const role of systemRoles) {
    const id = connections.routeOf(role, scope)?.id
    if (id !== undefined) played.set(id, [...(played.get(id) ?? []), role])
  }
  return played
}

function linked(
  { type, value, boundAt }: ExternalRef & { readonly boundAt: Date },
  {
    connection,
    all,
  }: { readonly connection: ActiveConnection | undefined; readonly all: readonly ExternalRef[] },
): SystemRef {
  return { type, value, boundAt, url: linkTo(connection, { type, value }, all) }
}

/** A connector's address counts only where a browser can follow it. */
function linkTo(
  connection: ActiveConnection | undefined,
  ref: { readonly type: string; readonly value: string },
  refs: readonly ExternalRef[],
): string | null {
  if (connection === undefined || connection.state === 'broken') return null
  try {
    const url = connection.connector.linkOf?.(connection.config, ref, refs) ?? null
    return url !== null && /^https?:$/.test(new URL(url).protocol) ? url : null
  } catch {
    return null
  }
}

function saysOf(state: CaseState, words: readonly LastWord[]): CaseSystem['says'] {
  const said = new Map<Axis, LastWord>()
  for (const word of words) {
    const axis = axisOfType(word.type) ?? (isAxis(word.axis) ? word.axis : null)
    if (axis !== null && !said.has(axis)) said.set(axis, word)
  }
  return [...said].map(([axis, last]) => ({ axis, last, ours: statesOf(state, axis) }))
}

function isAxis(name: string | null): name is Axis {
  return (axes as readonly (string | null)[]).includes(name)
}

function statesOf(
  { lines }: CaseState,
  axis: Axis,
  lineNos: readonly number[] | null = null,
): string[] {
  const asked = lines.filter(({ lineNo }) => lineNos === null || lineNos.includes(lineNo))
  return [...new Set(asked.map((line) => line.axes[axis]))]
}

function claimed(state: CaseState, system: string): Mismatch[] {
  return state.claims
    .filter(({ source, status }) => source === system && status === 'open')
    .map(({ claimId, axis, says, lineNos, at }) => ({
      axis,
      theirs: says,
      ours: statesOf(state, axis, lineNos),
      lineNos: lineNos ?? [],
      since: new Date(at),
      by: 'claim',
      key: claimId,
    }))
}

/** Something that a look at the system found gone, or other than it was told. */
function drifted({ exceptions }: CaseState, refs: readonly ExternalRef[]): Mismatch[] {
  const objects = new Map(refs.map(({ type, value }) => [`${type}:${value}`.slice(0, 200), value]))
  return Object.entries(exceptions).flatMap(([key, one]): Mismatch[] => {
    const value = objects.get(one.object)
    if (one.code !== 'IT06' || one.status !== 'open' || value === undefined) return []
    const since = new Date(one.openedAt)
    return [
      { axis: null, theirs: ['gone'], ours: [one.object], lineNos: [], since, by: 'drift', key },
    ]
  })
}

/** How the system can be asked about this return, the closest way first; none while it is not asked at all. */
function waysToRefresh(
  connection: ActiveConnection | undefined,
  { refs, plays }: { readonly refs: readonly ExternalRef[]; readonly plays: readonly SystemRole[] },
): RefreshWay[] {
  if (connection === undefined || connection.state !== 'active') return []
  const { looksUp, presence, polls } = connection.connector
  const isAskable = refs.some(({ type }) => presence?.types.includes(type))
  return [
    ...(looksUp.order !== undefined && plays.includes('erp') ? (['order'] as const) : []),
    ...(isAskable ? (['presence'] as const) : []),
    ...(Object.keys(polls).some((name) => name !== presencePoll) ? (['poll'] as const) : []),
  ]
}
