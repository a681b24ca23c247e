import { entitySchemas, headlines } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import type { CaseSummary, IdentifiedCase } from '../../store/case-queries.ts'
import { answerFields } from './case-answers.ts'
import { iso, text, textOrNull, time, uuid } from './common.ts'
import { lane } from './deliveries.ts'

export const headline = z.enum(headlines)

export const returnSummary = z
  .object({
    id: uuid,
    caseNo: text,
    company: text,
    channel: text,
    kind: text,
    headline,
    since: time.describe('When the headline last changed.'),
    version: z.int(),
    orderRefs: z.array(text),
    customerId: textOrNull,
    lineCount: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'ReturnSummary', description: 'A return as lists show it.' })

export function returnSummaryView(summary: CaseSummary): z.infer<typeof returnSummary> {
  const { caseId, caseSeq: _seq, since, orderRefs, createdAt, updatedAt, ...rest } = summary
  return {
    ...rest,
    id: caseId,
    orderRefs: [...orderRefs],
    since: iso(since),
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
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
