import { createHash } from 'node:crypto'
import type { PolledMessage } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { readTold } from './told-news.ts'

/* Help desks whose tickets are looked through by their ids, and in whose fields an agent says what to do. */

/** So much of the past the first look sees. */
const firstLookSeconds = 86_400

const look = z.object({
  v: z.literal(1),
  /** When the last look that came to its end began, by our clock, in seconds. */
  since: z.int().min(0),
  /** When the look under way began; null between two looks. */
  began: z.int().min(0).nullable(),
  /** The ticket that the page before ended with. */
  after: z.string().regex(/^\d{1,19}$/),
})
export type TicketLook = z.output<typeof look>

/**
 * Where a look goes on. A cursor that cannot be read begins anew: what is read twice is dropped by its id.
 *
 * @param now - in seconds.
 */
export function readLook(cursor: string | null, now: number): TicketLook {
  try {
    return look.parse(JSON.parse(cursor ?? 'null'))
  } catch {
    return { v: 1, since: Math.max(0, now - firstLookSeconds), began: null, after: '0' }
  }
}

/**
 * The cursor after a page. A look goes by the ids of the tickets: one that changes meanwhile is in the next look.
 *
 * @param last - the last ticket of a page that was full; undefined where the look is at its end.
 */
export function writeLook(
  { since, began }: TicketLook,
  { now, last }: { readonly now: number; readonly last: string | undefined },
): string {
  const beganAt = began ?? now
  const next: TicketLook =
    last === undefined
      ? { v: 1, since: beganAt, began: null, after: '0' }
      : { v: 1, since, began: beganAt, after: last }
  return JSON.stringify(next)
}

/** What stands in the fields of a ticket. */
export interface TicketAsk {
  readonly ticket: string
  readonly action: string | null
  /** The last news that the ticket was told. */
  readonly told: string | null
  readonly caseNo: string | null
  readonly order: string | null
  readonly sku: string | null
  readonly quantity: string | null
  readonly reason: string | null
  readonly email: string | null
  readonly currency: string
}

/** Only what an agent says: what the hub itself writes makes no new message. Two readings of one state are one. */
export function askedMessage(ask: TicketAsk): PolledMessage {
  const { ticket, action, told, caseNo, order, sku, quantity, reason, email, currency } = ask
  const body = {
    ticket,
    action,
    // An answer belongs to the question that was asked last.
    question: action === 'answered' ? questionOf(told) : null,
    // Of a return that may have begun elsewhere. With `start` it comes from us, and is no news.
    caseNo: action === 'cancel' ? caseNo : null,
    order,
    sku,
    quantity,
    reason,
    email,
    currency,
  }
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 32)
  return { topic: 'ticket', messageId: `ticket:${ticket}:${digest}`, body }
}

/** Names the question that the ticket was told last; null where the last news was none. */
function questionOf(text: string | null): string | null {
  const told = readTold(text)
  return told?.headline === 'info_needed' ? told.mark : null
}
