import type { ExternalRef } from '@backhaul/sdk/canonical'
import type { Domain, Odoo } from '../client/odoo.ts'
import { creditReference, parseReference } from '../references.ts'
import { databaseIds } from './database-ids.ts'
import { findSettlements, type Settlement } from './settlement.ts'

/**
 * The credit notes of a credit, canceled ones left out: by their reference; where a person has changed that, by
 * the ids that the connector gave, as far as no other credit of the return claims them.
 */
export async function findCreditNotes(
  odoo: Odoo,
  { caseNo, creditId, target }: CreditName,
): Promise<readonly Settlement[]> {
  const reference = creditReference(caseNo, creditId)
  const known = (target ?? []).flatMap(({ type, value }) =>
    type === 'credit_note' ? databaseIds(value) : [],
  )
  const byReference: Domain = [['ref', '=', reference]]
  const domain: Domain =
    known.length === 0 ? byReference : ['|', ...byReference, ['id', 'in', known]]
  const notes = await findSettlements(odoo, [['state', '!=', 'cancel'], ...domain])
  const named = notes.filter((note) => note.reference === reference)
  if (named.length > 0) return named
  return notes.filter((note) => parseReference(note.reference)?.caseNo !== caseNo)
}

export interface CreditName {
  readonly caseNo: string
  readonly creditId: string
  readonly target: readonly ExternalRef[] | undefined
}
