import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  type ReadBackResult,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { isOldNews, readTold, type Told, toldBy, writeTold } from '../told-news.ts'
import type { Config } from './config.ts'
import { call, crm } from './hubspot.ts'
import { hasNote, writeNote } from './notes.ts'
import { pipelineFor, readPipelines, stageFor } from './pipelines.ts'
import { readTicket, type Ticket } from './ticket.ts'

type Update = Delivery<Config, 'ticket.update'>

/**
 * `ticket.update`: the return's number, its status in a sentence and its stage as properties of the ticket, and a note.
 * The ticket is the one that the return was started from, or the one with its number; else one is made, where the
 * configuration says so.
 *
 * Safe to repeat: a ticket is made by `batch/upsert` under its number, which is unique; the ticket holds which news it
 * was told last; a note carries a mark, and is looked for where the ticket has been told already.
 * Source: HubSpot, API 2026-03, "Tickets", "Notes", "Pipelines", read 2026-11-23. Never tried against HubSpot itself.
 *
 * @returns `externalId`: the id of the ticket; nothing where there is none, and none is to be made.
 * @throws {TerminalError} PIPELINE_UNKNOWN, STAGE_UNKNOWN, SCOPE_MISSING, TICKET_REFUSED.
 */
export const updateTicket: DeliveryDefinition<Config, 'ticket.update'> = {
  deliver: update,
  idempotency: { kind: 'upsert', readBack },
}

async function update(delivery: Update): Promise<Delivered> {
  const ticket = await findTicket(delivery)
  if (ticket === null) {
    if (!delivery.config.createTickets) return {}
    const id = await createTicket(delivery)
    if (delivery.config.notes) await writeNote(delivery, id)
    return { externalId: id }
  }
  const delivered = { externalId: ticket.id }
  const last = lastTold(ticket)
  const own = toldBy(delivery)
  if (!isOldNews(last, own)) {
    await changeTicket(delivery, ticket, last)
    if (delivery.config.notes) await writeNote(delivery, ticket.id)
  } else if (await lacksNote(delivery, ticket, last)) await writeNote(delivery, ticket.id)
  return delivered
}

/** The ticket that the return was started from comes before one that has its number. */
async function findTicket(delivery: Update): Promise<Ticket | null> {
  const { caseNo, body } = delivery.command
  for (const { type, value } of body.target ?? []) {
    const known = type === 'ticket' ? await readTicket(delivery, { id: value }) : null
    // A ticket that names another return shows that one: two would write over each other.
    const named = known?.properties['return_case_id'] || caseNo
    if (known !== null && named === caseNo) return known
  }
  return readTicket(delivery, { caseNo })
}

function lastTold({ properties }: Ticket): Told | null {
  return readTold(properties['return_told'])
}

/** A note of these very news may be missing, where the attempt before came no further. */
async function lacksNote(delivery: Update, ticket: Ticket, last: Told | null): Promise<boolean> {
  if (!delivery.config.notes || last?.mark !== toldBy(delivery).mark) return false
  return !(await hasNote(delivery, ticket))
}

/** What is said of the return on any ticket. */
function newsOf(delivery: Update) {
  const { command } = delivery
  return {
    return_case_id: command.caseNo,
    return_state: command.body.headline,
    return_status: command.body.sentence,
    return_told: writeTold(toldBy(delivery)),
  }
}

const upserted = z.looseObject({
  results: z.array(z.looseObject({ id: z.string().regex(/^\d{1,19}$/) })).length(1),
})
const refused = z.looseObject({ numErrors: z.int().min(1) })

/** @returns the id of the ticket. Made twice, it is the same one. */
async function createTicket(delivery: Update): Promise<string> {
  const { config, command } = delivery
  const pipeline = pipelineFor(config, await readPipelines(delivery))
  const stage = stageFor(config, command.body.headline, pipeline) ?? pipeline.stages[0]?.id
  const properties = {
    subject: `Return ${command.caseNo}`,
    hs_pipeline: pipeline.id,
    ...(stage === undefined ? {} : { hs_pipeline_stage: stage }),
    ...newsOf(delivery),
  }
  const { status, body } = await call(delivery, {
    method: 'POST',
    path: `${crm(config, 'objects')}/tickets/batch/upsert`,
    send: { inputs: [{ idProperty: 'return_case_id', id: command.caseNo, properties }] },
  })
  const made = upserted.safeParse(body)
  if (made.success && made.data.results[0]) return made.data.results[0].id
  // 207 says that some of a batch failed: of a batch of one, all of it.
  if (refused.safeParse(body).success) throw new TerminalError({ code: 'TICKET_REFUSED', status })
  throw new UnknownOutcomeError({ code: 'RESPONSE_MALFORMED', status })
}

/** The stage follows the state: where the state stays, a stage that an agent has chosen stays, too. */
async function changeTicket(delivery: Update, ticket: Ticket, last: Told | null): Promise<void> {
  const { config, command } = delivery
  const { headline } = command.body
  const stage = last?.headline === headline ? null : await ownStage(delivery, ticket)
  const properties = {
    ...newsOf(delivery),
    ...(stage === null ? {} : { hs_pipeline_stage: stage }),
    // An answer to an earlier question is none to this one.
    ...(headline === 'info_needed' && ticket.properties['return_action'] === 'answered'
      ? { return_action: '' }
      : {}),
  }
  const path = `${crm(config, 'objects')}/tickets/${ticket.id}`
  await call(delivery, { method: 'PATCH', path, send: { properties } })
}

/** Of the pipeline that the ticket is in, which need not be that of new tickets. */
async function ownStage(delivery: Update, { properties }: Ticket): Promise<string | null> {
  const pipelines = await readPipelines(delivery)
  const own = pipelines.find(({ id }) => id === properties['hs_pipeline'])
  if (own === undefined) return null
  const stage = stageFor(delivery.config, delivery.command.body.headline, own)
  return stage === properties['hs_pipeline_stage'] ? null : stage
}

async function readBack(delivery: Update): Promise<ReadBackResult> {
  const ticket = await findTicket(delivery)
  const last = ticket === null ? null : lastTold(ticket)
  if (ticket === null || !isOldNews(last, toldBy(delivery))) return { state: 'absent' }
  if (await lacksNote(delivery, ticket, last)) return { state: 'absent' }
  return { state: 'applied', externalId: ticket.id }
}
