import { type Delivery, ticketNote } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { toldBy, writeTold } from '../told-news.ts'
import type { Config } from './config.ts'
import { call, readAs } from './rt.ts'

type Update = Delivery<Config, 'ticket.update'>

interface Place {
  readonly ticketId: string
  /** Of the messages that the ticket has. */
  readonly subjects: ReadonlySet<string>
}

/** What RT itself is to send to the customer; null for nothing. */
export function letterOf({ config, command }: Update): string | null {
  const { customerText } = command.body
  return config.customerTexts === 'correspond' && customerText ? customerText : null
}

/** A comment's text. What is sent to the customer stands in a letter of its own. */
export function noteOf(delivery: Update): string {
  const { caseNo, body } = delivery.command
  const { customerText: _, ...rest } = body
  return ticketNote({ caseNo, ...(letterOf(delivery) === null ? body : rest) })
}

/**
 * Has RT write to the requestor what is meant for the customer, where the configuration says so. Before anything else:
 * RT opens a resolved ticket again when somebody writes on it.
 */
export async function sendLetter(delivery: Update, { ticketId, subjects }: Place): Promise<void> {
  const letter = letterOf(delivery)
  const subject = subjectOf(delivery, 'letter')
  if (letter === null || subjects.has(subject)) return
  const send = { Subject: subject, Content: letter, ContentType: 'text/plain' }
  await call(delivery, { method: 'POST', path: `/ticket/${ticketId}/correspond`, send })
}

/**
 * Comments on a ticket. With it goes what the ticket was told, unless something of it failed: one request, so that
 * none of the two is there without the other.
 */
export async function comment(
  delivery: Update,
  { ticketId, subjects, isComplete }: Place & { readonly isComplete: boolean },
): Promise<void> {
  const { config } = delivery
  const told = { CustomFields: { [config.fields.told]: writeTold(toldBy(delivery)) } }
  const path = `/ticket/${ticketId}`
  const subject = subjectOf(delivery, 'note')
  if (config.notes && !subjects.has(subject)) {
    const text = { Subject: subject, Content: noteOf(delivery), ContentType: 'text/plain' }
    const send = { ...text, ...(isComplete ? told : {}) }
    await call(delivery, { method: 'POST', path: `${path}/comment`, send })
  } else if (isComplete) {
    await call(delivery, { method: 'PUT', path, send: told })
  }
}

/** Ends with the mark of the news, by which the message is found again. */
function subjectOf(delivery: Update, kind: 'letter' | 'note'): string {
  return `${delivery.command.caseNo} ${kind} ${toldBy(delivery).mark}`
}

const history = z.looseObject({
  items: z.array(z.looseObject({ Type: z.string(), Data: z.string().nullable().optional() })),
})
const pageSize = 100
/** Nobody reads longer tickets; beyond it a comment that comes twice does little harm. */
const maxPages = 20

/** Subjects of the comments and letters of a ticket: RT keeps them as the data of a transaction. */
export async function subjectsOf(delivery: Update, ticketId: string): Promise<ReadonlySet<string>> {
  const subjects = new Set<string>()
  for (let page = 1; page <= maxPages; page += 1) {
    const { body } = await call(delivery, {
      path: `/ticket/${ticketId}/history`,
      query: { fields: 'Type,Data', per_page: String(pageSize), page: String(page) },
    })
    const { items } = readAs(history, body)
    for (const { Type: type, Data: data } of items) {
      if (type === 'Comment' || type === 'Correspond') subjects.add((data ?? '').trim())
    }
    if (items.length < pageSize) break
  }
  return subjects
}
