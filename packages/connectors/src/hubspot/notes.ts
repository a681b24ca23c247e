import { type Delivery, ticketNote } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { toldBy } from '../told-news.ts'
import type { Config } from './config.ts'
import { call, crm, readAs } from './hubspot.ts'
import type { Ticket } from './ticket.ts'

type Update = Delivery<Config, 'ticket.update'>

/** Of a note to a ticket, as HubSpot defines it in every account. */
const noteToTicket = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 228 }]
/** What a note can hold. */
const maxBody = 65_536

/** HubSpot creates whatever it is told again: whoever calls has looked for the note. */
export async function writeNote(delivery: Update, ticketId: string): Promise<void> {
  const { command, config } = delivery
  const note = ticketNote({ caseNo: command.caseNo, ...command.body })
  const properties = {
    hs_timestamp: command.occurredAt,
    hs_note_body: `${toHtml(note)}<p>${markOf(delivery)}</p>`,
  }
  const associations = [{ to: { id: ticketId }, types: noteToTicket }]
  const path = `${crm(config, 'objects')}/notes`
  await call(delivery, { method: 'POST', path, send: { properties, associations } })
}

/** Short, and the same for the same news: people see it. */
function markOf(delivery: Update): string {
  return `${delivery.command.caseNo}/${toldBy(delivery).mark}`
}

const notes = z.looseObject({
  results: z.array(
    z.looseObject({
      properties: z.looseObject({ hs_note_body: z.string().nullable().optional() }),
    }),
  ),
})
const batchSize = 100

/** Whether a note of the ticket carries the mark of these news: the newest are looked at first. */
export async function hasNote(delivery: Update, { noteIds }: Ticket): Promise<boolean> {
  const mark = markOf(delivery)
  const newestFirst = noteIds.toSorted((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1))
  for (let from = 0; from < newestFirst.length; from += batchSize) {
    const inputs = newestFirst.slice(from, from + batchSize).map((id) => ({ id }))
    const { body } = await call(delivery, {
      method: 'POST',
      path: `${crm(delivery.config, 'objects')}/notes/batch/read`,
      send: { properties: ['hs_note_body'], inputs },
      isRead: true,
    })
    const { results } = readAs(notes, body)
    if (results.some(({ properties }) => properties.hs_note_body?.includes(mark))) return true
  }
  return false
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** HubSpot would run lines into one. Whatever looks like markup stays text. */
function toHtml(text: string): string {
  const escaped = text.replaceAll(/[&<>]/g, (character) => entities[character] ?? '')
  const paragraphs = escaped.split(/\n{2,}/).map((one) => `<p>${one.replaceAll('\n', '<br>')}</p>`)
  return paragraphs.join('').slice(0, maxBody - 100)
}
