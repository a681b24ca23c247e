import { z } from 'zod'
import {
  type CommandType,
  commandContracts,
  masterDataKinds,
  rolesOf,
  systemRoles,
} from '../canonical/index.ts'
import type { BudgetLimits } from './allowance.ts'
import { canonicalEvents } from './canonical-events.ts'
import type { ConnectorDefinition, ConnectorLimits } from './define-connector.ts'
import type { DeliveryDefinition } from './delivery.ts'
import type { FeedDefinition } from './feed.ts'
import type { OAuthDefinition } from './oauth.ts'
import { type PollDefinition, type PresenceDefinition, presencePoll } from './poll.ts'
import { secretPaths, unmarkedSecretPaths } from './secret-fields.ts'
import type { AnyWebhookDefinition } from './webhook.ts'

const keyPattern = /^[a-z0-9][a-z0-9-]{0,62}$/
const topicPattern = /^([a-z0-9][a-z0-9._-]{0,99}|\*)$/
const maxTimeoutMs = 120_000
const writeKinds: readonly unknown[] = [
  'native_key',
  'upsert',
  'optimistic_lock',
  'find_before_create',
]

type Definition = ConnectorDefinition<z.ZodType>
type Anything<T> = { readonly [Key in keyof T]?: unknown }

/** What is wrong with a definition: also with one that never went through a type checker. */
export function checkDefinition(definition: Definition): string[] {
  const webhooks = Object.entries(definition.webhooks ?? {})
  const deliveries = Object.entries(definition.delivers ?? {})
  const feeds = Object.entries(definition.feeds ?? {})
  const polls = Object.entries(definition.polls ?? {})
  return [
    ...checkNames(definition),
    ...checkConfig(definition.config),
    ...checkLimits(definition.limits ?? {}),
    ...webhooks.flatMap(([topic, webhook]) => [
      ...checkWebhook(topic, webhook),
      ...checkHint(topic, webhook, definition.polls ?? {}),
    ]),
    ...deliveries.flatMap(([type, one]) => checkDelivery(type, one, definition.roles ?? [])),
    ...feeds.flatMap(([kind, feed]) => checkFeed(kind, feed)),
    ...polls.flatMap(([name, poll]) => checkPoll(name, poll)),
    ...checkPresence(definition),
    ...checkLookUps(definition),
    ...checkOAuth(definition),
    ...problemIf(
      webhooks.length + deliveries.length + feeds.length + polls.length === 0,
      'receives nothing and delivers nothing',
    ),
  ]
}

function checkNames({ key, title, sdkVersion, roles }: Anything<Definition>): string[] {
  const known: readonly unknown[] = systemRoles
  const given: readonly unknown[] = Array.isArray(roles) ? roles : []
  return [
    ...problemIf(typeof key !== 'string' || !keyPattern.test(key), 'key must be kebab-case'),
    ...problemIf(typeof title !== 'string' || title.trim() === '', 'title must say what it is'),
    ...problemIf(sdkVersion !== 1, 'sdkVersion must be 1'),
    ...problemIf(given.length === 0, 'roles must name at least one'),
    ...given
      .filter((role) => !known.includes(role))
      .map((role) => `roles: ${String(role)} is no role of the hub`),
  ]
}

function checkConfig(config: unknown): string[] {
  if (!(config instanceof z.ZodObject)) return ['config must be a zod object schema']
  try {
    secretPaths(config)
    return unmarkedSecretPaths(config).map(
      (path) => `config: ${path} is named like a secret; mark it with secret(…)`,
    )
  } catch (error) {
    return [`config: ${error instanceof Error ? error.message : String(error)}`]
  }
}

function checkLimits(limits: Anything<ConnectorLimits>): string[] {
  const { timeoutMs, requestsPerMinute, concurrency, budgets = {}, readHeaders, readBody } = limits
  return [
    ...problemIf(
      !isCount(timeoutMs) || timeoutMs > maxTimeoutMs,
      `limits.timeoutMs must be 1 to ${maxTimeoutMs}`,
    ),
    ...problemIf(
      requestsPerMinute !== undefined && !isCount(requestsPerMinute),
      'limits.requestsPerMinute must be a whole number above 0',
    ),
    ...problemIf(
      concurrency !== undefined && !isCount(concurrency),
      'limits.concurrency must be a whole number above 0',
    ),
    ...Object.entries(budgets as Record<string, BudgetLimits>).flatMap(([name, budget]) =>
      problemIf(
        budget.requestsPerMinute !== undefined && !isCount(budget.requestsPerMinute),
        `limits.budgets["${name}"].requestsPerMinute must be a whole number above 0`,
      ),
    ),
    ...problemIf(!isFunctionOrNone(readHeaders), 'limits.readHeaders must be a function'),
    ...problemIf(!isFunctionOrNone(readBody), 'limits.readBody must be a function'),
  ]
}

function isFunctionOrNone(value: unknown): boolean {
  return value === undefined || typeof value === 'function'
}

