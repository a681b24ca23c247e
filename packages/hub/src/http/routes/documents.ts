import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { documentCheckers } from '../../pipeline/document-check.ts'
import {
  activateDocument,
  checkDocument,
  type DocumentDeps,
  diffDocuments,
  documentName,
  draftDocument,
  newDocument,
  retireDocument,
  reviewDocument,
  rollBackDocument,
} from '../../pipeline/documents.ts'
import { HubError } from '../../platform/errors.ts'
import {
  documentKinds,
  documentStates,
  findActive,
  findVersion,
  getDocument,
  listDocuments,
  listVersions,
  type StoredDocument,
} from '../../store/documents.ts'
import { expectedVersionOf, ifMatch } from '../if-match.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { problems } from '../schemas/common.ts'
import {
  document,
  documentCheck,
  documentDiff,
  documentSummary,
  documentVersion,
  documentView,
  problemView,
  summaryView,
  versionView,
} from '../schemas/documents.ts'
import type { App, RouteDeps } from './types.ts'

const byId = z.object({ id: z.uuid().toLowerCase() })
const namePlace = z.tuple([z.string(), z.string()])
const versionPlace = z.tuple([z.int()])
const versionNumber = z.coerce.number().int().min(1).max(2_000_000_000)
const tags = ['Documents']
const read = { access: 'documents.read' } as const
const manage = { access: 'documents.manage' } as const

export function documentRoutes(app: App, deps: RouteDeps): void {
  readRoutes(app, deps)
  historyRoutes(app, deps)
  draftRoute(app, deps)
  checkRoute(app, deps)
  stepRoutes(app, deps)
}

function depsOf({ pool, record, config, glossary, connections }: RouteDeps): DocumentDeps {
  const { fourEyes } = config.changeControl
  const afterChange = (): Promise<void> => glossary.noteChange()
  return { pool, record, checkers: documentCheckers(connections), fourEyes, afterChange }
}

function sendDocument(reply: FastifyReply, stored: StoredDocument): z.infer<typeof document> {
  reply.header('etag', `"${stored.revision}"`)
  return documentView(stored)
}

function readRoutes(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/documents',
    {
      config: read,
      schema: {
        operationId: 'listDocuments',
        tags,
        summary: 'Documents by kind and name, each as its newest version.',
        querystring: z.strictObject({
          ...pageQuery,
          kind: z.enum(documentKinds).optional(),
          state: z
            .enum(documentStates)
            .optional()
            .describe('The newest version in this state, of documents that have one.'),
          name: documentName.optional().describe('The document of this name alone.'),
        }),
        response: { 200: pageOf(documentSummary), ...problems },
      },
    },
    async ({ query: { limit, cursor, kind, state, name } }, reply) => {
      const place = readCursor(cursor, namePlace)
      const after = place && { kind: place[0], name: place[1] }
      const rows = await listDocuments(pool, { kind, state, name, after, limit: limit + 1 })
      const { items, next } = cutPage(rows, limit, (last) => [last.kind, last.name])
      return sendPage(reply, { data: items.map(summaryView), next })
    },
  )

  app.get(
    '/api/v1/documents/:id',
    {
      config: read,
      schema: {
        operationId: 'getDocument',
        tags,
        summary: 'A version of a document; its ETag changes with its state.',
        params: byId,
        response: { 200: document, ...problems },
      },
    },
    async ({ params }, reply) => sendDocument(reply, await getDocument(pool, params.id)),
  )
}

