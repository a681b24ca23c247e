import type { GuardedDial } from './guarded-dial.ts'
import type { GuardedFetch } from './guarded-fetch.ts'

/** Everything that a poll may use to read its next page. */
export interface PollPull<Config> {
  readonly config: Config
  readonly fetch: GuardedFetch
  /** For a system that speaks no HTTP. */
  readonly dial: GuardedDial
  /** Aborts when the hub gives up on the page. */
  readonly signal: AbortSignal
  /** What the last page gave, as it gave it; null for the first page ever. */
  readonly cursor: string | null
  /** How many messages the page should have at most. */
  readonly limit: number
  readonly now: Date
}

/** Something that happened over there, as a webhook would have told it. */
export interface PolledMessage {
  /** The mapping document of the connection and this topic says what it means. */
  readonly topic: string
  /** The same for every time that this is read, and different for anything else: 1 to 200 printable ASCII characters. */
  readonly messageId: string
  /**
   * JSON; or a `Uint8Array`: bytes that are taken as they are, of a file, or of what a webhook brought or would
   * have brought. Only then a message that came both ways is the same to the byte, and a repeat.
   */
  readonly body: unknown
}

export interface PollPage {
  /** In the order in which they happened. */
  readonly messages: readonly PolledMessage[]
  /** Where the next page begins, at most 4,000 characters. It is kept when the messages are. */
  readonly cursor: string | null
  /** Whether there is a next page now; then the cursor has to have moved. */
  readonly hasMore: boolean
}

/**
 * Changes of a system that is asked for them again and again: because it tells nobody, or not reliably. A page
 * may repeat what was read before, which is dropped by its id; it must not leave out what changed while it was
 * read, so a cursor over times needs an overlap.
 */
export interface PollDefinition<Config> {
  /** Pause between two looks; a site can set another one. */
  readonly everySeconds: number
  /**
   * Reads only.
   *
   * @throws {RetryableError} when reading it again later may succeed.
   * @throws {TerminalError} when it cannot be read until somebody has changed something.
   */
  readonly pull: (page: PollPull<Config>) => Promise<PollPage>
}

/** Asks which of the things that returns refer to are still there. */
export interface PresenceQuestion<Config> {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly signal: AbortSignal
  /** As the connector itself has named them: `credit_note`, `return_transfer`, … */
  readonly type: string
  /** At most 200. */
  readonly values: readonly string[]
  readonly now: Date
}

/** The name under which the hub keeps how far presence has been asked about: no poll can have it. */
export const presencePoll = 'presence'

/** What a system deletes or archives, it tells nobody about. */
export interface PresenceDefinition<Config> {
  /** Types of reference that can be asked about. */
  readonly types: readonly string[]
  /** Reads only. @returns those of `values` that are gone, or archived. */
  readonly missing: (question: PresenceQuestion<Config>) => Promise<readonly string[]>
}
