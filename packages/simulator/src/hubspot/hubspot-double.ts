import { createHmac } from 'node:crypto'
import { type DoubleRequest, type HttpDouble, startHttpDouble } from '../double/index.ts'
import type { ReturnFields } from '../return-fields.ts'
import { type HubSpotLimits, RateLimits, usualLimits } from './limits.ts'
import { refusal, routesOf } from './objects.ts'
import {
  type CrmPipelines,
  type CrmProperty,
  type CrmRecord,
  isRefusal,
  Records,
  usualPipelines,
} from './records.ts'

export interface HubSpotOptions {
  readonly token?: string
  readonly version?: string
  readonly pipelines?: CrmPipelines
  /** Properties of tickets that somebody has made already. */
  readonly properties?: readonly CrmProperty[]
  readonly limits?: Partial<HubSpotLimits>
  /** How much later than the record the search knows of a change. */
  readonly searchLagMs?: number
  readonly now?: () => Date
  readonly seed?: number
}

export interface HubSpotDouble extends HttpDouble {
  /** Where events go to, and the app's client secret. */
  subscribe(hook: { readonly url: string; readonly secret: string }): void
  /** A customer writes. @returns the id of the ticket. */
  customerWrites(mail: { readonly email: string; readonly subject: string }): string
  /** An agent, or a workflow, fills in properties of a return. */
  agentFillsIn(ticket: string, fields: ReturnFields): void
  agentMovesTo(ticket: string, stage: string): void
  ticket(id: string): CrmRecord
  tickets(): readonly CrmRecord[]
  /** Bodies of the notes of a ticket. */
  notes(ticket: string): readonly string[]
}

/**
 * Tickets of HubSpot as its API of dated versions shows them, from its documentation of 2026-11-23.
 *
 * Its vices: the search knows late, and takes five calls a second; all calls share 100 in ten seconds, and a refusal
 * does not say how long to wait; a batch that fails is a 207; notes come twice when they are made twice; several
 * events come in one call, and their ids are not unique.
 */
export async function startHubSpot(options: HubSpotOptions = {}): Promise<HubSpotDouble> {
  const { token = 'pat-na1-token', version = '2026-03', now = () => new Date() } = options
  const { pipelines = usualPipelines, searchLagMs = 0, properties = [] } = options
  const records = new Records({ now, pipelines, searchLagMs })
  for (const property of properties) records.properties.set(property.name, property)
  const limits = new RateLimits({ ...usualLimits, ...options.limits }, now)
  const people = peopleOf(records, (events) => double.webhooks.send({ body: events }), now)
  const double = await startHttpDouble({
    routes: routesOf({ records, pipelines, version, portalId: 62_515 }),
    authorize: ({ headers, path }) => {
      if (headers.authorization === `Bearer ${token}`) return limits.take(isSearch({ path }))
      const message = 'Authentication credentials not found.'
      return refusal({ status: 401, category: 'INVALID_AUTHENTICATION', message })
    },
    decorate: (answer, request) => {
      if (isSearch(request)) return answer
      return { ...answer, headers: { ...limits.headers(), ...answer.headers } }
    },
    notFound: refusal({ status: 404, category: 'NOT_FOUND', message: 'no such path' }),
    books: () => records.all('tickets').map(entryOf),
    actions: actionsOf(people),
    webhookPolicy: { attempts: 10, delaysMs: [20, 50, 100], timeoutMs: 5_000 },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  return {
    ...double,
    ...people,
    subscribe({ url, secret }) {
      const sign = (body: Buffer) => signatureOf(body, { url, secret, at: now() })
      double.webhooks.subscribe({ url, sign })
    },
    tickets: () => records.all('tickets'),
  }
}

function isSearch({ path }: Pick<DoubleRequest, 'path'>): boolean {
  return path.endsWith('/search')
}

function signatureOf(
  body: Buffer,
  { url, secret, at }: { readonly url: string; readonly secret: string; readonly at: Date },
): Readonly<Record<string, string>> {
  const time = String(at.getTime())
  const signed = createHmac('sha256', secret).update(`POST${url}`).update(body).update(time)
  return {
    'content-type': 'application/json',
    'x-hubspot-request-timestamp': time,
    'x-hubspot-signature-v3': signed.digest('base64'),
  }
}

type People = ReturnType<typeof peopleOf>

/** What people do, each of which HubSpot tells as one call with an event for each property. */
function peopleOf(records: Records, tell: (events: readonly unknown[]) => void, now: () => Date) {
  let events = 0
  const known = (id: string): CrmRecord => {
    const ticket = records.find('tickets', id)
    if (ticket === undefined) throw new Error(`there is no ticket ${id}`)
    return ticket
  }
  const change = (id: string, values: Record<string, string>) => {
    const changed = records.change('tickets', known(id), values)
    if (isRefusal(changed)) throw new Error(changed.message)
    const told = Object.entries(values).map(([propertyName, propertyValue]) => {
      events += 1
      return {
        // Not unique, as HubSpot says itself.
        eventId: events % 3,
        subscriptionId: 11,
        portalId: 62_515,
        appId: 1_160_452,
        occurredAt: now().getTime(),
        subscriptionType: 'ticket.propertyChange',
        attemptNumber: 0,
        objectId: Number(id),
        propertyName,
        propertyValue,
        changeSource: 'CRM_UI',
      }
    })
    tell(told)
  }
  return {
    ticket: known,
    notes: (id: string) => {
      const ids = known(id).associations['notes'] ?? []
      return ids.map((note) => records.find('notes', note)?.properties['hs_note_body'] ?? '')
    },
    customerWrites({ email, subject }: { readonly email: string; readonly subject: string }) {
      const contact =
        records.find('contacts', email, 'email') ?? records.create('contacts', { email })
      if (isRefusal(contact)) throw new Error(contact.message)
      const values = { subject, hs_pipeline: '0', hs_pipeline_stage: '1' }
      const ticket = records.create('tickets', values, { contacts: [contact.id] })
      if (isRefusal(ticket)) throw new Error(ticket.message)
      return ticket.id
    },
    agentFillsIn(id: string, fields: ReturnFields): void {
      const named = Object.entries(fields).map(([name, value]) => [`return_${name}`, value ?? ''])
      change(id, Object.fromEntries(named) as Record<string, string>)
    },
    agentMovesTo(id: string, stage: string): void {
      change(id, { hs_pipeline_stage: stage })
    },
  }
}

function actionsOf(people: People): Readonly<Record<string, (input: unknown) => unknown>> {
  return {
    customerWrites: (input) =>
      people.customerWrites(input as Parameters<People['customerWrites']>[0]),
    agentFillsIn: (input) => {
      const { ticket, ...fields } = input as ReturnFields & { readonly ticket: string }
      people.agentFillsIn(ticket, fields)
    },
    agentMovesTo: (input) => {
      const { ticket, stage } = input as { readonly ticket: string; readonly stage: string }
      people.agentMovesTo(ticket, stage)
    },
  }
}

function entryOf({ id, properties }: CrmRecord) {
  const caseNo = properties['return_case_id'] ?? null
  const status = properties['hs_pipeline_stage'] ?? ''
  return { caseNo, ref: id, kind: 'ticket', status } as const
}
