import { randomUUID } from 'node:crypto'

/** Money in cents, so that sums are exact. */
export type Cents = number

export interface Line {
  readonly Description: string
  readonly Quantity: number
  readonly UnitAmount: number
  readonly LineAmount: number
  readonly TaxAmount: number
  readonly AccountCode?: string
  readonly TaxType?: string
  readonly ItemCode?: string
}

export interface Invoice {
  readonly id: string
  readonly number: string
  readonly reference: string
  readonly contactId: string
  readonly currency: string
  readonly lines: readonly Line[]
  readonly total: Cents
  due: Cents
}

export interface Payment {
  readonly id: string
  readonly cents: Cents
  readonly reference: string
  status: 'AUTHORISED' | 'DELETED'
  isReconciled: boolean
}

interface Allocation {
  readonly id: string
  readonly invoiceId: string
  readonly cents: Cents
}

export interface CreditNote {
  readonly id: string
  number: string | null
  readonly reference: string
  readonly contactId: string
  readonly currency: string
  status: 'DRAFT' | 'AUTHORISED' | 'PAID' | 'VOIDED' | 'DELETED'
  readonly lines: readonly Line[]
  readonly tax: Cents
  readonly total: Cents
  readonly allocations: Allocation[]
  readonly payments: Payment[]
  readonly history: string[]
  updatedAt: Date
}

export const toCents = (amount: number): Cents => Math.round(amount * 100)
export const fromCents = (cents: Cents): number => Number((cents / 100).toFixed(2))

/** What is left of a credit note to set off or to pay out. */
export function remaining(note: CreditNote): Cents {
  const used = note.allocations.reduce((sum, { cents }) => sum + cents, 0)
  const paid = note.payments
    .filter(({ status }) => status === 'AUTHORISED')
    .reduce((sum, { cents }) => sum + cents, 0)
  return note.total - used - paid
}

/** One organization's books. */
export class Ledger {
  readonly invoices = new Map<string, Invoice>()
  readonly notes = new Map<string, CreditNote>()
  readonly #now: () => Date
  #numbers = 0

  constructor(now: () => Date) {
    this.#now = now
  }

  addInvoice(
    given: Omit<Invoice, 'id' | 'total' | 'due'> & { readonly isPaid?: boolean },
  ): Invoice {
    const { isPaid = true, ...rest } = given
    const total = given.lines.reduce(
      (sum, { LineAmount, TaxAmount }) => sum + toCents(LineAmount) + toCents(TaxAmount),
      0,
    )
    const invoice = { ...rest, id: randomUUID(), total, due: isPaid ? 0 : total }
    this.invoices.set(invoice.id, invoice)
    return invoice
  }

  addNote(given: Pick<CreditNote, 'reference' | 'contactId' | 'currency' | 'lines'>): CreditNote {
    const tax = given.lines.reduce((sum, { TaxAmount }) => sum + toCents(TaxAmount), 0)
    const net = given.lines.reduce((sum, { LineAmount }) => sum + toCents(LineAmount), 0)
    const note: CreditNote = {
      ...given,
      id: randomUUID(),
      number: null,
      status: 'DRAFT',
      tax,
      total: net + tax,
      allocations: [],
      payments: [],
      history: [],
      updatedAt: this.#now(),
    }
    this.notes.set(note.id, note)
    return note
  }

  approve(note: CreditNote): void {
    this.#numbers += 1
    note.number ??= `CN-${String(this.#numbers).padStart(4, '0')}`
    note.status = 'AUTHORISED'
    this.touch(note)
  }

  allocate(note: CreditNote, invoice: Invoice, cents: Cents): void {
    note.allocations.push({ id: randomUUID(), invoiceId: invoice.id, cents })
    invoice.due -= cents
    this.settle(note)
  }

  pay(note: CreditNote, { cents, reference }: { cents: Cents; reference: string }): Payment {
    const payment: Payment = {
      id: randomUUID(),
      cents,
      reference,
      status: 'AUTHORISED',
      isReconciled: false,
    }
    note.payments.push(payment)
    this.settle(note)
    return payment
  }

  settle(note: CreditNote): void {
    note.status = remaining(note) === 0 ? 'PAID' : 'AUTHORISED'
    this.touch(note)
  }

  touch(note: CreditNote): void {
    note.updatedAt = this.#now()
  }
}
