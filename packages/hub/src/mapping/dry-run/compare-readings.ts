import type { CanonicalEvent } from '@backhaul/sdk/canonical'
import { differencesOf } from '../examples/difference.ts'
import type { WholeReading } from './read-whole.ts'

/** A field of an event that another document fills in another way. */
export interface FieldChange {
  /** RFC 6901, into the event: `/data/lines/0/quantity`. */
  readonly pointer: string
  /** Undefined for nothing. */
  readonly before: unknown
  readonly after: unknown
}

export interface EventChange {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly type: string
  readonly eventId: string
  /** Of a changed event. */
  readonly fields: readonly FieldChange[]
}

/**
 * How two documents differ on one message. `unreadable`: neither can read it, for the same reason.
 * `newly_unmapped`: the second one asks for a word that nobody has translated.
 */
export const verdicts = [
  'same',
  'changed',
  'unreadable',
  'newly_readable',
  'newly_unreadable',
  'newly_unmapped',
] as const
type Verdict = (typeof verdicts)[number]

export interface Comparison {
  readonly verdict: Verdict
  readonly changes: readonly EventChange[]
}

const changeLimit = 50

/** Holds what one document makes of a message against what another one makes of it. */
export function compareReadings(before: WholeReading, after: WholeReading): Comparison {
  const changes = changesOf(before.events, after.events)
  return { verdict: verdictOf(before, after, changes.length === 0), changes }
}

function verdictOf(before: WholeReading, after: WholeReading, isSame: boolean): Verdict {
  if (before.code === null && after.code === null) return isSame ? 'same' : 'changed'
  if (after.code === null) return 'newly_readable'
  if (before.code === null) return after.code === 'MD01' ? 'newly_unmapped' : 'newly_unreadable'
  return isSame && before.code === after.code ? 'unreadable' : 'changed'
}

function changesOf(
  before: readonly CanonicalEvent[],
  after: readonly CanonicalEvent[],
): readonly EventChange[] {
  const { pairs, gone, fresh } = pairUp(before, after)
  const changed = pairs.flatMap(([old, now]): EventChange[] => {
    const fields = differencesOf(comparable(old), comparable(now)).map(
      ({ pointer, expected, actual }) => ({ pointer, before: expected, after: actual }),
    )
    return fields.length === 0 ? [] : [{ kind: 'changed', type: now.type, eventId: now.id, fields }]
  })
  const all = [
    ...changed,
    ...gone.map((event) => whole('removed', event)),
    ...fresh.map((event) => whole('added', event)),
  ]
  return all.slice(0, changeLimit)
}

/** Events that are the same one: by their id, and where a document names them otherwise, by type and order. */
function pairUp(before: readonly CanonicalEvent[], after: readonly CanonicalEvent[]) {
  const pairs: [CanonicalEvent, CanonicalEvent][] = []
  const byId = new Map(after.map((event) => [event.id, event]))
  const left = before.filter((event) => {
    const now = byId.get(event.id)
    if (now === undefined) return true
    pairs.push([event, now])
    byId.delete(event.id)
    return false
  })
  const rest = new Set(byId.values())
  const gone = left.filter((event) => {
    const now = [...rest].find(({ type }) => type === event.type)
    if (now === undefined) return true
    pairs.push([event, now])
    rest.delete(now)
    return false
  })
  return { pairs, gone, fresh: [...rest] }
}

function comparable({ id, type, time, data }: CanonicalEvent) {
  return { id, type, time, data }
}

function whole(kind: 'added' | 'removed', { id, type }: CanonicalEvent): EventChange {
  return { kind, type, eventId: id, fields: [] }
}
