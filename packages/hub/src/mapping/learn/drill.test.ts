import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { drillSamples } from '../../../test/drill/channel.ts'
import { judge } from '../../../test/drill/judge.ts'
import { answers, meanings, truth } from '../../../test/drill/person.ts'
import { wordsOf } from '../../../test/drill/words.ts'
import { inboundOf } from '../../../test/support/mapping.ts'
import { mapMessage } from '../map-message.ts'
import type { Reading } from '../reading.ts'
import { learnMapping } from './learn-mapping.ts'

const samples = drillSamples({ seed: 7, count: 30 })
const given = { samples, topic: 'retouraanvraag', connection: 'drill' }
const message = {
  id: '01920000-0000-7000-8000-000000000001',
  topic: 'retouraanvraag',
  connectionId: 'drill',
  receivedAt: '2026-11-23T08:00:00.000Z',
}

/** What messages come to by a document, with some words translated. */
function readAll(document: string, words: Parameters<typeof wordsOf>[0]): Reading[] {
  const mapping = inboundOf(document)
  return samples.map(({ bytes }) => mapMessage(mapping, { message, bytes, words: wordsOf(words) }))
}

describe('onboarding a channel that nobody knows', () => {
  const learned = learnMapping(given)

  test('finds nearly every field, none of them wrong and sure, and asks for the rest', () => {
    const { wrong, missing, right } = judge(learned, truth)
    assert.deepEqual(wrong, [])
    assert.deepEqual(missing, [])
    assert.ok(right.length >= 22, `${right.length} of ${Object.keys(truth).length}`)
  })

  test('asks for each thing where it stands in the document', () => {
    const comments = learned.document.match(/# DECIDE: /g) ?? []
    assert.equal(comments.length, learned.decisions.length)
    for (const { path, choices } of learned.decisions) assert.ok(choices.length > 0, path)
  })

  test('proposes what words mean, and nothing that it does not know', () => {
    for (const { vocabulary, sourceValue, canonicalValue } of learned.vocabularies) {
      if (canonicalValue === null) continue
      assert.equal(canonicalValue, meanings[vocabulary]?.[sourceValue], sourceValue)
    }
    assert.ok(learned.vocabularies.some(({ canonicalValue }) => canonicalValue === null))
  })

  test('puts no value of a sample into the document', () => {
    const values = new Set(samples.flatMap(({ bytes }) => scalarsIn(JSON.parse(String(bytes)))))
    for (const value of values) assert.ok(!learned.document.includes(value), value)
  })

  test('ends with every message understood: decisions, then words that were missing', () => {
    const { document, decisions } = learnMapping({ ...given, hints: { answers } })
    assert.deepEqual(decisions, [])
    assert.ok(!document.includes('DECIDE'))
    const proposed = learned.vocabularies.flatMap(({ vocabulary, sourceValue, canonicalValue }) =>
      canonicalValue === null ? [] : [{ vocabulary, sourceValue, canonicalValue }],
    )
    const first = readAll(document, proposed)
    const waiting = first.filter(({ kind }) => kind !== 'events')
    assert.ok(waiting.length > 0 && waiting.length < samples.length, `${waiting.length} wait`)
    const unmapped = waiting.flatMap((reading) => {
      assert.ok(reading.kind === 'unreadable' && reading.code === 'MD01', JSON.stringify(reading))
      return reading.unmapped
    })
    const added = unmapped.map(({ vocabulary, value }) => {
      const canonicalValue = meanings[vocabulary]?.[value]
      assert.ok(canonicalValue, `${vocabulary} ${value}`)
      return { vocabulary, sourceValue: value, canonicalValue }
    })
    const second = readAll(document, [...proposed, ...added])
    assert.ok(
      second.every(({ kind }) => kind === 'events'),
      JSON.stringify(second),
    )
  })

  test('says what the message says: time of the clock in Amsterdam, decimal comma, words', () => {
    const { document } = learnMapping({ ...given, hints: { answers } })
    const all = Object.entries(meanings).flatMap(([vocabulary, words]) =>
      Object.entries(words).map(([sourceValue, canonicalValue]) => ({
        vocabulary,
        sourceValue,
        canonicalValue,
      })),
    )
    const [reading] = readAll(document, all)
    assert.ok(reading?.kind === 'events')
    const [event] = reading.events
    const sent = parse(String(samples[0]?.bytes)).inhoud
    assert.ok(event?.type === 'return.requested')
    const [day = '', month, year, clock] = sent.aanvraag.aangemaaktOp.split(/[- ]/)
    const shown = new Date(event.time).toLocaleString('sv-SE', { timeZone: 'Europe/Amsterdam' })
    assert.equal(shown, `${year}-${month}-${day} ${clock}:00`)
    const { lines } = event.data as {
      lines: readonly { quantity: string; reason: { code: string } }[]
    }
    assert.deepEqual(
      lines.map(({ quantity, reason }) => [quantity, reason.code]),
      sent.regels.regel.map(
        ({ hoeveelheid, aanleiding }: Record<string, Record<string, string>>) => [
          String(Number(hoeveelheid?.['waarde']?.replace(',', '.'))),
          meanings['reason']?.[aanleiding?.['sleutel'] ?? ''],
        ],
      ),
    )
  })
})

/** Texts of a value that tell something: not those that are also words of the contract. */
function scalarsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 4 ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(scalarsIn)
}
