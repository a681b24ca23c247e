import type { z } from 'zod'
import type { CanonicalEvent } from '../canonical/index.ts'
import type { HeaderValues } from '../headers.ts'
import type { Verdict, WebhookRequest } from '../signing/scheme.ts'
import { secretAddress } from '../signing/shared-secret.ts'
import { parseBody } from './parse-body.ts'

/** What the hub answers the sender with. */
export interface WebhookAnswer {
  readonly status: number
  readonly contentType?: string
  readonly body?: string
}

export type BodyFormat = 'json' | 'form' | 'text' | 'bytes'

interface WebhookBasics<Payload extends z.ZodType, Config> {
  readonly payload: Payload
  /** How the body is read before `payload` checks it: JSON unless said otherwise. `form` gives strings by name, `bytes` the body as it was sent. */
  readonly format?: BodyFormat
  /**
   * Names the message, the same for every repeat of it and different for anything else: at most 200 printable
   * ASCII characters. Runs on authenticated requests only.
   */
  readonly messageId: (payload: z.output<Payload>, request: { headers: HeaderValues }) => string
  /** Where in the configuration the inbound secrets are: one, or two while one replaces the other. */
  readonly secrets: (config: Config) => readonly string[]
  /**
   * `canonical`: the payload is canonical events already (`canonicalEvents`), and needs no mapping document.
   * Otherwise the body, as it was sent, is read by the mapping document of the connection and the topic.
   */
  readonly interprets?: z.output<Payload> extends readonly CanonicalEvent[] ? 'canonical' : never
  /**
   * The message is only a hint: it is answered at once and not kept, and the poll of this name looks at what
   * has changed.
   */
  readonly wakesPoll?: string
  /**
   * For systems that call one address for several accounts: which of them a hint is about, in the words of the
   * connector's `accountOf`. The poll of each connection to one of them is woken, and of no other.
   */
  readonly wakesAccounts?: (payload: z.output<Payload>) => readonly string[]
  /** A call that only tests the address: answered and forgotten. Unsigned ones are asked for before `verify`. */
  readonly ping?: {
    readonly isSigned: boolean
    readonly answer: (request: WebhookRequest) => WebhookAnswer | null
  }
  /** For senders that want to read something particular. By default 202 with the message id. */
  readonly accepted?: WebhookAnswer
}

interface Signed {
  readonly verify: (request: WebhookRequest) => Verdict
  /** The address may end in a secret that the hub gives out, which is then among `secrets` of the request. */
  readonly secretAddress?: true
}

interface Unsigned {
  /** Why nothing better is to be had. What comes in this way is a hint: read the record back. */
  readonly unsigned: string
  /** The address ends in a secret of `secrets`, which `verify` compares. */
  readonly secretAddress: true
}

export type WebhookDefinition<Payload extends z.ZodType, Config> = WebhookBasics<Payload, Config> &
  (Signed | Unsigned)

/** A definition whose payload type has done its work. */
export type AnyWebhookDefinition<Config> = Omit<
  WebhookBasics<z.ZodType, Config>,
  'interprets' | 'messageId' | 'wakesAccounts'
> & {
  readonly wakesAccounts?: (payload: never) => readonly string[]
  readonly interprets?: 'canonical'
  readonly messageId: (payload: never, request: { headers: HeaderValues }) => string
} & (Signed | Unsigned)

/** Lets TypeScript check `messageId` and `interprets` against `payload`. */
export function webhook<Payload extends z.ZodType, Config>(
  definition: WebhookDefinition<Payload, Config>,
): AnyWebhookDefinition<Config> {
  return definition
}

export interface ReadingIssue {
  /** Dotted path into the payload; empty for the whole. */
  readonly path: string
  readonly message: string
}

export type Reading =
  | { readonly ok: true; readonly messageId: string; readonly payload: unknown }
  | {
      readonly ok: false
      readonly reason: 'not_parseable' | 'schema' | 'no_message_id'
      readonly issues: readonly ReadingIssue[]
    }

