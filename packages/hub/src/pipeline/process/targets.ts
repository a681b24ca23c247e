import type { ExternalRef } from '@backhaul/sdk/canonical'
import type { Tx } from '../../store/database.ts'
import { listRefsOfCases } from '../../store/refs.ts'
import type { HeldCase } from './work.ts'

/**
 * Tells each command what its receiver calls the case's objects: the identifiers that this very system
 * has given. Only it gets them.
 */
export async function nameTargets(tx: Tx, cases: readonly HeldCase[]): Promise<void> {
  const asking = cases.filter(({ deliveries }) => deliveries.some(isForRole))
  if (asking.length === 0) return
  const stored = asking.filter(({ isNew }) => !isNew).map(({ caseId }) => caseId)
  const bound = await listRefsOfCases(tx, stored)
  for (const held of asking) {
    const refs = [
      ...bound.filter(({ caseId }) => caseId === held.caseId),
      ...held.refs.map(({ ref }) => ref),
    ]
    for (const [index, delivery] of held.deliveries.entries()) {
      if (!isForRole(delivery)) continue
      const target = targetOf(refs, delivery.connectionId)
      if (target.length > 0)
        held.deliveries[index] = { ...delivery, body: { ...(delivery.body as object), target } }
    }
  }
}

function isForRole({ commandType }: { readonly commandType: string }): boolean {
  return commandType !== 'event.publish'
}

/** Far more identifiers than any system gives; a case that has more names the latest. */
const targetLimit = 50

function targetOf(refs: readonly ExternalRef[], connectionId: string): ExternalRef[] {
  return refs
    .flatMap(({ system, type, value }) =>
      system === connectionId ? [{ system, type, value }] : [],
    )
    .slice(-targetLimit)
}
