import { z } from 'zod'
import type { SourceStatus } from '../../store/source-cursors.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull } from './common.ts'

export const poll = z
  .object({
    name: text.describe(
      'As its connector names it; `presence` asks whether what returns refer to is still there.',
    ),
    state: z.enum(['waiting', 'reading', 'failed']).describe('reading: there is more to read.'),
    dueAt: time.describe('When it looks the next time.'),
    lagSeconds: z.int().describe('How long ago it had been read to its end.'),
    failures: z.int().describe('In a row.'),
    lastCode: textOrNull,
    lastReason: textOrNull,
    runStartedAt: timeOrNull.describe('Of the look that is under way, or the last one.'),
    runEndedAt: timeOrNull,
    firstEndedAt: timeOrNull.describe('When it had been read to its end for the first time.'),
    runRead: z.int().describe('Messages that the look brought; things that it asked about.'),
    runNew: z.int().describe('Those of them that were not known; things that were found gone.'),
    runConflicts: z.int().describe('Known message ids with another body, kept aside.'),
    totalRead: z.int(),
    totalNew: z.int(),
  })
  .meta({ id: 'Poll', description: 'How far the changes of a connection have been read.' })

export function pollView(status: SourceStatus): z.infer<typeof poll> {
  const { name, state, failures, lastCode, lastReason } = status
  return {
    name,
    state,
    dueAt: iso(status.dueAt),
    lagSeconds: Math.round(status.lagSeconds),
    failures,
    lastCode,
    lastReason,
    runStartedAt: isoOrNull(status.runStartedAt),
    runEndedAt: isoOrNull(status.runEndedAt),
    firstEndedAt: isoOrNull(status.firstEndedAt),
    runRead: status.runItems,
    runNew: status.runWritten,
    runConflicts: status.runRefused,
    totalRead: status.totalItems,
    totalNew: status.totalWritten,
  }
}
