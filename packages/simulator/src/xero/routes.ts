import type { DoubleAnswer, DoubleRequest } from '../double/request.ts'
import type { Route } from '../double/routes.ts'
import { type CreditNote, type Ledger, type Line, remaining, toCents } from './ledger.ts'
import { wireInvoice, wireNote, wirePayment } from './wire.ts'

export interface Books {
  readonly ledger: Ledger
  readonly now: () => Date
  /** Nothing may be posted for days up to this one, `2026-10-31`. */
  readonly lockedUntil: () => string | null
  readonly onChange: (note: CreditNote, kind: 'CREATE' | 'UPDATE') => void
}

type Json = Record<string, unknown>

/** The Accounting API, as far as credits take it. Below `/api.xro/2.0`. */
export function accountingRoutes(books: Books): readonly Route[] {
  const { ledger } = books
  const base = '/api.xro/2.0'
  const noteOf = ({ params }: DoubleRequest) => ledger.notes.get(params['id'] ?? '')
  return [
    ['GET', `${base}/Organisation`, () => ok({ Organisations: [organisation] })],
    ['GET', `${base}/Invoices`, (request) => ok({ Invoices: findInvoices(ledger, request) })],
    [
      'GET',
      `${base}/Invoices/:id`,
      ({ params }) => {
        const invoice = ledger.invoices.get(params['id'] ?? '')
        return invoice === undefined ? missing : ok({ Invoices: [wireInvoice(invoice)] })
      },
    ],
    ['GET', `${base}/CreditNotes`, (request) => ok({ CreditNotes: listNotes(ledger, request) })],
    ['PUT', `${base}/CreditNotes`, (request) => createNote(books, request)],
    [
      'GET',
      `${base}/CreditNotes/:id`,
      (request) => {
        const note = noteOf(request)
        return note === undefined ? missing : ok({ CreditNotes: [wireNote(note, true)] })
      },
    ],
    ['POST', `${base}/CreditNotes/:id`, (request) => changeNote(books, request, noteOf(request))],
    [
      'PUT',
      `${base}/CreditNotes/:id/Allocations`,
      (request) => allocate(books, request, noteOf(request)),
    ],
    [
      'GET',
      `${base}/CreditNotes/:id/History`,
      (request) =>
        ok({ HistoryRecords: (noteOf(request)?.history ?? []).map((Details) => ({ Details })) }),
    ],
    ['PUT', `${base}/CreditNotes/:id/History`, (request) => addHistory(request, noteOf(request))],
    ['PUT', `${base}/Payments`, (request) => pay(books, request)],
  ]
}

const organisation = { Name: 'Example Ltd', BaseCurrency: 'USD', CountryCode: 'US' }
const missing: DoubleAnswer = {
  status: 404,
  body: 'The resource you are looking for cannot be found',
}

function ok(body: Json): DoubleAnswer {
  return {
    status: 200,
    body: { Id: 'd0000000-0000-4000-8000-000000000000', Status: 'OK', ...body },
  }
}

/** A 400, with what was sent in it, as Xero has it. */
function invalid(message: string, sent: unknown): DoubleAnswer {
  const elements = [{ ...(sent as Json), ValidationErrors: [{ Message: message }] }]
  return {
    status: 400,
    body: {
      ErrorNumber: 10,
      Type: 'ValidationException',
      Message: 'A validation exception occurred',
      Elements: elements,
    },
  }
}

/** Understands what stands on one field: `Reference=="…"`, any of them. */
function wanted(query: URLSearchParams, field: string): string[] {
  const where = query.get('where') ?? ''
  return [...where.matchAll(new RegExp(`${field}=="([^"]*)"`, 'gu'))].map(([, text]) => text ?? '')
}

function findInvoices(ledger: Ledger, { query }: DoubleRequest): Json[] {
  const references = wanted(query, 'Reference')
  const numbers = wanted(query, 'InvoiceNumber')
  return [...ledger.invoices.values()]
    .filter(({ reference, number }) => references.includes(reference) || numbers.includes(number))
    .map((invoice) => wireInvoice(invoice))
}

function listNotes(ledger: Ledger, { query, headers }: DoubleRequest): Json[] {
  const references = wanted(query, 'Reference')
  const since = Date.parse(`${headers['if-modified-since'] ?? '1970-01-01T00:00:00'}Z`)
  const isPaged = query.has('page')
  const size = Number(query.get('pageSize') ?? '100')
  const from = (Number(query.get('page') ?? '1') - 1) * size
  return [...ledger.notes.values()]
    .filter(({ reference }) => references.length === 0 || references.includes(reference))
    .filter(({ updatedAt }) => updatedAt.getTime() >= since)
    .toSorted((a, b) => a.updatedAt.getTime() - b.updatedAt.getTime())
    .slice(isPaged ? from : 0, isPaged ? from + size : undefined)
    .map((note) => wireNote(note, isPaged))
}

