import type { CanonicalEvent, EventProblem } from '@backhaul/sdk/canonical'

/** A word of a source that nobody has translated. */
export interface UnmappedValue {
  readonly vocabulary: string
  /** As the source wrote it. */
  readonly value: string
  /** Company of the message, where it says one. */
  readonly company: string | null
}

/**
 * Why a message cannot be read: `IT03` its shape, `MD01` a word that nobody has translated, `MD02` a unit
 * or pack size that does not fit, `NO_MAPPING` nothing says what its topic means.
 */
export type UnreadableCode = 'IT03' | 'MD01' | 'MD02' | 'NO_MAPPING'

export interface Unreadable {
  readonly kind: 'unreadable'
  readonly code: UnreadableCode
  readonly problems: readonly EventProblem[]
  /** With `MD01`. */
  readonly unmapped: readonly UnmappedValue[]
}

/** A part of a file, as a message of its own. */
export interface FileRecord {
  /** Names the message: the same for every repeat. */
  readonly externalId: string
  /** JSON. */
  readonly body: Buffer
}

/**
 * What a message says. `event`: one event, as it was sent. `events`: what a mapping document makes of it.
 * `records`: a file, each part of which becomes a message of its own. `ignored`: its document knows it, and
 * no event's condition holds. `later`: it is stored as it is, and read by the processor.
 */
export type Reading =
  | { readonly kind: 'event'; readonly event: CanonicalEvent }
  | { readonly kind: 'events'; readonly events: readonly CanonicalEvent[] }
  | { readonly kind: 'records'; readonly records: readonly FileRecord[] }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'later' }
  | Unreadable

/** A message whose shape is wrong. */
export function unreadable(problems: Unreadable['problems']): Unreadable {
  return { kind: 'unreadable', code: 'IT03', problems, unmapped: [] }
}
