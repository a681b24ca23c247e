import { type Axis, type EventType, eventTypes, type SystemRole } from '@backhaul/sdk/canonical'
import type { StoredAuthority, StoredRoute } from '../store/connections.ts'
import type { ActiveConnection, BrokenConnection, WorkingConnection } from './active-connection.ts'
import { createOwnership } from './ownership.ts'
import { byPrecedence, fits, type ReturnScope } from './scoped-rows.ts'
import { covers } from './subscriptions.ts'

/** Something about the connections that a person should look at. */
interface Finding {
  readonly code: 'AMBIGUOUS_ROLE' | 'CONNECTION_BROKEN' | 'ROUTE_UNUSABLE' | 'UNKNOWN_AUTHORITY'
  /** The role, connection or axis that it is about. */
  readonly subject: string
  readonly message: string
}

/** All connections as they stood at one moment. Every question is a look-up. */
export interface ConnectionView {
  get(id: string): ActiveConnection | undefined
  /** By id. */
  list(): readonly ActiveConnection[]
  /**
   * Letters of the axes that a connection may move, of a return with this scope; empty for a connection that is
   * not known. Without a scope, what holds for all returns.
   */
  owns(id: string, scope?: ReturnScope): string
  /** Whether `owns` depends on the return. */
  readonly isOwnershipScoped: boolean
  /** The roles that own an axis, of a return with this scope. */
  ownersOf(axis: Axis, scope?: ReturnScope): readonly SystemRole[]
  /** Letters of the axes that a role may move. */
  ownedBy(role: SystemRole): string
  /**
   * The connection that plays a role: the one that the route names, or else the only one there is. A
   * disabled one never plays; a paused or broken one does where no active one can, and what it is owed
   * waits. Undefined also where the route names one that cannot play: another one is not guessed; and where
   * several shops play `channel`, since each knows its own orders alone. Of several routes that fit the return, the
   * one that names most of its company, warehouse and channel holds.
   */
  routeOf(role: SystemRole, scope?: ReturnScope): ActiveConnection | undefined
  /** Who is told of an event: also paused and broken ones, for which it then waits. Never disabled ones. */
  subscribersOf(type: EventType): readonly ActiveConnection[]
  diagnose(): readonly Finding[]
}

export type UnownedConnection = Omit<WorkingConnection, 'owns'> | Omit<BrokenConnection, 'owns'>

export function createConnectionView(from: {
  /** By id. */
  readonly connections: readonly UnownedConnection[]
  readonly routes: readonly StoredRoute[]
  readonly authority: readonly StoredAuthority[]
}): ConnectionView {
  const ownership = createOwnership(from.authority)
  const list: readonly ActiveConnection[] = Object.freeze(
    from.connections.map((one) => ({ ...one, owns: ownership.ownedBy(one.roles) })),
  )
  const byId = new Map<string, ActiveConnection>(list.map((one) => [one.id, one]))
  const enabled = list.filter(({ storedState }) => storedState !== 'disabled')
  const routing = resolveRoutes(enabled, from.routes)
  const subscribers = new Map(eventTypes.map((type) => [type, subscribersTo(type, enabled)]))
  const ownedByRole = new Map<SystemRole, string>()

  return {
    get: (id) => byId.get(id),
    list: () => list,
    owns(id, scope) {
      const one = byId.get(id)
      if (one === undefined) return ''
      return ownership.isScoped ? ownership.ownedBy(one.roles, scope) : one.owns
    },
    isOwnershipScoped: ownership.isScoped,
    ownersOf: (axis, scope) => ownership.ownersOf(axis, scope),
    ownedBy(role) {
      const known = ownedByRole.get(role)
      if (known !== undefined) return known
      const letters = ownership.ownedBy([role])
      ownedByRole.set(role, letters)
      return letters
    },
    routeOf: (role, scope) => {
      const route = routing.routes.get(role)?.find((one) => fits(one.scope, scope))
      return route ? route.connection : routing.players.get(role)
    },
    subscribersOf: (type) => subscribers.get(type) ?? [],
    diagnose: () => [
      ...routing.findings,
      ...enabled.filter(({ state }) => state === 'broken').map((one) => brokenConnection(one)),
      ...ownership.unknown.map(({ axis, role }) => unknownAuthority(axis, role)),
    ],
  }
}

