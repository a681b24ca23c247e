import {
  type Axis,
  axes,
  axisLetters,
  defaultAuthority,
  type SystemRole,
  systemRoles,
} from '@backhaul/sdk/canonical'
import type { StoredAuthority } from '../store/connections.ts'
import { byPrecedence, fits, type ReturnScope, scopeName } from './scoped-rows.ts'

/** Who may move which axis: as the site says, and by default where it says nothing. */
export interface Ownership {
  /**
   * Letters of the axes that at least one of the roles owns, in the order of the axes: of a return with this
   * scope, or of any where the site makes no difference between them.
   */
  ownedBy(roles: readonly SystemRole[], scope?: ReturnScope): string
  /** The roles that own an axis of a return with this scope. */
  ownersOf(axis: Axis, scope?: ReturnScope): readonly SystemRole[]
  /** Whether who owns an axis depends on the return. */
  readonly isScoped: boolean
  /** Rows that name an axis or a role that this version does not know. */
  readonly unknown: readonly StoredAuthority[]
}

export function createOwnership(authority: readonly StoredAuthority[]): Ownership {
  const owners = axes.map((axis) => ({
    letter: axisLetters[axis],
    axis,
    rows: byPrecedence(authority.filter((row) => isKnown(row) && row.axis === axis)),
  }))
  return {
    ownedBy: (roles, scope) =>
      owners
        .filter(({ axis, rows }) =>
          ownersOf(axis, rows, scope).some((role) => roles.includes(role)),
        )
        .map(({ letter }) => letter)
        .join(''),
    ownersOf: (axis, scope) =>
      ownersOf(axis, owners.find((one) => one.axis === axis)?.rows ?? [], scope),
    isScoped: authority.some((row) => !fits(row, undefined)),
    unknown: authority.filter((row) => !isKnown(row)),
  }
}

/** The roles of the rows that hold: all of one scope together. */
function ownersOf(
  axis: Axis,
  rows: readonly StoredAuthority[],
  scope: ReturnScope | undefined,
): readonly SystemRole[] {
  const first = rows.find((row) => fits(row, scope))
  if (first === undefined) return defaultAuthority[axis]
  const name = scopeName(first)
  return rows.filter((row) => scopeName(row) === name).map(({ role }) => role)
}

function isKnown({ axis, role }: StoredAuthority): boolean {
  return axes.includes(axis) && systemRoles.includes(role)
}
