import type { UserRole } from '@backhaul/sdk/canonical'

/**
 * The axes that a person or machine may move by its role when it speaks to the hub itself, as axis
 * letters. What it says about others is kept as a claim, as with any other source. A machine that shall
 * speak for one system only gets a key that is bound to that system's connection.
 */
const axesByRole: Readonly<Record<UserRole, string>> = {
  admin: 'ATRIDSFV',
  integrator: 'ATRIDSFV',
  machine: 'ATRIDSFV',
  agent: 'AF',
  warehouse: 'TRID',
  finance: 'SV',
  auditor: '',
}

/** Axis letters that a role may move. */
export function axesOf(role: UserRole): string {
  return axesByRole[role]
}
