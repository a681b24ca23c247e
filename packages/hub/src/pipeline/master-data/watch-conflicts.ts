import { exceptionCodes } from '@backhaul/sdk/canonical'
import { isPersonal } from '../../mapping/identifiers.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import type { Tx } from '../../store/database.ts'
import {
  clearLoose,
  type LooseException,
  raiseLoose,
  restateLoose,
} from '../../store/loose-exceptions.ts'
import {
  type Conflict,
  compareConflicts,
  writeConflicts,
} from '../../store/master-data/conflicts.ts'
import type { IdentifierKey } from '../../store/master-data/parts.ts'
import { type IdentifiedKind, identifierTables } from '../../store/master-data/tables.ts'

/**
 * Brings conflicts and their exceptions in line with what has just been written: an identifier that names
 * several things now opens an exception, one that does no more ends its own. What a person resolved stays
 * resolved for as long as the same conflict lasts.
 *
 * @returns how many identifiers are in conflict among those that are given.
 */
export async function watchConflicts(
  tx: Tx,
  kind: IdentifiedKind,
  keys: readonly IdentifierKey[],
): Promise<number> {
  const compared = await compareConflicts(tx, kind, keys)
  const moved = compared.filter(({ known, candidates }) => !isSame(known ?? [], candidates))
  const current = compared.filter(({ candidates }) => candidates.length > 0)
  if (moved.length === 0) return current.length
  const { object } = identifierTables[kind]
  await writeConflicts(tx, object, moved)
  const begun = moved.filter(({ known }) => known === null)
  const changed = moved.filter(({ known, candidates }) => known !== null && candidates.length > 0)
  const over = moved.filter(({ candidates }) => candidates.length === 0)
  await raiseLoose(
    tx,
    begun.map((conflict) => exceptionOf(kind, conflict)),
  )
  await restateLoose(
    tx,
    changed.map((conflict) => exceptionOf(kind, conflict)),
  )
  await clearLoose(
    tx,
    over.map((conflict) => exceptionOf(kind, conflict).key),
  )
  return current.length
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index])
}

const maxNamed = 10

function exceptionOf(kind: IdentifiedKind, conflict: Conflict): LooseException {
  const { object } = identifierTables[kind]
  const { severity, queue, slaMinutes } = exceptionCodes.MD03
  const { candidates } = conflict
  const named = candidates.slice(0, maxNamed).join(', ')
  const more = candidates.length > maxNamed ? ', …' : ''
  const about = `${object}:${nameOf(kind, conflict)}`
  return {
    key: `MD03:${about}`,
    code: 'MD03',
    object: about.slice(0, 200),
    severity,
    queue,
    slaMinutes,
    detail: `${said(kind, conflict)} names ${candidates.length} ${kind}: ${named}${more}.`,
  }
}

/** Who looks at exceptions need not be allowed to look at customers: what parties are called is not said. */
function said(kind: IdentifiedKind, { kind: type, scope, valueKey }: Conflict): string {
  const within = scope === '' ? '' : ` within ${scope}`
  return kind === 'parties' ? `One ${type}${within}` : `The ${type} ${valueKey}${within}`
}

function nameOf(kind: IdentifiedKind, { kind: type, scope, valueKey }: Conflict): string {
  const isHidden = kind === 'parties' && !isPersonal(type)
  const value = isHidden ? sha256Hex(valueKey).slice(0, 24) : valueKey
  return [type, scope, value].join(':')
}