function subscribersTo(
  type: EventType,
  enabled: readonly ActiveConnection[],
): readonly ActiveConnection[] {
  return enabled.filter(({ subscriptions }) => subscriptions.some((one) => covers(one, type)))
}

/** A route with the connection that it names; without one where that cannot play. */
interface ResolvedRoute {
  readonly scope: StoredRoute
  readonly connection: ActiveConnection | undefined
}

interface Routing {
  /** In the order in which they are asked. */
  readonly routes: ReadonlyMap<SystemRole, readonly ResolvedRoute[]>
  /** Who plays a role where no route fits. */
  readonly players: ReadonlyMap<SystemRole, ActiveConnection>
  readonly findings: readonly Finding[]
}

/** Roles in which a system can be told only of returns of its own: one shop does not know the orders of another. */
const knowsItsOwnAlone: ReadonlySet<SystemRole> = new Set(['channel'])

function resolveRoutes(
  enabled: readonly ActiveConnection[],
  rows: readonly StoredRoute[],
): Routing {
  const players = new Map<SystemRole, ActiveConnection>()
  const routes = new Map<SystemRole, ResolvedRoute[]>()
  const findings: Finding[] = []
  const named = new Set(rows.filter((row) => fits(row, undefined)).map(({ role }) => role))
  for (const role of new Set(enabled.flatMap(({ roles }) => roles))) {
    const playing = enabled.filter(({ roles }) => roles.includes(role))
    const active = playing.filter(({ state }) => state === 'active')
    const candidates = active.length > 0 ? active : playing
    const [chosen] = candidates
    const needsRoute = playing.length > 1 && knowsItsOwnAlone.has(role)
    if (chosen !== undefined && !needsRoute) players.set(role, chosen)
    if (named.has(role)) continue
    if (needsRoute) findings.push(unguessedRole(role, playing))
    else if (candidates.length > 1) findings.push(ambiguousRole(role, candidates))
  }
  for (const row of byPrecedence(rows)) {
    const { role, connectionId } = row
    const connection = enabled.find(({ id, roles }) => id === connectionId && roles.includes(role))
    if (connection === undefined) findings.push(unusableRoute(role, connectionId))
    routes.set(role, [...(routes.get(role) ?? []), { scope: row, connection }])
  }
  return { routes, players, findings }
}

function ambiguousRole(role: SystemRole, candidates: readonly ActiveConnection[]): Finding {
  const [chosen, ...others] = candidates.map(({ id }) => id)
  return {
    code: 'AMBIGUOUS_ROLE',
    subject: role,
    message: `${chosen} plays ${role}, and so could ${others.join(', ')}: set a route.`,
  }
}

function unguessedRole(role: SystemRole, playing: readonly ActiveConnection[]): Finding {
  const ids = playing.map(({ id }) => id).join(', ')
  return {
    code: 'AMBIGUOUS_ROLE',
    subject: role,
    message: `${ids} play ${role}: each hears of the returns that were asked for in it, none of the others until you set a route.`,
  }
}

function unusableRoute(role: SystemRole, connectionId: string): Finding {
  return {
    code: 'ROUTE_UNUSABLE',
    subject: role,
    message: `The route of ${role} names ${connectionId}, which is disabled or does not play it.`,
  }
}

function brokenConnection({ id, reason }: ActiveConnection): Finding {
  return { code: 'CONNECTION_BROKEN', subject: id, message: reason ?? 'It cannot be used.' }
}

function unknownAuthority(axis: string, role: string): Finding {
  return {
    code: 'UNKNOWN_AUTHORITY',
    subject: axis,
    message: `The authority table names ${role} for ${axis}, and one of them is not known.`,
  }
}
