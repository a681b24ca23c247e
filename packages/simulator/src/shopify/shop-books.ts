import type { BookEntry } from '../double/index.ts'
import { gid, type ShopReturn, type ShopState } from './shop-state.ts'

/** What the shop believes of returns and refunds. */
export function booksOf(state: ShopState): BookEntry[] {
  const refunds = state.refunds.map((refund): BookEntry => {
    const { id, note, transactions, order } = refund
    const out = transactions.filter(({ status }) => status === 'SUCCESS')
    const minor = out.reduce((sum, one) => sum + one.minor, 0)
    const caseNo = caseNoIn(note) ?? (refund.return && caseNoOf(refund.return))
    const ref = gid('Refund', id)
    return { caseNo, ref, kind: 'refunded', minor, currency: order.currency }
  })
  return [...state.returns.flatMap(entriesOf), ...refunds]
}

function entriesOf(one: ShopReturn): BookEntry[] {
  const caseNo = caseNoOf(one)
  const ref = gid('Return', one.id)
  const { status } = one
  const isOpen = status === 'OPEN' || status === 'CLOSED'
  return one.lines.flatMap(({ of, quantity, processed }) => {
    const common = { caseNo, ref, sku: of.item.sku, status }
    const asked: BookEntry = { ...common, kind: 'requested', quantity: String(quantity) }
    const open: BookEntry = { ...common, kind: 'authorized', quantity: String(quantity) }
    const come: BookEntry = { ...common, kind: 'received', quantity: String(processed) }
    return [asked, ...(isOpen ? [open] : []), ...(processed > 0 ? [come] : [])]
  })
}

function caseNoOf({ lines }: ShopReturn): string | null {
  return lines.map(({ note }) => caseNoIn(note)).find((one) => one !== null) ?? null
}

function caseNoIn(text: string | null): string | null {
  return /^RMA-\d{6,15}-\d(?!\d)/u.exec(text ?? '')?.[0] ?? null
}
