import { type CanonicalEvent, cloudEventType } from '@backhaul/sdk/canonical'
import { readForeignEvent } from './canonical.ts'
import type { CompiledEvent } from './document/compile-event.ts'
import { fail, forEach, listOf } from './document/compile-field.ts'
import type { InboundMapping } from './document/compile-mapping.ts'
import { NoValue } from './document/no-value.ts'
import type { Scope } from './document/path.ts'
import { decode } from './formats/decode.ts'
import { type Reading, unreadable } from './reading.ts'
import { asPayload, type Payload, readRecords } from './records.ts'
import { MappingRun, problemLimit, shortenTexts } from './run.ts'
import type { Words } from './words.ts'

/** What is known of a message besides its bytes. */
interface MessageFacts {
  readonly id: string
  readonly topic: string
  readonly connectionId: string
  /** ISO 8601. */
  readonly receivedAt: string
}

export interface MessageToMap {
  readonly message: MessageFacts
  readonly bytes: Uint8Array
  readonly words: Words
  /** The bytes are the body of a record that an earlier call made out of a file. */
  readonly isRecord?: boolean
}

/**
 * Says what a message means by a mapping document. A payload with more than one record is taken apart: each
 * becomes a message of its own, whose body is mapped again with `isRecord`. The same payload always comes to
 * the same events, under the same ids. Never throws.
 */
export function mapMessage(mapping: InboundMapping, given: MessageToMap): Reading {
  const { format } = mapping.document.source
  const decoded = given.isRecord ? decode(given.bytes, recordFormat) : decode(given.bytes, format)
  if (!decoded.ok) {
    const { message, line, column } = decoded.problem
    const where = line === undefined ? '' : ` (line ${line}, column ${column ?? 1})`
    return unreadable([{ pointer: '', code: 'invalid', message: `${message}${where}` }])
  }
  return mapValue(mapping, { ...given, value: decoded.value })
}

/** One message is applied in one piece. */
const eventLimit = 1_000

/** Records are written by ourselves, and may be as long as a file's longest. */
const recordFormat = { format: 'json', maxBytes: 20_000_000 } as const

/** The same for a payload that was decoded before. */
export function mapValue(
  mapping: InboundMapping,
  given: Omit<MessageToMap, 'bytes'> & { readonly value: unknown },
): Reading {
  const { message, words } = given
  const value = mapping.usesLanguage ? shortenTexts(given.value) : given.value
  const { connectionId, receivedAt: at } = message
  const wordScope = { connectionId, company: null, at }
  const run = new MappingRun({ words, isOutbound: false, wordScope, value })
  const payload = given.isRecord ? asPayload(mapping, value) : readRecords(mapping, run, value)
  if (run.faults > 0) return failed(run)
  if (payload === null) {
    return unreadable([{ pointer: '', code: 'invalid', message: 'this is no record of a file' }])
  }
  if (payload.kind !== 'record') return payload
  return mapRecord(mapping, run, { message, payload })
}

function mapRecord(
  mapping: InboundMapping,
  run: MappingRun,
  given: { readonly message: MessageFacts; readonly payload: Payload },
): Reading {
  const { payload, message } = given
  const { record, row, source } = payload
  const { id, topic, receivedAt, connectionId: connection } = message
  const scope: Scope = {
    record,
    row,
    source,
    constants: mapping.document.constants,
    message: { id, topic, receivedAt, connection },
    index: 0,
  }
  const events: CanonicalEvent[] = []
  const maker: Maker = { run, message, payload, events }
  for (const rule of mapping.events) applyRule(maker, rule, scope)
  if (run.faults > 0) return failed(run)
  if (events.length === 0) return { kind: 'ignored', reason: 'no event of its document applies' }
  return { kind: 'events', events }
}

interface Maker {
  readonly run: MappingRun
  readonly message: MessageFacts
  readonly payload: Payload
  readonly events: CanonicalEvent[]
}

function applyRule(maker: Maker, rule: CompiledEvent, scope: Scope): void {
  const { run } = maker
  if (!rule.each) {
    makeEvent(maker, rule, { scope, suffix: '' })
    return
  }
  const pointer = ['events', String(rule.index), 'each']
  const values = listOf(rule.each.read(scope, run), { run, pointer, text: rule.each.text })
  if (!values) return
  if (values.length > eventLimit) {
    fail(run, pointer, `makes more than ${eventLimit} events: the payload has to come in records`)
    return
  }
  let index = 0
  forEach(values, { scope, as: rule.as, run }, (below) => {
    makeEvent(maker, rule, { scope: below, suffix: `:${index}` })
    index += 1
  })
}

function makeEvent(
  { run, message, payload, events }: Maker,
  rule: CompiledEvent,
  { scope, suffix }: { readonly scope: Scope; readonly suffix: string },
): void {
  const faults = run.faults
  const { connectionId, receivedAt } = message
  run.wordScope = { connectionId, company: null, at: receivedAt }
  if (rule.when && !rule.when(scope, run)) return
  const time = rule.time ? rule.time(scope, run) : receivedAt
  const company = rule.company?.(scope, run)
  run.wordScope = {
    connectionId,
    company: typeof company === 'string' ? company : null,
    at: typeof time === 'string' ? time : receivedAt,
  }
  const id = rule.id ? idOf(run, rule, scope) : `${payload.id(run)}:${rule.index}${suffix}`
  const data = rule.data(scope, run)
  if (run.faults > faults) return
  const type = cloudEventType(rule.type)
  const reading = readForeignEvent({
    specversion: '1.0',
    id,
    source: connectionId,
    type,
    time,
    data,
  })
  if (reading.kind === 'event') {
    events.push(reading.event)
    return
  }
  for (const { pointer, message: why } of reading.problems) {
    run.problem(`/events/${rule.index}${suffix.replace(':', '/')}${pointer}`, why)
  }
}

function idOf(run: MappingRun, rule: CompiledEvent, scope: Scope): unknown {
  const value = rule.id?.read(scope, run)
  if (value instanceof NoValue) {
    return fail(run, ['events', String(rule.index), 'id'], `\`${rule.idText}\`: ${value.message}`)
  }
  return typeof value === 'number' ? String(value) : value
}

function failed(run: MappingRun): Reading {
  const problems = run.problems.slice(0, problemLimit)
  return { kind: 'unreadable', code: run.code, problems, unmapped: run.unmapped }
}
