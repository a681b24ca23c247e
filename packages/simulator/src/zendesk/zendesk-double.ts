import {
  type DoubleAnswer,
  type DoubleRequest,
  type HttpDouble,
  startHttpDouble,
} from '../double/index.ts'
import { adminRoutes } from './admin-routes.ts'
import { RateLimits, usualLimits, type ZendeskLimits } from './limits.ts'
import { People } from './people.ts'
import type { Ticket } from './records.ts'
import { type Account, ticketRoutes } from './ticket-routes.ts'
import { callsOf, isFired, signatureHeaders } from './triggers.ts'
import { World } from './world.ts'

export interface ZendeskOptions {
  readonly now?: () => Date
  readonly seed?: number
  /** What the API takes: `backhaul@acme.example/token` with this, or this as a bearer token. */
  readonly token?: string
  readonly limits?: Partial<ZendeskLimits>
}

export interface ZendeskDouble extends HttpDouble {
  readonly people: People
  readonly world: World
  readonly limits: RateLimits
}

const notFound: DoubleAnswer = { status: 404, body: { error: 'InvalidEndpoint' } }

/**
 * A Zendesk Support account. Its vices are the real one's: an update is repeated as often as it is sent; a safe update goes by a
 * time of whole seconds; external ids are not unique; a key of a creation lasts two hours; an export leaves the
 * last minute out; a closed ticket cannot be changed; triggers put values into JSON as they are.
 */
export async function startZendesk(options: ZendeskOptions = {}): Promise<ZendeskDouble> {
  const { now = () => new Date(), token = 'zendesk-token' } = options
  const limits = new RateLimits({ ...usualLimits, ...options.limits })
  const onUpdate = (ticket: Ticket, changed: ReadonlySet<string>) => callWebhooks(ticket, changed)
  const world = new World(now, onUpdate)
  const people = new People(world)
  const account: Account = { world, now, baseUrl: () => double.url }
  const headersOf = new WeakMap<DoubleRequest, Readonly<Record<string, string>>>()

  const double: HttpDouble = await startHttpDouble({
    routes: [...ticketRoutes(account), ...adminRoutes(account)],
    notFound,
    authorize: (request) => {
      const { headers, refusal } = limits.take(request, now())
      headersOf.set(request, headers)
      return isKnown(request, token)
        ? refusal
        : { status: 401, body: { error: "Couldn't authenticate you" } }
    },
    decorate: (answer, request) => ({
      ...answer,
      headers: { ...headersOf.get(request), ...answer.headers },
    }),
    books: () => people.books(),
    actions: {
      'customer-writes': (input) => people.customerWrites(input as never),
      'agent-sets': (input) => people.agentSets(input as never),
      'agent-comments': (input) => people.agentComments(input as never),
      'close-solved': () => people.closeSolved(),
    },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    webhookPolicy: { attempts: 3, delaysMs: [20], timeoutMs: 12_000 },
  })

  function callWebhooks(ticket: Ticket, changed: ReadonlySet<string>): void {
    for (const trigger of world.triggers.values()) {
      if (!isFired(trigger, ticket, changed)) continue
      for (const { webhook, body } of callsOf(world, trigger, ticket)) {
        const to = webhook.endpoint
        double.webhooks.subscribe({
          url: to,
          sign: (bytes) => signatureHeaders(webhook, bytes, now()),
        })
        double.webhooks.send({ body, to })
      }
    }
  }

  return Object.assign(double, { people, world, limits })
}

function isKnown({ headers }: DoubleRequest, token: string): boolean {
  const basic = Buffer.from(`backhaul@acme.example/token:${token}`).toString('base64')
  const given = headers['authorization']
  return given === `Basic ${basic}` || given === `Bearer ${token}`
}
