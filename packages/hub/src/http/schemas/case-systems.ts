import { type Axis, axes, eventTypes, systemRoles } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import type { CaseSystem } from '../../pipeline/case-systems.ts'
import type { RefreshStep } from '../../pipeline/refresh-system.ts'
import type { LastWord } from '../../store/timeline.ts'
import { iso, text, textOrNull, time } from './common.ts'
import { delivery, deliveryView } from './deliveries.ts'

const axis = z.enum(axes as [Axis, ...Axis[]])
const role = z.enum(systemRoles)
const refreshWay = z.enum(['order', 'presence', 'poll'])

const word = z.object({
  type: z.enum(eventTypes as [string, ...string[]]),
  seq: z.int(),
  occurredAt: time,
  recordedAt: time,
  outcome: textOrNull,
  state: textOrNull.describe('As it was reported, where that was all.'),
})

export const caseSystem = z
  .object({
    system: text.describe('The connection, or what a reference names instead.'),
    connection: z
      .object({
        id: text,
        title: text,
        connector: text,
        state: text,
        reason: textOrNull,
        roles: z.array(role),
      })
      .nullable()
      .describe('Null for a system that is not connected.'),
    plays: z.array(role).describe('The roles that it plays for this return.'),
    refs: z.array(
      z.object({
        type: text,
        value: text,
        boundAt: time,
        url: textOrNull.describe('Where a person looks at it, if the connector can tell.'),
      }),
    ),
    heard: word
      .extend({ events: z.int().describe('How much it has said in all.') })
      .nullable()
      .describe('Its last word.'),
    says: z.array(
      z.object({ axis, last: word, ours: z.array(text).describe('States of our lines.') }),
    ),
    told: delivery.nullable().describe('The last command for it.'),
    mismatches: z.array(
      z.object({
        axis: axis.nullable(),
        theirs: z.array(text),
        ours: z.array(text),
        lineNos: z.array(z.int()),
        since: time,
        by: z.enum(['claim', 'drift']),
        key: text.describe('Of the claim, or of the exception.'),
      }),
    ),
    refresh: z.array(refreshWay).describe('How it can be asked again; empty: it cannot.'),
  })
  .meta({ id: 'CaseSystem', description: 'The same return as one system knows it.' })

export function caseSystemView(one: CaseSystem): z.infer<typeof caseSystem> {
  const { system, connection, plays, refs, heard, says, told, mismatches, refresh } = one
  return {
    system,
    connection: connection
      ? {
          id: connection.id,
          title: connection.title,
          connector: connection.connectorKey,
          state: connection.state,
          reason: connection.reason,
          roles: [...connection.roles],
        }
      : null,
    plays: [...plays],
    refs: refs.map(({ boundAt, ...ref }) => ({ ...ref, boundAt: iso(boundAt) })),
    heard: heard && { ...wordView(heard.last), events: heard.events },
    says: says.map(({ axis: about, last, ours }) => ({
      axis: about,
      last: wordView(last),
      ours: [...ours],
    })),
    told: told && deliveryView(told),
    mismatches: mismatches.map(({ theirs, ours, lineNos, since, ...rest }) => ({
      ...rest,
      theirs: [...theirs],
      ours: [...ours],
      lineNos: [...lineNos],
      since: iso(since),
    })),
    refresh: [...refresh],
  }
}

function wordView({ type, seq, occurredAt, recordedAt, outcome, state }: LastWord) {
  return { type, seq, occurredAt: iso(occurredAt), recordedAt: iso(recordedAt), outcome, state }
}

export const refreshed = z
  .object({
    steps: z.array(
      z.object({
        way: refreshWay,
        scope: z
          .enum(['return', 'connection'])
          .describe('`connection`: it reads what has changed there, this return only if it has.'),
        outcome: z.enum(['answered', 'silent', 'refused', 'woken']),
        name: textOrNull.describe('Of a poll.'),
        asked: z.int().nullable(),
        gone: z.array(text).describe('References that the system no longer has.'),
        sentence: textOrNull,
      }),
    ),
    at: time,
  })
  .meta({ id: 'RefreshedSystem', description: 'What was set off to hear from a system again.' })

export function refreshedView(steps: readonly RefreshStep[], at: Date): z.infer<typeof refreshed> {
  return { steps: steps.map((step) => ({ ...step, gone: [...step.gone] })), at: iso(at) }
}