function historyRoutes(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/documents/:id/history',
    {
      config: read,
      schema: {
        operationId: 'listDocumentVersions',
        tags,
        summary: 'All versions of the document that this is a version of, the newest first.',
        params: byId,
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(documentVersion), ...problems },
      },
    },
    async ({ params, query: { limit, cursor } }, reply) => {
      const [before] = readCursor(cursor, versionPlace) ?? []
      const { kind, name } = await getDocument(pool, params.id)
      const rows = await listVersions(pool, { kind, name, before, limit: limit + 1 })
      const { items, next } = cutPage(rows, limit, (last) => [last.version])
      return sendPage(reply, { data: items.map(versionView), next })
    },
  )

  app.get(
    '/api/v1/documents/:id/diff',
    {
      config: read,
      schema: {
        operationId: 'diffDocument',
        tags,
        summary: 'What differs between another version and this one.',
        params: byId,
        querystring: z.strictObject({
          against: versionNumber
            .optional()
            .describe('The version in force when left out; where this is that, the one before.'),
        }),
        response: { 200: documentDiff, ...problems },
      },
    },
    async ({ params, query: { against } }) => {
      const to = await getDocument(pool, params.id)
      const from = await findOther(pool, to, against)
      const diff = from === null ? '' : diffDocuments(from, to)
      return { from: from && versionView(from), to: versionView(to), diff }
    },
  )
}

async function findOther(
  pool: RouteDeps['pool'],
  to: StoredDocument,
  against: number | undefined,
): Promise<StoredDocument | null> {
  const { kind, name, version } = to
  if (against !== undefined) {
    const found = await findVersion(pool, { kind, name, version: against })
    if (found === null) throw new HubError('NOT_FOUND', `There is no version ${against}.`)
    return found
  }
  const active = await findActive(pool, to)
  if (active !== null && active.version !== version) return active
  return findVersion(pool, { kind, name, version: version - 1 })
}

function draftRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/documents',
    {
      config: manage,
      schema: {
        operationId: 'draftDocument',
        tags,
        summary: 'Keeps a new version as a draft.',
        description:
          'Answers 200 with the newest version, and makes none, where that has the same content and is not retired.',
        body: newDocument,
        response: { 200: document, 201: document, ...problems },
      },
    },
    async ({ body, caller }, reply) => {
      const { document: stored, isNew } = await draftDocument(depsOf(deps), body, caller)
      reply.code(isNew ? 201 : 200).header('location', `/api/v1/documents/${stored.documentId}`)
      return sendDocument(reply, stored)
    },
  )
}

function checkRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/documents/:id/check',
    {
      config: manage,
      schema: {
        operationId: 'checkDocument',
        tags,
        summary: 'Checks a version. A draft without problems is checked from then on.',
        params: byId,
        headers: ifMatch.partial(),
        response: { 200: documentCheck, ...problems },
      },
    },
    async (request, reply) => {
      const step = { documentId: request.params.id, expectedRevision: expectedVersionOf(request) }
      const checked = await checkDocument(depsOf(deps), step, request.caller)
      reply.header('etag', `"${checked.document.revision}"`)
      return {
        document: versionView(checked.document),
        problems: checked.problems.map(problemView),
      }
    },
  )
}

const steps = {
  review: {
    take: reviewDocument,
    access: 'documents.review',
    operationId: 'reviewDocument',
    summary: 'Says that a checked version was looked at.',
  },
  activate: {
    take: activateDocument,
    access: 'documents.manage',
    operationId: 'activateDocument',
    summary: 'Puts a version in force, in place of the one that is.',
  },
  retire: {
    take: retireDocument,
    access: 'documents.manage',
    operationId: 'retireDocument',
    summary: 'Takes a version out of force, or sets a draft aside.',
  },
  'roll-back': {
    take: rollBackDocument,
    access: 'documents.manage',
    operationId: 'rollBackDocument',
    summary: 'Retires the version in force and puts the one in force again that it had replaced.',
  },
} as const

function stepRoutes(app: App, deps: RouteDeps): void {
  for (const [verb, { take, access, operationId, summary }] of Object.entries(steps)) {
    app.post(
      `/api/v1/documents/:id/${verb}`,
      {
        config: { access },
        schema: {
          operationId,
          tags,
          summary,
          params: byId,
          headers: ifMatch.partial(),
          response: { 200: document, ...problems },
        },
      },
      async (request, reply) => {
        const { id } = request.params
        const step = { documentId: id, expectedRevision: expectedVersionOf(request) }
        return sendDocument(reply, await take(depsOf(deps), step, request.caller))
      },
    )
  }
}
