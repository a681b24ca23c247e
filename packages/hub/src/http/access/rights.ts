import type { UserRole } from '@backhaul/sdk/canonical'

/**
 * Everything that can be done through the API, in rows, and who may do it. `customer.read`,
 * `message_bodies.read` and `policy_inputs.read` are about fields: whoever lacks them gets the rest without these.
 * `views.manage` is about what others share: whoever lacks it changes and removes only what is their own.
 * Who signs in as a person, and has `customer.read`, asks for them with a reason (see `personal-data.ts`).
 */
// biome-ignore format: a table
const table = {
  'session.own':         ['admin', 'integrator', 'agent', 'warehouse', 'finance', 'auditor'],
  'views.own':           ['admin', 'integrator', 'agent', 'warehouse', 'finance', 'auditor'],
  'views.manage':        ['admin'],
  'self.read':           ['admin', 'integrator', 'agent', 'warehouse', 'finance', 'auditor', 'machine'],
  'returns.read':        ['admin', 'integrator', 'agent', 'warehouse', 'finance', 'auditor', 'machine'],
  'returns.create':      ['admin', 'agent', 'machine'],
  'eligibility.ask':     ['admin', 'integrator', 'agent', 'machine'],
  'returns.override':    ['admin', 'agent'],
  'status_links.manage': ['admin', 'agent'],
  'policy_inputs.read':  ['admin', 'integrator', 'agent', 'finance', 'auditor'],
  'returns.work':        ['admin', 'agent', 'warehouse', 'finance'],
  'returns.cancel':      ['admin', 'agent'],
  'returns.refresh':     ['admin', 'integrator', 'agent', 'warehouse', 'finance'],
  'events.post':         ['admin', 'integrator', 'agent', 'warehouse', 'finance', 'machine'],
  'files.post':          ['admin', 'integrator', 'agent', 'machine'],
  'customer.read':       ['admin', 'agent', 'finance'],
  'exceptions.read':     ['admin', 'integrator', 'agent', 'warehouse', 'finance', 'auditor'],
  'exceptions.work':     ['admin', 'integrator', 'agent', 'warehouse', 'finance'],
  'messages.read':       ['admin', 'integrator', 'auditor'],
  'message_bodies.read': ['admin', 'integrator', 'auditor'],
  'messages.replay':     ['admin', 'integrator'],
  'deliveries.read':     ['admin', 'integrator', 'auditor'],
  'deliveries.replay':   ['admin', 'integrator'],
  'connections.read':    ['admin', 'integrator', 'auditor'],
  'connections.manage':  ['admin', 'integrator'],
  'routing.read':        ['admin', 'integrator', 'auditor'],
  'routing.manage':      ['admin', 'integrator'],
  'documents.read':      ['admin', 'integrator', 'auditor'],
  'documents.manage':    ['admin', 'integrator'],
  'documents.review':    ['admin', 'integrator'],
  'notifications.read':  ['admin', 'integrator', 'agent', 'finance', 'auditor'],
  'vocabularies.read':   ['admin', 'integrator', 'auditor'],
  'vocabularies.manage': ['admin', 'integrator'],
  'master_data.read':    ['admin', 'integrator', 'agent', 'warehouse', 'finance', 'auditor'],
  'master_data.manage':  ['admin', 'integrator', 'machine'],
  'users.read':          ['admin', 'auditor'],
  'users.manage':        ['admin'],
  'api_keys.read':       ['admin', 'auditor'],
  'api_keys.manage':     ['admin'],
  'operations.own':      ['admin', 'integrator', 'agent', 'warehouse', 'finance', 'auditor'],
  'audit.read':          ['admin', 'auditor'],
  'metrics.read':        ['admin', 'integrator', 'auditor', 'machine'],
} as const satisfies Record<string, readonly UserRole[]>

export type Action = keyof typeof table
export const actions = Object.keys(table) as readonly Action[]

/** Routes that answer whoever asks: they tell nothing, or verify their sender in another way. */
export type RouteAccess = Action | 'public'

const rolesByAction: ReadonlyMap<string, ReadonlySet<UserRole>> = new Map(
  Object.entries(table).map(([action, roles]) => [action, new Set(roles)]),
)

export function isAction(name: string): name is Action {
  return rolesByAction.has(name)
}

/** Everything that a role may do. */
export function rightsOf(role: UserRole): Action[] {
  return actions.filter((action) => mayDo(role, action))
}

/** Everybody who may do something. */
export function rolesWith(action: Action): readonly UserRole[] {
  return table[action]
}

export function mayDo(role: UserRole, action: Action): boolean {
  return rolesByAction.get(action)?.has(role) ?? false
}
