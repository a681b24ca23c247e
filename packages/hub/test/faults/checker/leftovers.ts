import type pg from 'pg'
import { sourceConnection } from '../../../bench/workload/stream.ts'
import type { Waiting } from '../quiet.ts'
import type { Findings } from './findings.ts'

/** What is stored of messages: every one of ours once, and each with an end. */
export async function checkLeftovers(
  findings: Findings,
  db: pg.Client,
  { waiting, sent }: { readonly waiting: Waiting; readonly sent: number },
): Promise<void> {
  for (const [table, count] of Object.entries(waiting)) {
    findings.expect(count === 0, 'work left undone', () => `${count} in ${table}`)
  }
  const { rows } = await db.query<{
    messages: number
    open: number
    parked: number
    dead: number
    audited: number
    events: number
  }>(
    `select (select count(*)::int from inbox_message where connection_id = $1) as messages,
       (select count(*)::int from inbox_message where outcome is null) as open,
       (select count(*)::int from inbox_message where outcome = 'parked') as parked,
       (select count(*)::int from outbox_dead) as dead,
       (select count(*)::int from audit_entry where object_type = 'case') as audited,
       (select count(*)::int from case_event) as events`,
    [sourceConnection],
  )
  const [row] = rows
  if (row === undefined) return
  const { messages, open, parked, dead, audited, events } = row
  findings.expect(messages === sent, 'messages stored', () => `${messages} of ${sent} sent`)
  findings.expect(open === 0, 'message without an end', () => `${open} messages`)
  findings.expect(parked === 0, 'message parked', () => `${parked} messages`)
  findings.expect(dead === 0, 'delivery dead', () => `${dead} deliveries`)
  findings.expect(audited === events, 'audit entries', () => `${audited} for ${events} events`)
}
