import type { CanonicalEvent, CommandBody, CommandType } from '../canonical/index.ts'
import type { GuardedDial } from './guarded-dial.ts'
import type { GuardedFetch } from './guarded-fetch.ts'

/** A command as the connector gets it. The hub checked it against the canonical schema when it was owed. */
export interface DeliveryCommand<T extends CommandType = CommandType> {
  readonly type: T
  readonly caseId: string
  readonly caseNo: string
  /** Grows with every change of the case: a lower one is older news. */
  readonly caseVersion: number
  /** When the command was owed, ISO 8601 in UTC. */
  readonly occurredAt: string
  readonly body: CommandBody<T>
  /** `body` as JSON text, where the hub has it at hand: for connectors that pass it on as it is. */
  readonly bodyText?: string | undefined
}

/** What a mapping document makes of a command: a request, but for where the system is and who we are there. */
export interface MappedRequest {
  readonly method: string
  /** Begins with `/`; below the address of the connection. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly contentType: string | null
  /** Reads the id that the system gave out of its JSON answer; null for none. Never throws. */
  readonly externalIdOf?: ((answer: unknown) => string | null) | undefined
}

/** The customer of a case, as far as the system that asked for the return has said it. */
export interface DeliveryContact {
  readonly name?: string | undefined
  readonly email?: string | undefined
  /** A language tag, such as `de` or `en-GB`. */
  readonly language?: string | undefined
  /** Page on which the customer sees where the return stands; only with `customer.notify`. */
  readonly statusUrl?: string | undefined
  /** Where the goods are collected, or sent from. */
  readonly address?:
    | {
        readonly name?: string | undefined
        readonly street?: string | undefined
        readonly city?: string | undefined
        readonly postalCode?: string | undefined
        readonly region?: string | undefined
        /** Two letters, ISO 3166-1. */
        readonly country?: string | undefined
      }
    | undefined
}

/** Everything a handler may use: no database, no other connection, no clock of its own. */
export interface Delivery<Config, T extends CommandType = CommandType> {
  /** Parsed by the connector's schema; the same object for every delivery of a connection. */
  readonly config: Config
  readonly command: DeliveryCommand<T>
  /** The same in every attempt, at most 200 printable ASCII characters. */
  readonly idempotencyKey: string
  /** 1 for the first. */
  readonly attempt: number
  /**
   * Who the customer is: read from the case when it is sent, never part of the command. Only for
   * `customer.notify`, `label.create` and `ticket.update`, and left out where nobody has said it.
   */
  readonly contact?: DeliveryContact | undefined
  /** For a connector that speaks through mapping documents: what that of this command makes of it. */
  readonly request?: MappedRequest | undefined
  /** A site's own template of the connection by its name, as its document has it; undefined where there is none. */
  readonly template?: ((name: string) => unknown) | undefined
  /** Aborts when the hub gives up on this attempt. */
  readonly signal: AbortSignal
  readonly fetch: GuardedFetch
  /** For a system that speaks no HTTP. */
  readonly dial: GuardedDial
  readonly now: Date
}

/** An identifier that the other system gave; the hub adds which system. */
export interface DeliveredRef {
  /** What it names, for example `ticket`, `credit_note`, `tracking`. */
  readonly type: string
  readonly value: string
}

export interface Delivered {
  /** What the system calls the thing that was created or changed, at most 200 characters. */
  readonly externalId?: string | undefined
  readonly refs?: readonly DeliveredRef[] | undefined
  /** What became known by delivering, for example that a label was issued. */
  readonly events?: readonly CanonicalEvent[] | undefined
}

/**
 * Delivers one command. Returns when the effect is certain.
 *
 * @throws {RetryableError} when there was no effect, or repeating is harmless.
 * @throws {TerminalError} when the same command would fail again.
 * @throws {UnknownOutcomeError} when the request went out and its outcome is not known.
 */
export type DeliveryHandler<Config, T extends CommandType = CommandType> = (
  delivery: Delivery<Config, T>,
) => Promise<Delivered>

/** Whether an earlier attempt had its effect. `undetermined`: ask again later, send nothing. */
export type ReadBackResult =
  | { readonly state: 'applied'; readonly externalId?: string | undefined }
  | { readonly state: 'absent' }
  | { readonly state: 'undetermined' }

/** Looks the effect up by our own reference. Reads only. */
export type ReadBack<Config, T extends CommandType = CommandType> = (
  delivery: Delivery<Config, T>,
) => Promise<ReadBackResult>

/**
 * Why sending a command twice has one effect. After an unknown outcome, and before every attempt but the
 * first, the hub calls `readBack` where there is one; where there is none it sends the command again under
 * the same idempotency key.
 */
export type WriteIdempotency<Config, T extends CommandType = CommandType> =
  | {
      /** The system drops a repeated key. */
      readonly kind: 'native_key'
      /** The header that carries the key, where one does. */
      readonly header?: string
      /** How long the system remembers a key, where it says so. */
      readonly ttlHours?: number
      readonly readBack?: ReadBack<Config, T>
    }
  | {
      /** We name the record, and writing it again changes nothing. */
      readonly kind: 'upsert'
      readonly readBack?: ReadBack<Config, T>
    }
  | {
      /** A write names the version that it read, and loses when it is not the latest. */
      readonly kind: 'optimistic_lock'
      readonly readBack?: ReadBack<Config, T>
    }
  | {
      /** The system repeats whatever it is told: only looking first prevents a second effect. */
      readonly kind: 'find_before_create'
      readonly readBack: ReadBack<Config, T>
    }

export interface DeliveryDefinition<Config, T extends CommandType = CommandType> {
  readonly deliver: DeliveryHandler<Config, T>
  readonly idempotency: WriteIdempotency<Config, T>
}
