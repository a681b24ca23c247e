import { createHmac } from 'node:crypto'
import { type HttpDouble, startHttpDouble } from '../double/index.ts'
import { actionsOf, type People, peopleOf } from './people.ts'
import { refusal, routesOf } from './rest2.ts'
import { type RtShape, type RtTicket, Tickets, usualShape } from './tickets.ts'

export interface RequestTrackerOptions {
  readonly token?: string
  /** Name of the user that has the token. */
  readonly user?: string
  readonly shape?: Partial<RtShape>
  readonly now?: () => Date
  readonly seed?: number
}

export interface RequestTrackerDouble extends HttpDouble, People {
  /** Where the scrip posts to, and what it signs with. */
  subscribe(hook: { readonly url: string; readonly secret: string }): void
  tickets(): readonly RtTicket[]
}

/**
 * Request Tracker 5 as REST2 shows it, of one queue. Each answer is one that RT 5.0.3 gave on 2026-11-23.
 *
 * Its vices: a status that is not allowed, a field that is not there and a value that is none are told by a text in a
 * 200, or not at all; times with a zone are misread; a letter opens a resolved ticket; nothing is known of a repeat;
 * the scrip calls once, for two seconds at most.
 */
export async function startRequestTracker(
  options: RequestTrackerOptions = {},
): Promise<RequestTrackerDouble> {
  const { token = 'rt-token', user = 'backhaul', now = () => new Date() } = options
  const tickets = new Tickets({ ...usualShape, ...options.shape }, now)
  const people = peopleOf(tickets, ({ id, transactions }) => {
    const transaction = transactions.at(-1)?.id ?? 0
    double.webhooks.send({ body: { ticket: id, transaction } })
  })
  const double = await startHttpDouble({
    routes: routesOf({ tickets, user, now }),
    authorize: ({ headers }) =>
      headers.authorization === `token ${token}` ? null : refusal(401, 'Unauthorized'),
    notFound: refusal(404, 'Not Found'),
    books: () => tickets.all().map(entryOf),
    actions: actionsOf(people),
    webhookPolicy: { attempts: 1, delaysMs: [], timeoutMs: 2_000 },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  const subscribe: RequestTrackerDouble['subscribe'] = ({ url, secret }) => {
    double.webhooks.subscribe({ url, sign: (body) => signatureOf(body, secret, now()) })
  }
  return { ...double, ...people, subscribe, tickets: () => tickets.all() }
}

function signatureOf(body: Buffer, secret: string, at: Date): Record<string, string> {
  const time = String(Math.floor(at.getTime() / 1_000))
  const signature = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex')
  return { 'content-type': 'application/json', 'x-rt-timestamp': time, 'x-rt-signature': signature }
}

function entryOf({ id, status, fields }: RtTicket) {
  const caseNo = fields.get('Return Case ID') ?? null
  return { caseNo, ref: String(id), kind: 'ticket', status } as const
}
