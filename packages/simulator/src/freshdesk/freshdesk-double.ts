import {
  type DoubleAnswer,
  type DoubleRequest,
  type HttpDouble,
  startHttpDouble,
} from '../double/index.ts'
import { adminRoutes } from './admin-routes.ts'
import { type FreshdeskLimits, RateLimits, usualLimits } from './limits.ts'
import { People } from './people.ts'
import type { Ticket } from './records.ts'
import { type Account, ticketRoutes } from './ticket-routes.ts'
import { World } from './world.ts'

export interface FreshdeskOptions {
  readonly now?: () => Date
  readonly seed?: number
  readonly apiKey?: string
  readonly limits?: Partial<FreshdeskLimits>
  /** How long the search does not know of a change; two minutes by default. */
  readonly indexLagMs?: number
}

export interface FreshdeskDouble extends HttpDouble {
  readonly people: People
  readonly world: World
  readonly limits: RateLimits
}

/**
 * A Freshdesk account. Its vices are the real one's: nothing is idempotent but writing the same value again, updates ask for
 * no version, the search is late, limits do not say when they begin anew, and automations call webhooks unsigned.
 */
export async function startFreshdesk(options: FreshdeskOptions = {}): Promise<FreshdeskDouble> {
  const { now = () => new Date(), apiKey = 'freshdesk-key', indexLagMs = 120_000 } = options
  const limits = new RateLimits({ ...usualLimits, ...options.limits })
  const onUpdate = (ticket: Ticket, changed: ReadonlySet<string>) => callWebhooks(ticket, changed)
  const world = new World(now, onUpdate)
  const people = new People(world)
  const account: Account = { world, now, indexLagMs }
  const headersOf = new WeakMap<DoubleRequest, Readonly<Record<string, string>>>()

  const double: HttpDouble = await startHttpDouble({
    routes: [...ticketRoutes(account), ...adminRoutes(account)],
    authorize: (request) => {
      const { headers, refusal } = limits.take(request, now())
      headersOf.set(request, headers)
      return isKnown(request, apiKey) ? refusal : stranger
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
      'agent-deletes': (input) => people.agentDeletes(input as never),
      'admin-makes-rule': (input) => people.adminMakesRule(input as never),
    },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    webhookPolicy: { attempts: 2, delaysMs: [20], timeoutMs: 5_000 },
  })

  function callWebhooks(ticket: Ticket, changed: ReadonlySet<string>): void {
    for (const { url, fields } of world.rules) {
      if (!fields.some((name) => changed.has(name))) continue
      double.webhooks.subscribe({ url, sign: () => ({}) })
      double.webhooks.send({ body: { ticket_id: ticket.id }, to: url })
    }
  }

  return Object.assign(double, { people, world, limits })
}

const stranger: DoubleAnswer = {
  status: 401,
  body: {
    code: 'invalid_credentials',
    message: 'You have to be logged in to perform this action.',
  },
}

function isKnown({ headers }: DoubleRequest, apiKey: string): boolean {
  const given = Buffer.from((headers['authorization'] ?? '').replace(/^Basic /, ''), 'base64')
  return given.toString() === `${apiKey}:X`
}
