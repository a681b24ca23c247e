import type { z } from 'zod'
import type { CommandType, MasterDataKind, SystemRole } from '../canonical/index.ts'
import type { HeaderValues } from '../headers.ts'
import type { Allowances, BudgetLimits } from './allowance.ts'
import { checkDefinition } from './check-definition.ts'
import type { DeliveryDefinition } from './delivery.ts'
import type { FeedDefinition } from './feed.ts'
import type { GuardedDial } from './guarded-dial.ts'
import type { GuardedFetch } from './guarded-fetch.ts'
import { type AnswerOrder, type LookUps, recordedOrder } from './look-up.ts'
import type { OAuthDefinition } from './oauth.ts'
import type { PollDefinition, PresenceDefinition } from './poll.ts'
import { secretPaths } from './secret-fields.ts'
import type { Diagnose, SetupDefinition } from './setup.ts'
import type { TemplatesDefinition } from './templates.ts'
import { type AnyWebhookDefinition, createWebhook, type Webhook } from './webhook.ts'

export interface ConnectorLimits {
  /** The hub ends an attempt after this; 120,000 at most. */
  readonly timeoutMs: number
  /** What the system allows one account; unlimited when left out. */
  readonly requestsPerMinute?: number
  /** Deliveries under way at once for one connection; the hub's own limit when left out. */
  readonly concurrency?: number
  /** Calls that are limited by themselves, by a name that requests give as their `budget`. */
  readonly budgets?: Readonly<Record<string, BudgetLimits>>
  /**
   * Reads from the headers of an answer, of any status, what the system still allows. The hub then holds back
   * everything that the connection sends, before the system refuses it. `Retry-After` needs no reader.
   */
  readonly readHeaders?: (headers: HeaderValues, now: Date) => Allowances
  /** The same from a JSON body, for a system that tells it there. Asked when a handler has read the body as JSON. */
  readonly readBody?: (body: unknown, now: Date) => Allowances
}

export interface ConnectionCheck<Config> {
  readonly config: Config
  readonly fetch: GuardedFetch
  /** For a system that speaks no HTTP. */
  readonly dial: GuardedDial
  readonly signal: AbortSignal
  readonly now: Date
}

export interface CheckReport {
  /** Who we are over there, for a person to recognise. */
  readonly account?: string | undefined
  /** What works less well than it could, for example a missing scope. */
  readonly notes?: readonly string[] | undefined
  /** When the system takes our credentials no more, where it says so; the earliest, where there are several. */
  readonly credentialExpiresAt?: Date | undefined
}

/** An identifier of the connection's own system. */
export interface LinkedRef {
  readonly type: string
  readonly value: string
}

/**
 * Makes the address at which a person sees what an identifier stands for, from the configuration alone.
 *
 * @param refs - all that the return refers to in this system: some things are shown within others.
 */
export type LinkOf<Config> = (
  config: Config,
  ref: LinkedRef,
  refs: readonly LinkedRef[],
) => string | null

export interface ConnectorDefinition<Config extends z.ZodType> {
  /** Its name in configurations, kebab-case. */
  readonly key: string
  readonly title: string
  readonly sdkVersion: 1
  /** An object schema. Fields made by `secret(…)` are sealed. */
  readonly config: Config
  /** The parts that it can play. */
  readonly roles: readonly SystemRole[]
  readonly limits: ConnectorLimits
  /** By topic; `*` stands for every topic that is not named. */
  readonly webhooks?: Readonly<Record<string, AnyWebhookDefinition<z.output<Config>>>>
  readonly delivers?: {
    readonly [T in CommandType]?: DeliveryDefinition<z.output<Config>, T>
  }
  /** What it delivers are the requests that mapping documents make: a command without one is not supported. */
  readonly deliversMapped?: true
  /** Master data that the system is asked for again and again. */
  readonly feeds?: {
    readonly [Kind in MasterDataKind]?: FeedDefinition<z.output<Config>, Kind>
  }
  /** Changes that the system is asked for again and again, by name. */
  readonly polls?: Readonly<Record<string, PollDefinition<z.output<Config>>>>
  /** Tells which things that returns refer to are gone. */
  readonly presence?: PresenceDefinition<z.output<Config>>
  /** Questions answered in the call. With `order`, the command `order.look_up` is delivered by it. */
  readonly looksUp?: LookUps<z.output<Config>>
  /** Prepares the other side: `backhaul <connector> setup`. */
  readonly setup?: SetupDefinition<z.output<Config>>
  /** Explains what is missing over there: `backhaul <connector> doctor`. */
  readonly diagnose?: Diagnose<z.output<Config>>
  /** The hub gets the tokens and puts them on the requests; needs `check`. */
  readonly oauth?: OAuthDefinition<z.output<Config>>
  /** Words to customers that a site can change. */
  readonly templates?: TemplatesDefinition<z.output<Config>>
  /** Which account of the system a connection is for: tells several of one app apart when a webhook names them. */
  readonly accountOf?: (config: z.output<Config>) => string
  /** Where a person looks at something that a return refers to; null where the connector cannot tell. */
  readonly linkOf?: LinkOf<z.output<Config>>
  /** "Test connection": reads something harmless, and throws a delivery error when it cannot. */
  readonly check?: (connection: ConnectionCheck<z.output<Config>>) => Promise<CheckReport>
}

