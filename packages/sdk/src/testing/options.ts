import type { CommandBody, CommandType, MasterDataKind } from '../canonical/index.ts'
import type { DeliveryContact, MappedRequest } from '../connector/delivery.ts'
import type { SignatureScheme } from '../signing/scheme.ts'
import type { FakeConversation } from './fake-peer.ts'
import type { FakeAnswer, FakeRequest, FakeRule } from './fake-system.ts'

export interface WebhookSample {
  /** How the sender signs; `secretAddress` for an unsigned webhook. */
  readonly scheme: SignatureScheme
  /** What the sender signs with, where it is not what the configuration verifies with. */
  readonly signingSecret?: string
  /** A key of the same kind that this connection does not know, as `sign` and as `verify` take it. */
  readonly stranger: { readonly signingSecret: string; readonly verifyingSecret?: string }
  readonly message: SampleMessage
  /** Another message: another id must come out. */
  readonly otherMessage: SampleMessage
  /** For a webhook that hands the bytes on as they are: nothing is malformed to it. */
  readonly takesAnyBody?: true
  /** Bodies that are no such payload, beside those that are no JSON. */
  readonly malformed?: readonly string[]
  /**
   * Changes what a forger would change. By default a newline is added; null says that the system's scheme does
   * not cover the body at all.
   */
  readonly tamper?: ((body: string) => string) | null
  /** A test call as the sender makes it, for a webhook that answers one. */
  readonly ping?: { readonly headers?: Readonly<Record<string, string>>; readonly body: string }
}

export interface SampleMessage {
  readonly body: string
  /** The sender's message id, where the scheme signs one. */
  readonly id?: string
  /** Headers that the sender adds beside those of the scheme. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface DeliverySample<T extends CommandType = CommandType> {
  readonly body: CommandBody<T>
  /** The body of a different command, where the same body for another case would not be one. */
  readonly otherBody?: CommandBody<T>
  /** What a mapping document makes of the command, for a connector that delivers such requests. */
  readonly request?: MappedRequest
  /** Who the customer is, for a command that needs it. */
  readonly contact?: DeliveryContact
  /** A 2xx by which the system says no. */
  readonly errorInside?: FakeAnswer
}

export interface FeedSample {
  /** Items that the fresh fake system has at least; 1 when left out. */
  readonly minItems?: number
}

export interface PollSample {
  /** Messages that the fresh fake system has at least; 1 when left out. */
  readonly minMessages?: number
}

export interface ExerciseOptions {
  /** The configuration of a connection to a system at `baseUrl`, before it is parsed. */
  readonly config: (baseUrl: string) => unknown
  /** Secrets beside those that the configuration marks. */
  readonly secrets?: readonly string[]
  readonly webhooks?: Readonly<Record<string, WebhookSample>>
  readonly deliveries?: { readonly [T in CommandType]?: DeliverySample<T> }
  readonly feeds?: { readonly [Kind in MasterDataKind]?: FeedSample }
  /** By the names of the polls. */
  readonly polls?: Readonly<Record<string, PollSample>>
  /** Makes the rule of a fresh system; asked for anew in every case. */
  readonly fake?: () => FakeRule
  /** In place of `fake`, for a system that is spoken with through `dial`. Its `baseUrl` is `tcp://host:port`. */
  readonly sockets?: {
    /** Why what is asked of HTTP is not asked of it, for example that SMTP has no redirects. */
    readonly noHttpSince: string
    /** Makes the system's side; asked for anew in every case. */
    readonly fake: () => FakeConversation
  }
  /** Which requests to the fake change something; by default all but GET and HEAD. */
  readonly isWrite?: (request: FakeRequest) => boolean
}

/** One thing that a connector must do. `run` throws an AssertionError when it does not. */
export interface ConnectorCase {
  readonly name: string
  /** Why it is not asked of this connector; then `run` does nothing. */
  readonly leftOut?: string
  readonly run: () => Promise<void>
}
