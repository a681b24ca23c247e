import { entitySchemas, headlines, money } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { type Stage, stages, type WaitingParty, waitingParties } from '../../domain/index.ts'
import type { CaseSummary } from '../../store/case-list.ts'
import type { IdentifiedCase } from '../../store/case-queries.ts'
import { masked } from '../masking.ts'
import { amounts } from './amounts.ts'
import { answerFields } from './case-answers.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull, uuid } from './common.ts'
import { lane } from './deliveries.ts'
import { agingDays } from './return-list.ts'

const headline = z.enum(headlines)

export const returnSummary = z
  .object({
    id: uuid,
    caseNo: text,
    company: text,
    channel: text,
    kind: text,
    priority: textOrNull,
    headline,
    since: time.describe('When the headline last changed.'),
    stage: z
      .enum(stages)
      .nullable()
      .describe('The step it has come to; null right after an upgrade.'),
    needsReview: z.boolean(),
    isAging: z.boolean().describe(`Not done, and where it is for more than ${agingDays} days.`),
    waitingOn: z
      .enum(waitingParties)
      .nullable()
      .describe('Who has to do something next, since the headline last changed.'),
    owner: textOrNull.describe('Who looks after it, or was given one of its open exceptions.'),
    slaDueAt: timeOrNull.describe('When the first of its open exceptions is due.'),
    version: z.int(),
    orderRefs: z.array(text),
    customerId: textOrNull,
    customerName: textOrNull.describe('As master data has it.'),
    lineCount: z.int(),
    units: z
      .object({ requested: text, arrived: text })
      .describe('Over all lines, each in its base unit.'),
    value: money
      .nullable()
      .describe('What was invoiced for its lines; null where nobody has said.'),
    lastEvent: textOrNull.describe('Type of the last event.'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'ReturnSummary', description: 'A return as lists show it.' })

export type ReturnSummary = z.infer<typeof returnSummary>

/** Who looks, and when. */
export interface SummaryViewer {
  readonly showsCustomer: boolean
  readonly now: Date
}

const agingMs = agingDays * 86_400_000

export function returnSummaryView(
  summary: CaseSummary,
  { showsCustomer, now }: SummaryViewer,
): ReturnSummary {
  const { caseId, caseSeq: _seq, touchedAt: _touched, requested, arrived, ...rest } = summary
  const { valueMinor, currency, ...shown } = rest
  const stage = summary.stage as Stage | null
  return {
    ...shown,
    id: caseId,
    stage,
    isAging:
      stage !== null && stage !== 'done' && now.getTime() - summary.since.getTime() > agingMs,
    waitingOn: summary.waitingOn as WaitingParty | null,
    orderRefs: [...summary.orderRefs],
    customerName: summary.customerName === null || showsCustomer ? summary.customerName : masked,
    units: { requested, arrived },
    value: valueMinor === null || currency === null ? null : amounts(currency).amount(valueMinor),
    since: iso(summary.since),
    slaDueAt: isoOrNull(summary.slaDueAt),
    createdAt: iso(summary.createdAt),
    updatedAt: iso(summary.updatedAt),
  }
}

export const returnView = entitySchemas.return_case
  .extend({
    deliveries: z.array(lane).describe('How the connected systems stand.'),
    ...answerFields,
  })
  .meta({ id: 'Return', description: 'A return, whole.' })

export type ReturnView = z.infer<typeof returnView>

export const identifiedReturn = z
  .object({
    system: text,
    type: text,
    value: text,
    isIdentifying: z.boolean().describe('It belongs to this return only.'),
    returnId: uuid,
    caseNo: text,
    headline,
  })
  .meta({ id: 'IdentifiedReturn', description: 'What an identifier leads to.' })

export function identifiedView(found: IdentifiedCase): z.infer<typeof identifiedReturn> {
  const { system, type, value, identifying, caseId, caseNo } = found
  return {
    system,
    type,
    value,
    isIdentifying: identifying,
    returnId: caseId,
    caseNo,
    headline: found.headline,
  }
}
