import { createHmac, randomUUID } from 'node:crypto'
import type { BookEntry } from '../double/books.ts'
import { type HttpDouble, startHttpDouble } from '../double/http-double.ts'
import { KeyMemory } from '../double/key-memory.ts'
import type { DoubleAnswer, DoubleRequest } from '../double/request.ts'
import { TokenIssuer } from '../oauth/token-issuer.ts'
import { type CreditNote, fromCents, Ledger, type Line } from './ledger.ts'
import { Limiter } from './limiter.ts'
import { accountingRoutes, type Books } from './routes.ts'

export interface XeroOptions {
  readonly now?: () => Date
  readonly seed?: number
  readonly tenantId?: string
  readonly webhookKey?: string
  /** Calls in a minute; 60 when left out. */
  readonly perMinute?: number
  /** How long a key is remembered; Xero does not say, so it is short. */
  readonly keyMinutes?: number
}

export interface XeroInvoice {
  readonly reference: string
  readonly number?: string
  readonly currency?: string
  readonly isPaid?: boolean
  readonly lines: readonly {
    readonly sku: string
    readonly quantity: number
    readonly net: number
    readonly tax: number
  }[]
}

/** Xero with one organization, as credits meet it. */
export interface XeroDouble {
  readonly http: HttpDouble
  /** Of the Accounting API. */
  readonly apiUrl: string
  readonly tenantId: string
  readonly issuer: TokenIssuer
  readonly ledger: Ledger
  /** What people do there. */
  readonly invoice: (invoice: XeroInvoice) => string
  readonly voidNote: (reference: string) => void
  readonly reconcile: (reference: string) => void
  readonly lockBooks: (until: string | null) => void
  /** Sends the test of a new webhook: signed as it must be, and wrongly. @returns the statuses. */
  readonly intentToReceive: (url: string) => Promise<readonly number[]>
  readonly subscribe: (url: string) => void
  close(): Promise<void>
}

/**
 * Starts Xero on a free port. Its vices: 60 calls a minute with 429 and `Retry-After`, keys that are forgotten, errors
 * that quote what was sent, lists that leave out what a document has, times in a form of its own, and webhooks that
 * carry ids only.
 */