function first(request: DoubleRequest, list: string): Json {
  const items = ((request.json() ?? {}) as Json)[list]
  return ((Array.isArray(items) ? items[0] : undefined) ?? {}) as Json
}

function createNote({ ledger, onChange }: Books, request: DoubleRequest): DoubleAnswer {
  const sent = first(request, 'CreditNotes')
  const { Contact, LineItems, Reference, CurrencyCode } = sent
  const lines = (LineItems ?? []) as Line[]
  const contactId = (Contact as { ContactID?: string } | undefined)?.ContactID
  if (contactId === undefined) return invalid('A Contact must be specified', sent)
  const wrong = lines.find(
    ({ Quantity, UnitAmount, LineAmount }) =>
      Math.abs(toCents(Quantity * UnitAmount) - toCents(LineAmount)) > 0,
  )
  if (wrong) return invalid('The line total does not match the expected line total', sent)
  const note = ledger.addNote({
    contactId,
    lines,
    reference: typeof Reference === 'string' ? Reference : '',
    currency: typeof CurrencyCode === 'string' ? CurrencyCode : 'USD',
  })
  onChange(note, 'CREATE')
  return ok({ CreditNotes: [wireNote(note, true)] })
}

function changeNote(books: Books, request: DoubleRequest, note?: CreditNote): DoubleAnswer {
  if (note === undefined) return missing
  const sent = first(request, 'CreditNotes')
  if (sent['Status'] !== 'AUTHORISED') return invalid('The status cannot be changed so', sent)
  if (note.status !== 'DRAFT') {
    return invalid('The document cannot be edited as it is currently approved', sent)
  }
  const lockedUntil = books.lockedUntil()
  if (lockedUntil !== null && books.now().toISOString().slice(0, 10) <= lockedUntil) {
    return invalid('The document date cannot be before the end of year lock date', sent)
  }
  if (note.lines.some(({ AccountCode }) => !AccountCode)) {
    return invalid('Account code must be specified', sent)
  }
  books.ledger.approve(note)
  books.onChange(note, 'UPDATE')
  return ok({ CreditNotes: [wireNote(note, true)] })
}

function allocate(books: Books, request: DoubleRequest, note?: CreditNote): DoubleAnswer {
  if (note === undefined) return missing
  const sent = first(request, 'Allocations')
  const invoiceId = (sent['Invoice'] as { InvoiceID?: string } | undefined)?.InvoiceID ?? ''
  const invoice = books.ledger.invoices.get(invoiceId)
  const cents = toCents(Number(sent['Amount']))
  if (invoice === undefined) return invalid('The invoice is not found', sent)
  if (note.status !== 'AUTHORISED') return invalid('The credit note is not approved', sent)
  if (cents > remaining(note) || cents > invoice.due) {
    return invalid('The amount to allocate exceeds what is outstanding', sent)
  }
  books.ledger.allocate(note, invoice, cents)
  books.onChange(note, 'UPDATE')
  return ok({
    Allocations: [{ Amount: sent['Amount'], Invoice: sent['Invoice'], Date: sent['Date'] }],
  })
}

function addHistory(request: DoubleRequest, note?: CreditNote): DoubleAnswer {
  if (note === undefined) return missing
  const { Details } = first(request, 'HistoryRecords')
  note.history.push(String(Details))
  return ok({ HistoryRecords: [{ Details }] })
}

function pay(books: Books, request: DoubleRequest): DoubleAnswer {
  const sent = first(request, 'Payments')
  const id = (sent['CreditNote'] as { CreditNoteID?: string } | undefined)?.CreditNoteID ?? ''
  const note = books.ledger.notes.get(id)
  const cents = toCents(Number(sent['Amount']))
  if (note?.status !== 'AUTHORISED') {
    return invalid('Payments can only be made against approved documents', sent)
  }
  if (cents > remaining(note)) {
    return invalid('Payment amount exceeds the amount outstanding on this document', sent)
  }
  const reference = typeof sent['Reference'] === 'string' ? sent['Reference'] : ''
  const payment = books.ledger.pay(note, { cents, reference })
  books.onChange(note, 'UPDATE')
  return ok({ Payments: [wirePayment(payment)] })
}
