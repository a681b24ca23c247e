import {
  type Axis,
  axes,
  axisLetters,
  defaultAuthority,
  type SystemRole,
  systemRoles,
} from '@backhaul/sdk/canonical'
import type { StoredAuthority } from '../store/connections.ts'

/** Who may move which axis: as the site says, and by default where it says nothing. */
export interface Ownership {
  /** Letters of the axes that at least one of the roles owns, in the order of the axes. */
  ownedBy(roles: readonly SystemRole[]): string
  /** Rows that name an axis or a role that this version does not know. */
  readonly unknown: readonly StoredAuthority[]
}

export function createOwnership(authority: readonly StoredAuthority[]): Ownership {
  const owners = axes.map((axis) => ({
    letter: axisLetters[axis],
    roles: ownersOf(axis, authority.filter(isKnown)),
  }))
  return {
    ownedBy: (roles) =>
      owners
        .filter((owner) => owner.roles.some((role) => roles.includes(role)))
        .map(({ letter }) => letter)
        .join(''),
    unknown: authority.filter((row) => !isKnown(row)),
  }
}

function ownersOf(axis: Axis, authority: readonly StoredAuthority[]): readonly SystemRole[] {
  const named = authority.filter((row) => row.axis === axis).map(({ role }) => role)
  return named.length > 0 ? named : defaultAuthority[axis]
}

function isKnown({ axis, role }: StoredAuthority): boolean {
  return axes.includes(axis) && systemRoles.includes(role)
}
