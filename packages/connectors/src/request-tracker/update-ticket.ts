import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  type ReadBackResult,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { isOldNews, readTold, type Told, toldBy } from '../told-news.ts'
import type { Config } from './config.ts'
import { createTicket } from './create-ticket.ts'
import { comment, letterOf, sendLetter, subjectsOf } from './messages.ts'
import { call } from './rt.ts'
import { statusFor } from './statuses.ts'
import { fieldText, findTicketId, readTicket, type Ticket } from './ticket.ts'

type Update = Delivery<Config, 'ticket.update'>

/**
 * `ticket.update`: the return's number, its state and its status on the ticket, and a comment for the agents. The
 * ticket is the one that the return was started from, or one that names the return; else one is made, where the
 * configuration says so.
 *
 * Safe to repeat: the ticket holds which news it was told last, and comments carry a mark in their subject, which is
 * looked for first. Fields are written under the ticket's ETag (REST2 of RT 5.0.3, tried 2026-11-23).
 *
 * @returns `externalId`: the number of the ticket; nothing where there is none, and none is to be made.
 * @throws {TerminalError} STATUS_REFUSED, FIELD_NOT_WRITTEN, QUEUE_UNKNOWN, FIELDS_MISSING.
 * @throws {RetryableError} TICKET_CHANGED where people write the ticket again and again.
 */
export const updateTicket: DeliveryDefinition<Config, 'ticket.update'> = {
  deliver: update,
  idempotency: { kind: 'find_before_create', readBack },
}

async function update(delivery: Update): Promise<Delivered> {
  const ticket = await findTicket(delivery)
  if (ticket !== null) return tell(delivery, ticket)
  if (!delivery.config.createTickets) return {}
  const made = await readTicket(delivery, await createTicket(delivery))
  if (made === null) throw new UnknownOutcomeError({ code: 'TICKET_NOT_SHOWN' })
  return tell(delivery, made)
}

/** The ticket that the return was started from comes before one that only names it. */
async function findTicket(delivery: Update): Promise<Ticket | null> {
  const { caseNo, body } = delivery.command
  for (const { type, value } of body.target ?? []) {
    const known = type === 'ticket' ? await readTicket(delivery, value) : null
    if (known !== null && known.status !== 'deleted' && isOurs(delivery, known)) return known
  }
  const id = await findTicketId(delivery, caseNo)
  return id === null ? null : readTicket(delivery, id)
}

/** A ticket that names another return shows that one: two would write over each other. */
function isOurs({ config, command }: Update, { fields }: Ticket): boolean {
  const named = fields.get(config.fields.caseNo) ?? ''
  return named === '' || named === command.caseNo
}

async function tell(delivery: Update, ticket: Ticket): Promise<Delivered> {
  const delivered = { externalId: ticket.id }
  const last = lastTold(delivery.config, ticket)
  if (isOldNews(last, toldBy(delivery))) return delivered
  const aim = aimOf(delivery, last)
  const place = { ticketId: ticket.id, subjects: await subjectsOf(delivery, ticket.id) }
  await sendLetter(delivery, place)
  const isOpened = letterOf(delivery) !== null
  const found = isOpened ? ((await readTicket(delivery, ticket.id)) ?? ticket) : ticket
  const written = await writeFields(delivery, found, aim)
  const isRefused = aim !== null && written.status !== aim
  await comment(delivery, { ...place, isComplete: !isRefused })
  // RT answers 200 to a status that the lifecycle does not allow, and leaves it: only reading again tells.
  if (!isRefused) return delivered
  const reason = `RT does not let the ticket go from ${ticket.status} to ${aim}. Correct the lifecycle, or \`statuses\`.`
  throw new TerminalError({ code: 'STATUS_REFUSED', reason })
}

function lastTold(config: Config, { fields }: Ticket): Told | null {
  return readTold(fields.get(config.fields.told))
}

/** The status follows the state: where the state stays, a status that an agent has chosen stays, too. */
function aimOf({ config, command }: Update, last: Told | null): string | null {
  const { headline } = command.body
  return last?.headline === headline ? null : statusFor(config, headline)
}

/** How often a ticket that people work on is read again within one attempt. */
const maxRounds = 3

/** @returns the ticket as it stands afterwards. */
async function writeFields(delivery: Update, found: Ticket, aim: string | null): Promise<Ticket> {
  let ticket = found
  for (let round = 0; round < maxRounds; round += 1) {
    const changes = changesOf(delivery, ticket, aim)
    if (changes === null) return ticket
    const { status } = await call(delivery, {
      method: 'PUT',
      path: `/ticket/${ticket.id}`,
      send: changes,
      ifMatch: ticket.etag,
      allow: [412],
    })
    const again = await readTicket(delivery, ticket.id)
    if (again === null) throw new UnknownOutcomeError({ code: 'TICKET_NOT_SHOWN' })
    if (status !== 412) return confirmed(delivery, again)
    ticket = again
  }
  throw new RetryableError({ code: 'TICKET_CHANGED', status: 412 })
}

/** What is to be written; null where all is as it should be. */
function changesOf({ config, command }: Update, { status, fields }: Ticket, aim: string | null) {
  const { caseNo, state, sentence, action } = config.fields
  const { headline } = command.body
  const wanted = {
    [caseNo]: command.caseNo,
    [state]: headline,
    [sentence]: fieldText(command.body.sentence),
  }
  const differing: [string, string | readonly string[]][] = Object.entries(wanted).filter(
    ([name, value]) => fields.get(name) !== value,
  )
  // An answer to an earlier question is none to this one. An empty text would leave a value that is null.
  const isAskedAgain = headline === 'info_needed' && fields.get(action) === 'answered'
  if (isAskedAgain) differing.push([action, []])
  const isMoved = aim !== null && aim !== status
  if (differing.length === 0 && !isMoved) return null
  return { CustomFields: Object.fromEntries(differing), ...(isMoved ? { Status: aim } : {}) }
}

/** RT answers 200 to a field that the queue does not have, and to one that we may not write, and writes nothing. */
function confirmed({ config, command }: Update, ticket: Ticket): Ticket {
  const { caseNo } = config.fields
  if (ticket.fields.get(caseNo) === command.caseNo) return ticket
  const reason = `RT did not write the custom field "${caseNo}": it is missing, or the rights are.`
  throw new TerminalError({ code: 'FIELD_NOT_WRITTEN', reason })
}

async function readBack(delivery: Update): Promise<ReadBackResult> {
  const ticket = await findTicket(delivery)
  if (ticket === null || !isOldNews(lastTold(delivery.config, ticket), toldBy(delivery))) {
    return { state: 'absent' }
  }
  return { state: 'applied', externalId: ticket.id }
}
