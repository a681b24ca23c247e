import {
  type CommandBody,
  type CommandType,
  commandContracts,
  rolesOf,
  type SystemRole,
} from '@backhaul/sdk/canonical'
import type { ActiveConnection } from '../../connect/active-connection.ts'
import type { Connections } from '../../connect/connections.ts'
import type { CaseState } from '../../domain/index.ts'
import { scopeOf } from './return-scope.ts'

/** Who gets a command: the role that it plays in this, and the connection, where there is one. */
export interface Settler {
  readonly role: SystemRole
  readonly target: ActiveConnection | undefined
}

type SettlementCommand = 'credit.draft' | 'credit.post' | 'refund.issue'

/** Whether who gets a command is a matter of authority over settlement, and not of its usual role alone. */
export function isSettlement(type: CommandType): type is SettlementCommand {
  return rolesOf(type).length > 1
}

/**
 * Who posts a credit, and who moves the money: of the roles that can, the first that owns settlement of the return,
 * and the usual one where none of them does. Never two.
 *
 * A credit stays where its document is: there it is posted, and whoever moved the money for that document when it
 * was made still does, whatever was decided for the returns that came after.
 *
 * @param now - at which the site is asked about a credit that has no document yet.
 */
export function settlerOf(
  connections: Pick<Connections, 'get' | 'ownersOf' | 'routeOf'>,
  {
    state,
    type,
    body,
    now,
  }: {
    readonly state: CaseState | null
    readonly type: SettlementCommand
    readonly body: unknown
    readonly now: Date
  },
): Settler {
  const heldBy = type === 'credit.draft' ? undefined : holderOf(state, body)
  const scope = scopeOf(state, heldBy === undefined ? now : new Date(heldBy.at))
  const owners = connections.ownersOf('settlement', scope)
  const players = rolesOf(type)
  const role = players.find((one) => owners.includes(one)) ?? commandContracts[type].role
  const holder = heldBy === undefined ? undefined : connections.get(heldBy.source)
  if (type === 'credit.post' && holder !== undefined && holder.storedState !== 'disabled') {
    const played = players.find((one) => holder.roles.includes(one))
    if (played !== undefined) return { role: played, target: holder }
  }
  const target = connections.routeOf(role, scope) ?? connections.routeOf(role, scopeOf(state, now))
  return { role, target }
}

function holderOf(state: CaseState | null, body: unknown) {
  const { creditId } = body as CommandBody<'credit.post' | 'refund.issue'>
  return state?.credits.find((credit) => credit.creditId === creditId)?.heldBy
}
