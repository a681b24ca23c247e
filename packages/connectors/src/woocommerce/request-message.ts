import { createHash } from 'node:crypto'
import type { PolledMessage } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { orderPart } from './order-part.ts'
import { metaOf, type Note, type Order } from './shapes.ts'

/** Nothing, or a text that says something; plugins write numbers where others write texts. */
const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => {
    const trimmed = String(value ?? '').trim()
    return trimmed === '' ? null : trimmed.slice(0, 2_000)
  })

/** A line as the shop may say it; `item_id` is the id of a line of the order. */
const askedLine = z.object({
  item_id: z.coerce.number().int().min(1),
  quantity: z.coerce.number().positive(),
  reason: text,
  text,
  resolution: text,
})
type AskedLine = z.output<typeof askedLine>

/** What the shop may write into the order's meta; every part of it may be missing. */
const asked = z.object({
  id: text.pipe(z.string().max(100).nullable()),
  requested_at: z.string().max(40).nullish(),
  reason: text,
  text,
  resolution: text,
  canceled: z.boolean().default(false),
  lines: z.array(askedLine).max(200).default([]),
})
type Asked = z.output<typeof asked>

/**
 * Text in JSON, as PHP plugins like to keep it, or the thing itself; one, or several. Null stands for one that
 * cannot be read: it asks for no line, and a person looks at it.
 */
function readMeta(value: unknown): readonly (Asked | null)[] {
  const plain = typeof value === 'string' ? parseJson(value) : value
  if (plain === undefined) return []
  const list: unknown[] = Array.isArray(plain) ? plain : [plain]
  return list.map((one) => {
    const parsed = asked.safeParse(one)
    return parsed.success ? parsed.data : null
  })
}

const wholeOrder = asked.parse({})

/** A bare mark such as `yes` asks for the whole order. */
function parseJson(value: string): unknown {
  const trimmed = value.trim()
  if (['', 'no', '0', 'false'].includes(trimmed)) return undefined
  if (!/^[[{]/.test(trimmed)) return wholeOrder
  try {
    return JSON.parse(trimmed)
  } catch {
    return null
  }
}

/** Whether an order says by itself that a return is asked for, without its notes. */
export function isRequested(order: Order, { requests }: Config): boolean {
  const isMeta = readMeta(metaOf(order.meta_data, requests.meta)).length > 0
  return isMeta || requests.statuses.includes(order.status)
}

/**
 * What an order says of returns that are asked for: one message for each request. The same request gives the same
 * message, whatever else of the order has changed.
 */
export function requestMessages(
  order: Order,
  { config, notes }: { readonly config: Config; readonly notes: readonly Note[] },
): PolledMessage[] {
  const part = orderPart(order, config)
  return requestsOf(order, { config, notes }).map(({ said, ...known }) => {
    const body = {
      order: part,
      request: { ...known, lines: said === null ? [] : linesOf(part.lines, said) },
    }
    const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 24)
    return { topic: 'return-request', messageId: `request:${order.id}:${digest}`, body }
  })
}

/** The return that an order asks for, by its name in the hub; null where it asks for none. */
export function requestRefOf(
  order: Order,
  given: { readonly config: Config; readonly notes: readonly Note[] },
): string | null {
  return requestsOf(order, given).find(({ isCanceled }) => !isCanceled)?.ref ?? null
}

function requestsOf(
  order: Order,
  { config, notes }: { readonly config: Config; readonly notes: readonly Note[] },
) {
  const { requests } = config
  const written = readMeta(metaOf(order.meta_data, requests.meta))
  const noted = notes.find(({ note }) => isRequestNote(note, config))
  const isStatus = requests.statuses.includes(order.status)
  if (written.length === 0 && !isStatus && noted === undefined) return []
  const by = written.length > 0 ? 'meta' : isStatus ? 'status' : 'note'
  const said: readonly (Asked | null)[] = written.length > 0 ? written : [wholeOrder]
  return said.map((one, index) => ({
    by,
    ref: refOf(order, one?.id ?? (said.length > 1 ? String(index + 1) : null)),
    requestedAt: one?.requested_at ?? requestedAt(noted),
    isCanceled: one?.canceled === true,
    said: one === null ? null : { ...one, text: one.text ?? restOf(noted?.note ?? '', config) },
  }))
}

/** `<order>`, or `<order>/<request>`: by this the order is found again when there is something to tell. */
function refOf({ id }: Order, request: string | null): string {
  return request === null ? String(id) : `${id}/${request}`
}

/** Null where nobody says when: a status has no time of its own. */
function requestedAt(noted: Note | undefined): string | null {
  return noted === undefined ? null : `${noted.date_created_gmt}Z`
}

type OrderLine = ReturnType<typeof orderPart>['lines'][number]

function linesOf(bought: readonly OrderLine[], said: Asked) {
  const none = { reason: null, text: null, resolution: null }
  const lines: readonly AskedLine[] =
    said.lines.length > 0
      ? said.lines
      : bought.map(({ item, quantity }) => ({ ...none, item_id: item, quantity: Number(quantity) }))
  return lines.map((line, index) => {
    const found = bought.find(({ item }) => item === line.item_id)
    return {
      lineNo: index + 1,
      item: line.item_id,
      // Without these nobody knows what it is, and a person looks.
      name: found?.name ?? null,
      sku: found?.sku ?? null,
      shopProduct: found?.shopProduct ?? null,
      quantity: String(line.quantity),
      reason: line.reason ?? said.reason,
      text: line.text ?? said.text,
      resolution: line.resolution ?? said.resolution,
    }
  })
}

function isRequestNote(note: string, { requests }: Config): boolean {
  const { note: beginning } = requests
  return beginning !== undefined && note.trim().toLowerCase().startsWith(beginning.toLowerCase())
}

function restOf(note: string, { requests }: Config): string | null {
  const rest = note
    .trim()
    .slice((requests.note ?? '').length)
    .trim()
  return rest === '' ? null : rest.slice(0, 2_000)
}
