import { createHash } from 'node:crypto'
import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { getOrCreate } from '../client/get-or-create.ts'
import { Odoo } from '../client/odoo.ts'
import type { Config } from '../config.ts'
import { numbersIn } from '../orders/find-orders.ts'
import { companyIdOf } from '../places.ts'
import { externalId } from '../references.ts'
import { asRefusal } from '../refused-by-odoo.ts'
import { findOriginalOrder } from '../sales/original-order.ts'

type Note = Delivery<Config, 'note.record'>

/** A document that people read notes on. */
interface Place {
  readonly model: 'stock.picking' | 'sale.order'
  readonly id: number
}

/**
 * `note.record`: an internal note on the return transfer, or on the order where there is none yet. Links to evidence
 * become attachments of the document.
 *
 * Safe to repeat: each note ends with a mark of its own, which is looked for first; Odoo itself would post it again.
 * Attachments are named by the note.
 *
 * @throws {TerminalError} ORDER_NOT_FOUND, ORDER_AMBIGUOUS, and what Odoo refuses.
 */
export const recordNote: DeliveryDefinition<Config, 'note.record'> = {
  deliver: (delivery) => asRefusal({ what: 'the note' }, () => record(delivery)),
  idempotency: { kind: 'upsert' },
}

async function record(delivery: Note): Promise<Delivered> {
  const { config, command } = delivery
  const { body, caseNo } = command
  const odoo = await Odoo.open(delivery, companyIdOf(config, body.about?.company))
  const place = await placeOf(odoo, delivery)
  const mark = markOf(caseNo, body.noteId)
  const known = await findNote(odoo, place, mark)
  if (known !== null) return { externalId: String(known) }
  const attachmentIds = await attach(odoo, place, delivery)
  const named = {
    body: toHtml(body.text, mark),
    body_is_html: true,
    message_type: 'comment',
    subtype_xmlid: 'mail.mt_note',
    ...(attachmentIds.length > 0 ? { attachment_ids: attachmentIds } : {}),
  }
  const answer = await odoo.act(place.model, 'message_post', { ids: [place.id], named })
  const posted = idIn(answer) ?? (await findNote(odoo, place, mark))
  if (posted !== null) return { externalId: String(posted) }
  const reason = 'Odoo took the note and does not show it.'
  throw new TerminalError({ code: 'NOTE_NOT_POSTED', reason })
}

/** The first transfer of the return: what follows it has notes of its own. */
async function placeOf(odoo: Odoo, { command }: Note): Promise<Place> {
  const { target = [], about } = command.body
  const transfers = target.filter(({ type }) => type === 'return_transfer')
  const [transfer] = numbersIn(transfers.map(({ value }) => value)).toSorted((a, b) => a - b)
  if (transfer !== undefined) return { model: 'stock.picking', id: transfer }
  const order = await findOriginalOrder(odoo, {
    orderRefs: about?.orderRefs ?? [],
    orderLines: [],
  })
  return { model: 'sale.order', id: order.id }
}

/** Short, and the same for the same note: people see it. */
function markOf(caseNo: string, noteId: string): string {
  const digest = createHash('sha256').update(noteId).digest('hex').slice(0, 12)
  return `${caseNo}/note-${digest}`
}

const message = z.object({ id: z.int() })

async function findNote(odoo: Odoo, { model, id }: Place, mark: string): Promise<number | null> {
  const [found] = await odoo.search('mail.message', {
    domain: [
      ['model', '=', model],
      ['res_id', '=', id],
      ['body', 'like', mark],
    ],
    row: message,
    order: 'id',
    limit: 1,
  })
  return found?.id ?? null
}

async function attach(odoo: Odoo, place: Place, { command }: Note): Promise<readonly number[]> {
  const { attachments = [], noteId } = command.body
  const ids: number[] = []
  for (const [index, { name, url }] of attachments.entries()) {
    const key = externalId(odoo.config, command.caseNo, 'note', noteId, index + 1)
    const values = { name, type: 'url', url, res_model: place.model, res_id: place.id }
    ids.push(await getOrCreate(odoo, 'ir.attachment', { key, values }))
  }
  return ids
}

/** Odoo would run the lines of a plain text into one. Whatever looks like markup in it stays text. */
function toHtml(text: string, mark: string): string {
  const lines = escaped(text.trim()).split(/\r?\n/)
  return `<p>${lines.join('<br>')}</p><p><small>${escaped(mark)}</small></p>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}

/** The id of the message: in a list from 19 on, and alone before. */
function idIn(answer: unknown): number | null {
  const parsed = z.union([z.int(), z.array(z.int()).min(1)]).safeParse(answer)
  if (!parsed.success) return null
  return typeof parsed.data === 'number' ? parsed.data : (parsed.data[0] ?? null)
}