export async function startXero(options: XeroOptions = {}): Promise<XeroDouble> {
  const { now = () => new Date(), tenantId = randomUUID(), webhookKey = 'webhook-key' } = options
  const ledger = new Ledger(now)
  const issuer = new TokenIssuer({ now, rotation: 'graceful' })
  const sign = (body: Buffer) => createHmac('sha256', webhookKey).update(body).digest('base64')
  let lockedUntil: string | null = null
  let sequence = 0

  function onChange(note: CreditNote, eventType: 'CREATE' | 'UPDATE'): void {
    sequence += 1
    const event = {
      resourceUrl: `https://api.xero.com/api.xro/2.0/CreditNotes/${note.id}`,
      resourceId: note.id,
      tenantId,
      tenantType: 'ORGANISATION',
      eventCategory: 'CREDITNOTE',
      eventType,
      eventDateUtc: now().toISOString().slice(0, 23),
      data: { Type: 'ACCRECCREDIT', Status: note.status },
    }
    http.webhooks.send({ body: envelope([event], sequence) })
  }

  const limiter = new Limiter(options.perMinute ?? 60, now)
  const keys = new KeyMemory((options.keyMinutes ?? 6) * 60_000, now)
  const books = { ledger, now, lockedUntil: () => lockedUntil, onChange }
  const routes = accountingRoutes(books).map((route) => keys.guard(route))
  const people = peopleOf({
    ...books,
    setLock: (until) => {
      lockedUntil = until
    },
  })
  const http = await startHttpDouble({
    routes: [...issuer.routes, ...routes],
    authorize: (request) =>
      issuer.authorize(request) ?? foreign(request, tenantId) ?? limiter.take(request),
    decorate: (answer) => limiter.decorate(answer),
    books: () => [...ledger.notes.values()].map((note) => bookEntry(note)),
    actions: {
      invoice: (input) => people.invoice(input as XeroInvoice),
      'void-note': (input) => people.voidNote((input as { reference: string }).reference),
      reconcile: (input) => people.reconcile((input as { reference: string }).reference),
      'lock-books': (input) => people.lockBooks((input as { until: string | null }).until),
    },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  return {
    http,
    apiUrl: `${http.url}/api.xro/2.0`,
    tenantId,
    issuer,
    ledger,
    ...people,
    subscribe: (url) =>
      http.webhooks.subscribe({ url, sign: (body) => ({ 'x-xero-signature': sign(body) }) }),
    intentToReceive: (url) => intentToReceive(url, sign),
    close: () => http.close(),
  }
}

function peopleOf({
  ledger,
  onChange,
  setLock,
}: Pick<Books, 'ledger' | 'onChange'> & { readonly setLock: (until: string | null) => void }) {
  const noteBy = (reference: string): CreditNote => {
    const note = [...ledger.notes.values()].find((one) => one.reference === reference)
    if (note === undefined) throw new Error(`there is no credit note ${reference}`)
    return note
  }
  return {
    invoice: (given: XeroInvoice) => addInvoice(ledger, given),
    voidNote: (reference: string) => {
      const note = noteBy(reference)
      note.status = note.status === 'DRAFT' ? 'DELETED' : 'VOIDED'
      ledger.touch(note)
      onChange(note, 'UPDATE')
    },
    reconcile: (reference: string) => {
      const note = noteBy(reference)
      for (const payment of note.payments) payment.isReconciled = true
      ledger.touch(note)
      onChange(note, 'UPDATE')
    },
    lockBooks: setLock,
  }
}

function envelope(events: readonly unknown[], sequence: number): Record<string, unknown> {
  const entropy = randomUUID().replaceAll('-', '').slice(0, 20).toUpperCase()
  return { events, firstEventSequence: sequence, lastEventSequence: sequence, entropy }
}

async function intentToReceive(url: string, sign: (body: Buffer) => string): Promise<number[]> {
  const statuses: number[] = []
  for (const isGood of [true, false]) {
    const body = Buffer.from(JSON.stringify(envelope([], 0)))
    const signature = isGood ? sign(body) : sign(Buffer.from('something else'))
    const headers = { 'content-type': 'application/json', 'x-xero-signature': signature }
    statuses.push((await fetch(url, { method: 'POST', headers, body })).status)
  }
  return statuses
}

function addInvoice(ledger: Ledger, given: XeroInvoice): string {
  const lines = given.lines.map(
    ({ sku, quantity, net, tax }): Line => ({
      Description: sku,
      ItemCode: sku,
      Quantity: quantity,
      UnitAmount: net / quantity,
      LineAmount: net,
      TaxAmount: tax,
      AccountCode: '200',
      TaxType: 'OUTPUT',
    }),
  )
  const { reference, currency = 'USD', isPaid = true } = given
  const number = given.number ?? `INV-${ledger.invoices.size + 1}`
  return ledger.addInvoice({ reference, number, currency, isPaid, lines, contactId: randomUUID() })
    .id
}

function foreign({ headers, path }: DoubleRequest, tenantId: string): DoubleAnswer | null {
  if (path.startsWith('/oauth/') || headers['xero-tenant-id'] === tenantId) return null
  return { status: 403, body: { Title: 'Forbidden', Detail: 'AuthenticationUnsuccessful' } }
}

function bookEntry(note: CreditNote): BookEntry {
  return {
    caseNo: /^RMA-\d+-\d/.exec(note.reference)?.[0] ?? null,
    ref: note.id,
    kind: 'credited',
    minor: Math.round(fromCents(note.total) * 100),
    currency: note.currency,
    status: note.status,
  }
}
