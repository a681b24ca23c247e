import { type Delivery, TerminalError, UnknownOutcomeError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { toldBy, writeTold } from '../told-news.ts'
import type { Config } from './config.ts'
import { letterOf, noteOf } from './messages.ts'
import { call } from './rt.ts'
import { statusFor } from './statuses.ts'
import { fieldText, missingFields, writtenFields } from './ticket.ts'

type Update = Delivery<Config, 'ticket.update'>

const created = z.looseObject({
  id: z.union([z.int(), z.string().regex(/^\d+$/)]).transform(String),
})

/**
 * Makes the ticket of a return, with all that it is told in one request, which is one transaction of RT's. A status, a
 * letter, and then the comment, come afterwards: few statuses are allowed to a new ticket, and RT does not say which.
 *
 * The fields are looked for first: RT drops those that a queue does not have without a word, and a ticket that does
 * not name its return would be made again and again.
 *
 * @returns its number.
 */
export async function createTicket(delivery: Update): Promise<string> {
  const { config } = delivery
  refuseWhereFieldsAreMissing(config, await missingFields(delivery, writtenFields(config)))
  const answer = await call(delivery, { method: 'POST', path: '/ticket', send: ticketOf(delivery) })
  const parsed = created.safeParse(answer.body)
  if (parsed.success) return parsed.data.id
  const reason = 'RT took the ticket and did not say its number.'
  throw new UnknownOutcomeError({ code: 'RESPONSE_MALFORMED', status: answer.status, reason })
}

function ticketOf(delivery: Update) {
  const { config, command, contact } = delivery
  const { fields, queue } = config
  const { headline } = command.body
  const isAll = letterOf(delivery) === null && statusFor(config, headline) === null
  return {
    Queue: queue,
    Subject: `Return ${command.caseNo}`,
    ...(contact?.email ? { Requestor: contact.email } : {}),
    ...(isAll ? { Content: noteOf(delivery), ContentType: 'text/plain' } : {}),
    CustomFields: {
      [fields.caseNo]: command.caseNo,
      [fields.state]: headline,
      [fields.sentence]: fieldText(command.body.sentence),
      ...(isAll ? { [fields.told]: writeTold(toldBy(delivery)) } : {}),
    },
  }
}

function refuseWhereFieldsAreMissing({ queue }: Config, missing: readonly string[] | null): void {
  if (missing === null) {
    const reason = `RT has no queue "${queue}", or its user may not see it.`
    throw new TerminalError({ code: 'QUEUE_UNKNOWN', reason })
  }
  if (missing.length === 0) return
  const reason = `The queue "${queue}" lacks custom fields, or the right to see them: ${missing.join(', ')}.`
  throw new TerminalError({ code: 'FIELDS_MISSING', reason })
}
