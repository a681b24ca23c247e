import { z } from 'zod'
import type { AuditRecord } from '../../store/audit-queries.ts'
import { iso, text, time } from './common.ts'

export const auditEntry = z
  .object({
    chainId: text,
    seq: z.int(),
    recordedAt: time,
    actor: text,
    action: text,
    objectType: text,
    objectId: text,
    detail: z.unknown(),
  })
  .meta({ id: 'AuditEntry', description: 'One thing that was done.' })

export function auditEntryView(record: AuditRecord): z.infer<typeof auditEntry> {
  return { ...record, recordedAt: iso(record.recordedAt) }
}
