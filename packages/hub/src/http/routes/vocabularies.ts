import { Readable } from 'node:stream'
import { boundedText, connectionId } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import {
  isVocabulary,
  maxWordLength,
  type VocabularyName,
  vocabularies,
  vocabularyNames,
  wordKey,
} from '../../mapping/vocabularies.ts'
import {
  listUnmappedWords,
  newEntry,
  removeEntry,
  setEntries,
  type VocabularyDeps,
} from '../../pipeline/vocabularies.ts'
import { writeCsv } from '../../pipeline/vocabulary-csv.ts'
import { importWords, planImport } from '../../pipeline/vocabulary-import.ts'
import { HubError } from '../../platform/errors.ts'
import { countEntries, listChanges, listEntries } from '../../store/vocabularies.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { problems } from '../schemas/common.ts'
import {
  changeView,
  entriesSet,
  entryView,
  importPlan,
  planView,
  unmapped,
  unmappedView,
  vocabulary,
  vocabularyChange,
  vocabularyEntry,
  vocabularyName,
  vocabularyView,
} from '../schemas/vocabularies.ts'
import type { App, RouteDeps } from './types.ts'

const byName = z.object({ vocabulary: z.string().max(64) })

/** @throws {HubError} NOT_FOUND. */
function nameIn({ vocabulary: name }: { readonly vocabulary: string }): VocabularyName {
  if (isVocabulary(name)) return name
  throw new HubError('NOT_FOUND', 'There is no such vocabulary.')
}
const entryPlace = z.tuple([z.string(), z.uuid()])
const changePlace = z.tuple([z.int()])
const wordPlace = z.tuple([z.string(), z.string(), z.string()])
const tags = ['Vocabularies']
const read = { access: 'vocabularies.read' } as const
const manage = { access: 'vocabularies.manage' } as const
const word = boundedText(maxWordLength)
const replay = z
  .boolean()
  .default(true)
  .describe('Whether messages that wait for one of these words try again at once.')
const countAtMost = 100_000

export function vocabularyRoutes(app: App, deps: RouteDeps): void {
  listRoute(app, deps)
  entryRoutes(app, deps)
  setRoute(app, deps)
  importRoute(app, deps)
  exportRoute(app, deps)
  historyRoute(app, deps)
  unmappedRoute(app, deps)
}

function depsOf({ pool, record, glossary, wakeProcessor }: RouteDeps): VocabularyDeps {
  return { pool, record, wakeProcessor, afterChange: () => glossary.noteChange() }
}

function listRoute(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/vocabularies',
    {
      config: read,
      schema: {
        operationId: 'listVocabularies',
        tags,
        summary: 'Every vocabulary, with what its words can mean.',
        response: { 200: z.object({ data: z.array(vocabulary) }), ...problems },
      },
    },
    async () => {
      const counts = await countEntries(pool, { names: vocabularyNames, atMost: countAtMost })
      const data = vocabularyNames.map((name) =>
        vocabularyView(name, vocabularies[name], counts.get(name) ?? 0),
      )
      return { data }
    },
  )
}

function entryRoutes(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/vocabularies/:vocabulary/entries',
    {
      config: read,
      schema: {
        operationId: 'listVocabularyEntries',
        tags,
        summary: 'Words of a vocabulary, in their order.',
        params: byName,
        querystring: z.strictObject({
          ...pageQuery,
          connection: connectionId.optional(),
          company: boundedText(64).optional(),
          prefix: word.optional().describe('How the word begins, in either case.'),
        }),
        response: { 200: pageOf(vocabularyEntry), ...problems },
      },
    },
    async ({ params, query }, reply) => {
      const { limit, cursor, connection, company, prefix } = query
      const place = readCursor(cursor, entryPlace)
      const rows = await listEntries(deps.pool, {
        vocabulary: nameIn(params),
        connectionId: connection,
        company,
        prefix: prefix && wordKey(prefix),
        after: place && { sourceKey: place[0], entryId: place[1] },
        limit: limit + 1,
      })
      const { items, next } = cutPage(rows, limit, (last) => [last.sourceKey, last.entryId])
      return sendPage(reply, { data: items.map(entryView), next })
    },
  )

  app.delete(
    '/api/v1/vocabularies/:vocabulary/entries/:id',
    {
      config: manage,
      schema: {
        operationId: 'deleteVocabularyEntry',
        tags,
        summary: 'Removes a word. What it meant stays in the history.',
        params: byName.extend({ id: z.uuid().toLowerCase() }),
        response: { 204: z.null().describe('It is gone.'), ...problems },
      },
    },
    async ({ params, caller }, reply) => {
      const entry = { vocabulary: nameIn(params), entryId: params.id }
      await removeEntry(depsOf(deps), entry, caller)
      return reply.code(204).send(null)
    },
  )
}

function setRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/vocabularies/:vocabulary/entries',
    {
      config: manage,
      schema: {
        operationId: 'setVocabularyEntries',
        tags,
        summary: 'Says what words mean, and replays the messages that waited for them.',
        description:
          'All entries or none. An entry takes the place of the one with the same word, connection, company and begin. Each message that waited tries again, whatever else it waits for.',
        params: byName,
        body: z.strictObject({ entries: z.array(newEntry).min(1).max(1_000), replay }),
        response: { 200: entriesSet, ...problems },
      },
    },
    ({ params, body, caller }) =>
      setEntries(depsOf(deps), { vocabulary: nameIn(params), ...body }, caller),
  )
}

function importRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/vocabularies/:vocabulary/import',
    {
      config: manage,
      schema: {
        operationId: 'importVocabulary',
        tags,
        summary:
          'Sets the words of a table, all of them or none; with plan=true only says what would change.',
        params: byName,
        querystring: z.strictObject({ plan: z.stringbool().default(false) }),
        body: z.strictObject({
          csv: z
            .string()
            .describe(
              'Comma-separated, with a line of column names: source, canonical, and, where they are needed, connection, company, valid_from, valid_to.',
            ),
          connectionId: connectionId
            .nullable()
            .default(null)
            .describe('Of the rows that name no connection.'),
          replay,
        }),
        response: { 200: z.union([entriesSet, importPlan]), ...problems },
      },
    },
    async ({ params, query: { plan }, body, caller }) => {
      const table = { ...body, vocabulary: nameIn(params) }
      if (plan) return planView(await planImport(deps.pool, table))
      return importWords(depsOf(deps), table, caller)
    },
  )
}

function exportRoute(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/vocabularies/:vocabulary/export',
    {
      config: read,
      schema: {
        operationId: 'exportVocabulary',
        tags,
        summary: 'The words of a vocabulary as a table that can be imported again.',
        description:
          'A cell that a spreadsheet would take for a formula begins with an apostrophe; importing takes it off.',
        params: byName,
        querystring: z.strictObject({ connection: connectionId.optional() }),
        response: {
          200: {
            description: 'Comma-separated values.',
            content: { 'text/csv': { schema: z.string() } },
          },
          ...problems,
        },
      },
    },
    async ({ params, query: { connection } }, reply) => {
      const name = nameIn(params)
      const file = connection === undefined ? name : `${name}.${connection}`
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${file}.csv"`)
      const parts = writeCsv(pool, { vocabulary: name, connectionId: connection })
      return reply.send(Readable.from(parts, { objectMode: false }) as never)
    },
  )
}

function historyRoute(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/vocabularies/:vocabulary/history',
    {
      config: read,
      schema: {
        operationId: 'listVocabularyChanges',
        tags,
        summary: 'Who changed what words mean, the newest first.',
        params: byName,
        querystring: z.strictObject({ ...pageQuery, word: word.optional() }),
        response: { 200: pageOf(vocabularyChange), ...problems },
      },
    },
    async ({ params, query: { limit, cursor, word: given } }, reply) => {
      const [before] = readCursor(cursor, changePlace) ?? []
      const rows = await listChanges(pool, {
        vocabulary: nameIn(params),
        sourceKey: given && wordKey(given),
        before,
        limit: limit + 1,
      })
      const { items, next } = cutPage(rows, limit, (last) => [last.changeId])
      return sendPage(reply, { data: items.map(changeView), next })
    },
  )
}

function unmappedRoute(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/unmapped',
    {
      config: read,
      schema: {
        operationId: 'listUnmapped',
        tags,
        summary: 'Words that messages wait for, with what they likely mean.',
        querystring: z.strictObject({
          ...pageQuery,
          vocabulary: vocabularyName.optional(),
          connection: connectionId.optional(),
        }),
        response: { 200: pageOf(unmapped), ...problems },
      },
    },
    async ({ query: { limit, cursor, vocabulary: name, connection } }, reply) => {
      const place = readCursor(cursor, wordPlace)
      const rows = await listUnmappedWords(pool, {
        vocabulary: name,
        connectionId: connection,
        after: place && { vocabulary: place[0], connectionId: place[1], sourceKey: place[2] },
        limit: limit + 1,
      })
      const { items, next } = cutPage(rows, limit, (last) => [
        last.vocabulary,
        last.connectionId,
        last.sourceKey,
      ])
      return sendPage(reply, { data: items.map(unmappedView), next })
    },
  )
}
