import { z } from 'zod'
import {
  type Vocabulary,
  type VocabularyName,
  vocabularyNames,
} from '../../mapping/vocabularies.ts'
import type { Unmapped } from '../../pipeline/vocabularies.ts'
import type { ImportPlan } from '../../pipeline/vocabulary-import.ts'
import type { VocabularyChange, VocabularyEntry } from '../../store/vocabularies.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull, uuid } from './common.ts'

export const vocabularyName = z.enum(vocabularyNames)

export const vocabulary = z
  .object({
    name: vocabularyName,
    title: text,
    values: z
      .array(z.object({ value: text, title: text }))
      .nullable()
      .describe('What its words can mean; null: any text.'),
    entries: z.int().describe('Counted up to 100,000.'),
  })
  .meta({ id: 'Vocabulary', description: 'A list of words and of what they mean.' })

export const vocabularyEntry = z
  .object({
    id: uuid,
    vocabulary: text,
    connectionId: textOrNull.describe('null: of every connection.'),
    company: textOrNull.describe('null: in every company.'),
    sourceValue: text,
    canonicalValue: text,
    validFrom: timeOrNull,
    validTo: timeOrNull,
    changedBy: text,
    changedAt: time,
  })
  .meta({ id: 'VocabularyEntry', description: 'What a word means, where and when.' })

const changedEntry = z.object({
  connectionId: textOrNull,
  company: textOrNull,
  sourceValue: text,
  canonicalValue: text,
  validFrom: textOrNull,
  validTo: textOrNull,
})

export const vocabularyChange = z
  .object({
    id: z.int(),
    entryId: uuid,
    action: z.enum(['added', 'changed', 'removed']),
    before: changedEntry.nullable(),
    after: changedEntry.nullable(),
    changedBy: text,
    changedAt: time,
  })
  .meta({ id: 'VocabularyChange', description: 'Who changed what a word means.' })

export const entriesSet = z
  .object({
    added: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    removed: z.int(),
    replayed: z.int().describe('Parked messages that waited for these words and try again now.'),
  })
  .meta({ id: 'EntriesSet', description: 'What setting words came to.' })

export const importPlan = z
  .object({
    added: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    rows: z
      .array(
        z.object({
          line: z.int(),
          action: z.enum(['added', 'changed']),
          connectionId: textOrNull,
          company: textOrNull,
          sourceValue: text,
          canonicalValue: text,
          before: textOrNull,
        }),
      )
      .describe('What would be added or changed, the first 500.'),
    refused: z
      .array(z.object({ line: z.int(), reason: text }))
      .describe('Lines that cannot be taken, the first 500: with one of them nothing is.'),
  })
  .meta({ id: 'ImportPlan', description: 'What importing a table would change.' })

export const unmapped = z
  .object({
    vocabulary: text,
    connectionId: text,
    value: text,
    messages: z.int().describe('How many wait for it, counted up to 10,000.'),
    firstSeenAt: time,
    lastSeenAt: time,
    sampleMessageId: uuid,
    suggestions: z
      .array(
        z.object({
          value: text,
          title: text,
          confidence: z.number().describe('0 to 1.'),
        }),
      )
      .describe('What it likely means, the likeliest first.'),
  })
  .meta({ id: 'Unmapped', description: 'A word that messages wait for.' })

export function vocabularyView(
  name: VocabularyName,
  { title, values }: Vocabulary,
  entries: number,
): z.infer<typeof vocabulary> {
  const shown = values && [...values].map(([value, titled]) => ({ value, title: titled }))
  return { name, title, values: shown, entries }
}

export function entryView(entry: VocabularyEntry): z.infer<typeof vocabularyEntry> {
  const { entryId, sourceKey: _key, validFrom, validTo, changedAt, ...rest } = entry
  return {
    ...rest,
    id: entryId,
    validFrom: isoOrNull(validFrom),
    validTo: isoOrNull(validTo),
    changedAt: iso(changedAt),
  }
}

export function changeView(change: VocabularyChange): z.infer<typeof vocabularyChange> {
  const { changeId, entryId, action, before, after, changedBy, changedAt } = change
  return { id: changeId, entryId, action, before, after, changedBy, changedAt: iso(changedAt) }
}

const shownRows = 500

export function planView({
  rows,
  refused,
  added,
  changed,
  unchanged,
}: ImportPlan): z.infer<typeof importPlan> {
  return {
    added,
    changed,
    unchanged,
    rows: rows.slice(0, shownRows),
    refused: refused.slice(0, shownRows),
  }
}

export function unmappedView(one: Unmapped): z.infer<typeof unmapped> {
  const { sourceKey: _key, firstSeenAt, lastSeenAt, suggestions, ...rest } = one
  return {
    ...rest,
    firstSeenAt: iso(firstSeenAt),
    lastSeenAt: iso(lastSeenAt),
    suggestions: [...suggestions],
  }
}
