import { createHmac, randomUUID } from 'node:crypto'
import type { BookEntry } from '../double/books.ts'
import { type HttpDouble, startHttpDouble } from '../double/http-double.ts'
import type { DoubleAnswer, DoubleRequest } from '../double/request.ts'
import type { Route } from '../double/routes.ts'
import { TokenIssuer } from '../oauth/token-issuer.ts'
import { CompanyBooks, type Document, type Entity, wire } from './books.ts'

export interface QuickBooksOptions {
  readonly now?: () => Date
  readonly seed?: number
  readonly realmId?: string
  readonly verifierToken?: string
}

export interface QuickBooksInvoice {
  readonly number: string
  readonly net: number
  readonly tax: number
  readonly currency?: string
  readonly isPaid?: boolean
}

/** QuickBooks Online with one company, as credits meet it. */
export interface QuickBooksDouble {
  readonly http: HttpDouble
  readonly realmId: string
  readonly issuer: TokenIssuer
  readonly books: CompanyBooks
  readonly invoice: (invoice: QuickBooksInvoice) => string
  readonly voidMemo: (number: string) => void
  readonly deleteMemo: (number: string) => void
  readonly setCustomNumbers: (isOn: boolean) => void
  readonly closeBooks: (isClosed: boolean) => void
  readonly subscribe: (url: string) => void
  close(): Promise<void>
}

/**
 * Starts QuickBooks on a free port. Its vices: credit memos are booked at once and taxed as the company is set up,
 * numbers are its own where custom ones are off, notes cannot be searched, a stale SyncToken loses, a repeated
 * `requestid` is answered as before, and webhooks carry ids of several companies in one array.
 */
export async function startQuickBooks(options: QuickBooksOptions = {}): Promise<QuickBooksDouble> {
  const { now = () => new Date(), realmId = '4620816365000000001' } = options
  const { verifierToken = 'verifier-token' } = options
  const issuer = new TokenIssuer({
    now,
    rotation: 'graceful',
    lifeSeconds: 3_600,
    refreshSeconds: 8_640_000,
    callbackParameters: { realmId },
  })
  const company = new Company(new CompanyBooks(now), now)
  const { books } = company
  const people = {
    invoice: (given: QuickBooksInvoice) => company.invoice(given),
    voidMemo: (number: string) => company.change(number, (one) => books.void(one), 'voided'),
    deleteMemo: (number: string) =>
      company.change(
        number,
        (one) => {
          one.isDeleted = true
          books.touch(one)
        },
        'deleted',
      ),
    setCustomNumbers: (isOn: boolean) => {
      company.hasCustomNumbers = isOn
    },
    closeBooks: (isClosed: boolean) => {
      company.isClosed = isClosed
    },
  }
  const http = await startHttpDouble({
    routes: [...issuer.routes, ...companyRoutes(company, realmId)],
    authorize: (request) => issuer.authorize(request),
    books: () => books.of('CreditMemo').map((one) => bookEntry(one)),
    actions: {
      invoice: (input) => people.invoice(input as QuickBooksInvoice),
      'void-memo': (input) => people.voidMemo((input as { number: string }).number),
      'delete-memo': (input) => people.deleteMemo((input as { number: string }).number),
    },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  company.onChange = (one, operation) => {
    const mine = cloudEvent(one, { operation, realmId, at: now() })
    // Of a company that somebody else's hub looks after.
    const foreign = { ...mine, id: randomUUID(), intuitaccountid: '9999' }
    http.webhooks.send({ body: [foreign, mine] })
  }
  return {
    http,
    realmId,
    issuer,
    books,
    ...people,
    subscribe: (url) =>
      http.webhooks.subscribe({
        url,
        sign: (body) => ({
          'intuit-signature': createHmac('sha256', verifierToken).update(body).digest('base64'),
        }),
      }),
    close: () => http.close(),
  }
}

function cloudEvent(
  { id, entity }: Document,
  { operation, realmId, at }: { operation: string; realmId: string; at: Date },
) {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: 'intuit.double',
    type: `qbo.${entity.toLowerCase()}.${operation}.v1`,
    datacontenttype: 'application/json',
    time: at.toISOString(),
    intuitentityid: id,
    intuitaccountid: realmId,
    data: {},
  }
}

type Operation = 'created' | 'updated' | 'voided' | 'deleted'

class Company {
  readonly books: CompanyBooks
  readonly #now: () => Date
  readonly #answers = new Map<string, DoubleAnswer>()
  hasCustomNumbers = true
  isClosed = false
  onChange: (one: Document, operation: Operation) => void = () => undefined

  constructor(books: CompanyBooks, now: () => Date) {
    this.books = books
    this.#now = now
  }

  invoice({ number, net, tax, currency = 'USD', isPaid = true }: QuickBooksInvoice): string {
    const invoice = this.books.add('Invoice', {
      DocNumber: number,
      CustomerRef: { value: '58', name: 'Example Customer' },
      CurrencyRef: { value: currency },
      Line: [
        {
          Amount: net,
          DetailType: 'SalesItemLineDetail',
          SalesItemLineDetail: {
            ItemRef: { value: '7', name: 'PUMP-12V' },
            TaxCodeRef: { value: 'TAX' },
          },
        },
      ],
      TxnTaxDetail: { TotalTax: tax },
    })
    if (isPaid) invoice.balance = 0
    return invoice.id
  }

  change(number: string, act: (one: Document) => void, operation: Operation): void {
    const one = this.books.of('CreditMemo').find(({ fields }) => fields['DocNumber'] === number)
    if (one === undefined) throw new Error(`there is no credit memo ${number}`)
    act(one)
    this.onChange(one, operation)
  }

  /** A repeated `requestid` is answered with what it was answered before. */
  write(entity: Entity, request: DoubleRequest): DoubleAnswer {
    const key = request.query.get('requestid') ?? ''
    if (key.length > 50) return fault('2010', 'Request has invalid or unsupported property')
    const known = this.#answers.get(key)
    if (key !== '' && known !== undefined) return known
    const answer =
      request.query.get('operation') === 'delete'
        ? this.#delete(entity, request)
        : this.#create(entity, request)
    if (key !== '' && answer.status === 200) this.#answers.set(key, answer)
    return answer
  }

  #create(entity: Entity, request: DoubleRequest): DoubleAnswer {
    const sent = (request.json() ?? {}) as Record<string, unknown>
    if (this.isClosed && entity !== 'Attachable')
      return fault('6210', 'Account Period Closed, Cannot Update Through Services API')
    const number = sent['DocNumber']
    const isTaken =
      number !== undefined &&
      this.books.of(entity).some(({ fields }) => fields['DocNumber'] === number)
    if (isTaken) return fault('6140', 'Duplicate Document Number Error')
    const own = { DocNumber: String(this.books.documents.length + 1_001) }
    const made = this.books.add(entity, this.hasCustomNumbers ? sent : { ...sent, ...own })
    const problem = entity === 'Payment' ? this.books.link(made) : null
    if (problem !== null) {
      made.isDeleted = true
      return fault(problem, 'A business validation error has occurred')
    }
    this.onChange(made, 'created')
    return { status: 200, body: { [entity]: wire(made), time: this.#now().toISOString() } }
  }

  #delete(entity: Entity, request: DoubleRequest): DoubleAnswer {
    const { Id = '', SyncToken = '' } = (request.json() ?? {}) as {
      Id?: string
      SyncToken?: string
    }
    const one = this.books.find(entity, Id)
    if (one === undefined) return fault('610', 'Object Not Found')
    if (SyncToken !== String(one.syncToken)) return fault('5010', 'Stale Object Error')
    one.isDeleted = true
    this.books.touch(one)
    this.onChange(one, 'deleted')
    return { status: 200, body: { [entity]: { Id, status: 'Deleted', domain: 'QBO' } } }
  }

  query({ query }: DoubleRequest): DoubleAnswer {
    const text = query.get('query') ?? ''
    const [, entity = '', field = '', rest = ''] =
      /^select \* from (\w+) where (\w+) (?:=|in) (.*)$/.exec(text) ?? []
    // Notes cannot be searched.
    if (field !== 'DocNumber' && field !== 'Id') return fault('4001', 'Invalid query')
    const wanted = [...rest.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, value]) => value)
    const found = this.books
      .of(entity as Entity)
      .filter((one) => wanted.includes(field === 'Id' ? one.id : String(one.fields['DocNumber'])))
    const rows = found.length === 0 ? {} : { [entity]: found.map((one) => wire(one)) }
    return { status: 200, body: { QueryResponse: { ...rows, startPosition: 1 } } }
  }

  changedSince({ query }: DoubleRequest): DoubleAnswer {
    const since = Date.parse(query.get('changedSince') ?? '')
    const entities = (query.get('entities') ?? '').split(',')
    const parts = entities.map((entity) => {
      const found = this.books.documents.filter(
        (one) => one.entity === entity && one.updatedAt.getTime() >= since,
      )
      const rows = found.map((one) =>
        one.isDeleted
          ? {
              Id: one.id,
              status: 'Deleted',
              domain: 'QBO',
              MetaData: { LastUpdatedTime: one.updatedAt.toISOString() },
            }
          : wire(one),
      )
      return rows.length === 0 ? {} : { [entity]: rows, startPosition: 1, maxResults: rows.length }
    })
    return {
      status: 200,
      body: { CDCResponse: [{ QueryResponse: parts }], time: this.#now().toISOString() },
    }
  }
}

