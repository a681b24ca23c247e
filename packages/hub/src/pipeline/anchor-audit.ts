import { AuditWriter } from '../store/audit.ts'
import { findLastAnchor, listHeads } from '../store/audit-scan.ts'
import { isUnavailable, type Pool, type Tx, withTransaction } from '../store/database.ts'
import { anchorAction, anchorDetailOf, anchorObject } from './audit/anchor.ts'

/** Covers what was still being committed when the last anchor was written. */
const overlapMs = 10 * 60_000

/**
 * Writes into the audit log itself, now and then, how far each of its chains has come. A chain that is
 * taken out whole afterwards, or cut back together with a seal of that time, is missed by the anchor.
 *
 * @returns a step that writes one anchor, and says how many heads it names: 0 where nothing was written
 * to any chain but its own.
 */
export function createAuditAnchor(options: {
  readonly pool: Pool
  readonly auditSealKey: Buffer
  readonly nodeName: string
}): () => Promise<number> {
  const audit = new AuditWriter({
    writer: `${options.nodeName} anchor`,
    sealKey: options.auditSealKey,
  })
  return async () => {
    try {
      const named = await withTransaction(options.pool, (tx) => anchor(tx, audit))
      audit.committed()
      return named
    } catch (error) {
      if (isUnavailable(error)) audit.uncertain()
      else audit.rolledBack()
      throw error
    }
  }
}

async function anchor(tx: Tx, audit: AuditWriter): Promise<number> {
  const last = await findLastAnchor(tx, { action: anchorAction, objectId: anchorObject.objectId })
  const heads = await listHeads(tx, last === null ? null : new Date(last.getTime() - overlapMs))
  // The last anchor's own entry is always among them.
  if (heads.every(({ at }) => at === last?.toISOString())) return 0
  const { rows } = await tx.query<{ now: Date }>(`select date_trunc('milliseconds', now()) as now`)
  const entry = {
    actor: 'hub',
    action: anchorAction,
    ...anchorObject,
    detail: anchorDetailOf(heads),
  }
  await audit.append(tx, [entry], rows[0]?.now ?? new Date(0))
  return heads.length
}
