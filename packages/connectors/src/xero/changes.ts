import type { PollDefinition, PolledMessage, PollPage, PollPull } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { readTime, toText } from './amounts.ts'
import type { Config } from './config.ts'
import { readReference } from './references.ts'
import { type CreditNote, creditNotes } from './shapes.ts'
import { Xero } from './xero.ts'

const pageSize = 100
/** Xero keeps times to the second, and a document that changes while pages are read moves on to a later one. */
const overlapMs = 120_000
const firstLookMs = 7 * 86_400_000

const cursorShape = z.object({
  since: z.iso.datetime(),
  page: z.int().min(1),
  /** When this run began: where the next one begins, less the overlap. */
  startedAt: z.iso.datetime(),
})

/** Credit notes that were changed, with what was set off and paid of them. Those that name no return are nobody's. */
export const changes: PollDefinition<Config> = { everySeconds: 300, pull }

async function pull(page: PollPull<Config>): Promise<PollPage> {
  const at = readCursor(page)
  const { CreditNotes: found } = await new Xero(page).read('/CreditNotes', creditNotes, {
    query: {
      where: 'Type=="ACCRECCREDIT"',
      order: 'UpdatedDateUTC ASC',
      page: String(at.page),
      pageSize: String(pageSize),
    },
    modifiedSince: new Date(at.since),
  })
  const hasMore = found.length === pageSize
  const next = hasMore
    ? { ...at, page: at.page + 1 }
    : { since: new Date(Date.parse(at.startedAt) - overlapMs).toISOString(), page: 1 }
  return {
    messages: found.flatMap((note) => messagesOf(note)),
    cursor: JSON.stringify({ startedAt: at.startedAt, ...next }),
    hasMore,
  }
}

/** What cannot be read begins anew with what changed lately: repeats are dropped by their ids. */
function readCursor({ cursor, now }: PollPull<Config>) {
  const known = cursorShape.safeParse(jsonOf(cursor))
  const startedAt = now.toISOString()
  if (!known.success) {
    const since = new Date(now.getTime() - firstLookMs).toISOString()
    return { since, page: 1, startedAt }
  }
  return known.data.page === 1 ? { ...known.data, startedAt } : known.data
}

function jsonOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return null
  }
}

const statuses: Readonly<Record<string, string>> = {
  DRAFT: 'drafted',
  SUBMITTED: 'drafted',
  AUTHORISED: 'posted',
  PAID: 'posted',
  VOIDED: 'reversed',
  DELETED: 'canceled',
}

function messagesOf(note: CreditNote): PolledMessage[] {
  const ours = readReference(note.Reference)
  const updatedAt = readTime(note.UpdatedDateUTC ?? '')
  if (ours === null || updatedAt === null) return []
  const { caseNo, object } = ours
  const creditId = object ?? `xero-${note.CreditNoteID}`
  const body = {
    id: note.CreditNoteID,
    number: note.CreditNoteNumber ?? null,
    caseNo,
    creditId,
    status: statuses[note.Status] ?? note.Status,
    total: toText(note.Total),
    currency: note.CurrencyCode ?? '',
    updatedAt: updatedAt.toISOString(),
    applied: note.Allocations.filter(({ IsDeleted }) => IsDeleted !== true).map((one) => ({
      refundId: `applied-${note.CreditNoteID}-${one.Invoice?.InvoiceID ?? ''}`.slice(0, 100),
      amount: toText(one.Amount),
    })),
    payments: note.Payments.map((one) => ({
      refundId: readReference(one.Reference)?.object ?? `xero-${one.PaymentID}`,
      amount: toText(one.Amount),
      state:
        one.Status === 'DELETED'
          ? 'deleted'
          : one.IsReconciled === true
            ? 'reconciled'
            : 'recorded',
    })),
  }
  const messageId = `credit-note:${note.CreditNoteID}:${updatedAt.getTime()}`
  return [{ topic: 'credit-note', messageId, body }]
}
