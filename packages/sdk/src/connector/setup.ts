import type { GuardedDial } from './guarded-dial.ts'
import type { GuardedFetch } from './guarded-fetch.ts'

/**
 * Addresses at which the hub takes what the other side tells by itself. Those of webhooks with a secret address end in
 * a secret: never show them.
 */
export interface WebhookAddresses {
  /** Whether an address that is set over there is the one for a topic, with the secret of now. */
  readonly isCurrent: (topic: string, address: string) => boolean
  /**
   * Gives out a new secret where addresses end in one, for it is kept as a hash only. What still calls with the one
   * before is refused from then on, so ask for it once and set every address anew.
   *
   * @returns the address for a topic.
   */
  readonly renew: () => Promise<(topic: string) => string>
}

/** Everything that setting up the other side may use. */
export interface SetupContext<Config> {
  /** Tells what is made for this connection from what is made for others of the same account. */
  readonly connectionId: string
  readonly config: Config
  /** A credential with more rights than the connection's own, for this one time; never kept. */
  readonly adminKey: string | null
  readonly adminLogin: string | null
  /** Null where the hub does not know at which address it can be reached. */
  readonly webhooks: WebhookAddresses | null
  readonly fetch: GuardedFetch
  /** For a system that speaks no HTTP. */
  readonly dial: GuardedDial
  readonly signal: AbortSignal
  readonly now: Date
}

export type SetupState =
  /** As it should be. */
  | 'present'
  /** Not there; `apply` makes it. */
  | 'missing'
  /** There, and not as it should be; `apply` mends it. */
  | 'differs'
  /** Only a person can do it. */
  | 'by_hand'
  /** Cannot be found out with the credentials at hand. */
  | 'unknown'

export interface SetupStep {
  /** kebab-case; the same in every plan. */
  readonly key: string
  /** What it is, in a few words. */
  readonly title: string
  readonly state: SetupState
  /** What there is, or what is to be done, in plain words. */
  readonly detail: string
}

export interface SetupPlan {
  readonly steps: readonly SetupStep[]
  /** What the connection should be configured with afterwards, for example the id of a location. */
  readonly settings?: Readonly<Record<string, unknown>>
}

/** Prepares the other side. Each function can be repeated at any point. */
export interface SetupDefinition<Config> {
  /** Reads only. */
  readonly plan: (context: SetupContext<Config>) => Promise<SetupPlan>
  /** Makes what is missing, mends what differs, and says how it stands then. */
  readonly apply: (
    context: SetupContext<Config>,
    onStep: (step: SetupStep) => void,
  ) => Promise<SetupPlan>
  /**
   * Takes back what `apply` made, as far as nothing uses it. A step is `missing` when it is gone, `differs` when it
   * stays because something uses it, and `present` when it was not made by `apply`.
   */
  readonly remove: (
    context: SetupContext<Config>,
    onStep: (step: SetupStep) => void,
  ) => Promise<SetupPlan>
}

export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem'
  readonly title: string
  /** What is missing and what to do, in plain words. */
  readonly detail: string
}

/** What a look may use: with an administrator's credential it sees more. It gives out no secret. */
export type DiagnoseContext<Config> = Omit<SetupContext<Config>, 'webhooks'> & {
  readonly webhooks: Pick<WebhookAddresses, 'isCurrent'> | null
}

/** Explains what is missing, reading only. */
export type Diagnose<Config> = (context: DiagnoseContext<Config>) => Promise<readonly Finding[]>