/** A connector as the hub uses it. Wherever it takes a configuration, that is what `config` parsed. */
export interface Connector {
  readonly key: string
  readonly title: string
  readonly sdkVersion: 1
  readonly config: z.ZodType
  /** Where the configuration holds secrets: dotted, `*` for any key or index. */
  readonly secretPaths: readonly string[]
  readonly roles: readonly SystemRole[]
  readonly limits: ConnectorLimits
  readonly webhooks: Readonly<Record<string, Webhook>>
  readonly delivers: Readonly<Partial<Record<CommandType, DeliveryDefinition<unknown>>>>
  readonly deliversMapped: boolean
  readonly feeds: Readonly<Partial<Record<MasterDataKind, FeedDefinition<unknown>>>>
  readonly polls: Readonly<Record<string, PollDefinition<unknown>>>
  readonly presence: PresenceDefinition<unknown> | undefined
  readonly looksUp: LookUps<unknown>
  readonly setup: SetupDefinition<unknown> | undefined
  readonly diagnose: Diagnose<unknown> | undefined
  readonly oauth: OAuthDefinition<unknown> | undefined
  readonly templates: TemplatesDefinition<unknown> | undefined
  readonly accountOf: ((config: unknown) => string) | undefined
  readonly linkOf: LinkOf<unknown> | undefined
  readonly check: ((connection: ConnectionCheck<unknown>) => Promise<CheckReport>) | undefined
}

/** A connector that cannot be used as it was defined. All that is wrong with it, in one go. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError'
  readonly problems: readonly string[]

  constructor(key: string, problems: readonly string[]) {
    super([`connector ${key}:`, ...problems].join('\n  - '))
    this.problems = problems
  }
}

/**
 * Makes a connector out of its definition.
 *
 * @throws {DefinitionError} with everything that is wrong, for example a delivery without a declared write
 * idempotency, or a webhook that is neither verified nor said to be unsigned.
 */
export function defineConnector<Config extends z.ZodType>(
  definition: ConnectorDefinition<Config>,
): Connector {
  const problems = checkDefinition(definition)
  if (problems.length > 0) throw new DefinitionError(definition.key, problems)
  const webhooks = Object.entries(definition.webhooks ?? {})
  const { key, title, sdkVersion, config, roles, limits, check } = definition
  const { delivers = {}, feeds = {}, polls = {}, looksUp = {} } = definition
  const asked =
    looksUp.order === undefined ? {} : { 'order.look_up': lookUpDelivery(looksUp.order) }
  return Object.freeze({
    key,
    title,
    sdkVersion,
    config,
    secretPaths: secretPaths(config),
    roles,
    limits,
    webhooks: Object.fromEntries(webhooks.map(([topic, one]) => [topic, createWebhook(one)])),
    // Handlers are typed by their own configuration and command. The hub gives each exactly these.
    delivers: { ...asked, ...delivers } as Connector['delivers'],
    deliversMapped: definition.deliversMapped === true,
    feeds: feeds as Connector['feeds'],
    polls: polls as Connector['polls'],
    presence: definition.presence as Connector['presence'],
    looksUp: looksUp as Connector['looksUp'],
    setup: definition.setup as Connector['setup'],
    diagnose: definition.diagnose as Connector['diagnose'],
    oauth: definition.oauth as Connector['oauth'],
    templates: definition.templates as Connector['templates'],
    accountOf: definition.accountOf as Connector['accountOf'],
    linkOf: definition.linkOf as Connector['linkOf'],
    check: check as Connector['check'],
  })
}

/** Asks when nobody waits for the answer. It only reads, so that repeating it is harmless. */
function lookUpDelivery<Config>(
  answer: AnswerOrder<Config>,
): DeliveryDefinition<Config, 'order.look_up'> {
  return {
    idempotency: { kind: 'upsert' },
    async deliver({ config, command, idempotencyKey, fetch, signal, now }) {
      const { about, lines } = command.body
      const found = await answer({ config, question: { about, lines }, fetch, signal, now })
      const at = { id: idempotencyKey, caseId: command.caseId, at: now }
      return { events: [recordedOrder(found, at)] }
    },
  }
}
