import { boundedText, caseKinds, channels, headlines } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { stages, waitingParties } from '../../domain/index.ts'
import type { CaseFilter } from '../../store/case-filter.ts'
import { caseSorts } from '../../store/case-list.ts'

/** The steps under which a list of returns is looked at, in the order in which people see them. */
export const stageTabs = [...stages, 'aging'] as const

/** Days after which a return that has not moved is aging. */
export const agingDays = 7

/** From so many characters on, an identifier may be given by its beginning. */
export const prefixLength = 3

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
const days = z.coerce.number().min(0).max(3_650)

/** What a list of returns can be asked for. */
export const returnFilter = {
  stage: z
    .enum(stageTabs)
    .optional()
    .describe(
      `The step it has come to. needs_review: on hold, or flagged for review; aging: not done, and where it is for more than ${agingDays} days.`,
    ),
  headline: z.enum(headlines).optional(),
  channel: z.enum(channels).optional(),
  company: boundedText(64).optional(),
  kind: z.enum(caseKinds).optional(),
  priority: z.enum(['low', 'normal', 'high', 'urgent']).optional(),
  waiting: z.enum(waitingParties).optional().describe('Who has to do something next.'),
  owner: boundedText(200)
    .optional()
    .describe('Who looks after it, or was given one of its open exceptions.'),
  olderThanDays: days.optional().describe('Not done, and where it is for longer.'),
  youngerThanDays: days.optional().describe('Came to where it is later.'),
  createdFrom: moment.optional(),
  createdTo: moment.optional(),
  updatedFrom: moment.optional(),
  updatedTo: moment.optional(),
  q: boundedText(200)
    .optional()
    .describe(
      `Any identifier: return, order, tracking, ticket, credit note. Whole, or where nothing is called so, its beginning (${prefixLength} characters at least).`,
    ),
}

export const returnSort = z
  .enum(caseSorts)
  .default('newest')
  .describe(
    'newest; since: what stands longest first, of those that are not done; updated: the last changed first; sla: what is due first, of those that are ever due.',
  )

const filterSchema = z.object(returnFilter)
export type ReturnFilter = z.output<typeof filterSchema>

const dayMs = 86_400_000

/** The filter as the store takes it. `q` is for the caller to look up. */
export function caseFilterOf(filter: ReturnFilter, now: Date): CaseFilter {
  const { waiting, olderThanDays, youngerThanDays, q: _q, ...rest } = filter
  const ago = (count: number | undefined): Date | undefined =>
    count === undefined ? undefined : new Date(now.getTime() - count * dayMs)
  return {
    ...rest,
    waitingOn: waiting,
    agingBefore: ago(agingDays),
    sinceBefore: ago(olderThanDays),
    sinceAfter: ago(youngerThanDays),
  }
}