function checkWebhook(topic: string, webhook: Partial<AnyWebhookDefinition<unknown>>): string[] {
  const { payload, messageId, secrets, interprets } = webhook
  const verify: unknown = 'verify' in webhook ? webhook.verify : undefined
  const reason: unknown = 'unsigned' in webhook ? webhook.unsigned : undefined
  const isUnsigned = typeof reason === 'string' && reason.trim() !== ''
  const hasSecretAddress = 'secretAddress' in webhook && webhook.secretAddress
  const at = `webhooks["${topic}"]`
  return [
    ...problemIf(!topicPattern.test(topic), `${at}: a topic is part of an address: a-z 0-9 . _ -`),
    ...problemIf(!(payload instanceof z.ZodType), `${at}: payload must be a zod schema`),
    ...problemIf(typeof messageId !== 'function', `${at}: messageId must name a message`),
    ...problemIf(typeof secrets !== 'function', `${at}: secrets must say where its secrets are`),
    ...problemIf(
      typeof verify !== 'function' && !isUnsigned,
      `${at}: needs verify, or unsigned: 'why' with secretAddress: true`,
    ),
    ...problemIf(
      isUnsigned && !hasSecretAddress,
      `${at}: what is unsigned needs secretAddress: true`,
    ),
    ...problemIf(
      verify !== undefined && isUnsigned,
      `${at}: is either verified or unsigned, not both`,
    ),
    ...problemIf(
      interprets === 'canonical' && payload !== canonicalEvents,
      `${at}: interprets canonical needs the payload canonicalEvents`,
    ),
  ]
}

function checkDelivery(
  type: string,
  delivery: Partial<DeliveryDefinition<never, never>>,
  roles: readonly unknown[],
): string[] {
  const at = `delivers["${type}"]`
  if (!isCommandType(type)) return [`${at}: is no command of the hub`]
  const players = rolesOf(type)
  const { deliver, idempotency } = delivery
  const kind: unknown = idempotency?.kind
  return [
    ...problemIf(typeof deliver !== 'function', `${at}: deliver must be a function`),
    ...problemIf(
      !writeKinds.includes(kind),
      `${at}: needs idempotency: native_key, upsert, optimistic_lock or find_before_create`,
    ),
    ...problemIf(
      kind === 'find_before_create' && typeof idempotency?.readBack !== 'function',
      `${at}: find_before_create needs readBack`,
    ),
    ...problemIf(
      !players.some((role) => roles.includes(role)),
      `${at}: is owed to the role ${players.join(' or ')}, which roles lacks`,
    ),
  ]
}

function checkFeed(kind: string, feed: Anything<FeedDefinition<never>> | undefined): string[] {
  const known: readonly string[] = masterDataKinds
  const at = `feeds["${kind}"]`
  return [
    ...problemIf(!known.includes(kind), `${at}: is no master data of the hub`),
    ...problemIf(typeof feed?.pull !== 'function', `${at}: pull must be a function`),
  ]
}

function checkPoll(name: string, poll: Anything<PollDefinition<never>>): string[] {
  const at = `polls["${name}"]`
  return [
    ...problemIf(!keyPattern.test(name), `${at}: a name is kebab-case`),
    ...problemIf(name === presencePoll, `${at}: is what the hub calls asking \`presence\``),
    ...problemIf(typeof poll.pull !== 'function', `${at}: pull must be a function`),
    ...problemIf(!isCount(poll.everySeconds), `${at}: everySeconds must be 1 or more`),
  ]
}

function checkPresence({ presence }: Anything<Definition>): string[] {
  const { types, missing } = (presence ?? {}) as Anything<PresenceDefinition<never>>
  if (presence === undefined) return []
  return [
    ...problemIf(
      !Array.isArray(types) || types.length === 0,
      'presence.types must name at least one',
    ),
    ...problemIf(typeof missing !== 'function', 'presence.missing must be a function'),
  ]
}

function checkHint(
  topic: string,
  { wakesPoll }: Partial<AnyWebhookDefinition<unknown>>,
  polls: Readonly<Record<string, unknown>>,
): string[] {
  const isKnown = wakesPoll === undefined || Object.hasOwn(polls, wakesPoll)
  return problemIf(!isKnown, `webhooks["${topic}"]: there is no poll ${wakesPoll}`)
}

function checkLookUps({ looksUp, roles }: Anything<Definition>): string[] {
  const order = (looksUp as { order?: unknown } | undefined)?.order
  const given: readonly unknown[] = Array.isArray(roles) ? roles : []
  return [
    ...problemIf(
      order !== undefined && typeof order !== 'function',
      'looksUp.order must be a function',
    ),
    ...problemIf(
      order !== undefined && !given.includes('erp'),
      'looksUp.order: is asked of the role erp, which roles lacks',
    ),
  ]
}

const rotations: readonly unknown[] = ['never', 'graceful', 'single_use']

function checkOAuth({ oauth, check }: Anything<Definition>): string[] {
  if (oauth === undefined) return []
  const { settings, rotation } = oauth as Anything<OAuthDefinition<never>>
  return [
    ...problemIf(typeof settings !== 'function', 'oauth.settings must be a function'),
    ...problemIf(
      !rotations.includes(rotation),
      'oauth.rotation must be never, graceful or single_use',
    ),
    ...problemIf(
      typeof check !== 'function',
      'oauth needs check: it tells when tokens are refused',
    ),
  ]
}

function isCommandType(type: string): type is CommandType {
  return Object.hasOwn(commandContracts, type)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function problemIf(isProblem: boolean, problem: string): string[] {
  return isProblem ? [problem] : []
}
