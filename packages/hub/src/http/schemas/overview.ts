import { exceptionQueues, fromMinor, headlines } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import type { ExceptionCounts, HeldMoney, OtherCounts } from '../../store/overview.ts'
import { time } from './common.ts'

const query = z.record(z.string(), z.string())
const counted = z.object({
  count: z.int().describe('Goes up to 10,000, and then no further.'),
  list: z.string().describe('Where those are listed that were counted.'),
  query: query.describe('With these parameters.'),
})

export const overview = z
  .object({
    at: time,
    mine: counted.nullable().describe('Open exceptions that the caller was given.'),
    queues: z
      .array(
        counted.extend({
          queue: z.enum(exceptionQueues),
          unassigned: z.int(),
          overdue: z.int(),
          dueSoon: z.int(),
        }),
      )
      .nullable()
      .describe('Open exceptions of the queues that the caller’s role works on.'),
    overdue: counted
      .nullable()
      .describe('Open exceptions that should have been dealt with by now.'),
    dueSoon: counted.nullable().describe('Those that have to be within four hours.'),
    openedToday: counted.nullable(),
    timersDue: z.int().describe('Returns to be looked at within four hours, if nothing happens.'),
    deadLetters: counted.nullable(),
    parkedMessages: counted.nullable(),
    parkedWords: counted.nullable(),
    refundsBlocked: counted
      .extend({ amounts: z.array(z.object({ amount: z.string(), currency: z.string() })) })
      .describe('Returns on hold that would give money back, and how much at most.'),
    connections: z
      .object({
        list: z.string(),
        down: z.int(),
        broken: z.int(),
        degraded: z.int(),
        authExpiring: z.int(),
        paused: z.int(),
        healthy: z.int(),
      })
      .nullable(),
    headlines: z.array(counted.extend({ headline: z.enum(headlines) })),
  })
  .meta({
    id: 'Overview',
    description: 'What waits, for whom; null for what the caller may not read.',
  })

type Counted = z.infer<typeof counted>

const exceptionList = '/api/v1/exceptions'
const returnList = '/api/v1/returns'

function count(
  number: number,
  list: string,
  parameters: Readonly<Record<string, string>> = {},
): Counted {
  return { count: number, list, query: { ...parameters } }
}

export function exceptionCountsView(
  counts: ExceptionCounts,
  about: { readonly owner: string; readonly now: Date; readonly soon: Date; readonly today: Date },
) {
  const open = (number: number, parameters: Readonly<Record<string, string>>): Counted =>
    count(number, exceptionList, { status: 'open', ...parameters })
  const now = about.now.toISOString()
  return {
    mine: open(counts.mine, { owner: about.owner }),
    queues: counts.queues.map(({ open: number, ...of }) => ({
      ...of,
      ...open(number, { queue: of.queue }),
    })),
    overdue: open(counts.overdue, { dueBefore: now }),
    dueSoon: open(counts.dueSoon, { dueFrom: now, dueBefore: about.soon.toISOString() }),
    openedToday: count(counts.openedToday, exceptionList, {
      status: 'all',
      openedFrom: about.today.toISOString(),
    }),
  }
}

export function otherCountsView(counts: OtherCounts) {
  return {
    deadLetters: count(counts.deadLetters, '/api/v1/dead-letters'),
    parkedMessages: count(counts.parkedMessages, '/api/v1/messages', { state: 'parked' }),
  }
}

export function parkedWordsView(words: number): Counted {
  return count(words, '/api/v1/unmapped')
}

export function heldMoneyView({ count: number, amounts }: HeldMoney) {
  return {
    ...count(number, returnList, { headline: 'exception_hold' }),
    amounts: amounts.map(({ currency, minor }) => fromMinor(minor, currency)),
  }
}

export function headlineCountsView(
  counts: readonly { readonly headline: (typeof headlines)[number]; readonly count: number }[],
) {
  return counts.map(({ headline, count: number }) => ({
    headline,
    ...count(number, returnList, { headline }),
  }))
}
