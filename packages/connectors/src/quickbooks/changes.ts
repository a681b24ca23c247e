import type { PollDefinition, PolledMessage, PollPage, PollPull } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { z } from 'zod'
import { toText } from './amounts.ts'
import type { Config } from './config.ts'
import { QuickBooks } from './quickbooks.ts'
import { readNote } from './references.ts'
import { type CreditMemo, changed, type RefundReceipt } from './shapes.ts'

/** QuickBooks tells changes of 30 days, and at most this many of each kind at once. */
const mostOfAKind = 1_000
const overlapMs = 120_000
const firstLookMs = 7 * 86_400_000

const cursorShape = z.object({ since: z.iso.datetime({ offset: true }) })

/** Credit memos and refund receipts that were changed, by change data capture. Those that name no return are nobody's. */
export const changes: PollDefinition<Config> = { everySeconds: 900, pull }

async function pull(page: PollPull<Config>): Promise<PollPage> {
  const { cursor, now } = page
  const since = sinceOf(cursor) ?? new Date(now.getTime() - firstLookMs).toISOString()
  const answer = await new QuickBooks(page).read('/cdc', changed, {
    entities: 'CreditMemo,RefundReceipt',
    changedSince: since,
  })
  const parts = answer.CDCResponse.flatMap(({ QueryResponse }) => QueryResponse)
  const memos = parts.flatMap(({ CreditMemo: found = [] }) => found.filter(isThere))
  const receipts = parts.flatMap(({ RefundReceipt: found = [] }) => found.filter(isThere))
  const told = [
    ...memos.map((one) => ({ at: changedAt(one), message: memoMessage(one) })),
    ...receipts.map((one) => ({ at: changedAt(one), message: receiptMessage(one) })),
  ].toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const isFull = [memos, receipts].some(({ length }) => length >= mostOfAKind)
  const last = told.at(-1)?.at
  // What did not fit comes after the last that did.
  const next = isFull && last !== undefined ? last : new Date(now.getTime() - overlapMs)
  return {
    messages: told.flatMap(({ message }) => message ?? []),
    cursor: JSON.stringify({ since: next.toISOString() }),
    hasMore: isFull && last !== undefined && next.toISOString() !== since,
  }
}

function sinceOf(cursor: string | null): string | null {
  try {
    return cursorShape.parse(JSON.parse(cursor ?? '')).since
  } catch {
    return null
  }
}

/** A document that is gone says nothing but its id: `presence` finds it. */
function isThere<Kind extends object>(one: Kind): one is Exclude<Kind, { status: 'Deleted' }> {
  return !('status' in one && one.status === 'Deleted')
}

function changedAt({ MetaData }: Pick<CreditMemo, 'MetaData'>): Date {
  const at = new Date(MetaData?.LastUpdatedTime ?? '')
  return Number.isNaN(at.getTime()) ? new Date(0) : at
}

function memoMessage(memo: CreditMemo): PolledMessage | null {
  const ours = readNote(memo.PrivateNote)
  if (ours === null) return null
  const body = {
    id: memo.Id,
    number: memo.DocNumber ?? null,
    caseNo: ours.caseNo,
    creditId: ours.object ?? `quickbooks-${memo.Id}`,
    // A void leaves the document, over nothing.
    status: memo.TotalAmt === 0 ? 'voided' : 'posted',
    total: toText(memo.TotalAmt),
    applied: new Big(toText(memo.TotalAmt)).minus(toText(memo.Balance ?? memo.TotalAmt)).toFixed(),
    currency: memo.CurrencyRef?.value ?? '',
    at: changedAt(memo).toISOString(),
  }
  const messageId = `credit-memo:${memo.Id}:${memo.SyncToken}:${body.applied}`
  return { topic: 'credit-memo', messageId, body }
}

function receiptMessage(receipt: RefundReceipt): PolledMessage | null {
  const ours = readNote(receipt.PrivateNote)
  if (ours === null) return null
  const body = {
    id: receipt.Id,
    caseNo: ours.caseNo,
    refundId: ours.object ?? `quickbooks-${receipt.Id}`,
    status: receipt.TotalAmt === 0 ? 'voided' : 'paid',
    amount: toText(receipt.TotalAmt),
    currency: receipt.CurrencyRef?.value ?? '',
    at: changedAt(receipt).toISOString(),
  }
  const messageId = `refund-receipt:${receipt.Id}:${receipt.SyncToken}`
  return { topic: 'refund-receipt', messageId, body }
}
