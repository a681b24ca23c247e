import { z } from 'zod'
import { dryRunMapping } from '../../pipeline/dry-run.ts'
import { HubError } from '../../platform/errors.ts'
import { type DocumentKind, getDocument, type StoredDocument } from '../../store/documents.ts'
import { mayDo } from '../access/rights.ts'
import { makeCursor, readCursor } from '../paging.ts'
import { problems } from '../schemas/common.ts'
import { dryRun, dryRunView } from '../schemas/dry-run.ts'
import type { App, RouteDeps } from './types.ts'

const place = z.tuple([z.uuid()])

const request = z.strictObject({
  days: z.int().min(1).max(366).default(7).describe('How far back recorded messages count.'),
  limit: z
    .int()
    .min(1)
    .max(500)
    .default(500)
    .describe('How many messages a page looks at, at most.'),
  cursor: z.string().max(1_200).optional().describe('`next_cursor` of the page before.'),
})
type Asked = z.infer<typeof request>

type DryRunOf = (
  deps: RouteDeps,
  document: StoredDocument,
  asked: Asked,
) => ReturnType<typeof dryRunMapping>

/** What is run over what was recorded, by the kind of document. */
const dryRuns: Readonly<Partial<Record<DocumentKind, DryRunOf>>> = { mapping: runMapping }

export function dryRunRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/documents/:id/dry-run',
    {
      config: { access: 'documents.manage' },
      schema: {
        operationId: 'dryRunDocument',
        tags: ['Documents'],
        summary: 'Says what a version of a mapping would make of recorded messages.',
        description:
          'Holds what it makes of each message against what the version in force makes of it, page by page, the newest messages first. A page ends after some seconds, or with a hundred messages that are not the same. Nothing is changed.',
        params: z.object({ id: z.uuid().toLowerCase() }),
        body: request.prefault({}),
        response: { 200: dryRun, ...problems },
      },
    },
    async ({ params, body, caller }) => {
      const document = await getDocument(deps.pool, params.id)
      const run = dryRuns[document.kind]
      if (run === undefined) {
        throw new HubError('CONFLICT', `There is no dry run of a ${document.kind}.`)
      }
      const page = await run(deps, document, body)
      const cursor = page.next === null ? null : makeCursor([page.next])
      const showsBody = mayDo(caller.role, 'message_bodies.read')
      return dryRunView(page, { showsBody, isMasked: caller.session !== null, cursor })
    },
  )
}

function runMapping(
  { pool, glossary, clock }: RouteDeps,
  { name, content }: StoredDocument,
  { days, limit, cursor }: Asked,
): ReturnType<typeof dryRunMapping> {
  const [before] = readCursor(cursor, place) ?? []
  const active = glossary.activeDocument('mapping', name)?.content ?? null
  const input = { name, draft: content, active, days, before, limit }
  return dryRunMapping({ pool, words: glossary, clock }, input)
}
