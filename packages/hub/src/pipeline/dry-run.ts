import { setImmediate as nextTurn } from 'node:timers/promises'
import { compileMapping, type InboundMapping } from '../mapping/document/compile-mapping.ts'
import { parseMapping } from '../mapping/document/parse-mapping.ts'
import { type Comparison, compareReadings } from '../mapping/dry-run/compare-readings.ts'
import { readWhole, type WholeReading } from '../mapping/dry-run/read-whole.ts'
import type { Words } from '../mapping/words.ts'
import type { Clock } from '../platform/clock.ts'
import { HubError } from '../platform/errors.ts'
import type { Queryable } from '../store/database.ts'
import {
  listBodies,
  listRecordedMessages,
  type RecordedMessage,
} from '../store/recorded-messages.ts'
import type { DocumentProblem } from './document-check.ts'

/** What a dry run needs. Words are those in force: a draft is tried with what people have said so far. */
interface DryRunDeps {
  readonly pool: Queryable
  readonly words: Words
  readonly clock: Clock
}

/** A draft of a mapping, and what it would take the place of. */
export interface DryRunInput {
  /** `<connection>/<topic>`. */
  readonly name: string
  /** YAML. */
  readonly draft: string
  /** YAML in force; null where nothing is. */
  readonly active: string | null
  /** How far back recorded messages count. */
  readonly days: number
  /** The message that the last page ended with. */
  readonly before?: string | undefined
  /** Messages to look at, at most. */
  readonly limit: number
}

/** What a draft makes of one recorded message, where that is not what the version in force makes of it. */
export interface DryRunSample extends Comparison {
  readonly messageId: string
  readonly receivedAt: Date
  /** The return that the message led to. */
  readonly caseId: string | null
  readonly after: Pick<WholeReading, 'code' | 'problems' | 'unmapped'>
  /** What was read, for whoever has to say what of it is personal; null for a large one. */
  readonly body: Buffer | null
}

/** One page of a dry run, the newest messages first. */
export interface DryRunPage {
  readonly checked: number
  readonly same: number
  readonly changed: number
  /** Neither the draft nor the version in force can read them. */
  readonly unreadable: number
  readonly newlyReadable: number
  /** Of `newlyUnmapped` the draft only lacks a word. */
  readonly newlyUnreadable: number
  readonly newlyUnmapped: number
  readonly samples: readonly DryRunSample[]
  /** The `before` of the next page; null when no message is left. */
  readonly next: string | null
}

/** Messages of other topics that are passed over on the way. */
const scanLimit = 2_000
const sampleLimit = 100
/** Bodies in memory at a time; one alone can be larger. */
const bytesAtOnce = 8_000_000
/** A page ends when it has taken so long, however many messages it has looked at. */
const pageMs = 5_000
const messagesPerTurn = 16
/** Of a body that a sample keeps: a page has a hundred at most. */
const keptBytes = 100_000

/**
 * Runs a draft over recorded messages, and holds what it makes of each against what the version in force
 * makes of the same message. Changes nothing.
 *
 * @throws {HubError} VALIDATION_FAILED where the draft cannot be run, with the lines.
 */
export async function dryRunMapping(deps: DryRunDeps, input: DryRunInput): Promise<DryRunPage> {
  const draft = compileDraft(input.draft)
  const active = input.active === null ? null : compileActive(input.active)
  const [connectionId = '', topic = ''] = input.name.split('/')
  const { days, before, limit } = input
  const place = { connectionId, days, before, limit: scanLimit }
  const scanned = await listRecordedMessages(deps.pool, place)
  const wanted = scanned.filter((message) => message.topic === topic)
  const taken = wanted.slice(0, limit)
  const tally = new Tally()
  const startedMs = deps.clock.monotonicMs()
  const isOver = () => tally.isFull || deps.clock.monotonicMs() - startedMs > pageMs
  let last: string | undefined
  for (const some of inPortions(taken)) {
    if (last !== undefined && isOver()) break
    const bodies = await listBodies(deps.pool, { connectionId, messages: some })
    for (const [index, message] of some.entries()) {
      if (last !== undefined && isOver()) break
      const body = bodies.get(message.messageId)
      const given = { draft, active, message, connectionId }
      if (body) tally.add(message, compareOne(deps.words, { ...given, body }), body)
      last = message.messageId
      if (index % messagesPerTurn === messagesPerTurn - 1) await nextTurn()
    }
  }
  const isAtEnd = last === taken.at(-1)?.messageId && wanted.length <= limit
  const end = scanned.length < scanLimit ? null : (scanned.at(-1)?.messageId ?? null)
  return tally.page(isAtEnd ? end : (last ?? null))
}

