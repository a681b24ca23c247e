import { header } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { type Caller, call, fieldIn, quoted, readAs } from './rt.ts'

/** RT writes numbers now as numbers and now as texts. */
const id = z.union([z.int().min(1), z.string().regex(/^[1-9]\d{0,18}$/)]).transform(String)

/** A field that was emptied by an empty text has one value, which is null. */
const customFields = z
  .array(z.looseObject({ name: z.string(), values: z.array(z.unknown()) }))
  .transform((list) => {
    const firsts = list.map(({ name, values: [value] }) => {
      return [name, typeof value === 'string' ? value : ''] as const
    })
    return new Map(firsts)
  })

export const ticketBody = z.looseObject({
  id,
  Status: z.string(),
  CustomFields: customFields,
})

/** A ticket as it was read, with the tag that a write has to name. */
export interface Ticket {
  readonly id: string
  readonly status: string
  /** First values of custom fields, by name. */
  readonly fields: ReadonlyMap<string, string>
  readonly etag: string | undefined
}

/** @returns null where there is none, or none that we may see. A merged ticket is the one that it was merged into. */
export async function readTicket(caller: Caller, ticketId: string): Promise<Ticket | null> {
  const path = `/ticket/${encodeURIComponent(ticketId)}`
  const answer = await call(caller, { path, allow: [404] })
  if (answer.status === 404) return null
  const { id: ownId, Status: status, CustomFields: fields } = readAs(ticketBody, answer.body)
  return { id: ownId, status, fields, etag: header(answer.headers, 'etag') }
}

const found = z.looseObject({ items: z.array(z.looseObject({ id })) })

/** The oldest ticket of the queue that names the return; deleted ones do not count. */
export async function findTicketId(caller: Caller, caseNo: string): Promise<string | null> {
  const { queue, fields } = caller.config
  const query = `Queue = ${quoted(queue)} AND ${fieldIn(fields.caseNo)} = ${quoted(caseNo)}`
  const { body } = await call(caller, {
    path: '/tickets',
    query: { query, orderby: 'id', order: 'ASC', per_page: '1' },
  })
  return readAs(found, body).items[0]?.id ?? null
}

const queueBody = z.looseObject({
  TicketCustomFields: z.array(z.looseObject({ name: z.string() })),
})

/** Names of custom fields that the queue lacks, or that we may not see; null where that goes for the queue itself. */
export async function missingFields(
  caller: Caller,
  names: readonly string[],
): Promise<readonly string[] | null> {
  const path = `/queue/${encodeURIComponent(caller.config.queue)}`
  const answer = await call(caller, { path, allow: [403, 404] })
  if (answer.body === null) return null
  const known = new Set(
    readAs(queueBody, answer.body).TicketCustomFields.map((field) => field.name),
  )
  return names.filter((name) => !known.has(name))
}

/** Custom fields that the hub itself writes. */
export function writtenFields({ fields }: Config): readonly string[] {
  return [fields.caseNo, fields.state, fields.sentence, fields.told]
}

/** A custom field holds one line; a longer one would be kept elsewhere, and not shown in lists. */
export function fieldText(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 250)
}