function companyRoutes(company: Company, realmId: string): Route[] {
  const base = `/v3/company/${realmId}`
  const writes = (['CreditMemo', 'RefundReceipt', 'Payment', 'Attachable'] as const).map(
    (entity): Route => [
      'POST',
      `${base}/${entity.toLowerCase()}`,
      (request) => company.write(entity, request),
    ],
  )
  return [
    ...writes,
    ['GET', `${base}/query`, (request) => company.query(request)],
    ['GET', `${base}/cdc`, (request) => company.changedSince(request)],
    [
      'GET',
      `${base}/companyinfo/:id`,
      () => ({ status: 200, body: { CompanyInfo: { CompanyName: 'Example Inc.' } } }),
    ],
    [
      'GET',
      `${base}/preferences`,
      () => ({
        status: 200,
        body: { Preferences: { SalesFormsPrefs: { CustomTxnNumbers: company.hasCustomNumbers } } },
      }),
    ],
  ]
}

function fault(code: string, Message: string): DoubleAnswer {
  return {
    status: 400,
    body: { Fault: { type: 'ValidationFault', Error: [{ code, Message, Detail: Message }] } },
  }
}

function bookEntry({ id, fields, total }: Document): BookEntry {
  const note = typeof fields['PrivateNote'] === 'string' ? fields['PrivateNote'] : ''
  const currency = (fields['CurrencyRef'] as { value?: string } | undefined)?.value ?? 'USD'
  return {
    caseNo: /RMA-\d+-\d/.exec(note)?.[0] ?? null,
    ref: id,
    kind: 'credited',
    minor: total,
    currency,
    status: total === 0 ? 'voided' : 'posted',
  }
}
