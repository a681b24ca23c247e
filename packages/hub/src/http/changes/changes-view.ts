import type { UserRole } from '@backhaul/sdk/canonical'
import { headlines } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import type { Changes, Notice } from '../../pipeline/changes/notice.ts'
import { mayDo } from '../access/rights.ts'
import { iso, text, textOrNull, time, uuid } from '../schemas/common.ts'

/** The data of the message `changes`. */
export const changes = z
  .object({
    returns: z.array(
      z.object({
        id: uuid,
        caseNo: text,
        headline: z.enum(headlines),
        version: z.int(),
        updatedAt: time,
      }),
    ),
    exceptions: z
      .array(z.object({ id: uuid, status: z.enum(['open', 'resolved']), caseNo: textOrNull }))
      .describe('None for those who may not read exceptions.'),
    deliveries: z
      .int()
      .describe('How many dead letters came and went; 0 for those who may not read deliveries.'),
    connections: z
      .array(text)
      .describe('Ids of those that changed; none for those who may not read connections.'),
  })
  .meta({ id: 'Changes', description: 'What has changed, as it stands now.' })

/** What a role is told by a notice; null where that is nothing. */
export function changesView(notice: Notice, role: UserRole): object | null {
  if (notice.kind === 'ready') return {}
  if (notice.kind === 'reset') return { reason: notice.reason }
  const shown = shownTo(role, notice.changes)
  const { returns, exceptions, deliveries, connections } = shown
  const count = returns.length + exceptions.length + deliveries + connections.length
  return count === 0 ? null : shown
}

function shownTo(role: UserRole, given: Changes): z.infer<typeof changes> {
  return {
    returns: given.returns.map((one) => ({ ...one, updatedAt: iso(one.updatedAt) })),
    exceptions: mayDo(role, 'exceptions.read') ? [...given.exceptions] : [],
    deliveries: mayDo(role, 'deliveries.read') ? given.deliveries : 0,
    connections: mayDo(role, 'connections.read') ? [...given.connections] : [],
  }
}
