import { z } from 'zod'
import {
  type AttemptRecord,
  type DeliveryDetail,
  type DeliveryRecord,
  deliveryStates,
  type LaneSummary,
} from '../../store/delivery-queries.ts'
import { formatDeliveryId } from '../../store/outbox.ts'
import { maskCustomer } from '../masking.ts'
import { maskPersonal } from '../personal-payload.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull, uuid } from './common.ts'

export const deliveryState = z.enum(deliveryStates)

const attemptOutcome = z.enum(['delivered', 'retry', 'unknown', 'dead', 'read_back'])

export const attempt = z
  .object({
    attempt: z.int(),
    at: time,
    outcome: attemptOutcome,
    status: z.int().nullable().describe('HTTP status, where there was one.'),
    code: textOrNull,
    reason: textOrNull,
    durationMs: z.int(),
    externalId: textOrNull.describe('The id that the neighbor gave.'),
  })
  .meta({ id: 'Attempt', description: 'One try of a delivery.' })

const deliveryFields = {
  id: text.describe('`<case id>.<number>`'),
  caseId: uuid,
  caseNo: text,
  connectionId: text,
  role: text,
  command: text,
  caseVersion: z.int(),
  state: deliveryState,
  attempts: z.int(),
  createdAt: time,
  dueAt: timeOrNull.describe('When it is tried; null when it has ended or stands behind another.'),
  replayOf: textOrNull,
  lastAttempt: z
    .object({
      at: timeOrNull,
      outcome: attemptOutcome.nullable(),
      status: z.int().nullable(),
      code: textOrNull,
      reason: textOrNull,
    })
    .nullable(),
}

export const delivery = z
  .object(deliveryFields)
  .meta({ id: 'Delivery', description: 'A command for one connection.' })

export const deliveryDetail = z
  .object({
    ...deliveryFields,
    occurredAt: time,
    commandKey: text,
    traceparent: textOrNull,
    body: z
      .unknown()
      .describe('The command as it is owed; without personal data for people who have signed in.'),
    tries: z.array(attempt),
  })
  .meta({ id: 'DeliveryDetail', description: 'A delivery with its command and its tries.' })

export const lane = z
  .object({
    connectionId: text,
    pending: z.int(),
    dead: z.int(),
    delivered: z.int(),
    deliveredVersion: z.int().nullable().describe('Newest case version that it was told of.'),
  })
  .meta({ id: 'Lane', description: 'How deliveries of a case to one connection stand.' })

export function laneView(summary: LaneSummary): z.infer<typeof lane> {
  return summary
}

export function deliveryView(record: DeliveryRecord): z.infer<typeof delivery> {
  const { caseId, caseNo, connectionId, role, commandType, caseVersion, state, attempts } = record
  const { replayOf, lastOutcome, lastCode } = record
  return {
    id: formatDeliveryId(record),
    caseId,
    caseNo,
    connectionId,
    role,
    command: commandType,
    caseVersion,
    state,
    attempts,
    createdAt: iso(record.createdAt),
    dueAt: isoOrNull(record.dueAt),
    replayOf: replayOf === null ? null : formatDeliveryId({ caseId, deliveryNo: replayOf }),
    lastAttempt:
      lastOutcome === null && lastCode === null
        ? null
        : {
            at: isoOrNull(record.lastAt),
            outcome: lastOutcome,
            status: record.lastStatus,
            code: lastCode,
            reason: record.lastReason,
          },
  }
}

export function attemptView(record: AttemptRecord): z.infer<typeof attempt> {
  const { caseId: _caseId, deliveryNo: _no, at, ...rest } = record
  return { ...rest, at: iso(at) }
}

export function deliveryDetailView(
  detail: DeliveryDetail,
  tries: readonly AttemptRecord[],
  { isMasked }: { readonly isMasked: boolean },
): z.infer<typeof deliveryDetail> {
  const { occurredAt, commandKey, traceparent, body } = detail
  return {
    ...deliveryView(detail),
    occurredAt: iso(occurredAt),
    commandKey,
    traceparent,
    body: isMasked ? maskPersonal(maskCustomer(body)) : body,
    tries: tries.map(attemptView),
  }
}
