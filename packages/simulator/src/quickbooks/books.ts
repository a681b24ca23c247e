/** Money in cents, so that sums are exact. */
export type Cents = number
const toCents = (amount: number): Cents => Math.round(amount * 100)
const fromCents = (cents: Cents): number => Number((cents / 100).toFixed(2))

export type Entity = 'CreditMemo' | 'RefundReceipt' | 'Invoice' | 'Payment' | 'Attachable'

/** A document as QuickBooks keeps it: what was sent, with what it adds. */
export interface Document {
  readonly id: string
  readonly entity: Entity
  /** Fields as they are answered. */
  fields: Readonly<Record<string, unknown>>
  syncToken: number
  total: Cents
  /** What is left of a credit memo, or open of an invoice. */
  balance: Cents
  updatedAt: Date
  isDeleted: boolean
}

interface Line {
  readonly Amount?: number
  readonly LinkedTxn?: readonly { readonly TxnId: string; readonly TxnType: string }[]
}

function linesOf({ fields }: Pick<Document, 'fields'>): readonly Line[] {
  const lines = fields['Line']
  return Array.isArray(lines) ? (lines as Line[]) : []
}

function sumOf(fields: Readonly<Record<string, unknown>>, extraTax: Cents): Cents {
  const lines = linesOf({ fields }).reduce((sum, { Amount = 0 }) => sum + toCents(Amount), 0)
  const { TotalTax = 0 } = (fields['TxnTaxDetail'] ?? {}) as { TotalTax?: number }
  return lines + toCents(TotalTax) + extraTax
}

/** One company's documents. */
export class CompanyBooks {
  readonly documents: Document[] = []
  readonly #now: () => Date
  /** What the company's own tax set-up adds to what is said. */
  extraTax: Cents = 0

  constructor(now: () => Date) {
    this.#now = now
  }

  find(entity: Entity, id: string): Document | undefined {
    return this.of(entity).find((one) => one.id === id)
  }

  of(entity: Entity): readonly Document[] {
    return this.documents.filter((one) => one.entity === entity && !one.isDeleted)
  }

  add(entity: Entity, fields: Readonly<Record<string, unknown>>): Document {
    const total = sumOf(fields, entity === 'CreditMemo' ? this.extraTax : 0)
    const made: Document = {
      id: String(this.documents.length + 101),
      entity,
      fields,
      syncToken: 0,
      total,
      balance: entity === 'CreditMemo' || entity === 'Invoice' ? total : 0,
      updatedAt: this.#now(),
      isDeleted: false,
    }
    this.documents.push(made)
    return made
  }

  touch(one: Document): void {
    one.syncToken += 1
    one.updatedAt = this.#now()
  }

  /** A payment of nothing that links a credit and an invoice. */
  link(payment: Document): string | null {
    for (const { Amount = 0, LinkedTxn = [] } of linesOf(payment)) {
      for (const { TxnId, TxnType } of LinkedTxn) {
        const linked = this.find(TxnType as Entity, TxnId)
        if (linked === undefined || toCents(Amount) > linked.balance) return '6000'
        linked.balance -= toCents(Amount)
        this.touch(linked)
      }
    }
    return null
  }

  void(one: Document): void {
    const note = typeof one.fields['PrivateNote'] === 'string' ? one.fields['PrivateNote'] : ''
    one.fields = { ...one.fields, PrivateNote: `Voided - ${note}` }
    one.total = 0
    one.balance = 0
    this.touch(one)
  }
}

export function wire(one: Document): Record<string, unknown> {
  return {
    ...one.fields,
    domain: 'QBO',
    sparse: false,
    Id: one.id,
    SyncToken: String(one.syncToken),
    MetaData: { LastUpdatedTime: one.updatedAt.toISOString() },
    ...(one.entity === 'Attachable'
      ? {}
      : { TotalAmt: fromCents(one.total), Balance: fromCents(one.balance) }),
  }
}