function compileDraft(content: string): InboundMapping {
  const compiled = compile(content)
  if (!('problems' in compiled)) return compiled
  throw new HubError('VALIDATION_FAILED', 'The draft cannot be run.', {
    problems: compiled.problems.slice(0, 50).map(({ line, path, message }) => ({
      pointer: path,
      code: 'document_invalid',
      message: line === null ? message : `line ${line}: ${message}`,
    })),
  })
}

/** A version in force that cannot be run any more reads nothing. */
function compileActive(content: string): InboundMapping | null {
  const compiled = compile(content)
  return 'problems' in compiled ? null : compiled
}

function compile(
  content: string,
): InboundMapping | { readonly problems: readonly DocumentProblem[] } {
  const parsed = parseMapping(content)
  if (!parsed.ok) return parsed
  if (parsed.document.direction === 'outbound') {
    const message = 'a dry run reads messages, and this document is about requests'
    return { problems: [{ line: null, column: null, path: 'direction', message }] }
  }
  const compiled = compileMapping(parsed.document)
  return compiled.ok ? compiled.mapping : compiled
}

/** Messages whose bodies fit into memory together. */
function* inPortions(messages: readonly RecordedMessage[]): Generator<RecordedMessage[]> {
  let portion: RecordedMessage[] = []
  let bytes = 0
  for (const message of messages) {
    if (portion.length > 0 && bytes + message.sizeBytes > bytesAtOnce) {
      yield portion
      portion = []
      bytes = 0
    }
    portion.push(message)
    bytes += message.sizeBytes
  }
  if (portion.length > 0) yield portion
}

function compareOne(
  words: Words,
  given: {
    readonly draft: InboundMapping
    readonly active: InboundMapping | null
    readonly message: RecordedMessage
    readonly connectionId: string
    readonly body: Buffer
  },
): Compared {
  const { draft, active, connectionId, body: bytes } = given
  const { messageId: id, topic, receivedAt } = given.message
  const message = { id, topic, connectionId, receivedAt: receivedAt.toISOString() }
  const before = readWhole(active, { message, bytes, words })
  const after = readWhole(draft, { message, bytes, words })
  return { ...compareReadings(before, after), after }
}

type Compared = Comparison & { readonly after: WholeReading }

class Tally {
  readonly #counts = new Map<Comparison['verdict'], number>()
  readonly #samples: DryRunSample[] = []

  add({ messageId, receivedAt, caseId }: RecordedMessage, compared: Compared, bytes: Buffer): void {
    const { verdict, changes, after } = compared
    this.#counts.set(verdict, this.#count(verdict) + 1)
    if (verdict === 'same' || verdict === 'unreadable') return
    const { code, problems, unmapped } = after
    const why = { code, problems, unmapped }
    const body = bytes.length > keptBytes ? null : bytes
    this.#samples.push({ messageId, receivedAt, caseId, verdict, changes, after: why, body })
  }

  /** A page shows every message that it counts as another one. */
  get isFull(): boolean {
    return this.#samples.length >= sampleLimit
  }

  page(next: string | null): DryRunPage {
    return {
      checked: [...this.#counts.values()].reduce((sum, count) => sum + count, 0),
      same: this.#count('same'),
      changed: this.#count('changed'),
      unreadable: this.#count('unreadable'),
      newlyReadable: this.#count('newly_readable'),
      newlyUnreadable: this.#count('newly_unreadable') + this.#count('newly_unmapped'),
      newlyUnmapped: this.#count('newly_unmapped'),
      samples: this.#samples,
      next,
    }
  }

  #count(verdict: Comparison['verdict']): number {
    return this.#counts.get(verdict) ?? 0
  }
}