/** A webhook as the hub uses it. No function throws on anything that a sender controls. */
export interface Webhook {
  readonly interprets: 'canonical' | undefined
  /** The poll that it is a hint for. */
  readonly wakesPoll: string | undefined
  /** Which accounts an authenticated hint is about; null where it does not say, or cannot be read. */
  readonly accountsOf: (request: {
    rawBody: Uint8Array
    headers: HeaderValues
  }) => readonly string[] | null
  /** Why its requests are not signed; undefined where they are. */
  readonly unsigned: string | undefined
  /** Keep the address out of logs. */
  readonly secretAddress: boolean
  readonly accepted: WebhookAnswer | undefined
  readonly secrets: (config: unknown) => readonly string[]
  /** Always to be called: for an unsigned webhook it compares the secret in the address. */
  readonly verify: (request: WebhookRequest) => Verdict
  /** The answer to a test call, at the moment when such a call may be answered; null for anything else. */
  readonly ping: (
    request: WebhookRequest,
    moment: 'before_verify' | 'after_verify',
  ) => WebhookAnswer | null
  /** Parses and names an authenticated message. */
  readonly read: (request: { rawBody: Uint8Array; headers: HeaderValues }) => Reading
}

export function createWebhook<Config>(definition: AnyWebhookDefinition<Config>): Webhook {
  const isUnsigned = 'unsigned' in definition
  const check = isUnsigned ? secretAddress.verify : definition.verify
  return {
    interprets: definition.interprets,
    wakesPoll: definition.wakesPoll,
    accountsOf: (request) => {
      const { wakesAccounts } = definition
      const reading = wakesAccounts === undefined ? null : read(definition, request)
      if (wakesAccounts === undefined || reading?.ok !== true) return null
      return withoutThrowing(() => wakesAccounts(reading.payload as never), null)
    },
    unsigned: isUnsigned ? definition.unsigned : undefined,
    secretAddress: definition.secretAddress === true,
    accepted: definition.accepted,
    // The hub passes what the connector's own schema parsed.
    secrets: (config) => definition.secrets(config as Config),
    verify: (request) => withoutThrowing(() => check(request), { ok: false, reason: 'malformed' }),
    ping: (request, moment) => {
      const { ping } = definition
      if (ping === undefined || ping.isSigned !== (moment === 'after_verify')) return null
      return withoutThrowing(() => ping.answer(request), null)
    },
    read: (request) => read(definition, request),
  }
}

const maxIssues = 20
const messageIdPattern = /^[\x20-\x7e]{1,200}$/

function read<Config>(
  definition: AnyWebhookDefinition<Config>,
  { rawBody, headers }: { rawBody: Uint8Array; headers: HeaderValues },
): Reading {
  const body = parseBody(rawBody, definition.format ?? 'json')
  if (!body.ok) return failed('not_parseable', [{ path: '', message: body.problem }])
  const parsed = withoutThrowing(() => definition.payload.safeParse(body.value), null)
  if (parsed === null) return failed('schema', [{ path: '', message: 'the schema failed on it' }])
  if (!parsed.success) return failed('schema', parsed.error.issues.slice(0, maxIssues).map(toIssue))
  const payload = parsed.data as never
  const messageId = withoutThrowing(() => definition.messageId(payload, { headers }), '')
  if (typeof messageId !== 'string' || !messageIdPattern.test(messageId)) {
    const message = 'a message id has 1 to 200 printable ASCII characters'
    return failed('no_message_id', [{ path: '', message }])
  }
  return { ok: true, messageId, payload }
}

function failed(
  reason: Extract<Reading, { ok: false }>['reason'],
  issues: readonly ReadingIssue[],
): Reading {
  return { ok: false, reason, issues }
}

function toIssue({ path, message }: z.core.$ZodIssue): ReadingIssue {
  return { path: path.map(String).join('.').slice(0, 300), message: message.slice(0, 300) }
}

/** A connector's own code that fails on hostile input must not decide more than this one message. */
function withoutThrowing<T>(act: () => T, otherwise: T): T {
  try {
    return act()
  } catch {
    return otherwise
  }
}
